import type { UnlockSettings } from '../bindings/UnlockSettings';
import { HostError, type Host } from '../host';

/** The PIN of the fake accounts that have one. */
export const fakePin = '4096';
/** The master password from before a key rotation. */
export const fakePreviousPassword = 'before';

type Commands = Pick<
  Host,
  'unlockWithDevice' | 'unlockWithPin' | 'unlockSettings' | 'setDeviceUnlock' | 'setPin' | 'bringHistory' | 'setHistoryAside'
>;

interface Stage {
  answer<Answer>(make: () => Answer): Promise<Answer>;
  enter(accountId?: string): void;
  losePin(accountId: string): void;
  given: Partial<UnlockSettings>;
}

/** Unlocking without the master password, and what is kept from before a key rotation. */
export function fakeUnlocking({ answer, enter, losePin, given }: Stage): Commands {
  let settings: UnlockSettings = {
    ways: { device: false, pin: false },
    obstacle: null,
    pinForbidden: false,
    mostMinutes: null,
    logsOut: false,
    withSystem: true,
    ...given,
  };
  let tries = 5;
  return {
    unlockWithDevice: (accountId) => answer(() => enter(accountId)),
    unlockWithPin: (accountId, pin) =>
      answer(() => {
        if (pin === fakePin) {
          enter(accountId);
          return { kind: 'unlocked' };
        }
        tries -= 1;
        if (tries > 0) return { kind: 'wrong', triesLeft: tries };
        losePin(accountId);
        return { kind: 'removed' };
      }),
    unlockSettings: () => answer(() => settings),
    setDeviceUnlock: (device) => answer(() => void (settings = { ...settings, ways: { ...settings.ways, device } })),
    setPin: (pin) => answer(() => void (settings = { ...settings, ways: { ...settings.ways, pin: pin !== null } })),
    bringHistory: (password) =>
      answer(() => {
        if (password !== fakePreviousPassword) throw new HostError({ code: 'wrongPassword', detail: null });
        enter();
      }),
    setHistoryAside: () => answer(() => enter()),
  };
}
