import { describe, expect, it, test } from 'vitest';
import type { MapGroup } from '$/ipc/bindings/MapGroup';
import type { MapTile } from '$/ipc/bindings/MapTile';
import { GROUPS_LEFT, detailThatFits, details, dotScale, headsInTwoLines, layoutMap, tileBeside, tilesBetween } from './map-layout';

function group(key: string, count: number, holds: MapTile['holds'] = null): MapGroup {
  const tiles = Array.from({ length: count }, (_, index) => ({
    organizationId: `${key}${index}`,
    name: `${key} ${index}`,
    used: (index * 37) % 200,
    seats: 'left' as const,
    picture: 'fresh' as const,
    holds,
    tags: [],
  }));
  return { key, used: 0, tiles };
}

describe.each(details)('the map with %s', (detail) => {
  const groups = [group('a', 7), group('b', 250), group('c', 1)];
  const layout = layoutMap(groups, 900, detail);

  it('places every client once, none over another and none beyond the edge', () => {
    expect(layout.tiles).toHaveLength(258);
    expect(new Set(layout.tiles.map(({ tile }) => tile.organizationId)).size).toBe(258);
    for (const { x, width } of layout.tiles) {
      expect(x).toBeGreaterThanOrEqual(GROUPS_LEFT);
      expect(x + width).toBeLessThanOrEqual(900);
    }
    layout.tiles.forEach((one, index) => {
      const next = layout.tiles[index + 1];
      const beside = next === undefined || next.x >= one.x + one.width || next.y + next.height > one.y + one.height;
      expect(beside, `${index}`).toBe(true);
    });
  });

  it('keeps groups in their order, one under the other', () => {
    expect(layout.groups.map((placed) => placed.group.key)).toEqual(['a', 'b', 'c']);
    layout.groups.forEach((placed, index) => {
      const next = layout.groups[index + 1];
      if (next) expect(next.y).toBeGreaterThan(placed.bottom);
    });
    expect(layout.height).toBeGreaterThan(layout.groups.at(-1)!.bottom);
  });
});

describe('how much is told', () => {
  it('is as much as fits', () => {
    expect(detailThatFits([group('a', 12)], 900, 700)).toBe('names');
    expect(detailThatFits([group('a', 150)], 900, 700)).toBe('initials');
    expect(detailThatFits([group('a', 1000)], 900, 700)).toBe('dots');
    expect(detailThatFits([group('a', 50_000)], 900, 700)).toBe('dots');
  });

  it('is what clients hold where that is known and fits', () => {
    const holds = { groups: 2, collections: 5 };
    expect(detailThatFits([group('a', 24, holds)], 1600, 900)).toBe('contents');
    expect(detailThatFits([group('a', 120, holds)], 1600, 900)).toBe('names');
    expect(detailThatFits([group('a', 24)], 1600, 900)).toBe('names');
  });

  it('fills its lines with names', () => {
    const { tiles } = layoutMap([group('a', 24)], 1600, 'names');
    const edge = Math.max(...tiles.map(({ x, width }) => x + width));
    expect(1600 - edge).toBeLessThan(12);
  });

  it('makes dots as large as leave the map in view', () => {
    const thousand = [group('a', 500), group('b', 500)];
    const scale = dotScale(thousand, 1600, 740);
    expect(scale).toBeGreaterThan(1);
    expect(layoutMap(thousand, 1600, 'dots', scale).height).toBeLessThanOrEqual(740);
    expect(dotScale([group('a', 50_000)], 900, 700)).toBe(1);
  });

  it('draws only what is near the view', () => {
    const { tiles } = layoutMap([group('a', 3000)], 900, 'names');
    expect(tilesBetween(tiles, 400, 1200).length).toBeLessThan(150);
    expect(tilesBetween(tiles, -Infinity, Infinity)).toHaveLength(3000);
  });
});

describe('arrows on the map', () => {
  const { tiles } = layoutMap([group('a', 20), group('b', 20)], 600, 'names');

  it('go along a line, and stop at the ends', () => {
    expect(tileBeside(tiles, 0, 'ArrowRight')).toBe(1);
    expect(tileBeside(tiles, 0, 'ArrowLeft')).toBe(0);
    expect(tileBeside(tiles, 39, 'ArrowRight')).toBe(39);
    expect(tileBeside(tiles, 5, 'End')).toBe(39);
  });

  it('go to the nearest tile of the next line, over the edge of a group', () => {
    expect(tileBeside(tiles, 0, 'ArrowDown')).toBe(1);
    const wide = layoutMap([group('a', 4), group('b', 4)], 1100, 'names').tiles;
    expect(tileBeside(wide, 2, 'ArrowDown')).toBe(6);
    expect(tileBeside(wide, 6, 'ArrowUp')).toBe(2);
    expect(tileBeside(wide, 6, 'ArrowDown')).toBe(6);
  });
});

test('counts that have no room beside the name of a group have a line of their own', () => {
  const [narrow, wide] = [520, 900].map((width) => ({ two: headsInTwoLines(width), layout: layoutMap([group('a', 3)], width, 'initials') }));
  expect([narrow!.two, wide!.two]).toEqual([true, false]);
  const below = ({ layout }: typeof narrow & {}) => layout.tiles[0]!.y - layout.groups[0]!.y;
  expect(below(narrow!) - below(wide!)).toBe(16);
});
