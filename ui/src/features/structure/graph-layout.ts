import type { ClientMap } from '$/ipc/bindings/ClientMap';
import type { MapLink } from '$/ipc/bindings/MapLink';
import { curve } from './map-layout';

/** Height of a row of a column, with the room around it: two lines of words do not touch the next two. */
export const ROW = 35;
const WIDEST_ROW = 40;

/** How many rows of a column a height has room for. */
export function rowsThatFit(height: number): number {
  return Math.max(3, Math.floor(height / ROW));
}

/** The middles of rows that share a height: close together when there are many, not far apart when there are few. */
export function rowMiddles(count: number, height: number): number[] {
  const each = Math.min(WIDEST_ROW, Math.max(ROW, height / Math.max(1, count)));
  return Array.from({ length: count }, (_, index) => each / 2 + index * each);
}

/** The middles of rows that are spread over a height: groups stand between what they join. */
export function spreadMiddles(count: number, height: number): number[] {
  const each = Math.max(ROW, height / Math.max(1, count));
  return Array.from({ length: count }, (_, index) => each / 2 + index * each);
}

export interface Columns {
  /** Left and right edge of each column. */
  members: [number, number];
  groups: [number, number];
  collections: [number, number];
}

/** Three columns of a width, with room for the lines between them. */
export function columnsOf(width: number): Columns {
  const room = Math.max(28, width * 0.055);
  const each = (width - 2 * room) / 3;
  const [people, teams, places] = [each * 1.04, each * 0.94, each * 1.02];
  return {
    members: [0, people],
    groups: [people + room, people + room + teams],
    collections: [width - places, width],
  };
}

export interface DrawnLink {
  link: MapLink;
  path: string;
}

/** The lines between the rows of three columns. */
export function drawLinks(map: ClientMap, height: number, columns: Columns): DrawnLink[] {
  const ends = new Map<string, { y: number; column: 0 | 1 | 2 }>();
  const place = (rows: { id: string }[], middles: number[], column: 0 | 1 | 2) =>
    rows.forEach(({ id }, index) => ends.set(id, { y: middles[index] ?? 0, column }));
  place(map.memberRows, rowMiddles(map.memberRows.length, height), 0);
  place(map.groupRows, spreadMiddles(map.groupRows.length, height), 1);
  place(map.collectionRows, rowMiddles(map.collectionRows.length, height), 2);
  const edges = [columns.members, columns.groups, columns.collections];
  return map.links.flatMap((link) => {
    const [from, to] = [ends.get(link.from), ends.get(link.to)];
    if (!from || !to) return [];
    const start = { x: edges[from.column]![1] + 2, y: from.y };
    const end = { x: edges[to.column]![0] - 2, y: to.y };
    return [{ link, path: curve(start, end) }];
  });
}
