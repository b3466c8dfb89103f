// The Admin Console: the choice among the organizations one administers, and the log of one.
import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import type { Host } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp } from './stage';

async function openConsole(options: Parameters<typeof openApp>[0] = {}, change: (host: Host) => Partial<Host> = () => ({})) {
  const app = openApp({ clients: 12, events: 600, ...options }, change);
  await app.user.click(await find('product-console'));
  await find('nav-members');
  return app;
}
const shownName = () => document.querySelector('.nav .nav-name')!.textContent!.trim();

describe('the organization of the console', () => {
  test('is chosen among those that the person administers, and the page stays the same', async () => {
    const { user } = await openConsole();
    await user.click(await find('nav-groups'));
    const before = shownName();
    await user.click(await find('organization-choice'));
    const rows = await findAll('choose-organization');
    expect(rows).toHaveLength(12);
    expect(rows.find((row) => row.getAttribute('aria-current'))!.textContent).toContain(before);
    await expectAccessible();
    await user.type(await find('organization-find'), 'alder v');
    await waitFor(() => expect(screen.getAllByTestId('choose-organization')).toHaveLength(1));
    await user.click(screen.getByTestId('choose-organization'));
    await waitFor(() => expect(shownName()).toContain('Alder Veterinary'));
    expect(screen.getByTestId('nav-groups').getAttribute('aria-current')).toBe('page');
  });

  test('leads to its overview by its name, where it is the only one', async () => {
    const { user } = await openConsole({ clients: 1 });
    expect(screen.queryByTestId('organization-choice')).toBeNull();
    await user.click(await find('nav-members'));
    await user.click(await find('organization-home'));
    await waitFor(() => expect(screen.getByTestId('nav-overview').getAttribute('aria-current')).toBe('page'));
  });
});

test('the pages of the console stand in the order of the product', async () => {
  await openConsole();
  await find('nav-events');
  const rows = [...document.querySelectorAll('.nav-pages [data-testid]')].map((row) => row.getAttribute('data-testid'));
  expect(rows).toEqual(['nav-overview', 'nav-collections', 'nav-members', 'nav-groups', 'nav-events', 'nav-policies', 'nav-settings']);
});

test('the program’s own settings keep the pages of the organization beside them, and are not called its', async () => {
  const { user } = await openConsole();
  await find('nav-events');
  await user.click(await find('nav-members'));
  await findAll('member-row');
  const name = shownName();
  const rows = () => [...document.querySelectorAll('.nav-pages [data-testid]')].map((row) => row.getAttribute('data-testid'));
  const before = rows();
  expect((await find('nav-settings')).textContent?.trim()).toBe('Portico settings');
  await user.click(screen.getByTestId('nav-settings'));
  await waitFor(() => expect(screen.getByTestId('page-title').textContent?.trim()).toBe('Portico settings'));
  expect(rows()).toEqual(before);
  expect(shownName()).toBe(name);
  expect([...document.querySelectorAll('.nav-pages [aria-current]')].map((row) => row.getAttribute('data-testid'))).toEqual(['nav-settings']);
  await expectAccessible();
  await user.click(screen.getByTestId('nav-groups'));
  await findAll('group-row');
  expect(shownName()).toBe(name);
});

describe('the event log of an organization', () => {
  test('tells what happened in it, without a column for what it is', async () => {
    const eventsPage = vi.fn<Host['eventsPage']>();
    const readEvents = vi.fn<Host['readEvents']>();
    const { user } = await openConsole({}, (host) => {
      eventsPage.mockImplementation(host.eventsPage.bind(host));
      readEvents.mockImplementation(host.readEvents.bind(host));
      return { eventsPage, readEvents };
    });
    const name = shownName();
    await user.click(await find('nav-events'));
    await waitFor(() => expect(eventsPage).toHaveBeenCalled());
    expect(eventsPage.mock.lastCall![0]).toEqual({ of: 'organization', id: expect.any(String) });
    await findAll('event-row');
    expect(screen.getAllByRole('columnheader').map((head) => head.textContent?.trim())).toEqual(['Timestamp', 'Device', 'Member', 'Event']);
    expect(screen.queryByTestId('events-clients')).toBeNull();
    expect(screen.getByTestId('events-people').textContent).toContain('Member');
    expect(screen.getByRole('grid', { name: `Event logs of ${name}` })).toBeTruthy();
    // Called as on every other page.
    expect(screen.getByTestId('events-refresh').textContent?.trim()).toBe('Refresh');
    await user.click(screen.getByTestId('events-refresh'));
    expect(readEvents.mock.lastCall![0]).toEqual(eventsPage.mock.lastCall![0]);
    await expectAccessible();
    expect(screen.getByTestId('through-provider').textContent).toContain('using provider Brightwater IT');
    // The other pages of the console are one click away.
    await user.click(screen.getByTestId('nav-members'));
    await findAll('member-row');
  });

  test('is not offered to who may not read it', async () => {
    await openConsole({}, (host) => {
      const ask = host.products.bind(host);
      return { products: async (...given) => ({ ...(await ask(...given)), consoleEvents: false }) };
    });
    expect(screen.queryByTestId('nav-events')).toBeNull();
  });
});
