import { nameOf } from '$/components/opened/unreadable';
import type { CopyReceipt } from '$/ipc/bindings/CopyReceipt';
import type { ItemDetail } from '$/ipc/bindings/ItemDetail';
import type { ItemField } from '$/ipc/bindings/ItemField';
import type { MessageKey } from '$/messages/catalogue';
import type { App } from '$/state/app';
import { isCommand } from '$/state/keys';
import type { Words } from '$/state/words.svelte';
import type { ItemSecrets } from './item-secrets.svelte';
import { fieldWords } from './words';

/** What a field is called: the person's own name of a custom field, otherwise the word for its wire name. */
export function fieldName(field: Pick<ItemField, 'label' | 'name'>, { t }: Words): string {
  if (field.name) return nameOf(field.name, t, 'vaults.unnamedField');
  const word = fieldWords[field.label];
  return word ? t(word) : field.label || t('vaults.unnamedField');
}

/** Copies a field in Rust and says so. A failure stands under the field, not in a toast. */
export async function copyField(
  { toasts, words }: Pick<App, 'toasts' | 'words'>,
  secrets: ItemSecrets,
  itemId: string,
  field: Pick<ItemField, 'id' | 'label' | 'name'>,
): Promise<void> {
  const receipt = await secrets.copy(itemId, field.id);
  if (receipt) sayCopied({ toasts, words }, field, receipt);
}

/** Says what was copied, and for how long. */
export function sayCopied({ toasts, words }: Pick<App, 'toasts' | 'words'>, field: Pick<ItemField, 'label' | 'name'>, receipt: CopyReceipt): void {
  const name = fieldName(field, words);
  toasts.done(
    receipt.clearsIn === null
      ? words.t('vaults.copiedStays', { field: name })
      : words.t('vaults.copied', { field: name, seconds: receipt.clearsIn }),
  );
}

/** A field of an item that is not open yet. */
export interface Wanted {
  find: (item: ItemDetail) => ItemField | undefined;
  /** What it is called where there is none. */
  word: MessageKey;
}

/** Which field a shortcut means; `undefined` where it means none and the key keeps its usual sense. */
export function fieldForKey(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
  selectedText: string,
): Wanted | undefined {
  if (!isCommand(event) || event.altKey || event.shiftKey) return undefined;
  // Text that is selected is what Ctrl C is for.
  if (event.key === 'c' && selectedText === '') return { find: mainSecret, word: 'vaults.fieldPassword' };
  return event.key === 'u' ? { find: username, word: 'vaults.fieldUsername' } : undefined;
}

/** The password, card number, private key…: the first hidden field; of a note, the note. */
function mainSecret(item: ItemDetail): ItemField | undefined {
  const fields = item.sections.flatMap((section) => section.fields);
  return fields.find((field) => field.kind === 'hidden') ?? fields.find((field) => field.kind === 'note');
}

function username(item: ItemDetail): ItemField | undefined {
  return item.sections.flatMap((section) => section.fields).find((field) => field.label === 'username');
}
