import { isCommand } from './keys';
import type { Preferences } from './preferences.svelte';

/** How large the page may be, in per cent: the steps that browsers have. */
export const zoomSteps = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200] as const;
export const actualSize = 100;

export type ZoomStep = 'in' | 'out' | 'actual';

/** Milliseconds. A turn of a wheel comes as several events. */
const BETWEEN_TURNS = 80;

/** The size that a step leads to; the same one at the end of the steps. */
export function zoomAfter(zoom: number, step: ZoomStep): number {
  if (step === 'actual') return actualSize;
  return (step === 'in' ? zoomSteps.find((other) => other > zoom) : zoomSteps.findLast((other) => other < zoom)) ?? zoom;
}

/** Makes the page larger or smaller, and keeps that. */
export function zoom(preferences: Preferences, step: ZoomStep): void {
  const next = zoomAfter(preferences.settings.zoom, step);
  if (next !== preferences.settings.zoom) void preferences.change({ zoom: next });
}

/** The keys and the wheel that browsers have for it, on every screen until the returned function is called. */
export function followZoom(preferences: Preferences): () => void {
  let turned = -BETWEEN_TURNS;
  function onkeydown(event: KeyboardEvent): void {
    const step = stepOf(event);
    if (!step) return;
    event.preventDefault();
    zoom(preferences, step);
  }
  function onwheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    if (event.deltaY === 0 || event.timeStamp - turned < BETWEEN_TURNS) return;
    turned = event.timeStamp;
    zoom(preferences, event.deltaY < 0 ? 'in' : 'out');
  }
  window.addEventListener('keydown', onkeydown);
  // Engines take the wheel of a window for one that nobody stops, unless they are told.
  window.addEventListener('wheel', onwheel, { passive: false });
  return () => {
    window.removeEventListener('keydown', onkeydown);
    window.removeEventListener('wheel', onwheel);
  };
}

function stepOf(event: KeyboardEvent): ZoomStep | undefined {
  if (!isCommand(event) || event.altKey) return undefined;
  // With and without Shift: where plus is behind it, its key alone is meant.
  if (event.key === '+' || event.key === '=') return 'in';
  if (event.key === '-' || event.key === '_') return 'out';
  // On a French keyboard the digits are behind Shift.
  if (!event.shiftKey && (event.key === '0' || event.code === 'Digit0' || event.code === 'Numpad0')) return 'actual';
  return undefined;
}
