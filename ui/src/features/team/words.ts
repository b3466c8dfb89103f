import type { MemberStatus } from '$/ipc/bindings/MemberStatus';
import type { TeamObstacle } from '$/ipc/bindings/TeamObstacle';
import type { TeamRefused } from '$/ipc/bindings/TeamRefused';
import type { TeamRole } from '$/ipc/bindings/TeamRole';
import type { TeamRow } from '$/ipc/bindings/TeamRow';
import type { MessageKey } from '$/messages/catalogue';
import { refusalText } from '$/state/failure';
import type { Words } from '$/state/words.svelte';

export const teamRoles: readonly TeamRole[] = ['serviceUser', 'providerAdmin'];

export const roleWords: Record<TeamRole, MessageKey> = {
  providerAdmin: 'team.providerAdmin',
  serviceUser: 'team.serviceUser',
};

export const roleHints: Record<TeamRole, MessageKey> = {
  providerAdmin: 'team.providerAdminHint',
  serviceUser: 'team.serviceUserHint',
};

export const statusWords: Record<MemberStatus, MessageKey> = {
  invited: 'team.invited',
  needsConfirmation: 'team.needsConfirmation',
  confirmed: 'team.confirmed',
  revoked: 'client.revoked',
  staged: 'client.staged',
  unknown: 'client.unknownStatus',
};

export const statusTones: Record<MemberStatus, 'neutral' | 'warning'> = {
  invited: 'neutral',
  needsConfirmation: 'warning',
  confirmed: 'neutral',
  revoked: 'neutral',
  staged: 'neutral',
  unknown: 'neutral',
};

export const obstacleWords: Record<TeamObstacle, MessageKey> = {
  lastAdmin: 'errors.lastAdmin',
  yourself: 'errors.yourself',
};

/** Name of a person; the address where there is none yet. */
export const nameOf = (row: TeamRow): string => row.name ?? row.email;

/** Why something was not done to one person. */
export function refusedText({ reason, said }: TeamRefused, words: Words): string {
  const reasons: Record<TeamRefused['reason'], MessageKey> = {
    server: 'team.refusedServer',
    keyChanged: 'team.refusedKeyChanged',
    badKey: 'team.refusedBadKey',
    notAccepted: 'team.refusedNotAccepted',
    notThere: 'team.refusedNotThere',
  };
  if (said === null) return words.t(reasons[reason]);
  return refusalText(said, words, { 'User invalid.': 'team.refusedInvalid' }) ?? words.t('errors.said', { detail: said });
}
