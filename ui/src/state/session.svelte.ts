import type { ErrorCode } from '$/ipc/bindings/ErrorCode';
import type { SessionState } from '$/ipc/bindings/SessionState';
import type { UnlockedAccount } from '$/ipc/bindings/UnlockedAccount';
import { HostError, type Host } from '$/ipc/host';

/** Where this window stands. The screen follows it, so a vault view cannot exist while locked. */
export type Session = { kind: 'starting' } | { kind: 'broken'; error: HostError } | SessionState;

export class SessionWatch {
  state: Session = $state.raw({ kind: 'starting' });
  #host: Host;
  /** Events so far: one that overtakes an answer is newer than that answer. */
  #told = 0;

  constructor(host: Host) {
    this.#host = host;
    // As things stood when the window was made; the answer that `follow` asks for has the last word.
    if (host.atStart?.session) this.state = host.atStart.session;
  }

  /** The account behind the unlocked window. Only asked for by what is mounted while unlocked. */
  get account(): UnlockedAccount {
    if (this.state.kind !== 'unlocked') throw new HostError({ code: 'locked' satisfies ErrorCode, detail: null });
    return this.state.account;
  }

  /** Asks for the state and follows its changes until the returned function is called. */
  follow(): () => void {
    const stop = this.#host.onSession((state) => {
      this.#told += 1;
      this.state = state;
    });
    const before = this.#told;
    this.askAgain().catch((cause) => {
      if (before === this.#told) this.state = { kind: 'broken', error: HostError.from(cause) };
    });
    return stop;
  }

  /** Asks for the state once more, for who cannot wait for the event that is under way. */
  async askAgain(): Promise<void> {
    const before = this.#told;
    const state = await this.#host.sessionState();
    if (before === this.#told) this.state = state;
  }
}
