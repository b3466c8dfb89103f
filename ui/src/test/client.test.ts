// A client's page, as a person reads it.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import { veryLongAddress, veryLongName } from '$/ipc/fake/names';

import { expectAccessible, find, findAll, openApp, rowTexts } from './stage';

/** Opens the page of a client by its name. */
async function openClient(
  name: string,
  options: Parameters<typeof openApp>[0] = {},
  change: Parameters<typeof openApp>[1] = undefined,
) {
  const app = openApp({ clients: 38, ...options }, change);
  await findAll('client-row');
  await app.user.type(screen.getByTestId('clients-search'), name);
  await waitFor(() => expect(screen.getAllByTestId('client-row')).toHaveLength(1));
  await app.user.click(screen.getByTestId('client-row'));
  await waitFor(() => expect(screen.getByTestId('page-title').textContent?.trim()).toBe(name));
  return app;
}

describe('a client', () => {
  test('that another window unlinks says so, and offers nothing but the way back', async () => {
    const { user, host } = await openClient('Abbott & Lane Solicitors');
    await user.click(await find('client-tab-members'));
    await findAll('member-row');
    const { rows } = await host.clientsPage({ providerId: 'b7a1c2d3-0000-4000-a000-00000000000a', search: 'abbott', filter: 'all', plan: null, tags: [], sort: 'name', descending: false, offset: 0, limit: 1 });
    await host.unlinkClient('b7a1c2d3-0000-4000-a000-00000000000a', rows[0]!.organizationId);
    const page = await find('client-gone');
    expect(page.textContent).toMatch(/Abbott & Lane Solicitors is no longer managed by Brightwater IT.*It was unlinked, or deleted, today, .* at the latest\./);
    expect(screen.queryByTestId('client-options')).toBeNull();
    expect(screen.queryByTestId('client-tab-members')).toBeNull();
    await expectAccessible();
    await user.click(screen.getByTestId('back-to-clients'));
    await findAll('client-row');
  });

  test('overview: plain figures, owners, passes axe', async () => {
    const { user } = await openClient('Abbott & Lane Solicitors');
    expect((await find('figure-seats')).textContent).toMatch(/94\s*of 96, 2 left/);
    expect(screen.getByTestId('figure-two-step').textContent).toMatch(/82%\s*70 of 85/);
    await expectAccessible();
    await user.click(screen.getByRole('button', { name: /Jonas Reid/ }));
    expect((await find('member-panel')).textContent).toContain('Jonas Reid');
  });

  test.each([
    ['en', 'No owner is confirmed.'],
    ['fr', 'Aucun propriétaire n’est confirmé.'],
  ] as const)('overview: owners of whom none is confirmed are warned about (%s)', async (language, said) => {
    await openClient('Abbott & Lane Solicitors', { settings: { language } }, (host) => {
      const clientHead = host.clientHead.bind(host);
      return {
        clientHead: async (id) => {
          const head = await clientHead(id);
          return { ...head, owners: head.owners.map((owner) => ({ ...owner, status: 'invited' as const })) };
        },
      };
    });
    expect(await screen.findByText(said)).toBeTruthy();
  });

  test('a person has one colour wherever they stand', async () => {
    const { user } = await openClient('Abbott & Lane Solicitors');
    const colour = (within: Element) => (within.querySelector('.av') as HTMLElement).style.background;
    const owner = await screen.findByRole('button', { name: /Jonas Reid/ });
    const theirs = colour(owner);
    expect(theirs).toMatch(/^var\(--av-\d\)$/);
    await user.click(owner);
    expect(colour((await find('member-panel')).querySelector('.panel-head')!)).toBe(theirs);
    await user.type(screen.getByTestId('members-search'), 'jonas reid');
    await waitFor(() => expect(screen.getAllByTestId('member-row')).toHaveLength(1));
    expect(colour(screen.getByTestId('member-row'))).toBe(theirs);
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await find('palette-input'), 'jonas reid');
    const hits = await waitFor(() => {
      const found = screen.getAllByTestId('palette-row').filter(({ id }) => id.startsWith('palette-person-'));
      expect(found.length).toBeGreaterThan(0);
      return found;
    });
    const inAbbott = hits.find(({ textContent }) => textContent!.includes('Abbott & Lane'))!;
    expect(colour(inAbbott)).toBe(theirs);
    await user.keyboard('{Escape}');
    await user.click(await find('nav-structure'));
    await user.click(await find('structure-view-tree'));
    await user.type(await find('structure-search'), 'jonas reid');
    const tree = await screen.findByRole('tree');
    await waitFor(() => expect(within(tree).getAllByRole('treeitem').some(({ textContent }) => textContent!.includes('Jonas Reid'))).toBe(true));
    expect(colour(within(tree).getAllByRole('treeitem').find(({ textContent }) => textContent!.includes('Jonas Reid'))!)).toBe(theirs);
  });

  test('overview: the members of a state are one click away', async () => {
    const { user } = await openClient('Abbott & Lane Solicitors');
    const told = (await find('members-invited')).textContent!.match(/\d+/)![0];
    await user.click(screen.getByTestId('members-invited'));
    const rows = await findAll('member-row');
    expect(rows).toHaveLength(Number(told));
    for (const row of rows) expect(row.textContent).toContain('Invited');
  });

  test('members: a search without room for its name says it on hover, and what it searched for', async () => {
    const { user } = await openClient('Abbott & Lane Solicitors');
    const widths: Record<string, number> = { slot: 64, measure: 180 };
    vi.spyOn(Element.prototype, 'clientWidth', 'get').mockImplementation(function (this: Element) {
      return widths[this.classList[0] ?? ''] ?? 0;
    });
    await user.click(await find('client-tab-members'));
    const field = (await find('members-search')).closest('[role="search"]')!;
    await waitFor(() => expect(field.getAttribute('data-tip')).toBe('Search members'));
    await user.type(screen.getByTestId('members-search'), 'jonas reid');
    await waitFor(() => expect(screen.getAllByTestId('member-row')).toHaveLength(1));
    expect(field.getAttribute('data-tip')).toBe('jonas reid');
    await expectAccessible();
  });

  test('members: the panel tells what a person reaches and follows the arrows', async () => {
    const { user } = await openClient('Abbott & Lane Solicitors');
    await user.click(await find('client-tab-members'));
    const rows = await findAll('member-row');
    await user.click(rows[0]!);
    const panel = await find('member-panel');
    await waitFor(() => expect(within(panel).getByRole('heading', { level: 2 }).textContent).toBe('Anne O’Donnell'));
    await waitFor(() => expect(within(panel).getByTestId('member-reach').textContent).toMatch(/Reaches \d+ of 18 collections/));
    expect(within(panel).getAllByTestId('access-path').length).toBeGreaterThan(0);
    await expectAccessible();
    await user.click(within(panel).getByTestId('reach-view-collection'));
    expect(within(panel).queryByTestId('access-path')).toBeNull();
    screen.getByRole('grid').focus();
    await user.keyboard('{ArrowDown}');
    await waitFor(() => expect(within(panel).getByRole('heading', { level: 2 }).textContent).toBe('Anne Okafor'));
    await user.click(within(panel).getByTestId('member-panel-close'));
    expect(screen.queryByTestId('member-panel')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('grid'));
  });

  test('members: by email at first, and by name, each from the head', async () => {
    const { user } = await openClient('Abbott & Lane Solicitors');
    await user.click(await find('client-tab-members'));
    await findAll('member-row');
    const head = () => screen.getAllByRole('columnheader')[0]!;
    const emails = () => screen.getAllByTestId('member-row').map((row) => row.textContent!.match(/[\w.+-]+@[\w.-]+/)![0]);
    const inOrder = (texts: string[]) => [...texts].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
    expect(emails()).toEqual(inOrder(emails()));
    expect(head().getAttribute('aria-sort')).toBe('ascending');
    await user.click(within(head()).getByRole('button', { name: 'Email' }));
    await waitFor(() => expect(emails()).toEqual(inOrder(emails()).reverse()));
    expect(head().getAttribute('aria-sort')).toBe('descending');
    await user.click(within(head()).getByRole('button', { name: 'Name' }));
    const names = () => screen.getAllByTestId('member-row').map((row) => row.querySelector('.who')!.textContent!);
    await waitFor(() => expect(names()).toEqual(inOrder(names())));
    await expectAccessible();
  });

  test('members: states with counts, and Esc closes the panel', async () => {
    const { user } = await openClient('Abbott & Lane Solicitors');
    await user.click(await find('client-tab-members'));
    await findAll('member-row');
    await user.click(screen.getByTestId('members-filter-revoked'));
    await waitFor(() => expect(screen.getAllByTestId('member-row')).toHaveLength(3));
    await user.click(screen.getAllByTestId('member-row')[0]!);
    const panel = await find('member-panel');
    await waitFor(() => expect(panel.textContent).toContain('Revoked because'));
    within(panel).getByTestId('member-panel-close').focus();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('member-panel')).toBeNull());
  });

  test.each([
    ['members', 'member'],
    ['collections', 'collection'],
    ['groups', 'group'],
  ])('%s: Esc closes the panel from the list, and from the search clears that first', async (tab, kind) => {
    const { user } = await openClient('Abbott & Lane Solicitors');
    await user.click(await find(`client-tab-${tab}`));
    await user.click((await findAll(`${kind}-row`))[1]!);
    await find(`${kind}-panel`);
    const search = screen.getByTestId<HTMLInputElement>(`${tab}-search`);
    await user.type(search, 'a{Escape}');
    expect(search.value).toBe('');
    expect(screen.getByTestId(`${kind}-panel`)).toBeTruthy();
    // A layer above takes the key for itself.
    await user.keyboard('{Control>}k{/Control}');
    await find('palette-input');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('palette')).toBeNull());
    expect(screen.getByTestId(`${kind}-panel`)).toBeTruthy();
    screen.getByRole('grid').focus();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId(`${kind}-panel`)).toBeNull());
    expect(document.activeElement).toBe(screen.getByRole('grid'));
  });

  test('collections: opening them online is asked for once and said; a panel tells who reaches one', async () => {
    const opened = vi.fn();
    const { user } = await openClient('Abbott & Lane Solicitors', {}, (host) => {
      const open = host.openCollections.bind(host);
      return { openCollections: (id) => (opened(id), open(id)) };
    });
    expect(opened).not.toHaveBeenCalled();
    await user.click(await find('client-tab-collections'));
    await findAll('collection-row');
    await waitFor(() => expect(screen.getByTestId('collections-note').textContent).toContain('is recorded in the event logs'));
    await user.click(screen.getAllByTestId('collection-row')[1]!);
    const panel = await find('collection-panel');
    await waitFor(() => expect(within(panel).getAllByTestId('collection-person').length).toBeGreaterThan(0));
    for (const reason of within(panel).getAllByTestId('collection-reason')) expect(reason.closest('.ell')).toBeNull();
    await expectAccessible();
    await user.click(screen.getByTestId('client-tab-groups'));
    await user.click(screen.getByTestId('client-tab-collections'));
    await findAll('collection-row');
    expect(opened).toHaveBeenCalledTimes(1);
  });

  test('collections: nothing is asked of the server while offline', async () => {
    const openCollections = vi.fn();
    const { user } = await openClient('Abbott & Lane Solicitors', { offline: true }, () => ({ openCollections }));
    await user.click(await find('client-tab-collections'));
    await findAll('collection-row');
    expect(screen.getByTestId('collections-note').textContent).toContain('Nothing is recorded without a connection');
    expect(openCollections).not.toHaveBeenCalled();
  });

  test('groups: who is in one and where it leads', async () => {
    const { user } = await openClient('Abbott & Lane Solicitors');
    await user.click(await find('client-tab-groups'));
    await user.click((await findAll('group-row'))[1]!);
    const panel = await find('group-panel');
    await waitFor(() => expect(panel.textContent).toMatch(/Collections\s*2.*Members\s*19/s));
    await expectAccessible();
  });

  test('policies: in the product’s order, searched and opened', async () => {
    const { user } = await openClient('Abbott & Lane Solicitors');
    await user.click(await find('client-tab-policies'));
    await findAll('policy-row');
    expect(rowTexts('policy-row')[0]).toContain('Single organization');
    await user.click(screen.getByTestId('policies-filter-on'));
    await waitFor(() => expect(screen.getAllByTestId('policy-row')).toHaveLength(3));
    await user.click(screen.getAllByTestId('policy-row')[0]!);
    expect((await find('policy-panel')).textContent).toContain('Enforce organization data ownership');
    await expectAccessible();
  });

  test('a client that did not sync says why, what is left, and how to try again', async () => {
    const syncStart = vi.fn(() => Promise.resolve());
    const { user } = await openClient('Ironbridge Foundry', {}, () => ({ syncStart }));
    const callout = await find('stale-callout');
    expect(callout.textContent).toContain('Ironbridge Foundry did not sync.');
    expect(callout.textContent).toContain('You still have the picture of');
    await expectAccessible();
    await user.click(screen.getByTestId('stale-retry'));
    expect(syncStart).toHaveBeenCalledTimes(1);
  });

  test('is read again when it is opened and when the person comes back, and nothing shows it but the page', async () => {
    let told = 0;
    const lookAtClient = vi.fn(() => Promise.resolve());
    const { user, host } = await openClient('Abbott & Lane Solicitors', {}, () => ({ lookAtClient }));
    host.onSyncStatus(({ progress }) => void (progress && (told += 1)));
    const [abbott] = (await host.administered('Abbott & Lane')).map(({ id }) => id);
    await waitFor(() => expect(lookAtClient).toHaveBeenCalledExactlyOnceWith(abbott));
    await user.click(await find('client-tab-members'));
    await findAll('member-row');
    expect(lookAtClient, 'another page of it is no other client').toHaveBeenCalledTimes(1);
    window.dispatchEvent(new Event('focus'));
    expect(lookAtClient.mock.calls).toEqual([[abbott], [abbott]]);
    await user.click(screen.getByTestId('nav-clients'));
    await findAll('client-row');
    window.dispatchEvent(new Event('focus'));
    expect(lookAtClient, 'no client is open').toHaveBeenCalledTimes(2);
    expect(told).toBe(0);
    expect(screen.queryByTestId('sync-bar')).toBeNull();
  });

  test.each([
    ['en', 'Synced just now'],
    ['fr', 'Synchronisé à l’instant'],
  ] as const)('that was read again when it was opened shows its new age (%s)', async (language, said) => {
    await openClient('Abbott & Lane Solicitors', { settings: { language } });
    await screen.findByText(said);
    expect(screen.queryByTestId('sync-bar')).toBeNull();
  });

  test('a long address is whole, and broken before its @ and its dots only', async () => {
    await openClient(`${veryLongName} 1`, { clients: 3, longNames: true });
    const address = await screen.findByText((_, element) => element?.tagName === 'DD' && element.textContent === veryLongAddress);
    const parts = [...address.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent !== '').map((node) => node.textContent);
    expect(parts).toEqual(['maximiliane', '.featherstonehaugh-', 'cholmondeley', '@worshipful-', 'surveyors-', 'auctioneers', '.example']);
    expect(address.querySelectorAll('wbr')).toHaveLength(parts.length - 1);
  });

  test('a client is pinned, shows it, and is unpinned again', async () => {
    const { user } = await openClient('Abbott & Lane Solicitors');
    await find('client-options');
    expect(screen.queryByTestId('client-pinned')).toBeNull();
    await user.click(screen.getByTestId('client-pin'));
    expect((await find('client-pinned')).getAttribute('aria-label')).toBe('Pinned: every sync reads this client.');
    await expectAccessible();
    expect((await find('client-pin')).getAttribute('aria-label')).toBe('No longer read with every sync');
    await user.click(screen.getByTestId('client-pin'));
    await waitFor(() => expect(screen.queryByTestId('client-pinned')).toBeNull());
  });

  test('a client that was never read says so instead of showing nothing', async () => {
    await openClient('Zielińska Meble');
    expect((await find('client-never-read')).textContent).toContain('has not been read yet');
    await expectAccessible();
  });

  test('the Admin Console shows the same pages under the organization’s name', async () => {
    const { user } = openApp({ clients: 5 });
    await user.click(await find('product-console'));
    expect((await find('through-provider')).textContent).toContain('using provider Brightwater IT');
    expect(screen.queryByRole('tablist')).toBeNull();
    await user.click(screen.getByTestId('nav-members'));
    await findAll('member-row');
    expect(screen.getByTestId('page-title').textContent?.trim()).toBe('Members');
    await expectAccessible();
  });
});
