import type { BillingWarnings } from '$/ipc/bindings/BillingWarnings';
import type { ProviderRef } from '$/ipc/bindings/ProviderRef';
import type { Host } from '$/ipc/host';

/** What the server says about a suspended provider: what would end it. Offline, what it said last. */
export class SuspensionWatch {
  warnings: BillingWarnings | null = $state.raw(null);
  #host: Host;
  #asked = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  async ask(provider: ProviderRef, offline: boolean): Promise<void> {
    const turn = ++this.#asked;
    const read = async () => {
      const { warnings } = await this.#host.billing(provider.id);
      if (turn === this.#asked) this.warnings = warnings;
    };
    try {
      await read();
      if (offline) return;
      await this.#host.refreshBilling(provider.id);
      await read();
    } catch {
      // That it is suspended is known in any case.
    }
  }
}
