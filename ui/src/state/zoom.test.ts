import { afterEach, beforeEach, expect, test } from 'vitest';

import { fakeHost } from '$/ipc/fake/host';

import { Preferences } from './preferences.svelte';
import { Words } from './words.svelte';
import { followZoom, zoomAfter, zoomSteps } from './zoom';

let preferences: Preferences;
let host: ReturnType<typeof fakeHost>;
let stop: () => void;
beforeEach(() => {
  host = fakeHost({ delay: 0 });
  preferences = new Preferences(host, new Words('en'));
  stop = followZoom(preferences);
});
afterEach(() => stop());

const press = (init: KeyboardEventInit) => {
  const event = new KeyboardEvent('keydown', { cancelable: true, ctrlKey: true, ...init });
  window.dispatchEvent(event);
  return event;
};
const size = () => preferences.settings.zoom;

test('the steps lead from one end to the other', () => {
  const up: number[] = [50];
  while (zoomAfter(up.at(-1)!, 'in') !== up.at(-1)) up.push(zoomAfter(up.at(-1)!, 'in'));
  expect(up).toEqual([...zoomSteps]);
  expect(zoomAfter(50, 'out')).toBe(50);
  expect([zoomAfter(117, 'in'), zoomAfter(117, 'out'), zoomAfter(67, 'actual')]).toEqual([125, 110, 100]);
});

test('the keys of browsers make the page larger and smaller, and it is kept', async () => {
  expect(press({ key: '+' }).defaultPrevented).toBe(true);
  expect(size()).toBe(110);
  press({ key: '=' });
  press({ key: '+', shiftKey: true });
  expect(size()).toBe(150);
  press({ key: '-', code: 'NumpadSubtract' });
  expect(size()).toBe(125);
  await preferences.change({});
  expect((await host.settingsGet()).zoom).toBe(125);
  press({ key: 'à', code: 'Digit0' });
  expect(size()).toBe(100);
  for (const other of [press({ key: '+', ctrlKey: false }), press({ key: '-', altKey: true }), press({ key: '1', code: 'Digit1' })]) expect(other.defaultPrevented).toBe(false);
  expect(size()).toBe(100);
});

test('the wheel does so with Ctrl, one step a turn', () => {
  const turn = (deltaY: number, timeStamp: number, ctrlKey = true) => {
    const event = new WheelEvent('wheel', { deltaY, ctrlKey, cancelable: true });
    Object.defineProperty(event, 'timeStamp', { value: timeStamp });
    window.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect([turn(-40, 0), turn(-40, 20), turn(-40, 100)]).toEqual([true, true, true]);
  expect(size()).toBe(125);
  turn(30, 300);
  expect(size()).toBe(110);
  expect(turn(30, 500, false)).toBe(false);
  expect(size()).toBe(110);
});

test('what is kept last is what was chosen last', async () => {
  const kept: number[] = [];
  let first = true;
  host.settingsSet = async ({ zoom }) => {
    // The first answer comes late.
    if (first) await new Promise((rest) => setTimeout(rest, 20, (first = false)));
    kept.push(zoom);
  };
  press({ key: '+' });
  press({ key: '+' });
  await preferences.change({});
  expect(kept).toEqual([110, 125, 125]);
});
