import type { ClientsFilter } from '$/ipc/bindings/ClientsFilter';
import type { ClientsSort } from '$/ipc/bindings/ClientsSort';
import type { ItemSection } from '$/ipc/bindings/ItemSection';
import type { ItemsSort } from '$/ipc/bindings/ItemsSort';
import type { MapFocus } from '$/ipc/bindings/MapFocus';
import type { MapGrouping } from '$/ipc/bindings/MapGrouping';
import type { MembersFilter } from '$/ipc/bindings/MembersFilter';
import type { MembersSort } from '$/ipc/bindings/MembersSort';
import type { Product } from '$/ipc/bindings/Product';
import type { TeamFilter } from '$/ipc/bindings/TeamFilter';
import type { TeamRole } from '$/ipc/bindings/TeamRole';
import type { TeamSort } from '$/ipc/bindings/TeamSort';
import type { VaultChoice } from '$/ipc/bindings/VaultChoice';

/** Which part of the event log is shown: days counted back from now, everything, or between two dates. */
export type EventsSpan = 'days7' | 'days30' | 'days90' | 'all' | 'dates';
export type BillingTab = 'subscription' | 'history';
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
      tags?: string[];
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
  | {
      page: 'members';
      product: 'providerPortal';
      search?: string;
      filter?: TeamFilter;
      role?: TeamRole;
      sort?: TeamSort;
      descending?: boolean;
      /** Member of the provider whose panel is open. */
      open?: string;
      /** People are being invited. Nothing to come back to: see `standing`. */
      inviting?: true;
    }
  | {
      page: 'structure';
      product: 'providerPortal';
      view?: 'tree';
      grouping?: MapGrouping;
      color?: 'seats' | 'picture';
      search?: string;
      /** The client that is opened beside the map. */
      open?: string;
      /** What is lit in it. */
      focus?: MapFocus;
    }
  | {
      page: 'events';
      /** The provider's own log, or in the console that of an organization. */
      product: 'providerPortal' | 'adminConsole';
      organizationId?: string;
      search?: string;
      span?: EventsSpan;
      /** The two dates of the span `dates`, ISO-8601. */
      from?: string;
      to?: string;
      kinds?: number[];
      people?: string[];
      clients?: string[];
      devices?: number[];
    }
  | { page: 'outbox'; product: 'providerPortal' }
  /** In no portal: the provider has none yet, and the person perhaps no other. */
  | { page: 'setUpProvider'; product: 'passwordManager' }
  | { page: 'billing'; product: 'providerPortal'; tab?: BillingTab }
  /** `deleting`: the end of the provider is being asked for; nothing to come back to. */
  | { page: 'provider'; product: 'providerPortal'; deleting?: true }
  | { page: 'settings'; product: Product }
  | { page: 'becomeProvider'; product: Product };

export type Page = Place['page'];

/** Where a person lands: the portal for who has a provider, the vaults for everyone else. */
export function landing({ providers }: { providers: readonly unknown[] }): Place {
  return providers.length > 0 ? { page: 'clients', product: 'providerPortal' } : { page: 'vaults', product: 'passwordManager' };
}

/** Whether a product that is left there is found there again. Settings are no place to come back to. */
export function isComeBackTo({ page }: Place): boolean {
  return page !== 'settings' && page !== 'provider' && page !== 'becomeProvider' && page !== 'setUpProvider';
}

export type PlaceOf<P extends Page> = Extract<Place, { page: P }>;

/** A place, and whose portal it is in. */
interface Step {
  place: Place;
  providerId: string | undefined;
}

/** What a person types in and has to save. */
interface Form {
  unsaved: () => boolean;
  /** Back to what is saved. */
  discard: () => void;
}

/** Places kept behind and ahead, at the most. */
const kept = 100;

/** The place of the moment with its way back and forward, and where each product was left. */
export class Location {
  place: Place = $state.raw({ page: 'vaults', product: 'passwordManager' });
  /** The provider whose portal it is, for who has several; none before one was chosen. */
  providerId: string | undefined = $state();
  /** A way out of the place that waits for the person's word: what was typed here would be lost. */
  asked: (() => void) | undefined = $state.raw();
  /** The form of the page of the moment. */
  #form: Form | undefined = $state.raw();
  #past: Step[] = $state.raw([]);
  #future: Step[] = $state.raw([]);
  #left: ReadonlyMap<Product, Place> = $state.raw(new Map());

  constructor(start?: Place) {
    if (start) this.place = start;
  }

  get canGoBack(): boolean {
    return this.#past.length > 0;
  }

  get canGoForward(): boolean {
    return this.#future.length > 0;
  }

  /** Where a product was left; settings are no place to come back to. */
  left(product: Product): Place | undefined {
    return this.#left.get(product);
  }

  /** The places where the products were left. */
  get leftPlaces(): Place[] {
    return [...this.#left.values()];
  }

  /** The page of the moment holds what is not saved. */
  get unsaved(): boolean {
    return this.#form?.unsaved() ?? false;
  }

  /** A form tells whether it holds what is not saved, until the returned function is called: it is asked before the place is left. */
  guard(form: Form): () => void {
    this.#form = form;
    return () => {
      if (this.#form !== form) return;
      this.#form = undefined;
      this.asked = undefined;
    };
  }

  /** Leaves by `way`, once the person has said that nothing typed here is to be kept. */
  leave(way: () => void): void {
    if (this.unsaved) this.asked = way;
    else way();
  }

  /** What was typed is given up: out by the way that waits. */
  discard(): void {
    const way = this.asked;
    this.asked = undefined;
    // The way may end at another question, and the person stay after all.
    this.#form?.discard();
    way?.();
  }

  /** Goes to another place; going to where one is changes nothing. */
  go(place: Place, providerId: string | undefined = this.providerId): void {
    if (same(place, this.place) && providerId === this.providerId) return;
    this.#leaveFor({ place, providerId }, () => {
      this.#past = [...this.#past, this.#step].slice(-kept);
      this.#future = [];
      this.#enter({ place, providerId });
    });
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
    this.providerId = undefined;
    this.#left = new Map();
  }

  /** A first place that is not where a person lands, with what was left before. */
  restore(place: Place, providerId: string | undefined, left: readonly Place[]): void {
    this.start(place);
    this.providerId = providerId;
    this.#left = new Map(left.map((one) => [one.product, one]));
  }

  back(): void {
    const step = this.#past.at(-1);
    if (!step) return;
    this.#leaveFor(step, () => {
      this.#past = this.#past.slice(0, -1);
      this.#future = [this.#step, ...this.#future];
      this.#enter(step);
    });
  }

  forward(): void {
    const [step, ...rest] = this.#future;
    if (!step) return;
    this.#leaveFor(step, () => {
      this.#future = rest;
      this.#past = [...this.#past, this.#step];
      this.#enter(step);
    });
  }

  /** Another detail of the same page leaves nothing behind. */
  #leaveFor(step: Step, way: () => void): void {
    if (step.place.page === this.place.page && step.providerId === this.providerId) way();
    else this.leave(way);
  }

  get #step(): Step {
    return { place: standing(this.place), providerId: this.providerId };
  }

  #enter({ place, providerId }: Step): void {
    const { place: leaving } = this;
    if (isComeBackTo(leaving)) this.#left = new Map(this.#left).set(leaving.product, standing(leaving));
    // A client of one provider is none of the other's.
    if (providerId !== this.providerId) this.#left = new Map([...this.#left].filter(([product]) => product !== 'providerPortal'));
    this.place = place;
    this.providerId = providerId;
  }
}

/** A place without what was only begun in it: coming back must not begin it again, perhaps where it cannot be done. */
export function standing(place: Place): Place {
  if (place.page === 'members') {
    const { inviting: _, ...rest } = place;
    return rest;
  }
  if (place.page === 'provider') return { page: place.page, product: place.product };
  return place;
}

/** Equal as written down, whatever the order of the keys. */
function same(one: Place, other: Place): boolean {
  return written(one) === written(other);
}

function written(place: Place): string {
  const entries = Object.entries(place).filter(([, value]) => value !== undefined);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
