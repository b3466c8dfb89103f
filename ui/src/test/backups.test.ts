// Backups, as a person makes and opens them, and the settings of a sync; axe looks at each screen.
import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';

import { HostError, type Host } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp, openComputerSettings } from './stage';

describe('a backup', () => {
  test('is offered with the removal, and what is lost is named', async () => {
    const { user } = openApp({ start: 'locked' });
    await user.click(await find('log-out'));
    const dialog = await find('log-out-dialog');
    expect(screen.queryByTestId('backup-save')).toBeNull();
    await user.click(screen.getByTestId('log-out-remove'));
    expect(dialog.textContent).toContain('Tags, saved filters and pinned clients go with them');
    await expectAccessible();
    await user.click(screen.getByTestId('backup-save'));
    expect((await find('backup-saved')).textContent).toContain('maya.okafor@brightwater.example 2026-11-25.portico');
    await expectAccessible();
  });

  test('that cannot be written is told, and nothing is removed', async () => {
    const { user } = openApp({ start: 'locked', busy: true });
    await user.click(await find('log-out'));
    await user.click(screen.getByTestId('log-out-remove'));
    await user.click(screen.getByTestId('backup-save'));
    expect((await find('backup-failure')).textContent).toContain('The disk is full');
    await expectAccessible();
    expect(screen.getByTestId('log-out-dialog')).toBeTruthy();
  });

  test('opened at the welcome screen is an account to sign in to, once', async () => {
    const { user } = openApp({ start: 'signedOut' });
    await user.click(await find('open-backup'));
    const row = (await findAll('account-row')).find((one) => one.textContent?.includes('archive@brightwater.example'));
    expect(row?.dataset['state']).toBe('signedOut');
    expect(await screen.findByText(/The backup of archive@brightwater.example at vault.brightwater.example/)).toBeTruthy();
    await expectAccessible();
    await user.click(screen.getByTestId('open-backup'));
    expect((await find('signin-failure')).textContent).toContain('on this computer already');
    await expectAccessible();
  });

  test('in French', async () => {
    const { user } = openApp({ start: 'locked', settings: { language: 'fr' } });
    await user.click(await find('log-out'));
    await user.click(screen.getByTestId('log-out-remove'));
    expect((await find('log-out-dialog')).textContent).toContain('Garder d’abord une sauvegarde');
  });
});

describe('the settings of a sync', () => {
  test('are kept as they are chosen, by keyboard too', async () => {
    let kept: Host | undefined;
    const { user } = openApp({}, (host) => {
      kept = host;
      return {};
    });
    await openComputerSettings(user);
    await user.click(await find('settings-budget'));
    await user.click(await find('settings-budget-250'));
    const perSecond = await find('settings-per-second');
    expect(perSecond.textContent).toContain('20');
    perSecond.focus();
    await user.keyboard('{Enter}');
    await user.click(await find('settings-per-second-50'));
    await waitFor(async () => {
      const { sync } = await kept!.settingsGet();
      expect(sync).toEqual({ budget: 250, eventDays: 30, inFlight: 4, perSecond: 50 });
    });
    await expectAccessible();
  });

  test('that are refused are told', async () => {
    const { user } = openApp({}, () => ({ settingsSet: () => Promise.reject(new HostError({ code: 'outOfRange', detail: null })) }));
    await openComputerSettings(user);
    await user.click(await find('settings-event-days'));
    await user.click(await find('settings-event-days-365'));
    expect(await screen.findByText(/does not accept this value/)).toBeTruthy();
  });
});

test('whom a server is trusted by is changed for open accounts alone', async () => {
  const { user } = openApp({ longNames: true });
  await openComputerSettings(user);
  const options = await findAll('account-options');
  // The last one is self-hosted and locked.
  await user.click(options.at(-1)!);
  await find('account-log-out');
  expect(screen.queryByText('Choose a certificate authority')).toBeNull();
  expect(screen.queryByText('Forget the certificate authority')).toBeNull();
});
