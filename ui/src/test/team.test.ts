// The provider's members, as an admin manages them.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import { HostError, type Host } from '$/ipc/host';

import { expectAccessible, fakeConnection, find, findAll, openApp, rowTexts } from './stage';

async function openTeam(options: Parameters<typeof openApp>[0] = {}, change: Parameters<typeof openApp>[1] = undefined) {
  const app = openApp(options, change);
  await app.user.click(await find('nav-members'));
  await findAll('team-row');
  return app;
}

describe('members of the provider', () => {
  test('everyone with role and state, by state, passes axe', async () => {
    const { user } = await openTeam();
    expect(screen.getByTestId('page-title').textContent).toContain('Members9');
    expect(rowTexts('team-row').join()).toContain('Maya Okaforyou');
    const emails = rowTexts('team-row').map((text) => text.match(/[\w.]+@[\w.]+\.example/)![0]);
    expect(emails).toEqual([...emails].sort());
    expect(screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('ascending');
    expect((await find('team-waiting')).textContent).toContain('1 person has accepted the invitation');
    await expectAccessible();
    await user.click(screen.getByTestId('team-filter-invited'));
    await waitFor(() => expect(screen.getAllByTestId('team-row')).toHaveLength(1));
    expect(screen.getByTestId('page-title').textContent).toBe('Members1 of 9');
    await user.click(screen.getByTestId('team-filter-all'));
    await user.type(screen.getByTestId('team-search'), 'nobody at all');
    expect((await find('team-empty')).textContent).toContain('Nothing matches');
  });

  test('says how old it is, asks anew when opened, and shows who accepted when it is read again', async () => {
    const refreshTeam = vi.fn<Host['refreshTeam']>();
    const { user } = await openTeam({}, (host) => {
      const refresh = host.refreshTeam.bind(host);
      return { refreshTeam: (...asked) => (refreshTeam(...asked), refresh(...asked)) };
    });
    expect(refreshTeam.mock.calls).toEqual([[expect.any(String), true]]);
    await waitFor(() => expect(screen.getByTestId('team-age').textContent?.trim()).toBe('Read just now'));
    expect(screen.getByTestId('team-filter-needsConfirmation').textContent).toContain('1');
    await user.click(screen.getByTestId('team-refresh'));
    expect(refreshTeam).toHaveBeenLastCalledWith(expect.any(String), false);
    await waitFor(() => expect(screen.getByTestId('team-filter-needsConfirmation').textContent).toContain('2'));
    await expectAccessible();
  });

  test('a server that does not answer is told to who asked for it, and to nobody else', async () => {
    const { user } = await openTeam({}, () => ({ refreshTeam: () => Promise.reject(new HostError({ code: 'unreachable', detail: null })) }));
    expect(screen.getByTestId('team-age').textContent).toContain('Read 12 min');
    expect(screen.queryByTestId('team-refresh-failure')).toBeNull();
    await user.click(screen.getByTestId('team-refresh'));
    expect((await find('team-refresh-failure')).textContent).toContain('could not be read again');
  });

  test('says when it was read with the article of a date, in French', async () => {
    await openTeam({ offline: true, settings: { language: 'fr' } }, (host) => {
      const page = host.teamPage.bind(host);
      return { teamPage: async (query) => ({ ...(await page(query)), readAt: '2024-11-17T10:00:00Z' }) };
    });
    expect(screen.getByTestId('team-age').textContent?.trim()).toBe('Lu le 17 nov. 2024');
  });

  test('without a connection nothing is asked, and the age stands', async () => {
    const refreshTeam = vi.fn<Host['refreshTeam']>();
    await openTeam({ offline: true }, () => ({ refreshTeam }));
    expect(screen.getByTestId('team-age').textContent).toContain('Read 12 min');
    expect(screen.getByTestId('team-refresh').getAttribute('aria-disabled')).toBe('true');
    expect(refreshTeam).not.toHaveBeenCalled();
  });

  test('invites many addresses at once, and names what is none', async () => {
    const inviteTeam = vi.fn();
    const { user } = await openTeam({}, (host) => {
      const invite = host.inviteTeam.bind(host);
      return { inviteTeam: (...given) => (inviteTeam(...given), invite(...given)) };
    });
    await user.click(screen.getByTestId('team-invite'));
    const dialog = await find('team-invite-dialog');
    const field = within(dialog).getByTestId('team-invite-emails');
    await user.type(field, 'ana@x.example, not-one');
    // Told after a rest, without sending; the good one is kept beside it.
    await waitFor(() => expect(dialog.textContent).toContain('Not an address: not-one'), { timeout: 3000 });
    expect(dialog.querySelector('[data-tip="ana@x.example"]')).toBeTruthy();
    await user.click(within(dialog).getByTestId('team-invite-send'));
    expect(inviteTeam).not.toHaveBeenCalled();
    await expectAccessible();
    await user.clear(field);
    await user.type(field, 'no');
    expect(within(dialog).queryByTestId('team-invite-fault')).toBeNull();
    await user.clear(field);
    await user.paste(Array.from({ length: 22 }, (_, index) => `p${index}@x.example`).join(' '));
    await waitFor(() => expect(dialog.textContent).toContain('20 people at a time. 2 are too many: p20@x.example and p21@x.example'), { timeout: 3000 });
    await user.clear(field);
    await user.type(field, 'Ana@x.example; ben@y.example');
    await user.click(within(dialog).getByTestId('team-role-providerAdmin'));
    await user.click(within(dialog).getByTestId('team-invite-send'));
    await waitFor(() => expect(inviteTeam).toHaveBeenCalledExactlyOnceWith(expect.any(String), ['ana@x.example', 'ben@y.example'], 'providerAdmin'));
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toContain('11'));
  });

  test('says whom nothing was sent to', async () => {
    const { user } = await openTeam();
    await user.click(screen.getByTestId('team-invite'));
    const dialog = await find('team-invite-dialog');
    await user.type(within(dialog).getByTestId('team-invite-emails'), 'maya.okafor@brightwater.example');
    await user.click(within(dialog).getByTestId('team-invite-send'));
    await waitFor(() => expect(dialog.textContent).toContain('Already a member or invited, so nothing was sent: maya.okafor@brightwater.example'));
  });

  test('confirms only those whose fingerprint phrase was shown, and tells each result', async () => {
    const confirmTeam = vi.fn();
    const { user } = await openTeam({ team: 40 }, (host) => {
      const confirm = host.confirmTeam.bind(host);
      return { confirmTeam: (provider, shown) => (confirmTeam(shown), confirm(provider, shown)) };
    });
    await user.click(await find('team-confirm-waiting'));
    const dialog = await find('team-people-dialog');
    const phrases = await within(dialog).findAllByTestId('team-phrase');
    expect(phrases.length).toBeGreaterThan(2);
    await expectAccessible();
    await user.click(within(dialog).getByTestId('team-people-go'));
    const results = await within(dialog).findByTestId('team-results');
    expect(confirmTeam.mock.calls[0]?.[0].map(({ phrase }: { phrase: string }) => phrase)).toEqual(phrases.map(({ textContent }) => textContent));
    const told = within(results).getAllByRole('listitem').map(({ textContent }) => textContent);
    expect(told).toHaveLength(phrases.length + 1);
    expect(told[0]).toContain('The key changed after its phrase was shown');
    // Whoever has no phrase was not confirmed, and is not said to be.
    expect(told[1]).toContain('No key to confirm');
    expect(dialog.textContent).toContain('2 done, 2 not.');
    await expectAccessible();
    await user.click(within(dialog).getByTestId('team-people-close'));
    await waitFor(() => expect(screen.queryByTestId('team-people-dialog')).toBeNull());
  });

  test('explains the last-admin rule before anything is asked', async () => {
    const removeTeam = vi.fn();
    const { user } = await openTeam({ team: 1 }, () => ({ removeTeam }));
    await user.click(screen.getByTestId('team-row'));
    const panel = await find('team-panel');
    await waitFor(() => expect(panel.textContent).toContain('You cannot remove yourself'));
    expect(within(panel).getByTestId('team-panel-remove').getAttribute('aria-disabled')).toBe('true');
    await user.click(within(panel).getByTestId('team-panel-edit'));
    const dialog = await find('team-role-dialog');
    expect(within(dialog).getByTestId('team-role-serviceUser').hasAttribute('disabled')).toBe(true);
    expect(dialog.textContent).toContain('must keep at least one confirmed provider admin');
    await expectAccessible();
    expect(removeTeam).not.toHaveBeenCalled();
  });

  test('removes several, after saying to whom and what stays', async () => {
    const { user } = await openTeam();
    const boxes = screen.getAllByTestId('team-choose');
    await user.click(boxes[0]!);
    await user.click(boxes[3]!);
    const bulk = await find('team-bulk');
    expect(bulk.textContent).toContain('2 of 9 selected');
    await user.click(within(bulk).getByTestId('team-bulk-remove'));
    const dialog = await find('team-people-dialog');
    expect(dialog.textContent).toContain('Their accounts and own vaults stay');
    await user.click(within(dialog).getByTestId('team-people-go'));
    await waitFor(() => expect(screen.getByTestId('page-title').textContent).toContain('7'));
    // What became of each is told in the dialog; a toast would say it a second time.
    expect(within(dialog).getByTestId('team-results')).toBeTruthy();
    expect(screen.queryByTestId('toast')).toBeNull();
    await user.click(within(dialog).getByTestId('team-people-close'));
    await waitFor(() => expect(screen.queryByTestId('team-bulk')).toBeNull());
  });

  test('removes everybody else where all are chosen, and says so', async () => {
    const removeTeam = vi.fn<Host['removeTeam']>((_, members) => Promise.resolve(members.map((member) => ({ member, refusal: null }))));
    const { user } = await openTeam({}, () => ({ removeTeam }));
    expect(rowTexts('team-row').join()).toContain('Maya Okaforyou');
    const count = screen.getAllByTestId('team-row').length;
    await user.click(screen.getByTestId('team-choose-all'));
    await waitFor(() => expect(screen.getByTestId('team-bulk').textContent).toContain(`${count} selected`));
    await user.click(await find('team-bulk-remove'));
    const dialog = await find('team-people-dialog');
    expect(within(dialog).getByTestId('team-without-you').textContent).toContain('nobody removes themselves');
    expect(within(dialog).getAllByRole('listitem')).toHaveLength(count - 1);
    await expectAccessible();
    await waitFor(() => expect(within(dialog).getByTestId('team-people-go').getAttribute('aria-disabled')).not.toBe('true'));
    await user.click(within(dialog).getByTestId('team-people-go'));
    await waitFor(() => expect(removeTeam).toHaveBeenCalledOnce());
    expect(removeTeam.mock.calls[0]![1]).toHaveLength(count - 1);
  });

  test('while something is under way its dialog stays, and Esc stops it', async () => {
    let refuse: (error: HostError) => void = () => {};
    const cancelAction = vi.fn(() => {
      refuse(new HostError({ code: 'cancelled', detail: null }));
      return Promise.resolve();
    });
    const pending = () => new Promise<never>((_, reject) => (refuse = reject));
    const { user } = await openTeam({}, () => ({ inviteTeam: pending, cancelAction }));
    await user.click(screen.getByTestId('team-invite'));
    const dialog = await find('team-invite-dialog');
    await user.type(within(dialog).getByTestId('team-invite-emails'), 'sam@brightwater.example');
    await user.click(within(dialog).getByTestId('team-invite-send'));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(cancelAction).toHaveBeenCalledOnce());
    expect((await within(dialog).findByTestId('action-failure')).textContent).toContain('Cancelled.');
    // Nothing is under way any more: what was typed is asked about.
    await user.keyboard('{Escape}');
    await user.click(await find('dialog-discard'));
    await waitFor(() => expect(screen.queryByTestId('team-invite-dialog')).toBeNull());
  });

  test('a connection that is lost while a dialog is open takes its button away, with the reason', async () => {
    const connection = fakeConnection();
    const act = vi.fn();
    const { user, host } = await openTeam({ team: 40 }, (host) => ({ ...connection.change(host), inviteTeam: act, setTeamRole: act, confirmTeam: act, removeTeam: act }));
    const isOff = async (id: string) => {
      const button = await find(id);
      await waitFor(() => expect(button.getAttribute('aria-disabled')).toBe('true'));
      await user.click(button);
      expect(act).not.toHaveBeenCalled();
      await expectAccessible();
      await connection.tell(host, 'online');
      await waitFor(() => expect(button.getAttribute('aria-disabled')).not.toBe('true'));
      await user.keyboard('{Escape}');
      if (id === 'team-invite-send') await user.click(await find('dialog-discard'));
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    };
    await user.click(screen.getByTestId('team-invite'));
    await user.type(await find('team-invite-emails'), 'sam@brightwater.example');
    await connection.tell(host, 'offline');
    await isOff('team-invite-send');

    await user.click(screen.getByTestId('team-confirm-waiting'));
    await findAll('team-phrase');
    await connection.tell(host, 'offline');
    await isOff('team-people-go');

    await user.click(screen.getAllByTestId('team-row')[1]!);
    await user.click(await find('team-panel-edit'));
    const role = (await findAll('team-role-serviceUser')).concat(screen.getAllByTestId('team-role-providerAdmin')).find((choice) => !(choice as HTMLInputElement).checked)!;
    await user.click(role);
    await connection.tell(host, 'offline');
    await isOff('team-role-save');
  });

  test('Enter saves a role that was chosen', async () => {
    const setTeamRole = vi.fn<Host['setTeamRole']>();
    const { user } = await openTeam({}, () => ({ setTeamRole }));
    await user.click(screen.getAllByTestId('team-row')[1]!);
    await user.click(await find('team-panel-edit'));
    const other = (await findAll('team-role-serviceUser')).concat(screen.getAllByTestId('team-role-providerAdmin')).find((choice) => !(choice as HTMLInputElement).checked)!;
    await user.click(other);
    // A browser sends the form of the field on Enter, by the button that belongs to it. The stand-in for the keyboard does
    // not find a button outside the form.
    const { form } = other as HTMLInputElement;
    expect(screen.getByTestId<HTMLButtonElement>('team-role-save').form).toBe(form);
    form!.requestSubmit();
    await waitFor(() => expect(setTeamRole).toHaveBeenCalledOnce());
  });

  test('going back does not invite again', async () => {
    const { user } = await openTeam();
    await user.click(screen.getByTestId('team-invite'));
    await find('team-invite-dialog');
    await user.keyboard('{Alt>}{ArrowLeft}{/Alt}');
    await findAll('client-row');
    await user.keyboard('{Alt>}{ArrowRight}{/Alt}');
    await findAll('team-row');
    expect(screen.queryByTestId('team-invite-dialog')).toBeNull();
  });

  test('offline, everything can be read and nothing is offered that needs the server', async () => {
    await openTeam({ offline: true });
    expect(screen.getByTestId('team-invite').getAttribute('aria-disabled')).toBe('true');
    expect(screen.getByTestId('team-confirm-waiting').getAttribute('aria-disabled')).toBe('true');
    await expectAccessible();
  });
});
