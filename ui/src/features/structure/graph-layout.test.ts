import { describe, expect, it } from 'vitest';
import type { ClientMap } from '$/ipc/bindings/ClientMap';
import { ROW, columnsOf, drawLinks, rowMiddles, rowsThatFit, spreadMiddles } from './graph-layout';

describe('columns of a client', () => {
  it('stand beside each other with room between', () => {
    for (const width of [450, 700, 1200]) {
      const { members, groups, collections } = columnsOf(width);
      expect(members[1]).toBeLessThan(groups[0]);
      expect(groups[1]).toBeLessThan(collections[0]);
      expect(collections[1]).toBe(width);
    }
  });

  it('have as many rows as fit, each with room for its text', () => {
    const count = rowsThatFit(600);
    const middles = rowMiddles(count, 600);
    expect(middles.at(-1)! + ROW / 2).toBeLessThanOrEqual(600);
    for (const spread of [rowMiddles(5, 600), spreadMiddles(5, 600)])
      spread.slice(1).forEach((middle, index) => expect(middle - spread[index]!).toBeGreaterThanOrEqual(ROW));
  });

  it('are joined where both ends are shown', () => {
    const map: ClientMap = {
      organizationId: 'o',
      tags: [],
      name: 'Alder',
      members: 1,
      revoked: 0,
      found: null,
      groups: 1,
      collections: 1,
      memberRows: [{ id: 'm', userId: null, name: 'Ana', email: 'a@x', role: 'user', status: 'confirmed', lit: true, found: false }],
      groupRows: [{ id: 'g', name: 'All', members: 1, lit: true, found: false }],
      collectionRows: [{ id: 'c', name: { kind: 'plain', value: 'Bank' }, lit: false, found: false }],
      links: [
        { from: 'm', to: 'g', kind: 'membership', permission: null, lit: true },
        { from: 'g', to: 'c', kind: 'groupGrant', permission: 'view', lit: false },
        { from: 'm', to: 'elsewhere', kind: 'directGrant', permission: 'edit', lit: false },
      ],
    };
    const drawn = drawLinks(map, 400, columnsOf(600));
    expect(drawn.map(({ link }) => link.to)).toEqual(['g', 'c']);
    for (const { path } of drawn) expect(path).toMatch(/^M[\d.]+ [\d.]+C[-\d. ]+$/);
  });
});
