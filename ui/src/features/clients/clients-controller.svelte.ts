import { WindowedRows } from '$/components/table';
import type { ClientRow } from '$/ipc/bindings/ClientRow';
import type { ClientsPage } from '$/ipc/bindings/ClientsPage';
import type { ClientsQuery } from '$/ipc/bindings/ClientsQuery';
import type { Host } from '$/ipc/host';
import type { PlaceOf } from '$/state/location.svelte';

type Question = Omit<ClientsQuery, 'offset' | 'limit'>;
export type ClientsPlace = PlaceOf<'clients'>;

/** The question that a place asks: what is not written in the place is the default. */
export function questionOf(place: ClientsPlace, providerId: string): Question {
  return {
    providerId,
    search: place.search ?? '',
    filter: place.filter ?? 'all',
    plan: place.plan ?? null,
    tags: place.tags ?? [],
    sort: place.sort ?? 'name',
    descending: place.descending ?? false,
  };
}

/** True when the list leaves clients out. */
export function isNarrowed(place: ClientsPlace): boolean {
  return Boolean(place.search) || place.plan !== undefined || place.tags !== undefined || (place.filter ?? 'all') !== 'all';
}

/** The clients as the host lists them, for the place of the moment. */
export class ClientsController {
  readonly rows: WindowedRows<ClientRow, Question, ClientsPage>;

  constructor(host: Pick<Host, 'clientsPage'>) {
    this.rows = new WindowedRows((question, from, to) =>
      host.clientsPage({ ...question, offset: from, limit: to - from }),
    );
  }

  follow(place: ClientsPlace, providerId: string, revision: number): void {
    this.rows.follow(questionOf(place, providerId), revision);
  }
}
