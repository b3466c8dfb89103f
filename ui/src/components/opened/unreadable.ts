import type { Text } from '$/ipc/bindings/Text';
import type { UnreadableReason } from '$/ipc/bindings/UnreadableReason';
import type { MessageKey } from '$/messages/catalogue';

/** Why a value does not open, as a sentence. */
export const unreadableReasons: Record<UnreadableReason, MessageKey> = {
  wrongKeyOrDamaged: 'common.unreadableWrongKeyOrDamaged',
  newerFormat: 'common.unreadableNewerFormat',
  malformed: 'common.unreadableMalformed',
  keyMissing: 'common.unreadableKeyMissing',
  altered: 'common.unreadableAltered',
  tooLarge: 'common.unreadableTooLarge',
  noId: 'common.unreadableNoId',
  sameId: 'common.unreadableSameId',
  unsupported: 'common.unreadableUnsupported',
  noChecksum: 'common.unreadableNoChecksum',
};

/** The text for a tooltip or a sort key: the words for "cannot be opened" where it does not open. */
export function textOr(text: Text, unreadable: string): string {
  return text.kind === 'plain' ? text.value : unreadable;
}
