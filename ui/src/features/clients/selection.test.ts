import { describe, expect, it } from 'vitest';
import { RowSelection } from './selection.svelte';

describe('a selection over rows that are not held', () => {
  it('is of all rows while none is chosen', () => {
    const selection = new RowSelection();
    expect(selection.count(3000)).toBe(0);
    expect(selection.told).toEqual({ kind: 'allBut', ids: [] });
  });

  it('holds what was chosen', () => {
    const selection = new RowSelection();
    selection.toggle('a');
    selection.toggle('b');
    selection.toggle('a');
    expect([selection.has('a'), selection.has('b')]).toEqual([false, true]);
    expect(selection.count(3000)).toBe(1);
    expect(selection.told).toEqual({ kind: 'only', ids: ['b'] });
  });

  it('is of all but those that were taken out again, and turns round', () => {
    const selection = new RowSelection();
    selection.toggle('a');
    selection.toggleAll(3000);
    expect(selection.count(3000)).toBe(3000);
    selection.toggle('b');
    expect([selection.has('a'), selection.has('b')]).toEqual([true, false]);
    expect(selection.count(3000)).toBe(2999);
    expect(selection.told).toEqual({ kind: 'allBut', ids: ['b'] });
    selection.toggleAll(3000);
    expect(selection.count(3000)).toBe(3000);
    selection.toggleAll(3000);
    expect(selection.count(3000)).toBe(0);
  });

  it('counts no more rows than there are', () => {
    const selection = new RowSelection();
    selection.toggle('a');
    selection.toggle('b');
    expect(selection.count(1)).toBe(1);
  });
});
