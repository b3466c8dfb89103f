// The first minutes of an account: nothing untrue is shown, and the provider decides where one lands.
import { screen } from '@testing-library/svelte';
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
  openApp({}, (host) => {
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
  return (status: SyncStatus) => {
    read = status.lastSync !== null;
    tell(status);
  };
}

test('while it is taken no list claims to be empty; then the clients open', async () => {
  const tell = firstSync();
  expect(await find('first-picture')).toBeTruthy();
  expect(screen.queryByTestId('items-empty')).toBeNull();
  await expectAccessible();
  tell({ ...running, progress: null, lastSync: '2026-11-20T10:06:00Z', revision: 2 });
  expect((await screen.findAllByTestId('client-row')).length).toBeGreaterThan(0);
  expect(screen.queryByTestId('first-picture')).toBeNull();
});

test('cancelled, it gives way to the vaults, which say what to do', async () => {
  const tell = firstSync();
  await find('first-picture');
  tell({ ...running, progress: null });
  expect(await find('vault-filters')).toBeTruthy();
  expect(screen.queryByTestId('first-picture')).toBeNull();
  expect(screen.getAllByText('Not synced yet').length).toBeGreaterThan(0);
});
