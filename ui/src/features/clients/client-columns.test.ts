import { describe, expect, it } from 'vitest';
import type { ClientColumn } from '$/ipc/bindings/ClientColumn';
import type { ClientRow } from '$/ipc/bindings/ClientRow';
import { columnsAt, type Column } from '$/components/table';
import { crowdedOut, optional, roomFor, tableColumns, tagsUnderNames } from './client-columns';

const shownAt = (width: number, chosen = optional) => [...roomFor(chosen)].filter(([, from]) => from <= width).map(([column]) => column);

describe('the columns of the clients', () => {
  it('give way one after the other', () => {
    const order = [...roomFor(optional)].sort(([, a], [, b]) => b - a).map(([column]) => column);
    expect(order.slice(0, 4)).toEqual(['tags', 'created', 'members', 'plan']);
    // A window of 1280 has 1036 pixels beside the navigation.
    expect(shownAt(1036)).toEqual(['used', 'remaining', 'lastSynced', 'assigned', 'plan', 'members']);
  });

  it('leave a name 200 pixels', () => {
    const made = Object.fromEntries(optional.map((id) => [id, { id, title: id, width: '' }])) as unknown as Record<ClientColumn, Column<ClientRow>>;
    for (let width = 660; width < 1700; width += 1) {
      const taken = columnsAt(tableColumns([], made, optional, []), width).map((column) => Number(/minmax\((\d+)px/.exec(column.width)![1]));
      // The gutters, the check box and the menu; the picture of a client, what stands between it and the name, and the edges of their cell.
      const name = width - 28 - 20 - 28 - 40 - taken.reduce((sum, one) => sum + one, 0) - 28 - 11 - 20;
      expect(name, `${width}`).toBeGreaterThanOrEqual(200);
    }
  });

  it('keep the age of the picture in the narrowest window', () => {
    // 800 pixels and 720, less the icons of the navigation.
    expect(shownAt(740)).toEqual(['used', 'remaining', 'lastSynced']);
    expect(shownAt(660)).toEqual(['used', 'remaining']);
  });

  it('make room for each other', () => {
    const room = roomFor(optional.filter((column) => column !== 'members' && column !== 'tags'));
    expect(room.get('created')).toBeLessThanOrEqual(1036);
    expect(room.has('members')).toBe(false);
  });

  it('stay as they were when the first tag is given', () => {
    const before = optional.filter((column) => column !== 'tags');
    for (const width of [660, 740, 1036, 1100, 1200, 1676]) expect(shownAt(width).filter((column) => column !== 'tags')).toEqual(shownAt(width, before));
  });

  it('leave tags a place in every width, unless nobody wants them', () => {
    expect([660, 1036, 1676].map((width) => tagsUnderNames(optional, width))).toEqual([true, true, false]);
    expect(crowdedOut(optional, 1036)).toEqual(['created']);
    expect(tagsUnderNames(optional.filter((column) => column !== 'tags'), 660)).toBe(false);
    expect(tagsUnderNames(optional, 0)).toBe(false);
  });
});
