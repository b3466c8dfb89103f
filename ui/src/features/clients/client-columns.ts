import type { ClientColumn } from '$/ipc/bindings/ClientColumn';
import type { Column } from '$/components/table';
import type { ClientRow } from '$/ipc/bindings/ClientRow';
import type { MessageKey } from '$/messages/catalogue';
import type { Words } from '$/state/words.svelte';

/** Columns that a person may do without, in the order in which they stand. */
export const optional: readonly ClientColumn[] = ['assigned', 'used', 'remaining', 'plan', 'tags', 'members', 'created', 'lastSynced'];

/** Those that stay longest when the window gets narrow first: what is assigned is also used and remaining seats together, but
    nothing else tells the age of what one sees. Tags give way to all others: then they stand under the name. */
const byWeight: readonly ClientColumn[] = ['used', 'remaining', 'lastSynced', 'assigned', 'plan', 'members', 'created', 'tags'];

/** Of every column, in pixels; in a wide window they grow in this proportion, so that no name stands far from its figures. */
const widths: Record<ClientColumn, number> = {
  assigned: 92,
  used: 134,
  remaining: 100,
  plan: 106,
  tags: 132,
  members: 104,
  created: 109,
  lastSynced: 120,
};

/** What a name has at the least, and its picture and the edges of its cell before and after it. */
const NAME = 200;
const AROUND_NAME = 28 + 11 + 2 * 10;

/** The check box, a name that can be read, the menu of the row, and the edges of the page. */
const ALWAYS = 28 + NAME + AROUND_NAME + 40 + 48;

/** The width of the table from which each chosen column has room, so that leaving one out makes room for another. */
export function roomFor(chosen: readonly ClientColumn[]): Map<ClientColumn, number> {
  const room = new Map<ClientColumn, number>();
  let width = ALWAYS;
  for (const column of byWeight) {
    if (!chosen.includes(column)) continue;
    width += widths[column];
    room.set(column, width);
  }
  return room;
}

/** Those of the chosen that a table of this width has no room for, nor another place; none while the width is not known. */
export function crowdedOut(chosen: readonly ClientColumn[], width: number): ClientColumn[] {
  const room = roomFor(chosen);
  return width === 0 ? [] : chosen.filter((column) => column !== 'tags' && (room.get(column) ?? 0) > width);
}

/** Whether tags stand under the names: they are wanted, and have no column. */
export function tagsUnderNames(chosen: readonly ClientColumn[], width: number): boolean {
  return width !== 0 && (roomFor(chosen).get('tags') ?? 0) > width;
}

/** The columns of the table: what is always there around what was chosen. */
export function tableColumns(
  before: Column<ClientRow>[],
  made: Record<ClientColumn, Column<ClientRow>>,
  chosen: readonly ClientColumn[],
  after: Column<ClientRow>[],
): Column<ClientRow>[] {
  const room = roomFor(chosen);
  const shown = optional.filter((id) => chosen.includes(id)).map((id) => ({ ...made[id], width: `minmax(${widths[id]}px, ${widths[id]}fr)`, from: room.get(id) ?? 0 }));
  return [...before, ...shown, ...after];
}

const heads: Record<string, MessageKey> = {
  id: 'clients.exportId',
  name: 'clients.columnClient',
  plan: 'clients.columnPlan',
  seats: 'clients.columnAssigned',
  occupiedSeats: 'clients.columnUsed',
  remainingSeats: 'clients.columnRemaining',
  userCount: 'clients.columnMembers',
  creationDate: 'clients.columnCreated',
  syncedAt: 'clients.columnLastSynced',
  stale: 'clients.filterStale',
  staleReason: 'clients.exportStaleReason',
  tags: 'clients.columnTags',
};

/** The heads of a CSV in the words of the table, by the members of the JSON. */
export function exportHeads({ t }: Words): Record<string, string> {
  return Object.fromEntries(Object.entries(heads).map(([column, key]) => [column, t(key)]));
}
