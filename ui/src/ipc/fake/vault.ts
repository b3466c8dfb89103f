import type { CollectionNode } from '../bindings/CollectionNode';
import type { FolderNode } from '../bindings/FolderNode';
import type { ItemRow } from '../bindings/ItemRow';
import type { ItemsPage } from '../bindings/ItemsPage';
import type { ItemsQuery } from '../bindings/ItemsQuery';
import type { OrganizationRef } from '../bindings/OrganizationRef';
import type { VaultChoice } from '../bindings/VaultChoice';
import type { VaultFilters } from '../bindings/VaultFilters';
import type { VaultRules } from '../bindings/VaultRules';
import { Chance } from './chance';
import { plain } from './estate';
import { finds } from './item-search';
import { firstNames, lastNames, sites, veryLongName } from './names';
import { inOrder } from './order';

export interface FakeItem {
  row: ItemRow;
  folderId: string | null;
  collectionIds: string[];
  archivedAt: string | null;
  host: string;
  seed: number;
}

/** A made-up vault: the person's own items and those of the organizations they are members of. */
export interface FakeVault {
  items: FakeItem[];
  folders: FolderNode[];
  collections: CollectionNode[];
  organizations: OrganizationRef[];
  rules: VaultRules;
}

/** `rules`: the first organization hides cards, owns everything, and demands a lock. */
export function fakeVault(count: number, longNames: boolean, rules: boolean): FakeVault {
  const chance = new Chance(99);
  const organizations = ['Brightwater IT', 'Okafor Family'].map((name) => ({ id: chance.uuid(), name }));
  const folders = tree(chance, ['Family', 'Family/School', 'Household', 'Travel']).map(({ id, name, depth, hasChildren }) => ({
    id, name: plain(name), depth, hasChildren, count: 0,
  }));
  const collections = organizations.flatMap((organization, index) =>
    tree(chance, index === 0 ? ['Engineering', 'Engineering/Cloud', 'Finance', 'Office'] : ['Shared']).map(
      ({ id, name, depth, hasChildren }) => ({ id, organizationId: organization.id, name: plain(name), depth, hasChildren, count: 0 }),
    ),
  );
  const drawn = Array.from({ length: count }, (_, index) => drawItem(chance, index, organizations, folders, collections, longNames));
  // Some logins are kept twice: the same site comes round after all the others.
  drawn.forEach((item, index) => {
    const earlier = drawn[index - sites.length];
    if (index % 7 === 3 && earlier?.row.kind === 1 && item.row.kind === 1) item.row.subtitle = earlier.row.subtitle;
  });
  const hidden = (item: FakeItem) => rules && item.row.kind === 3 && item.row.owner?.id !== organizations[1]!.id;
  const items = drawn.filter((item) => !hidden(item));
  for (const folder of folders) folder.count = items.filter((item) => item.folderId === folder.id).length;
  for (const node of collections) node.count = items.filter((item) => item.collectionIds.includes(node.id)).length;
  return {
    items,
    folders,
    collections,
    organizations,
    rules: rules
      ? {
          restricted: [{ kind: 3, by: ['Brightwater IT'] }],
          hiddenItems: drawn.length - items.length,
          ownEverything: ['Brightwater IT'],
          singleOrganization: [],
          timeout: { minutes: 15, logOut: false, by: 'Brightwater IT' },
          noPersonalExport: ['Brightwater IT', 'Okafor Family'],
        }
      : { restricted: [], hiddenItems: 0, ownEverything: [], singleOrganization: [], timeout: null, noPersonalExport: [] },
  };
}

function tree(chance: Chance, paths: string[]) {
  return paths.map((path) => ({
    id: chance.uuid(),
    name: path.split('/').at(-1)!,
    depth: path.split('/').length - 1,
    hasChildren: paths.some((other) => other.startsWith(`${path}/`)),
  }));
}

function drawItem(
  chance: Chance,
  index: number,
  organizations: OrganizationRef[],
  folders: FolderNode[],
  collections: CollectionNode[],
  longNames: boolean,
): FakeItem {
  const [site, host] = sites[index % sites.length]!;
  const rare: Record<number, number> = { 9: 6, 10: 7, 11: 8, 13: 42 };
  const kind = rare[index % 43] ?? (index % 9 === 4 ? 3 : index % 9 === 6 ? 2 : index % 23 === 7 ? 4 : index % 29 === 8 ? 5 : 1);
  const owner = chance.chance(0.6) ? chance.one(organizations) : null;
  const first = chance.one(firstNames);
  const last = chance.one(lastNames);
  const name = longNames && index % 5 === 2 ? `${site}: ${veryLongName}` : index < sites.length ? site : `${site} ${Math.floor(index / sites.length) + 1}`;
  const collection = owner ? chance.one(collections.filter((node) => node.organizationId === owner.id)) : undefined;
  const day = (days: number) => new Date(Date.UTC(2026, 9, 20) - days * 86_400_000).toISOString();
  return {
    row: {
      id: chance.uuid(),
      kind,
      name: index === 12 ? { kind: 'unreadable', reason: 'newerFormat' } : plain(name),
      subtitle:
        kind === 1 ? `${first}.${last}@brightwater.example`.toLowerCase() : kind === 3 ? 'Visa, *4242' : [4, 7, 8].includes(kind) ? `${first} ${last}` : kind === 6 ? 'Quay Bank' : null,
      favorite: chance.chance(0.1),
      attachments: chance.chance(0.08),
      hasTotp: kind === 1 && chance.chance(0.5),
      reprompt: index % 17 === 5,
      hasWebsite: kind === 1,
      viewPassword: (index + 1) % 13 !== 0,
      owner,
      editedAt: day(index % 400),
      createdAt: day(400 + (index % 900)),
      deletedAt: index % 31 === 30 ? day(3 + (index % 26)) : null,
    },
    folderId: chance.chance(0.3) ? chance.one(folders).id : null,
    collectionIds: collection ? [collection.id] : [],
    archivedAt: index % 37 === 36 ? day(40) : null,
    host,
    seed: index + 1,
  };
}

const ofVault = (vault: VaultChoice) => (item: FakeItem) =>
  vault.kind === 'all' || (vault.kind === 'mine' ? item.row.owner === null : item.row.owner?.id === vault.id);

const present = (item: FakeItem) => !item.row.deletedAt && !item.archivedAt;

/** Types that have a line also where there is no item of them. */
const everybodys = [1, 2, 3, 4, 5];

export function vaultFilters(vault: FakeVault, choice: VaultChoice): VaultFilters {
  const here = vault.items.filter(present);
  const chosen = here.filter(ofVault(choice));
  const kinds = [1, 3, 4, 7, 2, 5, 6, 8, 42].map((kind) => ({ kind, count: chosen.filter((item) => item.row.kind === kind).length }));
  const restricted = vault.rules.restricted.map(({ kind }) => kind);
  return {
    all: here.length,
    mine: vault.rules.ownEverything.length > 0 ? null : here.filter(ofVault({ kind: 'mine' })).length,
    organizations: vault.organizations.map((organization) => ({
      organization,
      count: here.filter((item) => item.row.owner?.id === organization.id).length,
    })),
    favorites: chosen.filter((item) => item.row.favorite).length,
    types: kinds.filter(({ kind, count }) => count > 0 || (everybodys.includes(kind) && !restricted.includes(kind))),
    folders: vault.folders,
    noFolder: chosen.filter((item) => !item.folderId).length,
    collections: vault.collections,
    duplicates: chosen.filter((item) => sameLogin(vault, item).length > 0).length,
    unreadable: chosen.filter((item) => item.row.name.kind === 'unreadable').length,
    rules: vault.rules,
    archive: vault.items.filter((item) => item.archivedAt && !item.row.deletedAt).filter(ofVault(choice)).length,
    trash: vault.items.filter((item) => item.row.deletedAt).filter(ofVault(choice)).length,
  };
}

/** The other items with the same username on the same website in another vault. */
export function sameLogin(vault: FakeVault, { row, host }: FakeItem): FakeItem[] {
  const others = row.kind === 1 ? (loginsOf(vault).get(`${host} ${row.subtitle}`) ?? []) : [];
  const apart = others.some((other) => other.row.owner?.id !== row.owner?.id);
  return apart ? others.filter((other) => other.row.id !== row.id) : [];
}

const logins = new WeakMap<FakeVault, Map<string, FakeItem[]>>();

function loginsOf(vault: FakeVault): Map<string, FakeItem[]> {
  let known = logins.get(vault);
  if (!known) {
    known = new Map<string, FakeItem[]>();
    for (const item of vault.items) {
      if (item.row.kind !== 1 || item.row.deletedAt) continue;
      const key = `${item.host} ${item.row.subtitle}`;
      known.set(key, [...(known.get(key) ?? []), item]);
    }
    logins.set(vault, known);
  }
  return known;
}

export function itemsPage(vault: FakeVault, query: ItemsQuery): ItemsPage {
  const { section } = query;
  const search = finds(vault, query.search);
  const inSection = (item: FakeItem) => {
    if (!search.namesShelf) {
      if (section.kind === 'trash') return item.row.deletedAt !== null;
      if (section.kind === 'archive') return item.archivedAt !== null && !item.row.deletedAt;
      if (!present(item)) return false;
    }
    if (section.kind === 'favorites') return item.row.favorite;
    if (section.kind === 'type') return item.row.kind === section.typeNumber;
    if (section.kind === 'folder') return item.folderId === section.id;
    if (section.kind === 'noFolder') return item.folderId === null;
    if (section.kind === 'collection') return item.collectionIds.includes(section.id);
    if (section.kind === 'duplicates') return sameLogin(vault, item).length > 0;
    if (section.kind === 'unreadable') return item.row.name.kind === 'unreadable';
    return true;
  };
  const name = (row: ItemRow) => (row.name.kind === 'plain' ? row.name.value : '\uffff');
  const byName = (a: ItemRow, b: ItemRow) => inOrder(name(a), name(b));
  const orders: Record<ItemsQuery['sort'], (a: ItemRow, b: ItemRow) => number> = {
    name: byName,
    owner: (a, b) => inOrder(a.owner?.name ?? '', b.owner?.name ?? ''),
    type: (a, b) => a.kind - b.kind,
    edited: (a, b) => (a.editedAt ?? '').localeCompare(b.editedAt ?? ''),
    created: (a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''),
  };
  const order = orders[query.sort];
  const found = vault.items
    .filter(ofVault(query.vault))
    .filter(inSection)
    .filter(search.holds)
    .map((item) => item.row)
    .sort((a, b) => (query.descending ? order(b, a) : order(a, b)) || byName(a, b));
  return { total: found.length, rows: found.slice(query.offset, query.offset + query.limit) };
}
