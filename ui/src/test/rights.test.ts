// Rights that end while one looks at what they allowed.
import { screen, waitFor } from '@testing-library/svelte';
import { expect, test } from 'vitest';

import type { ProviderRef } from '$/ipc/bindings/ProviderRef';
import type { SessionState } from '$/ipc/bindings/SessionState';
import { fakePassword, type FakeOptions } from '$/ipc/fake/host';

import { expectAccessible, find, findAll, openApp } from './stage';

const title = () => screen.getByTestId('page-title').textContent ?? '';

/** The app, and a server that tells of other providers than before. */
function openWithProfile(options: Partial<FakeOptions> = {}) {
  let tell: (state: SessionState) => void = () => {};
  const app = openApp(options, (host) => {
    const listen = host.onSession.bind(host);
    return { onSession: (listener) => listen((tell = listener)) };
  });
  async function become(change: (providers: ProviderRef[]) => ProviderRef[]) {
    const state = await app.host.sessionState();
    if (state.kind !== 'unlocked') throw new Error(state.kind);
    tell({ ...state, account: { ...state.account, providers: change(state.account.providers) } });
  }
  return { ...app, become };
}

const demoted = (providers: ProviderRef[]) =>
  providers.map((one) => ({ ...one, admin: false, hindrances: { ...one.hindrances, manageMembers: 'serviceUser' as const, readEvents: 'serviceUser' as const, readInvoices: 'serviceUser' as const, changeSettings: 'serviceUser' as const } }));

test.each([
  ['nav-members', 'Members', 'team-invite'],
  ['nav-events', 'Event logs', 'events-export'],
  ['nav-billing', 'Billing', 'billing-tab-history'],
  ['nav-settings', 'My provider', 'provider-name'],
])('who is no admin any more is led from %s to the clients, and told why', async (nav, page, there) => {
  const { user, become } = openWithProfile();
  await user.click(await find(nav));
  await find(there);
  await become(demoted);
  await waitFor(() => expect(title()).toMatch(/^Clients/));
  await findAll('client-row');
  expect(screen.queryByTestId(there)).toBeNull();
  expect(screen.getByTestId('led-away').textContent).toContain(`You are no longer a provider admin of Brightwater IT. The page ${page} is for its admins.`);
  await expectAccessible();
  // There is no way back to it.
  await user.keyboard('{Alt>}{ArrowLeft}{/Alt}');
  expect(title()).toMatch(/^Clients/);
  await user.click(screen.getByTestId('led-away-seen'));
  expect(screen.queryByTestId('led-away')).toBeNull();
});

test('who deletes a provider is led to the clients of the other one', async () => {
  const { user } = openApp({ clients: 0, provider: { second: true } });
  await find('clients-empty');
  await user.click(screen.getByTestId('nav-settings'));
  await user.click(await find('provider-delete'));
  await user.type(await find('delete-password'), `${fakePassword}{Enter}`);
  await waitFor(() => expect(title()).toMatch(/^Clients/));
  await findAll('client-row');
  expect(screen.queryByTestId('provider-name')).toBeNull();
  expect(screen.getByTestId('led-away').textContent).toContain('Brightwater IT is no longer one of your providers. This is the portal of Harbour Lane Managed Services.');
});

test('who is removed from their only provider is led to the vaults', async () => {
  const { user, become } = openWithProfile();
  await user.click(await find('nav-members'));
  await find('team-invite');
  await become(() => []);
  await find('nav-vaults');
  expect(screen.getByTestId('led-away').textContent).toContain('Brightwater IT is no longer your provider.');
});
