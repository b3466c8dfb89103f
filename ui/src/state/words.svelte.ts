import { IntlMessageFormat } from 'intl-messageformat';
import { getContext, setContext } from 'svelte';

import type { MessageKey } from '$/messages/catalogue';
import { known } from '$/messages/known';

import { Format } from './format.svelte';

export type LanguageCode = 'en' | 'fr';
export type MessageValues = Record<string, string | number>;

/**
 * The words of the page in the language of the moment. `t` and `format` read reactive state: markup that
 * uses them follows a change of language while running.
 */
export class Words {
  language: LanguageCode = $state('en');
  /** Locale for numbers and dates: the system's region where it speaks the language. */
  locale: string = $derived.by(() => localeFor(this.language, this.#systemLocale));
  readonly format = new Format(() => this.locale, (key, values) => this.t(key, values));

  #systemLocale: string | undefined = $state();
  #compiled = new Map<string, IntlMessageFormat>();
  #ofUnits: () => boolean;

  /** `ofUnits`: whether the portal is that of a Business Unit provider, whose clients have another name. */
  constructor(language: LanguageCode = 'en', systemLocale?: string, ofUnits: () => boolean = () => false) {
    this.#ofUnits = ofUnits;
    this.language = language;
    this.#systemLocale = systemLocale;
  }

  set systemLocale(locale: string | undefined) {
    this.#systemLocale = locale;
  }

  /** The message of a key, its ICU arguments filled in. */
  readonly t = (key: MessageKey, values?: MessageValues): string => {
    const { language, locale } = this;
    const ofUnits = this.#ofUnits();
    const slot = `${locale}/${ofUnits}/${key}`;
    let message = this.#compiled.get(slot);
    if (!message) {
      message = new IntlMessageFormat(patternOf(language, key, ofUnits), locale, undefined, { ignoreTag: true });
      this.#compiled.set(slot, message);
    }
    return endedOnce(elided(String(message.format(values))), values);
  };

  /** A sentence in two halves around an emphasised or linked part: split at the value `{part}`, which begins with `begins`. */
  readonly around = (key: MessageKey, values?: MessageValues, begins = ''): [string, string] => {
    const [before = '', after = ''] = this.t(key, { ...values, part: `\u0001${begins}` }).split('\u0001');
    return [before, after.slice(begins.length)];
  };
}

/** In place of the `e` and the space of a French `de` or `que` before a value. */
const ELIDES = '\ue000';
/** The letters before which it goes: not h and y, which are silent in some names and not in others. */
export const vowels = 'aeiouàáâãäåæèéêëìíîïòóôõöøùúûüœ';
const SILENCED = new RegExp(`${ELIDES}(?=\\u0001?[${vowels}])`, 'gi');

/** `d’Alder` and `de Hollis`: what comes before a value goes by how that begins. */
const elided = (text: string): string => text.replace(SILENCED, '’').replaceAll(ELIDES, 'e ');

/** A value that ends with a full stop (`20 nov.`, `Harbour Ltd.`) also ends the sentence that it is last in. */
function endedOnce(text: string, values: MessageValues = {}): string {
  return Object.values(values).reduce<string>((whole, value) => (typeof value === 'string' && value.endsWith('.') ? whole.replaceAll(`${value}.`, value) : whole), text);
}

/** The language of the page for a system locale such as `fr-CA`. */
export function languageFor(locale: string | undefined | null): LanguageCode {
  return locale?.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

/** Pattern of a message, for a Business Unit provider where it has one of its own (`units`). French punctuation gets its no-break space here, and its elision a mark, so catalogues may be typed plainly. */
export function patternOf(language: LanguageCode, key: MessageKey, ofUnits = false): string {
  const [feature = '', name = ''] = key.split(/\.(.*)/s);
  const pattern = (ofUnits ? known[language]['units']?.[key] : undefined) ?? known[language][feature]?.[name] ?? known.en[feature]?.[name] ?? key;
  return language === 'fr' ? pattern.replace(/ (?=[:;?!»%])/g, '\u00a0').replace(/(?<=«) /g, '\u00a0').replace(/(?<!\p{L})(d|qu)e (?=\{[a-z]+\})/giu, `$1${ELIDES}`) : pattern;
}

function localeFor(language: LanguageCode, system: string | undefined): string {
  if (system && languageFor(system) === language && system.toLowerCase().startsWith(language)) {
    try {
      return Intl.getCanonicalLocales(system.replace('_', '-'))[0] ?? fallback[language];
    } catch {
      return fallback[language];
    }
  }
  return fallback[language];
}

// Day before month and the 24-hour clock unless the system's region says otherwise (look/README "Numbers and dates").
const fallback: Record<LanguageCode, string> = { en: 'en-GB', fr: 'fr-FR' };

const key = Symbol('words');

export function provideWords(words: Words): Words {
  return setContext(key, words);
}

/** The words around this component: `const { t, format } = useWords()`. */
export function useWords(): Words {
  return getContext<Words>(key);
}
