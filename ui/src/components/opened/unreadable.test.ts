import { expect, it } from 'vitest';
import { Words } from '$/state/words.svelte';
import { nameOf } from './unreadable';

it('names what has no name, and what does not open, by words for that', () => {
  const { t } = new Words('en');
  expect(nameOf({ kind: 'plain', value: ' Finance' }, t)).toBe(' Finance');
  expect(nameOf({ kind: 'plain', value: '  ' }, t)).toBe('Without a name');
  expect(nameOf({ kind: 'plain', value: '' }, t, 'vaults.unnamedField')).not.toBe('Without a name');
  expect(nameOf({ kind: 'unreadable', reason: 'keyMissing' }, t)).toBe('Cannot be opened');
});
