// The world as the server keeps and sends it: sealed, in the shapes of the protocol.

import { b64, passwordKeys, seal, wrap } from './sealing.mjs';
import { sealItem } from './items.mjs';
import { noPermissions } from './organizations.mjs';

/// Everything that lies under a key, sealed once: a server does not seal anew for each answer.
export function sealWorld(world, manner) {
  const { account } = world;
  const { stretched, serverHash } = passwordKeys(account.password, account.salt ?? account.email, account.kdfIterations);
  // Sealed anew only where the key or the password is another: clients tell by it that one of them was changed.
  account.wrapped ??= seal(stretched, account.userKey);
  const sealed = { serverHash, files: new Map(), ciphers: new Map(), names: new Map() };
  sealed.userKey = account.wrapped;
  sealed.privateKey = seal(account.userKey, account.pair.pkcs8);
  for (const folder of world.folders) sealed.names.set(folder.id, seal(account.userKey, folder.name));
  for (const { organization, wrapping } of world.memberships) sealed.names.set(`member ${organization.id}`, wrap(account.pair, organization.key, wrapping));
  for (const provider of world.providers) {
    sealed.names.set(provider.id, wrap(account.pair, provider.key));
    for (const { id, organization } of provider.clients) sealed.names.set(id, seal(provider.key, organization.key));
  }
  for (const organization of everyOrganization(world)) {
    for (const collection of organization.collections) sealed.names.set(collection.id, seal(organization.key, collection.name));
  }
  const keyOf = new Map(everyOrganization(world).map(({ id, key }) => [id, key]));
  for (const item of world.items) {
    sealed.ciphers.set(item.id, sealItem(item, keyOf.get(item.organizationId) ?? account.userKey, sealed.files, { both: manner.both }));
    if (manner.bare) delete sealed.ciphers.get(item.id).permissions;
  }
  world.sealed = sealed;
}

export const everyOrganization = (world) => [...new Map(
  [...world.memberships, ...world.providers.flatMap(({ clients }) => clients)].map(({ organization }) => [organization.id, organization]),
).values()];

export const list = (data, continuationToken = null) => ({ object: 'list', data, continuationToken });

export function kdf({ kdfIterations }) {
  return { kdfType: 0, iterations: kdfIterations, memory: null, parallelism: null };
}

function accountKeys({ account, sealed }) {
  const pair = { wrappedPrivateKey: sealed.privateKey, publicKey: b64(account.pair.spki), signedPublicKey: null };
  return { object: 'privateKeys', signatureKeyPair: null, publicKeyEncryptionKeyPair: pair, securityState: null };
}

export function unlock({ account, sealed }) {
  return { kdf: kdf(account), masterKeyEncryptedUserKey: sealed.userKey, salt: account.salt ?? account.email.toLowerCase() };
}

export function keys(world) {
  const { account, sealed } = world;
  return { object: 'keys', key: sealed.userKey, publicKey: b64(account.pair.spki), privateKey: sealed.privateKey, accountKeys: accountKeys(world) };
}

export function tokenBody(world, tokens, manner) {
  const { account, sealed } = world;
  const body = {
    ...tokens, PrivateKey: sealed.privateKey, AccountKeys: accountKeys(world), Key: sealed.userKey, MasterPasswordPolicy: { Object: 'masterPasswordPolicy' },
    ForcePasswordReset: false, ResetMasterPassword: false, Kdf: 0, KdfIterations: account.kdfIterations, KdfMemory: null, KdfParallelism: null,
  };
  if (manner.bare) {
    delete body.AccountKeys;
    return body;
  }
  const wrapped = manner.noProviders ? { MasterKeyWrappedUserKey: sealed.userKey } : {};
  body.UserDecryptionOptions = {
    HasMasterPassword: true, Object: 'userDecryptionOptions',
    MasterPasswordUnlock: {
      Kdf: { KdfType: 0, Iterations: account.kdfIterations, Memory: null, Parallelism: null }, MasterKeyEncryptedUserKey: sealed.userKey, ...wrapped,
      Salt: account.salt ?? account.email.toLowerCase(),
    },
  };
  return body;
}

export function profile(world, manner) {
  const { account, sealed } = world;
  const organizations = world.memberships.map((membership) => memberOrganization(world, membership));
  const body = {
    object: 'profile', id: account.id, name: account.name, email: account.email, emailVerified: true, premium: true, premiumFromOrganization: false, culture: 'en-US',
    twoFactorEnabled: Boolean(account.twoFactor), key: sealed.userKey, privateKey: sealed.privateKey, accountKeys: accountKeys(world), securityStamp: account.stamp,
    forcePasswordReset: false, usesKeyConnector: false, avatarColor: null, creationDate: '2025-01-01T00:00:00Z', verifyDevices: true, organizations,
    providers: world.providers.map((provider) => ({
      object: 'profileProvider', id: provider.id, name: provider.name, key: sealed.names.get(provider.id), status: 2, type: provider.type, enabled: provider.enabled,
      permissions: noPermissions(), userId: account.id, useEvents: true, providerStatus: 2, providerType: provider.providerType,
    })),
    providerOrganizations: world.providers.flatMap((provider) => provider.clients.map((client) => ({
      ...commonOrganization(world, client.organization), object: 'profileProviderOrganization', key: sealed.names.get(client.id), status: 2, type: 0,
      permissions: noPermissions(), providerId: provider.id, providerName: provider.name, providerType: provider.providerType,
    }))),
  };
  if (manner.bare) delete body.accountKeys;
  // The newer lists hold accepted memberships too, which have no key yet (§3.1).
  if (manner.both) body.organizationsNew = [...organizations, { ...organizations[0], id: 'aaaaaaaa-0000-4000-a000-00000000acce', name: 'Accepted only', status: 1, key: null, organizationUserId: 'aaaaaaaa-0000-4000-a000-00000000acc0' }];
  return body;
}

function memberOrganization(world, { organization, member }) {
  return {
    ...commonOrganization(world, organization), object: 'profileOrganization', key: world.sealed.names.get(`member ${organization.id}`), status: member.status, type: member.type,
    permissions: member.permissions, organizationUserId: member.id, userIsClaimedByOrganization: false, familySponsorshipFriendlyName: null, familySponsorshipAvailable: false,
    familySponsorshipLastSyncDate: null, familySponsorshipValidUntil: null, familySponsorshipToDelete: null, isAdminInitiated: false,
  };
}

function commonOrganization(world, organization) {
  const provider = world.providers.find(({ clients }) => clients.some((client) => client.organization === organization));
  const { limitCollectionCreation, limitCollectionDeletion, limitItemDeletion, allowAdminAccessToAllCollectionItems } = organization;
  return {
    id: organization.id, name: organization.name, enabled: organization.enabled ?? true, identifier: null, productTierType: organization.productTierType, ...organization.flags,
    selfHost: false, seats: organization.seats, maxCollections: null, maxStorageGb: 1, hasPublicAndPrivateKeys: true, ssoBound: false, resetPasswordEnrolled: false,
    limitCollectionCreation, limitCollectionDeletion, limitItemDeletion, allowAdminAccessToAllCollectionItems, providerId: provider?.id ?? null,
    providerName: provider?.name ?? null, providerType: provider?.providerType ?? null, ssoEnabled: false, keyConnectorEnabled: false, keyConnectorUrl: null,
    ssoMemberDecryptionType: null, accessSecretsManager: false, accessPam: false, userId: world.account.id,
  };
}

export function sync(world, manner) {
  const { sealed } = world;
  const enabled = world.memberships.filter(({ organization }) => organization.enabled !== false);
  const open = new Set(enabled.map(({ organization }) => organization.id));
  const policies = enabled.flatMap(({ organization }) => organization.policies.map((policy) => ({
    object: 'policy', id: organization.id.slice(0, 24) + String(policy.type).padStart(12, '0'), organizationId: organization.id, type: policy.type, data: policy.data, enabled: policy.enabled,
  })));
  const body = {
    object: 'sync', profile: profile(world, manner),
    folders: world.folders.map((folder) => ({ object: 'folder', ...folder, name: sealed.names.get(folder.id) })),
    collections: enabled.flatMap(({ organization, member }) => member.collections.map(({ id, ...grant }) => ({
      ...collection(world, organization, organization.collections.find((one) => one.id === id)), object: 'collectionDetails', ...grant,
    }))),
    ciphers: world.items.filter(({ organizationId }) => !organizationId || open.has(organizationId)).map(({ id }) => sealed.ciphers.get(id)),
    domains: null, policies, sends: [],
  };
  if (manner.both) body.policiesNew = policies;
  if (!manner.bare) body.userDecryption = { masterPasswordUnlock: unlock(world) };
  return body;
}

export function collection(world, organization, { id, name, ...rest }) {
  return { object: 'collection', id, organizationId: organization.id, name: world.sealed.names.get(id), ...rest };
}

/// `collections/details`: each with who has it.
export function collectionAccess(world, organization, one) {
  const holders = (people) => people.flatMap(({ id, collections }) => collections.filter((grant) => grant.id === one.id).map((grant) => ({ ...grant, id })));
  return {
    ...collection(world, organization, one), object: 'collectionAccessDetails', groups: holders(organization.groups), users: holders(organization.members),
    assigned: false, readOnly: false, hidePasswords: false, manage: false, unmanaged: false,
  };
}

export function organizationBody(world, organization) {
  const plan = { object: 'plan', type: organization.planType, productTier: organization.productTierType, name: organization.plan, isAnnual: false };
  return { ...commonOrganization(world, organization), object: 'organization', businessName: null, billingEmail: 'bill@client.test', plan, planType: organization.planType, secretsManagerPlan: null, maxAutoscaleSeats: null };
}

export function clientRow(world, provider, { id, creationDate, revisionDate, organization }) {
  const among = (...statuses) => organization.members.filter(({ status }) => statuses.includes(status)).length;
  const [userCount, occupiedSeats] = [among(2), among(0, 1, 2)];
  return {
    object: 'providerOrganizationOrganizationDetail', id, providerId: provider.id, organizationId: organization.id, organizationName: organization.name,
    key: world.sealed.names.get(id), settings: null, creationDate, revisionDate, userCount, seats: organization.seats, occupiedSeats,
    remainingSeats: organization.seats === null ? null : organization.seats - occupiedSeats, plan: organization.plan,
  };
}
