import { createVirtualizer, type SvelteVirtualizer } from '@tanstack/svelte-virtual';
import { tick, untrack } from 'svelte';
import { fromStore } from 'svelte/store';
import type { RowWindow } from './windowed-rows.svelte';

interface Layout {
  /** The same for every row, in pixels; of rows that are measured the least. */
  rowHeight: () => number;
  /** Of what stays above the rows, in pixels. */
  headHeight?: number;
  /** How many grey rows stand there until it is known how many rows there are. */
  skeletons: number;
}

/**
 * The rows of a list that are in view, and the one that the keyboard stands on: what a table and a tree have in
 * common. Made while its component is; `scroller` is bound to the element that scrolls.
 */
export class RowsInView<Row> {
  scroller = $state<HTMLDivElement>();
  /** What the keyboard stands in, where that is not the scroller itself. */
  stop = $state<HTMLDivElement>();
  /** Index of the row that the keyboard stands on. */
  active = $state(0);

  /** Someone waits for the first row: whether they still do, and what follows. */
  #entering = $state.raw<{ isWanted: () => boolean; entered: () => void }>();
  #rows: () => RowWindow<Row>;
  #layout: Required<Layout>;
  #virtualizer: { readonly current: SvelteVirtualizer<HTMLDivElement, HTMLDivElement> };

  #count = $derived.by(() => {
    const { error, total } = this.#rows();
    return error === undefined ? (total ?? this.#layout.skeletons) : 0;
  });

  /** Index and offset from the top of the first row, in pixels, of every row in the document. */
  items = $derived.by(() => {
    const inView = this.#virtualizer.current.getVirtualItems().filter((item) => item.index < this.#count);
    return inView.map(({ index, start }) => ({ index, top: start - this.#layout.headHeight }));
  });

  constructor(rows: () => RowWindow<Row>, { headHeight = 0, ...layout }: Layout) {
    this.#rows = rows;
    this.#layout = { headHeight, ...layout };
    this.#virtualizer = fromStore(
      createVirtualizer<HTMLDivElement, HTMLDivElement>({
        count: 0,
        getScrollElement: () => this.scroller ?? null,
        estimateSize: layout.rowHeight,
        overscan: 6,
        scrollMargin: headHeight,
        scrollPaddingStart: headHeight,
        measureElement: (row) => Math.max(layout.rowHeight(), Math.round(row.getBoundingClientRect().height)),
      }),
    );

    $effect(() => {
      const [scroller, rowHeight] = [this.scroller, layout.rowHeight()];
      const options = { count: this.#count, estimateSize: () => rowHeight, getScrollElement: () => scroller ?? null };
      untrack(() => this.#virtualizer.current.setOptions(options));
    });

    $effect(() => {
      const first = this.items[0];
      const last = this.items.at(-1);
      if (first && last && rows().total !== undefined) untrack(() => rows().show(first.index, last.index + 1));
    });

    // A new query begins at its top; the same query read again keeps the place.
    let query = untrack(() => rows().queries);
    $effect(() => {
      if (rows().queries === query) return;
      query = rows().queries;
      this.active = 0;
      this.scroller?.scrollTo({ top: 0 });
    });

    $effect(() => {
      const { total } = rows();
      if (total !== undefined && this.active >= total) this.active = Math.max(0, total - 1);
    });

    $effect(() => {
      const entering = this.#entering;
      if (entering === undefined || rows().busy) return;
      this.#entering = undefined;
      untrack(() => {
        if (!rows().total || rows().error !== undefined || !entering.isWanted()) return;
        this.moveTo(0);
        this.focus();
        entering.entered();
      });
    });
  }

  /** For rows that grow with what stands in them: attached to each, which tells its place by `data-index`. */
  readonly measured = (row: HTMLDivElement): void => untrack(() => this.#virtualizer.current.measureElement(row));

  /** Height of all rows together, in pixels. */
  get height(): number {
    return this.#virtualizer.current.getTotalSize();
  }

  /** The row that the keyboard stands on, if it is here. */
  get row(): Row | undefined {
    return this.#rows().row(this.active);
  }

  /** Puts the keyboard on the row at `index`, or on the nearest that there is, and that row into view. */
  moveTo(index: number, align: 'auto' | 'center' = 'auto'): void {
    const total = this.#rows().total ?? 0;
    this.active = Math.min(Math.max(index, 0), Math.max(0, total - 1));
    this.#virtualizer.current.scrollToIndex(this.active, { align });
  }

  focus(): void {
    (this.stop ?? this.scroller)?.focus({ preventScroll: true });
  }

  /** Puts the keyboard on the first row as soon as what was asked for is here, unless it is no longer wanted or there is none. */
  async enter(isWanted: () => boolean, entered: () => void = () => {}): Promise<void> {
    // Whoever asks for the rows hears of the question only now.
    await tick();
    this.#entering = { isWanted, entered };
  }

  /** Where a key leads that moves through a list, within it or not. */
  destination(key: string): number | undefined {
    const height = (this.scroller?.clientHeight ?? 0) - this.#layout.headHeight;
    const rows = this.#virtualizer.current.getVirtualItems();
    const rowHeight = rows.length > 0 ? rows.reduce((sum, { size }) => sum + size, 0) / rows.length : this.#layout.rowHeight();
    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    if (key === 'ArrowDown') return this.active + 1;
    if (key === 'ArrowUp') return this.active - 1;
    if (key === 'PageDown') return this.active + page;
    if (key === 'PageUp') return this.active - page;
    if (key === 'Home') return 0;
    if (key === 'End') return (this.#rows().total ?? 1) - 1;
    return undefined;
  }
}
