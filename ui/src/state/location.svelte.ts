import type { ClientsFilter } from '$/ipc/bindings/ClientsFilter';
import type { ClientsSort } from '$/ipc/bindings/ClientsSort';
import type { ItemSection } from '$/ipc/bindings/ItemSection';
import type { ItemsSort } from '$/ipc/bindings/ItemsSort';
import type { MembersFilter } from '$/ipc/bindings/MembersFilter';
import type { MembersSort } from '$/ipc/bindings/MembersSort';
import type { Product } from '$/ipc/bindings/Product';
import type { VaultChoice } from '$/ipc/bindings/VaultChoice';

export type ClientTab = 'overview' | 'members' | 'groups' | 'collections' | 'policies';

/**
 * Where the person is: one plain value that can be written down as JSON. Every filter that a page can be
 * left with and come back to stands here, never in a flag of a component.
 */
export type Place =
  | {
      page: 'clients';
      product: 'providerPortal';
      search?: string;
      filter?: ClientsFilter;
      plan?: string;
      sort?: ClientsSort;
      descending?: boolean;
      /** Row that was opened last: where the list stands when one comes back. */
      at?: number;
    }
  | {
      page: 'client';
      /** The same page serves the portal and the Admin Console tile. */
      product: 'providerPortal' | 'adminConsole';
      organizationId: string;
      tab?: ClientTab;
      search?: string;
      filter?: MembersFilter;
      sort?: MembersSort;
      descending?: boolean;
      /** Member, group or collection whose panel is open; policy number as text on the policies tab. */
      open?: string;
    }
  | {
      page: 'vaults';
      product: 'passwordManager';
      vault?: VaultChoice;
      section?: ItemSection;
      search?: string;
      sort?: ItemsSort;
      descending?: boolean;
      /** Item whose panel is open. */
      open?: string;
    }
  | { page: 'settings'; product: Product }
  | { page: 'becomeProvider'; product: Product };

export type Page = Place['page'];
export type PlaceOf<P extends Page> = Extract<Place, { page: P }>;

/** Places kept behind and ahead, at the most. */
const kept = 100;

/** The place of the moment with its way back and forward. */
export class Location {
  place: Place = $state.raw({ page: 'vaults', product: 'passwordManager' });
  #past: Place[] = $state.raw([]);
  #future: Place[] = $state.raw([]);

  constructor(start?: Place) {
    if (start) this.place = start;
  }

  get canGoBack(): boolean {
    return this.#past.length > 0;
  }

  get canGoForward(): boolean {
    return this.#future.length > 0;
  }

  /** Goes to another place; going to where one is changes nothing. */
  go(place: Place): void {
    if (same(place, this.place)) return;
    this.#past = [...this.#past, this.place].slice(-kept);
    this.#future = [];
    this.place = place;
  }

  /** Changes details of the place in place: typing in a search is one step of the way, not one per letter. */
  amend(details: Partial<Omit<Place, 'page' | 'product'>> & Record<string, unknown>): void {
    const next = { ...this.place, ...details } as Record<string, unknown>;
    for (const name of Object.keys(next)) if (next[name] === undefined) delete next[name];
    this.place = next as Place;
  }

  /** A first place, with no way back: after unlocking. */
  start(place: Place): void {
    this.#past = [];
    this.#future = [];
    this.place = place;
  }

  back(): void {
    const place = this.#past.at(-1);
    if (!place) return;
    this.#past = this.#past.slice(0, -1);
    this.#future = [this.place, ...this.#future];
    this.place = place;
  }

  forward(): void {
    const [place, ...rest] = this.#future;
    if (!place) return;
    this.#future = rest;
    this.#past = [...this.#past, this.place];
    this.place = place;
  }
}

/** Equal as written down, whatever the order of the keys. */
function same(one: Place, other: Place): boolean {
  return written(one) === written(other);
}

function written(place: Place): string {
  const entries = Object.entries(place).filter(([, value]) => value !== undefined);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
