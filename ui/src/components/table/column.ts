import type { Snippet } from 'svelte';

/** What a cell may want to know of its row. */
export interface RowState {
  /** Position in the whole list, from 0. */
  index: number;
  /** The row that the keyboard stands on: its buttons are in the Tab order, those of the others are not. */
  active: boolean;
  selected: boolean;
}

/** A column of a table. */
export interface Column<Row> {
  id: string;
  title: string;
  /** A grid track: `96px`, `minmax(200px, 1fr)`. */
  width: string;
  align?: 'start' | 'end';
  /** Which way a first click sorts; without it the column does not sort. */
  sorts?: 'ascending' | 'descending';
  /** What stands below in the cell, where the rows can be sorted by that as well. */
  second?: { id: string; title: string };
  /** The counting rule of a computed column, shown on its head. */
  rule?: string;
  /** Width of the table in pixels from which the column is shown. */
  from?: number;
  /** A head that is read but not seen (the column of the row menu). */
  silent?: boolean;
  /** Stands in the head in place of the title: a box that chooses all. */
  head?: Snippet;
  /** Rows in which this cell takes the place of the columns after it as well: a sentence about a gap. */
  wide?: (row: Row) => boolean;
  cell: Snippet<[Row, RowState]>;
}

/** What of a column orders a table. */
export type SortedBy = { id: string; sorts?: 'ascending' | 'descending' };

/** The order of a table. */
export interface Sort<Id extends string = string> {
  column: Id;
  descending: boolean;
}

/** The order after a click on a head: the same column turns round, another begins its own way. */
export function nextSort(sort: Sort | undefined, column: SortedBy): Sort {
  if (sort?.column === column.id) return { column: column.id, descending: !sort.descending };
  return { column: column.id, descending: column.sorts === 'descending' };
}

/** The columns that a table of this width shows; all while the width is not known. */
export function columnsAt<Of extends { from?: number }>(columns: readonly Of[], width: number): Of[] {
  return columns.filter(({ from = 0 }) => width === 0 || from <= width);
}
