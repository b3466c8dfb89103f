// What happens to the world between two syncs. Each names what a server does then: the stamp, the revision date, the rows.

import { randomBytes } from 'node:crypto';
import { freshKey, makeKeyPair, seal } from './sealing.mjs';
import { sealWorld } from './wire.mjs';

const CHANGES = {
  /// Only asks what was requested and complained of.
  report: () => ({}),
  /// What a gateway refused is answered again.
  mend: ({ manner }) => void (manner.broken = null),
  /// All sessions are ended; keys and password stay.
  newStamp: (world) => void (world.account.stamp = randomBytes(8).toString('hex')),
  password: (world, { password, kdfIterations }) => {
    Object.assign(world.account, { password, kdfIterations: kdfIterations ?? world.account.kdfIterations });
    CHANGES.newStamp(world);
    sealWorld(world, world.manner);
  },
  /// A new user key and key pair, everything sealed anew, all sessions ended.
  rotate: (world) => {
    Object.assign(world.account, { userKey: freshKey(), pair: makeKeyPair() });
    CHANGES.newStamp(world);
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
/// The revision date of the account does not move when clients do (§5.12).
const SILENT = new Set(['report', 'mend', 'unlinkClient', 'linkClientAgain', 'twoFactor', 'forgetMachines', 'newDevice']);

export function change(world, asked) {
  const answer = CHANGES[asked.do](world, asked) ?? {};
  if (!SILENT.has(asked.do)) world.revision = Math.max(Date.now(), world.revision + 1);
  return answer;
}
