import type { ProviderWebPage } from '$/ipc/bindings/ProviderWebPage';
import type { WebPage } from '$/ipc/bindings/WebPage';
import { HostError, type Host } from '$/ipc/host';

/** Pages of the web vault that open in the person's browser, and why the last one did not. */
export class Browsing {
  failure: HostError | undefined = $state.raw();
  #host: Pick<Host, 'openWeb' | 'openProviderWeb'>;
  #asked = 0;

  constructor(host: Pick<Host, 'openWeb' | 'openProviderWeb'>) {
    this.#host = host;
  }

  open(page: WebPage): void {
    void this.#try(() => this.#host.openWeb(page));
  }

  openOfProvider(providerId: string, page: ProviderWebPage): void {
    void this.#try(() => this.#host.openProviderWeb(providerId, page));
  }

  /** The person has read why, or the account is shown no more. */
  forget(): void {
    this.#asked += 1;
    this.failure = undefined;
  }

  async #try(open: () => Promise<void>): Promise<void> {
    this.forget();
    const asked = this.#asked;
    try {
      await open();
    } catch (cause) {
      // A click later is another question: the system may take seconds to say that nothing opens.
      if (asked === this.#asked) this.failure = HostError.from(cause);
    }
  }
}
