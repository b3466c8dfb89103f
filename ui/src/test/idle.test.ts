// What keeps the window open: input on any page, told to Rust every ten seconds at most. What counts the time is Rust.
import { fireEvent } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';

import { find, openApp } from './stage';

afterEach(() => void vi.useRealTimers());

async function opened() {
  const touch = vi.fn(async () => {});
  const { unmount } = openApp({}, () => ({ touch }));
  await find('page-title');
  vi.useFakeTimers({ toFake: ['Date'] });
  // What the page did while it opened lies behind.
  vi.setSystemTime(Date.now() + 60_000);
  touch.mockClear();
  const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);
  return { touch, later, unmount };
}

test.each(['keyDown', 'pointerDown', 'pointerMove', 'wheel'] as const)('%s puts the lock off, every ten seconds at most', async (input) => {
  const { touch, later } = await opened();
  await fireEvent[input](document.body, { key: 'Shift' });
  expect(touch).toHaveBeenCalledTimes(1);
  later(9);
  await fireEvent[input](document.body, { key: 'Shift' });
  expect(touch).toHaveBeenCalledTimes(1);
  later(1);
  await fireEvent[input](document.body, { key: 'Shift' });
  expect(touch).toHaveBeenCalledTimes(2);
});

test('a page that nobody touches puts nothing off, and neither does one that is gone', async () => {
  const { touch, later, unmount } = await opened();
  later(3600);
  await Promise.resolve();
  expect(touch).not.toHaveBeenCalled();
  unmount();
  await fireEvent.keyDown(document.body, { key: 'Shift' });
  expect(touch).not.toHaveBeenCalled();
});
