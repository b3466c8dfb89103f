// The keys that the settings name are those that do something.
import { screen } from '@testing-library/svelte';
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

test('the settings are scrolled by the keyboard, and a plain member meets none of a provider', async () => {
  const { user } = openApp({ withoutProvider: true });
  await findAll('item-row');
  await user.click(await find('nav-settings'));
  const scroller = await find('settings-scroll');
  await user.click(scroller);
  expect(document.activeElement).toBe(scroller);
  await find('settings-event-days');
  expect(screen.queryByTestId('settings-budget')).toBeNull();
  expect(scroller.textContent).not.toContain('A provider admin compares it');
});

test('an admin of a provider does', async () => {
  const { user } = openApp({ clients: 5 });
  await findAll('client-row');
  await openComputerSettings(user);
  await find('settings-budget');
  expect((await find('settings-scroll')).textContent).toContain('A provider admin compares it');
});
