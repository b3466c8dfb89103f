// What is asked with a token (§3 to §5), and who may ask it.

import { randomBytes } from 'node:crypto';
import { b64, makeKeyPair } from './sealing.mjs';
import { clientRow, collection, collectionAccess, everyOrganization, keys, list, organizationBody, profile, sync } from './wire.mjs';
import { event, noPermissions } from './organizations.mjs';

const notFound = { status: 404, body: { object: 'error', message: 'Resource not found.', validationErrors: null, exceptionMessage: null, exceptionStackTrace: null, innerExceptionMessage: null } };
const forbidden = { status: 403 };
const bad = (message) => ({ status: 400, body: { ...notFound.body, message } });

/// Each: the path below the API's base with `:name` for a part, and what answers it.
export const ROUTES = {
  '/accounts/revision-date': ({ world }) => ({ body: world.revision }),
  '/accounts/profile': ({ world }) => ({ body: profile(world, world.manner) }),
  '/accounts/keys': ({ world }) => ({ body: keys(world) }),
  '/sync': ({ world }) => ({ body: sync(world, world.manner) }),
  '/folders': ({ world }) => ({ body: list(sync(world, world.manner).folders) }),
  '/ciphers': ({ world }) => ({ body: list(sync(world, world.manner).ciphers) }),
  '/ciphers/organization-details': allItems,
  '/ciphers/:item': ({ world, item }) => found(world.sealed.ciphers.get(item)),
  '/ciphers/:item/details': ({ world, item }) => found(world.sealed.ciphers.get(item)),
  '/ciphers/:item/attachment/:file': attachment,
  '/devices/knowndevice': () => ({ body: true }),
  '/collections': ({ world }) => ({ body: list(sync(world, world.manner).collections) }),
  '/users/:user/public-key': ({ user }) => ({ body: { object: 'userKey', userId: user, publicKey: b64(strangerPair().spki) } }),
  '/providers/:provider': provider(({ its }) => ({ body: { object: 'provider', id: its.id, name: its.name, businessName: its.name, businessAddress1: null, businessAddress2: null, businessAddress3: null, businessCountry: null, businessTaxNumber: null, billingEmail: its.billingEmail, creationDate: '2025-01-01T00:00:00Z', type: its.providerType } })),
  '/providers/:provider/users': provider(({ its }) => (its.type === 0 ? { body: list(its.users.map((user) => ({ object: 'providerUserUserDetails', permissions: noPermissions(), ...user }))) } : forbidden)),
  '/providers/:provider/organizations': provider(({ its, world }) => ({ body: list(its.clients.map((client) => clientRow(world, its, client))) })),
  '/providers/:provider/events': provider(({ its, query }) => (its.type === 0 ? logPage(its.events, query) : notFound)),
  '/providers/:provider/billing/subscription': provider(({ its }) => ({ body: { status: 'active', currentPeriodEndDate: '2027-01-01T00:00:00Z', discountPercentage: null, collectionMethod: 'send_invoice', plans: [], accountCredit: 0, taxInformation: null, cancelAt: null, suspension: null, providerType: its.providerType, paymentSource: null } })),
  '/providers/:provider/billing/invoices': provider(({ its }) => (its.type === 0 ? { body: { invoices: [] } } : { status: 401, body: { ...notFound.body, message: 'Unauthorized.' } })),
  '/providers/:provider/billing/vnext/warnings': provider(() => ({ body: { suspension: null, taxId: null } })),
  '/organizations/:organization': administered(({ world, its }) => ({ body: organizationBody(world, its) }), 0),
  '/organizations/:organization/users': administered(({ its, query }) => ({ body: list(its.members.map((member) => ({
    object: 'organizationUserUserDetails', ...member, collections: query.get('includeCollections') === 'true' ? member.collections : [], groups: query.get('includeGroups') === 'true' ? member.groups : [],
  }))) })),
  '/organizations/:organization/users/mini-details': administered(({ its }) => ({ body: list(its.members.map(({ id, userId, type, status, name, email }) => ({ object: 'organizationUserUserMiniDetails', id, userId, type, status, name, email }))) })),
  '/organizations/:organization/groups': administered(({ its }) => ({ body: list(its.groups.map(({ collections, ...group }) => ({ object: 'group', organizationId: its.id, ...group }))) })),
  '/organizations/:organization/groups/details': administered(({ its }) => (its.flags.useGroups ? { body: list(its.groups.map((group) => ({ object: 'groupDetails', organizationId: its.id, ...group }))) } : bad('This organization cannot use groups.'))),
  '/organizations/:organization/groups/:group/users': administered(({ its, group }) => ({ body: its.members.filter(({ groups }) => groups.includes(group)).map(({ id }) => id) })),
  '/organizations/:organization/collections': administered(({ world, its }) => ({ body: list(its.collections.map((one) => collection(world, its, one))) })),
  '/organizations/:organization/collections/details': administered(collectionsOpened),
  '/organizations/:organization/policies': administered(({ its }) => ({ body: list(its.policies.map((policy) => ({ object: 'policy', organizationId: its.id, ...policy }))) })),
  '/organizations/:organization/events': administered(({ its, query }) => (its.flags.useEvents ? logPage(its.events, query) : notFound)),
  '/organizations/:organization/public-key': ({ organization, world }) => found(everyOrganization(world).some(({ id }) => id === organization) && { object: 'organizationPublicKey', publicKey: b64(strangerPair().spki) }),
};

let pair;
const strangerPair = () => (pair ??= makeKeyPair());
const found = (body) => (body ? { body } : notFound);

// The policy of these routes answers an outsider with a bare 403, not with 404 (§5.3).
function provider(answer) {
  return (request) => {
    const its = request.world.providers.find(({ id }) => id === request.provider);
    return its ? answer({ ...request, its }) : forbidden;
  };
}

// By provider staff, or by members whose role is at most `role`: 0 owner, 1 admin.
function administered(answer, role = 1) {
  return (request) => {
    const { world, organization } = request;
    const member = world.memberships.find((one) => one.organization.id === organization && one.member.type <= role);
    const client = world.providers.flatMap(({ clients }) => clients).find((one) => one.organization.id === organization);
    const its = (client ?? member)?.organization;
    return its ? answer({ ...request, its }) : notFound;
  };
}

// The one read that leaves a trace in two logs (§5.3).
function collectionsOpened({ world, its, complain }) {
  const owner = world.providers.find(({ clients }) => clients.some(({ organization }) => organization === its));
  complain(`collections/details of ${its.name}`);
  const date = new Date().toISOString();
  if (owner) owner.events.unshift(event(date, { type: 1903, providerId: owner.id, actingUserId: world.account.id }));
  its.events.unshift(event(date, { type: 1603, organizationId: its.id, providerId: owner?.id ?? null, actingUserId: world.account.id }));
  return { body: list(its.collections.map((one) => collectionAccess(world, its, one))) };
}

function allItems({ world, query }) {
  const organization = query.get('organizationId');
  return administered(() => ({ body: list(world.items.filter(({ organizationId }) => organizationId === organization).map(({ id }) => world.sealed.ciphers.get(id))) }))({ world, organization });
}

function attachment({ world, base, item, file }) {
  const one = world.sealed.ciphers.get(item)?.attachments?.find(({ id }) => id === file);
  if (!one) return notFound;
  const ticket = randomBytes(12).toString('hex');
  world.tickets.set(ticket, file);
  const url = world.manner.attachmentsApart ? `${base}/attachments/${item}/${file}?token=${ticket}` : `${base}/api/ciphers/attachment/download?token=${ticket}`;
  return { body: { ...one, url } };
}

/// The bytes of a file for whoever holds the ticket that the attachment's route gave.
export function download({ world, query }) {
  const file = world.sealed.files.get(world.tickets.get(query.get('token')));
  return file ? { bytes: file.sealed } : notFound;
}

// Newest first, fifty a page; without dates the last thirty days until the end of today (§4.9).
function logPage(events, query) {
  const day = 86400000;
  const given = ['start', 'end'].map((name) => query.get(name));
  if (given.some((date) => date !== null && Number.isNaN(Date.parse(date)))) return bad('The model state is invalid.');
  let [from, until] = given[0] && given[1] ? given.map((date) => Date.parse(date)) : [Date.now() - 30 * day, Date.now() + day];
  if (from > until) [from, until] = [until, from];
  if (until - from > 367 * day) return bad('Range too large.');
  const within = events.filter(({ date }) => Date.parse(date) >= from && Date.parse(date) <= until).sort((a, b) => Date.parse(b.date) - Date.parse(a.date));
  const start = query.get('continuationToken') ? Number(Buffer.from(query.get('continuationToken'), 'base64').toString().slice(5)) : 0;
  const next = start + 50 < within.length ? Buffer.from(`page ${start + 50}`).toString('base64') : null;
  return { body: list(within.slice(start, start + 50), next) };
}
