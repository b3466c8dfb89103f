import { describe, expect, it } from 'vitest';
import { ancestors, treeStep, visibleNodes, type TreeNode } from './visible';

const nodes: TreeNode[] = [
  { id: 'infra', depth: 0, hasChildren: true },
  { id: 'firewalls', depth: 1, hasChildren: true },
  { id: 'edge', depth: 2, hasChildren: false },
  { id: 'backups', depth: 1, hasChildren: false },
  { id: 'suppliers', depth: 0, hasChildren: false },
];
const opened = (...ids: string[]) => (id: string) => ids.includes(id);

function seen(...ids: string[]) {
  return visibleNodes(nodes, opened(...ids)).map((node) => node.id);
}

describe('a tree given flat', () => {
  it('shows what has only open ancestors', () => {
    expect(seen()).toEqual(['infra', 'suppliers']);
    expect(seen('infra')).toEqual(['infra', 'firewalls', 'backups', 'suppliers']);
    expect(seen('firewalls')).toEqual(['infra', 'suppliers']);
    expect(seen('infra', 'firewalls')).toEqual(['infra', 'firewalls', 'edge', 'backups', 'suppliers']);
  });

  it('knows what must be open to see a node', () => {
    expect(ancestors(nodes, 'edge')).toEqual(['firewalls', 'infra']);
    expect(ancestors(nodes, 'suppliers')).toEqual([]);
    expect(ancestors(nodes, 'nobody')).toEqual([]);
  });

  it.each([
    ['infra', 'ArrowRight', [], { open: 'infra' }],
    ['infra', 'ArrowRight', ['infra'], { go: 'firewalls' }],
    ['infra', 'ArrowLeft', ['infra'], { close: 'infra' }],
    ['backups', 'ArrowLeft', ['infra'], { go: 'infra' }],
    ['backups', 'ArrowRight', ['infra'], undefined],
    ['infra', 'ArrowUp', [], undefined],
    ['infra', 'ArrowDown', [], { go: 'suppliers' }],
    ['infra', 'End', [], { go: 'suppliers' }],
    ['suppliers', 'Home', [], { go: 'infra' }],
  ])('on %s, %s with %j open is %j', (id, key, open, step) => {
    const isOpen = opened(...(open as string[]));
    expect(treeStep(visibleNodes(nodes, isOpen), id, key, isOpen)).toEqual(step);
  });
});
