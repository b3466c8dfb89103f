import { expect, test } from 'vitest';

import { stylesOfThePage } from './styles-of-the-page';

const parts = import.meta.glob<string>('../**/*.svelte', { query: '?raw', import: 'default', eager: true });

test('every page that scrolls is scrolled by keyboard', () => {
  const scrolling = Object.entries(parts).filter(([, text]) => /class="[^"]*\bpage-scroll\b/.test(text));
  expect(scrolling.map(([path]) => path)).toEqual(['../components/PageScroll.svelte']);
  expect(scrolling[0]![1]).toMatch(/class="page-scroll" tabindex="0" role="group" aria-label=\{label\}/);
});

test('all that scrolls lets its bars go while a layer is open above it', () => {
  const found = stylesOfThePage().flatMap(({ path, text }) => text.match(/overflow(-[xy])?:[^;]*(?<!-)\b(auto|scroll)\b/g)?.map((rule) => `${path} ${rule}`) ?? []);
  expect(found).toEqual([]);
});
