import { WindowedRows } from '$/components/table';
import type { EventLog } from '$/ipc/bindings/EventLog';
import type { EventRow } from '$/ipc/bindings/EventRow';
import type { EventsFilter } from '$/ipc/bindings/EventsFilter';
import type { EventsPage } from '$/ipc/bindings/EventsPage';
import { HostError, type Host } from '$/ipc/host';
import type { EventsSpan, PlaceOf } from '$/state/location.svelte';
import type { Words } from '$/state/words.svelte';
import { searchWords } from './event-words';

export type EventsPlace = PlaceOf<'events'>;
interface Question {
  log: EventLog;
  filter: EventsFilter;
}

const day = 86_400_000;
/** Days of the spans that are counted back from now. */
export const spanDays: Partial<Record<EventsSpan, number>> = { days7: 7, days30: 30, days90: 90 };

/** The filter that a place asks for. `now`: the moment from which a span is counted back. */
export function filterOf(place: EventsPlace, now: number, words: Words): EventsFilter {
  const span = place.span ?? 'days30';
  const days = spanDays[span];
  // As the server does: dates that stand the wrong way round mean what lies between them.
  const dates = isReversed(place) ? { from: place.to, to: place.from } : place;
  return {
    from: span === 'dates' ? (dates.from ?? null) : days ? new Date(now - days * day).toISOString() : null,
    to: span === 'dates' ? (dates.to ?? null) : null,
    words: searchWords(place.search ?? '', words),
    kinds: place.kinds ?? [],
    people: place.people ?? [],
    clients: place.clients ?? [],
    devices: place.devices ?? [],
  };
}

/** True where the first of the two dates is the later one. */
export function isReversed({ span, from, to }: EventsPlace): boolean {
  return span === 'dates' && from !== undefined && to !== undefined && from > to;
}

/** What to amend of the place so that nothing of the period is left out. */
export const everything = { search: undefined, kinds: undefined, people: undefined, clients: undefined, devices: undefined };

/** True when the list leaves events of its period out. */
export function isNarrowed({ search, kinds, people, clients, devices }: EventsPlace): boolean {
  return Boolean(search) || [kinds, people, clients, devices].some((chosen) => chosen !== undefined && chosen.length > 0);
}

/** The log as it is kept, for the place of the moment; and what is read into it from the server. */
export class EventsController {
  readonly rows: WindowedRows<EventRow, Question, EventsPage>;
  /** A reading from the server is under way. */
  reading = $state(false);
  /** Why the last reading or export failed. */
  failure = $state.raw<HostError>();
  /** Entries that the last reading could not make out. */
  odd = $state(0);
  #host: Host;
  #revision: number | undefined;
  /** From when spans are counted back: a period must not creep forward under the reader's eyes. */
  #now = Date.now();

  constructor(host: Host) {
    this.#host = host;
    this.rows = new WindowedRows(({ log, filter }, from, to) =>
      host.eventsPage(log, { filter, offset: from, limit: to - from }),
    );
  }

  /** Follows the place, the language and the pictures. */
  follow(log: EventLog, place: EventsPlace, revision: number, words: Words): void {
    if (revision !== this.#revision) this.#now = Date.now();
    const filter = filterOf(place, this.#now, words);
    // What is asked, but for the moment from which it is counted: that moves with every picture.
    const asked = JSON.stringify([log, place, words.language]);
    this.rows.follow({ log, filter }, revision, asked);
    this.#revision = revision;
  }

  /** Reads a part of the log from the server into what is kept. Returns how many events were new, none if it failed. */
  async read(log: EventLog, from: string, to: string): Promise<{ fresh: number; more: boolean } | undefined> {
    this.reading = true;
    this.failure = undefined;
    this.odd = 0;
    try {
      const taken = await this.#host.readEvents(log, { from, to });
      this.odd = taken.odd;
      this.rows.refresh();
      return taken;
    } catch (cause) {
      this.failure = HostError.from(cause);
      return undefined;
    } finally {
      this.reading = false;
    }
  }

  /** The filter that the list shows now. */
  filter(place: EventsPlace, words: Words): EventsFilter {
    return filterOf(place, this.#now, words);
  }

  fail(cause: unknown): void {
    this.failure = HostError.from(cause);
  }
}
