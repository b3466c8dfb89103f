import { SvelteSet } from 'svelte/reactivity';
import { WindowedRows } from '$/components/table';
import type { ClientMap } from '$/ipc/bindings/ClientMap';
import type { ClientMapQuery } from '$/ipc/bindings/ClientMapQuery';
import type { StructureMap } from '$/ipc/bindings/StructureMap';
import type { TreePage } from '$/ipc/bindings/TreePage';
import type { TreeQuery } from '$/ipc/bindings/TreeQuery';
import type { TreeRow } from '$/ipc/bindings/TreeRow';
import type { Host } from '$/ipc/host';
import type { PlaceOf } from '$/state/location.svelte';
import { Reading } from '$/state/reading.svelte';

export type StructurePlace = PlaceOf<'structure'>;
type TreeQuestion = Omit<TreeQuery, 'offset' | 'limit'>;

/** Everything that the structure page reads, for the place of the moment. */
export class StructureController {
  readonly map = new Reading<StructureMap>();
  readonly client = new Reading<ClientMap>();
  readonly tree: WindowedRows<TreeRow, TreeQuestion, TreePage>;
  /** Branches of the tree that are open; they stay open while one looks at the map. */
  readonly branches = new SvelteSet<string>(['provider', 'team', 'clients']);
  #host: Host;
  #mapOf = '';
  #clientOf = '';
  #treeOf: TreeQuestion | undefined;
  #treeRevision: number | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.tree = new WindowedRows((question, from, to) => host.structureTree({ ...question, offset: from, limit: to - from }));
  }

  /** Reads the map again where the place or the picture asks for another one. */
  followMap(providerId: string, place: StructurePlace, revision: number): void {
    const [grouping, search] = [place.grouping ?? 'plan', place.search ?? ''];
    const asked = JSON.stringify([providerId, grouping, search, revision]);
    if (asked === this.#mapOf) return;
    this.#mapOf = asked;
    // The map of the same provider stays on the page until the next one is here: nothing blinks while one types.
    void this.map.read(providerId, () => this.#host.structureMap(providerId, grouping, search));
  }

  /** Reads the opened client again where what is asked of it, or the picture, changed. */
  followClient(query: ClientMapQuery | undefined, revision: number): void {
    const asked = JSON.stringify([query, revision]);
    if (asked === this.#clientOf) return;
    this.#clientOf = asked;
    if (query === undefined) this.client.drop();
    else void this.client.read(query.organizationId, () => this.#host.clientMap(query));
  }

  /** Reads the tree again: from its top for another search, in its place for another branch or picture. */
  followTree(providerId: string, search: string, open: string[], revision: number): void {
    const question = { providerId, search, open };
    const before = this.#treeOf;
    const same = JSON.stringify(before) === JSON.stringify(question);
    if (same && revision === this.#treeRevision) return;
    this.#treeOf = question;
    this.#treeRevision = revision;
    if (before?.providerId === providerId && before.search === search) this.tree.change(question);
    else this.tree.ask(question);
  }

  retry(): void {
    this.#mapOf = '';
    this.#clientOf = '';
    this.#treeOf = undefined;
  }
}
