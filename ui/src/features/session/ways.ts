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

/** Ways that are common nouns, as they stand inside a sentence. */
const inSentence: Partial<Record<TwoStepWay, MessageKey>> = {
  authenticator: 'session.anAuthenticator',
  email: 'session.aMailedCode',
  recoveryCode: 'session.aRecoveryCode',
  webAuthn: 'session.aPasskey',
};

/** What the account offers and Portico does not, in one sentence. */
export function otherWays(ways: TwoStepWay[], { t, format }: Words): string {
  return t('session.otherWaysLacking', { ways: format.list(ways.map((way) => t(inSentence[way] ?? names[way]))) });
}
