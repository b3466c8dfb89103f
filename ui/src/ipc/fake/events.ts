import type { EventActor } from '../bindings/EventActor';
import type { EventLog } from '../bindings/EventLog';
import type { EventRow } from '../bindings/EventRow';
import type { EventsFilter } from '../bindings/EventsFilter';
import type { EventsPage } from '../bindings/EventsPage';
import type { EventsQuery } from '../bindings/EventsQuery';
import type { EventSubject } from '../bindings/EventSubject';
import type { Host } from '../host';
import type { Answer } from './answering';
import { Chance } from './chance';
import type { FakeEstate } from './estate';
import { firstNames, lastNames, veryLongAddress, veryLongName } from './names';

type Event = Extract<EventRow, { row: 'event' }>;
const day = 86_400_000;

/** What the provider's staff did: mostly in clients, now and then in the provider itself. */
const kinds = [1500, 1501, 1502, 1503, 1504, 1511, 1300, 1301, 1400, 1401, 1600, 1700, 1800, 1801, 1802, 1900, 1901, 1902, 1903, 1903, 1603, 1107, 2000, 9999];

/** The event logs of a made-up provider: `count` events of which the older half is read when asked for. */
export function fakeEvents(answer: Answer, estate: FakeEstate, { events: count, longNames, failedLogs }: { events: number; longNames: boolean; failedLogs: number }): Pick<Host, 'eventsPage' | 'exportEvents' | 'readEvents'> {
  const now = Date.now();
  const all = drawEvents(estate, count, longNames, now);
  let gaps = [{ from: now - 12 * day, to: now - 9 * day }];
  let knownFrom = now - 20 * day;
  let readAt = now - 6 * 60_000;
  const inGap = (at: number) => gaps.some(({ from, to }) => from < at && at < to);
  /** Of an organization: what happened in it. */
  const of = (log: EventLog, events: Event[]) => (log.of === 'provider' ? events : events.filter(({ client }) => client?.id === log.id));
  const known = () => all.filter(({ date }) => Date.parse(date) >= knownFrom && !inGap(Date.parse(date)));

  function select(log: EventLog, filter: EventsFilter): EventRow[] {
    const from = filter.from ? Date.parse(filter.from) : -Infinity;
    const to = filter.to ? Date.parse(filter.to) : Infinity;
    const rows: { at: number; row: EventRow }[] = of(log, known())
      .filter(({ date }) => Date.parse(date) >= from && Date.parse(date) <= to)
      .filter((event) => matches(event, filter))
      .map((row) => ({ at: Date.parse(row.date), row }));
    for (const gap of gaps)
      if (gap.from < to && gap.to > from)
        rows.push({ at: gap.to, row: { row: 'gap', from: new Date(gap.from).toISOString(), to: new Date(gap.to).toISOString() } });
    rows.sort((one, other) => other.at - one.at);
    const list = rows.map(({ row }) => row);
    if (from < knownFrom) list.push({ row: 'unread', before: new Date(knownFrom).toISOString() });
    return list;
  }

  const failed = estate.clients.slice(0, failedLogs).map(({ id, name }, index) => ({
    client: index === 0 ? null : { id, name },
    failure: { code: index % 2 === 0 ? ('unreachable' as const) : ('rateLimited' as const), detail: null },
    failedAt: new Date(now - 9 * 60_000).toISOString(),
  }));

  return {
    eventsPage: (log, query) => answer(() => ({ ...page(select(log, query.filter), of(log, known()), query, knownFrom), readAt: new Date(readAt).toISOString(), failedLogs: log.of === 'provider' ? failed : [] })),
    exportEvents: (log, { filter, format }) =>
      answer(() => ({ fileName: `${log.of}-events.${format}`, rows: select(log, filter).filter(({ row }) => row === 'event').length })),
    readEvents: (_provider, range) =>
      answer(() => {
        const before = known().length;
        if (Date.parse(range.to) >= Date.now()) readAt = Date.now();
        const [from, to] = [Date.parse(range.from), Date.parse(range.to)];
        gaps = gaps.filter((gap) => gap.to > to || gap.from < from);
        if (to <= knownFrom + day) knownFrom = Math.max(from, knownFrom - 14 * day);
        return { fresh: known().length - before, odd: 0, more: knownFrom > from };
      }),
  };
}

function matches(event: Event, filter: EventsFilter): boolean {
  const { actor, client, device } = event;
  const text = [actor.kind === 'person' ? `${actor.name} ${actor.email}` : '', event.subject?.name, client?.name, event.address].join(' ').toLowerCase();
  return (
    (filter.kinds.length === 0 || filter.kinds.includes(event.kind)) &&
    (filter.people.length === 0 || (actor.kind === 'person' && filter.people.includes(actor.id))) &&
    (filter.clients.length === 0 || (client !== null && filter.clients.includes(client.id))) &&
    (filter.devices.length === 0 || (device !== null && filter.devices.includes(device))) &&
    filter.words.every((word) => text.includes(word.text.toLowerCase()) || word.kinds.includes(event.kind) || (device !== null && word.devices.includes(device)))
  );
}

function page(rows: EventRow[], known: Event[], { filter, offset, limit }: EventsQuery, knownFrom: number): EventsPage {
  const within = known.filter(({ date }) => (!filter.from || date >= filter.from) && (!filter.to || date <= filter.to));
  const count = <Key>(of: (event: Event) => Key | null) => {
    const counts = new Map<Key, number>();
    for (const event of within) {
      const key = of(event);
      if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...counts];
  };
  const person = (id: string) => within.find(({ actor }) => actor.kind === 'person' && actor.id === id)!.actor as Extract<EventActor, { kind: 'person' }>;
  return {
    total: rows.length,
    rows: rows.slice(offset, offset + limit),
    events: rows.filter(({ row }) => row === 'event').length,
    kinds: count(({ kind }) => kind).map(([number, events]) => ({ number, count: events })),
    people: count(({ actor }) => (actor.kind === 'person' ? actor.id : null)).map(([id, events]) => ({ id, name: person(id).name, email: person(id).email, count: events })),
    clients: count(({ client }) => client?.id ?? null).map(([id, events]) => ({ client: within.find(({ client }) => client?.id === id)!.client!, count: events })),
    devices: count(({ device }) => device).map(([number, events]) => ({ number, count: events })),
    knownFrom: new Date(knownFrom).toISOString(),
    readAt: null,
    damaged: 0,
    failedLogs: [],
  };
}

function drawEvents(estate: FakeEstate, count: number, longNames: boolean, now: number): Event[] {
  const chance = new Chance(77);
  const staff: EventActor[] = Array.from({ length: 7 }, (_, index) => {
    const name = longNames && index === 2 ? veryLongName : longNames && index === 3 ? veryLongAddress : `${chance.one(firstNames)} ${chance.one(lastNames)}`;
    return { kind: 'person', id: chance.uuid(), name: index === 6 ? null : name, email: index === 6 ? null : `${name.split(' ')[0]!.toLowerCase()}@brightwater.example` };
  });
  const span = 60 * day;
  return Array.from({ length: count }, (_, id) => {
    const kind = chance.one(kinds);
    const client = estate.clients.length > 0 ? chance.one(estate.clients.slice(0, 60)) : undefined;
    const inClient = kind < 1800 || kind >= 1900;
    const at = now - (id / count) * span - chance.below(span / count);
    return {
      row: 'event' as const,
      id,
      date: new Date(at).toISOString(),
      kind,
      actor: chance.chance(0.03) ? { kind: 'system' as const, number: 1 } : chance.one(staff),
      subject: longNames && kind === 1800 ? { kind: 'providerMember', id: chance.uuid(), name: `${veryLongAddress}, helpdesk+${veryLongAddress}` } : subject(chance, kind, client),
      client: inClient && client ? { id: client.id, name: client.name } : null,
      device: chance.chance(0.05) ? null : chance.one([8, 9, 10, 12, 6, 17, 25]),
      address: `192.0.2.${chance.between(10, 60)}`,
    };
  });
}

function subject(chance: Chance, kind: number, client: FakeEstate['clients'][number] | undefined): EventSubject | null {
  const named = (kind: EventSubject['kind'], name: string | null): EventSubject => ({ kind, id: chance.uuid(), name });
  if (kind >= 1500 && kind < 1600) return named('member', client ? chance.one(client.members).name : null);
  if (kind >= 1300 && kind < 1400) return named('collection', 'Accounts/Payroll');
  if (kind >= 1400 && kind < 1500) return named('group', client?.groups[0]?.name ?? null);
  if (kind >= 1700 && kind < 1800) return named('policy', null);
  if (kind >= 1800 && kind < 1900) return named('providerMember', `${chance.one(firstNames)} ${chance.one(lastNames)}`);
  if (kind >= 1900 && kind < 2000) return named('client', client?.name ?? null);
  if (kind >= 2000 && kind < 2100) return { kind: 'domain', id: null, name: 'lane.example' };
  if (kind >= 1100 && kind < 1200) return named('item', null);
  return null;
}
