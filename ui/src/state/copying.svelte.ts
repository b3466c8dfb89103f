import { HostError, type Host } from '$/ipc/host';

import type { Toasts } from './toasts.svelte';

/** Copies names and e-mail addresses that stand on the page; a failure is kept for where the button is. */
export class Copying {
  failure: HostError | undefined = $state.raw();
  #host: Pick<Host, 'copyText'>;
  #toasts: Toasts;

  constructor({ host, toasts }: { host: Pick<Host, 'copyText'>; toasts: Toasts }) {
    this.#host = host;
    this.#toasts = toasts;
  }

  /** Copies a text and says `done`. */
  async copy(text: string, done: string): Promise<void> {
    this.failure = undefined;
    try {
      await this.#host.copyText(text);
      this.#toasts.done(done);
    } catch (cause) {
      this.failure = HostError.from(cause);
    }
  }
}
