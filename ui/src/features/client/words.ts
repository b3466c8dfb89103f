import type { AccessPathKind } from '$/ipc/bindings/AccessPathKind';
import type { Permission } from '$/ipc/bindings/Permission';
import type { StaleReason } from '$/ipc/bindings/StaleReason';
import type { MessageKey } from '$/messages/catalogue';

export { roleWords, statusTones, statusWords } from '$/state/member-words';

/** The words for what the server tells as a number or a name. */

export const permissionWords: Record<Permission, MessageKey> = {
  view: 'client.permissionView',
  viewHidden: 'client.permissionViewHidden',
  edit: 'client.permissionEdit',
  editHidden: 'client.permissionEditHidden',
  manage: 'client.permissionManage',
};

/** The same in two words, for narrow columns. */
export const permissionShort: Record<Permission, MessageKey> = {
  view: 'client.shortView',
  viewHidden: 'client.shortViewHidden',
  edit: 'client.shortEdit',
  editHidden: 'client.shortEditHidden',
  manage: 'client.shortManage',
};

export const viaWords: Record<Exclude<AccessPathKind, 'group'>, MessageKey> = {
  direct: 'client.viaDirect',
  role: 'client.viaRole',
  adminsManageEverything: 'client.viaAdmins',
};

export const staleWords: Record<StaleReason, MessageKey> = {
  refused: 'client.staleRefused',
  unreachable: 'client.staleUnreachable',
  noAnswer: 'client.staleNoAnswer',
  untrusted: 'client.staleUntrusted',
  throttled: 'client.staleThrottled',
  nonsense: 'client.staleNonsense',
  serverError: 'client.staleServerError',
  damaged: 'client.staleDamaged',
  neverRead: 'client.staleNeverRead',
  tooOld: 'client.staleTooOld',
  notReached: 'client.staleNotReached',
};

/** Custom permissions by their wire names (protocol.md §3.3). */
export const customWords: Record<string, MessageKey> = {
  accessEventLogs: 'client.customAccessEventLogs',
  accessImportExport: 'client.customAccessImportExport',
  accessReports: 'client.customAccessReports',
  createNewCollections: 'client.customCreateNewCollections',
  editAnyCollection: 'client.customEditAnyCollection',
  deleteAnyCollection: 'client.customDeleteAnyCollection',
  manageGroups: 'client.customManageGroups',
  managePolicies: 'client.customManagePolicies',
  manageSso: 'client.customManageSso',
  manageUsers: 'client.customManageUsers',
  manageResetPassword: 'client.customManageResetPassword',
  manageScim: 'client.customManageScim',
  manageAccessRules: 'client.customManageAccessRules',
};

/** Why a member was revoked, by server number; others read as not told. */
export const revocationWords: Record<number, MessageKey> = {
  1: 'client.revocation1',
  2: 'client.revocation2',
  3: 'client.revocation3',
  4: 'client.revocation4',
};
