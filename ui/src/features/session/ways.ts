import type { TwoStepWay } from '$/ipc/bindings/TwoStepWay';
import type { MessageKey } from '$/messages/catalogue';
import type { Words } from '$/state/words.svelte';

const names: Record<TwoStepWay, MessageKey> = {
  authenticator: 'session.wayAuthenticator',
  email: 'session.wayEmail',
  yubiKey: 'session.wayYubiKey',
  recoveryCode: 'session.wayRecoveryCode',
  duo: 'session.wayDuo',
  webAuthn: 'session.wayWebAuthn',
  unknown: 'session.wayUnknown',
};

export const wayName = (way: TwoStepWay, t: Words['t']): string => t(names[way]);

/** What the account offers and Portico does not, in one sentence. */
export function otherWays(ways: TwoStepWay[], t: Words['t']): string {
  return t('session.otherWaysLacking', { ways: ways.map((way) => wayName(way, t)).join(', ') });
}
