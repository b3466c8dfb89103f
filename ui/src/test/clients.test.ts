// Provider Portal → Clients, as a person works in it.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import { HostError } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp, rowTexts } from './stage';

describe('the clients page', () => {
  test('lists clients with seats, totals over all of them, and passes axe', async () => {
    openApp({ clients: 38 });
    const rows = await findAll('client-row');
    expect(rows[0]?.textContent).toContain('Abbott & Lane Solicitors');
    expect((await find('page-title')).textContent).toContain('38');
    expect(screen.getByTestId('total-assigned').textContent).toMatch(/Assigned seats\s*5,592/);
    expect(screen.getByTestId('total-remaining').textContent).toMatch(/317\s*2 at zero/);
    await expectAccessible();
  });

  test('says of how many bought seats the assigned ones are, as the billing page does', async () => {
    const { user } = openApp({ clients: 38 });
    await findAll('client-row');
    const bought = /of ([\d,]+) bought/.exec(screen.getByTestId('total-assigned').textContent ?? '')?.[1];
    await user.click(await find('nav-billing'));
    const rows = await findAll('plan-row');
    // Minimum and purchased.
    const seats = rows.flatMap((row) => within(row).getAllByRole('cell').slice(0, 2).map(({ textContent }) => Number(textContent?.replace(/\D/g, ''))));
    expect(bought).toBe(seats.reduce((sum, count) => sum + count, 0).toLocaleString('en'));
  });

  test('speaks of no bought seats where the subscription was never read', async () => {
    openApp({ clients: 8 }, (host) => {
      const read = host.clientsPage.bind(host);
      return {
        clientsPage: async (query) => {
          const page = await read(query);
          return { ...page, totals: { ...page.totals, bought: null } };
        },
      };
    });
    await findAll('client-row');
    await waitFor(() => expect(screen.getByTestId('total-assigned').textContent).toMatch(/\d/));
    expect(screen.getByTestId('total-assigned').textContent).not.toContain('bought');
  });

  test('holds no more rows in the document than are in view', async () => {
    openApp({ clients: 3000 });
    await findAll('client-row');
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('3001');
    expect(screen.getAllByTestId('client-row').length).toBeLessThan(40);
  });

  test('narrows by toggle and plan, and says why a list is empty', async () => {
    const { user } = openApp({ clients: 38 });
    await findAll('client-row');
    await user.click(screen.getByTestId('clients-filter-stale'));
    await waitFor(() => expect(screen.getAllByTestId('client-row')).toHaveLength(3));
    expect(rowTexts('client-row').join()).toContain('The server did not answer');
    expect(screen.getByTestId('page-title').textContent).toBe('Clients3 of 38');
    await user.type(screen.getByTestId('clients-search'), 'zzz');
    expect((await find('clients-empty')).textContent).toContain('“zzz”');
    await expectAccessible();
    await user.click(within(screen.getByTestId('clients-empty')).getByRole('button'));
    await waitFor(() => expect(screen.getAllByTestId('client-row').length).toBeGreaterThan(3));
    expect((screen.getByTestId('clients-search') as HTMLInputElement).value).toBe('');
  });

  test('sorts by a click on a head, and turns round on the second', async () => {
    const { user } = openApp({ clients: 38 });
    await findAll('client-row');
    const head = screen.getByRole('button', { name: 'Used' });
    await user.click(head);
    await waitFor(() => expect(rowTexts('client-row')[0]).toContain('Calder Structural Engineers'));
    expect(head.closest('[role=columnheader]')?.getAttribute('aria-sort')).toBe('descending');
    await user.click(head);
    await waitFor(() => expect(head.closest('[role=columnheader]')?.getAttribute('aria-sort')).toBe('ascending'));
  });

  test('goes by keyboard to a client and back to the same filter', async () => {
    const { user } = openApp({ clients: 38 });
    await findAll('client-row');
    await user.click(screen.getByTestId('clients-filter-noSeatsLeft'));
    await waitFor(() => expect(screen.getAllByTestId('client-row')).toHaveLength(2));
    screen.getByRole('grid').focus();
    await user.keyboard('{ArrowDown}{Enter}');
    expect((await find('page-title')).textContent?.trim()).toBe('Eastgate Primary Care');
    await user.keyboard('{Alt>}{ArrowLeft}{/Alt}');
    await waitFor(() => expect(screen.getAllByTestId('client-row')).toHaveLength(2));
  });

  test('syncs one client from its row; offline it says why not', async () => {
    const syncStart = vi.fn(() => Promise.resolve());
    const { user } = openApp({ clients: 5 }, () => ({ syncStart }));
    await findAll('client-row');
    await user.click(screen.getByRole('button', { name: /Options for Abbott/ }));
    await user.click(await find('client-sync'));
    expect(syncStart).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^[0-9a-f-]{36}$/));
  });

  test('offline the row says why it cannot sync', async () => {
    const { user } = openApp({ clients: 5, offline: true });
    await findAll('client-row');
    await user.click(screen.getByRole('button', { name: /Options for Abbott/ }));
    expect((await find('client-sync')).textContent).toContain('there is no connection');
    expect(screen.getByTestId('client-sync').getAttribute('aria-disabled')).toBe('true');
  });

  test('what cannot be chosen in a menu is read by keyboard, with its reason, and chooses nothing', async () => {
    const syncStart = vi.fn(() => Promise.resolve());
    const { user } = openApp({ clients: 5, offline: true }, () => ({ syncStart }));
    await findAll('client-row');
    await user.click(screen.getByRole('button', { name: /Options for Abbott/ }));
    const row = await find('client-sync');
    for (let pressed = 0; pressed < 4 && document.activeElement !== row; pressed++) await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(row);
    await user.keyboard('{Enter}');
    expect(syncStart).not.toHaveBeenCalled();
    expect(screen.getByTestId('client-sync')).toBeTruthy();
    await expectAccessible();
  });

  test('a list that cannot be read says so and is read again on demand', async () => {
    let broken = true;
    const { user } = openApp({}, (host) => {
      const read = host.clientsPage.bind(host);
      return {
        clientsPage: (query) =>
          broken ? Promise.reject(new HostError({ code: 'damaged', detail: 'page 7' })) : read(query),
      };
    });
    expect(await screen.findByText('The clients could not be read')).toBeTruthy();
    expect(screen.getByText('page 7')).toBeTruthy();
    await expectAccessible();
    broken = false;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await findAll('client-row')).not.toHaveLength(0);
  });
});
