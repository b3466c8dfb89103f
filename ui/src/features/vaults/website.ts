import type { ItemField } from '$/ipc/bindings/ItemField';

const REGULAR_EXPRESSION = 4;

/** Whether a browser could show the website of an item: a pattern, or the address of an app, is copied but not opened. */
export function opensInBrowser({ value, uriMatch }: Pick<ItemField, 'value' | 'uriMatch'>): boolean {
  if (value?.kind !== 'plain' || uriMatch === REGULAR_EXPRESSION) return false;
  // As `open_website` of the shell reads it.
  const address = value.value.includes('://') ? value.value : `https://${value.value}`;
  // Not every engine refuses a host with a space in it.
  return !/\s/.test(address.trim()) && URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
