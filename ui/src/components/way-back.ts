/** What of the page the keyboard can stand on, but for the page as a whole. */
const STOPS = 'button, a[href], input, select, textarea, [tabindex]:not(main)';

/** Where the person was last, outside of all layers. */
let last: HTMLElement | null = null;

/**
 * Follows where the keyboard and the pointer are in the page, until the returned function is called. Menus, dialogs and the
 * palette lie in a part of their own (App): the row of a menu that opened a dialog is gone when the dialog closes, and so is
 * the palette. The pointer counts too, because not every engine gives a button the focus that is clicked.
 */
export function followPerson(): () => void {
  function look({ target }: Event) {
    if (target instanceof Element && !target.closest('#layers')) last = target.closest<HTMLElement>(STOPS) ?? last;
  }
  document.addEventListener('focusin', look);
  document.addEventListener('pointerdown', look, { capture: true });
  return () => {
    document.removeEventListener('focusin', look);
    document.removeEventListener('pointerdown', look, { capture: true });
    last = null;
  };
}

/**
 * Asked when a dialog opens: the way back for the keyboard once it closes. To the button that led there; where that is gone,
 * to the list that it stood in, or to the title of its panel; else to the title of the page.
 */
export function wayBack(): () => void {
  const opener = last;
  const list = opener?.closest<HTMLElement>('[role="grid"], [role="tree"]');
  const panel = opener?.closest('aside')?.querySelector<HTMLElement>('h2[tabindex]');
  return () => {
    for (const place of [opener, list, panel, document.querySelector<HTMLElement>('main h1')]) {
      if (!place?.isConnected) continue;
      place.focus({ preventScroll: true });
      if (document.activeElement === place) return;
    }
  };
}
