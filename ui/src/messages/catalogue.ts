import type * as english from './en';

/** All catalogues of one language: one file per feature, flat keys. English is the measure. */
export type Catalogues = typeof english;

/** `feature.key` of every message. */
export type MessageKey = {
  [Feature in keyof Catalogues & string]: `${Feature}.${keyof Catalogues[Feature] & string}`;
}[keyof Catalogues & string];

/** What every language must have: the same features with the same keys. */
export type Translation = { [Feature in keyof Catalogues]: Record<keyof Catalogues[Feature], string> };
