// What happens to the world between two syncs. Each names what a server does then: the stamp, the revision date, the rows.

import { randomBytes } from 'node:crypto';
import { freshKey, makeKeyPair, seal } from './sealing.mjs';
import { makeItem } from './items.mjs';
import { event } from './organizations.mjs';
import { sealWorld } from './wire.mjs';

const CHANGES = {
  /// Only asks what was requested and complained of.
  report: () => ({}),
  /// What a gateway refused is answered again.
  mend: ({ manner }) => void (manner.broken = null),
  /// All sessions are ended; keys and password stay.
  newStamp: (world) => void (world.account.stamp = randomBytes(8).toString('hex')),
  /// Every access token is refused from now on; what renews them is not.
  endTokens: ({ tokens }) => tokens.clear(),
  password: (world, { password, kdfIterations }) => {
    Object.assign(world.account, { password, kdfIterations: kdfIterations ?? world.account.kdfIterations, wrapped: null });
    CHANGES.newStamp(world);
    sealWorld(world, world.manner);
  },
  /// A new user key and key pair, everything sealed anew, all sessions ended.
  rotate: (world) => {
    Object.assign(world.account, { userKey: freshKey(), pair: makeKeyPair(), wrapped: null });
    CHANGES.newStamp(world);
    sealWorld(world, world.manner);
  },
  /// Other keys of every organization and provider, wrapped anew; nobody is signed out by it.
  rotateOrganizations: (world) => {
    for (const { organization } of [...world.memberships, ...world.providers.flatMap(({ clients }) => clients)]) organization.key = freshKey();
    for (const provider of world.providers) provider.key = freshKey();
    sealWorld(world, world.manner);
  },
  /// A day of work: items and people come, change and go, and the logs tell of it.
  work: (world) => {
    const { dice } = world;
    const login = world.items.find(({ type, deletedDate }) => type === 1 && !deletedDate);
    Object.assign(login, { name: 'renamed', revisionDate: new Date().toISOString(), notes: null, fields: null, favorite: !login.favorite, folderId: null });
    Object.assign(login.login, { password: 'another', uris: [{ uri: 'https://moved.example/', match: 3 }] });
    world.items.splice(world.items.indexOf(login) + 1, 3);
    world.items.push(makeItem(dice, 3, { name: 'quite new' }));
    world.items[1].deletedDate = new Date().toISOString();
    world.folders.pop();
    for (const item of world.items) if (!world.folders.some(({ id }) => id === item.folderId)) item.folderId = null;
    for (const { organization } of world.providers.flatMap(({ clients }) => clients)) workIn(dice, organization, world.account);
    sealWorld(world, world.manner);
  },
  twoFactor: ({ account }, { codes }) => void (account.twoFactor = codes),
  forgetMachines: ({ account }) => void (account.remembered = null),
  newDevice: ({ account }, { code }) => void (account.newDevice = code),
  /// The account is no longer in that organization: its items and collections are gone with it.
  leaveOrganization: (world, { id }) => {
    world.memberships = world.memberships.filter(({ organization }) => organization.id !== id);
    world.items = world.items.filter(({ organizationId }) => organizationId !== id);
  },
  disableOrganization: (world, { id }) => void (world.memberships.find(({ organization }) => organization.id === id).organization.enabled = false),
  leaveProvider: (world, { id }) => void (world.providers = world.providers.filter((provider) => provider.id !== id)),
  providerRole: (world, { id, type }) => {
    const provider = world.providers.find((one) => one.id === id);
    provider.type = type;
    provider.users.find(({ userId }) => userId === world.account.id).type = type;
  },
  unlinkClient: (world, { id }) => {
    for (const provider of world.providers) {
      const at = provider.clients.findIndex(({ organization }) => organization.id === id);
      if (at >= 0) world.unlinked = { provider, client: provider.clients.splice(at, 1)[0] };
    }
  },
  /// The client comes back as a server makes it: with a new row.
  linkClientAgain: (world, { rowId }) => {
    const { provider, client } = world.unlinked;
    provider.clients.push({ ...client, id: rowId });
    world.sealed.names.set(rowId, seal(provider.key, client.organization.key));
  },
};
function workIn(dice, organization, account) {
  organization.name = `${organization.name} renamed`;
  organization.seats = (organization.seats ?? 5) + 1;
  const [gone] = organization.members.splice(organization.members.findIndex(({ type, userId }) => type !== 0 && userId !== account.id), 1);
  const changed = organization.members.find(({ userId }) => userId !== account.id);
  Object.assign(changed, { type: 1, status: 2, twoFactorEnabled: true, collections: [], groups: [] });
  // Not one in which the account has items.
  const own = organization.members.find(({ userId }) => userId === account.id)?.collections ?? [];
  const lost = organization.collections.findIndex(({ id }) => !own.some((grant) => grant.id === id));
  const [{ id: none }] = organization.collections.splice(lost, 1);
  for (const holder of [...organization.members, ...organization.groups]) holder.collections = holder.collections.filter(({ id }) => id !== none);
  organization.policies.forEach((policy) => (policy.enabled = policy.type !== 15 && !policy.enabled));
  if (!organization.flags.useEvents) return;
  // More than a page, and fewer than one sync reads.
  const now = Date.now();
  const news = Array.from({ length: 70 }, (_, n) => event(new Date(now - 1000 - n * 100).toISOString(), { type: 1503, organizationId: organization.id, organizationUserId: gone.id }));
  organization.events.push(...news);
  organization.events.sort((one, other) => Date.parse(other.date) - Date.parse(one.date));
}

/// The revision date of the account does not move when clients do (§5.12).
const SILENT = new Set(['report', 'mend', 'unlinkClient', 'linkClientAgain', 'twoFactor', 'forgetMachines', 'endTokens', 'newDevice']);

export function change(world, asked) {
  const answer = CHANGES[asked.do](world, asked) ?? {};
  if (!SILENT.has(asked.do)) world.revision = Math.max(Date.now(), world.revision + 1);
  return answer;
}
