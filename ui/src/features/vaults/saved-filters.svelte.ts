import type { SavedFilter } from '$/ipc/bindings/SavedFilter';
import { HostError, type Host } from '$/ipc/host';
import { allVaults, everything, questionOf, type Question, type VaultsPlace } from './vaults-controller.svelte';

/** The filters that the person gave a name, kept by the host. */
export class SavedFilters {
  list: SavedFilter[] = $state.raw([]);
  /** Why they could not be read. */
  failure: HostError | undefined = $state.raw();
  #host: Pick<Host, 'savedFilters' | 'saveFilter' | 'renameFilter' | 'removeFilter'>;

  constructor(host: Pick<Host, 'savedFilters' | 'saveFilter' | 'renameFilter' | 'removeFilter'>) {
    this.#host = host;
  }

  async read(): Promise<void> {
    try {
      this.list = await this.#host.savedFilters();
      this.failure = undefined;
    } catch (cause) {
      this.failure = HostError.from(cause);
    }
  }

  /** The saved filter that asks what the place asks, if there is one. */
  of(place: VaultsPlace): SavedFilter | undefined {
    const asked = JSON.stringify(questionOf(place));
    return this.list.find((saved) => JSON.stringify(questionOfSaved(saved)) === asked);
  }

  /** Whether a place asks for less than everything in the usual order, and is not saved yet. */
  isWorthSaving(place: VaultsPlace): boolean {
    const { vault, section, search, sort, descending } = questionOf(place);
    const usual =
      vault.kind === allVaults.kind && section.kind === everything.kind && !search && sort === 'name' && !descending;
    return !usual && this.of(place) === undefined;
  }

  async save(name: string, place: VaultsPlace): Promise<void> {
    await this.#host.saveFilter({ id: '', name, ...questionOf(place) });
    await this.read();
  }

  async rename(id: string, name: string): Promise<void> {
    await this.#host.renameFilter(id, name);
    await this.read();
  }

  async remove(id: string): Promise<void> {
    await this.#host.removeFilter(id);
    await this.read();
  }
}

/** What a saved filter asks for. */
export function questionOfSaved({ vault, section, search, sort, descending }: SavedFilter): Question {
  return { vault, section, search, sort, descending };
}
