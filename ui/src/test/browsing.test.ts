// Pages of the web vault open in the person's browser; where none opens, that is said, with the address.
import { screen, waitFor, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import type { WebPage } from '$/ipc/bindings/WebPage';
import { HostError, type Host } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp } from './stage';

const address = 'https://vault.bitwarden.com/#/sm';
const nobody = () => Promise.reject(new HostError({ code: 'noBrowser', detail: address }));

test('the address can be copied, and the word goes when it was read or a page opens', async () => {
  const copyText = vi.fn<Host['copyText']>(() => Promise.resolve({ clearsIn: null }));
  let opens = false;
  const { user } = openApp({ items: 20 }, () => ({ copyText, openWeb: () => (opens ? Promise.resolve() : nobody()) }));
  await user.click(await find('more-secrets'));
  const banner = await find('browsing-banner');
  expect(banner.textContent).toContain(address);
  await expectAccessible();
  await user.click(within(banner).getByTestId('browsing-copy'));
  expect(copyText).toHaveBeenCalledExactlyOnceWith(address);
  expect(await screen.findByText('Address copied.')).toBeTruthy();
  await user.click(within(banner).getByTestId('browsing-seen'));
  expect(screen.queryByTestId('browsing-banner')).toBeNull();
  await user.click(screen.getByTestId('more-secrets'));
  await find('browsing-banner');
  opens = true;
  await user.click(screen.getByTestId('more-secrets'));
  await waitFor(() => expect(screen.queryByTestId('browsing-banner')).toBeNull());
});

test('the word goes with the page on which it was said, and stays while one searches there', async () => {
  const { user } = openApp({ noBrowser: true });
  await findAll('client-row');
  await user.click(await find('more-secrets'));
  await find('browsing-banner');
  await user.type(screen.getByTestId('clients-search'), 'abbott');
  await waitFor(() => expect(screen.getByTestId('page-title').textContent).toMatch(/ of /));
  expect(screen.getByTestId('browsing-banner')).toBeTruthy();
  await user.click(screen.getByTestId('nav-structure'));
  await waitFor(() => expect(screen.queryByTestId('browsing-banner')).toBeNull());
});

test('in French', async () => {
  const { user } = openApp({ noBrowser: true, settings: { language: 'fr' } });
  await user.click(await find('more-secrets'));
  expect((await find('browsing-banner')).textContent).toMatch(/Aucun navigateur ne s’est ouvert .*vault\.bitwarden\.com\/#\/sm/);
});

test('it is said wherever a page was to open: palette, banners, billing', async () => {
  const asked: (WebPage | 'provider')[] = [];
  const { user } = openApp({ passwordNotice: 'setByAdministrator' }, () => ({
    openWeb: (page) => (asked.push(page), nobody()),
    openProviderWeb: () => (asked.push('provider'), nobody()),
  }));
  const told = async () => {
    await user.click(within(await find('browsing-banner')).getByTestId('browsing-seen'));
    expect(screen.queryByTestId('browsing-banner')).toBeNull();
  };
  await findAll('client-row');
  await user.click(await find('open-web-vault'));
  await told();
  await user.keyboard('{Control>}k{/Control}');
  await user.type(await find('palette-input'), 'secrets manager');
  const rows = () => screen.getAllByTestId('palette-row').find(({ textContent }) => textContent?.includes('Secrets Manager'));
  await waitFor(() => expect(rows()).toBeTruthy());
  await user.click(rows()!);
  await told();
  await user.click(screen.getByTestId('nav-billing'));
  await user.click(await find('payment-details'));
  await told();
  expect(asked).toEqual(['webVault', 'secretsManager', 'provider']);
});
