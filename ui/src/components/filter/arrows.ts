/** Up and down lead through the search and the rows of a list that a button opens, as they do in a menu; Enter leads from the search to the rows. */
export function leadThrough(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const { key, target } = event;
  const searching = target instanceof HTMLInputElement && target.type === 'text';
  const by = key === 'ArrowDown' || (key === 'Enter' && searching) ? 1 : key === 'ArrowUp' ? -1 : 0;
  const isPlain = !(event.shiftKey || event.altKey || event.ctrlKey || event.metaKey);
  if (by === 0 || !isPlain || event.isComposing) return;
  event.preventDefault();
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, button')];
  stops[stops.indexOf(target as HTMLElement) + by]?.focus();
}
