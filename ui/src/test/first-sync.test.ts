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
function firstSync() {
  let tell: (status: SyncStatus) => void = () => {};
  let read = false;
  const { host } = openApp({}, (host) => {
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
