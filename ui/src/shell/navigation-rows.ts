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
  /** A heading above: a group of pages begins. */
  group?: string;
  testid: string;
}

/**
 * The pages of the product one is in. What is not built, or not for this person's role, stands in no navigation. `reading`:
 * the event log of the console's organization may be read. `left`: the organization in whose console one is on a page that is of none.
 */
export function navigationRows(place: Place, provider: ProviderRef | undefined, isDemo: boolean, { t }: Words, reading = false, left?: string): NavigationRow[] {
  const settings = settingsRow(place, t);
  switch (place.product) {
    case 'providerPortal': {
      return [
        {
          icon: 'building',
          label: t('shell.clients'),
          place: { page: 'clients', product: 'providerPortal' },
          current: place.page === 'clients' || place.page === 'client',
          testid: 'nav-clients',
        },
        {
          icon: 'structure',
          label: t('shell.structure'),
          place: { page: 'structure', product: 'providerPortal' },
          current: place.page === 'structure',
          group: t('shell.review'),
          testid: 'nav-structure',
        },
        ...managing(place, provider, t),
        ...(isDemo ? [outbox(place, t)] : []),
        ...(provider?.hindrances.readInvoices === null ? [billing(place, t)] : []),
        // Who may change the provider finds its settings first.
        provider?.hindrances.changeSettings === null
          ? { ...settings, place: { page: 'provider', product: 'providerPortal' }, gap: provider.hindrances.readInvoices !== null }
          : settings,
      ];
    }
    case 'adminConsole':
      // An organization has settings of its own: these are the program's.
      return [...consoleRows(place, left, reading, t), { ...settings, label: t('shell.programSettings') }];
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

function settingsRow(place: Place, t: Words['t']): NavigationRow {
  return {
    icon: 'settings',
    label: t('shell.settings'),
    place: { page: 'settings', product: place.product },
    current: place.page === 'settings' || place.page === 'provider',
    gap: true,
    testid: 'nav-settings',
  };
}

/** While the first picture is taken: what opens here, and the settings. */
export function rowsWhileOpening(place: Place, { t }: Words): NavigationRow[] {
  return [
    { icon: 'sync', label: t('sync.firstTitle'), place: { page: 'vaults', product: 'passwordManager' }, current: place.page === 'vaults', testid: 'nav-first-sync' },
    settingsRow(place, t),
  ];
}

/** What provider admins manage (ui.md, roles): a service user has neither members nor event logs. */
function managing(place: Place, provider: ProviderRef | undefined, t: Words['t']): NavigationRow[] {
  if (!provider?.admin) return [];
  const members: NavigationRow = {
    icon: 'people',
    label: t('shell.members'),
    place: { page: 'members', product: 'providerPortal' },
    current: place.page === 'members',
    group: t('shell.manage'),
    testid: 'nav-members',
  };
  const events: NavigationRow = {
    icon: 'list',
    label: t('shell.events'),
    place: { page: 'events', product: 'providerPortal' },
    current: place.page === 'events',
    testid: 'nav-events',
  };
  return provider.useEvents ? [members, events] : [members];
}

function billing(place: Place, t: Words['t']): NavigationRow {
  return {
    icon: 'card',
    label: t('shell.billing'),
    place: { page: 'billing', product: 'providerPortal' },
    current: place.page === 'billing',
    gap: true,
    testid: 'nav-billing',
  };
}

function outbox(place: Place, t: Words['t']): NavigationRow {
  return {
    icon: 'mail',
    label: t('shell.outbox'),
    place: { page: 'outbox', product: 'providerPortal' },
    current: place.page === 'outbox',
    gap: true,
    testid: 'nav-outbox',
  };
}

/** In the order of the product. */
const consoleTabs: [ClientTab, IconName][] = [
  ['overview', 'building'],
  ['collections', 'collection'],
  ['members', 'people'],
  ['groups', 'structure'],
  ['policies', 'shield'],
];

function consoleRows(place: Place, left: string | undefined, reading: boolean, t: Words['t']): NavigationRow[] {
  const organizationId = place.page === 'client' || place.page === 'events' ? place.organizationId : left;
  if (organizationId === undefined) return [];
  const open = place.page === 'client' ? (place.tab ?? 'overview') : undefined;
  const tabs = consoleTabs.map(([tab, icon]): NavigationRow => ({
    icon,
    label: t(`shell.${tab}`),
    place: { page: 'client', product: 'adminConsole', organizationId, tab },
    current: open === tab,
    testid: `nav-${tab}`,
  }));
  if (!reading) return tabs;
  const events: NavigationRow = {
    icon: 'list',
    label: t('shell.events'),
    place: { page: 'events', product: 'adminConsole', organizationId },
    current: place.page === 'events',
    group: t('shell.reporting'),
    testid: 'nav-events',
  };
  // What is reported stands before the settings.
  return [...tabs.slice(0, -1), events, { ...tabs.at(-1)!, gap: true }];
}
