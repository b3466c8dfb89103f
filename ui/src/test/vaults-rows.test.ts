// Vaults: what is done with an item from its row.
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import type { ItemRow } from '$/ipc/bindings/ItemRow';
import { fakePassword, type FakeOptions } from '$/ipc/fake/host';
import { HostError, type Host } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp, rowTexts } from './stage';

/** What the host was asked to do, in order. */
function watched(calls: string[]) {
  return (host: Host): Partial<Host> => {
    const [copy, open, pass, leave] = [host.copyField.bind(host), host.openWebsite.bind(host), host.passReprompt.bind(host), host.leaveItem.bind(host)];
    return {
      copyField: async (request) => {
        const receipt = await copy(request);
        calls.push(`copy ${request.fieldId}`);
        return receipt;
      },
      openWebsite: (itemId, fieldId) => (calls.push(`open ${fieldId}`), open(itemId, fieldId)),
      passReprompt: (itemId, password) => (calls.push(`pass ${password}`), pass(itemId, password)),
      leaveItem: () => (calls.push('leave'), leave()),
    };
  };
}

/** Opens the vaults, with the rows as `change` makes them. */
async function openVaults(options: Partial<FakeOptions> = {}, change: (row: ItemRow) => ItemRow = (row) => row, more: (host: Host) => Partial<Host> = () => ({})) {
  const calls: string[] = [];
  const app = openApp({ withoutProvider: true, items: 300, ...options }, (host) => {
    const page = host.itemsPage.bind(host);
    return {
      ...watched(calls)(host),
      itemsPage: async (query) => {
        const { total, rows } = await page(query);
        return { total, rows: rows.map(change) };
      },
      ...more(host),
    };
  });
  await findAll('item-row');
  return { ...app, calls };
}

type User = Awaited<ReturnType<typeof openVaults>>['user'];

/** Leaves the rows of a search, and puts the keyboard on the first. */
async function search(user: User, text: string, first: RegExp | string) {
  await user.clear(screen.getByTestId('vaults-search'));
  await user.type(screen.getByTestId('vaults-search'), text);
  await waitFor(() => expect(rowTexts('item-row')[0]).toMatch(first));
  screen.getByRole('grid').focus();
  return screen.getAllByTestId('item-row')[0]!;
}

/** Answers the question for the master password. */
async function answer(user: User, password = fakePassword) {
  const dialog = await find('reprompt');
  await user.type(within(dialog).getByTestId('reprompt-password'), `${password}{Enter}`);
}

describe('the keys that copy', () => {
  test.each([
    ['en', 'c', 'Password copied. Clears in 30 s.', 'login.password'],
    ['en', 'u', 'Username copied. Clears in 30 s.', 'login.username'],
    ['fr', 'c', 'Mot de passe copié. Effacé dans 30 s.', 'login.password'],
  ] as const)('%s: Ctrl %s on a protected item asks for the master password, then copies', async (language, key, told, field) => {
    const { user, calls } = await openVaults({ settings: { language } });
    await search(user, '"Backup console" is:protected', /^Backup console/);
    calls.length = 0;
    await user.keyboard(`{Control>}${key}{/Control}`);
    await expectAccessible();
    await answer(user, 'wrong');
    expect((await find('reprompt')).textContent).toContain(language === 'fr' ? 'Ce n’est pas le mot de passe principal.' : 'This is not the master password.');
    await answer(user);
    expect(await screen.findByText(told)).toBeTruthy();
    // The answer counts for this one time: the item stays shut.
    await waitFor(() => expect(calls).toEqual(['pass wrong', `pass ${fakePassword}`, `copy ${field}`, 'leave']));
    expect(screen.queryByTestId('item-panel')).toBeNull();
    await user.click(screen.getAllByTestId('item-row')[0]!);
    expect(await screen.findByTestId('item-locked')).toBeTruthy();
  });

  test('beside its panel the answer opens the item there as well', async () => {
    const { user, calls } = await openVaults();
    const row = await search(user, '"Backup console" is:protected', /^Backup console/);
    await user.click(row);
    expect(await find('item-locked')).toBeTruthy();
    screen.getByRole('grid').focus();
    await user.keyboard('{Control>}c{/Control}');
    await answer(user);
    expect(await screen.findByText('Password copied. Clears in 30 s.')).toBeTruthy();
    expect(await screen.findByTestId('field-password')).toBeTruthy();
    expect(calls).not.toContain('leave');
  });

  test('whoever gives no password has copied nothing, and hears nothing', async () => {
    const { user, calls } = await openVaults();
    await search(user, '"Backup console" is:protected', /^Backup console/);
    await user.keyboard('{Control>}c{/Control}');
    await find('reprompt');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('reprompt')).toBeNull());
    expect(calls.filter((call) => call.startsWith('copy'))).toEqual([]);
    expect(screen.queryByTestId('row-failure')).toBeNull();
  });

  test.each([
    ['en', 'There is no “Username” to copy.'],
    ['fr', 'Il n’y a pas de « Nom d’utilisateur » à copier.'],
  ] as const)('%s: an item that has nothing to copy says so, until something else is looked for', async (language, told) => {
    const { user } = await openVaults({ settings: { language } });
    await search(user, 'type:note', /Secure note|Note sécurisée/);
    await user.keyboard('{Control>}u{/Control}');
    expect((await find('row-failure')).textContent?.replace(/[\u00a0\u202f]/g, ' ')).toContain(told);
    await expectAccessible();
    await user.type(screen.getByTestId('vaults-search'), ' a');
    await waitFor(() => expect(screen.queryByTestId('row-failure')).toBeNull());
  });

  test('what the collection hides, and an item that is gone, are told above the list', async () => {
    const copyField = vi.fn(() => Promise.reject(new HostError({ code: 'passwordHidden', detail: null })));
    const { user } = await openVaults({}, undefined, () => ({ copyField }));
    await search(user, '"Backup console 10"', /^Backup console 10/);
    await user.keyboard('{Control>}c{/Control}');
    expect((await find('row-failure')).textContent).toContain('Backup console 10: This collection hides passwords from you.');
    await user.click(within(screen.getByTestId('row-failure')).getByRole('button', { name: 'Close' }));
    expect(screen.queryByTestId('row-failure')).toBeNull();
  });
});

describe('the buttons and the menu of a row', () => {
  const named = (name: string) => (row: HTMLElement) => row.querySelector('.who')?.textContent?.trim() === name;

  test('copy and open without opening the item, with the keyboard as well', async () => {
    const { user, calls } = await openVaults({}, (row) => ({ ...row, hasTotp: row.kind === 1 }));
    const row = await search(user, '"Backup console 10"', /^Backup console 10/);
    calls.length = 0;
    await user.click(within(row).getByTestId('quick-website'));
    await user.click(within(row).getByTestId('quick-copy'));
    expect((await findAll('row-copy-username')).map(({ textContent }) => textContent?.trim().replace(/\s+/g, ' '))).toEqual(['Copy username Ctrl U']);
    expect([...document.querySelectorAll<HTMLElement>('.menu-row')].map(({ dataset }) => dataset.testid)).toEqual(['row-copy-username', 'row-copy-password', 'row-copy-totp']);
    await expectAccessible();
    await user.click(screen.getByTestId('row-copy-password'));
    expect(await screen.findByText('Password copied. Clears in 30 s.')).toBeTruthy();
    // Behind the row come its buttons, and Enter opens the menu.
    screen.getByRole('grid').focus();
    await user.tab();
    expect(document.activeElement).toBe(within(row).getByTestId('quick-website'));
    await user.tab();
    await user.tab();
    expect(document.activeElement).toBe(within(row).getByTestId('row-menu'));
    await user.keyboard('{Enter}');
    await user.click(await find('row-copy-username'));
    expect(await screen.findByText('Username copied. Clears in 30 s.')).toBeTruthy();
    expect(calls).toEqual(['open uri-0', 'copy login.password', 'copy login.username']);
    expect(screen.queryByTestId('item-panel')).toBeNull();
    await user.click(within(row).getByTestId('row-menu'));
    await user.click(await find('row-open'));
    expect(await find('item-panel')).toBeTruthy();
  });

  test.each([
    ['en', { website: 'Backup console: Open website', options: 'Options for Backup console', show: 'Show item' }],
    ['fr', { website: 'Backup console : Ouvrir le site', options: 'Options pour Backup console', show: 'Afficher l’élément' }],
  ] as const)('%s: of a protected item nothing is done before the master password', async (language, words) => {
    const { user, calls } = await openVaults({ settings: { language } });
    const row = await search(user, '"Backup console" is:protected', /^Backup console/);
    expect(named('Backup console')(row)).toBe(true);
    const label = (id: string) => within(row).getByTestId(id).getAttribute('aria-label')?.replace(/[\u00a0\u202f]/g, ' ');
    expect([label('quick-website'), label('row-menu')]).toEqual([words.website, words.options]);
    calls.length = 0;
    await user.click(within(row).getByTestId('quick-website'));
    await answer(user);
    await waitFor(() => expect(calls).toEqual([`pass ${fakePassword}`, 'open uri-0', 'leave']));
    await user.click(within(row).getByTestId('row-menu'));
    expect((await find('row-open')).textContent).toContain(words.show);
    await user.click(await find('row-copy-password'));
    await answer(user);
    await waitFor(() => expect(calls.slice(3)).toEqual([`pass ${fakePassword}`, 'copy login.password', 'leave']));
  });

  test('what the collection hides is not offered; one value that is left is copied at once', async () => {
    const { user, calls } = await openVaults({}, (row) => ({ ...row, viewPassword: false, hasTotp: true }));
    const row = await search(user, '"Backup console 10"', /^Backup console 10/);
    await user.click(within(row).getByTestId('row-menu'));
    await find('row-copy-username');
    expect(screen.queryByTestId('row-copy-password')).toBeNull();
    expect(screen.queryByTestId('row-copy-totp')).toBeNull();
    await user.keyboard('{Escape}');
    await user.click(within(row).getByTestId('quick-copy'));
    await waitFor(() => expect(calls).toContain('copy login.username'));
    expect(screen.queryByRole('menu')).toBeNull();
  });

  test('the second mouse button and its key open the menu of a row, and no menu of the engine', async () => {
    const { user } = await openVaults();
    const row = await search(user, '"Backup console"', /^Backup console(?! \d)/);
    const second = (target: Element) => fireEvent.contextMenu(target);
    expect(await second(within(row).getByText('Backup console'))).toBe(false);
    await find('row-open');
    expect(screen.getAllByRole('menu')).toHaveLength(1);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
    expect(await second(screen.getByRole('grid'))).toBe(false);
    await find('row-copy-password');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
    expect(await second(screen.getByTestId('page-title'))).toBe(false);
    expect(screen.queryByRole('menu')).toBeNull();
    // Where text is written there is the engine's menu, to paste; and over selected text, to copy.
    expect(await second(screen.getByTestId('vaults-search'))).toBe(true);
    const title = screen.getByTestId('page-title');
    document.getSelection()?.selectAllChildren(title);
    expect(await second(title)).toBe(true);
    document.getSelection()?.removeAllRanges();
  });

  test('an item that was open beside it asks again, and shows so', async () => {
    const { user } = await openVaults();
    await user.click(await search(user, '"Backup console"', /^Backup console(?! \d)/));
    await user.click(await find('item-show'));
    await answer(user);
    await find('field-password');
    const other = screen.getAllByTestId('item-row').find(named('Backup console 10'))!;
    expect(within(other).queryByTestId('quick-website')).toBeNull();
    await user.hover(other);
    await user.click(within(other).getByTestId('quick-website'));
    expect(await find('item-locked')).toBeTruthy();
    expect(screen.queryByTestId('field-password')).toBeNull();
  });
});
