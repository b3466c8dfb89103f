import type { MemberRole } from '$/ipc/bindings/MemberRole';
import type { MemberStatus } from '$/ipc/bindings/MemberStatus';
import type { MessageKey } from '$/messages/catalogue';

/** The words for a member's role and state, for every page that shows members. */

export const roleWords: Record<MemberRole, MessageKey> = {
  owner: 'client.owner',
  admin: 'client.admin',
  user: 'client.user',
  custom: 'client.custom',
  unknown: 'client.unknownRole',
};

export const statusWords: Record<MemberStatus, MessageKey> = {
  invited: 'client.invited',
  needsConfirmation: 'client.needsConfirmation',
  confirmed: 'client.confirmed',
  revoked: 'client.revoked',
  staged: 'client.staged',
  unknown: 'client.unknownStatus',
};

/** Tone of the badge beside a name; a confirmed member carries none. */
export const statusTones: Record<MemberStatus, 'neutral' | 'warning' | 'danger'> = {
  invited: 'neutral',
  needsConfirmation: 'warning',
  confirmed: 'neutral',
  revoked: 'danger',
  staged: 'neutral',
  unknown: 'neutral',
};
