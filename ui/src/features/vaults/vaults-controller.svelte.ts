import { WindowedRows } from '$/components/table';
import type { ItemDetail } from '$/ipc/bindings/ItemDetail';
import type { ItemRow } from '$/ipc/bindings/ItemRow';
import type { ItemSection } from '$/ipc/bindings/ItemSection';
import type { ItemsPage } from '$/ipc/bindings/ItemsPage';
import type { ItemsQuery } from '$/ipc/bindings/ItemsQuery';
import type { ItemsSort } from '$/ipc/bindings/ItemsSort';
import type { VaultChoice } from '$/ipc/bindings/VaultChoice';
import type { VaultFilters } from '$/ipc/bindings/VaultFilters';
import type { Host } from '$/ipc/host';
import type { PlaceOf } from '$/state/location.svelte';
import { Reading } from '$/state/reading.svelte';

export type VaultsPlace = PlaceOf<'vaults'>;
export type Question = Omit<ItemsQuery, 'offset' | 'limit'>;

export const allVaults: VaultChoice = { kind: 'all' };
export const everything: ItemSection = { kind: 'all' };

/** The items that a place asks for. */
export function questionOf(place: VaultsPlace): Question {
  return {
    vault: place.vault ?? allVaults,
    section: place.section ?? everything,
    search: place.search ?? '',
    sort: place.sort ?? 'name',
    descending: place.descending ?? false,
  };
}

/** What of a question decides which items are listed, as text: not their order. */
function narrowing({ vault, section, search }: Question): string {
  return JSON.stringify([vault, section, search]);
}

/** The details of a place for an order; the usual one leaves none behind. */
export function sorted(sort: ItemsSort, descending: boolean): Pick<Partial<VaultsPlace>, 'sort' | 'descending'> {
  return { sort: sort === 'name' ? undefined : sort, descending: descending || undefined } as Partial<VaultsPlace>;
}

/** The place after choosing a vault: all of it, without the panel. The order stays. */
export function inVault(place: VaultsPlace, vault: VaultChoice): VaultsPlace {
  const { page, product, search, sort, descending } = place;
  return {
    page,
    product,
    ...(vault.kind === 'all' ? {} : { vault }),
    ...(search ? { search } : {}),
    ...(sort ? { sort } : {}),
    ...(descending ? { descending } : {}),
  };
}

/** The place after choosing a type, folder, collection…: of the same vault, without the panel. */
export function inSection(place: VaultsPlace, section: ItemSection): VaultsPlace {
  return { ...inVault(place, place.vault ?? allVaults), ...(section.kind === 'all' ? {} : { section }) };
}

/** The place of a question: where a saved filter leads. */
export function placeOfQuestion(question: Question): VaultsPlace {
  const { vault, section, search, sort, descending } = question;
  const start: VaultsPlace = { page: 'vaults', product: 'passwordManager', ...(search ? { search } : {}) };
  const ordered = { ...start, ...(sort === 'name' ? {} : { sort }), ...(descending ? { descending } : {}) };
  return inSection({ ...ordered, ...(vault.kind === 'all' ? {} : { vault }) }, section);
}

type VaultsHost = Pick<Host, 'vaultFilters' | 'itemsPage' | 'itemDetail' | 'leaveItem'>;

/** Everything that the vaults read, for the place of the moment. */
export class VaultsController {
  readonly filters = new Reading<VaultFilters>();
  readonly items: WindowedRows<ItemRow, Question, ItemsPage & { of: string }>;
  readonly item = new Reading<ItemDetail>();
  #host: VaultsHost;
  #shown = new Map<string, { key: string; revision: number }>();
  #listed: { of: string; open: string | undefined } | undefined;

  constructor(host: VaultsHost) {
    this.#host = host;
    this.items = new WindowedRows(async (question, from, to) => ({ ...(await host.itemsPage({ ...question, offset: from, limit: to - from })), of: narrowing(question) }));
  }

  /** Follows the place and the pictures: what is in view is read, and read again when a new picture came. */
  follow(place: VaultsPlace, revision: number): void {
    const question = questionOf(place);
    this.#changed('filters', JSON.stringify(question.vault), revision, (key) =>
      this.filters.read(key, () => this.#host.vaultFilters(question.vault)),
    );
    this.#changed('items', JSON.stringify(question), revision, (_, same) =>
      same ? this.items.refresh() : this.items.ask(question),
    );
    const { open } = place;
    if (open === undefined) this.leave();
    else this.#changed('item', open, revision, (key) => this.item.read(key, () => this.#host.itemDetail(open)));
  }

  /**
   * Whether the item in view is in the list that another search or filter has just brought: `unknown` where the list is longer than
   * what is read of it. Nothing while neither changed, and until the answer is there.
   */
  stands(place: VaultsPlace): 'listed' | 'gone' | 'unknown' | undefined {
    const { latest } = this.items;
    if (latest?.of !== narrowing(questionOf(place))) return undefined;
    const before = this.#listed;
    this.#listed = { of: latest.of, open: place.open };
    if (place.open === undefined || before?.open !== place.open || before.of === latest.of) return undefined;
    if (this.items.find((row) => row.id === place.open) >= 0) return 'listed';
    return latest.rows.length < latest.total ? 'unknown' : 'gone';
  }

  /** Reads the item in view again: its re-prompt was answered. */
  async again(): Promise<void> {
    const shown = this.#shown.get('item');
    if (shown) await this.item.read(shown.key, () => this.#host.itemDetail(shown.key));
  }

  /** No item is in view any more: what was answered for one is asked for again. */
  leave(): void {
    this.item.drop();
    // Where nothing is unlocked any more there is nothing to leave.
    if (this.#shown.delete('item')) this.#host.leaveItem().catch(() => {});
  }

  /** Reads everything in view again, after a failure. */
  retry(place: VaultsPlace, revision: number): void {
    this.#shown.clear();
    this.follow(place, revision);
  }

  #changed(part: string, key: string, revision: number, read: (key: string, same: boolean) => unknown): void {
    const shown = this.#shown.get(part);
    if (shown?.key === key && shown.revision === revision) return;
    this.#shown.set(part, { key, revision });
    read(key, shown?.key === key);
  }
}
