import { beforeEach, describe, expect, test } from 'vitest';

import type { AccountSummary } from '$/ipc/bindings/AccountSummary';
import { fakeHost, fakePassword } from '$/ipc/fake/host';
import { fakePin } from '$/ipc/fake/unlocking';
import { HostError, type Host } from '$/ipc/host';

import { Unlocking, waysOf } from './unlocking.svelte';

const account = (ways: AccountSummary['ways'], id = 'acc-2'): AccountSummary => ({
  id,
  email: 'maya@okafor.example',
  server: 'bitwarden.eu',
  address: 'bitwarden.eu',
  kind: 'cloud',
  state: 'locked',
  authority: null,
  hasPicture: false,
  pictureAt: null,
  demoPassword: null,
  ways,
});
const both = { device: true, pin: true };
const none = { device: false, pin: false };

describe('unlocking', () => {
  let host: Host;
  let unlocking: Unlocking;

  beforeEach(() => {
    host = fakeHost({ start: 'locked', delay: 0 });
    unlocking = new Unlocking(host);
  });

  test('the quickest way stands first and the password is always one', () => {
    expect(waysOf(account(both))).toEqual(['pin', 'device', 'password']);
    expect(waysOf(account(none))).toEqual(['password']);
    unlocking.show(account(both));
    expect(unlocking.way).toBe('pin');
    unlocking.show(account(none));
    expect(unlocking.way).toBe('password');
  });

  test('nothing typed is not tried, and nothing typed stays', async () => {
    unlocking.show(account(none));
    expect(await unlocking.submit(account(none))).toBe(false);
    unlocking.typed = 'wrong';
    await unlocking.submit(account(none));
    expect(unlocking.wrong).toBe('password');
    expect(unlocking.typed).toBe('');
    unlocking.typed = fakePassword;
    await unlocking.submit(account(none));
    expect((await host.sessionState()).kind).toBe('unlocked');
  });

  test('wrong PINs are counted down, and the last one leaves the password', async () => {
    unlocking.show(account(both));
    for (const left of [4, 3, 2, 1]) {
      unlocking.typed = '0000';
      await unlocking.submit(account(both));
      expect([unlocking.wrong, unlocking.triesLeft]).toEqual(['pin', left]);
      // Another try says no more that the last was wrong, and still how many are left.
      unlocking.mend();
      expect([unlocking.wrong, unlocking.triesLeft]).toEqual([null, left]);
      expect(unlocking.pinRemoved).toBe(false);
    }
    // Neither another way nor the next try makes it forgotten.
    unlocking.choose('password');
    unlocking.typed = 'wrong';
    await unlocking.submit(account(both));
    unlocking.choose('pin');
    expect([unlocking.wrong, unlocking.triesLeft]).toEqual([null, 1]);
    unlocking.typed = '0000';
    const last = unlocking.submit(account(both));
    expect(unlocking.triesLeft).toBe(1);
    await last;
    expect(unlocking.triesLeft).toBeNull();
    expect(unlocking.pinRemoved).toBe(true);
    expect(unlocking.way).toBe('password');
  });

  test('the right PIN and the keychain unlock', async () => {
    unlocking.show(account(both));
    unlocking.typed = '0000';
    await unlocking.submit(account(both));
    unlocking.typed = fakePin;
    await unlocking.submit(account(both));
    expect((await host.sessionState()).kind).toBe('unlocked');
    expect(unlocking.triesLeft).toBeNull();
    await host.lock();
    unlocking.choose('device');
    await unlocking.submit(account(both));
    expect((await host.sessionState()).kind).toBe('unlocked');
  });

  test('the tries left are those of one account', async () => {
    unlocking.show(account(both));
    unlocking.typed = '0000';
    await unlocking.submit(account(both));
    unlocking.show(account(both, 'acc-3'));
    expect(unlocking.triesLeft).toBeNull();
  });

  test('a keychain that fails is told', async () => {
    host.unlockWithDevice = () => Promise.reject(new HostError({ code: 'noKeychain', detail: null }));
    unlocking.show(account({ device: true, pin: false }));
    expect(unlocking.way).toBe('device');
    await unlocking.submit(account(both));
    expect(unlocking.failure?.code).toBe('noKeychain');
  });
});
