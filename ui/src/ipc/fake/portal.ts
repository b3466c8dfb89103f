import type { Billing } from '../bindings/Billing';
import type { ClientPlan } from '../bindings/ClientPlan';
import type { ClientsExport } from '../bindings/ClientsExport';
import type { ClientsQuery } from '../bindings/ClientsQuery';
import type { ClientsSelection } from '../bindings/ClientsSelection';
import type { InvoiceStatus } from '../bindings/InvoiceStatus';
import type { PlanLine } from '../bindings/PlanLine';
import type { ProviderRef } from '../bindings/ProviderRef';
import type { ProviderSettings } from '../bindings/ProviderSettings';
import type { SeatAnswer } from '../bindings/SeatAnswer';
import type { SeatQuestion } from '../bindings/SeatQuestion';
import type { TagsTarget } from '../bindings/TagsTarget';
import { HostError, type Host } from '../host';
import type { FakeOptions } from './host';
import { emptyClient, type FakeClient, type FakeEstate } from './estate';
import { clientOf, clientsPage, managedClient, tagCounts } from './queries';
import { veryLongAddress, veryLongName } from './names';
import { inOrder } from './order';

/** Seats that the fake provider pays for in any case, of each plan. */
const minimum = { Teams: 700, Enterprise: 5000 };
const prices = { Teams: 3.2, Enterprise: 4.8 };

type Commands = Pick<
  Host,
  | 'managedClient'
  | 'exportClients'
  | 'createClient'
  | 'addableOrganizations'
  | 'addExistingClient'
  | 'checkSeats'
  | 'updateClient'
  | 'unlinkClient'
  | 'clientTags'
  | 'changeTags'
  | 'renameTag'
  | 'deleteTag'
  | 'clientsPage'
  | 'cancelAction'
  | 'billing'
  | 'refreshBilling'
  | 'saveInvoice'
  | 'providerSettings'
  | 'updateProvider'
  | 'deleteProvider'
  | 'openProviderWeb'
>;

interface Stage {
  estate: FakeEstate;
  password: string;
  offline: boolean;
  answer<Answer>(make: () => Answer): Promise<Answer>;
  /** The picture moved. */
  moved(): void;
  /** What is lost of the list of clients. */
  lost(): FakeOptions['listLost'];
  /** The providers of the person changed. */
  retell(): void;
}

const refuse = (code: HostError['code'], detail: string | null = null): never => {
  throw new HostError({ code, detail });
};

/** What a provider does in its portal: clients, billing, its own settings. */
export function fakePortal({ estate, password, offline, lost, answer, moved, retell }: Stage): Commands {
  const settings = new Map<string, ProviderSettings>();
  const made = new Set<string>();
  const addable = [
    { id: 'f0000000-0000-4000-a000-000000000001', name: 'Brightwater Labs', plan: 'Enterprise', seats: 12, disabled: false },
    { id: 'f0000000-0000-4000-a000-000000000002', name: 'Okafor & Daughters', plan: 'Teams', seats: 4, disabled: false },
  ];
  const provider = (id: string): ProviderRef => estate.providers.find((one) => one.id === id) ?? refuse('notFound');
  const online = () => void (offline && refuse('unreachable'));
  const done = (already = false) => {
    if (!already) moved();
    return { already, picture: null };
  };
  const act = <Answer>(make: () => Answer) => answer(() => (online(), make()));

  const chosen = (query: ClientsQuery, { kind, ids }: ClientsSelection) =>
    clientsPage(estate, { ...query, offset: 0, limit: 1_000_000 })
      .rows.map(({ organizationId }) => organizationId)
      .filter((id) => ids.includes(id) === (kind === 'only'));
  const targeted = (target: TagsTarget) => (target.kind === 'client' ? [target.organizationId] : chosen(target.query, target.selection));

  return {
    managedClient: (id) => answer(() => managedClient(estate, id)),
    exportClients: ({ query, selection, format }: ClientsExport) =>
      answer(() => ({ fileName: `clients.${format}`, rows: chosen(query, selection).length })),
    createClient: (client) =>
      act(() => {
        if (made.has(client.dialog)) return done(true);
        made.add(client.dialog);
        const plan = client.plan === 'teamsMonthly' ? 'Teams' : 'Enterprise';
        estate.clients.push(emptyClient(client.providerId, client.name, plan, client.seats, client.ownerEmail));
        return done();
      }),
    addableOrganizations: (id) =>
      act(() => addable.filter((one) => estate.clients.every((client) => client.id !== one.id) && provider(id))),
    addExistingClient: (id, organizationId) =>
      act(() => {
        const one = addable.find((other) => other.id === organizationId) ?? refuse('notFound');
        const client = emptyClient(provider(id).id, one.name, one.plan as FakeClient['plan'], one.seats, 'maya.okafor@brightwater.example');
        estate.clients.push({ ...client, id: one.id });
        return done();
      }),
    checkSeats: (question) => answer(() => checkSeats(estate, provider(question.providerId), question)),
    updateClient: ({ organizationId, name, seats }) =>
      act(() => {
        const client = clientOf(estate, organizationId);
        const already = (name ?? client.name) === client.name && (seats ?? client.seats) === client.seats;
        client.name = name ?? client.name;
        client.seats = seats ?? client.seats;
        return done(already);
      }),
    unlinkClient: (_, organizationId) =>
      act(() => {
        const client = estate.clients.find(({ id }) => id === organizationId);
        if (!client) return done(true);
        if (!client.members.some(({ role, status }) => role === 'owner' && status === 'confirmed'))
          refuse('refused', 'Organization must have at least one confirmed owner.');
        estate.clients.splice(estate.clients.indexOf(client), 1);
        return done();
      }),
    clientTags: (target) =>
      answer(() => {
        const ids = targeted(target);
        return { clients: ids.length, name: ids.length === 1 ? clientOf(estate, ids[0]!).name : null, tags: tagCounts(estate, ids), lost: false };
      }),
    changeTags: ({ target, add, remove }) =>
      answer(() => {
        for (const id of targeted(target)) {
          const client = clientOf(estate, id);
          const kept = client.tags.filter((tag) => !remove.includes(tag));
          client.tags = [...new Set([...kept, ...add])].sort(inOrder);
        }
        moved();
      }),
    renameTag: (name, to) =>
      answer(() => {
        const known = estate.clients.flatMap(({ tags }) => tags).find((tag) => tag !== name && tag.toLowerCase() === to.toLowerCase()) ?? to;
        for (const client of estate.clients)
          if (client.tags.includes(name)) client.tags = [...new Set(client.tags.map((tag) => (tag === name ? known : tag)))].sort(inOrder);
        moved();
      }),
    deleteTag: (name) =>
      answer(() => {
        for (const client of estate.clients) client.tags = client.tags.filter((tag) => tag !== name);
        moved();
      }),
    clientsPage: (query) =>
      answer(() => {
        const bought = seatsPaidFor(estate, query.providerId);
        if (lost() === 'nothing') return clientsPage(estate, query, bought);
        const clients = lost() === 'everything' ? [] : estate.clients.slice(2);
        return { ...clientsPage({ ...estate, clients }, query, bought), listLost: true };
      }),
    cancelAction: () => Promise.resolve(),

    billing: (id) => answer(() => billing(estate, provider(id))),
    refreshBilling: (id) => act(() => void provider(id)),
    saveInvoice: (_, id) => act(() => ({ fileName: `invoice-${id}.csv`, rows: estate.clients.length })),
    providerSettings: (id) =>
      answer(
        () => settings.get(id) ?? { name: provider(id).name, businessName: 'Brightwater IT Services Ltd', billingEmail: provider(id).name.includes(veryLongName) ? veryLongAddress : 'billing@brightwater.example' },
      ),
    updateProvider: (id, next) =>
      act(() => {
        settings.set(id, next);
        estate.providers = estate.providers.map((one) => (one.id === id ? { ...one, name: next.name } : one));
        retell();
        return done();
      }),
    deleteProvider: (request) =>
      act(() => {
        if (request.password !== password) refuse('wrongPassword');
        const left = estate.clients.filter(({ providerId }) => providerId === request.providerId).length;
        if (left > 0) refuse('hasClients', String(left));
        estate.providers = estate.providers.filter(({ id }) => id !== request.providerId);
        retell();
        return done();
      }),
    openProviderWeb: () => Promise.resolve(),
  };
}

/** Seats of one plan as the provider has them. */
function pool(estate: FakeEstate, providerId: string, plan: FakeClient['plan']) {
  const assigned = estate.clients
    .filter((client) => client.providerId === providerId && client.plan === plan)
    .reduce((sum, client) => sum + client.seats, 0);
  return { minimum: minimum[plan], assigned, purchased: Math.max(0, assigned - minimum[plan]) };
}

function seatsPaidFor(estate: FakeEstate, providerId: string): number | null {
  if (!estate.providers.find(({ id }) => id === providerId)?.billable) return null;
  const paid = (['Teams', 'Enterprise'] as const).map((plan) => pool(estate, providerId, plan));
  return paid.reduce((sum, { minimum, purchased }) => sum + minimum + purchased, 0);
}

function checkSeats(estate: FakeEstate, provider: ProviderRef, question: SeatQuestion): SeatAnswer {
  const client = question.organizationId === null ? null : clientOf(estate, question.organizationId);
  const occupied = client?.members.filter(({ status }) => status !== 'revoked').length ?? 0;
  const plan = client?.plan ?? (question.planName as FakeClient['plan'] | null) ?? (question.plan === 'teamsMonthly' ? 'Teams' : 'Enterprise');
  const { minimum, assigned, purchased } = pool(estate, provider.id, plan);
  const after = assigned + question.seats - (client?.seats ?? 0);
  const purchasedAfter = Math.max(0, after - minimum);
  const unassigned = Math.max(0, minimum + purchased - assigned);
  const bought = Math.max(0, purchasedAfter - purchased);
  const change = {
    unassigned,
    unassignedAfter: Math.max(0, minimum + purchasedAfter - after),
    bought,
    givenBack: Math.max(0, purchased - purchasedAfter),
    unitPrice: prices[plan],
    yearly: false,
    readAt: new Date().toISOString(),
  };
  if (question.seats < 1) return { change: null, refusal: { kind: 'tooFew' } };
  if (question.seats < occupied) return { change: null, refusal: { kind: 'belowOccupied', occupied } };
  if (bought > 0 && !provider.admin) return { change: null, refusal: { kind: 'notUnassigned', unassigned } };
  return { change, refusal: null };
}

function billing(estate: FakeEstate, provider: ProviderRef): Billing {
  const readAt = new Date(Date.now() - 4 * 60_000).toISOString();
  if (!provider.billable) return { subscription: null, invoices: null, warnings: null };
  const line = (name: FakeClient['plan'], plan: ClientPlan): PlanLine => {
    const { minimum, assigned, purchased } = pool(estate, provider.id, name);
    const paid = minimum + purchased;
    return {
      name,
      plan,
      yearly: false,
      minimum,
      purchased,
      assigned,
      unassigned: paid - assigned,
      unitPrice: prices[name],
      cost: paid * prices[name],
    };
  };
  const plans =
    provider.kind === 'businessUnit'
      ? [line('Enterprise', 'enterpriseMonthly')]
      : [line('Teams', 'teamsMonthly'), line('Enterprise', 'enterpriseMonthly')];
  const suspendedAt = new Date(Date.now() - 6 * 86_400_000).toISOString();
  return {
    subscription: {
      readAt,
      status: provider.enabled ? 'active' : 'unpaid',
      periodEnd: new Date(Date.now() + 12 * 86_400_000).toISOString(),
      discount: 20,
      byInvoice: true,
      plans,
      total: plans.reduce((sum, { cost }) => sum + cost, 0),
      credit: 120,
      cancelsAt: null,
      suspension: provider.enabled ? null : { suspendedAt, unpaidPeriodEnd: suspendedAt, graceDays: 30 },
      paymentSource: null,
    },
    invoices: provider.admin ? { readAt, rows: Array.from({ length: 14 }, (_, index) => invoice(index)) } : null,
    warnings: {
      readAt,
      resolution: provider.enabled ? null : provider.admin ? 'addPaymentMethod' : 'contactAdministrator',
      cancelsAt: provider.enabled ? null : new Date(Date.now() + 24 * 86_400_000).toISOString(),
      taxId: estate.withoutTaxId && provider.admin ? 'missing' : null,
    },
  };
}

function invoice(index: number) {
  const date = new Date(Date.now() - (index * 30 + 3) * 86_400_000);
  const status: InvoiceStatus = index === 0 ? 'open' : index === 7 ? 'uncollectible' : 'paid';
  return {
    id: `in_${1000 - index}`,
    number: `8F2C6A-${String(140 - index).padStart(4, '0')}`,
    date: date.toISOString(),
    due: new Date(date.getTime() + 30 * 86_400_000).toISOString(),
    total: 21_400.8 - index * 312.4,
    status,
  };
}
