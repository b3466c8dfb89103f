/** True on a Mac, where ⌘ takes the place of Ctrl. */
export const onMac = /Mac/.test(navigator.platform);

/** Whether the key was pressed as a shortcut: with Ctrl or, on a Mac, ⌘. */
export function isCommand({ ctrlKey, metaKey }: Pick<KeyboardEvent, 'ctrlKey' | 'metaKey'>): boolean {
  return onMac ? metaKey && !ctrlKey : ctrlKey && !metaKey;
}

/** Key caps of a shortcut for this computer, for example "Ctrl K" or "⌘ K". */
export function caps(letter: string, ctrl: string): string {
  return `${onMac ? '⌘' : ctrl} ${letter}`;
}
