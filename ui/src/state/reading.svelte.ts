import { untrack } from 'svelte';

import { HostError } from '$/ipc/host';

/**
 * One value that is read from the host: kept while it is read again, dropped when something else is asked
 * for. Late answers to an earlier question are not taken.
 */
export class Reading<Value> {
  value: Value | undefined = $state.raw();
  error: HostError | undefined = $state.raw();
  /** An answer is on its way. */
  busy: boolean = $state(false);
  /** The host said that it is there no more. It stays gone while it is looked for once more. */
  gone: boolean = $state(false);
  #key: string | undefined;
  #asked = 0;

  /** The value, unless the host says that it is there no more: what is gone is not shown as if it were not. */
  get there(): Value | undefined {
    return this.gone ? undefined : this.value;
  }

  /** Asks for the value of a key. The value of another key goes at once; that of the same key stays meanwhile. */
  async read(key: string, ask: () => Promise<Value>): Promise<void> {
    if (key !== this.#key) this.drop();
    const asked = ++this.#asked;
    this.#key = key;
    if (!untrack(() => this.gone)) this.error = undefined;
    this.busy = true;
    try {
      const value = await ask();
      if (asked !== this.#asked) return;
      this.value = value;
      this.error = undefined;
      this.gone = false;
    } catch (cause) {
      if (asked !== this.#asked) return;
      this.error = HostError.from(cause);
      this.gone ||= this.error.code === 'notFound';
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  /** Forgets the value and whatever is on its way. */
  drop(): void {
    this.#asked += 1;
    this.#key = undefined;
    this.value = undefined;
    this.error = undefined;
    this.busy = false;
    this.gone = false;
  }
}
