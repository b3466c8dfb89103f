import { expect, it } from 'vitest';
import { coverageLevel, seatLevel } from './seat-level';

it.each([
  [0, 0, ''],
  [0, 10, ''],
  [93, 100, ''],
  [94, 100, 'warning'],
  [99, 100, 'warning'],
  [100, 100, 'danger'],
  [101, 100, 'danger'],
  [1, 0, 'danger'],
])('%i of %i seats is "%s"', (used, assigned, level) => {
  expect(seatLevel(used, assigned)).toBe(level);
});

it.each([
  [0, 0, ''],
  [85, 100, ''],
  [84, 100, 'warning'],
  [70, 100, 'warning'],
  [69, 100, 'danger'],
])('a coverage of %i of %i is "%s"', (on, of, level) => {
  expect(coverageLevel(on, of)).toBe(level);
});
