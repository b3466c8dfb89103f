// Vaults: order, search, saved filters, rules of organizations.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import type { FakeOptions } from '$/ipc/fake/host';
import type { Host } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp, rowTexts } from './stage';

async function openVaults(options: Partial<FakeOptions> = {}, change: (host: Host) => Partial<Host> = () => ({})) {
  const app = openApp({ withoutProvider: true, items: 300, ...options }, change);
  await findAll('item-row');
  await find('vault-filters');
  return app;
}

/** The list has rows, and all of them are such. */
const shows = (wanted: RegExp) =>
  waitFor(() => {
    const texts = rowTexts('item-row');
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.filter((text) => !wanted.test(text))).toEqual([]);
  });

describe('the list of items', () => {
  test('is ordered by its heads and by the menu, and says which way', async () => {
    const { user } = await openVaults();
    const head = (name: string) => screen.getByRole('columnheader', { name: new RegExp(name) });
    expect(head('Name').getAttribute('aria-sort')).toBe('ascending');
    await user.click(within(head('Last edited')).getByRole('button'));
    await waitFor(() => expect(head('Last edited').getAttribute('aria-sort')).toBe('descending'));
    const newest = rowTexts('item-row')[0];
    await user.click(screen.getByTestId('sort-items'));
    await user.click(await find('sort-ascending'));
    await waitFor(() => expect(head('Last edited').getAttribute('aria-sort')).toBe('ascending'));
    await waitFor(() => expect(rowTexts('item-row')[0]).not.toBe(newest));
    await user.click(screen.getByTestId('sort-items'));
    await user.click(await find('sort-name'));
    await waitFor(() => expect(head('Name').getAttribute('aria-sort')).not.toBe('none'));
  });

  test('the search field teaches its prefixes, and writes the one that is pressed', async () => {
    const { user } = await openVaults();
    await user.click(screen.getByTestId('search-help-button'));
    const help = await find('search-help');
    await expectAccessible();
    await user.click(within(help).getByText('type:'));
    const field = screen.getByTestId<HTMLInputElement>('vaults-search');
    await waitFor(() => expect(field.value).toBe('type:'));
    await waitFor(() => expect(document.activeElement).toBe(field));
    await user.keyboard('card');
    await shows(/Visa/);
  });

  test('a name alone is searched by its prefix, which leaves the list alone until something follows', async () => {
    const found = new Map<string, number>();
    const { user } = await openVaults({}, ({ itemsPage }) => ({
      itemsPage: async (query) => {
        const page = await itemsPage(query);
        found.set(query.search, page.total);
        return page;
      },
    }));
    await user.click(screen.getByTestId('search-help-button'));
    await user.click(within(await find('search-help')).getByText('name:'));
    await waitFor(() => expect(found.get('name:')).toBeGreaterThan(0));
    expect(found.get('name:')).toBe(found.get(''));
    await user.keyboard('console');
    await shows(/console/i);
    // The address of a login is found by its user, and not by its name.
    const field = screen.getByTestId('vaults-search');
    await user.clear(field);
    await user.type(field, 'user:example');
    await shows(/example/);
    await user.clear(field);
    await user.type(field, 'name:example');
    await waitFor(() => expect(screen.queryAllByTestId('item-row')).toHaveLength(0));
  });

  test('the heading tells how many of the place a search has left', async () => {
    const { user } = await openVaults();
    const heading = () => screen.getByTestId('page-title').textContent?.replace(/\s+/g, ' ').trim();
    const all = Number(/\d+$/.exec(heading() ?? '')?.[0]);
    await user.type(screen.getByTestId('vaults-search'), 'zzzz');
    await waitFor(() => expect(heading()).toMatch(new RegExp(`0 of ${all}$`)));
    await user.clear(screen.getByTestId('vaults-search'));
    await waitFor(() => expect(heading()).toMatch(/^All vaults ?\d+$/));
    await user.click(within(await find('vault-filters')).getByRole('treeitem', { name: /^Favorites/ }));
    await waitFor(() => expect(heading()).toMatch(/^Favorites ?\d+$/));
    const favorites = Number(/\d+$/.exec(heading() ?? '')?.[0]);
    await user.type(screen.getByTestId('vaults-search'), 'zzzz');
    await waitFor(() => expect(heading()).toMatch(new RegExp(`^Favorites ?0 of ${favorites}$`)));
  });

  test('in French the same field teaches French words', async () => {
    const { user } = await openVaults({ settings: { language: 'fr' } });
    await user.click(screen.getByTestId('search-help-button'));
    const help = await find('search-help');
    expect([...help.querySelectorAll('code')].map((code) => code.textContent).filter((text) => text?.endsWith(':'))).toEqual(['nom:', 'utilisateur:', 'site:', 'type:', 'dans:', 'org:', 'est:', 'avec:']);
    // The types by the names that the filters beside the list have.
    expect(help.textContent).toContain('identifiant, carte');
    await user.click(within(help).getByText('est:'));
    await user.keyboard('corbeille');
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toMatch(/9$/));
  });

  test('what lies in several vaults is a line of its own, explained, and leads from one to the other', async () => {
    const { user } = await openVaults();
    await user.click(within(await find('vault-filters')).getByRole('treeitem', { name: /^In several vaults/ }));
    expect((await find('list-callout')).textContent).toContain('Passwords are not compared');
    await expectAccessible();
    // One that asks for no password first.
    const { itemDetail } = await openFirstWith(user, 'same-login');
    const others = within(itemDetail).getByTestId('same-login');
    const [other] = within(others).getAllByRole('button');
    const title = () => within(screen.getByTestId('item-panel')).getByRole('heading', { level: 2 }).textContent;
    const before = title();
    await user.click(other!);
    await waitFor(() => expect(title()).not.toBe(before));
    await expectAccessible();
  });
});

/** Opens rows from the top until one shows the part. */
async function openFirstWith(user: Awaited<ReturnType<typeof openVaults>>['user'], part: string) {
  for (const row of screen.getAllByTestId('item-row')) {
    await user.click(row);
    const panel = await find('item-panel');
    const selected = row.querySelector('.who')?.textContent ?? '';
    await waitFor(() => expect(within(panel).getByRole('heading', { level: 2 }).textContent).toContain(selected.trim()));
    await waitFor(() =>
      expect(within(panel).queryByTestId('item-locked') ?? within(panel).queryByText('Item history')).toBeTruthy(),
    );
    if (within(panel).queryByTestId(part)) return { itemDetail: panel };
  }
  throw new Error(`no item shows ${part}`);
}

describe('the search', () => {
  test.each([
    ['en', 'type:xyz', 'type: knows login, card, note, identity, ssh…, and not this word.'],
    ['fr', 'est:bleu', 'est: connaît favori, corbeille, archivé, doublon, illisible, protégé, partagé, mais pas ce mot.'],
  ] as const)('says which word a prefix does not know: %s', async (language, search, told) => {
    const { user } = await openVaults({ settings: { language } });
    const field = screen.getByTestId('vaults-search');
    // Nothing that stands beside it comes or goes while it is typed into.
    const beside = await find('save-filter');
    await user.type(field, search);
    expect((await find('search-unknown')).textContent?.replace(/\u00a0|\u202f/g, ' ')).toContain(told.replace(/\u00a0|\u202f/g, ' '));
    expect(screen.getByTestId('save-filter')).toBe(beside);
    await expectAccessible();
    await user.clear(field);
    await waitFor(() => expect(screen.queryByTestId('search-unknown')).toBeNull());
  });

  test('a press beside the help counts where it was', async () => {
    const { user } = await openVaults();
    await user.click(screen.getByTestId('search-help-button'));
    await find('search-help');
    // What is beside is told by where the pointer is; jsdom lays everything out at nothing.
    await user.pointer({ keys: '[MouseLeft]', target: screen.getByTestId('vaults-search'), coords: { clientX: 300, clientY: 300 } });
    await waitFor(() => expect(screen.queryByTestId('search-help')).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('vaults-search')));
    await user.keyboard('bank');
    expect(screen.getByTestId<HTMLInputElement>('vaults-search').value).toBe('bank');
  });
});

describe('saved filters', () => {
  test('are saved under a name, led to, renamed and removed', async () => {
    const { user } = await openVaults();
    expect((await find('save-filter')).getAttribute('aria-disabled')).toBe('true');
    await user.click(within(await find('vault-filters')).getByRole('treeitem', { name: /^Card/ }));
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toContain('Card'));
    const cards = screen.getByTestId('page-title').textContent;
    await user.click(await find('save-filter'));
    const dialog = await find('filter-name');
    await expectAccessible();
    const input = within(dialog).getByTestId<HTMLInputElement>('filter-name-input');
    expect(input.value).toBe('Card');
    // What is proposed is selected: typing replaces it.
    await waitFor(() => expect(document.activeElement).toBe(input));
    await user.keyboard('Company cards{Enter}');
    const saved = await find('saved-filter');
    expect(saved.textContent).toContain('Company cards');
    await waitFor(() => expect(saved.getAttribute('aria-current')).toBe('true'));
    expect(screen.getByTestId('save-filter').getAttribute('aria-disabled')).toBe('true');
    await expectAccessible();

    await user.click(within(await find('vault-filters')).getByRole('treeitem', { name: /^All vaults/ }));
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toContain('All vaults'));
    await user.click(screen.getByTestId('saved-filter'));
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toBe(cards));

    await user.click(screen.getByTestId('filter-menu'));
    await user.click(await find('filter-rename'));
    const renaming = await find('filter-name');
    const again = within(renaming).getByTestId<HTMLInputElement>('filter-name-input');
    await user.clear(again);
    await user.type(again, 'Cards{Enter}');
    await waitFor(() => expect(screen.getByTestId('saved-filter').textContent).toContain('Cards'));
    await user.click(screen.getByTestId('filter-menu'));
    await user.click(await find('filter-remove'));
    await waitFor(() => expect(screen.queryByTestId('saved-filter')).toBeNull());
  });

  test('a name that is taken is told under the field, and nothing is lost', async () => {
    const { HostError } = await import('$/ipc/host');
    const saveFilter = vi.fn(() => Promise.reject(new HostError({ code: 'nameTaken', detail: null })));
    const { user } = await openVaults({}, () => ({ saveFilter }));
    await user.type(screen.getByTestId('vaults-search'), 'bank');
    await waitFor(() => expect(screen.getByTestId('save-filter').getAttribute('aria-disabled')).toBeNull());
    await user.click(screen.getByTestId('save-filter'));
    const dialog = await find('filter-name');
    await user.click(within(dialog).getByTestId('filter-name-save'));
    expect(await within(dialog).findByText('Another saved filter has this name.')).toBeTruthy();
    expect(within(dialog).getByTestId<HTMLInputElement>('filter-name-input').value).toBe('bank');
    await expectAccessible();
    await user.type(within(dialog).getByTestId('filter-name-input'), 's');
    expect(within(dialog).queryByText('Another saved filter has this name.')).toBeNull();
  });
});

test('rules of organizations are obeyed and told', async () => {
  const { user } = await openVaults({ rules: true });
  const filters = await find('vault-filters');
  expect(within(filters).queryByRole('treeitem', { name: /^My vault/ })).toBeNull();
  const rules = within(filters).getByTestId('vault-rules');
  await user.click(within(rules).getByText('Organization rules'));
  expect(rules.textContent).toContain('Brightwater IT: items of type Card are not shown.');
  expect(rules.textContent).toContain('locks after 15 minutes without use');
  expect(rules.textContent).toContain('Brightwater IT and Okafor Family: your own vault must not be exported.');
  await expectAccessible();
});

test.each([
  ['en', 'All items', 'Favorites', 'Brightwater IT: members may belong to no other organization.'],
  ['fr', 'Tous les éléments', 'Favoris', 'Brightwater IT : ses membres ne peuvent appartenir à aucune autre organisation.'],
] as const)('%s: where the one organization owns everything there is no vault to choose', async (language, all, favorites, rule) => {
  const { user } = await openVaults({ rules: true, settings: { language } }, ({ vaultFilters }) => ({
    vaultFilters: async (vault) => {
      const filters = await vaultFilters(vault);
      return { ...filters, rules: { ...filters.rules, singleOrganization: ['Brightwater IT'] } };
    },
  }));
  const filters = await find('vault-filters');
  expect(within(filters).queryByRole('treeitem', { name: /^Okafor Family/ })).toBeNull();
  const lit = () => within(filters).getAllByRole('treeitem', { selected: true }).map(({ textContent }) => textContent?.replace(/[\s\d]+/g, ' ').trim());
  await waitFor(() => expect(lit()).toEqual([all]));
  expect(screen.getByTestId('page-title').textContent).toContain(all);
  await user.click(within(filters).getByRole('treeitem', { name: new RegExp(`^${favorites}`) }));
  await waitFor(() => expect(lit()).toEqual([favorites]));
  await user.click(within(filters).getByRole('treeitem', { name: new RegExp(`^${all}`) }));
  await waitFor(() => expect(lit()).toEqual([all]));
  expect(within(filters).getByTestId('vault-rules').textContent?.replace(/\u00a0|\u202f/g, ' ')).toContain(rule);
  await expectAccessible();
});

test('one line of the filters is lit: all vaults are no choice beside favorites', async () => {
  const { user } = openApp({ withoutProvider: true, items: 80 });
  await findAll('item-row');
  const filters = await find('vault-filters');
  const lit = () => within(filters).getAllByRole('treeitem', { selected: true }).map(({ textContent }) => textContent?.replace(/[\s\d]+/g, ' ').trim());
  await waitFor(() => expect(lit()).toEqual(['All vaults']));
  await user.click(within(filters).getByRole('treeitem', { name: /^Favorites/ }));
  await waitFor(() => expect(lit()).toEqual(['Favorites']));
  await user.click(within(filters).getByRole('treeitem', { name: /^All vaults/ }));
  await waitFor(() => expect(lit()).toEqual(['All vaults']));
});

test('the trash says when each item was deleted', async () => {
  const { user } = openApp({ withoutProvider: true, items: 80 });
  await findAll('item-row');
  await user.click(within(await find('vault-filters')).getByRole('treeitem', { name: /^Trash/ }));
  expect(await screen.findByRole('columnheader', { name: 'Deleted' })).toBeTruthy();
  expect(screen.queryByRole('columnheader', { name: 'Last edited' })).toBeNull();
  const at = screen.getAllByRole('columnheader').findIndex(({ textContent }) => textContent?.includes('Deleted'));
  const days = () => screen.getAllByTestId('item-row').map((row) => within(row).getAllByRole('gridcell')[at]!.textContent);
  await waitFor(() => expect(days()).toEqual([expect.stringMatching(/\d/), expect.stringMatching(/\d/)]));
});
