import type { CollectionNode } from '../bindings/CollectionNode';
import type { FolderNode } from '../bindings/FolderNode';
import type { ItemDetail } from '../bindings/ItemDetail';
import type { ItemField } from '../bindings/ItemField';
import type { ItemFields } from '../bindings/ItemFields';
import type { ItemRow } from '../bindings/ItemRow';
import type { ItemsPage } from '../bindings/ItemsPage';
import type { ItemsQuery } from '../bindings/ItemsQuery';
import type { OrganizationRef } from '../bindings/OrganizationRef';
import type { VaultChoice } from '../bindings/VaultChoice';
import type { VaultFilters } from '../bindings/VaultFilters';
import { HostError } from '../host';
import { Chance } from './chance';
import { plain } from './estate';
import { firstNames, lastNames, sites, veryLongName } from './names';

interface FakeItem {
  row: ItemRow;
  folderId: string | null;
  collectionIds: string[];
  deletedAt: string | null;
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
}

export function fakeVault(count: number, longNames: boolean): FakeVault {
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
  const items = Array.from({ length: count }, (_, index) => drawItem(chance, index, organizations, folders, collections, longNames));
  for (const folder of folders) folder.count = items.filter((item) => item.folderId === folder.id).length;
  for (const node of collections) node.count = items.filter((item) => item.collectionIds.includes(node.id)).length;
  return { items, folders, collections, organizations };
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
  const kind = index % 9 === 4 ? 3 : index % 9 === 6 ? 2 : index % 23 === 7 ? 4 : index % 29 === 8 ? 5 : 1;
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
        kind === 1 ? `${first}.${last}@brightwater.example`.toLowerCase() : kind === 3 ? 'Visa, *4242' : kind === 4 ? `${first} ${last}` : null,
      favorite: chance.chance(0.1),
      attachments: chance.chance(0.08),
      hasTotp: kind === 1 && chance.chance(0.5),
      reprompt: index % 17 === 5,
      owner,
    },
    folderId: chance.chance(0.3) ? chance.one(folders).id : null,
    collectionIds: collection ? [collection.id] : [],
    deletedAt: index % 31 === 30 ? day(3) : null,
    archivedAt: index % 37 === 36 ? day(40) : null,
    host,
    seed: index + 1,
  };
}

const ofVault = (vault: VaultChoice) => (item: FakeItem) =>
  vault.kind === 'all' || (vault.kind === 'mine' ? item.row.owner === null : item.row.owner?.id === vault.id);

const present = (item: FakeItem) => !item.deletedAt && !item.archivedAt;

export function vaultFilters(vault: FakeVault, choice: VaultChoice): VaultFilters {
  const here = vault.items.filter(present);
  const chosen = here.filter(ofVault(choice));
  const kinds = [1, 3, 4, 2, 5].map((kind) => ({ kind, count: chosen.filter((item) => item.row.kind === kind).length }));
  return {
    all: here.length,
    mine: here.filter(ofVault({ kind: 'mine' })).length,
    organizations: vault.organizations.map((organization) => ({
      organization,
      count: here.filter((item) => item.row.owner?.id === organization.id).length,
    })),
    favorites: chosen.filter((item) => item.row.favorite).length,
    types: kinds.filter(({ count }) => count > 0),
    folders: vault.folders,
    noFolder: chosen.filter((item) => !item.folderId).length,
    collections: vault.collections,
    archive: vault.items.filter((item) => item.archivedAt && !item.deletedAt).filter(ofVault(choice)).length,
    trash: vault.items.filter((item) => item.deletedAt).filter(ofVault(choice)).length,
  };
}

export function itemsPage(vault: FakeVault, query: ItemsQuery): ItemsPage {
  const { section } = query;
  const wanted = vault.items.filter(ofVault(query.vault)).filter((item) => {
    if (section.kind === 'trash') return item.deletedAt !== null;
    if (section.kind === 'archive') return item.archivedAt !== null && !item.deletedAt;
    if (!present(item)) return false;
    if (section.kind === 'favorites') return item.row.favorite;
    if (section.kind === 'type') return item.row.kind === section.typeNumber;
    if (section.kind === 'folder') return item.folderId === section.id;
    if (section.kind === 'noFolder') return item.folderId === null;
    if (section.kind === 'collection') return item.collectionIds.includes(section.id);
    return true;
  });
  const text = query.search.toLowerCase();
  const name = (row: ItemRow) => (row.name.kind === 'plain' ? row.name.value : '');
  const found = wanted
    .map((item) => item.row)
    .filter((row) => !text || name(row).toLowerCase().includes(text) || row.subtitle?.toLowerCase().includes(text))
    .sort((a, b) => name(a).localeCompare(name(b)));
  return { total: found.length, rows: found.slice(query.offset, query.offset + query.limit) };
}

const secretOf = (seed: number) => `mossy-Lantern${(seed * 37) % 100}!quay-${(seed * 101) % 1000}`;

export function itemDetail(vault: FakeVault, itemId: string): ItemDetail {
  const item = itemOf(vault, itemId);
  const { row } = item;
  const folder = vault.folders.find(({ id }) => id === item.folderId);
  const stamp = (days: number) => new Date(Date.UTC(2026, 9, 20) - days * 86_400_000).toISOString();
  return {
    row,
    folder: folder?.name ?? null,
    collections: vault.collections.filter(({ id }) => item.collectionIds.includes(id)).map(({ name }) => name),
    sections: sectionsOf(item, item.seed % 13 === 0),
    attachments: row.attachments ? [{ id: 'a1', fileName: plain('Recovery codes.pdf'), size: 48_213 }] : [],
    viewPassword: item.seed % 13 !== 0,
    edit: true,
    createdAt: stamp(400),
    editedAt: stamp(22),
    passwordUpdatedAt: row.kind === 1 ? stamp(22) : null,
    deletedAt: item.deletedAt,
    archivedAt: item.archivedAt,
    passwordHistory:
      row.kind === 1
        ? [
            { id: 'history-0', usedUntil: stamp(22) },
            { id: 'history-1', usedUntil: stamp(200) },
          ]
        : [],
  };
}

function field(id: string, label: string, kind: ItemField['kind'], value: string | null, name?: string): ItemField {
  return { id, label, name: name ? plain(name) : null, kind, value: value === null ? null : plain(value), uriMatch: null, linkedTo: null, withheld: false };
}

function sectionsOf(item: FakeItem, withheld: boolean): ItemFields[] {
  const { row } = item;
  const sections: ItemFields[] = [];
  if (row.kind === 1) {
    sections.push({
      section: 'credentials',
      fields: [
        field('username', 'username', 'plain', row.subtitle ?? ''),
        field('password', 'password', 'hidden', null),
        ...(row.hasTotp ? [field('totp', 'totp', 'totp', null)] : []),
      ],
    });
    sections.push({
      section: 'websites',
      fields: [
        field('uri-0', 'uri', 'website', `https://${item.host}/login`),
        field('uri-1', 'uri', 'website', `https://admin.${item.host}`),
      ],
    });
  }
  if (row.kind === 3)
    sections.push({
      section: 'card',
      fields: [
        field('cardholderName', 'cardholderName', 'plain', 'Maya Okafor'),
        field('number', 'number', 'hidden', null),
        field('brand', 'brand', 'plain', 'Visa'),
        field('expiration', 'expiration', 'plain', '09 / 2028'),
        field('code', 'code', 'hidden', null),
      ],
    });
  if (row.kind === 4)
    sections.push({
      section: 'identity',
      fields: [
        field('fullName', 'fullName', 'plain', row.subtitle ?? ''),
        field('email', 'email', 'plain', 'someone@brightwater.example'),
        field('address', 'address', 'plain', '14 Quay Street\nBristol BS1 4DJ'),
      ],
    });
  if (row.kind === 5)
    sections.push({
      section: 'sshKey',
      fields: [
        field('privateKey', 'privateKey', 'hidden', null),
        field('publicKey', 'publicKey', 'plain', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMadeUpKeyForLooks brightwater'),
        field('fingerprint', 'keyFingerprint', 'plain', 'SHA256:q4mGv1oRkT2cZ8uY0sW3eN5bX7hJ9dL6fA1pKcVtMzQ'),
      ],
    });
  if (item.seed % 2 === 0)
    sections.push({
      section: 'notes',
      fields: [field('notes', 'notes', 'note', 'Ask the registrar to call the office number.\nRenewal is in March, by card.')],
    });
  if (item.seed % 3 === 0)
    sections.push({
      section: 'custom',
      fields: [
        field('custom-0', 'text', 'plain', 'BW-20911', 'Customer number'),
        field('custom-1', 'hidden', 'hidden', null, 'Telephone PIN'),
        field('custom-2', 'boolean', 'checkbox', 'true', 'Auto-renew'),
        { ...field('custom-3', 'linked', 'linked', null, 'Login'), linkedTo: 'username' },
      ],
    });
  for (const { fields } of sections)
    for (const one of fields) one.withheld = withheld && (one.kind === 'hidden' || one.kind === 'totp');
  return sections;
}

export function itemOf(vault: FakeVault, itemId: string): FakeItem {
  const item = vault.items.find(({ row }) => row.id === itemId);
  if (!item) throw new HostError({ code: 'notFound', detail: null });
  return item;
}

/** The hidden value of a field; items that ask for the password again get "portico" as the right one. */
export function revealed(vault: FakeVault, itemId: string, fieldId: string, password: string | null): string {
  const item = itemOf(vault, itemId);
  if (item.row.reprompt && password === null) throw new HostError({ code: 'repromptNeeded', detail: null });
  if (item.row.reprompt && password !== 'portico') throw new HostError({ code: 'wrongPassword', detail: null });
  if (item.seed % 13 === 0 && fieldId === 'password') throw new HostError({ code: 'passwordHidden', detail: null });
  if (fieldId === 'number') return '4242 4242 4242 4242';
  if (fieldId === 'code') return '913';
  return secretOf(item.seed + (fieldId.startsWith('history') ? 17 : 0));
}
