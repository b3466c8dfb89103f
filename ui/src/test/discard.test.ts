// What was typed into a form and not saved is asked about before it is left.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import { fakePassword } from '$/ipc/fake/host';
import type { Host } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp } from './stage';

async function openForm(typed = ' renamed', change: (host: Host) => Partial<Host> = () => ({})) {
  const app = openApp({ clients: 5 }, change);
  await findAll('client-row');
  await app.user.click(await find('nav-settings'));
  const field = await find('provider-name');
  if (typed) await app.user.type(field, typed);
  return app;
}
type User = ReturnType<typeof openApp>['user'];
const name = () => (screen.getByTestId('provider-name') as HTMLInputElement).value;

describe('leaving My provider', () => {
  test.each([
    ['by the navigation', '', 'nav-structure'],
    ['to the settings of this computer', '', 'settings-computer'],
    ['by Alt and an arrow', '{Alt>}{ArrowLeft}{/Alt}', ''],
    ['to another product', '{Control>}[Digit1]{/Control}', ''],
  ])('%s asks, and staying keeps what was typed', async (_name, keys, click) => {
    const { user } = await openForm();
    if (keys) await user.keyboard(keys);
    else await user.click(screen.getByTestId(click));
    const dialog = await find('discard');
    expect(dialog.textContent).toContain('Discard changes?');
    // One Enter more loses nothing.
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('discard-stay')));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByTestId('discard')).toBeNull());
    expect(name()).toContain('renamed');
  });

  test('by the palette asks too; discarding leads there, and coming back finds what is saved', async () => {
    const { user } = await openForm();
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await find('palette-input'), 'event logs');
    await waitFor(() => expect(screen.getAllByTestId('palette-row')[0]!.textContent).toContain('vent logs'));
    await user.keyboard('{Enter}');
    await find('discard');
    await expectAccessible();
    await user.click(screen.getByTestId('discard-leave'));
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toContain('Event logs'));
    await user.keyboard('{Alt>}{ArrowLeft}{/Alt}');
    expect(await find('provider-name')).toBeTruthy();
    expect(name()).not.toContain('renamed');
  });

  test('nothing is asked where nothing was changed, or where it was taken back', async () => {
    const { user } = await openForm('x{Backspace}');
    await user.click(screen.getByTestId('nav-structure'));
    await waitFor(() => expect(screen.queryByTestId('provider-name')).toBeNull());
    expect(screen.queryByTestId('discard')).toBeNull();
  });

  test('a lock leaves without asking, also while it is asked', async () => {
    const { user } = await openForm();
    await user.click(screen.getByTestId('nav-structure'));
    await find('discard');
    await user.keyboard('{Control>}l{/Control}');
    await user.type(await find('unlock-password'), `${fakePassword}{Enter}`);
    await findAll('nav-settings');
    expect(screen.queryByTestId('discard')).toBeNull();
  });

  test('closing the window asks once, and anew after staying', async () => {
    const said: boolean[] = [];
    let close = () => {};
    const closeWindow = vi.fn(() => Promise.resolve());
    const { user } = await openForm(' renamed', () => ({
      setUnsaved: async (unsaved) => void said.push(unsaved),
      onCloseAsked: (heard) => ((close = heard), () => {}),
      closeWindow,
    }));
    await waitFor(() => expect(said.at(-1)).toBe(true));
    const before = said.length;
    close();
    await user.click(await find('discard-stay'));
    await waitFor(() => expect(said.slice(before)).toEqual([true]));
    expect(closeWindow).not.toHaveBeenCalled();
    close();
    await user.click(await find('discard-leave'));
    await waitFor(() => expect(closeWindow).toHaveBeenCalledOnce());
  });

  test.each([
    ['switching the account', 'switch-account', 'unlock-password'],
    ['adding one', 'add-account', 'signin-email'],
  ])('%s asks, and staying keeps what was typed', async (_name, row, there) => {
    const { user } = await openForm();
    for (const answer of ['discard-stay', 'discard-leave']) {
      await user.click(screen.getByTestId('account-menu'));
      await user.click((await findAll(row)).at(-1)!);
      await find('discard');
      expect(name()).toContain('renamed');
      await user.click(screen.getByTestId(answer));
      await waitFor(() => expect(screen.queryByTestId('discard')).toBeNull());
      if (answer === 'discard-stay') expect(name()).toContain('renamed');
    }
    await find(there);
  });

  test('logging out asks first; who stays after all finds what is saved, and is asked about the next change', async () => {
    const { user } = await openForm();
    const logOut = async () => {
      await user.click(screen.getByTestId('account-menu'));
      await user.click(await find('log-out'));
    };
    await logOut();
    await find('discard');
    expect(screen.queryByTestId('log-out-dialog')).toBeNull();
    await user.click(screen.getByTestId('discard-leave'));
    await find('log-out-dialog');
    await expectAccessible();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('log-out-dialog')).toBeNull());
    expect(name()).toBe('Brightwater IT');

    await logOut();
    await find('log-out-dialog');
    expect(screen.queryByTestId('discard')).toBeNull();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('log-out-dialog')).toBeNull());
    await user.type(screen.getByTestId('provider-name'), ' once more');
    await logOut();
    await find('discard');
  });

  test('signing in again, as a banner offers, asks too', async () => {
    const { user } = await openForm(' renamed', (host) => {
      const read = host.syncStatus.bind(host);
      return { syncStatus: async () => ({ ...(await read()), failure: { code: 'signInAgain', detail: null } }) };
    });
    await user.click(await find('banner-sign-in'));
    await find('discard');
  });

  test('what is saved is closed without a question', async () => {
    const said: boolean[] = [];
    const { user } = await openForm(' renamed', () => ({ setUnsaved: async (unsaved) => void said.push(unsaved) }));
    await waitFor(() => expect(said.at(-1)).toBe(true));
    await user.click(screen.getByTestId('provider-save'));
    await waitFor(() => expect(said.at(-1)).toBe(false));
  });
});

describe('a dialog that holds what was typed', () => {
  const openNew = async () => {
    const app = openApp({ clients: 5 });
    await findAll('client-row');
    await app.user.click(await find('add-client'));
    await app.user.click(await find('add-new'));
    const dialog = await find('new-client');
    return { ...app, dialog, field: within(dialog).getByTestId<HTMLInputElement>('client-name') };
  };

  test.each([['Escape'], ['the cross']])('%s asks, staying keeps it, and discarding closes it', async (by) => {
    const { user, dialog, field } = await openNew();
    const close = () => (by === 'Escape' ? user.keyboard('{Escape}') : user.click(within(dialog).getByRole('button', { name: 'Close' })));
    await user.type(field, 'Alder');
    await close();
    expect((await find('dialog-asks')).textContent).toContain('What you entered here was not saved.');
    // One Enter more loses nothing.
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('dialog-stay')));
    await expectAccessible();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByTestId('dialog-asks')).toBeNull());
    expect(field.value).toBe('Alder');
    if (by === 'Escape') expect(document.activeElement).toBe(field);
    // Escape answers like staying; typing on does, too.
    await close();
    await find('dialog-asks');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('dialog-asks')).toBeNull());
    expect(screen.getByTestId('new-client')).toBeTruthy();
    await close();
    await user.click(await find('dialog-discard'));
    await waitFor(() => expect(screen.queryByTestId('new-client')).toBeNull());
  });

  test('nothing is asked where nothing was typed or it was taken back, and Cancel means it', async () => {
    for (const typed of ['', 'x{Backspace}', 'Alder']) {
      const { user, dialog, field, unmount } = await openNew();
      if (typed) await user.type(field, typed);
      await (typed === 'Alder' ? user.click(within(dialog).getByTestId('action-cancel')) : user.keyboard('{Escape}'));
      await waitFor(() => expect(screen.queryByTestId('new-client')).toBeNull());
      expect(screen.queryByTestId('dialog-asks')).toBeNull();
      unmount();
    }
  });

  test.each([
    ['inviting people', async (user: User) => {
      await user.click(await find('nav-members'));
      await user.click(await find('team-invite'));
      await user.type(await find('team-invite-emails'), 'ana@x.example');
    }],
    ['another name', async (user: User) => {
      await user.click(screen.getAllByRole('button', { name: /^Options for / })[0]!);
      await user.click(await find('client-rename'));
      await user.type(await find('client-name'), ' renamed');
    }],
    ['the seats', async (user: User) => {
      await user.click(screen.getAllByRole('button', { name: /^Options for / })[0]!);
      await user.click(await find('client-seats-row'));
      await user.type(await find('client-seats'), '1');
    }],
    ['the tags', async (user: User) => {
      await user.click(screen.getAllByRole('button', { name: /^Options for / })[0]!);
      await user.click(await find('client-tags'));
      await user.type(await find('tag-input'), 'dormant{Enter}');
    }],
  ])('%s: so do others', async (_name, type) => {
    const { user } = openApp({ clients: 5 });
    await findAll('client-row');
    await type(user);
    await user.keyboard('{Escape}');
    await find('dialog-asks');
    await user.click(screen.getByTestId('dialog-discard'));
    await waitFor(() => expect(screen.queryByTestId('dialog-asks')).toBeNull());
  });
});
