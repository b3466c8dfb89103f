import { describe, expect, it } from 'vitest';
import { optional, roomFor } from './client-columns';

describe('the columns of the clients', () => {
  it('give way one after the other, the age of the picture last but for the seats', () => {
    const room = roomFor(optional);
    const order = [...room].sort(([, a], [, b]) => b - a).map(([column]) => column);
    expect(order.slice(0, 4)).toEqual(['created', 'members', 'tags', 'plan']);
    // A window of 1280 has 1036 pixels beside the navigation.
    expect([...room].filter(([, from]) => from <= 1036).map(([column]) => column)).not.toContain('created');
    expect([...room].filter(([, from]) => from <= 1036)).toHaveLength(6);
  });

  it('make room for each other', () => {
    const room = roomFor(optional.filter((column) => column !== 'members' && column !== 'tags'));
    expect(room.get('created')).toBeLessThanOrEqual(1036);
    expect(room.has('members')).toBe(false);
  });
});
