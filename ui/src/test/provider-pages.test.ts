// Provider Portal → Billing and Settings.
import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import { fakePassword, type FakeOptions } from '$/ipc/fake/host';
import { HostError, type Host } from '$/ipc/host';

import { expectAccessible, fakeConnection, find, findAll, openApp } from './stage';

async function openPage(nav: string, options: Partial<FakeOptions> = {}, change: (host: Host) => Partial<Host> = () => ({})) {
  const app = openApp({ clients: 38, ...options }, change);
  await findAll('client-row');
  await app.user.click(await find(nav));
  return app;
}

/** The session is told anew, as after a sync: the same providers as other objects. */
async function tellAgain(host: Host) {
  const state = await host.sessionState();
  await host.orderAccounts(state.kind === 'unlocked' ? state.accounts.map(({ id }) => id) : []);
  await new Promise((settled) => setTimeout(settled, 30));
}

describe('billing', () => {
  test('shows plans with their seats and prices, and how seats are used', async () => {
    const { user } = await openPage('nav-billing');
    const rows = await findAll('plan-row');
    expect(rows.map((row) => [...row.children].map((cell) => cell.textContent?.trim()).join(' '))).toEqual([
      'Teams Monthly 700 3,671 4,371 0 $3.20 $13,987.20',
      'Enterprise Monthly 5,000 0 1,221 3,779 $4.80 $24,000.00',
    ]);
    expect(screen.getByTestId('billing-total').textContent).toBe('$37,987.20');
    expect(screen.getByTestId('seat-use').textContent).toContain('5,275 of 5,592 assigned seats are used');
    await expectAccessible();
    await user.click(screen.getByTestId('most-unused'));
    await findAll('client-row');
    expect(screen.getByRole('columnheader', { name: /Remaining/ }).getAttribute('aria-sort')).toBe('descending');
  });

  test('what was read before is there when the server does not answer', async () => {
    await openPage('nav-billing', {}, () => ({ refreshBilling: () => Promise.reject(new HostError({ code: 'unreachable', detail: null })) }));
    expect(await findAll('plan-row')).toHaveLength(2);
    expect((await screen.findByRole('alert')).textContent).toContain('The server did not answer');
    await expectAccessible();
  });

  test('offline it is read from this computer and nothing is asked', async () => {
    const refreshBilling = vi.fn<Host['refreshBilling']>();
    await openPage('nav-billing', { offline: true }, () => ({ refreshBilling }));
    expect(await findAll('plan-row')).toHaveLength(2);
    expect(refreshBilling).not.toHaveBeenCalled();
    expect(screen.getByTestId('billing-refresh').getAttribute('aria-disabled')).toBe('true');
  });

  test('invoices are listed, each with its lines as a file', async () => {
    const saveInvoice = vi.fn<Host['saveInvoice']>();
    const { user } = await openPage('nav-billing', {}, (host) => {
      saveInvoice.mockImplementation(host.saveInvoice.bind(host));
      return { saveInvoice };
    });
    await user.click(await find('billing-tab-history'));
    const rows = await findAll('invoice-row');
    expect(rows).toHaveLength(14);
    expect(rows[0]!.textContent).toContain('Open');
    await expectAccessible();
    await user.click(within(rows[1]!).getByTestId('invoice-csv'));
    await waitFor(() => expect(screen.getByTestId('toast').textContent).toContain('Saved as invoice-in_999.csv.'));
    expect(saveInvoice).toHaveBeenCalledOnce();
  });

  test('what was asked is not asked again after every sync', async () => {
    const refreshBilling = vi.fn<Host['refreshBilling']>(() => Promise.resolve());
    const { host } = await openPage('nav-billing', {}, () => ({ refreshBilling }));
    await findAll('plan-row');
    // Once above all pages of the portal, once for this page.
    await waitFor(() => expect(refreshBilling).toHaveBeenCalledTimes(2));
    await tellAgain(host);
    expect(refreshBilling).toHaveBeenCalledTimes(2);
  });

  test('a suspension that is ahead is told apart from one that is', async () => {
    const days = (count: number) => new Date(Date.now() + count * 86_400_000).toISOString();
    const suspendedAt = async (at: string) => {
      const app = await openPage('nav-billing', {}, (host) => {
        const billing = host.billing.bind(host);
        const suspension = { suspendedAt: at, unpaidPeriodEnd: '2026-01-31T12:00:00Z', graceDays: 14 };
        return { billing: async (id) => billing(id).then((bill) => ({ ...bill, subscription: { ...bill.subscription!, suspension } })) };
      });
      const told = (await find('suspension')).textContent!.replace(/\s+/g, ' ').trim();
      await expectAccessible();
      cleanup();
      return { app, told };
    };
    const { told: ahead } = await suspendedAt(days(9));
    expect(ahead).toMatch(/^The provider will be suspended on .+ if an invoice stays unpaid\. It is for the time until .*31.*\. 14 days are given to pay it\.$/);
    const { told: behind } = await suspendedAt(days(-9));
    expect(behind).toMatch(/^The provider has been suspended since .+ because an invoice is unpaid\. It is for the time until .*31.*\.$/);
  });

  test('what is wrong with the tax ID is told above every page of the portal, to admins', async () => {
    const { user } = await openPage('nav-members', { provider: { withoutTaxId: true } });
    await findAll('team-row');
    expect(screen.getByTestId('tax-id-banner').textContent).toContain('The tax ID of the provider is missing');
    await expectAccessible();
    await user.click(screen.getByTestId('nav-billing'));
    await findAll('plan-row');
    expect(screen.getByTestId('tax-id-banner')).toBeTruthy();
    await user.click(screen.getByTestId('product-passwords'));
    await waitFor(() => expect(screen.queryByTestId('tax-id-banner')).toBeNull());
    cleanup();
    openApp({ provider: { withoutTaxId: true, role: 'service' } });
    await findAll('client-row');
    expect(screen.queryByTestId('tax-id-banner')).toBeNull();
  });

  test('paying is done in the web vault', async () => {
    const openProviderWeb = vi.fn<Host['openProviderWeb']>(() => Promise.resolve());
    const { user } = await openPage('nav-billing', {}, () => ({ openProviderWeb }));
    await user.click(await find('payment-details'));
    expect(openProviderWeb).toHaveBeenCalledExactlyOnceWith(expect.any(String), 'paymentDetails');
  });
});

describe('my provider', () => {
  test('is changed field by field, and what is wrong is told', async () => {
    const { user } = await openPage('nav-settings');
    const name = await find('provider-name');
    expect((name as HTMLInputElement).value).toBe('Brightwater IT');
    expect(screen.getByTestId('provider-save').getAttribute('aria-disabled')).toBe('true');
    await expectAccessible();
    await user.clear(name);
    expect(screen.getByText('Give the provider a name.')).toBeTruthy();
    await user.type(name, 'Brightwater Group');
    await user.clear(screen.getByTestId('provider-email'));
    await user.type(screen.getByTestId('provider-email'), 'billing@brightwater');
    await user.click(screen.getByTestId('provider-save'));
    expect(await screen.findByText(/Add the part after the dot/)).toBeTruthy();
    await expectAccessible();
    await user.type(screen.getByTestId('provider-email'), '.example');
    await user.click(screen.getByTestId('provider-save'));
    await waitFor(() => expect(screen.getByTestId('toast').textContent).toContain('Provider updated.'));
    expect(screen.getByText('Brightwater Group')).toBeTruthy();
  });

  test('a sync that ends while somebody types takes nothing away', async () => {
    const asked = vi.fn();
    const { user, host } = await openPage('nav-settings', {}, (host) => {
      const read = host.providerSettings.bind(host);
      return { providerSettings: (id) => (asked(), read(id)) };
    });
    const name = (await find('provider-name')) as HTMLInputElement;
    await user.type(name, ' Group');
    await tellAgain(host);
    expect(name.value).toBe('Brightwater IT Group');
    expect(asked).toHaveBeenCalledOnce();
  });

  test('what is typed while the change is sent stays, beside what the server made of the rest', async () => {
    let answer = () => {};
    const { user } = await openPage('nav-settings', {}, (host) => {
      const update = host.updateProvider.bind(host);
      // A server may write an address otherwise than it was typed.
      const lower = (settings: Parameters<Host['updateProvider']>[1]) => ({ ...settings, billingEmail: settings.billingEmail.toLowerCase() });
      return { updateProvider: (id, settings) => new Promise<void>((go) => (answer = go)).then(() => update(id, lower(settings))) };
    });
    const [name, email] = [(await find('provider-name')) as HTMLInputElement, screen.getByTestId('provider-email') as HTMLInputElement];
    await user.clear(email);
    await user.type(email, 'Bills@Brightwater.example');
    await user.click(screen.getByTestId('provider-save'));
    await user.type(name, ' Group');
    answer();
    await waitFor(() => expect(email.value).toBe('bills@brightwater.example'));
    expect(name.value).toBe('Brightwater IT Group');
    expect(screen.getByTestId('provider-save').getAttribute('aria-disabled')).not.toBe('true');
  });

  test('stands beside the settings of this computer', async () => {
    const { user } = await openPage('nav-settings');
    await user.click(await find('settings-computer'));
    await find('settings-theme');
    await expectAccessible();
    await user.click(screen.getByTestId('settings-provider'));
    await find('provider-name');
  });

  test('is not deleted while it has clients', async () => {
    const { user } = await openPage('nav-settings');
    await user.click(await find('provider-delete'));
    const dialog = await find('delete-provider');
    await waitFor(() => expect(within(dialog).getByTestId('delete-blocked').textContent).toContain('38 clients are still linked'));
    expect(within(dialog).queryByTestId('delete-confirm')).toBeNull();
    await expectAccessible();
    await user.click(within(dialog).getByTestId('delete-show-clients'));
    await findAll('client-row');
  });

  test('is not deleted without a connection', async () => {
    const connection = fakeConnection();
    const deleteProvider = vi.fn<Host['deleteProvider']>();
    const { user, host } = openApp({ clients: 0 }, (host) => ({ ...connection.change(host), deleteProvider }));
    await find('clients-empty');
    await user.click(screen.getByTestId('nav-settings'));
    await user.click(await find('provider-delete'));
    const password = await find('delete-password');
    await connection.tell(host, 'offline');
    await waitFor(() => expect(screen.getByTestId('delete-confirm').getAttribute('aria-disabled')).toBe('true'));
    await user.type(password, `${fakePassword}{Enter}`);
    expect(deleteProvider).not.toHaveBeenCalled();
    await expectAccessible();
  });

  test('is deleted with the master password, and one is home again', async () => {
    const app = openApp({ clients: 0 });
    await find('clients-empty');
    await app.user.click(screen.getByTestId('nav-settings'));
    await app.user.click(await find('provider-delete'));
    const dialog = await find('delete-provider');
    await app.user.click(await within(dialog).findByTestId('delete-confirm'));
    expect(within(dialog).getByText('Enter your master password.')).toBeTruthy();
    await app.user.type(within(dialog).getByTestId('delete-password'), 'wrong{Enter}');
    expect(await within(dialog).findByText(/That is not the master password/)).toBeTruthy();
    expect((within(dialog).getByTestId('delete-password') as HTMLInputElement).value).toBe('');
    await expectAccessible();
    await app.user.type(within(dialog).getByTestId('delete-password'), fakePassword[0]!);
    expect(within(dialog).queryByText(/That is not the master password/)).toBeNull();
    await app.user.type(within(dialog).getByTestId('delete-password'), `${fakePassword.slice(1)}{Enter}`);
    await find('nav-vaults');
    await waitFor(() => expect(screen.queryByTestId('delete-provider')).toBeNull());
    expect(screen.getAllByTestId('toast').map((toast) => toast.textContent).join()).toContain('Brightwater IT is deleted.');
  });
});
