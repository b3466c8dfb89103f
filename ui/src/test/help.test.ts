// The keys that the settings name are those that do something.
import { expect, test } from 'vitest';

import { find, findAll, openApp, openComputerSettings } from './stage';

test('as many products as there are', async () => {
  const { user } = openApp({ clients: 5 });
  await findAll('client-row');
  await openComputerSettings(user);
  const keys = (await find('keys')).textContent;
  expect(keys).toContain('Ctrl1…3');
  expect(keys).not.toContain('4');
});

test('none where there is one product', async () => {
  const { user } = openApp({ withoutProvider: true }, (host) => {
    const products = host.products.bind(host);
    return {
      products: async (...asked) => {
        const known = await products(...asked);
        return { ...known, tiles: known.tiles.slice(0, 1) };
      },
    };
  });
  await findAll('item-row');
  await user.click(await find('nav-settings'));
  expect((await find('keys')).textContent).not.toContain('Switch products');
});
