// The provider as a map and as a tree.
import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectAccessible, find, findAll, openApp } from './stage';

// jsdom lays nothing out: a map needs room to be drawn in.
beforeAll(() => {
  for (const [name, size] of [['clientWidth', 1000], ['clientHeight', 700]] as const)
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
});

async function openStructure(options: Parameters<typeof openApp>[0] = {}) {
  const app = openApp({ clients: 24, ...options });
  await app.user.click(await find('nav-structure'));
  return app;
}

describe('structure', () => {
  test('every client is a tile that says what it is; passes axe', async () => {
    const { user } = await openStructure();
    const tiles = await findAll('structure-tile');
    expect(tiles).toHaveLength(24);
    expect(tiles[0]!.getAttribute('aria-label')).toMatch(/seats? used, (Seats left|Nearly full|No seats left)/);
    await expectAccessible();
    tiles[0]!.focus();
    await user.keyboard('{ArrowRight}');
    await waitFor(() => expect(document.activeElement).toBe(screen.getAllByTestId('structure-tile')[1]));
  });

  test('one client opens beside the map; a person lights what they reach, and opens', async () => {
    const { user } = await openStructure();
    await user.click((await findAll('structure-tile'))[0]!);
    const graph = await find('client-graph');
    // What it is found by is told: on the tile, and beside its name.
    expect(screen.getAllByTestId('structure-tile')[0]!.getAttribute('aria-label')).toMatch(/\. Tags: Construction/);
    expect(within(graph).getByTestId('graph-tags').textContent).toContain('Construction');
    const [person] = await within(graph).findAllByTestId('graph-member');
    await user.click(person!);
    await waitFor(() => expect(within(graph).getAllByTestId('graph-member')[0]!.dataset.chosen).toBe('true'));
    expect(within(graph).getByTestId('graph-legend'), 'the lines are explained while they are lit').toBeTruthy();
    await waitFor(() => expect(within(graph).getAllByTestId('graph-collection').some(({ dataset }) => dataset.lit)).toBe(true));
    await expectAccessible();
    await user.click(within(graph).getByTestId('graph-open-focus'));
    expect(await find('member-panel')).toBeTruthy();
  });

  test('a client is found by its name, the others step back', async () => {
    const { user } = await openStructure();
    const all = await findAll('structure-tile');
    await user.type(screen.getByTestId('structure-search'), 'ironbridge');
    await waitFor(() => expect(screen.getAllByTestId('structure-tile').filter(({ className }) => className.includes('dim'))).toHaveLength(all.length - 1));
  });

  test('what is drawn of the opened client is found too', async () => {
    const { user } = await openStructure();
    await user.click((await findAll('structure-tile'))[0]!);
    const graph = await find('client-graph');
    const name = (await within(graph).findAllByTestId('graph-member')).at(-1)!.dataset.tip!;
    await user.type(screen.getByTestId('structure-search'), name.toLowerCase());
    await waitFor(() => expect(within(graph).getAllByTestId('graph-member')[0]!.dataset.found).toBe('true'));
    expect(screen.queryByText(/Nothing drawn here/)).toBeNull();
    await user.clear(screen.getByTestId('structure-search'));
    await user.type(screen.getByTestId('structure-search'), 'xyzzy');
    expect(await screen.findByText(/Nothing drawn here/)).toBeTruthy();
  });

  test('members are one number in the tree, on the map and on the tab, with the revoked beside it; seats say that they are seats', async () => {
    const { user } = await openStructure();
    await user.click((await findAll('structure-tile'))[0]!);
    const graph = await find('client-graph');
    const head = () => within(graph).getByRole('heading', { name: /^Members/ }).textContent!.replace(/\s+/g, ' ').trim();
    await waitFor(() => expect(head()).toMatch(/^Members \d+ \+ \d+ revoked$/));
    const told = head();
    expect(screen.getAllByText('Seats used')).toBeTruthy();
    await user.click(within(graph).getByTestId('graph-close'));
    await user.click(screen.getByTestId('structure-view-tree'));
    const tree = await screen.findByRole('tree');
    await waitFor(() => expect(within(tree).getAllByRole('treeitem').length).toBeGreaterThan(10));
    const node = (name: string) => within(tree).getAllByRole('treeitem').find((row) => row.textContent!.includes(name))!;
    const opened = within(node('Abbott'));
    expect(node('Abbott').textContent).toMatch(/\d+ seats used/);
    await user.click(opened.getByTestId('structure-tree-twist'));
    await waitFor(() => expect(within(tree).getByText(told.replace('Members ', ''))).toBeTruthy());
    await user.type(screen.getByTestId('structure-search'), 'abbott');
    await waitFor(() => expect(within(tree).getByText('1 found')).toBeTruthy());
  });

  test('the tree has the same content, opens and closes by keyboard, and opens the thing', async () => {
    const { user } = await openStructure();
    await user.click(screen.getByTestId('structure-view-tree'));
    const tree = await screen.findByRole('tree');
    await waitFor(() => expect(within(tree).getAllByRole('treeitem').length).toBeGreaterThan(10));
    await expectAccessible();
    tree.focus();
    await user.keyboard('{ArrowDown}{ArrowLeft}');
    await waitFor(() => expect(within(tree).getAllByRole('treeitem')[1]!.getAttribute('aria-expanded')).toBe('false'));
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowRight}');
    await waitFor(() => expect(tree.textContent).toContain('Collections'));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByTestId('page-title').textContent?.trim()).toBe('Abbott & Lane Solicitors'));
  });

  test('the tree is searched over people, groups and collections of every client', async () => {
    const { user } = await openStructure({ clients: 3 });
    await user.click(screen.getByTestId('structure-view-tree'));
    await user.type(screen.getByTestId('structure-search'), 'payroll');
    const tree = await screen.findByRole('tree');
    await waitFor(() => expect(tree.textContent).toMatch(/Payroll|Nothing matches/));
    await expectAccessible();
  });
});
