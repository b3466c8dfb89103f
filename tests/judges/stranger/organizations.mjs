// Organizations and providers: who is in them, who has what, and their logs. Plain; `wire.mjs` puts them under keys.

import { freshKey } from './sealing.mjs';

const FLAGS = 'usePolicies useSso useKeyConnector useScim useGroups useDirectory useEvents useTotp use2fa useApi useResetPassword useSecretsManager usePasswordManager usersGetPremium useCustomPermissions useActivateAutofillPolicy useRiskInsights useOrganizationDomains useAdminSponsoredFamilies useAutomaticUserConfirmation useDisableSMAdsForUsers usePhishingBlocker useMyItems useInviteLinks usePam'.split(' ');
const PERMISSIONS = 'accessEventLogs accessImportExport accessReports createNewCollections editAnyCollection deleteAnyCollection manageGroups managePolicies manageSso manageUsers manageResetPassword manageScim manageAccessRules'.split(' ');
const PEOPLE = ['Åsa Öberg', 'Jean-François Lefèvre', "D'Arcy O'Neil", '李 小龍', '=HYPERLINK("x")', 'Maria "Mia" Rossi', 'x'.repeat(80), 'Ünal İnce', 'bob', 'Zoë'];
const TEAMS = ['Administrators', 'Équipe Réseau', 'R&D <beta>', '名前', 'Sales; EMEA', 'Night shift'];
const DRAWERS = ['Default collection', 'Servers', 'Servers/Linux', 'Servers/Linux/Prod', 'Größe & Maß', 'Empty', '共有', 'Finance "2026"'];

export const noPermissions = () => Object.fromEntries(PERMISSIONS.map((name) => [name, false]));

export function makeOrganization(dice, name, options = {}) {
  const organization = {
    id: dice.uuid(), name, key: freshKey(), seats: dice.pick([10, 25, 100, null]), plan: 'Enterprise (Monthly)', planType: 19, productTierType: 3,
    flags: Object.fromEntries(FLAGS.map((flag) => [flag, flag !== 'useSecretsManager' && flag !== 'usePam'])),
    limitCollectionCreation: dice.chance(0.5), limitCollectionDeletion: dice.chance(0.5), limitItemDeletion: false,
    allowAdminAccessToAllCollectionItems: dice.chance(0.5), ...options,
  };
  if (options.without) organization.flags[options.without] = false;
  organization.collections = dice.some(DRAWERS, 0.8).map((drawer) => ({ id: dice.uuid(), name: drawer, externalId: dice.pick([null, 'ext-1']), type: 0, defaultUserCollectionEmail: null }));
  organization.collections.push({ id: dice.uuid(), name: 'My items', externalId: null, type: 1, defaultUserCollectionEmail: `left${dice.int(99)}@gone.test` });
  const shared = organization.collections.filter(({ type }) => type === 0);
  const grants = (probability) => dice.some(shared, probability).map(({ id }) => ({ id, ...dice.pick([
    { readOnly: true, hidePasswords: false, manage: false }, { readOnly: true, hidePasswords: true, manage: false },
    { readOnly: false, hidePasswords: false, manage: false }, { readOnly: false, hidePasswords: true, manage: false },
    { readOnly: false, hidePasswords: false, manage: true },
  ]) }));
  organization.groups = organization.flags.useGroups
    ? dice.some(TEAMS, 0.7).map((team) => ({ id: dice.uuid(), name: team, externalId: dice.pick([null, 'dir-7']), collections: grants(0.3) }))
    : [];
  organization.members = Array.from({ length: 4 + dice.int(9) }, (_, n) => makeMember(dice, organization, grants, n));
  organization.policies = Array.from({ length: 23 }, (_, type) => ({
    type, enabled: dice.chance(0.4), canToggleState: true,
    data: type === 1 ? { minComplexity: 3, minLength: 14, requireUpper: true } : type === 9 ? { minutes: 15, hours: 0, action: 'lock' } : type === 15 ? [3] : null,
  }));
  if (!organization.flags.usePolicies) organization.policies = [];
  organization.events = organization.flags.useEvents ? makeEvents(dice, organization, dice.pick([0, 3, 49, 50, 51, 120])) : [];
  return organization;
}

function makeMember(dice, organization, grants, n) {
  // Somebody has to own it, and somebody has to be there of each kind that is treated differently.
  const status = n === 0 ? 2 : n === 1 ? 0 : dice.pick([2, 2, 2, 1, 0, -1, 3]);
  const type = n === 0 ? 0 : dice.pick([2, 2, 2, 1, 0, 4]);
  const known = status !== 0 && status !== 3;
  return {
    id: dice.uuid(), userId: known ? dice.uuid() : null, type, status, externalId: null, accessSecretsManager: false, accessPam: false,
    permissions: { ...noPermissions(), manageUsers: type === 4, accessEventLogs: type === 4 && dice.chance(0.5) },
    resetPasswordEnrolled: known && dice.chance(0.5), usesKeyConnector: false, hasMasterPassword: known,
    name: known && dice.chance(0.8) ? dice.pick(PEOPLE) : null,
    email: `p${n}.${dice.int(1000)}@${dice.pick(['acme.test', 'xn--bcher-kva.test', 'sub.domain.example.org'])}`, avatarColor: null,
    twoFactorEnabled: known && dice.chance(0.6), ssoBound: false, claimedByOrganization: false, collections: grants(0.3),
    groups: dice.some(organization.groups, 0.4).map(({ id }) => id), revocationReason: status === -1 ? dice.pick([null, 1, 2, 3]) : null,
    creationDate: dice.ago(86400 * (1 + dice.int(700))),
  };
}

// Newest first, all of them within the last month except the last, which lies beyond what is asked without dates.
function makeEvents(dice, organization, count) {
  const member = () => dice.pick(organization.members);
  const events = Array.from({ length: count }, (_, n) => {
    const type = dice.pick([1500, 1501, 1502, 1107, 1111, 1300, 1400, 1600, 1700, 1000, 1518, 2002]);
    const actor = member();
    return event(dice.ago(120 + n * 3600 * 5 + dice.int(3000)), {
      type, organizationId: organization.id, actingUserId: actor.userId, organizationUserId: type >= 1500 && type < 1600 ? member().id : null,
      collectionId: type === 1300 ? dice.pick(organization.collections).id : null, groupId: type === 1400 ? dice.pick(organization.groups)?.id ?? null : null,
      cipherId: type === 1107 || type === 1111 ? dice.uuid() : null, userId: type === 1000 ? actor.userId : null,
      systemUser: type === 2002 ? 2 : null, domainName: type === 2002 ? 'acme.test' : null,
    });
  });
  if (count) events.push(event(dice.ago(86400 * 40), { type: 1500, organizationId: organization.id, organizationUserId: member().id }));
  return events;
}

export function event(date, members) {
  const names = 'type userId organizationId providerId cipherId collectionId groupId policyId organizationUserId providerUserId providerOrganizationId actingUserId installationId date deviceType ipAddress systemUser domainName secretId projectId serviceAccountId grantedServiceAccountId sendId'.split(' ');
  return { object: 'event', ...Object.fromEntries(names.map((name) => [name, null])), date, deviceType: 9, ipAddress: '192.0.2.7', ...members };
}

/// A provider of which the account is a member with the role `type` (0 admin, 1 service user).
export function makeProvider(dice, name, account, type, clientNames, options = {}) {
  const provider = { id: dice.uuid(), name, key: freshKey(), type, providerType: options.providerType ?? 0, enabled: true, billingEmail: 'billing@provider.test' };
  provider.users = [
    { id: dice.uuid(), userId: account.id, type, status: 2, name: account.name, email: account.email },
    { id: dice.uuid(), userId: dice.uuid(), type: 0, status: 2, name: 'Second Admin', email: 'second@provider.test' },
    { id: dice.uuid(), userId: dice.uuid(), type: 1, status: 1, name: 'Åke Accepted', email: 'ake@provider.test' },
    { id: dice.uuid(), userId: null, type: 1, status: 0, name: null, email: 'invited@provider.test' },
  ];
  provider.clients = clientNames.map((client, n) => ({
    id: dice.uuid(), creationDate: dice.ago(86400 * (30 + n)), revisionDate: dice.ago(86400 * (3 + n)),
    organization: makeOrganization(dice, client, { without: [null, 'useGroups', 'useEvents', 'usePolicies'][n % 4], ...options.organization }),
  }));
  provider.events = Array.from({ length: 130 }, (_, n) => event(dice.ago(60 + n * 3600 * 5 + dice.int(3000)), {
    type: dice.pick([1800, 1801, 1802, 1900, 1903]), providerId: provider.id, providerUserId: dice.pick(provider.users).id, actingUserId: account.id, deviceType: 8,
  }));
  return provider;
}
