import type { InvitationKind } from '$/ipc/bindings/InvitationKind';
import type { HostError } from '$/ipc/host';
import type { MessageKey } from '$/messages/catalogue';
import { failureText, refusalText } from '$/state/failure';
import type { Words } from '$/state/words.svelte';

/** What servers say of a link that they do not take (protocol.md §1.2, §5.5, §5.6). */
const known: Record<string, MessageKey> = {
  'User invalid.': 'joining.withdrawn',
  'Invalid token.': 'joining.tooOld',
  'Invalid provider invite token.': 'joining.tooOld',
  'Invalid email verification token.': 'joining.signUpTooOld',
  'User email does not match invite.': 'joining.otherAddress',
  'Invalid owner.': 'joining.notOwner',
  'Provider is already setup.': 'joining.setUpAlready',
  'Registration is disabled on this server.': 'joining.closed',
  'An organization the user is a part of has enabled Automatic User Confirmation policy, and it does not support the user joining a provider.':
    'joining.automaticConfirmation',
};

const ofDeletion: Record<string, MessageKey> = { 'Invalid token.': 'joining.deleteTooOld' };

/** Why an invitation, or another link of this kind, came to nothing, and what to do. */
export function linkFailureText(failure: HostError, kind: InvitationKind | undefined, words: Words): string {
  const { code, detail } = failure;
  const isDeletion = kind === 'deleteProvider';
  const refusals = isDeletion ? ofDeletion : known;
  const unknown = isDeletion ? 'joining.deleteRefused' : kind === 'joinProvider' ? 'joining.refused' : undefined;
  if (code !== 'refused' || !detail || !unknown) return failureText(failure, words, refusals);
  return refusalText(detail, words, refusals) ?? words.t(unknown, { detail });
}
