import { expect, test } from 'vitest';

import { hueOf, hues, initials } from './avatar';

test.each([
  ['Maya Okafor', 'MO'],
  ['Abbott & Lane Solicitors', 'AL'],
  ['maya.okafor@brightwater.example', 'MO'],
  ['Élodie', 'ÉL'],
  ['« Quotes » Ltd', 'QL'],
  ['🦊 Fox', 'FO'],
  ['X', 'X'],
  ['', '–'],
  ['…', '–'],
])('%s becomes %s', (name, letters) => expect(initials(name)).toBe(letters));

test('a hue belongs to an id and all hues occur', () => {
  const ids = Array.from({ length: 400 }, (_, index) => `b3c5a7d1-0000-4000-a000-${String(index).padStart(12, '0')}`);
  expect(hueOf(ids[0]!)).toBe(hueOf(ids[0]!));
  const found = new Set(ids.map(hueOf));
  expect([...found].sort()).toEqual(Array.from({ length: hues }, (_, index) => index + 1));
});
