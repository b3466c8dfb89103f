// Vaults, as a person uses them.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import type { ItemDetail } from '$/ipc/bindings/ItemDetail';
import type { SyncStatus } from '$/ipc/bindings/SyncStatus';
import type { Text } from '$/ipc/bindings/Text';
import { fakePassword } from '$/ipc/fake/host';
import { HostError, type Host } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp, rowTexts } from './stage';

async function openVaults(change: (host: Host) => Partial<Host> = () => ({}), items = 300) {
  const app = openApp({ withoutProvider: true, items }, change);
  await findAll('item-row');
  return app;
}

/** Opens the first item whose row answers. */
async function openItem(user: Awaited<ReturnType<typeof openVaults>>['user'], search: string) {
  await user.clear(screen.getByTestId('vaults-search'));
  await user.type(screen.getByTestId('vaults-search'), `"${search}"`);
  await waitFor(() => expect(rowTexts('item-row')[0]).toContain(search));
  await user.click(screen.getAllByTestId('item-row')[0]!);
  const panel = await find('item-panel');
  await waitFor(() => expect(within(panel).getByRole('heading', { level: 2 }).textContent).toContain(search));
  return panel;
}

/** Makes every item of the fake vault like this one in some respects. */
const everyItem = (change: (item: ItemDetail) => ItemDetail) => (host: Host) => {
  const read = host.itemDetail.bind(host);
  return { itemDetail: async (id: string) => change(await read(id)) };
};

describe('vaults', () => {
  test('the filter narrows the list, counts stand beside it, axe passes', async () => {
    const { user } = await openVaults();
    const filters = await find('vault-filters');
    await waitFor(() => expect(within(filters).getByText('All vaults')).toBeTruthy());
    await expectAccessible();
    const cards = within(filters).getByRole('treeitem', { name: /^Card/ });
    const count = cards.querySelector('b')?.textContent;
    await user.click(cards);
    await waitFor(() => expect(screen.getByTestId('page-title').textContent?.replace(/\s+/g, '')).toBe(`Card${count}`));
    expect(cards.getAttribute('aria-selected')).toBe('true');
    await user.keyboard('{Alt>}{ArrowLeft}{/Alt}');
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toContain('All vaults'));
  });

  test('a tree opens and is walked by arrows', async () => {
    const { user } = await openVaults();
    const filters = await find('vault-filters');
    const family = await within(filters).findByRole('treeitem', { name: /^Family/ });
    expect(within(filters).queryByRole('treeitem', { name: /^School/ })).toBeNull();
    family.focus();
    await user.keyboard('{ArrowRight}');
    expect(family.getAttribute('aria-expanded')).toBe('true');
    await user.keyboard('{ArrowRight}');
    await waitFor(() => expect(document.activeElement?.textContent).toContain('School'));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toContain('School'));
  });

  test.each([
    ['en', 'bank', 'Checking'],
    ['fr', 'banque', 'Compte courant'],
  ] as const)('the type of a bank account is told in words: %s', async (language, type, told) => {
    const { user } = openApp({ withoutProvider: true, items: 300, settings: { language } }, (host) => {
      const ask = host.itemDetail.bind(host);
      return {
        itemDetail: async (...asked) => {
          const item = await ask(...asked);
          const [name] = item.sections.flatMap(({ fields }) => fields).filter(({ label }) => label === 'nameOnAccount');
          if (name) item.sections[0]!.fields.push({ ...name, id: 'foreign', label: 'accountType', value: { kind: 'plain', value: 'Compte joint' } });
          return item;
        },
      };
    });
    await findAll('item-row');
    await user.type(screen.getByTestId('vaults-search'), `type:${type}`);
    await waitFor(() => expect(rowTexts('item-row')[0]).toContain('Quay Bank'));
    await user.click(screen.getAllByTestId('item-row')[0]!);
    const [known, foreign] = await screen.findAllByTestId('field-accountType');
    expect(known!.textContent).toContain(told);
    expect(known!.textContent).not.toContain('checking');
    // What another client wrote stays as it is.
    expect(foreign!.textContent).toContain('Compte joint');
  });

  test('a password is dots until it is revealed, and gone when another item is looked at', async () => {
    const { user } = await openVaults();
    const panel = await openItem(user, 'Backup console 10');
    expect(within(panel).queryByTestId('revealed')).toBeNull();
    await user.click(within(within(panel).getByTestId('field-password')).getByTestId('reveal'));
    const shown = (await within(panel).findByTestId('revealed')).textContent;
    expect(shown).toMatch(/^mossy-Lantern/);
    await expectAccessible();
    screen.getByRole('grid').focus();
    await user.clear(screen.getByTestId('vaults-search'));
    await openItem(user, 'Backup console 2');
    expect(screen.queryByTestId('revealed')).toBeNull();
    expect(document.body.textContent).not.toContain(shown!);
  });

  test('the panel goes with its row, and hides what it showed where the row may be further down', async () => {
    const { user } = await openVaults();
    const panel = await openItem(user, 'Backup console 10');
    const search = screen.getByTestId('vaults-search');
    const reveal = async () => {
      await user.click(within(within(panel).getByTestId('field-password')).getByTestId('reveal'));
      return within(panel).findByTestId('revealed');
    };
    await reveal();
    await user.clear(search);
    await user.type(search, '"Backup console"');
    await waitFor(() => expect(rowTexts('item-row').length).toBeGreaterThan(5));
    expect(within(panel).getByTestId('revealed')).toBeTruthy();
    // All vaults from the end of the alphabet: the row is in none of the parts that are read.
    await user.click(screen.getAllByRole('columnheader')[0]!.querySelector('button')!);
    await waitFor(() => expect(rowTexts('item-row')[0]).not.toMatch(/Backup console(?! \d)/));
    expect(within(panel).getByTestId('revealed')).toBeTruthy();
    await user.clear(search);
    await waitFor(() => expect(within(panel).queryByTestId('revealed')).toBeNull());
    expect(screen.getByTestId('item-panel')).toBeTruthy();
    await reveal();
    await user.type(search, '"Backup console 2"');
    await waitFor(() => expect(screen.queryByTestId('item-panel')).toBeNull());
    expect(document.activeElement).toBe(search);
  });

  test('an item that changes elsewhere hides what it showed and makes its code anew; one that is gone is shown no more', async () => {
    let state: 'as it was' | 'edited' | 'gone' = 'as it was';
    const codes = vi.fn();
    let [heard, revision] = [(_: SyncStatus) => {}, 10];
    const { user, host } = await openVaults((host) => {
      const [read, code, listen] = [host.itemDetail.bind(host), host.totpCode.bind(host), host.onSyncStatus.bind(host)];
      return {
        onSyncStatus: (listener) => listen((heard = listener)),
        itemDetail: async (id: string) => {
          if (state === 'gone') throw new HostError({ code: 'notFound', detail: null });
          return { ...(await read(id)), ...(state === 'edited' ? { editedAt: '2026-11-26T12:00:00Z' } : {}) };
        },
        totpCode: (itemId, fieldId) => (codes(), code(itemId, fieldId)),
      };
    });
    const synced = async () => heard({ ...(await host.syncStatus()), revision: ++revision });
    const panel = await openItem(user, 'Backup console 10');
    await user.click(within(within(panel).getByTestId('field-password')).getByTestId('reveal'));
    await within(panel).findByTestId('revealed');
    await synced();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(within(panel).getByTestId('revealed')).toBeTruthy();
    const asked = codes.mock.calls.length;
    expect(asked).toBeGreaterThan(0);
    state = 'edited';
    await synced();
    await waitFor(() => expect(within(panel).queryByTestId('revealed')).toBeNull());
    await waitFor(() => expect(codes.mock.calls.length).toBeGreaterThan(asked));
    within(within(panel).getByTestId('field-password')).getByTestId('copy').focus();
    state = 'gone';
    await synced();
    expect((await within(panel).findByRole('alert')).textContent).toContain('This item is no longer in the vault.');
    expect(within(panel).queryByTestId('field-password')).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(within(panel).getByRole('heading', { level: 2, name: 'Backup console 10' })));
  });

  test('copying happens in the host and is said with the time it lasts', async () => {
    const copied = vi.fn();
    const { user } = await openVaults((host) => {
      const copy = host.copyField.bind(host);
      return { copyField: (request) => (copied(request.fieldId), copy(request)) };
    });
    const panel = await openItem(user, 'Backup console 10');
    await user.click(within(within(panel).getByTestId('field-password')).getByTestId('copy'));
    expect(await screen.findByText('Password copied. Clears in 30 s.')).toBeTruthy();
    screen.getByRole('grid').focus();
    await user.keyboard('{Control>}u{/Control}');
    expect(await screen.findByText('Username copied. Clears in 30 s.')).toBeTruthy();
    await user.keyboard('{Control>}c{/Control}');
    await waitFor(() => expect(copied.mock.calls.flat()).toEqual(['login.password', 'login.username', 'login.password']));
  });

  test('an item with re-prompt shows nothing before the master password, and asks again when one comes back', async () => {
    const passReprompt = vi.fn<Host['passReprompt']>();
    const { user } = await openVaults((host) => {
      const pass = host.passReprompt.bind(host);
      passReprompt.mockImplementation((...given) => pass(...given));
      return { passReprompt };
    });
    const panel = await openItem(user, 'Backup console');
    expect(await within(panel).findByTestId('item-locked')).toBeTruthy();
    expect(within(panel).queryByTestId('field-username')).toBeNull();
    await expectAccessible();
    await user.click(within(panel).getByTestId('item-show'));
    const dialog = await find('reprompt');
    await expectAccessible();
    await user.type(within(dialog).getByTestId('reprompt-password'), 'wrong{Enter}');
    expect(await within(dialog).findByText('This is not the master password.')).toBeTruthy();
    expect((within(dialog).getByTestId('reprompt-password') as HTMLInputElement).value).toBe('');
    await user.type(within(dialog).getByTestId('reprompt-password'), fakePassword[0]!);
    expect(within(dialog).queryByText('This is not the master password.')).toBeNull();
    await user.type(within(dialog).getByTestId('reprompt-password'), `${fakePassword.slice(1)}{Enter}`);
    // Answered once, it counts for every field of this item.
    await user.click(within(await within(panel).findByTestId('field-password')).getByTestId('reveal'));
    expect((await within(panel).findByTestId('revealed')).textContent).toMatch(/^mossy-Lantern/);
    expect(passReprompt.mock.calls.map(([, password]) => password)).toEqual(['wrong', fakePassword]);
    await user.click(screen.getByTestId('item-panel-close'));
    await openItem(user, 'Backup console');
    expect(await screen.findByTestId('item-locked')).toBeTruthy();
  });

  test('what the collection hides is neither shown nor offered', async () => {
    const hidden = everyItem((item) => ({
      ...item,
      viewPassword: false,
      sections: item.sections.map((section) => ({
        ...section,
        fields: section.fields.map((field) => (field.kind === 'hidden' ? { ...field, withheld: true } : field)),
      })),
    }));
    const { user } = await openVaults(hidden);
    const panel = await openItem(user, 'Backup console 10');
    expect(within(panel).getByTestId('passwords-hidden')).toBeTruthy();
    const field = within(panel).getByTestId('field-password');
    expect(field.textContent).toContain('Hidden by the collection');
    expect(within(field).queryAllByRole('button')).toEqual([]);
  });

  test('a website whose checksum does not fit is called altered, and neither opened nor copied', async () => {
    const altered = everyItem((item) => ({
      ...item,
      sections: item.sections.map((section) => ({
        ...section,
        fields: section.fields.map((field) =>
          field.id === 'uri-0' ? { ...field, value: { kind: 'unreadable', reason: 'altered' } } : field,
        ),
      })),
    }));
    const { user } = await openVaults(altered);
    const panel = await openItem(user, 'Backup console 10');
    const [field, genuine] = within(panel).getAllByTestId('field-uri');
    expect(field!.textContent).toContain('Altered');
    expect(field!.textContent).toContain('its checksum does not fit');
    expect(within(field!).queryAllByRole('button')).toEqual([]);
    expect(within(genuine!).getByTestId('open-website')).toBeTruthy();
    await expectAccessible();
  });

  test('a value that does not open is shown as such and cannot be copied', async () => {
    const broken = everyItem((item) => ({
      ...item,
      sections: item.sections.map((section) => ({
        ...section,
        fields: section.fields.map((field) =>
          field.label === 'username'
            ? { ...field, value: { kind: 'unreadable', reason: 'wrongKeyOrDamaged' } }
            : field,
        ),
      })),
    }));
    const { user } = await openVaults(broken);
    const panel = await openItem(user, 'Backup console 10');
    const field = within(panel).getByTestId('field-username');
    expect(field.textContent).toContain('Cannot be opened');
    expect(within(field).queryByTestId('copy')).toBeNull();
    await expectAccessible();
  });

  test('an item whose name does not open has its place in the list', async () => {
    const { user } = await openVaults();
    await user.click(within(await find('vault-filters')).getByRole('treeitem', { name: /^Cannot be opened/ }));
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toMatch(/^Cannot be opened1$/));
    await waitFor(() => expect(rowTexts('item-row')[0]).toContain('Cannot be opened'));
    await user.click(screen.getAllByTestId('item-row')[0]!);
    expect((await find('item-panel')).textContent).toContain('Cannot be opened');
    await expectAccessible();
  });

  test('an item without a name is told as such in list and panel', async () => {
    const { user } = await openVaults((host) => {
      const page = host.itemsPage.bind(host);
      const nameless = <Row extends { name: Text }>(row: Row): Row => ({ ...row, name: { kind: 'plain', value: '  ' } });
      const read = host.itemDetail.bind(host);
      return {
        itemsPage: async (query) => {
          const { total, rows } = await page(query);
          return { total, rows: rows.map(nameless) };
        },
        itemDetail: async (id) => {
          const item = await read(id);
          return { ...item, row: nameless(item.row) };
        },
      };
    });
    expect(rowTexts('item-row')[0]).toContain('Without a name');
    await user.click(screen.getAllByTestId('item-row')[0]!);
    const panel = await find('item-panel');
    await waitFor(() => expect(within(panel).getByRole('heading', { level: 2 }).textContent).toContain('Without a name'));
    await expectAccessible();
  });

  test('a verification code counts down', async () => {
    const totpCode = vi.fn(() => Promise.resolve({ code: '482913', period: 30, remaining: 18 }));
    const withCode = everyItem((item) => ({ ...item, sections: item.sections.map((section) =>
      section.section === 'credentials'
        ? { ...section, fields: [...section.fields.filter(({ kind }) => kind !== 'totp'), { ...section.fields[0]!, id: 'totp', label: 'totp', kind: 'totp' as const, value: null }] }
        : section) }));
    const { user } = await openVaults((host) => ({ ...withCode(host), totpCode }));
    const panel = await openItem(user, 'Backup console 10');
    expect((await within(panel).findByTestId('totp-code')).textContent).toBe('482 913');
    expect(within(panel).getByRole('timer').getAttribute('aria-label')).toBe('18 seconds left');
    await expectAccessible();
  });

  test('leaving the page drops what was revealed; locking too', async () => {
    const { user } = await openVaults();
    const panel = await openItem(user, 'Backup console 10');
    await user.click(within(within(panel).getByTestId('field-password')).getByTestId('reveal'));
    const shown = (await within(panel).findByTestId('revealed')).textContent!;
    await user.click(screen.getByTestId('lock'));
    await find('unlock-password');
    expect(document.body.textContent).not.toContain(shown);
  });
});
