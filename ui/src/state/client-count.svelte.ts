import type { Host } from '$/ipc/host';

/** How many clients the provider has, for the navigation, and since when all of them were read. None before the first answer. */
export class ClientCount {
  value: number | undefined = $state();
  oldest: string | null = $state(null);
  #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  async ask(providerId: string): Promise<void> {
    try {
      const page = await this.#host.clientsPage({
        providerId,
        search: '',
        filter: 'all',
        plan: null,
        tags: [],
        sort: 'name',
        descending: false,
        offset: 0,
        limit: 0,
      });
      // How many are lost nobody knows.
      this.value = page.listLost ? undefined : page.counts.all;
      this.oldest = page.totals.oldestReadAt;
    } catch {
      // The Clients page says what is wrong; the navigation shows no number then.
      this.value = undefined;
      this.oldest = null;
    }
  }
}
