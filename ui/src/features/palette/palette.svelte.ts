import { untrack } from 'svelte';

import type { ClientsPage } from '$/ipc/bindings/ClientsPage';
import type { SearchResults } from '$/ipc/bindings/SearchResults';
import { HostError, type Host } from '$/ipc/host';
import type { Words } from '$/state/words.svelte';

import { clientOfHit, mostHits, paletteSections, type PaletteAction, type PaletteRow } from './rows';
import { actionsWithClient } from './with-client';

/** Hits per kind that fit on the sheet. */
const few = 5;
/** Milliseconds of rest in typing before Rust is asked: under the time of a fast key stroke. */
const rest = 40;

/** What the palette shows: the text, the client it is narrowed to, the answer, and the chosen row. */
export class PaletteSearch {
  text = $state('');
  client: { id: string; name: string } | null = $state.raw(null);
  /** The action whose client is being chosen. */
  picking: PaletteAction | null = $state.raw(null);
  results: SearchResults | null = $state.raw(null);
  /** The section that shows all of its hits. */
  whole: string | null = $state(null);
  /** Actions that the text names together with a client. */
  withClient: PaletteAction[] = $state.raw([]);
  failure: HostError | null = $state.raw(null);
  /** The text that `results` answer. */
  answered = $state('');
  index = $state(0);

  readonly sections = $derived.by(() => paletteSections(this.results, this.picking ? [] : this.#offered(), this.text, this.#words, this.hasClients, this.whole));
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
  /** What can be done with a client that is named beside it. */
  #choosing: () => PaletteAction[];
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, words: Words, actions: () => PaletteAction[], provider: () => string | undefined = () => undefined, choosing: () => PaletteAction[] = () => []) {
    this.#host = host;
    this.#words = words;
    this.#actions = actions;
    this.#provider = provider;
    this.#choosing = choosing;
  }

  /** Whether the person has clients: a member of organizations is told of none before anything is found, a provider
      without clients once the search went through own organizations alone. */
  get hasClients(): boolean {
    const { results } = this;
    return this.#provider() !== undefined && !(results && results.clients === 0 && results.own > 0);
  }

  /** All actions; one that is there for the client at hand is not there twice. */
  #offered(): PaletteAction[] {
    const actions = this.#actions();
    const labels = new Set(actions.map(({ label }) => label));
    return [...actions, ...this.withClient.filter(({ label }) => !labels.has(label))];
  }

  type(text: string): void {
    this.text = text;
    this.index = 0;
    this.whole = null;
    clearTimeout(this.#timer);
    if (text.trim() === '' && !this.picking) {
      this.#turn += 1;
      this.results = null;
      this.withClient = [];
      this.answered = text;
      this.failure = null;
      return;
    }
    this.#timer = setTimeout(() => void this.ask(), rest);
  }

  /** Asks for the text of the moment; an answer that a later question overtook is dropped. */
  async ask(whole = untrack(() => this.whole)): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    const { text, client, picking } = this;
    const limit = whole === null ? few : mostHits;
    try {
      const [results, withClient] = await Promise.all([
        picking ? this.#clients(text, limit) : this.#host.searchEverything({ text, organizationId: client?.id ?? null, limit }),
        picking || client ? [] : untrack(() => this.#named(text)),
      ]);
      if (turn !== this.#turn) return;
      this.results = results;
      this.withClient = withClient;
      // With the answer, so that the rows do not move twice under the key that asked.
      this.whole = whole;
      this.failure = null;
    } catch (cause) {
      if (turn !== this.#turn) return;
      this.results = null;
      this.withClient = [];
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

  /** Shows all hits of a section. The chosen place stays, and with it a hit where its last row was. */
  showAll(section: string): Promise<void> {
    return this.ask(section);
  }

  async #named(text: string): Promise<PaletteAction[]> {
    const providerId = this.#provider();
    return providerId === undefined ? [] : actionsWithClient(this.#host, providerId, this.#choosing(), text);
  }

  async #clients(text: string, limit: number): Promise<SearchResults> {
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
