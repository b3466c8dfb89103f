import type { AboutInfo } from '$/ipc/bindings/AboutInfo';
import type { Settings } from '$/ipc/bindings/Settings';
import { HostError, type Host } from '$/ipc/host';

import { languageFor, type Words } from './words.svelte';

const initial: Settings = {
  language: 'system',
  theme: 'system',
  zoom: 100,
  lockMinutes: 15,
  clipboardSeconds: 30,
  navigationCollapsed: false,
  hiddenClientColumns: [],
  lockOnSwitch: false,
  sync: { budget: 100, eventDays: 30, inFlight: 4, perSecond: 20 },
};

/** The settings of this computer, applied to the words and to the document as soon as they change. */
export class Preferences {
  settings: Settings = $state.raw(initial);
  /** Why the last change could not be kept. */
  failure: HostError | null = $state.raw(null);
  /** What the program knows about itself; none before the first answer. */
  about: AboutInfo | null = $state.raw(null);
  systemDark: boolean = $state(false);
  systemLocale: string = $state(navigator.language);
  readonly theme: 'light' | 'dark' = $derived.by(() => {
    if (this.settings.theme === 'system') return this.systemDark ? 'dark' : 'light';
    return this.settings.theme;
  });
  #host: Host;
  #words: Words;
  /** One after the other: the last change is the one that stays. */
  #keeping: Promise<void> = Promise.resolve();

  constructor(host: Host, words: Words) {
    this.#host = host;
    this.#words = words;
    const { atStart } = host;
    if (!atStart) return;
    this.#hear(atStart.settings, atStart.about);
    this.#speak();
  }

  /** Reads the kept settings and follows the system's theme until the returned function is called. */
  follow(): () => void {
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const hear = () => (this.systemDark = dark.matches);
    hear();
    dark.addEventListener('change', hear);
    if (this.about === null) void this.#load();
    return () => dark.removeEventListener('change', hear);
  }

  /** Changes some settings at once and keeps them. */
  async change(part: Partial<Settings>): Promise<void> {
    const before = this.settings;
    this.settings = { ...before, ...part };
    this.#speak();
    this.failure = null;
    const changed = this.settings;
    this.#keeping = this.#keeping.then(() => this.#keep(changed));
    await this.#keeping;
  }

  async #keep(settings: Settings): Promise<void> {
    try {
      await this.#host.settingsSet(settings);
    } catch (cause) {
      this.failure = HostError.from(cause);
    }
  }

  async #load(): Promise<void> {
    try {
      const [settings, about] = await Promise.all([this.#host.settingsGet(), this.#host.about()]);
      this.#hear(settings, about);
    } catch (cause) {
      this.failure = HostError.from(cause);
    }
    this.#speak();
  }

  #hear(settings: Settings, about: AboutInfo): void {
    this.settings = settings;
    this.about = about;
    if (about.systemLocale) this.systemLocale = about.systemLocale;
  }

  #speak(): void {
    const { language } = this.settings;
    this.#words.systemLocale = this.systemLocale;
    this.#words.language = language === 'system' ? languageFor(this.systemLocale) : language;
  }
}
