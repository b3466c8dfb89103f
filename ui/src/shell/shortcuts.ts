import { isCommand, onMac } from '$/state/keys';

export interface ShortcutActions {
  search: () => void;
  lock: () => void;
  back: () => void;
  forward: () => void;
  /** The tile at this place, from 0; places are those of the product list. */
  product: (place: number) => void;
}

/** The keys that work on every page: Ctrl/⌘ K search, Ctrl/⌘ L lock, Ctrl/⌘ 1…4 products, Alt+arrows (⌘ [ ] on a Mac) back and forward. */
export function shortcuts(actions: ShortcutActions): (event: KeyboardEvent) => void {
  return (event) => {
    const act = chosen(event, actions);
    if (!act) return;
    event.preventDefault();
    act();
  };
}

function chosen(event: KeyboardEvent, actions: ShortcutActions): (() => void) | undefined {
  if (isCommand(event) && !event.altKey && !event.shiftKey) {
    if (event.key.toLowerCase() === 'k') return actions.search;
    if (event.key.toLowerCase() === 'l') return actions.lock;
    // By the key, not by its letter: on a French keyboard the digits are behind Shift.
    const digit = /^(?:Digit|Numpad)([1-4])$/.exec(event.code)?.[1];
    if (digit) return () => actions.product(Number(digit) - 1);
    if (onMac && event.key === '[') return actions.back;
    if (onMac && event.key === ']') return actions.forward;
  }
  if (!onMac && event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    if (event.key === 'ArrowLeft') return actions.back;
    if (event.key === 'ArrowRight') return actions.forward;
  }
  return undefined;
}
