// Provider Portal → Clients: what is done with them, and by whom.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import type { FakeOptions } from '$/ipc/fake/host';
import { HostError, type Host } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp, rowTexts } from './stage';

async function openClients(options: Partial<FakeOptions> = {}, change: (host: Host) => Partial<Host> = () => ({})) {
  const app = openApp(options, change);
  await findAll('client-row');
  return app;
}

type User = Awaited<ReturnType<typeof openClients>>['user'];

async function openMenu(user: User, name: string) {
  await user.click(screen.getByRole('button', { name: `Options for ${name}` }));
}

const toasts = () => screen.queryAllByTestId('toast').map((toast) => toast.textContent?.trim());
const closed = (id: string) => waitFor(() => expect(screen.queryByTestId(id)).toBeNull());

describe('a new client', () => {
  test('is asked for with what is missing told, and stands in the list', async () => {
    const createClient = vi.fn<Host['createClient']>();
    const { user } = await openClients({}, (host) => {
      createClient.mockImplementation(host.createClient.bind(host));
      return { createClient };
    });
    await user.click(screen.getByTestId('add-client'));
    await user.click(await find('add-new'));
    const dialog = await find('new-client');
    expect(within(dialog).getByTestId('new-client-intro').textContent).toContain('A new organization that Brightwater IT administers');
    expect((await within(dialog).findByText('$3.20 a month per member'))).toBeTruthy();
    expect(within(dialog).getByText('20% off')).toBeTruthy();
    await expectAccessible();
    await user.click(within(dialog).getByTestId('action-submit'));
    expect(within(dialog).getByText('Give the organization a name.')).toBeTruthy();
    expect(document.activeElement).toBe(within(dialog).getByTestId('client-name'));
    await user.type(within(dialog).getByTestId('client-name'), 'Zephyr Dental');
    await user.type(within(dialog).getByTestId('client-owner'), 'owner@zephyr');
    expect(within(dialog).getByText(/Add the part after the dot/)).toBeTruthy();
    await user.type(within(dialog).getByTestId('client-owner'), '.example');
    await user.clear(within(dialog).getByTestId('client-seats'));
    await user.type(within(dialog).getByTestId('client-seats'), '0');
    expect(await within(dialog).findByText('At least one seat is needed.')).toBeTruthy();
    await user.clear(within(dialog).getByTestId('client-seats'));
    await user.type(within(dialog).getByTestId('client-seats'), '14');
    await waitFor(() => expect(within(dialog).getByTestId('seat-change').textContent).toMatch(/\d after/));
    await expectAccessible();
    await user.click(within(dialog).getByTestId('action-submit'));
    await closed('new-client');
    expect(createClient).toHaveBeenCalledOnce();
    expect(createClient.mock.calls[0]![0]).toMatchObject({
      name: 'Zephyr Dental',
      ownerEmail: 'owner@zephyr.example',
      plan: 'teamsMonthly',
      seats: 14,
      collectionName: 'Default collection',
    });
    expect(toasts()).toEqual(['Zephyr Dental is a client now. owner@zephyr.example was invited as its owner.']);
    await waitFor(() => expect(rowTexts('client-row').join()).toContain('Zephyr Dental'));
  });

  test('a wrong address is told once it was left, and from then on with every letter', async () => {
    const { user } = await openClients();
    await user.click(screen.getByTestId('add-client'));
    await user.click(await find('add-new'));
    const dialog = await find('new-client');
    const email = within(dialog).getByTestId('client-owner');
    const wrong = () => email.getAttribute('aria-invalid');
    await user.click(email);
    await user.tab();
    expect(wrong()).toBeNull();
    await user.type(email, 'owner@zephyr');
    expect(wrong()).toBeNull();
    await user.tab();
    expect(wrong()).toBe('true');
    expect(within(dialog).getByText(/Add the part after the dot/)).toBeTruthy();
    await expectAccessible();
    await user.type(email, '.example');
    expect(wrong()).toBeNull();
    await user.type(email, '@');
    expect(wrong()).toBe('true');
    // A name that is too long is told as it is typed, as where a client is renamed.
    await user.type(within(dialog).getByTestId('client-name'), 'x'.repeat(51));
    expect(within(dialog).getByTestId('client-name').getAttribute('aria-invalid')).toBe('true');
  });

  test('asked for again after an answer was lost it is the same dialog, so the same client', async () => {
    const dialogs: string[] = [];
    const { user } = await openClients({}, (host) => {
      const create = host.createClient.bind(host);
      return {
        createClient: async (client) => {
          dialogs.push(client.dialog);
          if (dialogs.length === 1) throw new HostError({ code: 'uncertain', detail: null });
          return create(client);
        },
      };
    });
    await user.click(screen.getByTestId('add-client'));
    await user.click(await find('add-new'));
    const dialog = await find('new-client');
    await user.type(within(dialog).getByTestId('client-name'), 'Zephyr Dental');
    await user.type(within(dialog).getByTestId('client-owner'), 'owner@zephyr.example');
    await user.click(within(dialog).getByTestId('action-submit'));
    expect((await within(dialog).findByTestId('action-failure')).textContent).toMatch(/Doing it again is/);
    await user.click(within(dialog).getByTestId('action-submit'));
    await closed('new-client');
    expect(new Set(dialogs).size).toBe(1);
    expect(dialogs).toHaveLength(2);
  });

  test('while it is under way the dialog stays, and Esc stops it', async () => {
    let refuse: (error: HostError) => void = () => {};
    const cancelAction = vi.fn(() => {
      refuse(new HostError({ code: 'cancelled', detail: null }));
      return Promise.resolve();
    });
    const { user } = await openClients({}, () => ({
      createClient: () => new Promise((_, reject) => (refuse = reject)),
      cancelAction,
    }));
    await user.click(screen.getByTestId('add-client'));
    await user.click(await find('add-new'));
    const dialog = await find('new-client');
    await user.type(within(dialog).getByTestId('client-name'), 'Zephyr Dental');
    await user.type(within(dialog).getByTestId('client-owner'), 'owner@zephyr.example');
    await user.click(within(dialog).getByTestId('action-submit'));
    await user.keyboard('{Escape}');
    expect(cancelAction).toHaveBeenCalledOnce();
    expect((await within(dialog).findByTestId('action-failure')).textContent).toContain('Cancelled.');
    await user.keyboard('{Escape}');
    await user.click(await find('dialog-discard'));
    await closed('new-client');
  });
});

test('an organization of one’s own is added after the warning about the provider’s own passwords', async () => {
  const { user } = await openClients();
  await user.click(screen.getByTestId('add-client'));
  await user.click(await find('add-existing-row'));
  const dialog = await find('add-existing');
  const rows = await within(dialog).findAllByTestId('addable');
  expect(rows.map((row) => row.textContent)).toHaveLength(2);
  await expectAccessible();
  expect(within(dialog).getByTestId('action-submit').getAttribute('aria-disabled')).toBe('true');
  await user.click(rows[0]!);
  await user.click(within(dialog).getByTestId('action-submit'));
  expect((await within(dialog).findByTestId('add-warning')).textContent).toContain('Brightwater IT keeps its own passwords');
  expect((await within(dialog).findByTestId('seat-change')).textContent).toMatch(/Unassigned seats of this plan: [\d,]+ now, [\d,]+ after/);
  await expectAccessible();
  await user.click(within(dialog).getByTestId('action-submit'));
  await closed('add-existing');
  expect(toasts()).toEqual(['Brightwater Labs is a client of Brightwater IT now.']);
});

test('a number of seats that looks like a slip is asked for once more, and one beyond the most is told', async () => {
  const updateClient = vi.fn<Host['updateClient']>();
  const { user } = await openClients({}, (host) => {
    updateClient.mockImplementation(host.updateClient.bind(host));
    return { updateClient };
  });
  await openMenu(user, 'Alder Veterinary Group');
  await user.click(await find('client-seats-row'));
  const dialog = await find('change-client');
  const field = await within(dialog).findByTestId<HTMLInputElement>('client-seats');
  const type = async (text: string) => {
    await user.clear(within(dialog).getByTestId('client-seats'));
    await user.type(within(dialog).getByTestId('client-seats'), text);
  };
  await type('12345678');
  expect(field.value).toBe('12345678');
  expect(within(dialog).getByText('A client has at most 1,000,000 seats.')).toBeTruthy();
  await type('-5');
  expect(within(dialog).getByText('At least one seat is needed.')).toBeTruthy();
  await type('900000');
  await waitFor(() => expect(within(dialog).getByTestId('seat-change').textContent).toMatch(/bought, for/));
  await user.keyboard('{Enter}');
  expect((await within(dialog).findByTestId('seat-jump')).textContent).toMatch(/bought, for/);
  await waitFor(() => expect(document.activeElement?.textContent).toContain('Cancel'));
  await expectAccessible();
  expect(updateClient).not.toHaveBeenCalled();
  await user.click(within(dialog).getByTestId('action-submit'));
  await closed('change-client');
  expect(updateClient).toHaveBeenCalledOnce();
  expect(updateClient.mock.calls[0]![0].seats).toBe(900_000);
});

test('a client gets another name', async () => {
  const { user } = await openClients();
  await openMenu(user, 'Alder Veterinary Group');
  await user.click(await find('client-rename'));
  const dialog = await find('change-client');
  const field = await within(dialog).findByTestId<HTMLInputElement>('client-name');
  expect(field.value).toBe('Alder Veterinary Group');
  await user.clear(field);
  await user.type(field, 'x'.repeat(51));
  expect(within(dialog).getByText('A name has at most 50 characters.')).toBeTruthy();
  await user.clear(field);
  await user.type(field, 'Alder Vets{Enter}');
  await closed('change-client');
  await waitFor(() => expect(rowTexts('client-row').join()).toContain('Alder Vets'));
});

describe('seats', () => {
  test('are assigned with what that buys told while typing', async () => {
    const { user } = await openClients({ clients: 38 });
    await openMenu(user, 'Calder Structural Engineers');
    await user.click(await find('client-seats-row'));
    const dialog = await find('change-client');
    const field = await within(dialog).findByTestId<HTMLInputElement>('client-seats');
    await waitFor(() => expect(field.value).toBe('2989'));
    await user.clear(field);
    await user.type(field, '3000');
    // Teams: its minimum of 700 is long assigned.
    await waitFor(() => expect(within(dialog).getByTestId('seat-change').textContent).toContain('11 more seats are bought, for $35.20 a month.'));
    await user.clear(field);
    await user.type(field, '2');
    expect(await within(dialog).findByText(/2,987 members take a seat/)).toBeTruthy();
    await expectAccessible();
    await user.clear(field);
    await user.type(field, '3000{Enter}');
    await closed('change-client');
    await waitFor(() => expect(rowTexts('client-row').find((row) => row.includes('Calder'))).toContain('3,000'));
  });

  test('keep what is being typed when the subscription is read meanwhile, and are asked anew', async () => {
    let read: () => void = () => {};
    const checkSeats = vi.fn<Host['checkSeats']>();
    const { user } = await openClients({ clients: 38 }, (host) => {
      checkSeats.mockImplementation(host.checkSeats.bind(host));
      return { refreshBilling: () => new Promise((resolve) => (read = resolve)), checkSeats };
    });
    await openMenu(user, 'Calder Structural Engineers');
    await user.click(await find('client-seats-row'));
    const field = await within(await find('change-client')).findByTestId<HTMLInputElement>('client-seats');
    await user.clear(field);
    await user.keyboard('30');
    const asked = checkSeats.mock.calls.length;
    read();
    await waitFor(() => expect(checkSeats.mock.calls.length).toBe(asked + 1));
    expect(document.activeElement).toBe(field);
    await user.keyboard('00');
    expect(field.value).toBe('3000');
    await waitFor(() => expect(screen.getByTestId('seat-change').textContent).toContain('11 more seats are bought'));
  });

  test('a service user hands out what is there, and is told who may buy', async () => {
    const { user } = await openClients({ clients: 38, provider: { role: 'service' } });
    await openMenu(user, 'Calder Structural Engineers');
    await user.click(await find('client-seats-row'));
    const dialog = await find('change-client');
    expect(await within(dialog).findByText(/As a service user you hand out/)).toBeTruthy();
    const field = within(dialog).getByTestId('client-seats');
    await user.clear(field);
    await user.type(field, '3000');
    expect(await within(dialog).findByText('No seat of this plan is unassigned. A provider admin can buy more.')).toBeTruthy();
    await expectAccessible();
  });
});

describe('unlinking', () => {
  test('says what ends, and takes the client from the list', async () => {
    const { user } = await openClients();
    await openMenu(user, 'Abbott & Lane Solicitors');
    await user.click(await find('client-unlink'));
    const dialog = await find('unlink-client');
    await waitFor(() => expect(dialog.textContent).toContain('Nobody at Brightwater IT can manage it any more.'));
    expect(dialog.textContent).toMatch(/It keeps its owner/);
    await expectAccessible();
    await user.click(within(dialog).getByTestId('action-submit'));
    await closed('unlink-client');
    expect(toasts()).toEqual(['Abbott & Lane Solicitors is no longer managed by Brightwater IT.']);
    await waitFor(() => expect(rowTexts('client-row').join()).not.toContain('Abbott'));
  });

  test('of a client that somebody else let go meanwhile says so, and ends well', async () => {
    const unlinkClient = vi.fn<Host['unlinkClient']>();
    const { user, host } = await openClients({}, (host) => {
      unlinkClient.mockImplementation(host.unlinkClient.bind(host));
      return { unlinkClient };
    });
    await openMenu(user, 'Abbott & Lane Solicitors');
    await user.click(await find('client-unlink'));
    const dialog = await find('unlink-client');
    await waitFor(() => expect(dialog.textContent).toContain('Nobody at Brightwater IT can manage it any more.'));
    const page = await host.clientsPage({ providerId: 'b7a1c2d3-0000-4000-a000-00000000000a', search: 'Abbott', filter: 'all', plan: null, tags: [], sort: 'name', descending: false, offset: 0, limit: 1 });
    const { organizationId } = page.rows[0]!;
    await host.unlinkClient('', organizationId);
    expect((await within(dialog).findByTestId('unlink-gone')).textContent).toContain('is no longer managed by Brightwater IT');
    expect(within(dialog).queryByRole('alert')).toBeNull();
    await expectAccessible();
    await user.click(within(dialog).getByTestId('action-submit'));
    await closed('unlink-client');
    expect(unlinkClient).toHaveBeenCalledTimes(2);
    await expect(unlinkClient.mock.results[1]!.value).resolves.toEqual({ already: true, picture: null });
    expect(toasts()).toEqual(['Abbott & Lane Solicitors is no longer managed by Brightwater IT.']);
  });

  test('is refused beforehand where nobody of the client would own it', async () => {
    const unlinkClient = vi.fn<Host['unlinkClient']>();
    const { user } = await openClients({}, (host) => {
      const read = host.clientHead.bind(host);
      return { unlinkClient, clientHead: async (id) => ({ ...(await read(id)), owners: [] }) };
    });
    await openMenu(user, 'Abbott & Lane Solicitors');
    await user.click(await find('client-unlink'));
    const dialog = await find('unlink-client');
    expect((await within(dialog).findByTestId('unlink-ownerless')).textContent).toContain('it has no confirmed owner of its own');
    const button = within(dialog).getByTestId('action-submit');
    expect(button.getAttribute('aria-disabled')).toBe('true');
    await user.click(button);
    expect(unlinkClient).not.toHaveBeenCalled();
    await expectAccessible();
  });

  test('what the server says stays in the dialog', async () => {
    const { user } = await openClients({}, () => ({
      unlinkClient: () => Promise.reject(new HostError({ code: 'refused', detail: 'Organization must have at least one confirmed owner.' })),
    }));
    await openMenu(user, 'Abbott & Lane Solicitors');
    await user.click(await find('client-unlink'));
    const dialog = await find('unlink-client');
    await waitFor(() => expect(dialog.textContent).toContain('Nobody at Brightwater IT'));
    await user.click(within(dialog).getByTestId('action-submit'));
    expect((await within(dialog).findByTestId('action-failure')).textContent).toContain('Nobody of its own would be a confirmed owner');
  });
});

describe('roles', () => {
  test('a service user finds no way to add, unlink, bill or set', async () => {
    const { user } = await openClients({ provider: { role: 'service' } });
    for (const id of ['add-client', 'nav-billing']) expect(screen.queryByTestId(id)).toBeNull();
    await openMenu(user, 'Alder Veterinary Group');
    await find('client-rename');
    expect(screen.queryByTestId('client-unlink')).toBeNull();
    await user.keyboard('{Escape}');
    await user.click(screen.getByTestId('nav-settings'));
    await find('settings-theme');
    expect(screen.queryByTestId('settings-provider')).toBeNull();
  });

  test('a suspended provider reads and lets go, and its admins are told why', async () => {
    const { user } = await openClients({ provider: { suspended: true } });
    expect((await find('suspended-banner')).textContent).toContain('Brightwater IT is suspended: an invoice is unpaid.');
    expect(screen.getByTestId('add-client').getAttribute('aria-disabled')).toBe('true');
    await openMenu(user, 'Alder Veterinary Group');
    expect((await find('client-rename')).textContent).toContain('Provider is disabled.');
    expect(screen.getByTestId('client-unlink').getAttribute('aria-disabled')).not.toBe('true');
    await expectAccessible();
  });

  test('the people and the settings of a suspended provider are its admins’ to change', async () => {
    const { user } = await openClients({ provider: { suspended: true } });
    await user.click(screen.getByTestId('nav-members'));
    expect((await find('team-invite')).getAttribute('aria-disabled')).not.toBe('true');
    await user.click(screen.getByTestId('nav-settings'));
    await user.type(await find('provider-name'), ' Ltd');
    for (const id of ['provider-save', 'provider-delete']) expect(screen.getByTestId(id).getAttribute('aria-disabled')).not.toBe('true');
  });

  test('a service user of a suspended provider is sent to an admin', async () => {
    openApp({ provider: { suspended: true, role: 'service' } });
    expect((await find('suspended-page')).textContent).toContain('Only a provider admin');
    expect(screen.queryByTestId('client-row')).toBeNull();
    await expectAccessible();
  });

  test('resellers and providers without seats see neither seats nor what is not theirs to do', async () => {
    const { user } = await openClients({ provider: { kind: 'reseller' } });
    expect(await find('reseller-note')).toBeTruthy();
    expect(screen.queryByTestId('add-client')).toBeNull();
    expect(screen.queryByTestId('total-assigned')).toBeNull();
    expect(screen.queryByRole('columnheader', { name: 'Assigned' })).toBeNull();
    await openMenu(user, 'Alder Veterinary Group');
    await find('client-sync');
    expect(screen.queryByTestId('client-seats-row')).toBeNull();
    expect(screen.queryByTestId('client-unlink')).toBeNull();
    await expectAccessible();
  });

  test('without consolidated billing organizations are added and let go, not made', async () => {
    const { user } = await openClients({ provider: { billable: false } });
    expect(await find('legacy-note')).toBeTruthy();
    await user.click(screen.getByTestId('add-client'));
    expect((await find('add-new')).textContent).toContain('does not bill seats');
    expect(screen.getByTestId('add-existing-row').getAttribute('aria-disabled')).not.toBe('true');
    await expectAccessible();
  });
});

test('offline every action says why it is off', async () => {
  const { user } = await openClients({ offline: true });
  expect(screen.getByTestId('add-client').getAttribute('aria-disabled')).toBe('true');
  await openMenu(user, 'Alder Veterinary Group');
  for (const id of ['client-rename', 'client-seats-row', 'client-unlink']) {
    expect((await find(id)).getAttribute('aria-disabled')).toBe('true');
    expect(screen.getByTestId(id).textContent).toContain('there is no connection');
  }
});

describe('taking the list along', () => {
  test('what is chosen is exported, all of it by a box, and a new filter chooses anew', async () => {
    const exportClients = vi.fn<Host['exportClients']>();
    const { user } = await openClients({ clients: 3000 }, (host) => {
      exportClients.mockImplementation(host.exportClients.bind(host));
      return { exportClients };
    });
    await user.click(screen.getByTestId('select-all'));
    expect((await find('selected-count')).textContent).toBe('3,000 of 3,000 selected');
    await user.click(screen.getAllByTestId('select-client')[1]!);
    expect((await find('selected-count')).textContent).toBe('2,999 of 3,000 selected');
    await expectAccessible();
    await user.click(screen.getByTestId('export'));
    await user.click(await find('export-csv'));
    await waitFor(() => expect(toasts()).toEqual(['2,999 clients saved as clients.csv.']));
    expect(exportClients.mock.calls[0]![0]).toMatchObject({ format: 'csv', selection: { kind: 'allBut' }, query: { filter: 'all' } });
    // Headed like the table, so that nobody has to guess which figure is which.
    const { heads } = exportClients.mock.calls[0]![0];
    expect(Object.values(heads)).toEqual(['ID', 'Client', 'Billing plan', 'Assigned', 'Used', 'Remaining', 'Confirmed', 'Created', 'Last synced', 'Stale', 'Why stale', 'Tags']);
    await user.click(screen.getByTestId('selection-clear'));
    await user.click(screen.getAllByTestId('select-client')[0]!);
    expect((await find('selected-count')).textContent).toBe('1 of 3,000 selected');
    await user.type(screen.getByTestId('clients-search'), 'abbott');
    await closed('selected-count');
  });

  test('by keyboard: Space chooses the row, Ctrl A all', async () => {
    const { user } = await openClients();
    screen.getByRole('grid').focus();
    await user.keyboard('{ArrowDown} ');
    expect((await find('selected-count')).textContent).toBe('1 of 5 selected');
    await user.keyboard('{Control>}a{/Control}');
    await waitFor(() => expect(screen.getByTestId('selected-count').textContent).toBe('5 of 5 selected'));
  });

  test('a person who names no place has changed nothing', async () => {
    const { user } = await openClients({}, () => ({ exportClients: () => Promise.resolve({ fileName: null, rows: 0 }) }));
    await user.click(screen.getByTestId('export'));
    await user.click(await find('export-json'));
    expect(toasts()).toEqual([]);
  });
});

test('columns are left out, and that is kept', async () => {
  const settingsSet = vi.fn<Host['settingsSet']>(() => Promise.resolve());
  const { user } = await openClients({}, () => ({ settingsSet }));
  expect(screen.getByRole('columnheader', { name: 'Confirmed' })).toBeTruthy();
  await user.click(screen.getByTestId('columns'));
  const row = await find('column-members');
  expect(row.getAttribute('aria-checked')).toBe('true');
  await expectAccessible();
  await user.click(row);
  await waitFor(() => expect(screen.getByTestId('column-members').getAttribute('aria-checked')).toBe('false'));
  expect(settingsSet.mock.lastCall?.[0]).toMatchObject({ hiddenClientColumns: ['members'] });
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('columnheader', { name: 'Confirmed' })).toBeNull());
});

test('the palette reaches the pages, the actions and the client', async () => {
  const { user } = await openClients({ provider: { second: true } });
  const choose = async (text: string, label: string) => {
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await find('palette-input'), text);
    await user.click(await screen.findByText((_, element) => element?.getAttribute('data-testid') === 'palette-row' && (element.textContent ?? '').includes(label)));
    await closed('palette');
  };
  await choose('billing h', 'Go to Billing history');
  expect(await findAll('invoice-row')).toHaveLength(14);
  await choose('my prov', 'Go to My provider');
  await find('provider-name');
  await choose('new cl', 'New client');
  await find('new-client');
  await user.keyboard('{Escape}');
  await closed('new-client');
  await user.keyboard('{Control>}k{/Control}');
  await user.type(await find('palette-input'), 'alder');
  await findAll('palette-row');
  await user.keyboard('{Tab}');
  await user.type(screen.getByTestId('palette-input'), 'manage the sub');
  await user.keyboard('{Enter}');
  const dialog = await find('change-client');
  await waitFor(() => expect(dialog.textContent).toContain('Subscription of Alder Veterinary Group'));
  await user.keyboard('{Escape}');
  await closed('change-client');
  await choose('harbour', 'Show the portal of Harbour Lane Managed Services');
  await waitFor(() => expect(screen.getByTestId('page-title').textContent).toMatch(/Clients7/));
});

test('a column that gave way for width is told in the menu, and not as shown', async () => {
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockImplementation(function (this: Element) {
    return this.classList.contains('frame') ? 1036 : 0;
  });
  const { user } = await openClients({ clients: 38 });
  const heads = screen.getAllByRole('columnheader').map((head) => head.textContent?.trim());
  expect(heads).toContain('Last synced');
  expect(heads).not.toContain('Created');
  await user.click(screen.getByTestId('columns'));
  const created = await find('column-created');
  expect(created.getAttribute('aria-checked')).toBe('mixed');
  expect(created.textContent).toContain('No room in this window');
  expect(screen.getByTestId('column-lastSynced').getAttribute('aria-checked')).toBe('true');
  await expectAccessible();
  // Leaving out what takes the room brings it back.
  for (const column of ['tags', 'members', 'plan']) await user.click(screen.getByTestId(`column-${column}`));
  await waitFor(() => expect(screen.getByTestId('column-created').getAttribute('aria-checked')).toBe('true'));
  vi.restoreAllMocks();
});

describe('the palette finds what can be done by its label and by other words', () => {
  const typed = async (user: User, text: string) => {
    const input = await find('palette-input');
    await user.clear(input);
    await user.type(input, text);
    await waitFor(() => expect((input as HTMLInputElement).value).toBe(text));
    return screen.queryAllByTestId('palette-row').map(({ id }) => id.replace('palette-action-', ''));
  };

  test.each([
    ['en', { unlink: 'unlink', detach: 'unlink', 'update name': 'rename', rename: 'rename', tags: 'tags', 'manage subscription': 'seats', export: 'export-clients', 'export events': 'export-events', 'delete provider': 'delete-provider', invite: 'invite', resend: 'resend', 'role member': 'members', invoice: 'invoices' }],
    ['fr', { délier: 'unlink', dissocier: 'unlink', 'mettre le nom': 'rename', renommer: 'rename', étiquettes: 'tags', "gérer l'abonnement": 'seats', exporter: 'export-clients', 'supprimer le fournisseur': 'delete-provider', inviter: 'invite', renvoyer: 'resend', facture: 'invoices' }],
  ] as const)('%s', async (language, wanted) => {
    const { user } = await openClients({ settings: { language } });
    await user.keyboard('{Control>}k{/Control}');
    for (const [text, id] of Object.entries(wanted)) expect(await typed(user, text), text).toContain(id);
  });

  test('but not what the role may not do', async () => {
    const { user } = await openClients({ provider: { role: 'service' } });
    await user.keyboard('{Control>}k{/Control}');
    for (const text of ['unlink', 'invite', 'delete provider', 'resend']) expect(await typed(user, text), text).toEqual([]);
    expect(await typed(user, 'update name')).toContain('rename');
  });

  test('what needs a client leads to choosing one of the provider’s', async () => {
    const { user } = await openClients({ clients: 12 });
    await user.keyboard('{Control>}k{/Control}');
    await typed(user, 'unlink');
    await user.click(document.getElementById('palette-action-unlink')!);
    await find('palette-picking');
    await waitFor(() => expect(screen.getAllByTestId('palette-row').length).toBe(6));
    await expectAccessible();
    expect(screen.getByTestId('palette-more').textContent).toBe('Show all 12');
    await user.keyboard('{ArrowUp}{Enter}');
    await waitFor(() => expect(screen.getAllByTestId('palette-row').length).toBe(12));
    expect(screen.queryByTestId('palette-more')).toBeNull();
    await user.type(screen.getByTestId('palette-input'), 'alder v');
    await waitFor(() => expect(screen.getAllByTestId('palette-row')).toHaveLength(1));
    await user.keyboard('{Enter}');
    await closed('palette');
    await screen.findByRole('dialog');
    expect(screen.getByRole('dialog').textContent).toContain('Alder');
  });

  test.each([
    ['en', 'subscription alder', 'seats', 'Manage the subscription of Alder Veterinary Group'],
    ['en', 'alder members', 'client-members', 'Members of Alder Veterinary Group'],
    ['en', 'pin alder', 'pin-or-not', 'Pin Alder Veterinary Group'],
    ['fr', 'abonnement alder', 'seats', 'Gérer l’abonnement d’Alder Veterinary Group'],
  ] as const)('with the name of a client beside it: %s, %s', async (language, text, id, label) => {
    const { user } = await openClients({ clients: 12, settings: { language } });
    await user.keyboard('{Control>}k{/Control}');
    await typed(user, text);
    const row = () => screen.getAllByTestId('palette-row').find((row) => row.id.startsWith(`palette-action-${id}-`));
    await waitFor(() => expect(row()?.textContent?.trim()).toBe(label));
    expect(screen.queryByTestId('palette-nothing')).toBeNull();
    await user.click(row()!);
    await closed('palette');
    if (id === 'seats') expect((await find('change-client')).textContent).toContain('Alder Veterinary Group');
    if (id === 'client-members') expect((await find('page-title')).textContent).toContain('Alder Veterinary Group');
  });

  test('and is done with the client whose page is open', async () => {
    const { user } = await openClients({ clients: 12 });
    await user.click(screen.getAllByTestId('client-row')[0]!);
    const name = (await find('page-title')).textContent!.trim();
    await user.keyboard('{Control>}k{/Control}');
    await waitFor(async () => expect(await typed(user, 'update name')).toContain('rename'));
    await waitFor(() => expect(document.getElementById('palette-action-rename')!.textContent).toContain(`Update the name of`));
    expect(document.getElementById('palette-action-rename')!.textContent).toContain(name);
  });
});
