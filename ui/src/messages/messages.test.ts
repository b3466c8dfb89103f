import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';

import { patternOf } from '$/state/words.svelte';

import type { MessageKey, Translation } from './catalogue';
import * as en from './en';
import * as fr from './fr';

// A missing key is already a type error; the test names all of them at once, and the ones too many.
const translated: Translation = fr;

/** Everything that may show a message. */
const sources = Object.entries(import.meta.glob<string>(['/src/**/*.svelte', '/src/**/*.ts', '!/src/**/*.test.ts', '!/src/test/**', '!/src/messages/**'], { query: '?raw', import: 'default', eager: true }))
  .map(([, text]) => text)
  .join('\n');

const keys = (catalogues: Record<string, Record<string, string>>) =>
  Object.entries(catalogues)
    .flatMap(([feature, messages]) => Object.keys(messages).map((key) => `${feature}.${key}`))
    .sort();

const all = keys(en) as MessageKey[];

/** Names of the arguments of a pattern, with their kinds. */
function argumentsOf(pattern: string, locale: string): string[] {
  const names = new Set<string>();
  const walk = (parts: ReturnType<IntlMessageFormat['getAst']>) => {
    for (const part of parts) {
      if (part.type !== 0 && part.type !== 7 && 'value' in part) names.add(part.value);
      if ('options' in part) for (const option of Object.values(part.options)) walk(option.value);
    }
  };
  walk(new IntlMessageFormat(pattern, locale, undefined, { ignoreTag: true }).getAst());
  return [...names].sort();
}

test('both languages have the same messages', () => {
  expect(keys(translated)).toEqual(all);
  expect(all.length).toBeGreaterThan(200);
});

test('every message is shown somewhere', () => {
  const found = (pattern: RegExp) => [...sources.matchAll(pattern)].map((match) => match[1] ?? match[0]);
  // Of a key that is put together, the pieces stand in the sources: `feature.name_${word}`, `feature.${word}`, `name${number}`.
  const whole = new Set(found(/(?<=['"`])[a-z]\w*\.\w+(?=['"`])/gi));
  const begun = found(/`([a-z]\w*\.\w+)\$\{/g);
  const features = new Set(found(/`([a-z]\w*)\.\$\{/g));
  const names = new Set(found(/(?<=['"`])[a-z]\w*(?=['"`])|\b[a-z]\w*(?=\??:)/g));
  const [starts, ends] = [found(/`([a-z]+)\$\{/gi), found(/`[a-z]\w*\.\$\{[^}]*\}(\w+)`/gi)];
  const isWord = (name: string) => names.has(name) || starts.some((start) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)));
  const isShown = (message: string) => {
    // The words of Business Unit providers stand in for a message that is shown.
    const key = message.replace(/^units\./, '');
    const [feature, name] = key.split('.') as [string, string];
    if (whole.has(key) || begun.some((start) => key.startsWith(start))) return true;
    return features.has(feature) && (isWord(name) || ends.some((end) => name.endsWith(end) && isWord(name.slice(0, -end.length))));
  };
  expect(all.filter((key) => !isShown(key))).toEqual([]);
});

test('no message is empty', () => {
  for (const language of ['en', 'fr'] as const)
    for (const key of all) expect(patternOf(language, key).trim(), `${language} ${key}`).not.toBe('');
});

test('both languages take the same arguments', () => {
  for (const key of all)
    expect(argumentsOf(patternOf('fr', key), 'fr'), key).toEqual(argumentsOf(patternOf('en', key), 'en'));
});

test('the words of Business Unit providers stand in for messages that there are, with their arguments', () => {
  for (const [language, { units }] of Object.entries({ en, fr }) as ['en' | 'fr', typeof en][])
    for (const key of Object.keys(units) as MessageKey[]) {
      expect(all, key).toContain(key);
      expect(patternOf(language, key, true), `${language} ${key}`).not.toBe(patternOf(language, key));
      expect(argumentsOf(patternOf(language, key, true), language), `${language} ${key}`).toEqual(argumentsOf(patternOf(language, key), language));
    }
});

test.each([
  ['clients.columnAssigned', 'Assigné'],
  ['clients.columnUsed', 'Utilisé'],
  ['clients.columnRemaining', 'Restant'],
  ['clients.columnPlan', 'Offre'],
  ['clients.updateName', 'Mettre le nom à jour'],
  ['clients.emptyTitle', 'Il n’y a aucun client à afficher'],
  ['clientActions.selectPlan', 'Sélectionnez un plan'],
  ['common.whyNot_suspended', 'Le fournisseur est désactivé.'],
  ['team.invitedMany', 'Invité'],
  ['billing.annually', 'Annuellement'],
  ['billing.noInvoices', 'Il n’y a aucune facture à afficher'],
  ['client.permissionViewHidden', 'Afficher les éléments, les mots de passe cachés'],
  ['client.policy8', 'Administration de récupération du compte'],
  ['common.refresh', 'Actualiser'],
  ['events.loadMore', 'Plus de résultats'],
] as [MessageKey, string][])('%s is called in French as in the web app', (key, label) => {
  expect(patternOf('fr', key)).toBe(label);
});

describe('voice', () => {
  test('no exclamation marks, no sorry, no please, no oops', () => {
    for (const key of all) {
      expect(patternOf('en', key), key).not.toMatch(/!|\b(sorry|please|oops)\b/i);
      expect(patternOf('fr', key), key).not.toMatch(/!|\b(désolé|oups)/i);
    }
  });

  test('typographic apostrophes', () => {
    for (const key of all)
      for (const language of ['en', 'fr'] as const)
        expect(patternOf(language, key), `${language} ${key}`).not.toMatch(/\p{L}'\p{L}/u);
  });

  test('French punctuation stands behind a no-break space', () => {
    for (const key of all) expect(patternOf('fr', key), key).not.toMatch(/[\p{L}\d}] [:;?!»]/u);
    // Nor without any space; a colon may belong to an address or to a word of the search.
    for (const key of all) expect(patternOf('fr', key), key).not.toMatch(/[\p{L}\d}][;?!»]/u);
    expect(patternOf('fr', 'shell.logOutTitle')).toContain('\u00a0?');
  });
});
