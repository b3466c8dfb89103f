import { expect, test } from 'vitest';

import { stylesOfThePage } from './styles-of-the-page';

test('all that scrolls lets its bars go while a layer is open above it', () => {
  const found = stylesOfThePage().flatMap(({ path, text }) => text.match(/overflow(-[xy])?:[^;]*(?<!-)\b(auto|scroll)\b/g)?.map((rule) => `${path} ${rule}`) ?? []);
  expect(found).toEqual([]);
});
