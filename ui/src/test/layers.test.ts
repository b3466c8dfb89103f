// Every menu, popover, small dialog and state that no other walk opens, with axe looking at each: in French and dark, as
// the other walks are in English and light.
import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import { fakePassword, type FakeOptions } from '$/ipc/fake/host';
import { HostError, type Host } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp } from './stage';

/** A place: how the window starts, what is pressed and then typed on the way, and what is open at its end. */
interface Way {
  options?: Partial<FakeOptions>;
  pressed: string[];
  typed?: [field: string, text: string][];
  open: string;
}

const computer = ['nav-settings', 'settings-computer'];
const signIn = (email: string): Pick<Way, 'options' | 'pressed' | 'typed'> => ({
  options: { start: 'signedOut' },
  pressed: [],
  typed: [
    ['signin-email', `${email}@brightwater.example{Enter}`],
    ['signin-password', `${fakePassword}{Enter}`],
  ],
});
const ways: Record<string, Way> = {
  'languages before signing in': { options: { start: 'signedOut' }, pressed: ['language'], open: 'language-fr' },
  'servers of one’s own': { options: { start: 'signedOut' }, pressed: ['server-selfHosted', 'signin-advanced'], open: 'choose-authority' },
  'the account': { pressed: ['account-menu'], open: 'sync-now' },
  'the providers of a person': { options: { provider: { second: true } }, pressed: ['provider-choice'], open: 'choose-provider' },
  'what can be added': { pressed: ['add-client'], open: 'add-new' },
  'columns of the clients': { pressed: ['columns'], open: 'column-members' },
  'exports of the clients': { pressed: ['export'], open: 'export-csv' },
  'exports of the events': { pressed: ['nav-events', 'events-export'], open: 'events-export-json' },
  'people of the events': { pressed: ['nav-events', 'events-people'], open: 'events-people-choice' },
  'what can be done with a member': { pressed: ['nav-members', 'team-menu'], open: 'team-edit' },
  'a role': { pressed: ['nav-members', 'team-menu', 'team-edit'], open: 'team-role-dialog' },
  'roles of the members': { pressed: ['nav-members', 'team-role'], open: 'team-role-serviceUser' },
  'several members': { pressed: ['nav-members', 'team-choose-all'], open: 'team-bulk' },
  'what several members lose': { pressed: ['nav-members', 'team-choose-all', 'team-bulk-remove'], open: 'team-without-you' },
  'groupings of the map': { pressed: ['nav-structure', 'structure-grouping'], open: 'structure-grouping-name' },
  'themes': { pressed: [...computer, 'settings-theme'], open: 'settings-theme-dark' },
  'a PIN': { pressed: [...computer, 'pin-set'], open: 'pin-dialog' },
  'what can be done with an account': { pressed: [...computer, 'account-options'], open: 'account-log-out' },
  'orders of the items': { pressed: ['product-passwords', 'sort-items'], open: 'sort-descending' },
  'plans of the clients': { pressed: ['plan-filter'], open: 'plan-filter-all' },
  'kinds of the events': { pressed: ['nav-events', 'events-kinds'], open: 'events-kinds-choice' },
  'dates of the events': { pressed: ['nav-events', 'events-span-dates'], open: 'events-from' },
  'logs that could not be read': { options: { failedLogs: 5 }, pressed: ['nav-events'], open: 'failed-logs' },
  'the tree': { pressed: ['nav-structure', 'structure-view-tree'], open: 'structure-tree-node' },
  'the bill of a suspended provider': { options: { provider: { suspended: true } }, pressed: ['nav-billing'], open: 'suspension' },
  'a provider without a tax number': { options: { provider: { withoutTaxId: true } }, pressed: [], open: 'tax-id-banner' },
  'clients that are none': { pressed: [], typed: [['clients-search', 'zzzz']], open: 'clients-empty' },
  'members that are none': { pressed: ['nav-members'], typed: [['team-search', 'zzzz']], open: 'team-empty' },
  'members of a client that are none': { pressed: ['client-row', 'client-tab-members'], typed: [['members-search', 'zzzz']], open: 'members-empty' },
  'items that are none': { pressed: ['product-passwords'], typed: [['vaults-search', 'zzzz']], open: 'items-empty' },
  'a password from before a rotation': { ...signIn('rotated'), open: 'previous-password' },
  'a protection that became weaker': { ...signIn('cheap'), open: 'signin-kdf' },
  'a second step that is not offered': { ...signIn('duo'), open: 'signin-blocked' },
  'a server that is not trusted': { ...signIn('cert'), open: 'offer-authority' },
  'an invitation to be pasted': { pressed: ['account-menu', 'use-invitation'], open: 'invitation-link' },
};

describe('axe finds nothing in', () => {
  test.each(Object.entries(ways))('%s', async (_name, { options, pressed, typed = [], open }) => {
    const { user } = openApp({ clients: 12, team: 9, settings: { language: 'fr', theme: 'dark' }, ...options });
    for (const id of pressed) await user.click((await findAll(id))[0]!);
    for (const [field, text] of typed) await user.type(await find(field), text);
    await findAll(open);
    await expectAccessible();
  });
});

describe('a menu', () => {
  test('tells which of its rows is chosen', async () => {
    const { user } = openApp({ start: 'signedOut' });
    await user.click(await find('language'));
    const rows = [await find('language-en'), await find('language-fr')];
    expect(rows.map((row) => [row.getAttribute('role'), row.getAttribute('aria-checked')])).toEqual([
      ['menuitemradio', 'true'],
      ['menuitemradio', 'false'],
    ]);
  });

  test('tells which columns are shown, and stays open', async () => {
    const { user } = openApp();
    await user.click(await find('columns'));
    const members = await find('column-members');
    expect(members.getAttribute('role')).toBe('menuitemcheckbox');
    expect(members.getAttribute('aria-checked')).toBe('true');
    await user.click(members);
    await waitFor(() => expect(screen.getByTestId('column-members').getAttribute('aria-checked')).toBe('false'));
  });
});

describe('a click beside a dialog', () => {
  async function invitation() {
    const { user } = openApp();
    await user.click(await find('nav-members'));
    await user.click(await find('team-invite'));
    const field = await find('team-invite-emails');
    // The library tells a click beside from one on the dialog by where it is; in jsdom everything lies at 0.
    const beside = () => user.pointer({ keys: '[MouseLeft]', target: document.querySelector('.scrim')!, coords: { clientX: 600, clientY: 500 } });
    return { user, field, beside };
  }
  const settled = () => new Promise((resolve) => setTimeout(resolve, 60));

  test('closes it while nothing was entered', async () => {
    const { beside } = await invitation();
    await beside();
    await waitFor(() => expect(screen.queryByTestId('team-invite-dialog')).toBeNull());
  });

  test('leaves it open once something was, and Escape asks', async () => {
    const { user, field, beside } = await invitation();
    await user.type(field, 'ana@x.example');
    await beside();
    await settled();
    expect((screen.getByTestId('team-invite-emails') as HTMLTextAreaElement).value).toBe('ana@x.example');
    await user.keyboard('{Escape}');
    await user.click(await find('dialog-discard'));
    await waitFor(() => expect(screen.queryByTestId('team-invite-dialog')).toBeNull());
  });

  test('closes it again when it was opened anew', async () => {
    const { user, field, beside } = await invitation();
    await user.type(field, 'ana@x.example');
    await user.keyboard('{Escape}');
    await user.click(await find('dialog-discard'));
    await waitFor(() => expect(screen.queryByTestId('team-invite-dialog')).toBeNull());
    await user.click(await find('team-invite'));
    await find('team-invite-dialog');
    await beside();
    await waitFor(() => expect(screen.queryByTestId('team-invite-dialog')).toBeNull());
  });
});

describe('the keyboard stays', () => {
  test('on a button that is switched off and on again', async () => {
    const { user } = openApp();
    await user.click(await find('nav-settings'));
    const name = await find('provider-name');
    const save = screen.getByTestId('provider-save');
    await user.type(name, ' Group');
    await waitFor(() => expect(save.getAttribute('aria-disabled')).toBeNull());
    expect(screen.getByTestId('provider-save')).toBe(save);
    save.focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(save.getAttribute('aria-disabled')).toBe('true'));
    expect(document.activeElement).toBe(save);
  });

  test('in a dialog whose page changes, on what can be pressed next', async () => {
    const link = 'https://vault.harbour.example/#/providers/accept-provider?email=maya.okafor@brightwater.example&providerName=Harbour%20Lane&token=abc';
    const { user } = openApp({ link });
    (await find('invitation-accept')).focus();
    await user.keyboard('{Enter}');
    const close = await find('invitation-close');
    await waitFor(() => expect(document.activeElement).toBe(close));
  });

  test('in the field of a dialog that was read first', async () => {
    const { user } = openApp({ delay: 30 });
    await findAll('client-row');
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await find('palette-input'), 'abbott');
    await waitFor(() => expect(screen.getByTestId('palette-input').getAttribute('aria-activedescendant')).toMatch(/^palette-client-/));
    await user.keyboard('{Tab}');
    await waitFor(() => expect(document.getElementById('palette-action-rename')).toBeTruthy());
    await user.click(document.getElementById('palette-action-rename')!);
    const name = await find('client-name');
    await waitFor(() => expect(document.activeElement).toBe(name));
  });

  test('where something is destroyed, on the button that destroys nothing', async () => {
    const unlinkClient = vi.fn<Host['unlinkClient']>();
    const { user } = openApp({}, () => ({ unlinkClient }));
    await findAll('client-row');
    await user.click(screen.getByRole('button', { name: 'Options for Abbott & Lane Solicitors' }));
    await user.click(await find('client-unlink'));
    const cancel = await find('action-cancel');
    await waitFor(() => expect(document.activeElement).toBe(cancel));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByTestId('unlink-client')).toBeNull());
    expect(unlinkClient).not.toHaveBeenCalled();
  });

  test('nowhere beneath a dialog that the first half of a double click closed', async () => {
    const { user } = openApp();
    await findAll('client-row');
    await user.click(screen.getByRole('button', { name: 'Options for Abbott & Lane Solicitors' }));
    await user.click(await find('client-unlink'));
    const beneath = vi.fn();
    screen.getAllByTestId('client-row')[0]!.addEventListener('click', beneath);
    await user.click(await find('action-cancel'));
    await waitFor(() => expect(screen.queryByTestId('unlink-client')).toBeNull());
    const row = screen.getAllByTestId('client-row')[0]!;
    const click = (detail: number) => row.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail }));
    click(2);
    expect(beneath).not.toHaveBeenCalled();
    click(1);
    expect(beneath).toHaveBeenCalledOnce();
  });

  test('in a dialog that turns out to be blocked', async () => {
    const { user } = openApp({ clients: 5 });
    await user.click(await find('nav-settings'));
    await user.click(await find('provider-delete'));
    const show = await find('delete-show-clients');
    await waitFor(() => expect(document.activeElement).toBe(show));
  });

  test('on the button that began the work, when results stand in its place', async () => {
    const { user } = openApp();
    await user.click(await find('nav-members'));
    const boxes = await findAll('team-choose');
    for (const row of boxes.slice(0, 2)) await user.click(row);
    await user.click(await find('team-bulk-remove'));
    const go = await find('team-people-go');
    await waitFor(() => expect(go.getAttribute('aria-busy')).toBeNull());
    go.focus();
    await user.keyboard('{Enter}');
    await find('team-results');
    expect(document.activeElement).toBe(screen.getByTestId('team-people-close'));
  });
});

describe('the palette', () => {
  async function actions(options: Partial<FakeOptions> = {}, text = '') {
    const app = openApp(options);
    await find('page-title');
    await app.user.keyboard('{Control>}k{/Control}');
    const input = await find('palette-input');
    if (text !== '') await app.user.type(input, text);
    await findAll('palette-row');
    return { ...app, ids: () => screen.getAllByTestId('palette-row').map(({ id }) => id.replace('palette-action-', '')) };
  }

  test('reaches every page of the portal', async () => {
    const { ids } = await actions();
    expect(ids()).toEqual(
      expect.arrayContaining(['clients', 'structure', 'tree', 'members', 'waiting', 'events', 'billing', 'invoices', 'payment', 'provider', 'settings', 'vaults', 'console', 'secrets']),
    );
    expect(ids()).toEqual(expect.arrayContaining(['new-client', 'add-client', 'invite', 'invitation', 'sync', 'lock']));
    await expectAccessible();
  });

  test('offers a service user nothing of what an admin does', async () => {
    const { ids } = await actions({ provider: { role: 'service' } });
    for (const id of ['members', 'waiting', 'invite', 'events', 'billing', 'payment', 'provider', 'new-client']) expect(ids()).not.toContain(id);
  });

  test.each([
    [0, 'Items, actions', /↵Open$/],
    [5, 'People, collections, items, actions', /Narrow to an organization\s+5 organizations$/],
  ])('speaks of clients to nobody who has none, with %i organizations of their own', async (administered, placeholder, foot) => {
    const { user } = openApp({ withoutProvider: true }, (host) => {
      const [products, search] = [host.products.bind(host), host.searchEverything.bind(host)];
      return {
        products: async (...from) => ({ ...(await products(...from)), administered }),
        searchEverything: async (query) => ({ ...(await search(query)), own: administered }),
      };
    });
    await find('page-title');
    await user.keyboard('{Control>}k{/Control}');
    await find('palette-input');
    await waitFor(() => expect(screen.getByTestId('palette-input').getAttribute('placeholder')).toBe(placeholder));
    await user.type(screen.getByTestId('palette-input'), 'console');
    await waitFor(() => expect(document.querySelector('[id^="palette-item-"]')).toBeTruthy());
    expect(document.querySelector('.palette-foot')!.textContent?.trim()).toMatch(foot);
    for (const word of ['All clients', 'Narrow to a client', '0 clients']) expect(screen.getByTestId('palette').textContent).not.toContain(word);
  });

  test('finds the people of the provider’s own team, and opens them', async () => {
    const { user, host } = await actions();
    const { rows } = await host.teamPage({ providerId: '', search: '', filter: 'all', role: null, sort: 'email', descending: false, offset: 0, limit: 9 });
    const somebody = rows.find(({ own, name }) => !own && name !== null)!;
    await user.type(screen.getByTestId('palette-input'), somebody.email);
    await waitFor(() => expect(document.getElementById(`palette-teamMember-${somebody.id}`)).toBeTruthy());
    expect(document.getElementById(`palette-teamMember-${somebody.id}`)!.textContent).toMatch(/Provider admin|Service user|Needs confirmation/);
    await expectAccessible();
    await user.click(document.getElementById(`palette-teamMember-${somebody.id}`)!);
    expect((await find('page-title')).textContent).toContain('Members');
    await find('team-panel');
  });

  test('opens the tags of a client, without a server too', async () => {
    const { user, ids } = await actions({ offline: true }, 'abbott');
    await waitFor(() => expect(screen.getByTestId('palette-input').getAttribute('aria-activedescendant')).toMatch(/^palette-client-/));
    await user.keyboard('{Tab}');
    await waitFor(() => expect(ids()).toContain('tags'));
    expect(ids()).not.toContain('rename');
    await user.click(document.getElementById('palette-action-tags')!);
    expect((await find('tags-dialog')).textContent).toContain('Tags of Abbott');
  });

  test('pins the client it is narrowed to, and takes the pin away again', async () => {
    const { user, ids, host } = await actions({}, 'abbott');
    const narrow = async (text: string) => {
      await waitFor(() => expect(screen.getByTestId('palette-input').getAttribute('aria-activedescendant')).toMatch(/^palette-client-/));
      await user.keyboard('{Tab}');
      await user.type(screen.getByTestId('palette-input'), text);
    };
    const { groups } = await host.searchEverything({ text: 'abbott & lane', organizationId: null, limit: 1 });
    const { id } = groups.find(({ kind }) => kind === 'client')!.hits[0]!;
    const pinned = async () => (await host.clientHead(id)).pinned;
    await narrow('every sync');
    await waitFor(() => expect(ids()[0]).toBe('pin'));
    expect(ids()).not.toContain('unpin');
    await user.keyboard('{Enter}');
    expect((await find('toast')).textContent).toContain('Abbott & Lane Solicitors is pinned');
    await waitFor(() => expect(screen.queryByTestId('palette')).toBeNull());
    expect(await pinned()).toBe(true);

    await user.keyboard('{Control>}k{/Control}');
    await user.type(await find('palette-input'), 'abbott');
    await narrow('unpin');
    await waitFor(() => expect(ids()[0]).toBe('unpin'));
    await user.keyboard('{Enter}');
    await waitFor(async () => expect(await pinned()).toBe(false));
  });

  test('pins a client that is chosen next, and says in its place why it could not', async () => {
    const { user, host } = await actions({}, 'favorite');
    await user.keyboard('{Enter}');
    await find('palette-picking');
    // Which of them are pinned stands beside them.
    expect((await find('palette-pinned')).closest('[role="option"]')!.textContent).toContain('Calder');
    await user.type(screen.getByTestId('palette-input'), 'abbott');
    await waitFor(() => expect(screen.getAllByTestId('palette-row')).toHaveLength(1));
    await waitFor(() => expect(screen.queryByTestId('palette-pinned')).toBeNull());
    const works = host.setPinned.bind(host);
    host.setPinned = () => Promise.reject(new HostError({ code: 'storage', detail: null }));
    await user.keyboard('{Enter}');
    expect((await find('palette-not-done')).getAttribute('role')).toBe('alert');
    await expectAccessible();
    host.setPinned = works;
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByTestId('palette')).toBeNull());
    expect((await find('toast')).textContent).toContain('Abbott & Lane Solicitors is pinned');
  });

  test('leads whoever has no provider to becoming one', async () => {
    const { user, ids } = await actions({ withoutProvider: true });
    expect(ids()).toEqual(expect.arrayContaining(['secrets', 'become-provider']));
    await user.click(document.getElementById('palette-action-become-provider')!);
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toContain('Become a provider'));
  });

  test('begins an invitation on the page of the members', async () => {
    const { user } = await actions({}, 'invite');
    await user.keyboard('{Enter}');
    await find('team-invite-dialog');
    expect((await find('page-title')).textContent).toContain('Members');
  });

  test('leads to each page of the client it is narrowed to', async () => {
    const { user, ids } = await actions({}, 'abbott');
    await waitFor(() => expect(screen.getByTestId('palette-input').getAttribute('aria-activedescendant')).toMatch(/^palette-client-/));
    await user.keyboard('{Tab}');
    await waitFor(() => expect(ids()).toEqual(expect.arrayContaining(['client-overview', 'client-members', 'client-groups', 'client-collections', 'client-policies', 'tags', 'rename', 'seats', 'unlink'])));
    await user.type(screen.getByTestId('palette-input'), 'policies of');
    await waitFor(() => expect(ids()[0]).toBe('client-policies'));
    await user.keyboard('{Enter}');
    await findAll('policy-row');
  });
});

describe('a tooltip', () => {
  const told = () => [...document.querySelectorAll('.tooltip')].map(({ textContent }) => textContent?.trim());

  test('goes when its button opens a menu, and does not come back with a focus that no key gave', async () => {
    const { user } = openApp({ clients: 5 });
    await findAll('client-row');
    const more = screen.getByRole('button', { name: /Options for Abbott/ });
    await user.hover(more);
    await waitFor(() => expect(told()).toEqual([expect.stringContaining('Options for Abbott')]));
    await user.click(more);
    await find('client-sync');
    await waitFor(() => expect(told()).toEqual([]));
  });

  test('does not come back with the keyboard that a menu closed by Escape gives back, but with the next key that leads there', async () => {
    const { user } = openApp({ clients: 5 });
    await findAll('client-row');
    const more = screen.getByRole('button', { name: /Options for Abbott/ });
    more.focus();
    await user.keyboard('{Enter}');
    await find('client-sync');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(more));
    await new Promise((rest) => setTimeout(rest, 450));
    expect(told()).toEqual([]);
    await user.tab();
    await user.tab({ shift: true });
    expect(document.activeElement).toBe(more);
    await waitFor(() => expect(told()).toEqual([expect.stringContaining('Options for Abbott')]));
  });

  test('says when a client was read, and the system says nothing beside it', async () => {
    const { user } = openApp({ clients: 5 });
    const [row] = await findAll('client-row');
    const age = [...row!.querySelectorAll('span')].find(({ textContent }) => /min ago/.test(textContent ?? ''))!;
    expect(age.closest('[data-tip]')).toBeNull();
    await user.hover(age);
    await waitFor(() => expect(told().join()).toMatch(/\d{4}/));
  });
});
