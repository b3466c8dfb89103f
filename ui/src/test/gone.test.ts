// Panels of what was deleted elsewhere while they were open: the name stays, and the keyboard is not lost.
import { screen, waitFor, within } from '@testing-library/svelte';
import { expect, test } from 'vitest';

import type { SyncStatus } from '$/ipc/bindings/SyncStatus';
import { HostError, type Host } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp } from './stage';

/** The app at one client or the team, and a way to let what a panel shows be deleted elsewhere. */
function openDeletable(command: 'memberDetail' | 'groupDetail' | 'collectionDetail' | 'teamMember') {
  let [gone, revision, heard] = [false, 50, (_: SyncStatus) => {}];
  const { user, host } = openApp({ clients: 38 }, (host) => {
    const listen = host.onSyncStatus.bind(host);
    const read = host[command].bind(host) as (...asked: string[]) => Promise<never>;
    return {
      onSyncStatus: (listener) => listen((heard = listener)),
      [command]: async (...asked: string[]) => (gone ? Promise.reject(new HostError({ code: 'notFound', detail: null })) : read(...asked)),
    } as Partial<Host>;
  });
  const remove = async () => {
    gone = true;
    heard({ ...(await host.syncStatus()), revision: ++revision });
  };
  return { user, remove };
}

test.each([
  { kind: 'member', command: 'memberDetail', said: 'This is no longer in the picture.' },
  { kind: 'group', command: 'groupDetail', said: 'This is no longer in the picture.' },
  { kind: 'collection', command: 'collectionDetail', said: 'This is no longer in the picture.' },
  { kind: 'team', command: 'teamMember', said: 'This person is no longer in the team.' },
] as const)('the panel of a $kind that is deleted elsewhere keeps its name, says so, and has the keyboard where it had it', async ({ kind, command, said }) => {
  const { user, remove } = openDeletable(command);
  await findAll('client-row');
  if (kind === 'team') await user.click(await find('nav-members'));
  else {
    await user.click(screen.getAllByTestId('client-row')[0]!);
    await user.click(await find(`client-tab-${kind}s`));
  }
  const row = (await findAll(`${kind}-row`)).at(0)!;
  await user.click(row);
  const panel = await find(`${kind}-panel`);
  await waitFor(() => expect(within(panel).getByRole('heading', { level: 2 }).textContent).not.toBe(''));
  const name = within(panel).getByRole('heading', { level: 2 }).textContent!;
  await waitFor(() => expect(within(panel).getAllByRole('button').length).toBeGreaterThan(1));
  const inside = within(panel).getAllByRole('button').find((button) => button.dataset.testid !== `${kind}-panel-close`)!;
  inside.focus();
  expect(document.activeElement).toBe(inside);
  await remove();
  expect((await within(panel).findByRole('alert')).textContent).toContain(said);
  const heading = within(panel).getByRole('heading', { level: 2 });
  expect(heading.textContent).toBe(name);
  await waitFor(() => expect(document.activeElement).toBe(heading));
  expect(panel.querySelector('.skel')).toBeNull();
  await expectAccessible();
});

test('a panel whose thing goes while the keyboard is in the list leaves it there', async () => {
  const { user, remove } = openDeletable('teamMember');
  await user.click(await find('nav-members'));
  await user.click((await findAll('team-row'))[0]!);
  const panel = await find('team-panel');
  const search = screen.getByTestId('team-search');
  search.focus();
  await remove();
  await within(panel).findByRole('alert');
  // The panel looks after the keyboard once its new content stands.
  await new Promise((done) => setTimeout(done));
  expect(document.activeElement).toBe(search);
});
