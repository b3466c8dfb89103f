import type { ClientMap } from '../bindings/ClientMap';
import type { ClientMapQuery } from '../bindings/ClientMapQuery';
import type { MapGroup } from '../bindings/MapGroup';
import type { MapGrouping } from '../bindings/MapGrouping';
import type { MapLink } from '../bindings/MapLink';
import type { MapTile } from '../bindings/MapTile';
import type { StructureMap } from '../bindings/StructureMap';
import type { TreePage } from '../bindings/TreePage';
import type { TreeQuery } from '../bindings/TreeQuery';
import type { TreeRow } from '../bindings/TreeRow';
import type { Host } from '../host';
import type { Answer } from './answering';
import { plain, type FakeClient, type FakeEstate } from './estate';
import { clientOf, textOf } from './queries';
import type { FakeTeamMember } from './team';
import { inOrder } from './order';


/** The structure of the made-up provider as a map and as a tree. */
export function fakeStructure(answer: Answer, estate: FakeEstate, team: () => FakeTeamMember[]): Pick<Host, 'structureMap' | 'clientMap' | 'structureTree'> {
  return {
    structureMap: (provider, grouping, search) => answer(() => map(of(estate, provider), team(), grouping, search)),
    clientMap: (query) => answer(() => clientMap(clientOf(estate, query.organizationId), query)),
    structureTree: (query) => answer(() => tree(of(estate, query.providerId), team(), query)),
  };
}

/** One provider with its clients. */
interface FakeProvider {
  id: string;
  name: string;
  clients: FakeClient[];
}

function of(estate: FakeEstate, providerId: string): FakeProvider {
  const provider = estate.providers.find(({ id }) => id === providerId);
  return { id: providerId, name: provider?.name ?? '', clients: estate.clients.filter((client) => client.providerId === providerId) };
}

function map(estate: FakeProvider, team: FakeTeamMember[], grouping: MapGrouping, search: string): StructureMap {
  const groups = new Map<string, MapGroup>();
  const counted = estate.clients.length <= 160;
  for (const client of [...estate.clients].sort((one, other) => inOrder(one.name, other.name))) {
    const tile = tileOf(client, counted);
    const key = { plan: client.plan, seats: tile.seats, picture: tile.picture, name: client.name[0]!.normalize('NFD')[0]!.toUpperCase() }[grouping];
    const group = groups.get(key) ?? { key, used: 0, tiles: [] };
    group.used += tile.used;
    group.tiles.push(tile);
    groups.set(key, group);
  }
  const text = search.toLowerCase();
  return {
    providerId: estate.id,
    providerName: estate.name,
    team: team.slice(0, 12).map(({ id, userId, name, email, admin, status }) => ({ id, userId, name, email, admin, status, found: text !== '' && `${name} ${email}`.toLowerCase().includes(text) })),
    teamSize: team.length,
    clients: estate.clients.length,
    groups: [...groups.values()].sort((one, other) => inOrder(one.key, other.key)),
    found: text ? estate.clients.filter((client) => foundByName(client, text)).map(({ id }) => id) : null,
  };
}

/** By its name or one of its tags. */
const foundByName = ({ name, tags }: FakeClient, text: string) => `${name}\n${tags.join('\n')}`.toLowerCase().includes(text);

function tileOf(client: FakeClient, counted: boolean): MapTile {
  const used = client.members.filter(({ status }) => status !== 'revoked').length;
  return {
    organizationId: client.id,
    name: client.name,
    used,
    seats: used >= client.seats ? 'full' : used >= client.seats * 0.94 ? 'nearly' : 'left',
    picture: client.readAt === null ? 'neverRead' : client.stale ? 'stale' : 'fresh',
    holds: counted && client.readAt !== null ? { groups: client.groups.length, collections: client.collections.length } : null,
    tags: client.tags,
  };
}

function clientMap(client: FakeClient, query: ClientMapQuery): ClientMap {
  const links: MapLink[] = [];
  const { focus } = query;
  for (const member of client.members) {
    for (const group of client.memberGroups.get(member.id) ?? []) links.push({ from: member.id, to: group, kind: 'membership', permission: null, lit: false });
    for (const [collection, permission] of client.directGrants.get(member.id) ?? []) links.push({ from: member.id, to: collection, kind: 'directGrant', permission, lit: false });
  }
  for (const [group, grants] of client.groupGrants) for (const [collection, permission] of grants) links.push({ from: group, to: collection, kind: 'groupGrant', permission, lit: false });
  const lit = new Set<string>();
  if (focus) {
    lit.add(focus.id);
    const groups = focus.kind === 'member' ? new Set(client.memberGroups.get(focus.id)) : focus.kind === 'collection' ? new Set(links.filter(({ kind, to }) => kind === 'groupGrant' && to === focus.id).map(({ from }) => from)) : new Set([focus.id]);
    for (const link of links) {
      const through = link.kind === 'groupGrant' ? groups.has(link.from) && (focus.kind !== 'collection' || link.to === focus.id) : link.kind === 'membership' && groups.has(link.to) && (focus.kind !== 'member' || link.from === focus.id);
      link.lit = through || link.from === focus.id || link.to === focus.id;
      if (link.lit) lit.add(link.from).add(link.to);
    }
  }
  const text = query.search.trim().toLowerCase();
  const counted = ({ status }: { status?: string }) => status !== 'revoked';
  const found = new Set(
    [
      ...client.members.map(({ id, name, email }) => [id, `${name} ${email}`] as const),
      ...client.groups.map(({ id, name }) => [id, name] as const),
      ...client.collections.map(({ id, path }) => [id, textOf(path)] as const),
    ].flatMap(([id, name]) => (text && name.toLowerCase().includes(text) ? [id] : [])),
  );
  const sorted = <Row extends { id: string; status?: string }>(rows: Row[], name: (row: Row) => string) =>
    [...rows].sort((one, other) => Number(found.has(other.id)) - Number(found.has(one.id)) || Number(lit.has(other.id)) - Number(lit.has(one.id)) || Number(counted(other)) - Number(counted(one)) || inOrder(name(one), name(other)));
  const part = <Row>(rows: Row[], { offset, limit }: { offset: number; limit: number }) => rows.slice(offset, offset + limit);
  const members = part(sorted(client.members, ({ name, email }) => name ?? email), query.members);
  const groups = part(sorted(client.groups, ({ name }) => name), query.groups);
  const collections = part(sorted(client.collections, ({ path }) => (path.kind === 'plain' ? path.value : '~')), query.collections);
  const shown = new Set([...members, ...groups, ...collections].map(({ id }) => id));
  return {
    organizationId: client.id,
    name: client.name,
    tags: client.tags,
    members: client.members.filter(counted).length,
    revoked: client.members.filter((member) => !counted(member)).length,
    groups: client.groups.length,
    collections: client.collections.length,
    memberRows: members.map(({ id, userId, name, email, role, status }) => ({ id, userId, name, email, role, status, lit: lit.has(id), found: found.has(id) })),
    groupRows: groups.map(({ id, name, members }) => ({ id, name, members, lit: lit.has(id), found: found.has(id) })),
    collectionRows: collections.map(({ id, path }) => ({ id, name: path, lit: lit.has(id), found: found.has(id) })),
    found: text ? found.size : null,
    links: links.filter(({ from, to }) => shown.has(from) && shown.has(to)).sort((one, other) => Number(one.lit) - Number(other.lit)),
  };
}

const leaf = { detail: null, tags: [] as string[], role: null, status: null, count: null, revoked: 0, found: null, seatsUsed: null, hasChildren: false, open: false, organizationId: null, targetId: null };

function tree(estate: FakeProvider, team: FakeTeamMember[], query: TreeQuery): TreePage {
  const text = query.search.trim().toLowerCase();
  const rows: TreeRow[] = [];
  const isOpen = (id: string) => text !== '' || query.open.includes(id);
  const named = (name: string | null) => text === '' || (name ?? '').toLowerCase().includes(text);
  const people = team.filter(({ name, email }) => named(`${name ?? ''} ${email}`));
  const clients = [...estate.clients].sort((one, other) => inOrder(one.name, other.name)).filter((client) => foundByName(client, text) || (text !== '' && client.members.some(({ name }) => named(name)) && client.members.length < 200));
  if (people.length + clients.length === 0) return { total: 0, rows: [], cut: false };
  rows.push({ ...leaf, id: 'provider', kind: 'provider', depth: 0, name: plain(estate.name), count: text === '' ? estate.clients.length : null, hasChildren: true, open: isOpen('provider'), position: 1, siblings: 1 });
  if (isOpen('provider')) {
    if (people.length > 0) rows.push({ ...leaf, id: 'team', kind: 'team', depth: 1, name: null, ...(text === '' ? { count: people.length } : { found: people.length }), hasChildren: true, open: isOpen('team'), position: 1, siblings: 2 });
    if (isOpen('team'))
      people.forEach(({ id, name, email, admin, status }, index) =>
        rows.push({ ...leaf, id: `t/${id}`, kind: 'teamMember', depth: 2, name: plain(name ?? email), detail: name ? email : null, role: admin ? 'providerAdmin' : 'serviceUser', status, targetId: id, position: index + 1, siblings: people.length }),
      );
    rows.push({ ...leaf, id: 'clients', kind: 'clients', depth: 1, name: null, ...(text === '' ? { count: clients.length } : { found: clients.length }), hasChildren: true, open: isOpen('clients'), position: 2, siblings: 2 });
    if (isOpen('clients')) clients.forEach((client, index) => rows.push(...clientRows(client, index, clients.length, isOpen, text !== '' ? named : undefined)));
  }
  return { total: rows.length, rows: rows.slice(query.offset, query.offset + query.limit), cut: false };
}

function clientRows(client: FakeClient, index: number, siblings: number, isOpen: (id: string) => boolean, found: ((name: string | null) => boolean) | undefined): TreeRow[] {
  const id = `c/${client.id}`;
  const shows = found ?? (() => true);
  const members = client.members.filter(({ name, email }) => shows(name ?? email));
  const groups = client.groups.filter(({ name }) => shows(name));
  const collections = client.collections.filter(({ path }) => shows(path.kind === 'plain' ? path.value : null));
  const rows: TreeRow[] = [
    { ...leaf, id, kind: 'client', depth: 2, name: plain(client.name), detail: client.plan, tags: found ? client.tags : [], seatsUsed: client.members.filter(({ status }) => status !== 'revoked').length, hasChildren: client.readAt !== null, open: isOpen(id), organizationId: client.id, position: index + 1, siblings },
  ];
  if (!isOpen(id)) return rows;
  const branch = (kind: 'members' | 'groups' | 'collections', at: number, leaves: Omit<TreeRow, 'depth' | 'position' | 'siblings' | 'organizationId'>[]) => {
    if (found && leaves.length === 0) return;
    const revoked = leaves.filter(({ status }) => status === 'revoked').length;
    const open = isOpen(`${id}/${kind}`) && leaves.length > 0;
    rows.push({ ...leaf, id: `${id}/${kind}`, kind, depth: 3, name: null, ...(found ? { found: leaves.length } : { count: leaves.length - revoked, revoked }), hasChildren: leaves.length > 0, open, organizationId: client.id, position: at, siblings: 3 });
    if (open) leaves.forEach((row, place) => rows.push({ ...row, depth: 4, position: place + 1, siblings: leaves.length, organizationId: client.id }));
  };
  branch('members', 1, members.map((member) => ({ ...leaf, id: `${id}/${member.id}`, kind: 'member' as const, name: plain(member.name ?? member.email), detail: member.name ? member.email : null, role: member.role, status: member.status, targetId: member.id })));
  branch('groups', 2, groups.map((group) => ({ ...leaf, id: `${id}/${group.id}`, kind: 'group' as const, name: plain(group.name), targetId: group.id })));
  branch('collections', 3, collections.map((collection) => ({ ...leaf, id: `${id}/${collection.id}`, kind: 'collection' as const, name: collection.path, targetId: collection.id })));
  return rows;
}
