import { SvelteMap } from 'svelte/reactivity';
import type { CopyReceipt } from '$/ipc/bindings/CopyReceipt';
import type { ItemDetail } from '$/ipc/bindings/ItemDetail';
import { HostError, type Host } from '$/ipc/host';

type SecretsHost = Pick<Host, 'revealField' | 'copyField' | 'passReprompt' | 'itemDetail'>;

/**
 * The hidden fields of the item in view: revealed one by one, forgotten when another item is shown. An item
 * that asks for the master password again is asked for through `gate`; the password is handed over at once and
 * kept nowhere.
 */
export class ItemSecrets {
  /** Values on the screen, by field. */
  readonly revealed = new SvelteMap<string, string>();
  /** What went wrong with a field; it stands under that field. */
  readonly failures = new SvelteMap<string, HostError>();
  readonly gate = new RepromptGate();
  #host: SecretsHost;
  #itemId: string | undefined;
  #content: unknown;

  constructor(host: SecretsHost) {
    this.#host = host;
  }

  /** Tells which item is in view. Another one forgets what was revealed. */
  look(itemId: string | undefined): void {
    if (itemId === this.#itemId) return;
    this.#itemId = itemId;
    this.revealed.clear();
    this.failures.clear();
    this.gate.cancel();
  }

  /**
   * Tells what is known of the item in view. Where that changed, so may have a value on the screen, or whose field it is, or
   * whether it may be shown: nothing stays revealed.
   */
  know(content: unknown): void {
    if (content === this.#content) return;
    this.#content = content;
    this.hide();
    this.failures.clear();
  }

  /** Hides every value again. */
  hide(): void {
    this.revealed.clear();
  }

  /** Shows a hidden field, or hides it again. */
  async toggle(itemId: string, fieldId: string): Promise<void> {
    if (this.revealed.delete(fieldId)) return;
    const content = this.#content;
    const answer = await this.#attempt(fieldId, (password) => this.#host.revealField({ itemId, fieldId, password }));
    // The person may have gone on to another item meanwhile, or the item was changed: the value is not to appear there.
    if (answer && itemId === this.#itemId && content === this.#content) this.revealed.set(fieldId, answer.value);
  }

  /** Copies a field in Rust. Nothing was copied when the answer is `undefined`. */
  copy(itemId: string, fieldId: string): Promise<CopyReceipt | undefined> {
    return this.#attempt(fieldId, (password) => this.#host.copyField({ itemId, fieldId, password }));
  }

  /** Asks for the master password of an item that shows nothing before; whether it was right. */
  async passReprompt(itemId: string): Promise<boolean> {
    try {
      await this.gate.ask((password) => this.#host.passReprompt(itemId, password));
      return itemId === this.#itemId;
    } catch {
      // The person thought better of it, or the dialog said what went wrong.
      return false;
    }
  }

  /**
   * Asks for the master password of an item that is only a row, and answers with what it holds.
   *
   * @throws HostError `cancelled` when the person thought better of it.
   */
  unlock(itemId: string): Promise<ItemDetail> {
    return this.gate.ask(async (password) => {
      await this.#host.passReprompt(itemId, password);
      return this.#host.itemDetail(itemId);
    });
  }

  async #attempt<Answer>(
    fieldId: string,
    perform: (password: string | null) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    const [item, content] = [this.#itemId, this.#content];
    this.failures.delete(fieldId);
    try {
      return await this.gate.pass(perform);
    } catch (cause) {
      const error = HostError.from(cause);
      // Another item has fields of the same names.
      if (error.code !== 'cancelled' && item === this.#itemId && content === this.#content) this.failures.set(fieldId, error);
      return undefined;
    }
  }
}

/** The question for the master password in front of an item that asks for it. */
export class RepromptGate {
  /** The question stands on the screen. */
  asking = $state(false);
  /** The answer is being checked. */
  checking = $state(false);
  /** Why the last answer was not taken. */
  error = $state.raw<HostError>();
  #attempt: ((password: string) => Promise<void>) | undefined;
  #giveUp: (() => void) | undefined;

  /** Performs, asking for the master password first where the item wants it. */
  async pass<Answer>(perform: (password: string | null) => Promise<Answer>): Promise<Answer> {
    try {
      return await perform(null);
    } catch (cause) {
      if (HostError.from(cause).code !== 'repromptNeeded') throw cause;
    }
    return this.ask(perform);
  }

  /** Asks for the master password and performs with it. */
  ask<Answer>(perform: (password: string) => Promise<Answer>): Promise<Answer> {
    this.cancel();
    return new Promise<Answer>((resolve, reject) => {
      this.error = undefined;
      this.asking = true;
      this.#giveUp = () => reject(new HostError({ code: 'cancelled', detail: null }));
      this.#attempt = async (password) => {
        try {
          resolve(await perform(password));
          this.#close();
        } catch (cause) {
          this.error = HostError.from(cause);
          if (this.error.code === 'wrongPassword') return;
          reject(this.error);
          this.#close();
        }
      };
    });
  }

  /** Hands the answer over. */
  async answer(password: string): Promise<void> {
    if (this.checking || !this.#attempt) return;
    this.checking = true;
    await this.#attempt(password);
    this.checking = false;
  }

  /** The person does not answer. */
  cancel(): void {
    this.#giveUp?.();
    this.#close();
  }

  #close(): void {
    this.asking = false;
    this.#attempt = undefined;
    this.#giveUp = undefined;
  }
}
