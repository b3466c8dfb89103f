/** A node of a tree that is given flat, a parent before its children. */
export interface TreeNode {
  id: string;
  /** 0 for a root. */
  depth: number;
  hasChildren: boolean;
}

/** The nodes whose ancestors are all open. */
export function visibleNodes<Node extends TreeNode>(nodes: readonly Node[], isOpen: (id: string) => boolean): Node[] {
  const visible: Node[] = [];
  let closedAt = Infinity;
  for (const node of nodes) {
    if (node.depth > closedAt) continue;
    closedAt = node.hasChildren && !isOpen(node.id) ? node.depth : Infinity;
    visible.push(node);
  }
  return visible;
}

/** The ids of the nodes above a node: what must be open for it to be seen. */
export function ancestors(nodes: readonly TreeNode[], id: string): string[] {
  const at = nodes.findIndex((node) => node.id === id);
  const found: string[] = [];
  let depth = nodes[at]?.depth ?? 0;
  for (let index = at - 1; index >= 0 && depth > 0; index--) {
    const node = nodes[index];
    if (node !== undefined && node.depth < depth) {
      found.push(node.id);
      depth = node.depth;
    }
  }
  return found;
}

/** Where an arrow leads from a visible node: another node, or a branch that opens or closes. */
export type Step = { go: string } | { open: string } | { close: string } | undefined;

/** What a key does in a tree, after the customs of trees: right opens or goes in, left closes or goes out. */
export function treeStep(visible: readonly TreeNode[], id: string, key: string, isOpen: (id: string) => boolean): Step {
  const at = visible.findIndex((node) => node.id === id);
  const node = visible[at];
  if (node === undefined) return undefined;
  const go = (target: TreeNode | undefined): Step => (target ? { go: target.id } : undefined);
  switch (key) {
    case 'ArrowDown':
      return go(visible[at + 1]);
    case 'ArrowUp':
      return go(visible[at - 1]);
    case 'Home':
      return go(visible[0]);
    case 'End':
      return go(visible.at(-1));
    case 'ArrowRight':
      if (!node.hasChildren) return undefined;
      return isOpen(id) ? go(visible[at + 1]) : { open: id };
    case 'ArrowLeft':
      if (node.hasChildren && isOpen(id)) return { close: id };
      return go(visible.slice(0, at).findLast((above) => above.depth < node.depth));
    default:
      return undefined;
  }
}
