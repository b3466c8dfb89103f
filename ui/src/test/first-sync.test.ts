// The first minutes of an account: nothing untrue is shown, and the provider decides where one lands.
import { screen, waitFor } from '@testing-library/svelte';
import { expect, test } from 'vitest';

import type { SyncStatus } from '$/ipc/bindings/SyncStatus';

import { expectAccessible, find, openApp } from './stage';

const running: SyncStatus = {
  connection: 'online',
  lastSync: null,
  progress: { phase: 'clients', done: 1, total: 5, client: null, secondsLeft: null },
  failure: null,
  report: null,
  staleClients: 0,
  revision: 1,
};

/** The provider of the person is not known before the first picture is there. */
function firstSync(language: 'en' | 'fr' = 'en') {
  let tell: (status: SyncStatus) => void = () => {};
  let read = false;
  const { host } = openApp({ settings: { language } }, (host) => {
    const sessionState = host.sessionState.bind(host);
    return {
      syncStatus: async () => running,
      onSyncStatus: (listen) => ((tell = listen), () => {}),
      sessionState: async () => {
        const state = await sessionState();
        return state.kind === 'unlocked' && !read ? { ...state, account: { ...state.account, providers: [] } } : state;
      },
    };
  });
  return {
    host,
    tell(status: SyncStatus) {
      read = status.lastSync !== null;
      tell(status);
    },
  };
}

test('while it is taken no list claims to be empty; then the clients open', async () => {
  const { tell } = firstSync();
  expect(await find('first-picture')).toBeTruthy();
  expect(screen.queryByTestId('items-empty')).toBeNull();
  // Which products the person has is not known: no product is named, and no list led to.
  expect(screen.getByTestId('nav-first-sync').getAttribute('aria-current')).toBe('page');
  expect(screen.queryByTestId('nav-vaults')).toBeNull();
  expect(screen.getByRole('navigation').textContent).not.toContain('Password Manager');
  expect(document.querySelector('.app')!.getAttribute('data-product')).toBe('portal');
  await expectAccessible();
  tell({ ...running, progress: null, lastSync: '2026-11-20T10:06:00Z', revision: 2 });
  expect((await screen.findAllByTestId('client-row')).length).toBeGreaterThan(0);
  expect(screen.queryByTestId('first-picture')).toBeNull();
});

test('it counts as syncing until the clients open', async () => {
  let answer = () => {};
  const asked = new Promise<void>((resolve) => (answer = resolve));
  const { host, tell } = firstSync();
  await find('first-picture');
  const sessionState = host.sessionState;
  host.sessionState = () => asked.then(sessionState);
  tell({ ...running, progress: null, lastSync: '2026-11-20T10:06:00Z', revision: 2 });
  await waitFor(() => expect(screen.queryByTestId('sync-bar')).toBeNull());
  expect(screen.getByTestId('first-picture')).toBeTruthy();
  expect(screen.getByTestId('sync-state').textContent).toBe('Syncing');
  answer();
  expect((await screen.findAllByTestId('client-row')).length).toBeGreaterThan(0);
  expect(screen.getByTestId('sync-state').textContent).toMatch(/^Synced /);
});

test('cancelled, it gives way to the vaults, which say what to do', async () => {
  const { tell } = firstSync();
  await find('first-picture');
  tell({ ...running, progress: null });
  expect(await find('vault-filters')).toBeTruthy();
  expect(screen.queryByTestId('first-picture')).toBeNull();
  expect(screen.getAllByText('Not synced yet').length).toBeGreaterThan(0);
});

const plain = (text: string | null) => text?.replace(/\s+/g, ' ') ?? '';

test.each([
  ['en', 'about 5 min left', 'Syncing clients, about 5 min left.'],
  ['fr', 'encore environ 5 min', 'Synchronisation des clients, encore environ 5 min.'],
] as const)('of many clients it says from the start how long it takes (%s)', async (language, shown, said) => {
  const { tell } = firstSync(language);
  const bar = await find('sync-bar');
  tell({ ...running, progress: { phase: 'provider', done: 0, total: 0, client: null, secondsLeft: null } });
  await waitFor(() => expect(bar.textContent).not.toContain('1'));
  expect(plain(bar.textContent)).not.toContain(shown);
  const reading = { phase: 'clients' as const, done: 0, total: 1000, client: 'Abbott & Lane Solicitors', secondsLeft: 300 };
  tell({ ...running, progress: reading });
  await waitFor(() => expect(plain(bar.textContent)).toContain(shown));
  const heard = () => screen.getAllByRole('status').map((one) => plain(one.textContent));
  await waitFor(() => expect(heard()).toContain(said));
  // The figure moves, and is not said again with every client.
  tell({ ...running, progress: { ...reading, done: 400, secondsLeft: 180 } });
  await waitFor(() => expect(plain(bar.textContent)).toContain('3 min'));
  expect(heard()).toContain(said);
  await expectAccessible();
});
