// Why a client's picture is old: each reason in its own sentence, in both languages.
import { screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';

import { staleWords } from '$/features/client/words';
import { staleReasons } from '$/features/clients/stale';
import type { StaleReason } from '$/ipc/bindings/StaleReason';
import '$/messages/rest';
import { Words, type LanguageCode } from '$/state/words.svelte';

import { expectAccessible, find, findAll, openApp } from './stage';

const sentences: Record<StaleReason, Record<LanguageCode, [sentence: string, short: string]>> = {
  refused: { en: ['The server refused the request.', 'The server refused'], fr: ['Le serveur a refusé la demande.', 'Le serveur a refusé'] },
  unreachable: {
    en: ['The server could not be reached.', 'The server was not reached'],
    fr: ['Le serveur n’a pas pu être joint.', 'Le serveur n’a pas été joint'],
  },
  noAnswer: {
    en: ['The server did not answer in time.', 'The server did not answer'],
    fr: ['Le serveur n’a pas répondu à temps.', 'Le serveur n’a pas répondu'],
  },
  untrusted: {
    en: ['No safe connection to the server could be made.', 'No safe connection'],
    fr: ['Aucune connexion sûre au serveur n’a pu être établie.', 'Pas de connexion sûre'],
  },
  throttled: {
    en: ['The server asked for a pause: too much was asked of it.', 'The server asked for a pause'],
    fr: ['Le serveur a demandé une pause, car trop de demandes lui étaient faites.', 'Le serveur a demandé une pause'],
  },
  nonsense: {
    en: ['The server’s answer could not be understood.', 'The answer was not understood'],
    fr: ['La réponse du serveur n’a pas pu être comprise.', 'Réponse incompréhensible'],
  },
  serverError: {
    en: ['The server failed with an error of its own.', 'The server failed'],
    fr: ['Le serveur a échoué avec une erreur interne.', 'Le serveur a échoué'],
  },
  damaged: {
    en: ['Its copy on this computer is damaged. The next sync reads it again.', 'The copy here is damaged'],
    fr: ['Sa copie sur cet ordinateur est endommagée. La prochaine synchronisation le relira.', 'La copie locale est endommagée'],
  },
  neverRead: { en: ['It has not been read yet.', 'Not read yet'], fr: ['Il n’a pas encore été lu.', 'Pas encore lu'] },
  tooOld: {
    en: ['It was last read more than a day ago.', 'Read more than a day ago'],
    fr: ['La dernière lecture remonte à plus d’un jour.', 'Lu il y a plus d’un jour'],
  },
  notReached: {
    en: ['The last sync lost the connection before it was this client’s turn.', 'The connection was lost before it was read'],
    fr: ['La dernière synchronisation a perdu la connexion avant d’arriver à ce client.', 'Connexion perdue avant sa lecture'],
  },
};

test.each(['en', 'fr'] as const)('every reason has its own words (%s)', (language) => {
  const { t } = new Words(language);
  const reasons = Object.keys(sentences) as StaleReason[];
  expect(Object.keys(staleWords).sort()).toEqual([...reasons].sort());
  for (const reason of reasons) {
    expect([t(staleWords[reason]), t(staleReasons[reason])], reason).toEqual(sentences[reason][language]);
  }
  expect(new Set(reasons.map((reason) => t(staleWords[reason]))).size).toBe(reasons.length);
});

test.each([
  ['en', 'throttled'],
  ['fr', 'throttled'],
  ['en', 'untrusted'],
  ['fr', 'untrusted'],
] as const)('a client says it on its page and in the list (%s, %s)', async (language, reason) => {
  const stale = { reason, failedAt: new Date(Date.now() - 60_000).toISOString() };
  const { user } = openApp({ settings: { language } }, (host) => {
    const [list, head] = [host.clientsPage.bind(host), host.clientHead.bind(host)];
    return {
      clientsPage: async (query) => {
        const page = await list(query);
        return { ...page, rows: page.rows.map((row) => ({ ...row, stale })) };
      },
      clientHead: async (id) => ({ ...(await head(id)), stale }),
    };
  });
  const [sentence, short] = sentences[reason][language];
  const [row] = await findAll('client-row');
  expect(row!.textContent).toContain(short);
  await user.click(row!);
  expect((await find('stale-callout')).textContent).toContain(sentence);
  expect(screen.getByTestId('stale-callout').querySelector('details')).toBeNull();
  await expectAccessible();
});
