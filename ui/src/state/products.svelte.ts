import type { Product } from '$/ipc/bindings/Product';
import type { Products } from '$/ipc/bindings/Products';
import type { ProductTile } from '$/ipc/bindings/ProductTile';
import { HostError, type Host } from '$/ipc/host';

import type { Browsing } from './browsing.svelte';
import type { Location, Place } from './location.svelte';

/** The products of the person, asked for again when the current organization or the picture changes. */
export class ProductsWatch {
  products: Products | null = $state.raw(null);
  failure: HostError | null = $state.raw(null);
  #host: Host;
  #browsing: Browsing;
  #asked = 0;

  constructor({ host, browsing }: { host: Host; browsing: Browsing }) {
    this.#host = host;
    this.#browsing = browsing;
  }

  tile(product: Product): ProductTile | undefined {
    return this.products?.tiles.find((tile) => tile.product === product);
  }

  /** Asks for the tiles, as seen from an organization and a provider: the current ones, or those last left. */
  async ask(organizationId: string | undefined, providerId: string | undefined): Promise<void> {
    const turn = ++this.#asked;
    try {
      const products = await this.#host.products(organizationId, providerId);
      if (turn === this.#asked) this.products = products;
    } catch (cause) {
      if (turn === this.#asked) this.failure = HostError.from(cause);
    }
  }

  /**
   * Opens a tile: another product where it was left, the one that is open on its first page, and the browser for a
   * product that we do not have.
   */
  open(tile: ProductTile, location: Location): void {
    const first = placeOf(tile);
    const left = tile.product === location.place.product ? undefined : location.left(tile.product);
    const place = left && isStillThere(left, tile) ? left : first;
    if (place) location.go(place);
    else this.#browsing.open('secretsManager');
  }
}

/** An organization that was left may be gone since; then the tile leads to another one. */
function isStillThere(left: Place, tile: ProductTile): boolean {
  return tile.product !== 'adminConsole' || (left.page !== 'client' && left.page !== 'events') || left.organizationId === tile.targetId;
}

/** The first page of a product; none for a product that opens in the browser. */
export function placeOf(tile: ProductTile): Place | null {
  switch (tile.product) {
    case 'passwordManager':
      return { page: 'vaults', product: 'passwordManager' };
    case 'providerPortal':
      return { page: 'clients', product: 'providerPortal' };
    case 'adminConsole':
      return tile.targetId
        ? { page: 'client', product: 'adminConsole', organizationId: tile.targetId }
        : null;
    case 'secretsManager':
      return null;
  }
}
