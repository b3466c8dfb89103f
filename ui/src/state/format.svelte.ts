import type { MessageKey } from '$/messages/catalogue';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Numbers, dates and ages by the locale (look/README "Numbers and dates"). Dates come in as ISO-8601 strings;
 * one that cannot be read is shown as it came, none as "–".
 */
export class Format {
  /** The clock of every age on the page; moved on by {@link startClock}. */
  now: number = $state(Date.now());

  #locale: () => string;
  #t: (key: MessageKey, values?: Record<string, string | number>) => string;
  #kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

  constructor(locale: () => string, t: (key: MessageKey, values?: Record<string, string | number>) => string) {
    this.#locale = locale;
    this.#t = t;
  }

  /** Lets ages grow. Returns what stops it. */
  startClock(): () => void {
    const timer = setInterval(() => (this.now = Date.now()), 20_000);
    return () => clearInterval(timer);
  }

  /** `1,496` · `1 496` */
  number(value: number): string {
    return this.#numbers('number', {}).format(value);
  }

  /** A share 0…1 as `87%` · `87 %`, rounded; "100%" means all and "0%" none. */
  percent(share: number): string {
    const rounded = Math.round(share * 100 + 1e-9);
    const told = share > 0 && share < 1 ? Math.min(99, Math.max(1, rounded)) : rounded;
    return this.#numbers('percent', { style: 'percent' }).format(told / 100);
  }

  /** US dollars as `$4.80` · `4,80 $`: the servers send amounts in no other currency. */
  money(amount: number): string {
    return this.#numbers('money', { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' }).format(amount);
  }

  /** Bytes as `12.3 MB` · `12,3 Mo`. */
  bytes(count: number): string {
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
    const step = Math.min(units.length - 1, count < 1 ? 0 : Math.floor(Math.log10(count) / 3));
    return this.#numbers(`bytes${step}`, {
      style: 'unit',
      unit: units[step],
      // The short form has no plural of bytes.
      unitDisplay: step === 0 ? 'long' : 'short',
      maximumFractionDigits: step < 2 ? 0 : 1,
    }).format(count / 1000 ** step);
  }

  /** `Alder, Calder and Dunmore` · `Alder, Calder et Dunmore` */
  list(names: string[]): string {
    return new Intl.ListFormat(this.#locale(), { type: 'conjunction' }).format(names);
  }

  /** `6 Nov`, with the year when it is not this one. */
  day(iso: string | null | undefined): string {
    return this.#dated(iso, (date) => this.#date(date, { day: 'numeric', month: 'short', ...this.#year(date) }));
  }

  /** `11:06` */
  time(iso: string | null | undefined): string {
    return this.#dated(iso, (date) => this.#date(date, this.#clock()));
  }

  /** `18 Nov, 16:22`, with the year when it is not this one: a line of a log. */
  stamp(iso: string | null | undefined): string {
    return this.#dated(iso, (date) => this.#date(date, { day: 'numeric', month: 'short', ...this.#year(date), ...this.#clock() }));
  }

  /** `today, 11:06` · `yesterday, 18:20` · `Tue 17 Nov, 11:04`: names a picture. */
  moment(iso: string | null | undefined): string {
    return this.#dated(iso, (date) => {
      const time = this.#date(date, this.#clock());
      const days = calendarDays(date, new Date(this.now));
      if (days === 0) return this.#t('common.todayAt', { time });
      if (days === 1) return this.#t('common.yesterdayAt', { time });
      return this.#date(date, {
        weekday: 'short',
        day: 'numeric',
        month: 'short',
        ...this.#clock(),
        ...this.#year(date),
      });
    });
  }

  /** `of today, 11:06` · `d’hier, 18:20`: a moment behind "the picture". */
  ofMoment(iso: string | null | undefined): string {
    return this.#said(iso, 'common.ofToday', 'common.ofYesterday', 'common.ofDate');
  }

  /** `today, 11:06` · `on Tue 17 Nov, 11:04` · `le mar. 17 nov., 11:04`: a moment at which something happened, in a sentence. */
  onMoment(iso: string | null | undefined): string {
    return this.#said(iso, 'common.todayAt', 'common.yesterdayAt', 'common.onDate');
  }

  /** The full time with its zone, for tooltips: `Fri 20 Nov 2026, 11:06 CET`. */
  full(iso: string | null | undefined): string {
    return this.#dated(iso, (date) =>
      this.#date(date, {
        weekday: 'short',
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        ...this.#clock(),
        timeZoneName: 'short',
      }),
    );
  }

  /** `4 min ago` under a day, `3 days ago` up to seven, then the date. */
  age(iso: string | null | undefined): string {
    return this.#aged(iso, (date) => date);
  }

  /** The same in a sentence: `3 days ago`, then `on 6 Nov` · `le 6 nov.`. */
  onAge(iso: string | null | undefined): string {
    return this.#aged(iso, (date) => this.#t('common.onDate', { date }));
  }

  /** Seconds as `40 s`, `5 min`, `2 h`, `3 d`. */
  duration(seconds: number): string {
    if (seconds < 60) return this.#t('common.secondsShort', { count: Math.max(1, Math.round(seconds)) });
    if (seconds < 3600) return this.#t('common.minutesShort', { count: Math.round(seconds / 60) });
    if (seconds < 86_400) return this.#t('common.hoursShort', { count: Math.round(seconds / 3600) });
    return this.#t('common.daysShort', { count: Math.round(seconds / 86_400) });
  }

  #aged(iso: string | null | undefined, dayIn: (day: string) => string): string {
    return this.#dated(iso, (date) => {
      const past = Math.max(0, this.now - date.getTime());
      if (this.#isAhead(date) || past >= 8 * day) return dayIn(this.day(iso));
      if (past < minute) return this.#t('common.justNow');
      if (past < hour) return this.#t('common.minutesAgo', { count: Math.floor(past / minute) });
      if (past < day) return this.#t('common.hoursAgo', { count: Math.floor(past / hour) });
      return this.#t('common.daysAgo', { count: Math.floor(past / day) });
    });
  }

  #said(iso: string | null | undefined, today: MessageKey, yesterday: MessageKey, earlier: MessageKey): string {
    return this.#dated(iso, (date) => {
      const time = this.#date(date, this.#clock());
      const days = calendarDays(date, new Date(this.now));
      if (days === 0) return this.#t(today, { time });
      if (days === 1) return this.#t(yesterday, { time });
      return this.#t(earlier, { date: this.moment(iso) });
    });
  }

  /** `09:06` where the day has 24 hours, `9:06 AM` where it has twice twelve. */
  #clock(): Intl.DateTimeFormatOptions {
    const { hourCycle } = new Intl.DateTimeFormat(this.#locale(), { hour: 'numeric' }).resolvedOptions();
    return { hour: hourCycle === 'h12' ? 'numeric' : '2-digit', minute: '2-digit' };
  }

  /** A moment that lies ahead was noted under another clock: it has no age, and must not pass for a fresh one. */
  /** A date that this computer's clock has not reached. */
  isAhead(iso: string): boolean {
    return this.#isAhead(new Date(iso));
  }

  #isAhead(date: Date): boolean {
    return date.getTime() - this.now > 5 * minute;
  }

  #year(date: Date): Intl.DateTimeFormatOptions {
    return date.getFullYear() === new Date(this.now).getFullYear() ? {} : { year: 'numeric' };
  }

  #dated(iso: string | null | undefined, show: (date: Date) => string): string {
    if (!iso) return '–';
    const date = new Date(iso);
    return Number.isNaN(date.getTime()) ? iso : show(date);
  }

  #numbers(slot: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
    return this.#keep(`${this.#locale()}/${slot}`, () => new Intl.NumberFormat(this.#locale(), options));
  }

  #date(date: Date, options: Intl.DateTimeFormatOptions): string {
    const slot = `${this.#locale()}/${JSON.stringify(options)}`;
    const format = this.#keep(slot, () => new Intl.DateTimeFormat(this.#locale(), options));
    // British English puts a comma behind the weekday only when the year is shown; one form is enough.
    return format
      .formatToParts(date)
      .map((part, index, parts) => {
        if (part.type === 'day') return this.#isFrench() && part.value === '1' ? '1er' : part.value;
        return part.type === 'literal' && parts[index - 1]?.type === 'weekday' && part.value === ', ' ? ' ' : part.value;
      })
      .join('');
  }

  /** The first of a month is "1er" there, and Intl does not know. */
  #isFrench(): boolean {
    return this.#locale().startsWith('fr');
  }

  #keep<Made extends Intl.NumberFormat | Intl.DateTimeFormat>(slot: string, make: () => Made): Made {
    let kept = this.#kept.get(slot);
    if (!kept) this.#kept.set(slot, (kept = make()));
    return kept as Made;
  }
}

/** Midnights between two moments, in local time. */
function calendarDays(earlier: Date, later: Date): number {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(later) - midnight(earlier)) / day);
}
