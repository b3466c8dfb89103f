/** Longer than systems wait for the second half of a double click, unless somebody has set more. */
const DOUBLE_CLICK = 500;

/**
 * Something was closed: the second half of the double click that closed it means nothing to what comes in sight beneath.
 * Single clicks do, at once.
 */
export function swallowSecondClick(): void {
  const swallow = (event: MouseEvent) => {
    if (event.detail < 2) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const kinds = ['mousedown', 'click', 'dblclick'] as const;
  for (const kind of kinds) window.addEventListener(kind, swallow, true);
  setTimeout(() => {
    for (const kind of kinds) window.removeEventListener(kind, swallow, true);
  }, DOUBLE_CLICK);
}
