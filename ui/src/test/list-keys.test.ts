// Lists by keyboard: from the search to what it found, the heads before the rows, and from a box to the next row.
import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectAccessible, find, findAll, openApp } from './stage';

// jsdom lays nothing out: a map needs room to be drawn in.
beforeAll(() => {
  for (const [name, size] of [['clientWidth', 1000], ['clientHeight', 700]] as const)
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
});

/** The row of the table that the keyboard stands on. */
const stoodOn = () => document.getElementById(screen.getByRole('grid').getAttribute('aria-activedescendant')!)?.textContent;

describe('a table', () => {
  test('has its heads before its rows, and the buttons of a row after them', async () => {
    const { user } = openApp({ clients: 8 });
    await findAll('client-row');
    await expectAccessible();
    screen.getByTestId('select-all').focus();
    const stops: (Element | null)[] = [];
    for (const _ of Array.from({ length: 12 })) {
      await user.tab();
      stops.push(document.activeElement);
    }
    const rows = stops.indexOf(screen.getByRole('grid'));
    const heads = stops.map((stop, at) => (stop?.closest('[role=columnheader]') ? at : -1)).filter((at) => at >= 0);
    expect(heads.length).toBeGreaterThan(2);
    expect(rows).toBe(Math.max(...heads) + 1);
    expect(stops[rows + 1]).toBe(screen.getAllByTestId('select-client')[0]);
    expect(stops[rows + 2]).toBe(screen.getByRole('button', { name: /Options for Abbott/ }));
  });

  test('arrows lead from a box or a menu button to other rows, and Space chooses there', async () => {
    const { user } = openApp({ clients: 8 });
    await findAll('client-row');
    const boxes = screen.getAllByTestId<HTMLInputElement>('select-client');
    boxes[0]!.focus();
    await user.keyboard('{ArrowDown}');
    const rows = screen.getAllByTestId('client-row');
    expect(document.activeElement).toBe(screen.getByRole('grid'));
    expect(stoodOn()).toBe(rows[1]!.textContent);
    await user.keyboard(' ');
    expect(boxes.map(({ checked }) => checked).slice(0, 3)).toEqual([false, true, false]);
    within(rows[1]!).getByRole('button', { name: /^Options for/ }).focus();
    await user.keyboard('{ArrowUp}');
    expect(stoodOn()).toBe(rows[0]!.textContent);
    // The button's own key stays its own.
    within(rows[0]!).getByRole('button', { name: /^Options for/ }).focus();
    await user.keyboard('{ArrowDown}');
    expect(await find('client-sync')).toBeTruthy();
  });
});

describe('arrow down and Enter in a search lead to the first that was found', () => {
  test('clients, before the search has rested', async () => {
    const { user } = openApp({ clients: 38 });
    await findAll('client-row');
    await user.type(screen.getByTestId('clients-search'), 'ironbridge{Enter}');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('grid')));
    expect(screen.getAllByTestId('client-row')).toHaveLength(1);
    expect(stoodOn()).toContain('Ironbridge');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toContain('Ironbridge'));
  });

  test('nothing found keeps the keyboard in the search', async () => {
    const { user } = openApp({ clients: 8 });
    await findAll('client-row');
    await user.type(screen.getByTestId('clients-search'), 'zzz{ArrowDown}');
    await find('clients-empty');
    expect(document.activeElement).toBe(screen.getByTestId('clients-search'));
  });

  test('items of the vaults; an open panel follows', async () => {
    const { user } = openApp({ items: 40 });
    await user.click(await find('product-passwords'));
    const rows = await findAll('item-row');
    await user.click(rows[2]!);
    await find('item-panel');
    screen.getByTestId('vaults-search').focus();
    await user.keyboard('{ArrowDown}');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('grid')));
    await waitFor(() => expect(screen.getAllByTestId('item-row')[0]!.getAttribute('aria-selected')).toBe('true'));
  });

  test('the tree, and the map', async () => {
    const { user } = openApp({ clients: 24 });
    await user.click(await find('nav-structure'));
    await findAll('structure-tile');
    await user.type(screen.getByTestId('structure-search'), 'ironbridge{ArrowDown}');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Ironbridge/));
    await user.click(screen.getByTestId('structure-view-tree'));
    const tree = await screen.findByRole('tree');
    await waitFor(() => expect(within(tree).getAllByRole('treeitem').length).toBeGreaterThan(1));
    screen.getByTestId('structure-search').focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(document.activeElement).toBe(tree));
  });
});
