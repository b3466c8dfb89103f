// How old the whole of a picture is, of which one client was read just now.
import { screen, waitFor } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import type { SyncStatus } from '$/ipc/bindings/SyncStatus';
import type { Host } from '$/ipc/host';

import { find, findAll, openApp } from './stage';

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const plain = (text: string | null | undefined) => text?.replace(/\s+/g, ' ').trim();
const said = () => plain(screen.getByTestId('sync-state').textContent);

/** A provider whose oldest client was read so many minutes ago. */
function open(oldest: number, language: 'en' | 'fr', options: Parameters<typeof openApp>[0] = {}) {
  let tell: (status: SyncStatus) => void = () => {};
  const app = openApp({ settings: { language }, ...options }, (host: Host) => {
    const ask = host.clientsPage.bind(host);
    const listen = host.onSyncStatus.bind(host);
    return {
      clientsPage: vi.fn(async (...asked: Parameters<Host['clientsPage']>) => {
        const page = await ask(...asked);
        return { ...page, totals: { ...page.totals, oldestReadAt: ago(oldest) } };
      }),
      onSyncStatus: (listener) => listen((tell = listener)),
    };
  });
  return { ...app, tell: async (change: Partial<SyncStatus>) => tell({ ...(await app.host.syncStatus()), ...change }) };
}

test.each([
  ['en', 'Read 3 h ago or later'],
  ['fr', 'Lu il y a 3 h ou après'],
] as const)('the age is that of the oldest part, also after one client was read by itself (%s)', async (language, words) => {
  const { tell } = open(190, language);
  await findAll('client-row');
  await waitFor(() => expect(said()).toBe(words));
  await tell({ lastSync: ago(0), revision: 2 });
  await waitFor(() => expect(said()).toBe(words));
});

test.each([
  ['en', 'Synced 4 min ago'],
  ['fr', 'Synchro il y a 4 min'],
] as const)('and the one age where all is as old (%s)', async (language, words) => {
  open(4.5, language);
  await findAll('client-row');
  await waitFor(() => expect(said()).toBe(words));
});

test('without a connection, too', async () => {
  open(610, 'en', { offline: true });
  await findAll('client-row');
  await waitFor(() => expect(said()).toBe('Offline, 10 h ago'));
});

test.each([
  ['en', 'of which parts may be older.'],
  ['fr', 'dont des parties peuvent être plus anciennes.'],
] as const)('the lock screen promises no more (%s)', async (language, words) => {
  openApp({ start: 'locked', settings: { language } });
  expect(plain((await find('picture-age')).textContent)).toContain(words);
});
