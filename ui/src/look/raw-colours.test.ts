import { expect, test } from 'vitest';

import { stylesOfThePage } from './styles-of-the-page';

/** A raw colour in a component is a mistake (tokens.css); these few have no second use and no theme. */
const allowed = new Set([
  '#fff', // the knob of a switch
  '#15201c', '#eef3f1', '#2b3632', '#a9bbb4', // tooltip, dark in both themes
  '#e7b04e', '#e8eeeb', // dots on the navigation, dark in both themes
  '#2b443d', '#22302c', // the drawing on the welcome page
]);

test('components use tokens, not raw colours', () => {
  const found = stylesOfThePage()
    .filter(({ path }) => !path.endsWith('tokens.css'))
    .flatMap(({ path, text }) =>
      text
        .match(/#[0-9a-f]{3,8}\b/gi)
        ?.filter((colour) => !allowed.has(colour.toLowerCase()))
        .map((colour) => `${path} ${colour}`) ?? [],
    );
  expect(found).toEqual([]);
});
