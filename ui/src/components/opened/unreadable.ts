import type { Text } from '$/ipc/bindings/Text';
import type { UnreadableReason } from '$/ipc/bindings/UnreadableReason';
import type { MessageKey } from '$/messages/catalogue';
import type { Words } from '$/state/words.svelte';

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

/** A name as text, for a tooltip, a heading or a sort key: one that does not open, or is empty, is told as such. */
export function nameOf(text: Text, t: Words['t'], empty: MessageKey = 'common.noName'): string {
  if (text.kind !== 'plain') return t('common.unreadable');
  return text.value.trim() === '' ? t(empty) : text.value;
}
