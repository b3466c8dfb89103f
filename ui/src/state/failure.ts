import type { HostError } from '$/ipc/host';
import type { MessageKey } from '$/messages/catalogue';

import type { Words } from './words.svelte';

/** What servers say to people when they refuse (protocol.md §5), in our words. */
const refusals: Record<string, MessageKey> = {
  'Resource not found.': 'errors.notFound',
  'You cannot remove yourself.': 'errors.yourself',
  'Provider must have at least one confirmed ProviderAdmin.': 'errors.lastAdmin',
  'Organization must have at least one confirmed owner.': 'errors.ownerless',
  'Organization already belongs to a provider.': 'errors.hasProvider',
};

/** A failed command as sentences: what happened; of a refusal that is not known, what the server said. `known`: refusals that mean more where this is. */
export function failureText(error: HostError, words: Words, known: Record<string, MessageKey> = {}): string {
  const { code, detail } = error;
  if (code === 'damagedPart' && detail) return words.t('errors.damagedNamed', { name: detail });
  if (code !== 'refused' || !detail) return words.t(`errors.${code}`);
  return refusalText(detail, words, known) ?? words.t('errors.said', { detail });
}

/** What a server said, in our words if they are known. */
export function refusalText(said: string, words: Words, known: Record<string, MessageKey> = {}): string | undefined {
  const key = known[said] ?? refusals[said];
  return key && words.t(key);
}
