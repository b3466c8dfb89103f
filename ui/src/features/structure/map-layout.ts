import type { MapGroup } from '$/ipc/bindings/MapGroup';
import type { MapTile } from '$/ipc/bindings/MapTile';

/** How much a tile tells: a coloured dot, initials, its name, or what it holds as well. */
export type MapDetail = 'dots' | 'initials' | 'names' | 'contents';
export const details: readonly MapDetail[] = ['dots', 'initials', 'names', 'contents'];

/** What there is to tell of these clients: what they hold is not counted where they are many, or none was read. */
export function detailsOf(groups: readonly MapGroup[]): readonly MapDetail[] {
  return groups.some(({ tiles }) => tiles.some(({ holds }) => holds !== null)) ? details : details.slice(0, -1);
}

export interface PlacedTile {
  tile: MapTile;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedGroup {
  group: MapGroup;
  /** Where the line of the provider ends: left of the heading, half-way down it. */
  anchor: { x: number; y: number };
  /** Top of the heading. */
  y: number;
  bottom: number;
}

export interface MapLayout {
  /** Every tile in reading order, which is also their order from top to bottom. */
  tiles: PlacedTile[];
  groups: PlacedGroup[];
  height: number;
}

/** Pixels from the left edge: the provider with its team, and the room for the lines. */
export const GROUPS_LEFT = 252;
const HEAD = 26;
/** Line height of a heading, which takes a second line for its counts where they have no room beside the name. */
const HEAD_LINE = 16;
const HEAD_FITS = 380;
const BETWEEN = 26;
const TOP = 20;

const GAPS: Record<MapDetail, number> = { dots: 4, initials: 6, names: 6, contents: 8 };
/** Tiles with a name are as wide as fills their line, within these. */
const NAME_WIDTHS = { least: 204, most: 276 };
const NAME_HEIGHTS = { names: 32, contents: 50 };

/** Edge of a tile: more seats in use, a larger tile; in four steps, so that sizes can be told apart. */
export function tileSize(used: number, detail: MapDetail, scale = 1): number {
  const step = used < 10 ? 0 : used < 40 ? 1 : used < 120 ? 2 : 3;
  return detail === 'dots' ? Math.round([9, 11, 13, 16][step]! * scale) : [24, 27, 31, 36][step]!;
}

/** Whether the counts stand under the name of a group, on a map of this width. */
export function headsInTwoLines(width: number): boolean {
  return width - GROUPS_LEFT < HEAD_FITS;
}

/** Places every group under the one before it, its tiles in lines of at most the given width. `scale`: of dots. */
export function layoutMap(groups: readonly MapGroup[], width: number, detail: MapDetail, scale = 1): MapLayout {
  const tiles: PlacedTile[] = [];
  const placed: PlacedGroup[] = [];
  const gap = GAPS[detail];
  const right = Math.max(width, GROUPS_LEFT + 120);
  const nameWidth = widthOfNames(right - GROUPS_LEFT, gap);
  const head = HEAD + (headsInTwoLines(width) ? HEAD_LINE : 0);
  let y = TOP;
  for (const group of groups) {
    const top = y;
    y += head;
    let x = GROUPS_LEFT;
    let line: PlacedTile[] = [];
    const endLine = () => {
      const height = Math.max(0, ...line.map((tile) => tile.height));
      // Tiles of a line stand on one ground, whatever their size.
      for (const tile of line) tile.y = y + height - tile.height;
      tiles.push(...line);
      y += line.length > 0 ? height + gap : 0;
      line = [];
      x = GROUPS_LEFT;
    };
    for (const tile of group.tiles) {
      const size = tileSize(tile.used, detail, scale);
      const named = detail === 'names' || detail === 'contents';
      const [wide, high] = named ? [nameWidth, NAME_HEIGHTS[detail]] : [size, size];
      if (x + wide > right && line.length > 0) endLine();
      line.push({ tile, x, y, width: wide, height: high });
      x += wide + gap;
    }
    endLine();
    placed.push({ group, anchor: { x: GROUPS_LEFT - 12, y: top + head / 2 - 3 }, y: top, bottom: y - gap });
    y += BETWEEN - gap;
  }
  return { tiles, groups: placed, height: y };
}

function widthOfNames(room: number, gap: number): number {
  const { least, most } = NAME_WIDTHS;
  const columns = Math.max(1, Math.floor((room + gap) / (least + gap)));
  return Math.min(most, Math.floor((room + gap) / columns) - gap);
}

/** The most telling detail with which the whole map is seen at once; dots where none is. */
export function detailThatFits(groups: readonly MapGroup[], width: number, height: number): MapDetail {
  return detailsOf(groups).findLast((detail) => layoutMap(groups, width, detail).height <= height) ?? 'dots';
}

/** Dots as large as leave the whole map in view. */
export function dotScale(groups: readonly MapGroup[], width: number, height: number): number {
  return [2, 1.75, 1.5, 1.25].find((scale) => layoutMap(groups, width, 'dots', scale).height <= height) ?? 1;
}

/** The tiles between two heights, with those that reach in from above. */
export function tilesBetween(tiles: readonly PlacedTile[], from: number, to: number): PlacedTile[] {
  return tiles.filter(({ y, height }) => y + height >= from && y <= to);
}

/** The tile that an arrow leads to from the tile at `index`; itself at an edge. */
export function tileBeside(tiles: readonly PlacedTile[], index: number, key: string): number {
  const here = tiles[index];
  if (here === undefined) return index;
  if (key === 'ArrowRight') return Math.min(index + 1, tiles.length - 1);
  if (key === 'ArrowLeft') return Math.max(index - 1, 0);
  if (key === 'Home') return 0;
  if (key === 'End') return tiles.length - 1;
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return index;
  const down = key === 'ArrowDown';
  const ground = ({ y, height }: PlacedTile) => y + height;
  const middle = ({ x, width }: PlacedTile) => x + width / 2;
  const beyond = tiles.filter((tile) => (down ? ground(tile) > ground(here) : ground(tile) < ground(here)));
  if (beyond.length === 0) return index;
  const line = down ? Math.min(...beyond.map(ground)) : Math.max(...beyond.map(ground));
  const [nearest] = beyond
    .filter((tile) => ground(tile) === line)
    .sort((one, other) => Math.abs(middle(one) - middle(here)) - Math.abs(middle(other) - middle(here)));
  return nearest ? tiles.indexOf(nearest) : index;
}

/** A curve that leaves and arrives level. */
export function curve(from: { x: number; y: number }, to: { x: number; y: number }): string {
  const bend = Math.max(24, (to.x - from.x) * 0.5);
  return `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
}
