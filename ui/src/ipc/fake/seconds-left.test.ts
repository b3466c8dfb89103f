import { expect, test } from 'vitest';

import { secondsLeft } from './seconds-left';

// The figures of the program's own tests.
test.each([
  [0, 101, 0, 30],
  [0, 1000, 0, 300],
  [0, 100, 0, null],
  [0, 0, 0, null],
  [1, 1000, 0.5, 302],
  [25, 1000, 12.5, 341],
  [50, 1000, 25, 380],
  [100, 1000, 50, 450],
  [500, 1000, 250, 250],
  [999, 1000, 499.5, 1],
  [1000, 1000, 500, null],
  [9, 100, 0.9, null],
  [10, 100, 1, 9],
])('%d of %d clients after %d s: %s s left', (done, total, elapsed, left) => {
  expect(secondsLeft(done, total, elapsed)).toBe(left);
});
