// Tags on clients, as a person gives, finds and takes them away; and the acts on a client's own page.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import type { FakeOptions } from '$/ipc/fake/host';
import { HostError, type Host } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp, rowTexts } from './stage';

async function openClients(options: Partial<FakeOptions> = {}, change: (host: Host) => Partial<Host> = () => ({})) {
  const app = openApp({ clients: 8, ...options }, change);
  await findAll('client-row');
  return app;
}

/** The boxes of the dialog: tag, and whether all, some or none of the clients carry it. */
const boxes = () =>
  screen.queryAllByTestId('tag-choice').map((row) => {
    const box = within(row).getByRole<HTMLInputElement>('checkbox');
    return [row.querySelector('.ell')?.textContent, box.indeterminate ? 'some' : box.checked ? 'all' : 'none'].join(': ');
  });
const closed = () => waitFor(() => expect(screen.queryByTestId('tags-dialog')).toBeNull());

describe('tags on clients', () => {
  test('are given from the menu of a row, offline too, and stand in the list', async () => {
    const { user } = await openClients({ offline: true });
    expect(rowTexts('client-row')[3]).not.toContain('dormant');
    await user.click(screen.getByRole('button', { name: 'Options for Boulangerie Saint-Roch' }));
    await user.click(await find('client-tags'));
    const dialog = await find('tags-dialog');
    expect(await within(dialog).findByText('Tags of Boulangerie Saint-Roch')).toBeTruthy();
    await findAll('tag-choice');
    await expectAccessible();
    await user.type(within(dialog).getByTestId('tag-input'), 'dormant{Enter}');
    expect(boxes()[0]).toBe('dormant: all');
    await user.type(within(dialog).getByTestId('tag-input'), 'VIP, urgent, answers within the hour and on Sundays,{Enter}');
    expect(boxes().slice(0, 4)).toEqual(['VIP: all', 'urgent: all', 'answers within the hour and on Sundays: all', 'dormant: all']);
    // Known, however it is written: no second one.
    await user.type(within(dialog).getByTestId('tag-input'), 'MINE{Enter}');
    expect(boxes().filter((box) => /mine/i.test(box))).toEqual(['mine: all']);
    await user.click(within(dialog).getByTestId('tags-save'));
    await closed();
    await waitFor(() => expect(rowTexts('client-row').find((row) => row.includes('Boulangerie'))).toMatch(/dormant/));
  });

  test('what is chosen stays chosen in another order, and not in another list', async () => {
    const { user } = await openClients();
    await user.click(screen.getByTestId('select-all'));
    await find('selection-tags');
    await user.click(screen.getByRole('button', { name: 'Used' }));
    await waitFor(() => expect(screen.getByRole('columnheader', { name: /Used/ }).getAttribute('aria-sort')).toBe('descending'));
    expect(screen.getByTestId('selection-tags')).toBeTruthy();
    await user.type(screen.getByTestId('clients-search'), 'calder');
    await waitFor(() => expect(screen.queryByTestId('selection-tags')).toBeNull());
  });

  test('are given to and taken from all that are chosen, of whom some may carry them', async () => {
    const changeTags = vi.fn<Host['changeTags']>();
    const { user } = await openClients({}, (host) => {
      changeTags.mockImplementation(host.changeTags.bind(host));
      return { changeTags };
    });
    await user.click(screen.getByTestId('select-all'));
    await user.click(await find('selection-tags'));
    const dialog = await find('tags-dialog');
    expect(await within(dialog).findByText('Tags of 8 clients')).toBeTruthy();
    await findAll('tag-choice');
    expect(boxes()).toContain('mine: some');
    expect(dialog.textContent).toContain('2 of 8');
    await expectAccessible();
    const box = (name: string) => within(dialog).getByRole('checkbox', { name: new RegExp(`^${name}`) });
    await user.click(box('mine'));
    await user.click(box('Construction'));
    await user.click(box('Construction'));
    // What is typed counts without a press of its own.
    await user.type(within(dialog).getByTestId('tag-input'), 'spring');
    await user.click(within(dialog).getByTestId('tags-save'));
    await closed();
    expect(changeTags).toHaveBeenCalledOnce();
    expect(changeTags.mock.calls[0]![0]).toMatchObject({
      target: { kind: 'chosen', selection: { kind: 'allBut', ids: [] } },
      add: ['spring', 'mine'],
      remove: ['Construction'],
    });
    await waitFor(() => expect(rowTexts('client-row').every((row) => row.includes('mine'))).toBe(true));
    expect(rowTexts('client-row').join()).not.toContain('Construction');
  });

  test('narrow the list, several at once, and are found by the search', async () => {
    const { user } = await openClients({ clients: 38 });
    await user.click(screen.getByTestId('clients-tags'));
    const choice = async (name: string) => (await findAll('clients-tags-choice')).find((row) => row.textContent?.includes(name))!;
    expect((await choice('mine')).textContent).toMatch(/mine\s*6/);
    await user.click((await choice('mine')).querySelector('input')!);
    await waitFor(() => expect(screen.getAllByTestId('client-row')).toHaveLength(6));
    await expectAccessible();
    await user.click((await choice('on-boarding')).querySelector('input')!);
    await waitFor(() => expect(screen.queryAllByTestId('client-row').length).toBeLessThan(6));
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: 'Clear Tags' }));
    await waitFor(() => expect(screen.getAllByTestId('client-row').length).toBeGreaterThan(6));
    await user.type(screen.getByTestId('clients-search'), 'on-board');
    await waitFor(() => expect(rowTexts('client-row').every((row) => row.includes('on-boarding'))).toBe(true));
  });

  test('are renamed and deleted on all clients, whose number is said before', async () => {
    const { user } = await openClients();
    await user.click(screen.getByTestId('clients-tags'));
    const choices = await findAll('clients-tags-choice');
    await user.click(choices.find((row) => row.textContent?.includes('mine'))!.querySelector('input')!);
    await waitFor(() => expect(screen.getAllByTestId('client-row')).toHaveLength(2));
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: /Options for Abbott/ }));
    await user.click(await find('client-tags'));
    await user.type(await find('tag-input'), 'spring{Enter}');
    await user.click(screen.getByRole('button', { name: 'Rename or delete mine' }));
    const name = await find('tag-name');
    await waitFor(() => expect(document.activeElement).toBe(name));
    expect(screen.getByTestId('tags-dialog').textContent).toContain('2 clients carry this tag');
    await expectAccessible();
    await user.clear(name);
    await user.type(name, 'CONSTRUCTION');
    expect((await find('tag-joins')).textContent).toContain('“Construction” is a tag already');
    await user.clear(name);
    await user.type(name, 'ours{Enter}');
    // Back at the tags; what was typed before is there yet, and not saved.
    await waitFor(() => expect(boxes()).toContain('ours: all'));
    expect(boxes()[0]).toBe('spring: all');
    // The list that was narrowed to the tag shows the same clients.
    await waitFor(() => expect(rowTexts('client-row').filter((row) => row.includes('ours'))).toHaveLength(2));
    expect(rowTexts('client-row').join()).not.toContain('mine');

    await user.click(screen.getByRole('button', { name: 'Rename or delete ours' }));
    expect((await find('tag-delete')).textContent).toContain('Delete from 2 clients');
    await user.click(screen.getByTestId('tag-delete'));
    await waitFor(() => expect(boxes().join()).not.toContain('ours'));
    await waitFor(() => expect(screen.getAllByTestId('client-row')).toHaveLength(8));
  });

  test('end the dialog where the clients were chosen by the tag', async () => {
    const changeTags = vi.fn<Host['changeTags']>();
    const { user } = await openClients({}, () => ({ changeTags }));
    await user.type(screen.getByTestId('clients-search'), 'mine');
    await waitFor(() => expect(screen.getAllByTestId('client-row')).toHaveLength(2));
    await user.click(screen.getByTestId('select-all'));
    await user.click(await find('selection-tags'));
    await user.click(await screen.findByRole('button', { name: 'Rename or delete mine' }));
    await user.click(await find('tag-delete'));
    await closed();
    expect(changeTags).not.toHaveBeenCalled();
  });

  test('that cannot be renamed stay on the page, with the reason', async () => {
    const { user } = await openClients({}, () => ({ renameTag: () => Promise.reject(new HostError({ code: 'storage', detail: null })) }));
    await user.click(screen.getByRole('button', { name: /Options for Abbott/ }));
    await user.click(await find('client-tags'));
    await user.click(await screen.findByRole('button', { name: 'Rename or delete mine' }));
    await user.type(await find('tag-name'), 's');
    await user.click(screen.getByTestId('tag-rename'));
    await find('tags-failure');
    await user.click(screen.getByRole('button', { name: 'Back' }));
    await findAll('tag-choice');
    expect(screen.queryByTestId('tags-failure')).toBeNull();
    expect(boxes()).toContain('mine: all');
  });

  test('are ways of the palette to the clients that carry them', async () => {
    const { user } = await openClients({ clients: 38 });
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await find('palette-input'), 'on-board');
    const way = () => screen.getAllByRole('option').find((row) => row.textContent?.includes('Show clients tagged “on-boarding”'));
    await waitFor(() => expect(way()).toBeTruthy());
    await user.click(way()!);
    await waitFor(() => expect(screen.getAllByTestId('client-row').length).toBeLessThan(6));
    expect(rowTexts('client-row').every((row) => row.includes('on-boarding'))).toBe(true);
  });

  test('that were lost are told above the list', async () => {
    let lost = true;
    const changeTags = vi.fn(() => Promise.resolve(void (lost = false)));
    const { user } = await openClients({}, (host) => {
      const read = host.clientsPage.bind(host);
      return { changeTags, clientsPage: async (query) => ({ ...(await read(query)), tags: [], tagsLost: lost }) };
    });
    expect((await find('tags-lost')).textContent).toContain('no server has them');
    await expectAccessible();
    // Once read it need not be told again.
    await user.click(screen.getByTestId('tags-lost-seen'));
    await waitFor(() => expect(screen.queryByTestId('tags-lost')).toBeNull());
    expect(changeTags).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ add: [], remove: [] }));
  });

  test('find clients on the map and in the tree of the structure', async () => {
    const { user } = await openClients();
    await user.click(await find('nav-structure'));
    await user.click(await find('structure-view-tree'));
    await user.type(screen.getByTestId('structure-search'), 'on-board');
    const tree = await find('structure-tree');
    await waitFor(() => expect(tree.textContent).toContain('on-boarding'));
    await expectAccessible();
  });

  test('that are too many, or were lost, are told', async () => {
    const { user } = await openClients({}, (host) => {
      const read = host.clientTags.bind(host);
      return {
        clientTags: async (target) => ({ ...(await read(target)), tags: [], lost: true }),
        changeTags: () => Promise.reject(new HostError({ code: 'tooMany', detail: null })),
      };
    });
    await user.click(screen.getByRole('button', { name: /Options for Abbott/ }));
    await user.click(await find('client-tags'));
    expect((await find('tags-dialog')).textContent).toContain('Tags of ');
    expect(await screen.findByText(/cannot be read any more/)).toBeTruthy();
    await user.type(screen.getByTestId('tag-input'), 'one more');
    await user.click(screen.getByTestId('tags-save'));
    expect((await find('tags-failure')).textContent).toContain('100 tags already');
    await expectAccessible();
  });

  test('are counted before everything is removed', async () => {
    const { user } = await openClients();
    await user.click(await find('account-menu'));
    await user.click(await find('log-out'));
    await user.click(await find('log-out-remove'));
    await waitFor(() => expect(screen.getByTestId('log-out-dialog').textContent).toContain('the tags of 7 clients'));
  });
});

describe('the page of a client', () => {
  async function openClient(options: Partial<FakeOptions> = {}) {
    const app = await openClients(options);
    await app.user.click(screen.getByRole('button', { name: 'Abbott & Lane Solicitors' }));
    await app.user.click(await find('client-options'));
    return app;
  }

  test('has the acts of its row, and shows what became of them', async () => {
    const { user } = await openClient();
    await user.click(await find('client-rename'));
    const dialog = await find('change-client');
    const name = await within(dialog).findByTestId<HTMLInputElement>('client-name');
    await user.clear(name);
    await user.type(name, 'Abbott & Sons');
    await user.click(within(dialog).getByTestId('action-submit'));
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toContain('Abbott & Sons'));

    await user.click(screen.getByTestId('client-options'));
    await user.click(await find('client-tags'));
    await user.type(await find('tag-input'), 'spring{Enter}');
    await user.click(screen.getByTestId('tags-save'));
    await waitFor(() => expect(screen.getByTestId('client-tags-shown').getAttribute('class')).toBeTruthy());
    await waitFor(() => expect(screen.getByTestId('client-tags-shown').innerHTML).toContain('spring'));
    await closed();
    await expectAccessible();

    await user.click(screen.getByTestId('client-options'));
    await user.click(await find('client-seats-row'));
    expect(await within(await find('change-client')).findByText(/in use now/)).toBeTruthy();
  });

  test('lets a service user do no more than the row does', async () => {
    await openClient({ provider: { role: 'service' } });
    await find('client-rename');
    expect(screen.getByTestId('client-seats-row').getAttribute('aria-disabled')).not.toBe('true');
    expect(screen.queryByTestId('client-unlink')).toBeNull();
  });

  test('offers no acts of the provider in the Admin Console', async () => {
    const { user } = openApp({ clients: 5 });
    await user.click(await find('product-console'));
    await user.click(await find('client-options'));
    await find('client-sync');
    expect(screen.queryByTestId('client-rename')).toBeNull();
    expect(screen.queryByTestId('client-unlink')).toBeNull();
  });
});
