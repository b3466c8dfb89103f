// The provider's event log, as it is kept.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import { expectAccessible, find, findAll, openApp, rowTexts } from './stage';

async function openEvents(options: Parameters<typeof openApp>[0] = {}, change: Parameters<typeof openApp>[1] = undefined, shown = 'event-row') {
  const app = openApp({ clients: 12, events: 120, ...options }, change);
  await app.user.click(await find('nav-events'));
  await findAll(shown);
  return app;
}

describe('event logs', () => {
  test('sentences with who, where and by which device; gaps in their places; passes axe', async () => {
    await openEvents({ events: 30 });
    expect(rowTexts('event-row').join('\n')).toMatch(/(Invited|Confirmed|Created|Edited|Opened|Removed|Added|Unlinked)/);
    expect((await find('event-gap')).textContent).toContain('Other things may have happened here');
    expect((await find('events-unread')).textContent).toContain('have not been read');
    await expectAccessible();
  });

  test('how old the log is stands beside its button, and it is new once it was read', async () => {
    const { user } = await openEvents();
    const age = await find('events-age');
    await waitFor(() => expect(age.textContent?.trim()).toBe('Read 6 min ago'));
    expect(age.getAttribute('data-tip')).toMatch(/\d:\d\d/);
    await user.click(screen.getByTestId('events-refresh'));
    await waitFor(() => expect(age.textContent?.trim()).toBe('Read just now'));
    expect((await find('events-refresh')).textContent?.trim()).toBe('Refresh');
  });

  test('arrows lead from the search of a filter through its choices and back', async () => {
    const { user } = await openEvents();
    await user.click(await find('events-clients'));
    await findAll('events-clients-choice');
    const search = screen.getByLabelText('Find in this list');
    search.focus();
    const boxes = () => screen.getAllByTestId('events-clients-choice').map((row) => row.querySelector('input')!);
    await user.keyboard('{ArrowDown}{ArrowDown} ');
    expect(document.activeElement).toBe(boxes()[1]);
    expect(boxes()[1]!.checked).toBe(true);
    await user.keyboard('{ArrowUp}{ArrowUp}{ArrowUp}');
    expect(document.activeElement).toBe(search);
    await user.keyboard('{Enter}');
    expect(document.activeElement).toBe(boxes()[0]);
  });

  test('a sentence is whole, however long, and its row as high as it needs', async () => {
    const height = vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockImplementation(function (this: HTMLElement) {
      const lines = /helpdesk\+/.test(this.textContent ?? '') && this.matches('[data-testid=event-row]') ? 5 : 1;
      return new DOMRect(0, 0, 1000, lines * 18 + 14);
    });
    await openEvents({ events: 120, longNames: true });
    const place = (row: HTMLElement) => Number(/translateY\(([\d.]+)px\)/.exec(row.style.transform)![1]);
    const rows = await waitFor(() => {
      const all = screen.getAllByTestId('event-row');
      expect(all.some((row) => /helpdesk\+/.test(row.textContent ?? ''))).toBe(true);
      return all;
    });
    const long = rows.findIndex((row) => /helpdesk\+/.test(row.textContent ?? ''));
    expect(rows[long]!.querySelector('.wraps:not(.two-lines) b')!.textContent).toMatch(/^maximiliane\.feather.*example, helpdesk\+maximiliane.*example$/);
    expect(place(rows[long + 1]!) - place(rows[long]!)).toBe(104);
    expect(place(rows[1]!) - place(rows[0]!)).toBe(long === 0 ? 104 : 53);
    height.mockRestore();
    await expectAccessible();
  });

  test('logs that could not be read are told with the reason, and tried again each by itself', async () => {
    const syncStart = vi.fn(() => Promise.resolve());
    const readEvents = vi.fn(() => Promise.resolve({ fresh: 2, odd: 1, more: false }));
    const { user } = await openEvents({ failedLogs: 5 }, () => ({ syncStart, readEvents }));
    const logs = await findAll('failed-log');
    expect(logs.map((log) => log.textContent?.trim())).toHaveLength(3);
    expect(logs[0]!.textContent).toMatch(/The provider’s log could not be read \(.+\)\./);
    expect(logs[1]!.textContent).toMatch(/The log of Alder Veterinary Group could not be read/);
    await expectAccessible();
    await user.click(within(logs[1]!).getByTestId('failed-log-retry'));
    expect(syncStart).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^[0-9a-f-]{36}$/));
    await user.click(within(logs[0]!).getByTestId('failed-log-retry'));
    await waitFor(() => expect(readEvents).toHaveBeenCalledOnce());
    await waitFor(() => expect(screen.getByTestId('events-odd').textContent).toContain('1 entry of the server could not be read'));
    await user.click(within(screen.getByTestId('failed-logs')).getByRole('button', { name: 'Show 2 more' }));
    expect(screen.getAllByTestId('failed-log')).toHaveLength(5);
  });

  test('offline a log that could not be read waits, and says why', async () => {
    await openEvents({ failedLogs: 2, offline: true });
    for (const retry of await findAll('failed-log-retry')) expect(retry.getAttribute('aria-disabled')).toBe('true');
  });

  test('a search finds words of the sentences, and names', async () => {
    const eventsPage = vi.fn();
    const { user } = await openEvents({ events: 1500 }, (host) => {
      const ask = host.eventsPage.bind(host);
      return { eventsPage: (provider, query) => (eventsPage(query), ask(provider, query)) };
    });
    await user.type(screen.getByTestId('events-search'), 'unlinked');
    await waitFor(() => expect(eventsPage.mock.lastCall?.[0].filter.words).toEqual([{ text: 'unlinked', kinds: [1505, 1902], devices: [] }]));
    await waitFor(() => {
      const rows = rowTexts('event-row').filter((row) => !/not (been )?read/i.test(row));
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row).toContain('Unlinked');
    });
  });

  test('a search that finds nothing says so beside the gaps, and leads back to all', async () => {
    const { user } = await openEvents({ events: 30 });
    await user.type(screen.getByTestId('events-search'), 'zzzqq');
    const said = await find('events-no-match');
    expect(said.textContent).toContain('No event of this period matches');
    expect(screen.getAllByTestId('event-gap')).not.toHaveLength(0);
    await expectAccessible();
    await user.click(within(said).getByRole('button'));
    await waitFor(() => expect(screen.queryByTestId('events-no-match')).toBeNull());
    expect((screen.getByTestId('events-search') as HTMLInputElement).value).toBe('');
  });

  test('filters by event, person, client and device, with counts', async () => {
    const { user } = await openEvents();
    await user.click(screen.getByTestId('events-devices'));
    const [choice] = await findAll('events-devices-choice');
    await expectAccessible();
    await user.click(choice!);
    await waitFor(() => expect(screen.getByTestId('events-devices').className).toContain('on'));
    expect(screen.getByTestId('events-devices').textContent).not.toContain('Device');
  });

  test('reads a gap and further back from the server', async () => {
    const readEvents = vi.fn();
    const { user } = await openEvents({ events: 30 }, (host) => {
      const read = host.readEvents.bind(host);
      return { readEvents: (provider, range) => (readEvents(range), read(provider, range)) };
    });
    await user.click(within(await find('event-gap')).getByRole('button'));
    await waitFor(() => expect(screen.queryByTestId('event-gap')).toBeNull());
    await user.click(await find('events-more'));
    expect(readEvents).toHaveBeenCalledTimes(2);
    const [first, second] = readEvents.mock.calls.map(([range]) => range);
    expect(first.from < first.to && second.from < second.to && second.to < first.to).toBe(true);
  });

  test('what is older than a year is read year by year, and none in one year is not said of all', async () => {
    const year = 365 * 86_400_000;
    let before = Date.now() - 3 * year;
    const readEvents = vi.fn((_log: unknown, { from }: { from: string; to: string }) => {
      before = Date.parse(from);
      return Promise.resolve({ fresh: 0, odd: 0, more: false });
    });
    const { user } = await openEvents({ events: 30 }, (host) => {
      const ask = host.eventsPage.bind(host);
      return {
        readEvents,
        eventsPage: async (provider, query) => {
          const page = await ask(provider, query);
          const rows = page.rows.map((row) => (row.row === 'unread' ? { ...row, before: new Date(before).toISOString() } : row));
          return { ...page, rows };
        },
      };
    });
    await user.click(screen.getByTestId('events-span-all'));
    const start = before;
    for (const times of [1, 2]) {
      await user.click(await find('events-more'));
      await waitFor(() => expect(readEvents).toHaveBeenCalledTimes(times));
      const asked = readEvents.mock.lastCall![1];
      expect([Date.parse(asked.from), Date.parse(asked.to)]).toEqual([start - times * year, start - (times - 1) * year]);
    }
    expect((await screen.findAllByText(/^The server has no other events from .+ to .+\.$/)).length).toBeGreaterThan(0);
  });

  test('exports what is shown, with words for every number', async () => {
    const exportEvents = vi.fn(() => Promise.resolve({ fileName: 'provider-events.csv', rows: 7 }));
    const { user } = await openEvents({}, () => ({ exportEvents }));
    await user.click(screen.getByTestId('events-export'));
    await user.click(await find('events-export-csv'));
    await screen.findByText('7 events saved as provider-events.csv.');
    expect(exportEvents).toHaveBeenCalledExactlyOnceWith(
      { of: 'provider', id: expect.any(String) },
      expect.objectContaining({ format: 'csv', kinds: expect.objectContaining({ 1800: 'Invited provider member …' }), heads: expect.objectContaining({ date: 'Timestamp', actor: 'User', actorEmail: 'Email', client: 'Client' }) }),
    );
  });

  test('a log of which nothing is shown offers no format', async () => {
    const exportEvents = vi.fn(() => Promise.resolve({ fileName: 'provider-events.csv', rows: 0 }));
    const { user } = await openEvents({ events: 0 }, () => ({ exportEvents }), 'events-unread');
    const button = await find('events-export');
    await waitFor(() => expect(button.getAttribute('aria-disabled')).toBe('true'));
    await user.click(button);
    await user.keyboard('{Enter}{ArrowDown}');
    expect(screen.queryByTestId('events-export-csv')).toBeNull();
    expect(button.getAttribute('aria-haspopup')).toBeNull();
    expect(exportEvents).not.toHaveBeenCalled();
  });

  test('the columns stand in the official order', async () => {
    await openEvents();
    expect(screen.getAllByRole('columnheader').map((head) => head.textContent?.trim())).toEqual(['Timestamp', 'Device', 'User', 'Event', 'Client']);
  });

  test('a client that stands in its column is not repeated in the sentence', async () => {
    const { user } = await openEvents({ events: 1500 });
    await user.type(screen.getByTestId('events-search'), 'unlinked');
    await waitFor(() => {
      const rows = screen.getAllByTestId('event-row').filter((row) => row.querySelectorAll('[role=gridcell]').length === 5);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row.querySelectorAll('[role=gridcell]')[3]!.textContent?.trim()).toMatch(/^Unlinked the client$|^Unlinked single sign-on/);
    });
  });

  test('dates the wrong way round are told beside them; the list is what lies between, and the filters stay', async () => {
    const { user } = await openEvents();
    await user.click(screen.getByTestId('events-span-dates'));
    expect((await find('events-reversed')).textContent).toBe('');
    const events = screen.getAllByTestId('event-row').length;
    // The year of the start, two ahead: both dates are in the list's time from now on.
    const year = within(screen.getByTestId('events-from')).getAllByRole('spinbutton')[2]!;
    year.focus();
    await user.keyboard('{ArrowUp}{ArrowUp}');
    await waitFor(() => expect(screen.getByTestId('events-reversed').textContent).toContain('The start is after the end'));
    for (const chip of ['kinds', 'people', 'clients', 'devices']) expect(screen.getByTestId(`events-${chip}`)).toBeTruthy();
    await user.keyboard('{ArrowDown}{ArrowDown}');
    await waitFor(() => expect(screen.getAllByTestId('event-row')).toHaveLength(events));
    expect(screen.getByTestId('events-reversed').textContent).toBe('');
    await expectAccessible();
  });

  test.each([
    ['en', ['Start date', 'End date']],
    ['fr', ['Date de début', 'Date de fin']],
  ] as const)('each date has its name beside it, to be read: %s', async (language, names) => {
    const { user } = await openEvents({ settings: { language } });
    await user.click(screen.getByTestId('events-span-dates'));
    const dates = await find('events-dates');
    for (const name of names) expect(within(dates).getByText(name)).toBeTruthy();
    expect(within(dates).getAllByRole('group').map((field) => document.getElementById(field.getAttribute('aria-labelledby') ?? '')?.textContent)).toEqual(names);
  });

  test('two dates can be typed', async () => {
    const { user } = await openEvents();
    await user.click(screen.getByTestId('events-span-dates'));
    expect(await find('events-from')).toBeTruthy();
    expect(screen.getByTestId('events-to')).toBeTruthy();
    await expectAccessible();
  });

  test('offline, the log is there and only reading is off', async () => {
    await openEvents({ offline: true });
    expect(screen.getByTestId('events-refresh').getAttribute('aria-disabled')).toBe('true');
    expect(screen.getAllByTestId('event-row').length).toBeGreaterThan(3);
    await expectAccessible();
  });
});
