import type { ErrorCode } from '$/ipc/bindings/ErrorCode';
import type { SessionState } from '$/ipc/bindings/SessionState';
import type { UnlockedAccount } from '$/ipc/bindings/UnlockedAccount';
import { HostError, type Host } from '$/ipc/host';

/** Where this window stands. The screen follows it, so a vault view cannot exist while locked. */
export type Session = { kind: 'starting' } | { kind: 'broken'; error: HostError } | SessionState;

export class SessionWatch {
  state: Session = $state.raw({ kind: 'starting' });
  #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The account behind the unlocked window. Only asked for by what is mounted while unlocked. */
  get account(): UnlockedAccount {
    if (this.state.kind !== 'unlocked') throw new HostError({ code: 'locked' satisfies ErrorCode, detail: null });
    return this.state.account;
  }

  /** Asks for the state and follows its changes until the returned function is called. */
  follow(): () => void {
    // An event that overtakes the first answer is newer than that answer.
    let heard = false;
    const stop = this.#host.onSession((state) => {
      heard = true;
      this.state = state;
    });
    this.#host.sessionState().then(
      (state) => {
        if (!heard) this.state = state;
      },
      (cause) => {
        if (!heard) this.state = { kind: 'broken', error: HostError.from(cause) };
      },
    );
    return stop;
  }
}
