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
  const listening = new AbortController();
  for (const kind of ['mousedown', 'click', 'dblclick'] as const) {
    window.addEventListener(kind, swallow, { capture: true, signal: listening.signal });
  }
  setTimeout(() => listening.abort(), DOUBLE_CLICK);
}
