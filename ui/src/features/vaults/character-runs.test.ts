import { expect, it } from 'vitest';
import { characterRuns } from './character-runs';

it.each([
  ['', []],
  ['mossy-Lantern48!quay', ['letter:mossy', 'symbol:-', 'letter:Lantern', 'digit:48', 'symbol:!', 'letter:quay']],
  ['clé 1', ['letter:clé ', 'digit:1']],
  ['👩‍🚒7', ['symbol:👩‍🚒', 'digit:7']],
])('%j is read in runs', (value, runs) => {
  const found = characterRuns(value);
  expect(found.map(({ kind, text }) => `${kind}:${text}`)).toEqual(runs);
  expect(found.map(({ text }) => text).join('')).toBe(value);
});
