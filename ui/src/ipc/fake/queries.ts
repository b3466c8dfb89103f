import type { AccessPath } from '../bindings/AccessPath';
import type { ClientHead } from '../bindings/ClientHead';
import type { ClientRow } from '../bindings/ClientRow';
import type { ClientsPage } from '../bindings/ClientsPage';
import type { ClientsQuery } from '../bindings/ClientsQuery';
import type { CollectionDetail } from '../bindings/CollectionDetail';
import type { CollectionsPage } from '../bindings/CollectionsPage';
import type { GroupDetail } from '../bindings/GroupDetail';
import type { GroupsPage } from '../bindings/GroupsPage';
import type { ListQuery } from '../bindings/ListQuery';
import type { ManagedClient } from '../bindings/ManagedClient';
import type { MemberCounts } from '../bindings/MemberCounts';
import type { MemberDetail } from '../bindings/MemberDetail';
import type { MemberRow } from '../bindings/MemberRow';
import type { MembersPage } from '../bindings/MembersPage';
import type { MembersQuery } from '../bindings/MembersQuery';
import type { PersonRef } from '../bindings/PersonRef';
import type { ReachedCollection } from '../bindings/ReachedCollection';
import type { TagCount } from '../bindings/TagCount';
import type { Text } from '../bindings/Text';
import { HostError } from '../host';
import { pathsTo, stronger, type FakeClient, type FakeEstate } from './estate';
import { veryLongAddress, veryLongName } from './names';
import { inOrder } from './order';

export function clientOf(estate: FakeEstate, id: string): FakeClient {
  return found(estate.clients.find((client) => client.id === id));
}

const usedSeats = (client: FakeClient) => client.members.filter((member) => member.status !== 'revoked').length;
const confirmed = (client: FakeClient) => client.members.filter((member) => member.status === 'confirmed');

function clientRow(client: FakeClient): ClientRow {
  const used = usedSeats(client);
  return {
    organizationId: client.id,
    name: client.name,
    assigned: client.seats,
    used,
    remaining: client.seats - used,
    plan: client.plan,
    members: confirmed(client).length,
    tags: client.tags,
    createdAt: client.createdAt,
    readAt: client.readAt,
    stale: client.stale,
  };
}

/** A client as the list of its provider shows it. */
export function managedClient(estate: FakeEstate, id: string): ManagedClient {
  const client = clientOf(estate, id);
  return { providerId: client.providerId, row: clientRow(client) };
}

export function clientsPage(estate: FakeEstate, query: ClientsQuery, bought: number | null = null): ClientsPage {
  const all = estate.clients.filter(({ providerId }) => providerId === query.providerId).map(clientRow);
  const text = query.search.toLowerCase();
  const matching = all
    .filter((row) => query.filter !== 'noSeatsLeft' || row.remaining === 0)
    .filter((row) => query.filter !== 'stale' || row.stale !== null)
    .filter((row) => !query.plan || row.plan === query.plan)
    .filter((row) => query.tags.every((tag) => row.tags.includes(tag)))
    .filter((row) => `${row.name} ${row.tags.join(' ')}`.toLowerCase().includes(text))
    .sort((a, b) => order(a, b, query));
  const [oldest] = [...all].sort((a, b) => ((a.readAt ?? '') < (b.readAt ?? '') ? -1 : 1));
  const sum = (of: (row: ClientRow) => number) => all.reduce((total, row) => total + of(row), 0);
  return {
    total: matching.length,
    rows: matching.slice(query.offset, query.offset + query.limit),
    counts: {
      all: all.length,
      noSeatsLeft: all.filter((row) => row.remaining === 0).length,
      stale: all.filter((row) => row.stale).length,
    },
    totals: {
      assigned: sum((row) => row.assigned ?? 0),
      bought,
      used: sum((row) => row.used ?? 0),
      remaining: sum((row) => row.remaining ?? 0),
      atZero: all.filter((row) => row.remaining === 0).length,
      members: sum((row) => row.members ?? 0),
      oldestReadAt: oldest?.readAt ?? null,
      oldestName: oldest?.name ?? null,
    },
    plans: [...new Set(all.map((row) => row.plan))].sort(),
    tags: tagCounts(estate, matching.map(({ organizationId }) => organizationId)),
    tagsLost: false,
    listLost: false,
  };
}

/** Every tag there is, and how many of these clients carry it. */
export function tagCounts(estate: FakeEstate, ids: string[]): TagCount[] {
  const asked = new Set(ids);
  const names = [...new Set(estate.clients.flatMap(({ tags }) => tags))].sort(inOrder);
  return names.map((name) => {
    const carrying = estate.clients.filter(({ tags }) => tags.includes(name));
    return { name, count: carrying.filter(({ id }) => asked.has(id)).length, everywhere: carrying.length };
  });
}

function order(a: ClientRow, b: ClientRow, query: ClientsQuery): number {
  const key = (row: ClientRow): string | number => {
    switch (query.sort) {
      case 'name': return row.name;
      case 'assigned': return row.assigned ?? -1;
      case 'used': return row.used ?? -1;
      case 'remaining': return row.remaining ?? -1;
      case 'plan': return row.plan;
      case 'members': return row.members ?? -1;
      case 'created': return row.createdAt ?? '';
      case 'lastSynced': return row.readAt ?? '';
    }
  };
  const [x, y] = [key(a), key(b)];
  const way = typeof x === 'string' ? inOrder(x, String(y)) : x - Number(y);
  return (query.descending ? -way : way) || inOrder(a.name, b.name);
}

function memberCounts(client: FakeClient): MemberCounts {
  const of = (status: MemberRow['status']) => client.members.filter((member) => member.status === status).length;
  return {
    all: usedSeats(client),
    invited: of('invited'),
    needsConfirmation: of('needsConfirmation'),
    revoked: of('revoked'),
  };
}

const personOf = ({ id, name, email, status }: MemberRow): PersonRef => ({ memberId: id, name, email, status });

export function clientHead(estate: FakeEstate, id: string): ClientHead {
  const client = clientOf(estate, id);
  const members = confirmed(client);
  const long = client.name.includes(veryLongName);
  return {
    organizationId: id,
    name: client.name,
    plan: client.plan,
    enabled: true,
    providerId: estate.providers.some((one) => one.id === client.providerId) ? client.providerId : null,
    throughProvider: estate.providers.find((one) => one.id === client.providerId)?.name ?? null,
    isMember: false,
    readAt: client.readAt,
    stale: client.stale,
    pinned: client.pinned,
    tags: client.tags,
    usesGroups: true,
    usesPolicies: client.plan === 'Enterprise',
    seats: client.seats,
    occupiedSeats: usedSeats(client),
    members: memberCounts(client),
    groups: client.groups.length,
    collections: client.collections.length,
    policiesOn: client.policies.filter((policy) => policy.on).length,
    policiesKnown: client.policies.length,
    twoStep: { on: members.filter((member) => member.twoStep).length, of: members.length },
    recovery: { on: members.filter((member) => member.recovery).length, of: members.length },
    owners: client.members.filter((member) => member.role === 'owner').map(personOf),
    billingEmail: long ? veryLongAddress : `accounts@${client.members[0]?.email.split('@')[1] ?? 'client.example'}`,
    businessName: long ? 'Donaudampfschifffahrtsgesellschaftskapitänsverband' : null,
  };
}

export function membersPage(estate: FakeEstate, query: MembersQuery): MembersPage {
  const client = clientOf(estate, query.organizationId);
  const text = query.search.toLowerCase();
  const rows = client.members
    .filter((member) => (query.filter === 'all' ? member.status !== 'revoked' : member.status === query.filter))
    .filter((member) => `${member.name ?? ''} ${member.email}`.toLowerCase().includes(text))
    .sort((a, b) => {
      const key = (row: MemberRow) => (query.sort === 'role' ? row.role : query.sort === 'name' ? (row.name ?? row.email) : row.email);
      const way = inOrder(key(a), key(b)) || inOrder(a.email, b.email);
      return query.descending ? -way : way;
    });
  return { total: rows.length, rows: windowOf(rows, query), counts: memberCounts(client) };
}

export function memberDetail(estate: FakeEstate, organizationId: string, memberId: string): MemberDetail {
  const client = clientOf(estate, organizationId);
  const member = found(client.members.find(({ id }) => id === memberId));
  const reached = client.collections.flatMap((collection): ReachedCollection[] => {
    const paths = pathsTo(client, memberId, collection.id);
    const best = paths.reduce<(typeof paths)[number] | null>(
      (held, path) => (!held || stronger(path.permission, held.permission) ? path : held),
      null,
    );
    return best
      ? [{ id: collection.id, name: collection.path, permission: best.permission, effective: true, paths: paths.length }]
      : [];
  });
  const best = new Map(reached.map((row) => [row.id, row]));
  const through = (grants: ReadonlyMap<string, ReachedCollection['permission']> | undefined): ReachedCollection[] =>
    client.collections.flatMap((collection) => {
      const permission = grants?.get(collection.id);
      const held = best.get(collection.id);
      return permission && held ? [{ ...held, permission, effective: permission === held.permission }] : [];
    });
  const byPath: AccessPath[] = (client.memberGroups.get(memberId) ?? []).map((groupId) => {
    const group = client.groups.find(({ id }) => id === groupId);
    return {
      kind: 'group',
      groupId,
      name: group?.name ?? null,
      members: group?.members ?? null,
      collections: through(client.groupGrants.get(groupId)),
    };
  });
  const direct = through(client.directGrants.get(memberId));
  if (direct.length) byPath.push({ kind: 'direct', groupId: null, name: null, members: null, collections: direct });
  return {
    member,
    permissions: member.role === 'custom' ? ['manageUsers', 'accessEventLogs'] : [],
    externalId: null,
    createdAt: '2025-02-11T09:12:00Z',
    revocationReason: member.status === 'revoked' ? 0 : null,
    inForce: member.status === 'confirmed',
    reached: reached.length,
    of: client.collections.length,
    byPath,
    byCollection: reached,
  };
}

export function groupsPage(estate: FakeEstate, query: ListQuery): GroupsPage {
  const { groups } = clientOf(estate, query.organizationId);
  const rows = groups
    .filter((group) => group.name.toLowerCase().includes(query.search.toLowerCase()))
    .sort((a, b) => (query.descending ? -1 : 1) * inOrder(a.name, b.name));
  return { total: rows.length, rows: windowOf(rows, query) };
}

export function groupDetail(estate: FakeEstate, organizationId: string, groupId: string): GroupDetail {
  const client = clientOf(estate, organizationId);
  const grants = client.groupGrants.get(groupId);
  return {
    group: found(client.groups.find(({ id }) => id === groupId)),
    members: client.members.filter(({ id, status }) => status !== 'revoked' && client.memberGroups.get(id)?.includes(groupId)).map(personOf),
    revoked: client.members.filter(({ id, status }) => status === 'revoked' && client.memberGroups.get(id)?.includes(groupId)).map(personOf),
    collections: client.collections.flatMap((collection) => {
      const permission = grants?.get(collection.id);
      return permission ? [{ id: collection.id, name: collection.path, permission, effective: true, paths: 1 }] : [];
    }),
  };
}

export function collectionsPage(estate: FakeEstate, query: ListQuery): CollectionsPage {
  const { collections } = clientOf(estate, query.organizationId);
  const rows = collections.filter((row) => textOf(row.path).toLowerCase().includes(query.search.toLowerCase()));
  return { total: rows.length, rows: windowOf(rows, query) };
}

export function collectionDetail(estate: FakeEstate, organizationId: string, collectionId: string): CollectionDetail {
  const client = clientOf(estate, organizationId);
  const collection = found(client.collections.find(({ id }) => id === collectionId));
  const reaching = (members: MemberRow[]) =>
    members.flatMap((member) => {
      const paths = pathsTo(client, member.id, collectionId);
      if (paths.length === 0) return [];
      const best = paths.reduce((held, path) => (stronger(path.permission, held.permission) ? path : held));
      return [
        {
          person: personOf(member),
          permission: best.permission,
          paths: paths.map(({ group, permission }) => ({
            kind: group ? ('group' as const) : ('direct' as const),
            name: group?.name ?? null,
            permission,
          })),
        },
      ];
    });
  return {
    collection,
    groups: client.groups.flatMap((group) => {
      const permission = client.groupGrants.get(group.id)?.get(collectionId);
      return permission ? [{ id: group.id, name: group.name, members: group.members, permission }] : [];
    }),
    people: reaching(confirmed(client)),
    withoutAccess: reaching(client.members.filter(({ status }) => status !== 'confirmed')),
  };
}

export const textOf = (text: Text) => (text.kind === 'plain' ? text.value : '');

function windowOf<Row>(rows: Row[], { offset, limit }: { offset: number; limit: number }): Row[] {
  return rows.slice(offset, offset + limit);
}

function found<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new HostError({ code: 'notFound', detail: null });
  return thing;
}
