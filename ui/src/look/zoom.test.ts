import { expect, test } from 'vitest';

import { stylesOfThePage } from './styles-of-the-page';

const pages = import.meta.glob<string>('../**/*.svelte', { query: '?raw', import: 'default', eager: true });

// WebKitGTK enlarges a length twice that a drawing inherits from its `svg`, and asks containers for pixels of the screen.
test('lines are as wide as the page is enlarged', () => {
  const widths = stylesOfThePage().flatMap(({ path, text }) => [...text.matchAll(/([^{};/]*)\{[^{}]*\bstroke-width:/g)].map(([, selectors]) => ({ path, selectors: selectors!.trim() })));
  expect(widths.length).toBeGreaterThan(6);
  const onPictures = widths.filter(({ selectors }) => !selectors.split(',').every((selector) => /(^|\s)(\*|path|circle)(\.[a-zA-Z]+)*$/.test(selector.trim())));
  expect(onPictures).toEqual([]);
  expect(Object.entries(pages).filter(([, text]) => /<svg[^>]*stroke-width/.test(text)).map(([path]) => path)).toEqual([]);
});

test('what a container is asked for grows with the page', () => {
  const asked = stylesOfThePage().flatMap(({ path, text }) => text.match(/@container[^{]*/g)?.map((rule) => `${path} ${rule.trim()}`) ?? []);
  expect(asked.length).toBeGreaterThan(6);
  expect(asked.filter((rule) => /\dpx/.test(rule))).toEqual([]);
});
