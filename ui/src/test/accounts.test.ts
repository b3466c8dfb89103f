// Several accounts side by side, the ways in, and the way out, as a person walks through them; axe looks at each screen.
import { screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, test } from 'vitest';

import { fakeDefaults, fakeHost, fakePassword } from '$/ipc/fake/host';
import type { AccountSummary } from '$/ipc/bindings/AccountSummary';
import { HostError } from '$/ipc/host';

import { expectAccessible, find, findAll, openApp, openComputerSettings, rowTexts } from './stage';

type User = ReturnType<typeof openApp>['user'];

/** From the empty form of a sign-in to what comes after the right password. */
async function signInAs(email: string): Promise<User> {
  const { user } = openApp({ start: 'signedOut' });
  await user.type(await find('signin-email'), `${email}{Enter}`);
  await user.type(await find('signin-password'), `${fakePassword}{Enter}`);
  return user;
}

/** Shows the second account, which its master password opens, and the menu of accounts again. */
async function openSecondAccount(user: User): Promise<void> {
  await user.click(await find('account-menu'));
  await user.click((await findAll('switch-account'))[1]!);
  await user.click(await find('use-password'));
  await user.type(await find('unlock-password'), `${fakePassword}{Enter}`);
  await user.click(await find('account-menu'));
}

describe('the ways in', () => {
  test('what is wrong with a field is said until it is changed, and again when it is still so', async () => {
    const { user } = openApp({ start: 'signedOut' });
    const wrongs = () => [...document.querySelectorAll('[aria-invalid="true"]')].map((field) => (field as HTMLElement).dataset.testid);
    await user.type(await find('signin-email'), 'maya{Enter}');
    await waitFor(() => expect(wrongs()).toEqual(['signin-email']));
    await user.type(screen.getByTestId('signin-email'), '@');
    expect(wrongs()).toEqual([]);
    expect(document.querySelector('.hint.error')).toBeNull();
    await user.type(screen.getByTestId('signin-email'), '{Enter}');
    await waitFor(() => expect(wrongs()).toEqual(['signin-email']));
    await user.type(screen.getByTestId('signin-email'), 'brightwater.example{Enter}');
    await user.type(await find('signin-password'), 'wrong{Enter}');
    await waitFor(() => expect(wrongs()).toEqual(['signin-password']));
    await user.type(screen.getByTestId('signin-password'), 'p');
    expect(wrongs()).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Use another address' }));
    await user.clear(await find('signin-email'));
    await user.type(screen.getByTestId('signin-email'), `two@brightwater.example{Enter}`);
    await user.type(await find('signin-password'), `${fakePassword}{Enter}`);
    await user.type(await find('signin-code'), '000000{Enter}');
    await waitFor(() => expect(wrongs()).toEqual(['signin-code']));
    await user.type(screen.getByTestId('signin-code'), '1');
    expect(wrongs()).toEqual([]);
  });

  test('the first wrong field has the focus once, and what is typed into another stays there', async () => {
    const { user } = openApp({ start: 'signedOut' });
    await user.click((await findAll('server-selfHosted'))[0]!);
    await user.click(screen.getByTestId('signin-continue'));
    const address = await find('signin-address');
    const email = await find('signin-email');
    await waitFor(() => expect(document.activeElement).toBe(address));
    for (const [field, typed] of [[address, 'vault'], [email, 'maya@brightwater.example']] as const) {
      await user.click(field);
      for (const letter of typed) {
        await user.keyboard(letter);
        await tick();
        await tick();
        expect(document.activeElement).toBe(field);
      }
      expect((field as HTMLInputElement).value).toBe(typed);
    }
    await user.clear(email);
    await user.keyboard('{Enter}');
    await waitFor(() => expect(email.getAttribute('aria-invalid')).toBe('true'));
    // The other way round: the address stays wrong while the e-mail is mended.
    await user.clear(address);
    await user.click(screen.getByTestId('signin-continue'));
    await waitFor(() => expect(document.activeElement).toBe(address));
    await user.click(email);
    await user.keyboard('m');
    await tick();
    await tick();
    expect(document.activeElement).toBe(email);
  });

  test('a PIN that was wrong is no more red while the next is typed, and how many tries are left stands', async () => {
    const { user } = openApp({ start: 'locked' }, () => ({ unlockWithPin: () => Promise.resolve({ kind: 'wrong', triesLeft: 3 }) }));
    await user.click((await findAll('account-row'))[0]!);
    const field = await find('unlock-pin');
    await user.type(field, '1111{Enter}');
    expect((await screen.findByText('Wrong PIN. 3 more tries.')).className).toContain('error');
    await user.type(field, '2');
    expect(screen.queryByText('Wrong PIN. 3 more tries.')).toBeNull();
    expect(screen.getByText('3 more tries.').className).not.toContain('error');
    await user.click(screen.getByTestId('use-password'));
    await user.click(screen.getByTestId('use-pin'));
    expect(await screen.findByText('3 more tries.')).toBeTruthy();
  });

  test('a new PIN that is too short is so until it is changed itself, and one that differs until either is', async () => {
    const { user } = openApp();
    await user.click(await find('nav-settings'));
    await user.click(await find('settings-computer'));
    await user.click(await find('pin-set'));
    const [pin, again] = [await find('pin-new'), screen.getByTestId('pin-again')];
    const [short, differs] = ['A PIN has between 4 and 64 characters.', 'The two are not the same.'];
    await user.type(pin, '12');
    await user.click(screen.getByTestId('pin-save'));
    expect(await screen.findByText(short)).toBeTruthy();
    await user.type(again, '1');
    expect(screen.getByText(short)).toBeTruthy();
    await user.type(pin, '34');
    expect(screen.queryByText(short)).toBeNull();
    await user.click(screen.getByTestId('pin-save'));
    expect(await screen.findByText(differs)).toBeTruthy();
    await user.type(pin, '5');
    expect(screen.queryByText(differs)).toBeNull();
  });

  test('every way of the second step, by keyboard', async () => {
    const user = await signInAs('two@brightwater.example');
    await find('signin-code');
    expect(screen.getByText(/a passkey or security key, which Portico does not offer/)).toBeTruthy();
    await expectAccessible();
    await user.click(screen.getByTestId('way-email'));
    expect(await screen.findByText(/mailed to t\*\*\*@brightwater/)).toBeTruthy();
    expect(await screen.findByText(/It may take a minute/)).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('signin-code')));
    await user.click(screen.getByTestId('way-recoveryCode'));
    expect(await screen.findByText(/turns two-step login off/)).toBeTruthy();
    expect(screen.queryByTestId('signin-remember')).toBeNull();
    await expectAccessible();
    await user.type(screen.getByTestId('signin-code'), 'abcd efgh ijkl mnop{Enter}');
    expect(await find('lock')).toBeTruthy();
  });

  test('single sign-on is told plainly and leads to the API key', async () => {
    const user = await signInAs('sso@brightwater.example');
    await find('signin-blocked');
    await expectAccessible();
    await user.click(screen.getByTestId('way-apiKey'));
    await user.type(await find('signin-client-id'), 'user.0196f3a0-0000-7000-8000-000000000001');
    await expectAccessible();
    await user.type(screen.getByTestId('signin-client-secret'), 'thirtycharactersofapersonalkey{Enter}');
    expect(await find('lock')).toBeTruthy();
  });

  test('an account without a master password is offered no key', async () => {
    await signInAs('tde@brightwater.example');
    await find('signin-blocked');
    expect(screen.queryByTestId('way-apiKey')).toBeNull();
  });

  test('a new computer: the code can be mailed again', async () => {
    const user = await signInAs('new@brightwater.example');
    await find('signin-code');
    await user.click(screen.getByTestId('mail-again'));
    expect(await screen.findByText(/It may take a minute/)).toBeTruthy();
    await expectAccessible();
    await user.type(screen.getByTestId('signin-code'), '123456{Enter}');
    expect(await find('lock')).toBeTruthy();
  });

  test('weaker key derivation: before and now in words, and stopping is the first button', async () => {
    const user = await signInAs('cheap@brightwater.example');
    const step = await find('signin-kdf');
    expect(within(step).getByText('Argon2id with 6 iterations, 32 MiB, 4 threads')).toBeTruthy();
    expect(within(step).getByText('PBKDF2 with 5,000 iterations')).toBeTruthy();
    expect(within(step).getAllByRole('button')[0]).toBe(screen.getByTestId('kdf-stop'));
    await expectAccessible();
    await user.click(screen.getByTestId('kdf-accept'));
    expect(await find('lock')).toBeTruthy();
  });

  test('a private certificate authority is offered where the certificate is the trouble', async () => {
    const { user } = openApp({ start: 'signedOut' });
    await user.click(await find('server-selfHosted'));
    await user.type(await find('signin-address'), 'vault.company.example');
    await user.click(screen.getByTestId('signin-advanced'));
    await user.type(screen.getByTestId('signin-api'), 'http://api.company.example');
    await user.type(screen.getByTestId('signin-email'), 'cert@company.example{Enter}');
    expect(await screen.findByText(/must start with https/)).toBeTruthy();
    await expectAccessible();
    await user.clear(screen.getByTestId('signin-api'));
    await user.type(screen.getByTestId('signin-email'), '{Enter}');
    await user.type(await find('signin-password'), `${fakePassword}{Enter}`);
    await user.click(await find('offer-authority'));
    await waitFor(() => expect(screen.queryByTestId('signin-failure')).toBeNull());
    await user.click(screen.getByTestId('signin-submit'));
    expect(await find('lock')).toBeTruthy();
  });
});

describe('several accounts', () => {
  const emails = () => screen.getAllByTestId('settings-account').map((row) => row.textContent?.match(/[\w.]+@[\w.]+\w/)?.[0]);

  test('switching leaves the other one open, and back needs no password', async () => {
    const { user } = openApp();
    await openSecondAccount(user);
    const rows = await findAll('switch-account');
    expect(rows[0]!.textContent).toContain('Unlocked');
    expect(rows[1]!.textContent).toContain('Shown now');
    await expectAccessible();
    await user.click(rows[0]!);
    await waitFor(() => expect(screen.getByTestId('account-menu').textContent).toContain('Maya Okafor'));
    expect(screen.queryByTestId('unlock-password')).toBeNull();
  });

  test('one account is locked for itself, or all of them at once', async () => {
    const { user } = openApp();
    await openSecondAccount(user);
    await user.click(await find('lock-this'));
    await find('unlock-submit');
    const open = (await findAll('account-row')).find((row) => row.dataset['state'] === 'open');
    await expectAccessible();
    await user.click(open!);
    await user.click(await find('lock'));
    await find('unlock-submit');
    expect(screen.getAllByTestId('account-row').every((row) => row.dataset['state'] === 'locked')).toBe(true);
  });

  test('with the setting, showing another account locks the first', async () => {
    const { user } = openApp({ settings: { language: 'en', lockOnSwitch: true } });
    await user.click(await find('account-menu'));
    await user.click((await findAll('switch-account'))[1]!);
    await find('unlock-submit');
    const first = screen.getAllByTestId('account-row')[0]!;
    expect(first.dataset['state']).toBe('locked');
  });

  test('the order is the person’s', async () => {
    const { user } = openApp();
    await openComputerSettings(user);
    await find('accounts');
    expect(emails()).toEqual(['maya.okafor@brightwater.example', 'maya@okafor.example', 'demo@portico.example']);
    await user.click(screen.getAllByTestId('account-options')[1]!);
    await user.click(await find('move-up'));
    await waitFor(() => expect(emails()[0]).toBe('maya@okafor.example'));
    await expectAccessible();
  });

  test('adding an account leaves the way back', async () => {
    const { user } = openApp();
    await user.click(await find('account-menu'));
    await user.click(await find('add-account'));
    await find('signin-email');
    await user.click(screen.getByTestId('back-to-accounts'));
    expect(await find('lock')).toBeTruthy();
  });
});

describe('the way out', () => {
  async function leave(user: User, choice: 'keep' | 'remove') {
    await user.click(await find('account-menu'));
    await user.click(await find('log-out'));
    await user.click(await find(`log-out-${choice}`));
    await user.click(screen.getByTestId('log-out-confirm'));
  }

  test('pictures that were kept are found at the next sign-in, or removed after all', async () => {
    const { user } = openApp();
    await leave(user, 'keep');
    await find('unlock-submit');
    const kept = (await findAll('account-row')).find((row) => row.dataset['state'] === 'signedOut')!;
    expect(kept.textContent).toContain('pictures kept');
    await user.click(screen.getByTestId('remove-kept'));
    expect((await find('log-out-dialog')).textContent).toContain('cannot be read again');
    await expectAccessible();
    await user.keyboard('{Escape}');
    await user.click(kept);
    // Its server and address are filled in.
    expect(await find('signin-password')).toBeTruthy();
    expect(screen.getByText('maya.okafor@brightwater.example')).toBeTruthy();
    await expectAccessible();
    await user.type(screen.getByTestId('signin-password'), `${fakePassword}{Enter}`);
    expect(await find('lock')).toBeTruthy();
  });

  test('the demo, logged out, begins again by itself', async () => {
    const { accounts } = (await fakeHost({ ...fakeDefaults, delay: 0, start: 'locked' }).sessionState()) as { accounts: AccountSummary[] };
    const { user } = openApp({ start: 'signedOut' }, ({ sessionState }) => ({
      sessionState: async () => {
        const state = await sessionState();
        if (state.kind !== 'signedOut') return state;
        const one = accounts.find(({ kind }) => kind === 'demo')!;
        return { ...state, accounts: [{ ...one, state: 'signedOut' }] };
      },
    }));
    await user.click(await find('account-row'));
    expect(await find('lock')).toBeTruthy();
  });

  test.each([
    ['en', 'keep', 'maya.okafor@brightwater.example is logged out. Its pictures stay sealed on this computer.'],
    ['en', 'remove', 'maya.okafor@brightwater.example is logged out. Everything that was kept of it on this computer is deleted.'],
    ['fr', 'keep', 'maya.okafor@brightwater.example est déconnecté. Ses relevés restent scellés sur cet ordinateur.'],
    ['fr', 'remove', 'maya.okafor@brightwater.example est déconnecté. Tout ce qui en était conservé sur cet ordinateur est supprimé.'],
  ] as const)('a log-out says whose session ended, and what is left (%s, %s)', async (language, choice, said) => {
    const { user } = openApp({ settings: { language } });
    await leave(user, choice);
    expect(await screen.findByText(said)).toBeTruthy();
    await find('unlock-submit');
    expect(screen.getByText(said)).toBeTruthy();
  });

  test('so does removing what was kept', async () => {
    const { user } = openApp();
    await leave(user, 'keep');
    await user.click(await find('remove-kept'));
    await user.click(await find('log-out-confirm'));
    expect(await screen.findByText('Everything that was kept of maya.okafor@brightwater.example on this computer is deleted.')).toBeTruthy();
  });

  test('a log-out that fails says why, where it was asked for', async () => {
    const { user } = openApp({ busy: true });
    await leave(user, 'remove');
    expect((await find('log-out-failure')).textContent).toContain('Another window or command is using this account');
    expect(screen.queryByTestId('toast')).toBeNull();
    await expectAccessible();
    expect(screen.getByTestId('log-out-dialog')).toBeTruthy();
  });

  test.each([
    ['en', 'locked', 'The log-out of noah@brightwater.example did not finish. Another window or command is using this account. Close it and try again.'],
    ['fr', 'locked', 'La déconnexion de noah@brightwater.example n’est pas allée au bout. Une autre fenêtre ou commande utilise ce compte. Fermez-la et réessayez.'],
    ['en', 'signedOut', 'The log-out of noah@brightwater.example did not finish. Another window or command is using this account. Close it and try again.'],
  ] as const)('one that fails later says so on the screen that comes (%s, %s)', async (language, start, said) => {
    const notices = [{ about: { kind: 'logOut', email: 'noah@brightwater.example' } as const, error: { code: 'busy', detail: null } as const }];
    openApp({ start, notices, settings: { language } });
    await find('session-notice');
    expect(rowTexts('session-notice')).toEqual([said]);
    await expectAccessible();
  });

  test('a locked account can be logged out without its password', async () => {
    const { user } = openApp({ start: 'locked' });
    await user.click(await find('log-out'));
    await user.click(await find('log-out-remove'));
    await user.click(screen.getByTestId('log-out-confirm'));
    await waitFor(() => expect(screen.queryByText('maya.okafor@brightwater.example')).toBeNull());
    expect(await find('unlock-submit')).toBeTruthy();
  });
});

test('a refused switch is said on the lock screen', async () => {
  const { user } = openApp({ start: 'locked' }, () => ({
    chooseAccount: () => Promise.reject(new HostError({ code: 'notFound', detail: null })),
  }));
  await user.click((await findAll('account-row'))[0]!);
  expect(await screen.findByText('This is no longer there.')).toBeTruthy();
});
