import { describe, expect, it } from 'vitest';
import { optional, roomFor } from './client-columns';

describe('the columns of the clients', () => {
  it('give way one after the other', () => {
    const room = roomFor(optional);
    const order = [...room].sort(([, a], [, b]) => b - a).map(([column]) => column);
    expect(order.slice(0, 4)).toEqual(['created', 'members', 'tags', 'plan']);
    // A window of 1280 has 1036 pixels beside the navigation.
    expect([...room].filter(([, from]) => from <= 1036).map(([column]) => column)).not.toContain('created');
    expect([...room].filter(([, from]) => from <= 1036)).toHaveLength(6);
  });

  it('keep the age of the picture in the narrowest window', () => {
    // 940 pixels, less the navigation.
    const shown = [...roomFor(optional)].filter(([, from]) => from <= 696).map(([column]) => column);
    expect(shown).toEqual(['used', 'remaining', 'lastSynced']);
  });

  it('make room for each other', () => {
    const room = roomFor(optional.filter((column) => column !== 'members' && column !== 'tags'));
    expect(room.get('created')).toBeLessThanOrEqual(1036);
    expect(room.has('members')).toBe(false);
  });
});
