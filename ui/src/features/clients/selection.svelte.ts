import { SvelteSet } from 'svelte/reactivity';
import type { ClientsSelection } from '$/ipc/bindings/ClientsSelection';

/**
 * Which rows of a list of any length are chosen: some, or all but some. The rows themselves are not held, so what is
 * chosen is told to the host in the same way.
 */
export class RowSelection {
  /** The rows that are chosen; or, of all, those that are not. */
  #ids = new SvelteSet<string>();
  #all = $state(false);

  has(id: string): boolean {
    return this.#ids.has(id) !== this.#all;
  }

  toggle(id: string): void {
    if (!this.#ids.delete(id)) this.#ids.add(id);
  }

  /** Chooses all rows of the list, or none once all are. */
  toggleAll(total: number): void {
    const all = this.count(total) < total;
    this.clear();
    this.#all = all;
  }

  clear(): void {
    this.#ids.clear();
    this.#all = false;
  }

  /** How many of `total` rows are chosen. */
  count(total: number): number {
    return this.#all ? Math.max(0, total - this.#ids.size) : Math.min(total, this.#ids.size);
  }

  /** As the host is told; all rows where none is chosen. */
  get told(): ClientsSelection {
    const ids = [...this.#ids];
    return this.#all || ids.length === 0 ? { kind: 'allBut', ids } : { kind: 'only', ids };
  }
}
