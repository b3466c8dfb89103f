import type { ClientsPage } from '$/ipc/bindings/ClientsPage';
import type { SearchResults } from '$/ipc/bindings/SearchResults';
import { HostError, type Host } from '$/ipc/host';
import type { Words } from '$/state/words.svelte';

import { clientOfHit, paletteSections, type PaletteAction, type PaletteRow } from './rows';

/** Hits per kind that fit on the sheet. */
const limit = 5;
/** Milliseconds of rest in typing before Rust is asked: under the time of a fast key stroke. */
const rest = 40;

/** What the palette shows: the text, the client it is narrowed to, the answer, and the chosen row. */
export class PaletteSearch {
  text = $state('');
  client: { id: string; name: string } | null = $state.raw(null);
  /** The action whose client is being chosen. */
  picking: PaletteAction | null = $state.raw(null);
  results: SearchResults | null = $state.raw(null);
  failure: HostError | null = $state.raw(null);
  /** The text that `results` answer. */
  answered = $state('');
  index = $state(0);

  readonly sections = $derived.by(() => paletteSections(this.results, this.picking ? [] : this.#actions(), this.text, this.#words));
  readonly rows: PaletteRow[] = $derived(this.sections.flatMap((section) => section.rows));
  readonly chosen: PaletteRow | undefined = $derived(this.rows[Math.min(this.index, this.rows.length - 1)]);
  /** The answer is there and there is nothing in it. */
  readonly nothing = $derived(
    this.text.trim() !== '' && this.answered === this.text && this.rows.length === 0 && this.failure === null,
  );

  #host: Host;
  #words: Words;
  #actions: () => PaletteAction[];
  /** Whose clients can be chosen. */
  #provider: () => string | undefined;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, words: Words, actions: () => PaletteAction[], provider: () => string | undefined = () => undefined) {
    this.#host = host;
    this.#words = words;
    this.#actions = actions;
    this.#provider = provider;
  }

  type(text: string): void {
    this.text = text;
    this.index = 0;
    clearTimeout(this.#timer);
    if (text.trim() === '' && !this.picking) {
      this.#turn += 1;
      this.results = null;
      this.answered = text;
      this.failure = null;
      return;
    }
    this.#timer = setTimeout(() => void this.ask(), rest);
  }

  /** Asks for the text of the moment; an answer that a later question overtook is dropped. */
  async ask(): Promise<void> {
    const turn = ++this.#turn;
    const { text, client, picking } = this;
    try {
      const results = picking ? await this.#clients(text) : await this.#host.searchEverything({ text, organizationId: client?.id ?? null, limit });
      if (turn !== this.#turn) return;
      this.results = results;
      this.failure = null;
    } catch (cause) {
      if (turn !== this.#turn) return;
      this.results = null;
      this.failure = HostError.from(cause);
    }
    this.answered = text;
  }

  move(step: number): void {
    const count = this.rows.length;
    if (count > 0) this.index = (Math.min(this.index, count - 1) + step + count) % count;
  }

  /** Narrows to the client of the chosen row. False when it has none. */
  narrow(): boolean {
    const client = this.chosen?.kind === 'hit' ? clientOfHit(this.chosen.hit) : null;
    if (!client || client.id === this.client?.id) return false;
    this.client = client;
    // The name of the client itself was the way to it; what is searched in it comes next.
    this.type(this.chosen?.kind === 'hit' && this.chosen.hit.kind === 'client' ? '' : this.text);
    return true;
  }

  widen(): void {
    this.client = null;
    this.picking = null;
    this.type(this.text);
  }

  /** Goes on to the client with which an action is done: the provider's own are listed at once. */
  pick(action: PaletteAction): void {
    this.picking = action;
    this.type('');
  }

  async #clients(text: string): Promise<SearchResults> {
    const providerId = this.#provider();
    const page = providerId === undefined ? undefined : await this.#host.clientsPage({ providerId, search: text, filter: 'all', plan: null, tags: [], sort: 'name', descending: false, offset: 0, limit });
    return { groups: page && page.rows.length > 0 ? [clientGroup(page)] : [], clients: page?.counts.all ?? 0, own: 0, tags: [] };
  }

  reset(): void {
    this.client = null;
    this.picking = null;
    this.type('');
  }
}

function clientGroup({ total, rows }: ClientsPage): SearchResults['groups'][number] {
  const hits = rows.map(({ organizationId, name, plan }) => ({ kind: 'client' as const, id: organizationId, organizationId, providerId: null, name, detail: null, tag: plan, client: null, matched: null }));
  return { kind: 'client', total, inClients: total, hits };
}
