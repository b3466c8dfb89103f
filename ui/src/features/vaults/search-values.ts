import type { MessageKey } from '$/messages/catalogue';

/** What may stand behind the prefixes that know a few words only, folded as the core folds them (`item_search.rs`). */
const kinds = [
  'login', 'connexion', 'identifiant', 'note', 'securenote', 'card', 'carte', 'identity', 'identite', 'ssh', 'sshkey', 'clessh', 'bank', 'bankaccount',
  'banque', 'comptebancaire', 'license', 'licence', 'driverslicense', 'permis', 'passport', 'passeport',
];
const states = [
  'favorite', 'favourite', 'favori', 'trash', 'trashed', 'deleted', 'corbeille', 'supprime', 'archived', 'archive', 'unreadable', 'illisible',
  'duplicate', 'doublon', 'protected', 'protege', 'shared', 'partage',
];
const holdings = ['attachment', 'file', 'piecejointe', 'fichier', 'code', 'totp'];

interface Closed {
  words: readonly string[];
  /** What the help says of it. */
  known: MessageKey;
}
const is: Closed = { words: states, known: 'vaults.helpIs' };
const has: Closed = { words: holdings, known: 'vaults.helpHas' };
export const closedPrefixes: Record<string, Closed> = { type: { words: kinds, known: 'vaults.helpType' }, is, est: is, has, avec: has };

const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

function isKnown({ words }: Closed, value: string): boolean {
  const typed = fold(value).replace(/[^\p{L}\p{N}]/gu, '');
  // Plurals and genders are the same word.
  const singular = typed.replace(/e?s$/, '');
  return words.some((word) => word.startsWith(typed) || (singular.length > 2 && word.startsWith(singular)));
}

/** The first term of a search whose prefix does not know what stands behind it: it is searched for as text. */
export function unknownValue(search: string): { term: string; known: MessageKey } | undefined {
  for (const [, prefix = '', quoted, bare] of search.matchAll(/(?<=^|\s)-?([\p{L}]+):(?:["“«]([^"”»]*)["”»]?|(\S*))/gu)) {
    const closed = Object.hasOwn(closedPrefixes, fold(prefix)) ? closedPrefixes[fold(prefix)] : undefined;
    const value = (quoted ?? bare ?? '').trim();
    if (!closed || value === '' || (fold(prefix) === 'type' && /^\d+$/.test(value))) continue;
    if (!isKnown(closed, value)) return { term: `${prefix}:${value}`, known: closed.known };
  }
  return undefined;
}
