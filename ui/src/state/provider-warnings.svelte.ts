import type { BillingWarnings } from '$/ipc/bindings/BillingWarnings';
import type { Host } from '$/ipc/host';

/** What the server warns the admins of the portal's provider of: its suspension, its tax ID. Offline, what it said last. */
export class ProviderWarnings {
  value: BillingWarnings | null = $state.raw(null);
  #host: Host;
  #provider: string | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Turns to a provider: what was read before at once, and what the server says now as soon as it has. */
  async ask(provider: string, offline: boolean): Promise<void> {
    if (provider !== this.#provider) this.value = null;
    this.#provider = provider;
    await this.reread();
    if (offline) return;
    try {
      await this.#host.refreshBilling(provider);
    } catch {
      // What it said last stays. That a provider is suspended is known in any case.
    }
    await this.reread();
  }

  /** Shows what is kept now; nothing is asked of the server. */
  async reread(): Promise<void> {
    const provider = this.#provider;
    if (provider === undefined) return;
    try {
      const { warnings } = await this.#host.billing(provider);
      if (provider === this.#provider) this.value = warnings;
    } catch {
      // Locked in the meantime, or damaged: the Billing page says so.
    }
  }
}
