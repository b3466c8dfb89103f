/** True on a Mac, where ⌘ takes the place of Ctrl. */
export const onMac = /Mac/.test(navigator.platform);

/** Key caps of a shortcut for this computer, for example "Ctrl K" or "⌘ K". */
export function caps(letter: string, ctrl: string): string {
  return `${onMac ? '⌘' : ctrl} ${letter}`;
}
