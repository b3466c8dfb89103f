// A narrow page: at the smallest window, or a large zoom.
import { screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { expectAccessible, find, findAll, openApp, openComputerSettings } from './stage';

let narrow = true;
let heard: (() => void)[] = [];
beforeEach(() => {
  narrow = true;
  heard = [];
  const all = window.matchMedia;
  vi.spyOn(window, 'matchMedia').mockImplementation((query) => {
    if (!query.includes('939px')) return all(query);
    return { ...all(query), get matches() { return narrow; }, addEventListener: (_: string, listener: () => void) => heard.push(listener) } as unknown as MediaQueryList;
  });
});
afterEach(() => vi.restoreAllMocks());

const nav = () => screen.getByRole('navigation', { name: 'Main' });

test('the navigation is its icons, and unfolds over the page until a page is chosen', async () => {
  const { user, host } = openApp({ clients: 12 });
  await findAll('client-row');
  expect(nav().className).toContain('collapsed');
  await user.click(await find('nav-expand'));
  expect(nav().className).toContain('over');
  expect(nav().className).not.toContain('collapsed');
  await expectAccessible();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(nav().className).toContain('collapsed'));
  await user.click(await find('nav-expand'));
  await user.click(await find('nav-members'));
  await waitFor(() => expect(nav().className).toContain('collapsed'));
  // It is no wish of the person's.
  expect((await host.settingsGet()).navigationCollapsed).toBe(false);
  narrow = false;
  for (const hear of heard) hear();
  await waitFor(() => expect(nav().className).not.toContain('collapsed'));
});

test.each([
  { width: 800, stay: ['Status', 'Role'] },
  { width: 660, stay: ['Role'] },
  { width: 600, stay: [] },
])('the role of a colleague outlasts the status, in a table of $width pixels', async ({ width, stay }) => {
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockImplementation(function (this: Element) {
    return this.classList.contains('frame') ? width : 0;
  });
  const { user } = openApp();
  await user.click(await find('nav-members'));
  await findAll('team-row');
  const heads = screen.getAllByRole('columnheader').map((head) => head.textContent?.trim());
  expect(heads.filter((head) => head === 'Status' || head === 'Role')).toEqual(stay);
  // Who waits is told beside the name where the column is gone, and once.
  const waiting = screen.getAllByTestId('team-row').map((row) => within(row).queryAllByText('Needs confirmation').length);
  expect(waiting.filter((times) => times > 0)).toEqual([1]);
});

test.each([
  { width: 604, heads: ['Date', 'Number', 'Total', 'Status', 'Due', 'Download CSV'] },
  { width: 524, heads: ['Date', 'Total', 'Status', 'Due', 'Download CSV'] },
])('the number of an invoice stands under its date where $width pixels are left', async ({ width, heads }) => {
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockImplementation(function (this: Element) {
    return this.classList.contains('room') ? width : 0;
  });
  const { user } = openApp();
  await user.click(await find('nav-billing'));
  await user.click(await find('billing-tab-history'));
  const [invoice] = await findAll('invoice-row');
  expect(screen.getAllByRole('columnheader').map((head) => head.textContent?.trim())).toEqual(heads);
  expect(within(invoice!).getAllByRole('cell')).toHaveLength(heads.length);
  const number = within(invoice!).getAllByText('8F2C6A-0140');
  expect(number).toHaveLength(1);
  expect(number[0]!.textContent).toBe(heads.includes('Number') ? '8F2C6A-0140' : 'Number 8F2C6A-0140');
});

test('a search that goes to a second line takes the product switcher with it', async () => {
  const { user } = openApp();
  await user.click(await find('nav-structure'));
  const end = (await find('structure-search')).closest('.end');
  expect(end?.contains(screen.getByTestId('switch-products'))).toBe(true);
  expect(end?.parentElement?.tagName).toBe('HEADER');
});

test('the page is made larger in the settings and from the palette', async () => {
  const { user, host } = openApp();
  await openComputerSettings(user);
  await user.click(await find('settings-zoom'));
  await user.click(await find('settings-zoom-150'));
  await waitFor(async () => expect((await host.settingsGet()).zoom).toBe(150));
  for (const [words, zoom] of [['zoom in', 175], ['actual size', 100]] as const) {
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await find('palette-input'), `${words}{Enter}`);
    await waitFor(async () => expect((await host.settingsGet()).zoom).toBe(zoom));
  }
});
