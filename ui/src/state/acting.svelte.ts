import type { ActionDone } from '$/ipc/bindings/ActionDone';
import { HostError, type Host } from '$/ipc/host';

import type { Toasts } from './toasts.svelte';
import type { Words } from './words.svelte';

/** An action that a dialog or a form has the server do: one at a time, and what came of it. */
export class Acting {
  busy: boolean = $state(false);
  /** Why the last one was not done; told where the button is, and gone with the next attempt. */
  failure: HostError | undefined = $state.raw();
  #app: { host: Host; toasts: Toasts; words: Words };

  constructor(app: { host: Host; toasts: Toasts; words: Words }) {
    this.#app = app;
  }

  /** Has it done and says `done`. True when the server has done it. */
  async run(act: (host: Host) => Promise<ActionDone>, done: string): Promise<boolean> {
    const { toasts, words } = this.#app;
    return this.attempt(async (host) => {
      const { picture } = await act(host);
      toasts.done(picture ? `${done} ${words.t('common.doneButOlder')}` : done);
    });
  }

  /** Has it done, whatever is to be said of it. True unless it failed. */
  async attempt(act: (host: Host) => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.failure = undefined;
    try {
      await act(this.#app.host);
      return true;
    } catch (cause) {
      this.failure = HostError.from(cause);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /**
   * For a dialog that is about to close: while something is under way it stays, the action is stopped as far as that
   * still goes, and what became of it is told in it.
   */
  mayClose(): boolean {
    if (!this.busy) return true;
    this.#app.host.cancelAction().catch(() => {
      // The action answers for itself.
    });
    return false;
  }
}
