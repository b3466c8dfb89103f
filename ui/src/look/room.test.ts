import { expect, test } from 'vitest';

import collections from '../features/client/CollectionsTab.svelte?raw';
import { GROUPS_LEFT } from '../features/structure/map-layout';
import { stylesOfThePage } from './styles-of-the-page';

const rules = (file: string, selector: string) => {
  const { text } = stylesOfThePage().find(({ path }) => path.endsWith(file))!;
  return [...text.matchAll(/^  ([^{}\n]+) \{\n([^}]*)\}/gm)].filter(([, name]) => name === selector).map(([, , body]) => body!).join('');
};

test('names in a client’s graph keep their accents and descenders where they are cut to two lines', () => {
  expect(parseFloat(rules('/ClientGraph.svelte', '.words').match(/padding-block: ([\d.]+)px/)?.[1] ?? '0')).toBeGreaterThanOrEqual(1);
});

test('a toast stands above the buttons at the foot of a panel', () => {
  const { text } = stylesOfThePage().find(({ path }) => path === './layers.css')!;
  const raised = text.match(/:root:has\(\.panel-foot\) \.toasts \{ bottom: (\d+)px; \}/);
  // The padding of the foot, a button, and its line.
  expect(Number(raised?.[1] ?? 0)).toBeGreaterThan(12 + 34 + 12 + 1);
});

test('the legend of the map ends before the lines begin', () => {
  const [, left] = rules('/MapLegend.svelte', '.legend').match(/left: (\d+)px/)!;
  const [, most] = rules('/MapLegend.svelte', '.legend').match(/max-width: (\d+)px/) ?? [];
  expect(Number(left) + Number(most)).toBeLessThan(GROUPS_LEFT - 12);
});

test('the collections have room beside the panel of one of them', () => {
  const least = [...collections.matchAll(/width: '(?:minmax\()?(\d+)px[^']*',[^}]*?\}/gs)].filter(([all]) => !/\bfrom:/.test(all)).map(([, pixels]) => Number(pixels));
  expect(least).toHaveLength(2);
  // The gutters, the gap and a scroll bar: what is left of a window of 960 pixels with the navigation and the panel.
  expect(least.reduce((sum, pixels) => sum + pixels, 0) + 34).toBeLessThanOrEqual(315);
});
