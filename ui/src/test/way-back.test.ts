// After a dialog the keyboard is where it was before: a menu's row and the palette, which led there, are gone by then.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';

import type { SyncStatus } from '$/ipc/bindings/SyncStatus';
import type { FakeOptions } from '$/ipc/fake/host';

import { find, findAll, openApp } from './stage';

/** What is pressed on the way to a menu, the button of the menu, its row, and the dialog that the row opens. */
interface Way {
  options?: Partial<FakeOptions>;
  pressed?: string[];
  menu: string;
  /** Which of several buttons. */
  at?: number;
  row: string;
  dialog: string;
}

const computer = ['nav-settings', 'settings-computer'];
// Of a row that the keyboard does not stand on: its button is no Tab stop.
const client = 'Options for Boulangerie Saint-Roch';
const ways: Record<string, Way> = {
  'a new client': { menu: 'add-client', row: 'add-new', dialog: 'new-client' },
  'an organization that there is': { menu: 'add-client', row: 'add-existing-row', dialog: 'add-existing' },
  'the name of a client': { menu: client, row: 'client-rename', dialog: 'change-client' },
  'the seats of a client': { menu: client, row: 'client-seats-row', dialog: 'change-client' },
  'the tags of a client': { menu: client, row: 'client-tags', dialog: 'tags-dialog' },
  'letting a client go': { menu: client, row: 'client-unlink', dialog: 'unlink-client' },
  'the tags of the client on its page': { pressed: ['client-row'], menu: 'client-options', row: 'client-tags', dialog: 'tags-dialog' },
  'the role of a member': { pressed: ['nav-members'], menu: 'team-menu', at: 2, row: 'team-edit', dialog: 'team-role-dialog' },
  'removing a member': { pressed: ['nav-members'], menu: 'team-menu', at: 1, row: 'team-remove', dialog: 'team-people-dialog' },
  'logging out': { menu: 'account-menu', row: 'log-out', dialog: 'log-out-dialog' },
  'an invitation': { menu: 'account-menu', row: 'use-invitation', dialog: 'invitation-dialog' },
  'logging out in the settings': { pressed: computer, menu: 'account-options', row: 'account-log-out', dialog: 'log-out-dialog' },
};

async function press(user: ReturnType<typeof openApp>['user'], ids: string[]) {
  for (const id of ids) await user.click((await findAll(id))[0]!);
}
const closed = (id: string) => waitFor(() => expect(screen.queryByTestId(id)).toBeNull());

describe('the keyboard comes back to the menu’s button after', () => {
  for (const [how, key] of [['clicks', ''], ['keys', '{Enter}']] as const)
    test.each(Object.entries(ways))(`%s, by ${how}`, async (_name, { options, pressed = [], menu, at = 0, row, dialog }) => {
      const { user } = openApp({ clients: 5, team: 9, ...options });
      await press(user, pressed);
      const button = menu.startsWith('Options') ? await screen.findByRole('button', { name: menu }) : (await findAll(menu))[at]!;
      if (key) {
        button.focus();
        await user.keyboard(key);
        (await find(row)).focus();
        await user.keyboard(key);
      } else {
        // Engines give what is clicked the focus too late for the library, or not at all.
        button.addEventListener('mousedown', (event) => event.preventDefault());
        await user.click(button);
        await user.click(await find(row));
      }
      await find(dialog);
      await waitFor(() => expect(screen.queryByTestId(row)).toBeNull());
      await user.keyboard('{Escape}');
      await closed(dialog);
      expect(document.activeElement).toBe(button);
    });
});

describe('the keyboard comes back', () => {
  test('from a dialog of the palette to where it was before the palette', async () => {
    const { user } = openApp();
    await findAll('client-row');
    const field = screen.getByTestId('clients-search');
    field.focus();
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await find('palette-input'), 'new client');
    await waitFor(() => expect(screen.getAllByTestId('palette-row')[0]!.textContent).toContain('New client'));
    await user.keyboard('{Enter}');
    await find('new-client');
    await user.keyboard('{Escape}');
    await closed('new-client');
    expect(document.activeElement).toBe(field);
  });

  test('to the title of the page that the palette led to with its dialog', async () => {
    const { user } = openApp();
    (await findAll('client-row'))[0]!.closest<HTMLElement>('[role="grid"]')!.focus();
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await find('palette-input'), 'invite');
    await user.keyboard('{Enter}');
    await find('team-invite-dialog');
    await user.keyboard('{Escape}');
    await closed('team-invite-dialog');
    expect(document.activeElement).toBe(screen.getByTestId('page-title'));
  });

  test('to the button of a callout', async () => {
    const { user } = openApp({ team: 9 });
    await press(user, ['nav-members', 'team-confirm-waiting']);
    await find('team-people-dialog');
    await user.keyboard('{Escape}');
    await closed('team-people-dialog');
    expect(document.activeElement).toBe(screen.getByTestId('team-confirm-waiting'));
  });

  test('to the menu of a saved filter', async () => {
    const { user } = openApp();
    await press(user, ['product-passwords']);
    await user.click(within(await find('vault-filters')).getByRole('treeitem', { name: /^Card/ }));
    await press(user, ['save-filter']);
    await user.type(await find('filter-name-input'), '{Enter}');
    await press(user, ['filter-menu', 'filter-rename']);
    await find('filter-name');
    await user.keyboard('{Escape}');
    await closed('filter-name');
    expect(document.activeElement).toBe(screen.getByTestId('filter-menu'));
  });

  test('to the panel that stays open with the name of a person whom its button removed', async () => {
    let heard = (_: SyncStatus) => {};
    const { user } = openApp({ clients: 5, team: 9 }, (host) => {
      const { onSyncStatus, removeTeam } = host;
      return {
        onSyncStatus: (listener) => onSyncStatus((heard = listener)),
        removeTeam: async (...asked) => {
          const removed = await removeTeam(...asked);
          // The server tells of it before it answers.
          const status = await host.syncStatus();
          heard({ ...status, revision: status.revision + 1 });
          await within(panel).findByRole('alert', { hidden: true });
          return removed;
        },
      };
    });
    await press(user, ['nav-members']);
    await user.click((await findAll('team-row'))[1]!);
    const panel = await find('team-panel');
    await user.click(await within(panel).findByTestId('team-panel-remove'));
    await user.click(await find('team-people-go'));
    await closed('team-people-dialog');
    expect((await within(panel).findByRole('alert')).textContent).toContain('no longer in the team');
    await waitFor(() => expect(document.activeElement).toBe(within(panel).getByRole('heading', { level: 2 })));
  });

  test('to the list when its row is gone, and the arrows go on from the row whose menu it was', async () => {
    const { user } = openApp({ clients: 5 });
    const rows = await findAll('client-row');
    const last = rows.length - 1;
    await user.click(rows[last]!.querySelector('[data-row-menu]')!);
    await press(user, ['client-unlink', 'action-submit']);
    await closed('unlink-client');
    await waitFor(() => expect(screen.getAllByTestId('client-row')).toHaveLength(last));
    const grid = screen.getAllByTestId('client-row')[0]!.closest('[role="grid"]')!;
    await waitFor(() => expect(grid.contains(document.activeElement)).toBe(true));
    await user.keyboard('{ArrowUp}');
    expect(grid.getAttribute('aria-activedescendant')).toMatch(new RegExp(`-${last - 2}$`));
  });
});
