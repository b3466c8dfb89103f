/** Tells the button of a menu where the pointer asks for it: a `CustomEvent` with a `DOMRect`. */
export const AT_POINTER = 'menuatpointer';

/**
 * The menu of the second mouse button, and of its key, until the returned function is called. The engine's own one offers to go
 * back and to load the page again, which mean nothing here: it stays for text that is written or selected. A row of a list has
 * a menu, and opens it.
 */
export function ownContextMenu(): () => void {
  function open(event: MouseEvent) {
    const { target } = event;
    if (!(target instanceof Element) || isText(target)) return;
    event.preventDefault();
    const pointed = target.closest('[role="row"]');
    // The key means the row that the keyboard is on, while the focus is on the whole list.
    const row = pointed ?? document.getElementById(target.getAttribute('aria-activedescendant') ?? '');
    const button = [...(row?.querySelectorAll<HTMLElement>('[aria-haspopup="menu"]') ?? [])].at(-1);
    if (pointed) button?.dispatchEvent(new CustomEvent(AT_POINTER, { detail: new DOMRect(event.clientX, event.clientY) }));
    button?.click();
  }
  document.addEventListener('contextmenu', open);
  return () => document.removeEventListener('contextmenu', open);
}

function isText(target: Element): boolean {
  if (target.closest('input, textarea, [contenteditable]')) return true;
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && selection.getRangeAt(0).intersectsNode(target);
}
