import type { CollectionRow } from '../bindings/CollectionRow';
import type { GroupRow } from '../bindings/GroupRow';
import type { MemberRole } from '../bindings/MemberRole';
import type { MemberRow } from '../bindings/MemberRow';
import type { MemberStatus } from '../bindings/MemberStatus';
import type { Permission } from '../bindings/Permission';
import type { PolicyRow } from '../bindings/PolicyRow';
import type { ProviderHindrances } from '../bindings/ProviderHindrances';
import type { ProviderKind } from '../bindings/ProviderKind';
import type { ProviderRef } from '../bindings/ProviderRef';
import type { Stale } from '../bindings/Stale';
import type { Text } from '../bindings/Text';
import { Chance } from './chance';
import { clientNames, collectionPaths, firstNames, groupNames, lastNames, veryLongName } from './names';
import { inOrder } from './order';

/** A made-up client organization with everything that the pages ask about it. */
export interface FakeClient {
  id: string;
  providerId: string;
  name: string;
  plan: 'Teams' | 'Enterprise';
  seats: number;
  createdAt: string;
  readAt: string | null;
  stale: Stale | null;
  pinned: boolean;
  tags: string[];
  members: MemberRow[];
  groups: GroupRow[];
  collections: CollectionRow[];
  /** Permission of a group on collections: group id → collection id → permission. */
  groupGrants: Map<string, Map<string, Permission>>;
  memberGroups: Map<string, string[]>;
  directGrants: Map<string, Map<string, Permission>>;
  policies: PolicyRow[];
}

export interface FakeEstate {
  providers: ProviderRef[];
  /** Of all providers. */
  clients: FakeClient[];
  withoutTaxId: boolean;
}

/** What is said of the person's provider, where it is not the usual thing. */
export interface FakeProviders {
  role: 'admin' | 'service';
  kind: ProviderKind;
  billable: boolean;
  suspended: boolean;
  /** The server misses its tax ID. */
  withoutTaxId: boolean;
  /** A second provider with some clients, where the person is a service user. */
  second: boolean;
}

export const plain = (value: string): Text => ({ kind: 'plain', value });

/** A provider with `count` clients; none of either for a person without a provider. */
export function fakeEstate(count: number | null, longNames: boolean, now: number, given: FakeProviders): FakeEstate {
  if (count === null) return { providers: [], clients: [], withoutTaxId: false };
  const chance = new Chance(7);
  const draw = (providerId: string, index: number, at: number) => {
    const base = clientNames[index % clientNames.length]!;
    const round = Math.floor(index / clientNames.length);
    const name = longNames && index % 3 === 1 ? `${veryLongName} ${index}` : round ? `${base} ${round + 1}` : base;
    return fakeClient(chance.uuid(), providerId, name, at, now);
  };
  const { withoutTaxId, second } = given;
  const first = ownProvider('b7a1c2d3-0000-4000-a000-00000000000a', longNames ? `Brightwater IT, ${veryLongName}` : 'Brightwater IT', given);
  const clients = Array.from({ length: count }, (_, index) => draw(first.id, index, index));
  if (!second) return { providers: [first], clients, withoutTaxId };
  const other = ownProvider('b7a1c2d3-0000-4000-a000-00000000000b', 'Harbour Lane Managed Services', { ...given, role: 'service', suspended: false });
  const others = Array.from({ length: 7 }, (_, index) => draw(other.id, index + 29, index + 40));
  return { providers: [first, other], clients: [...clients, ...others], withoutTaxId };
}

/** A provider as the person's profile tells of it. */
export function ownProvider(id: string, name: string, given: FakeProviders): ProviderRef {
  const { role, kind, billable, suspended } = given;
  return {
    id,
    name,
    admin: role === 'admin',
    enabled: !suspended,
    kind,
    billable: billable && kind !== 'reseller',
    useEvents: true,
    hindrances: hindrances(given),
  };
}

function hindrances({ role, kind, billable, suspended }: FakeProviders): ProviderHindrances {
  const manages = role === 'admin' ? null : 'serviceUser';
  const links = manages ?? (kind === 'reseller' ? 'reseller' : null);
  const bills = billable && kind !== 'reseller' ? null : 'notBilled';
  const works = suspended ? 'suspended' : null;
  return {
    createClients: links ?? bills ?? works,
    addClients: links ?? works,
    changeClients: bills ?? works,
    unlinkClients: links,
    manageMembers: manages,
    readEvents: manages,
    readInvoices: manages ?? bills,
    changeSettings: manages,
  };
}

/** What the person calls a client: most of them something, a few of them several things. */
function tagsOf(index: number, longNames: boolean): string[] {
  const trades = ['Construction', 'Healthcare', 'Hospitality', 'Industry', 'Legal & finance'];
  const tags = index % 4 === 3 ? [] : [trades[(index * 3) % trades.length]!];
  if (index % 7 === 0) tags.push('mine');
  if (index % 11 === 5) tags.push('on-boarding');
  if (longNames) tags.push('Landesverwaltung, Sicherheitsstufe II (VS');
  return tags.sort(inOrder);
}

/** A client that was just made: nobody is in but an invited owner. */
export function emptyClient(providerId: string, name: string, plan: FakeClient['plan'], seats: number, owner: string): FakeClient {
  const drawn = fakeClient(crypto.randomUUID(), providerId, name, 100_000, Date.now());
  const [first] = drawn.members;
  const members: MemberRow[] = first ? [{ ...first, name: null, userId: null, email: owner, role: 'owner', status: 'invited', groups: [], collections: [] }] : [];
  return { ...drawn, name, plan, seats, members, tags: [], createdAt: new Date().toISOString(), groups: [], memberGroups: new Map(), directGrants: new Map() };
}

function fakeClient(id: string, providerId: string, name: string, index: number, now: number): FakeClient {
  const chance = new Chance(1000 + index);
  const stale = staleness(index, now);
  const minutes = stale ? 60 * 24 * 3 + 120 : 4 + (index % 3);
  const size = index === 3 ? 3200 : index < 60 ? chance.between(6, 120) : chance.between(2, 9);
  const groups = drawGroups(chance, size);
  const collections = drawCollections(chance, index);
  const members = drawMembers(chance, size, name, groups);
  const client: FakeClient = {
    id,
    providerId,
    name,
    plan: chance.chance(0.45) ? 'Enterprise' : 'Teams',
    seats: 0,
    createdAt: new Date(now - (30 + ((index * 47) % 1100)) * 86_400_000).toISOString(),
    readAt: stale?.reason === 'neverRead' ? null : new Date(now - minutes * 60_000).toISOString(),
    stale,
    pinned: index === 3,
    tags: tagsOf(index, name.includes(veryLongName)),
    members,
    groups,
    collections,
    groupGrants: new Map(),
    memberGroups: new Map(),
    directGrants: new Map(),
    policies: [],
  };
  const used = members.filter((member) => member.status !== 'revoked').length;
  client.seats = index === 1 || index === 6 ? used : used + chance.between(1, 24);
  grant(chance, client);
  client.policies = drawPolicies(chance, client.plan);
  return client;
}

function staleness(index: number, now: number): Stale | null {
  const failedAt = new Date(now - 5 * 60_000).toISOString();
  if (index === 10) return { reason: 'noAnswer', failedAt };
  if (index === 21) return { reason: 'refused', failedAt };
  if (index === 27) return { reason: 'neverRead', failedAt };
  return null;
}

function drawGroups(chance: Chance, size: number): GroupRow[] {
  const count = size < 10 ? chance.below(3) : chance.between(3, groupNames.length);
  return groupNames.slice(0, count).map((name, index) => ({
    id: chance.uuid(),
    name,
    externalId: index % 4 === 3 ? `CN=${name},OU=Groups` : null,
    members: 0,
    collections: [],
  }));
}

function drawCollections(chance: Chance, index: number): CollectionRow[] {
  return collectionPaths.map((path, at) => {
    const parts = path.split('/');
    const broken = index === 0 && at === 8;
    const name: Text = broken ? { kind: 'unreadable', reason: 'wrongKeyOrDamaged' } : plain(parts.at(-1)!);
    return {
      id: chance.uuid(),
      name,
      path: broken ? name : plain(path),
      depth: parts.length - 1,
      personal: false,
      groups: [],
      directMembers: 0,
      reachedBy: 0,
      unmanaged: at % 7 === 5,
    };
  });
}

function drawMembers(chance: Chance, size: number, client: string, groups: GroupRow[]): MemberRow[] {
  const host = client
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z]+/g, '')
    .slice(0, 14);
  return Array.from({ length: size }, (_, index) => {
    const first = chance.one(firstNames);
    const last = chance.one(lastNames);
    const status: MemberStatus =
      index < 3
        ? 'confirmed'
        : chance.chance(0.88)
          ? 'confirmed'
          : chance.one(['invited', 'needsConfirmation', 'revoked', 'revoked'] as const);
    const role: MemberRole =
      index === 0 ? 'owner' : index < 3 ? 'admin' : chance.chance(0.06) ? 'custom' : chance.chance(0.03) ? 'admin' : 'user';
    return {
      id: chance.uuid(),
      userId: status === 'invited' ? null : chance.uuid(),
      name: status === 'invited' ? null : `${first} ${last}`,
      email: `${first}.${last}`.toLowerCase().normalize('NFD').replace(/[^a-z.]/g, '') + `${index > 40 ? index : ''}@${host}.example`,
      status,
      role,
      groups: chance.some(groups, chance.between(0, 4)).map((group) => group.name),
      collections: [],
      twoStep: chance.chance(0.82),
      recovery: chance.chance(0.6),
    };
  });
}

const permissions: Permission[] = ['viewHidden', 'view', 'editHidden', 'edit', 'manage'];

/** Hands out access, and counts it back into the rows. */
function grant(chance: Chance, client: FakeClient): void {
  for (const group of client.groups) {
    const grants = new Map(
      chance
        .some(client.collections, chance.between(1, 6))
        .map((collection) => [collection.id, chance.one(permissions)] as const),
    );
    client.groupGrants.set(group.id, grants);
    group.collections = client.collections.filter((row) => grants.has(row.id)).map((row) => row.name);
  }
  const groupByName = new Map(client.groups.map((group) => [group.name, group]));
  for (const member of client.members) {
    const groups = member.groups.map((name) => groupByName.get(name)!);
    client.memberGroups.set(member.id, groups.map((group) => group.id));
    for (const group of groups) group.members += 1;
    const direct = new Map<string, Permission>();
    if (chance.chance(0.2) || groups.length === 0) {
      for (const collection of chance.some(client.collections, chance.between(1, 3))) {
        direct.set(collection.id, chance.one(permissions));
        collection.directMembers += 1;
      }
    }
    client.directGrants.set(member.id, direct);
    member.collections = client.collections.filter((row) => direct.has(row.id)).map((row) => row.name);
  }
  for (const collection of client.collections) {
    collection.groups = client.groups
      .filter((group) => client.groupGrants.get(group.id)?.has(collection.id))
      .map((group) => group.name);
    collection.reachedBy = client.members.filter(
      (member) => member.status === 'confirmed' && pathsTo(client, member.id, collection.id).length > 0,
    ).length;
  }
}

export interface FakePath {
  group: GroupRow | null;
  permission: Permission;
}

/** Every way by which a member reaches a collection. */
export function pathsTo(client: FakeClient, memberId: string, collectionId: string): FakePath[] {
  const paths: FakePath[] = [];
  for (const groupId of client.memberGroups.get(memberId) ?? []) {
    const permission = client.groupGrants.get(groupId)?.get(collectionId);
    if (permission) paths.push({ group: client.groups.find((group) => group.id === groupId) ?? null, permission });
  }
  const direct = client.directGrants.get(memberId)?.get(collectionId);
  if (direct) paths.push({ group: null, permission: direct });
  return paths;
}

export function stronger(one: Permission, other: Permission): boolean {
  return permissions.indexOf(one) > permissions.indexOf(other);
}

function drawPolicies(chance: Chance, plan: FakeClient['plan']): PolicyRow[] {
  if (plan === 'Teams') return [];
  return [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((kind) => {
    const on = chance.chance(0.4);
    return { kind, on, settings: on ? policySettings(kind) : [] };
  });
}

function policySettings(kind: number): PolicyRow['settings'] {
  if (kind === 1)
    return [
      { key: 'minComplexity', value: 3 },
      { key: 'minLength', value: 14 },
      { key: 'requireUpper', value: true },
      { key: 'requireLower', value: true },
      { key: 'requireNumbers', value: true },
      { key: 'requireSpecial', value: false },
      { key: 'enforceOnLogin', value: true },
    ];
  if (kind === 8) return [{ key: 'autoEnrollEnabled', value: true }];
  if (kind === 9)
    return [
      { key: 'minutes', value: 240 },
      { key: 'action', value: 'lock' },
    ];
  return [];
}
