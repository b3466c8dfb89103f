import { describe, expect, it } from 'vitest';
import type { VaultFilters } from '$/ipc/bindings/VaultFilters';
import { Words } from '$/state/words.svelte';
import { filterTrees, keyOfSection } from './filter-trees';

const plain = (value: string) => ({ kind: 'plain', value }) as const;
const filters: VaultFilters = {
  all: 214,
  mine: 61,
  organizations: [
    { organization: { id: 'o1', name: 'Brightwater IT' }, count: 128 },
    { organization: { id: 'o2', name: 'Harbour Lane' }, count: 25 },
  ],
  favorites: 9,
  types: [
    { kind: 1, count: 168 },
    { kind: 77, count: 1 },
  ],
  folders: [{ id: 'f1', name: plain('Family'), depth: 0, hasChildren: false, count: 18 }],
  noFolder: 31,
  collections: [
    { id: 'c1', organizationId: 'o1', name: plain('Infrastructure'), depth: 0, hasChildren: true, count: 46 },
    { id: 'c2', organizationId: 'o1', name: plain('Firewalls'), depth: 1, hasChildren: false, count: 19 },
    { id: 'c3', organizationId: 'o2', name: { kind: 'unreadable', reason: 'keyMissing' }, depth: 0, hasChildren: false, count: 2 },
  ],
  duplicates: 0,
  unreadable: 0,
  archive: 6,
  trash: 3,
  rules: { restricted: [], hiddenItems: 0, ownEverything: [], singleOrganization: [], timeout: null, noPersonalExport: [] },
};
const words = new Words('en');

describe('the filter panel', () => {
  it('stands in the order of the product, collections organization by organization', () => {
    expect(filterTrees(filters, words).map((tree) => tree.id)).toEqual([
      'vault',
      'items',
      'folders',
      'collections/o1',
      'collections/o2',
      'other',
    ]);
  });

  it('names the organization of collections only where there are several', () => {
    expect(filterTrees(filters, words)[3]?.organization?.name).toBe('Brightwater IT');
    const one = { ...filters, collections: filters.collections.slice(0, 2) };
    expect(filterTrees(one, words)[3]?.organization).toBeUndefined();
  });

  it('shows no empty group of folders, keeps unreadable names as such, names unknown types by number', () => {
    expect(filterTrees({ ...filters, folders: [] }, words).some((tree) => tree.id === 'folders')).toBe(false);
    expect(filterTrees(filters, words)[4]?.nodes[0]?.name).toEqual({ kind: 'unreadable', reason: 'keyMissing' });
    expect(filterTrees(filters, words)[1]?.nodes[2]?.name).toEqual(plain('Type 77'));
  });

  it('has lines of its own only where they have something to tell, and no own vault where there is none', () => {
    const names = (of: VaultFilters) => filterTrees(of, words).flatMap(({ nodes }) => nodes.map(({ id }) => id));
    expect(names(filters)).not.toContain('duplicates');
    expect(names({ ...filters, duplicates: 4, unreadable: 1 })).toEqual(expect.arrayContaining(['duplicates', 'unreadable']));
    expect(names(filters)).toContain('vault/mine');
    expect(names({ ...filters, mine: null })).not.toContain('vault/mine');
    expect(names({ ...filters, archive: 0 })).toContain('archive');
    expect(names({ ...filters, archive: null })).not.toContain('archive');
    const other = (archive: number | null) => filterTrees({ ...filters, archive }, words).at(-1)?.label;
    expect([other(null), other(0)]).toEqual(['Trash', 'Archive and trash']);
    expect(filterTrees({ ...filters, archive: null }, new Words('fr')).at(-1)?.label).toBe('Corbeille');
  });

  it('has no vaults to choose from where the only organization owns everything, and a line that leads back to all items', () => {
    const ruled = (own: string[], single: string[]) =>
      filterTrees({ ...filters, mine: null, rules: { ...filters.rules, ownEverything: own, singleOrganization: single } }, words);
    expect(ruled(['Brightwater IT'], ['Brightwater IT']).map(({ id }) => id)).not.toContain('vault');
    const [first] = ruled(['Brightwater IT'], ['Brightwater IT']);
    expect(first?.nodes[0]).toMatchObject({ name: plain('All items'), count: 214, choice: { vault: { kind: 'all' } } });
    expect(first?.nodes[1]?.id).toBe('favorites');
    expect(ruled(['Brightwater IT'], [])[0]?.id).toBe('vault');
    expect(ruled([], ['Brightwater IT'])[0]?.id).toBe('vault');
    expect(filterTrees(filters, words)[1]?.nodes[0]?.id).toBe('favorites');
  });

  it('gives every line a key of its own', () => {
    const keys = filterTrees(filters, words).flatMap((tree) => tree.nodes.map((node) => node.id));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOfSection({ kind: 'all' })).toBeUndefined();
  });
});
