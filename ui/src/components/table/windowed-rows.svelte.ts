import { SvelteMap } from 'svelte/reactivity';

/** One answer of the host: the rows of a window and how many there are in all. */
export interface RowsAnswer<Row> {
  rows: Row[];
  total: number;
}

/** What a table needs of its rows, whatever asks for them. */
export interface RowWindow<Row> {
  /** How many rows there are; `undefined` until that is known. */
  readonly total: number | undefined;
  /** Why the latest reading failed. */
  readonly error: unknown;
  /** A reading is under way. */
  readonly busy: boolean;
  /** Grows with each new query: the table goes back to its top. */
  readonly queries: number;
  /** The row at an index, or `undefined` while it is not here. */
  row(index: number): Row | undefined;
  /** Tells which rows are in view, `to` not included. */
  show(from: number, to: number): void;
}

/** Asks the host for `rows[from..to]` of a query. */
export type LoadRows<Query, Answer> = (query: Query, from: number, to: number) => Promise<Answer>;

/** Rows asked for at once: about three screens, so that ordinary scrolling meets no gap. */
export const CHUNK = 64;

/** Chunks kept on either side of the window. The page holds what is in view, not the estate. */
const KEPT_AROUND = 2;

/**
 * A list of any length of which only a window is held.
 *
 * `ask` poses a new query, `show` tells which rows are in view, `refresh` reads the same window again after a
 * sync. Rows already shown stay until the new ones are there: nothing blinks and nothing jumps.
 */
export class WindowedRows<Row, Query, Answer extends RowsAnswer<Row> = RowsAnswer<Row>> implements RowWindow<Row> {
  /** How many rows the query has; `undefined` until the first answer. */
  total = $state<number>();
  /** The latest answer, for figures that come with the rows (counts of toggles, totals). */
  latest = $state.raw<Answer>();
  /** Why the latest reading failed. */
  error = $state.raw<unknown>();
  /** A reading is under way. */
  busy = $state(false);
  /** Grows with each new query: the table goes back to its top. */
  queries = $state(0);

  #load: LoadRows<Query, Answer>;
  #query: Query | undefined;
  #chunks = new SvelteMap<number, Row[]>();
  /** The reading that the chunks belong to, and the one that is being asked for. */
  #held = 0;
  #asked = 0;
  #pending = new Set<number>();
  #from = 0;
  #to = CHUNK;
  /** What was followed last, and of which picture. */
  #followed = '';
  #revision: number | undefined;

  constructor(load: LoadRows<Query, Answer>) {
    this.#load = load;
  }

  /**
   * Follows the place and the pictures: a new query starts at the top, a new picture is read in place. `asked` says what makes
   * a query new, where that is less than all of it. Whether it was a new one.
   */
  follow(query: Query, revision: number, asked = JSON.stringify(query)): boolean {
    const isNew = asked !== this.#followed;
    if (isNew) this.ask(query);
    else if (revision !== this.#revision) this.refresh();
    this.#followed = asked;
    this.#revision = revision;
    return isNew;
  }

  /** Poses a new query and goes to the top. */
  ask(query: Query): void {
    this.#query = query;
    this.queries += 1;
    this.#from = 0;
    this.#to = CHUNK;
    this.#startReading();
  }

  /** Poses another query about what is in view, and stays there: a branch of a tree was opened. */
  change(query: Query): void {
    this.#query = query;
    this.#startReading();
  }

  /** Reads the window in view again, with the same query. */
  refresh(): void {
    if (this.#query !== undefined) this.#startReading();
  }

  /** Tells which rows are in view, `to` not included. */
  show(from: number, to: number): void {
    this.#from = from;
    this.#to = Math.max(to, from + 1);
    if (this.#query !== undefined && this.error === undefined) this.#fill();
  }

  /** The row at an index, or `undefined` while it is not here. */
  row(index: number): Row | undefined {
    return this.#chunks.get(Math.floor(index / CHUNK))?.[index % CHUNK];
  }

  /** The index of the first row held that answers the condition, -1 if none of those held does. */
  find(condition: (row: Row) => boolean): number {
    for (const [chunk, rows] of this.#chunks) {
      const at = rows.findIndex(condition);
      if (at >= 0) return chunk * CHUNK + at;
    }
    return -1;
  }

  #startReading(): void {
    this.#asked += 1;
    this.#pending.clear();
    this.error = undefined;
    this.#fill();
  }

  #fill(): void {
    const last = Math.floor((this.#to - 1) / CHUNK);
    for (let chunk = Math.floor(this.#from / CHUNK); chunk <= last; chunk++) {
      const here = this.#held === this.#asked && this.#chunks.has(chunk);
      const beyond = this.#held === this.#asked && this.total !== undefined && chunk > 0 && chunk * CHUNK >= this.total;
      if (!here && !beyond && !this.#pending.has(chunk)) void this.#read(chunk, this.#asked);
    }
  }

  async #read(chunk: number, reading: number): Promise<void> {
    this.#pending.add(chunk);
    this.busy = true;
    try {
      const answer = await this.#load(this.#query as Query, chunk * CHUNK, (chunk + 1) * CHUNK);
      if (reading !== this.#asked) return;
      if (this.#held !== reading) {
        this.#held = reading;
        this.#chunks.clear();
      }
      this.#chunks.set(chunk, answer.rows);
      this.total = answer.total;
      this.latest = answer;
      this.#forgetFarChunks();
    } catch (error) {
      if (reading === this.#asked) this.error = error;
    } finally {
      if (reading === this.#asked) {
        this.#pending.delete(chunk);
        this.busy = this.#pending.size > 0;
      }
    }
  }

  #forgetFarChunks(): void {
    const first = Math.floor(this.#from / CHUNK) - KEPT_AROUND;
    const last = Math.floor((this.#to - 1) / CHUNK) + KEPT_AROUND;
    for (const chunk of [...this.#chunks.keys()]) {
      if (chunk < first || chunk > last) this.#chunks.delete(chunk);
    }
  }
}
