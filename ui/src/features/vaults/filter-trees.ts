import type { IconName } from '$/components/icons';
import type { TreeNode } from '$/components/tree/visible';
import type { ItemSection } from '$/ipc/bindings/ItemSection';
import type { OrganizationRef } from '$/ipc/bindings/OrganizationRef';
import type { Text } from '$/ipc/bindings/Text';
import type { VaultChoice } from '$/ipc/bindings/VaultChoice';
import type { VaultFilters } from '$/ipc/bindings/VaultFilters';
import type { Words } from '$/state/words.svelte';
import { typeIcon, typeWord } from './words';

/** One line of the filter panel. */
export interface FilterNode extends TreeNode {
  name: Text;
  icon: IconName;
  organization?: OrganizationRef;
  count: number;
  choice: { vault: VaultChoice } | { section: ItemSection };
}

/** One group of lines. */
export interface FilterTree {
  id: string;
  /** Heading; a group that follows another of its kind has none. */
  title?: string;
  /** For screen readers. */
  label: string;
  /** Whose collections these are, where there are several organizations. */
  organization?: OrganizationRef;
  nodes: FilterNode[];
}

export function keyOfVault(vault: VaultChoice | undefined): string {
  return vault?.kind === 'organization' ? `vault/${vault.id}` : `vault/${vault?.kind ?? 'all'}`;
}

/** The line of a section; all items have none, their line is the vault's. */
export function keyOfSection(section: ItemSection | undefined): string | undefined {
  switch (section?.kind) {
    case undefined:
    case 'all':
      return undefined;
    case 'type':
      return `type/${section.typeNumber}`;
    case 'folder':
    case 'collection':
      return `${section.kind}/${section.id}`;
    case 'favorites':
    case 'noFolder':
    case 'duplicates':
    case 'unreadable':
    case 'archive':
    case 'trash':
      return section.kind;
  }
}

/** Whether there is a vault to choose: none where the one organization that a person may belong to owns whatever they keep. */
export function choosesVault({ rules }: Pick<VaultFilters, 'rules'>): boolean {
  return rules.ownEverything.length === 0 || rules.singleOrganization.length === 0;
}

/** The filter panel, group by group, in the product's order. */
export function filterTrees(filters: VaultFilters, { t }: Words): FilterTree[] {
  const plain = (value: string): Text => ({ kind: 'plain', value });
  const line = (section: ItemSection, name: Text, icon: IconName, count: number, at?: Partial<TreeNode>): FilterNode => ({
    id: keyOfSection(section) ?? 'all',
    depth: 0,
    hasChildren: false,
    ...at,
    name,
    icon,
    count,
    choice: { section },
  });
  const vaultLine = (vault: VaultChoice, name: string, icon: IconName, count: number): FilterNode => ({
    id: keyOfVault(vault),
    depth: 0,
    hasChildren: false,
    name: plain(name),
    icon,
    count,
    choice: { vault },
  });

  const vaults: FilterTree = {
    id: 'vault',
    title: t('vaults.groupVault'),
    label: t('vaults.groupVault'),
    nodes: [
      vaultLine({ kind: 'all' }, t('vaults.allVaults'), 'vault', filters.all),
      // Where an organization owns whatever its members keep there is no vault of one's own.
      ...(filters.mine === null ? [] : [vaultLine({ kind: 'mine' }, t('vaults.myVault'), 'person', filters.mine)]),
      ...filters.organizations.map(({ organization, count }) => ({
        ...vaultLine({ kind: 'organization', id: organization.id }, organization.name, 'building', count),
        organization,
      })),
    ],
  };
  const trees: FilterTree[] = [
    ...(choosesVault(filters) ? [vaults] : []),
    {
      id: 'items',
      title: t('vaults.groupItems'),
      label: t('vaults.groupItems'),
      nodes: [
        // The way back to everything, which otherwise is the first vault.
        ...(choosesVault(filters) ? [] : [vaultLine({ kind: 'all' }, t('vaults.allItems'), 'vault', filters.all)]),
        line({ kind: 'favorites' }, plain(t('vaults.favorites')), 'star', filters.favorites),
        ...filters.types.map(({ kind, count }) =>
          line({ kind: 'type', typeNumber: kind }, plain(typeWord(kind, t)), typeIcon(kind), count),
        ),
        // Two lines that the product has not, where they have something to tell.
        ...(filters.duplicates > 0
          ? [line({ kind: 'duplicates' }, plain(t('vaults.duplicates')), 'copy', filters.duplicates)]
          : []),
        ...(filters.unreadable > 0
          ? [line({ kind: 'unreadable' }, plain(t('vaults.unreadableItems')), 'warning', filters.unreadable)]
          : []),
      ],
    },
  ];

  if (filters.folders.length > 0) {
    trees.push({
      id: 'folders',
      title: t('vaults.groupFolders'),
      label: t('vaults.groupFolders'),
      nodes: [
        ...filters.folders.map(({ id, name, count, depth, hasChildren }) =>
          line({ kind: 'folder', id }, name, 'folder', count, { depth, hasChildren }),
        ),
        line({ kind: 'noFolder' }, plain(t('vaults.noFolder')), 'folder', filters.noFolder),
      ],
    });
  }

  const owners = new Map(filters.organizations.map(({ organization }) => [organization.id, organization]));
  const owned = new Map<string, FilterNode[]>();
  for (const { id, organizationId, name, count, depth, hasChildren } of filters.collections) {
    const nodes = owned.get(organizationId) ?? [];
    nodes.push(line({ kind: 'collection', id }, name, 'collection', count, { depth, hasChildren }));
    owned.set(organizationId, nodes);
  }
  let first = true;
  for (const [organizationId, nodes] of owned) {
    const organization = owners.get(organizationId);
    trees.push({
      id: `collections/${organizationId}`,
      ...(first ? { title: t('vaults.groupCollections') } : {}),
      label: organization
        ? t('vaults.groupCollectionsOf', { organization: organization.name })
        : t('vaults.groupCollections'),
      ...(organization && owned.size > 1 ? { organization } : {}),
      nodes,
    });
    first = false;
  }

  trees.push({
    id: 'other',
    label: t(filters.archive === null ? 'vaults.trash' : 'vaults.groupOther'),
    nodes: [
      ...(filters.archive === null ? [] : [line({ kind: 'archive' }, plain(t('vaults.archive')), 'archive', filters.archive)]),
      line({ kind: 'trash' }, plain(t('vaults.trash')), 'trash', filters.trash),
    ],
  });
  return trees;
}
