import type { IconName } from '$/components/icons';
import type { ProviderRef } from '$/ipc/bindings/ProviderRef';
import type { ClientTab, Place } from '$/state/location.svelte';
import type { Words } from '$/state/words.svelte';

export interface NavigationRow {
  icon: IconName;
  label: string;
  place: Place;
  current: boolean;
  /** A gap above: another kind of page begins. */
  gap?: boolean;
  testid: string;
}

/** The pages of the product one is in. What is not built stands in no navigation. */
export function navigationRows(place: Place, provider: ProviderRef | undefined, { t }: Words): NavigationRow[] {
  const settings: NavigationRow = {
    icon: 'settings',
    label: t('shell.settings'),
    place: { page: 'settings', product: place.product },
    current: place.page === 'settings',
    gap: true,
    testid: 'nav-settings',
  };
  switch (place.product) {
    case 'providerPortal': {
      return [
        {
          icon: 'building',
          label: t(provider?.kind === 'businessUnit' ? 'shell.businessUnits' : 'shell.clients'),
          place: { page: 'clients', product: 'providerPortal' },
          current: place.page === 'clients' || place.page === 'client',
          testid: 'nav-clients',
        },
        settings,
      ];
    }
    case 'adminConsole':
      return place.page === 'client' ? [...consoleRows(place, t), settings] : [settings];
    default:
      return [
        {
          icon: 'vault',
          label: t('shell.vaults'),
          place: { page: 'vaults', product: 'passwordManager' },
          current: place.page === 'vaults',
          testid: 'nav-vaults',
        },
        settings,
      ];
  }
}

const consoleTabs: [ClientTab, IconName][] = [
  ['overview', 'building'],
  ['members', 'people'],
  ['groups', 'structure'],
  ['collections', 'collection'],
  ['policies', 'shield'],
];

function consoleRows(place: Extract<Place, { page: 'client' }>, t: Words['t']): NavigationRow[] {
  return consoleTabs.map(([tab, icon]) => ({
    icon,
    label: t(`shell.${tab}`),
    place: { page: 'client', product: 'adminConsole', organizationId: place.organizationId, tab },
    current: (place.tab ?? 'overview') === tab,
    testid: `nav-${tab}`,
  }));
}
