// Every screen with the fake host, as a person walks through it; axe looks at each.
// Colour contrast is computed from tokens.css (look/contrast.test.ts): jsdom paints nothing.
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, test } from 'vitest';

import App from '$/App.svelte';
import { fakeHost, fakePassword, type FakeOptions } from '$/ipc/fake/host';

import { fakeConnection, openApp, openComputerSettings } from './stage';

async function open(options: Partial<FakeOptions>) {
  // A layer that is closing lets the page be pressed again a moment later than jsdom's user does it.
  const user = userEvent.setup({ pointerEventsCheck: 0 });
  render(App, { host: fakeHost({ delay: 0, clients: 5, items: 40, ...options }) });
  return user;
}

async function expectAccessible() {
  const { violations } = await axe.run(document.body, {
    rules: { 'color-contrast': { enabled: false } },
  });
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  expect(told).toEqual([]);
}

const find = (id: string) => screen.findByTestId(id);

describe('before unlocking', () => {
  test('welcome: from a slip of the pen to the password', async () => {
    const user = await open({ start: 'signedOut' });
    await user.type(await find('signin-email'), 'maya@brightwater');
    await expectAccessible();
    await user.click(screen.getByTestId('signin-continue'));
    expect(await screen.findByText(/Add the part after the dot/)).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('signin-email')));
    await expectAccessible();
    await user.type(screen.getByTestId('signin-email'), '.example{Enter}');
    expect(document.activeElement).toBe(await find('signin-password'));
    await expectAccessible();
  });

  test('welcome: the language changes while running', async () => {
    const user = await open({ start: 'signedOut' });
    await user.click(await find('language'));
    await user.click(await find('language-fr'));
    expect(await screen.findByText('Explorer le fournisseur de démonstration')).toBeTruthy();
    expect(document.documentElement.lang).toBe('fr');
  });

  test.each(['bitwarden.com', 'bitwarden.eu'])('welcome: the shell is asked for the region that was chosen: %s', async (region) => {
    const host = fakeHost({ delay: 0, start: 'signedOut' });
    const asked: string[] = [];
    const signIn = host.signIn.bind(host);
    host.signIn = (form) => (asked.push(form.server.address), signIn(form));
    const user = userEvent.setup({ pointerEventsCheck: 0 });
    render(App, { host });
    await find('signin-email');
    // Away first: the one that is usual has to be chosen, too.
    await user.click(screen.getByTestId(region === 'bitwarden.eu' ? 'server-bitwarden.com' : 'server-bitwarden.eu'));
    await user.click(screen.getByTestId(`server-${region}`));
    await user.type(screen.getByTestId('signin-email'), 'maya@brightwater.example{Enter}');
    await user.type(await find('signin-password'), `${fakePassword}{Enter}`);
    await find('lock');
    expect(asked).toEqual([region]);
  });

  test('two-step code', async () => {
    const user = await open({ start: 'signedOut' });
    await user.type(await find('signin-email'), 'two@brightwater.example{Enter}');
    await user.type(await find('signin-password'), `${fakePassword}{Enter}`);
    await user.type(await find('signin-code'), '000000');
    await expectAccessible();
    await user.click(screen.getByTestId('signin-remember'));
    await user.click(screen.getByTestId('signin-verify'));
    expect(await screen.findByText(/The code was not accepted/)).toBeTruthy();
    await user.type(screen.getByTestId('signin-code'), '123456{Enter}');
    expect(await find('lock')).toBeTruthy();
  });

  test('the demo says what it is doing', async () => {
    const user = await open({ start: 'signedOut', delay: 5 });
    await user.click(await find('demo-explore'));
    expect(await find('demo-progress')).toBeTruthy();
    await expectAccessible();
    expect(await screen.findByTestId('lock', {}, { timeout: 3000 })).toBeTruthy();
  });

  test('unlock: a wrong password is said and the field emptied', async () => {
    const user = await open({ start: 'locked' });
    const field = await find('unlock-password');
    await waitFor(() => expect(document.activeElement).toBe(field));
    await user.type(field, 'wrong{Enter}');
    expect(await screen.findByText(/That is not the master password/)).toBeTruthy();
    expect((field as HTMLInputElement).value).toBe('');
    await expectAccessible();
    // With the next letter it is no more true, and the field is not wrong.
    await user.type(field, fakePassword[0]!);
    expect(screen.queryByText(/That is not the master password/)).toBeNull();
    expect(field.getAttribute('aria-invalid')).toBeNull();
    await user.type(field, `${fakePassword.slice(1)}{Enter}`);
    expect(await find('lock')).toBeTruthy();
  });

  test('unlock: the demo’s password is filled in, and Enter unlocks', async () => {
    const user = await open({ start: 'locked' });
    await user.click((await screen.findAllByTestId('account-row'))[1]!);
    const fill = await find('use-demo-password');
    await user.type(screen.getByTestId('unlock-password'), 'wrong{Enter}');
    expect(await screen.findByText(/That is not the master password/)).toBeTruthy();
    await user.click(fill);
    expect(screen.queryByText(/That is not the master password/)).toBeNull();
    await user.keyboard('{Enter}');
    expect(await find('lock')).toBeTruthy();
  });

  test('unlock: the screen stays until the window can be drawn whole', async () => {
    let answer = () => {};
    const asked = new Promise<null>((resolve) => (answer = () => resolve(null)));
    const { user } = openApp({ start: 'locked' }, () => ({ leftPlaces: () => asked }));
    await user.type(await find('unlock-password'), `${fakePassword}{Enter}`);
    await waitFor(() => expect((screen.getByTestId('unlock-password') as HTMLInputElement).value).toBe(''));
    expect(screen.queryByTestId('lock')).toBeNull();
    answer();
    expect(await find('lock')).toBeTruthy();
    expect(screen.queryByTestId('unlock-password')).toBeNull();
  });

  test('unlock: another account can be chosen, or one added', async () => {
    const user = await open({ start: 'locked' });
    const rows = await screen.findAllByTestId('account-row');
    expect(rows).toHaveLength(2);
    await user.click(rows[1]!);
    expect(await find('use-demo-password')).toBeTruthy();
    await user.click(screen.getByTestId('add-account'));
    expect(await find('signin-email')).toBeTruthy();
    await user.click(screen.getByTestId('back-to-accounts'));
    expect(await find('unlock-password')).toBeTruthy();
  });
});

describe('unlocked', () => {
  test('the portal opens on its clients, and lock leaves nothing of them', async () => {
    const user = await open({});
    expect((await find('page-title')).textContent).toContain('Clients');
    expect(await screen.findAllByText('Abbott & Lane Solicitors')).not.toHaveLength(0);
    await expectAccessible();
    await user.click(screen.getByTestId('lock'));
    expect(await find('unlock-password')).toBeTruthy();
    expect(screen.queryByText('Abbott & Lane Solicitors')).toBeNull();
  });

  test('products: the list and the grid lead to the same places', async () => {
    const user = await open({});
    await user.click(await find('switch-products'));
    const grid = await find('switcher');
    expect(within(grid).getByText('Abbott & Lane Solicitors, first by name')).toBeTruthy();
    expect(within(grid).getByText('Brightwater IT, your only provider')).toBeTruthy();
    expect(within(grid).getByText('More from Bitwarden')).toBeTruthy();
    await expectAccessible();
    await user.keyboard('{Escape}');
    await user.click(screen.getByTestId('product-passwords'));
    expect(await screen.findByTestId('nav-vaults')).toBeTruthy();
    expect(document.querySelector('[data-product="passwords"]')).toBeTruthy();
    await expectAccessible();
    await user.click(screen.getByTestId('product-console'));
    expect(await screen.findByTestId('nav-members')).toBeTruthy();
    await expectAccessible();
    await user.keyboard('{Alt>}{ArrowLeft}{/Alt}');
    expect(await screen.findByTestId('nav-vaults')).toBeTruthy();
  });

  test('a person without a provider sees the two conditions', async () => {
    const user = await open({ withoutProvider: true });
    expect(screen.queryByTestId('product-provider')).toBeNull();
    await user.click(await find('become-provider'));
    await waitFor(() => expect(screen.getByTestId('condition-enterprise').dataset.met).toBe('true'));
    expect(screen.getByTestId('condition-client').dataset.met).toBe('false');
    await expectAccessible();
  });

  test('search everything by keyboard, down to a person', async () => {
    const user = await open({});
    await find('page-title');
    await user.keyboard('{Control>}k{/Control}');
    const input = await find('palette-input');
    await waitFor(() => expect(document.activeElement).toBe(input));
    await user.type(input, 'abbott');
    await screen.findAllByTestId('palette-row');
    await waitFor(() => expect(input.getAttribute('aria-activedescendant')).toMatch(/^palette-client-/));
    await expectAccessible();
    await user.keyboard('{Tab}');
    await user.type(input, 'rou');
    await waitFor(() => expect(input.getAttribute('aria-activedescendant')).toMatch(/^palette-person-/));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByTestId('palette')).toBeNull());
    expect((await find('page-title')).textContent).toContain('Abbott & Lane Solicitors');
  });

  test('settings: theme and language follow at once', async () => {
    const user = await open({});
    await openComputerSettings(user);
    expect(await screen.findByText('48.3 MB')).toBeTruthy();
    await expectAccessible();
    await user.click(screen.getByTestId('settings-theme'));
    await user.click(await find('settings-theme-dark'));
    expect(document.documentElement.dataset.theme).toBe('dark');
    await user.click(screen.getByTestId('settings-language'));
    await user.click(await find('settings-language-fr'));
    expect((await find('page-title')).textContent).toBe('Paramètres');
  });

  test('offline is said above every page', async () => {
    await open({ offline: true });
    expect((await find('offline-banner')).textContent).toContain('Offline. You are reading the picture of');
    await expectAccessible();
  });

  test.each([
    ['en', 'Another program is running the demo’s service'],
    ['fr', 'Un autre programme fait tourner le service de la démonstration'],
  ] as const)('a service that another program runs is told as that and not as a network (%s)', async (language, words) => {
    openApp({ offline: true, settings: { language } }, (host) => {
      const syncStatus = host.syncStatus.bind(host);
      return { syncStatus: async () => ({ ...(await syncStatus()), failure: { code: 'servedElsewhere', detail: null } }) };
    });
    expect((await find('sync-failed-banner')).textContent).toContain(words);
    expect(screen.queryByTestId('offline-banner')).toBeNull();
  });

  test('a sync that did not read everything says what is missing, until the person takes note of it', async () => {
    openApp({ partly: true });
    const banner = await find('partly-banner');
    expect(banner.textContent).toContain('The last sync did not read everything. The team of ');
    expect(banner.textContent).toContain('The client list of ');
    expect(banner.textContent).toContain('3 entries of the server could not be read');
    expect((await find('sync-state')).textContent).toMatch(/^Partial, /);
    await expectAccessible();
    await userEvent.setup({ pointerEventsCheck: 0 }).click(screen.getByRole('button', { name: 'Understood' }));
    await waitFor(() => expect(screen.queryByTestId('partly-banner')).toBeNull());
    expect(screen.getByTestId('sync-state').textContent).toContain('Partial');
  });

  test('a server that cannot be trusted is said to be that, with what can be done about it', async () => {
    const connection = fakeConnection();
    const { host, unmount } = openApp({ distrust: 'certificate' }, connection.change);
    const banner = await find('unsafe-banner');
    expect(banner.textContent).toContain('No safe connection. Nobody whom this computer trusts vouches for this server, so nothing was sent.');
    expect(banner.textContent).toContain('You are reading the picture of');
    expect(banner.querySelector('button')?.textContent).toContain('Choose a certificate authority');
    expect((await find('sync-state')).textContent).toContain('Not safe');
    expect(screen.queryByTestId('offline-banner')).toBeNull();
    await expectAccessible();
    await connection.tell(host, { unsafe: 'certificateDate' });
    await waitFor(() => expect(screen.getByTestId('unsafe-banner').textContent).toContain('has run out or is not valid yet'));
    expect(screen.getByTestId('unsafe-banner').querySelector('button')?.textContent).toContain('Try again');
    await connection.tell(host, 'online');
    await waitFor(() => expect(screen.queryByTestId('unsafe-banner')).toBeNull());
    unmount();
    openApp({ distrust: 'certificate', settings: { language: 'fr' } });
    expect((await find('unsafe-banner')).textContent).toContain('Pas de connexion sûre.');
  });

  test('a sync shows how far it is and can be cancelled', async () => {
    const user = await open({});
    await user.click(await find('account-menu'));
    await user.click(await find('sync-now'));
    const bar = await find('sync-bar');
    await waitFor(() => expect(bar.textContent).toContain('1 of 5'), { timeout: 2500 });
    await expectAccessible();
    await user.click(screen.getByTestId('sync-cancel'));
    await waitFor(() => expect(screen.queryByTestId('sync-bar')).toBeNull());
  });

  test('logging out says what happens, and names the act when it deletes', async () => {
    const user = await open({});
    await user.click(await find('account-menu'));
    await user.click(await find('log-out'));
    const dialog = await find('log-out-dialog');
    expect(within(dialog).getByText(/stay sealed on this computer/)).toBeTruthy();
    await expectAccessible();
    await user.click(within(dialog).getByTestId('log-out-remove'));
    expect(await within(dialog).findByText(/48.3 MB and 34 pictures since /)).toBeTruthy();
    expect(within(dialog).getByTestId('log-out-confirm').textContent).toContain('remove everything');
    await user.click(within(dialog).getByTestId('log-out-confirm'));
    // The next account of this computer is shown, and the one that left is nowhere.
    expect(await find('unlock-submit')).toBeTruthy();
    expect(screen.queryByText('maya.okafor@brightwater.example')).toBeNull();
  });
});

test.each([
  ['en', { offline: true }, 'Offline, 2 h ago'],
  ['fr', { offline: true }, 'Hors ligne, il y a 2 h'],
  ['en', { distrust: 'certificate' }, 'Not safe, 2 h ago'],
  ['fr', { distrust: 'certificate' }, 'Non sûr, il y a 2 h'],
] as const)('without a connection the age has the room of the navigation (%s, %o)', async (language, options, said) => {
  openApp({ ...options, settings: { language } });
  await waitFor(() => expect(screen.getByTestId('sync-state').textContent?.replace(/\s+/g, ' ').trim()).toBe(said));
});
