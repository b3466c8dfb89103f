import type { AccountSummary } from '$/ipc/bindings/AccountSummary';
import { HostError, type Host } from '$/ipc/host';

/** How the lock screen is about to unlock. */
export type UnlockWay = 'pin' | 'device' | 'password';

/** What was wrong with a try, beside the field. */
export type Wrong = 'password' | 'pin';

/** The ways of an account, the quickest to type first; the master password always is one. */
export function waysOf({ ways }: AccountSummary): UnlockWay[] {
  return [...(ways.pin ? ['pin' as const] : []), ...(ways.device ? ['device' as const] : []), 'password'];
}

/** The lock screen of one account at a time. What is typed lives here only until it has been handed over. */
export class Unlocking {
  way: UnlockWay = $state('password');
  typed = $state('');
  busy = $state(false);
  wrong: Wrong | null = $state(null);
  /** How many tries a PIN has left that was wrong; null as long as none was. */
  triesLeft: number | null = $state(null);
  /** The PIN was wrong too often and is gone. */
  pinRemoved = $state(false);
  failure: HostError | null = $state.raw(null);
  #host: Host;
  #account: string | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Another account starts empty; the same one, told anew, may have lost the way that was chosen. */
  show(account: AccountSummary): void {
    const ways = waysOf(account);
    if (account.id !== this.#account) {
      this.#account = account.id;
      this.pinRemoved = false;
      this.triesLeft = null;
      this.choose(ways[0]!);
    } else if (!ways.includes(this.way)) {
      this.choose(ways[0]!);
    }
  }

  choose(way: UnlockWay): void {
    this.way = way;
    this.typed = '';
    this.wrong = null;
    this.failure = null;
  }

  /** Another try is typed: what was said of the last one is no longer true. How many are left for a PIN is. */
  mend(): void {
    this.wrong = null;
  }

  /** Puts a password into the field, as if it had been typed: what was said of the last one is no longer true. */
  fill(password: string): void {
    this.typed = password;
    this.wrong = null;
    this.failure = null;
  }

  /** False when there is nothing to try with. */
  async submit(account: AccountSummary): Promise<boolean> {
    const { way, typed } = this;
    if (way !== 'device' && typed === '') return false;
    this.busy = true;
    this.wrong = null;
    this.failure = null;
    this.pinRemoved = false;
    let left: number | null = null;
    try {
      if (way === 'password') await this.#host.unlock(account.id, typed);
      else if (way === 'device') await this.#host.unlockWithDevice(account.id);
      else {
        const answer = await this.#host.unlockWithPin(account.id, typed);
        if (answer.kind === 'wrong') [this.wrong, left] = ['pin', answer.triesLeft];
        if (answer.kind === 'removed') this.#losePin();
      }
      this.triesLeft = left;
    } catch (cause) {
      const error = HostError.from(cause);
      if (error.code === 'wrongPassword') this.wrong = 'password';
      else this.failure = error;
    } finally {
      this.typed = '';
      this.busy = false;
    }
    return true;
  }

  #losePin(): void {
    this.choose('password');
    this.pinRemoved = true;
  }
}
