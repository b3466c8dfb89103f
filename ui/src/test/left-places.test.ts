// Where the person was is found again after a lock, by the same account alone.
import { screen, waitFor } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { fakePassword } from '$/ipc/fake/host';

import { expectAccessible, find, findAll, openApp, rowTexts } from './stage';

type User = ReturnType<typeof openApp>['user'];

const title = async (text: string) => waitFor(() => expect(screen.getByTestId('page-title').textContent).toContain(text));

async function lockAndUnlock(user: User) {
  await user.click(screen.getByTestId('lock'));
  await user.type(await find('unlock-password'), `${fakePassword}{Enter}`);
  await find('page-title');
}

test('a lock changes neither the page nor what the other products were left at', async () => {
  const keepPlaces = vi.fn();
  const { user } = openApp({ clients: 12 }, (host) => {
    const keep = host.keepPlaces.bind(host);
    return { keepPlaces: (...kept: [string, string]) => (keepPlaces(...kept), keep(...kept)) };
  });
  await findAll('client-row');
  await user.click(await find('product-passwords'));
  await user.type(await find('vaults-search'), 'bank');
  await user.click(await find('sort-items'));
  await user.click(await find('sort-descending'));
  const found = () => screen.getByTestId<HTMLInputElement>('vaults-search').value;
  await waitFor(() => expect(keepPlaces.mock.lastCall?.[1]).toContain('"descending":true'));
  await user.click(screen.getByTestId('product-provider'));
  await user.click(await find('nav-events'));
  await title('Event logs');
  await waitFor(() => expect(JSON.parse(keepPlaces.mock.lastCall?.[1] as string)).toMatchObject({ place: { page: 'events' } }));

  await lockAndUnlock(user);
  await title('Event logs');
  await expectAccessible();
  await user.click(screen.getByTestId('product-passwords'));
  await user.click(await find('sort-items'));
  expect((await find('sort-descending')).getAttribute('aria-checked')).toBe('true');
  expect(found(), 'words that were typed are no place').toBe('');
  expect(keepPlaces.mock.calls.flat().join()).not.toContain('bank');
});

test('a search that an earlier version kept is not set again', async () => {
  const kept = { version: 1, place: { page: 'vaults', product: 'passwordManager', search: 'with:file' }, left: [{ page: 'clients', product: 'providerPortal', search: 'abbott' }] };
  const { user } = openApp({}, () => ({ leftPlaces: () => Promise.resolve(JSON.stringify(kept)) }));
  await title('All vaults');
  expect((await find('vaults-search') as HTMLInputElement).value).toBe('');
  await user.click(await find('product-provider'));
  expect((await findAll('client-row')).length).toBeGreaterThan(1);
});

test('which provider was chosen is known again', async () => {
  const { user } = openApp({ provider: { second: true } });
  await findAll('client-row');
  await user.keyboard('{Control>}k{/Control}');
  await user.type(await find('palette-input'), 'harbour');
  await waitFor(() => expect(document.querySelector('[id^=palette-action-portal-]')).toBeTruthy());
  await user.click(document.querySelector('[id^=palette-action-portal-]')!);
  await waitFor(() => expect(screen.getByTestId('page-title').textContent).toMatch(/Clients7/));
  // It was written at once: nothing had been for a while.
  const before = rowTexts('client-row');
  await lockAndUnlock(user);
  await waitFor(() => expect(rowTexts('client-row')).toEqual(before));
});

test('another account begins where it lands, and settings are no place to come back to', async () => {
  const { user } = openApp();
  await findAll('client-row');
  await user.click(await find('nav-events'));
  await title('Event logs');
  await user.click(await find('account-menu'));
  await user.click((await findAll('switch-account'))[1]!);
  await user.click(await find('use-password'));
  await user.type(await find('unlock-password'), `${fakePassword}{Enter}`);
  await title('Clients');
  await user.click(await find('product-passwords'));
  await user.click(await find('nav-settings'));
  await title('Settings');
  await user.click(screen.getByTestId('lock'));
  await user.click(await find('use-password'));
  await user.type(await find('unlock-password'), `${fakePassword}{Enter}`);
  await title('All vaults');
});

test('what cannot be read, or is of another version, is no harm', async () => {
  for (const kept of ['nonsense', '{"version":1}', '{"version":2,"place":{"page":"nowhere"},"left":[]}', '7', 'null']) {
    const { unmount } = openApp({}, () => ({ leftPlaces: () => Promise.resolve(kept) }));
    await title('Clients');
    unmount();
  }
});

test('the portal of a provider that is no more the person’s is not shown again', async () => {
  const kept = { version: 1, place: { page: 'members', product: 'providerPortal' }, providerId: 'gone', left: [{ page: 'vaults', product: 'passwordManager', search: 'x' }] };
  openApp({}, () => ({ leftPlaces: () => Promise.resolve(JSON.stringify(kept)) }));
  await title('Clients');
});
