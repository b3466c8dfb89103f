// Whose portal it is, and where each product was left.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';

import { expectAccessible, find, findAll, openApp, rowTexts } from './stage';

const title = () => screen.getByTestId('page-title').textContent ?? '';

describe('a person in two providers', () => {
  test('chooses whose clients are shown, and comes back with one step', async () => {
    const { user } = openApp({ clients: 5, provider: { second: true } });
    await findAll('client-row');
    await waitFor(() => expect(title()).toMatch(/Clients5/));
    await user.click(screen.getByTestId('provider-choice'));
    const choices = await findAll('choose-provider');
    expect(choices.map((choice) => choice.textContent?.replace(/\s+/g, ' ').trim())).toEqual([
      'Brightwater IT Provider admin',
      'Harbour Lane Managed Services Service user',
    ]);
    await expectAccessible();
    await user.click(choices[1]!);
    await waitFor(() => expect(title()).toMatch(/Clients7/));
    expect(screen.getByTestId('provider-choice').textContent).toContain('Harbour Lane');
    expect(rowTexts('client-row').join()).not.toContain('Abbott');
    await waitFor(() => expect(screen.getByTestId('nav-clients').textContent).toContain('7'));
    await expectAccessible();
    await user.keyboard('{Alt>}{ArrowLeft}{/Alt}');
    await waitFor(() => expect(title()).toMatch(/Clients5/));
    expect(screen.getByTestId('provider-choice').textContent).toContain('Brightwater IT');
  });

  test('the switcher leads to the provider that was chosen last', async () => {
    const { user } = openApp({ clients: 5, provider: { second: true } });
    await findAll('client-row');
    await user.click(await find('switch-products'));
    expect(within(await find('switcher')).getByText('Brightwater IT, the one you are in')).toBeTruthy();
    await user.keyboard('{Escape}');
    await user.click(screen.getByTestId('provider-choice'));
    await user.click((await findAll('choose-provider'))[1]!);
    await waitFor(() => expect(title()).toMatch(/Clients7/));
    await user.click(screen.getByTestId('product-passwords'));
    await find('nav-vaults');
    await user.click(screen.getByTestId('switch-products'));
    expect(within(await find('switcher')).getByText('Harbour Lane Managed Services, where you left it')).toBeTruthy();
    await user.keyboard('{Escape}');
    await user.click(screen.getByTestId('product-provider'));
    await waitFor(() => expect(title()).toMatch(/Clients7/));
  });
});

test('who is in one provider has nothing to choose', async () => {
  openApp({ clients: 5 });
  await findAll('client-row');
  expect(screen.queryByTestId('provider-choice')).toBeNull();
});

describe('switching products', () => {
  test('comes back to the search and the tab that were left; the tile of the open product leads to its first page', async () => {
    const { user } = openApp({ clients: 38 });
    await findAll('client-row');
    await user.type(screen.getByTestId('clients-search'), 'abbott');
    await waitFor(() => expect(screen.getAllByTestId('client-row')).toHaveLength(1));
    await user.click(screen.getByTestId('client-row'));
    await user.click(await find('client-tab-members'));
    await findAll('member-row');
    await user.click(screen.getByTestId('product-passwords'));
    await find('nav-vaults');
    await user.click(screen.getByTestId('product-provider'));
    await findAll('member-row');
    expect(title()).toContain('Abbott');
    await user.click(screen.getByTestId('product-provider'));
    await waitFor(() => expect(title()).toMatch(/^Clients/));
  });

  test('by Ctrl and a digit, in the order of the list', async () => {
    const { user } = openApp({ clients: 5 });
    await findAll('client-row');
    await user.keyboard('{Control>}[Digit1]{/Control}');
    await find('nav-vaults');
    await user.keyboard('{Control>}[Digit2]{/Control}');
    await find('nav-members');
    await user.keyboard('{Control>}[Digit3]{/Control}');
    await findAll('client-row');
    // There is no fourth product here.
    await user.keyboard('{Control>}[Digit4]{/Control}');
    expect(title()).toMatch(/^Clients/);
  });

  test('the palette shows a key where it does what the key does: a product as it was left', async () => {
    const { user } = openApp({ clients: 5 });
    await findAll('client-row');
    const keyed = async () => {
      await user.keyboard('{Control>}k{/Control}');
      await findAll('palette-row');
      const rows = screen.getAllByTestId('palette-row').filter((row) => /Ctrl\s*\d/.test(row.textContent ?? ''));
      return rows.map((row) => row.textContent!.replace(/\s+/g, ' ').trim());
    };
    expect(await keyed()).toEqual(['Switch to Password Manager Ctrl1', 'Go to the Admin Console Ctrl2']);
    await user.keyboard('{Escape}');
    await user.click(await find('nav-structure'));
    await user.keyboard('{Control>}[Digit1]{/Control}');
    await find('nav-vaults');
    expect(await keyed()).toEqual(['Go to the Admin Console Ctrl2', 'Switch to Provider Portal Ctrl3']);
    await user.click(document.querySelector('[id="palette-action-product-providerPortal"]')!);
    await waitFor(() => expect(title()).toMatch(/^Structure/));
  });

  test('an organization of the console that was left is where the tile leads', async () => {
    const { user } = openApp({ clients: 5 });
    await findAll('client-row');
    await user.click(screen.getAllByTestId('client-row')[2]!);
    await user.click(await find('client-options'));
    await user.click(await screen.findByText('Open Admin Console'));
    await find('nav-members');
    await user.click(screen.getByTestId('product-passwords'));
    await find('nav-vaults');
    await user.click(screen.getByTestId('switch-products'));
    expect(within(await find('switcher')).getByText('Boulangerie Saint-Roch, where you left it')).toBeTruthy();
    await user.keyboard('{Escape}');
    await user.click(screen.getByTestId('product-console'));
    expect((await find('through-provider')).textContent).toContain('Brightwater IT');
  });
});
