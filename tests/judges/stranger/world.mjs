// The made-up world: an account, its vault, two organizations, two providers and their clients.

import { freshKey, makeKeyPair } from './sealing.mjs';
import { makeDice } from './dice.mjs';
import { attach, makeItem } from './items.mjs';
import { makeOrganization, makeProvider } from './organizations.mjs';
import { codesOf } from './totp.mjs';

export function makeWorld(seed, manner) {
  const dice = makeDice(seed);
  const account = {
    id: dice.uuid(), email: 'Zoe.Angstrom+portico@Example.TEST', password: 'pässwörd–🔐 of the stranger', name: 'Zoë Ångström', kdfIterations: manner.iterations ?? 5000,
    salt: manner.salt ?? null, stamp: dice.uuid(), apiKey: dice.uuid().slice(0, 30), userKey: freshKey(), pair: makeKeyPair(),
  };
  const world = { dice, account, revision: Date.now(), folders: [], items: [], memberships: [], providers: [] };
  world.folders = ['Work', 'Work/Größe', 'null', 'Empty'].map((name) => ({ id: dice.uuid(), name, revisionDate: dice.ago(86400) }));
  if (!manner.noProviders) {
    world.providers = [
      makeProvider(dice, 'Größte IT & Söhne', account, 0, ['Client 2', 'Client 10', 'Café “Zoë”', '=cmd|calc', '株式会社'].slice(0, manner.clients ?? 5)),
      makeProvider(dice, 'Business Unit', account, 1, ['Unit One'], { providerType: 2 }),
    ];
  }
  joinOrganizations(world, manner);
  fillVault(world, manner);
  if (manner.newer) addWhatIsNewer(world);
  return world;
}

// An owner here, a plain user there, and a member of one of the provider's clients.
function joinOrganizations(world, manner) {
  const { dice, account } = world;
  const join = (organization, type, wrapping, reach) => {
    const collections = reach.map((grant, n) => ({ id: organization.collections[n].id, ...grant }));
    const member = {
      ...organization.members[0], id: dice.uuid(), userId: account.id, type, status: 2, name: account.name, email: account.email.toLowerCase(), collections, groups: [],
    };
    organization.members.push(member);
    // It would hide cards, from owners too, and here everything is to be seen.
    for (const policy of organization.policies) if (policy.type === 15) policy.enabled = false;
    world.memberships.push({ organization, member, wrapping });
  };
  const edit = { readOnly: false, hidePasswords: false, manage: false };
  const [first, second, third] = manner.legacy ? [6, 3, 5] : [4, 4, 4];
  join(makeOrganization(dice, 'Owned & Sons'), 0, first, [{ ...edit, manage: true }, edit]);
  join(makeOrganization(dice, 'Hidden GmbH'), 2, second, [{ readOnly: true, hidePasswords: true, manage: false }]);
  if (world.providers.length) join(world.providers[0].clients[0].organization, 1, third, [{ ...edit, manage: true }]);
}

function fillVault(world, manner) {
  const { dice } = world;
  const types = manner.olderTypes ? [1, 2, 3, 4, 5] : [1, 2, 3, 4, 5, 6, 7, 8];
  for (const type of [...types, ...types, 1, 1, 1, 1]) {
    world.items.push(makeItem(dice, type, { folderId: dice.chance(0.5) ? dice.pick(world.folders).id : null }));
  }
  const [mine, old] = world.items;
  attach(dice, mine, true);
  attach(dice, mine, true);
  attach(dice, old, false);
  world.items.push(makeItem(dice, 1, { name: 'in the trash', deletedDate: dice.ago(86400) }));
  world.items.push(makeItem(dice, 1, { name: 'archived', archivedDate: dice.ago(86400) }));
  world.items.push(makeItem(dice, 2, { name: 'ownerless key', ownKey: true, notes: '' }));
  for (const { organization, member } of world.memberships) {
    for (const grant of member.collections) {
      for (const type of [1, ...dice.some(types, 0.4)]) {
        const permissions = { delete: !grant.readOnly, restore: !grant.readOnly };
        world.items.push(makeItem(dice, type, { organizationId: organization.id, collectionIds: [grant.id], edit: !grant.readOnly, viewPassword: !grant.hidePasswords, permissions }));
      }
    }
    attach(dice, world.items.at(-1), world.items.at(-1).ownKey);
    attach(dice, world.items.at(-1), false);
  }
}

// Numbers, types and ciphertexts of a later server (§2.9: "keep unknown EncStrings opaque and skip single items that fail").
function addWhatIsNewer(world) {
  const { dice } = world;
  world.items.push({ ...makeItem(dice, 42, { name: 'of an unknown type' }), mystery: { a: 'secret a', b: 'secret b' } });
  world.items.push({ ...makeItem(dice, 2, { name: null }), unreadable: true });
  const login = makeItem(dice, 1, { name: 'unknown numbers', reprompt: 7 });
  login.fields = [{ type: 9, name: 'odd field', value: 'odd value', linkedId: null }, { type: 3, name: 'odd link', value: null, linkedId: 999 }];
  login.login.uris = [{ uri: 'https://newer.example', match: 9 }];
  world.items.push(login);
  for (const { organization } of world.providers.flatMap(({ clients }) => clients)) {
    Object.assign(organization.members[1], { type: 9 });
    if (organization.members[2]) Object.assign(organization.members[2], { status: 8, revocationReason: organization.members[2].status === -1 ? 77 : null });
    if (organization.policies.length) organization.policies.push({ type: 777, enabled: true, canToggleState: true, data: { later: [1, { deep: true }] } });
    if (organization.events.length) organization.events[0].type = 9999;
    organization.collections.push({ id: dice.uuid(), name: 'of an unknown type', externalId: null, type: 6, defaultUserCollectionEmail: null });
  }
}

/// What a test compares with: everything in plain, nothing of it read back from the wire.
export function truthOf(world) {
  const withoutKeys = (name, value) => (['key', 'userKey', 'pair', 'dice'].includes(name) && typeof value === 'object' ? undefined : value);
  return JSON.parse(JSON.stringify({
    account: { id: world.account.id, apiKey: world.account.apiKey }, odd: Boolean(world.manner.odd), folders: world.folders,
    items: world.items.map((item) => ({
      ...item, attachments: item.attachments?.map((file) => ({ ...file, bytes: file.bytes.toString('base64') })) ?? null,
      codes: item.login?.totp ? codesOf(item.login.totp) : [],
    })),
    organizations: world.memberships.map(({ organization, member }) => ({ ...organization, own: member })), providers: world.providers,
  }, withoutKeys));
}
