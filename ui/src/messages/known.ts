import * as en from './en/first';
import * as fr from './fr/first';

/** The messages that are here: at first those of the screens before an account is open, which the first frame waits for. */
export const known: Record<'en' | 'fr', Record<string, Record<string, string>>> = { en: { ...en }, fr: { ...fr } };
