import type { VaultFilters } from '$/ipc/bindings/VaultFilters';
import type { Words } from '$/state/words.svelte';
import { nameOf } from '$/components/opened/unreadable';
import { choosesVault } from './filter-trees';
import type { VaultsPlace } from './vaults-controller.svelte';
import { typeWord } from './words';

/** What the page is called: the section where one is chosen, otherwise the vault. */
export function placeTitle(place: VaultsPlace, filters: VaultFilters | undefined, words: Words): string {
  const { t } = words;
  const section = place.section;
  switch (section?.kind) {
    case 'favorites':
      return t('vaults.favorites');
    case 'type':
      return typeWord(section.typeNumber, t);
    case 'noFolder':
      return t('vaults.noFolder');
    case 'duplicates':
      return t('vaults.duplicates');
    case 'unreadable':
      return t('vaults.unreadableItems');
    case 'archive':
      return t('vaults.archive');
    case 'trash':
      return t('vaults.trash');
    case 'folder':
      return nameIn(filters?.folders, section.id, words) ?? t('vaults.groupFolders');
    case 'collection':
      return nameIn(filters?.collections, section.id, words) ?? t('vaults.groupCollections');
    case 'all':
    case undefined:
      return vaultTitle(place, filters, words);
  }
}

/** The placeholder of the search follows the filter. */
export function searchLabel(place: VaultsPlace, filters: VaultFilters | undefined, words: Words): string {
  const { t } = words;
  switch (place.section?.kind) {
    case 'trash':
      return t('vaults.searchTrash');
    case 'archive':
      return t('vaults.searchArchive');
    case 'favorites':
      return t('vaults.searchFavorites');
    case 'noFolder':
      return t('vaults.searchNoFolder');
  }
  const isPlace = place.section && !['all', 'duplicates', 'unreadable'].includes(place.section.kind);
  if (isPlace) {
    return t('vaults.searchIn', { name: placeTitle(place, filters, words) });
  }
  if (place.vault?.kind === 'mine') return t('vaults.searchMine');
  if (place.vault?.kind === 'organization') return t('vaults.searchIn', { name: vaultTitle(place, filters, words) });
  return t(filters && !choosesVault(filters) ? 'vaults.searchItems' : 'vaults.searchAll');
}

/** How many items the place has before anything is searched in it; nothing while that is not known. */
export function placeCount({ section, vault }: VaultsPlace, filters: VaultFilters | undefined): number | undefined {
  switch (section?.kind) {
    case 'favorites':
    case 'noFolder':
    case 'duplicates':
    case 'unreadable':
    case 'archive':
    case 'trash':
      return filters?.[section.kind] ?? undefined;
    case 'type':
      return filters?.types.find(({ kind }) => kind === section.typeNumber)?.count;
    case 'folder':
      return filters?.folders.find(({ id }) => id === section.id)?.count;
    case 'collection':
      return filters?.collections.find(({ id }) => id === section.id)?.count;
    case 'all':
    case undefined:
      if (vault?.kind === 'mine') return filters?.mine ?? undefined;
      if (vault?.kind === 'organization') return filters?.organizations.find(({ organization }) => organization.id === vault.id)?.count;
      return filters?.all;
  }
}

function vaultTitle({ vault }: VaultsPlace, filters: VaultFilters | undefined, { t }: Words): string {
  if (vault?.kind === 'mine') return t('vaults.myVault');
  if (vault?.kind === 'organization') {
    const found = filters?.organizations.find(({ organization }) => organization.id === vault.id);
    return found?.organization.name ?? t('vaults.groupVault');
  }
  return t(filters && !choosesVault(filters) ? 'vaults.allItems' : 'vaults.allVaults');
}

function nameIn(nodes: VaultFilters['folders'] | VaultFilters['collections'] | undefined, id: string, { t }: Words) {
  const node = nodes?.find((candidate) => candidate.id === id);
  return node && nameOf(node.name, t);
}
