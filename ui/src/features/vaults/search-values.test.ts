import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { expect, test } from 'vitest';

import { closedPrefixes, unknownValue } from './search-values';

test('the words are those of the core', () => {
  const core = readFileSync(resolve('../crates/vault/src/item_search.rs'), 'utf8');
  const wordsOf = (list: string) => {
    const [, body] = core.match(new RegExp(`const ${list}: [^=]*= &\\[([^;]*)\\];`))!;
    return [...body!.matchAll(/\("([a-z]+)",/g)].map(([, word]) => word!).sort();
  };
  for (const [prefix, list] of [['type', 'KINDS'], ['is', 'IS'], ['est', 'IS'], ['has', 'HAS'], ['avec', 'HAS']] as const) {
    expect(wordsOf(list).length).toBeGreaterThan(5);
    expect([...closedPrefixes[prefix]!.words].sort(), prefix).toEqual(wordsOf(list));
  }
});

test.each(['type:card', 'type:log', 'type:clé-ssh', 'type:"clé SSH"', 'type:logins', 'type:42', 'is:favorites', 'est:archivés', 'est:supprimé', 'has:code', 'avec:pièce-jointe', '-is:shared', 'type:', 'is: x', 'user:xyz', 'colour:blue', 'https://type.example', '"type:xyz"', 'maya'])(
  '%s is understood, or never was more than text',
  (search) => expect(unknownValue(search)).toBeUndefined(),
);

test.each([
  ['type:xyz', 'type:xyz', 'vaults.helpType'],
  ['maya -is:blue', 'is:blue', 'vaults.helpIs'],
  ['Est:"très bleu" type:card', 'Est:très bleu', 'vaults.helpIs'],
  ['avec:roues', 'avec:roues', 'vaults.helpHas'],
])('%s has a value that its prefix does not know', (search, term, known) => {
  expect(unknownValue(search)).toEqual({ term, known });
});
