import { expect, test } from 'vitest';

import { fieldForKey } from './copy-field';

test('the key of a window manager copies no password', () => {
  const press = (init: KeyboardEventInit) => fieldForKey(new KeyboardEvent('keydown', { key: 'c', ...init }), '');
  expect(press({ ctrlKey: true })).toBeDefined();
  expect(press({ metaKey: true })).toBeUndefined();
});
