import type { ProviderRef } from '$/ipc/bindings/ProviderRef';
import type { TagCount } from '$/ipc/bindings/TagCount';
import { productIcon, productName } from '$/components/product-names';
import type { MessageKey } from '$/messages/catalogue';
import { known } from '$/messages/known';
import type { App } from '$/state/app';
import { caps } from '$/state/keys';
import { zoom, zoomAfter, type ZoomStep } from '$/state/zoom';
import type { ProductsWatch } from '$/state/products.svelte';

import type { PaletteAction } from './rows';

/** What the search is narrowed to, whose client it is, and whether every sync reads it, once that is known. */
export interface NarrowedTo {
  id: string;
  name: string;
  providerId: string | undefined;
  pinned: boolean | undefined;
}

type Offer = (id: string, label: string, icon: PaletteAction['icon'], run: PaletteAction['run'], more?: { note?: string | undefined; also?: string } & Pick<PaletteAction, 'pick' | 'pinned' | 'named'>) => void;

/** Actions of the moment: only what can be done now. */
export function paletteActions(app: App, products: ProductsWatch, client: NarrowedTo | null): PaletteAction[] {
  const { browsing, host, invitation, location, portal, preferences, sync, words } = app;
  const { t } = words;
  const { actions, offer } = offering(app);

  if (client) offerClient(app, client, offer);
  if (portal.provider) offerPortal(app, portal.provider, offer);
  if (portal.provider && !client) offerChoosing(app, portal.provider, offer);
  offerProducts(app, products, offer);
  if (products.products?.more.includes('secretsManager') && !products.tile('secretsManager'))
    offer('secrets', t('palette.actionSecrets'), 'terminal', () => browsing.open('secretsManager'));
  if (products.products?.becomeProvider)
    offer('become-provider', t('switcher.becomeProvider'), 'bank', () => location.go({ page: 'becomeProvider', product: location.place.product }));
  offer('vaults', t('palette.actionVaults'), 'vault', () => location.go({ page: 'vaults', product: 'passwordManager' }));
  offer('settings', t('palette.actionSettings'), 'settings', () =>
    location.go({ page: 'settings', product: location.place.product }),
  );
  offer('invitation', t('shell.useInvitation'), 'mail', () => invitation.paste());
  if (sync.running) offer('cancel', t('palette.actionCancelSync'), 'close', () => void sync.cancel());
  else offer('sync', t('palette.actionSync'), 'sync', () => void sync.start());
  if (preferences.theme === 'dark')
    offer('light', t('palette.actionLight'), 'sun', () => void preferences.change({ theme: 'light' }));
  else offer('dark', t('palette.actionDark'), 'moon', () => void preferences.change({ theme: 'dark' }));
  if (words.language === 'fr')
    offer('english', t('palette.actionEnglish'), 'globe', () => void preferences.change({ language: 'en' }));
  else offer('french', t('palette.actionFrench'), 'globe', () => void preferences.change({ language: 'fr' }));
  offerZoom(app, offer);
  offer('lock', t('palette.actionLock'), 'lock', () => void host.lock().catch(() => {}), { note: caps('L', t('shell.keyCtrl')) });
  return actions;
}

/** The other sizes of the page. */
function offerZoom({ preferences, words: { t } }: App, offer: Offer): void {
  const size = preferences.settings.zoom;
  const step = (id: string, label: MessageKey, icon: PaletteAction['icon'], to: ZoomStep, key: string) => {
    if (zoomAfter(size, to) !== size) offer(id, t(label), icon, () => zoom(preferences, to), { note: caps(key, t('shell.keyCtrl')) });
  };
  step('zoom-in', 'palette.actionZoomIn', 'plus', 'in', '+');
  step('zoom-out', 'palette.actionZoomOut', 'minus', 'out', '−');
  step('zoom-actual', 'palette.actionZoomActual', 'fit', 'actual', '0');
}

function offering({ words: { t } }: App): { actions: PaletteAction[]; offer: Offer } {
  const actions: PaletteAction[] = [];
  const offer: Offer = (id, label, icon, run, { note, also = '', ...choice } = {}) => {
    const others = known.en.palette?.[`also_${id}`] === undefined ? '' : t(`palette.also_${id}` as MessageKey);
    actions.push({ id, label, icon, run, also: `${also} ${others}`, ...(note ? { note } : {}), ...choice });
  };
  return { actions, offer };
}

/** What can be done with a client that is named beside it: all that one is chosen for, and its pages. */
export function choosingActions(app: App): PaletteAction[] {
  const { location, portal, words } = app;
  const { t } = words;
  if (!portal.provider) return [];
  const { id: providerId } = portal.provider;
  const { actions, offer } = offering(app);
  for (const [tab, icon] of tabs)
    offer(`client-${tab}`, t(`shell.${tab}`), icon, () => {}, {
      named: (client) => t('palette.actionTab', { page: t(`shell.${tab}`), client }),
      pick: (organizationId) => location.go({ page: 'client', product: 'providerPortal', organizationId, tab }, providerId),
    });
  offerChoosing(app, portal.provider, offer);
  return actions;
}

/** The other products with their keys: where each was left. Their pages are actions of their own, and have none. */
function offerProducts({ location, portal, words }: App, products: ProductsWatch, offer: Offer): void {
  const { t } = words;
  products.products?.tiles.forEach((tile, at) => {
    const { product } = tile;
    const goes = () => products.open(tile, location);
    const note = product === location.place.product ? undefined : caps(String(at + 1), t('shell.keyCtrl'));
    if (product === 'adminConsole') offer('console', t('palette.actionConsole'), productIcon[product], goes, { note });
    else if (product === 'secretsManager') offer('secrets', t('palette.actionSecrets'), productIcon[product], goes, { note });
    else if (note) offer(`product-${product}`, t('palette.actionProduct', { product: productName(product, portal.isBusinessUnit, t) }), productIcon[product], goes, { note });
  });
}

/** The lists of clients that carry a tag. */
export function tagActions({ location, portal, words }: App, tags: TagCount[]): PaletteAction[] {
  if (!portal.provider) return [];
  return tags.map(({ name }) => ({
    id: `tag-${name}`,
    label: words.t('palette.actionTag', { tag: name }),
    icon: 'tag',
    run: () => location.go({ page: 'clients', product: 'providerPortal', tags: [name] }),
  }));
}

/** The pages of a client. */
const tabs = [
  ['overview', 'building'],
  ['members', 'people'],
  ['groups', 'structure'],
  ['collections', 'collection'],
  ['policies', 'shield'],
] as const;

/** What can be done with the client that the search is narrowed to. */
function offerClient(app: App, client: NarrowedTo, offer: Offer): void {
  const { location, portal, sync, words } = app;
  const { t } = words;
  const named = { client: client.name };
  const product = client.providerId === undefined ? 'adminConsole' : 'providerPortal';
  for (const [tab, icon] of tabs)
    offer(`client-${tab}`, t('palette.actionTab', { page: t(`shell.${tab}`), client: client.name }), icon, () =>
      location.go({ page: 'client', product, organizationId: client.id, tab }, client.providerId ?? location.providerId),
    );
  if (!sync.running) offer('sync-client', t('palette.actionSyncClient', named), 'sync', () => void sync.start(client.id));
  if (client.pinned === false) offer('pin', t('palette.actionPin', named), 'pin', () => setPinned(app, client, true), { also: t('client.pin') });
  if (client.pinned) offer('unpin', t('palette.actionUnpin', named), 'pin', () => setPinned(app, client, false), { also: t('client.unpin') });
  const provider = portal.providers.find(({ id }) => id === client.providerId);
  if (!provider) return;
  for (const { id, label, named: withName, icon, act } of clientActs(app, provider)) offer(id, t(withName, named), icon, () => act(client.id), { also: t(label) });
}

/** What a person may do with a client of this provider now, under the labels of its menu. */
function clientActs({ clientAct, sync }: App, { billable, hindrances }: ProviderRef) {
  type Act = { id: string; label: MessageKey; named: 'palette.actionRename' | 'palette.actionSeats' | 'palette.actionTags' | 'palette.actionUnlink'; icon: PaletteAction['icon']; act: (organizationId: string) => void };
  const acts: Act[] = [];
  acts.push({ id: 'tags', label: 'clients.editTags', named: 'palette.actionTags', icon: 'tag', act: (organizationId) => clientAct.open({ kind: 'tags', target: { kind: 'client', organizationId } }) });
  if (!sync.offline && billable && hindrances.changeClients === null)
    acts.push(
      { id: 'rename', label: 'clients.updateName', named: 'palette.actionRename', icon: 'edit', act: (organizationId) => clientAct.open({ kind: 'rename', organizationId }) },
      { id: 'seats', label: 'clients.manageSubscription', named: 'palette.actionSeats', icon: 'card', act: (organizationId) => clientAct.open({ kind: 'seats', organizationId }) },
    );
  if (!sync.offline && hindrances.unlinkClients === null)
    acts.push({ id: 'unlink', label: 'clients.unlink', named: 'palette.actionUnlink', icon: 'circleSlash', act: (organizationId) => clientAct.open({ kind: 'unlink', organizationId }) });
  return acts;
}

async function setPinned({ host, toasts, words }: App, { id, name }: { id: string; name: string }, pinned: boolean): Promise<void> {
  await host.setPinned(id, pinned);
  toasts.done(words.t(pinned ? 'palette.pinned' : 'palette.unpinned', { client: name }));
}

/** The same where no client is at hand: it is chosen next. */
function offerChoosing(app: App, provider: ProviderRef, offer: Offer): void {
  const { host, sync, words } = app;
  const { t } = words;
  type Named = 'palette.actionSyncClient' | ReturnType<typeof clientActs>[number]['named'];
  const choosing = (id: string, label: MessageKey, withName: Named, icon: PaletteAction['icon'], act: NonNullable<PaletteAction['pick']>) =>
    offer(id, t('palette.actionChoosing', { action: t(label) }), icon, () => {}, { pick: act, named: (client) => t(withName, { client }) });
  for (const { id, label, named, icon, act } of clientActs(app, provider)) choosing(id, label, named, icon, act);
  if (!sync.running && !sync.offline) choosing('sync-client', 'clients.syncThis', 'palette.actionSyncClient', 'sync', (organizationId) => void sync.start(organizationId));
  offer('pin-or-not', t('palette.actionChoosing', { action: t('palette.actionPinOrNot') }), 'pin', () => {}, {
    named: (client, pinned) => t(pinned ? 'palette.actionUnpin' : 'palette.actionPin', { client }),
    pinned: async (organizationId) => (await host.clientHead(organizationId)).pinned,
    pick: async (organizationId) => {
      const { name, pinned } = await host.clientHead(organizationId);
      await setPinned(app, { id: organizationId, name }, !pinned);
    },
  });
}

/** The pages of the portal and what begins in it. */
function offerPortal(app: App, provider: ProviderRef, offer: Offer): void {
  const { browsing, clientAct, location, portal, session, sync, words } = app;
  const { t } = words;
  const { id: providerId, hindrances } = provider;
  offer('clients', t('palette.actionClients'), 'building', () => location.go({ page: 'clients', product: 'providerPortal' }));
  if (!sync.offline && hindrances.createClients === null)
    offer('new-client', t('palette.actionNewClient'), 'plus', () => clientAct.open({ kind: 'create', providerId }));
  if (!sync.offline && hindrances.addClients === null)
    offer('add-client', t('palette.actionAddClient'), 'plus', () => clientAct.open({ kind: 'add', providerId }));
  if (provider.billable)
    offer('no-seats', t('palette.actionNoSeats'), 'filter', () => location.go({ page: 'clients', product: 'providerPortal', filter: 'noSeatsLeft' }));
  offer('export-clients', t('palette.actionExportClients'), 'download', () => location.go({ page: 'clients', product: 'providerPortal' }));
  offer('stale', t('palette.actionStale'), 'clock', () => location.go({ page: 'clients', product: 'providerPortal', filter: 'stale' }));
  offer('structure', t('palette.actionStructure'), 'structure', () => location.go({ page: 'structure', product: 'providerPortal' }));
  offer('tree', t('palette.actionTree'), 'structure', () => location.go({ page: 'structure', product: 'providerPortal', view: 'tree' }));
  if (hindrances.manageMembers === null) {
    offer('members', t('palette.actionMembers'), 'people', () => location.go({ page: 'members', product: 'providerPortal' }));
    offer('waiting', t('palette.actionWaiting'), 'people', () => location.go({ page: 'members', product: 'providerPortal', filter: 'needsConfirmation' }));
    if (!sync.offline) offer('invite', t('palette.actionInvite'), 'plus', () => location.go({ page: 'members', product: 'providerPortal', inviting: true }));
    offer('resend', t('palette.actionResend'), 'mail', () => location.go({ page: 'members', product: 'providerPortal', filter: 'invited' }));
  }
  if (hindrances.readEvents === null)
    offer('events', t('palette.actionEvents'), 'list', () => location.go({ page: 'events', product: 'providerPortal' }));
  if (hindrances.readEvents === null) offer('export-events', t('palette.actionExportEvents'), 'download', () => location.go({ page: 'events', product: 'providerPortal' }));
  if (hindrances.readInvoices === null) {
    offer('billing', t('palette.actionBilling'), 'card', () => location.go({ page: 'billing', product: 'providerPortal' }));
    offer('invoices', t('palette.actionInvoices'), 'note', () => location.go({ page: 'billing', product: 'providerPortal', tab: 'history' }));
    if (!sync.offline && session.account.kind !== 'demo')
      offer('payment', t('palette.actionPayment'), 'external', () => browsing.openOfProvider(providerId, 'paymentDetails'));
  }
  if (session.account.kind === 'demo')
    offer('outbox', t('palette.actionOutbox'), 'mail', () => location.go({ page: 'outbox', product: 'providerPortal' }));
  if (hindrances.changeSettings === null)
    offer('provider', t('palette.actionProvider'), 'bank', () => location.go({ page: 'provider', product: 'providerPortal' }));
  if (!sync.offline && hindrances.changeSettings === null)
    offer('delete-provider', t('provider.delete'), 'trash', () => location.go({ page: 'provider', product: 'providerPortal', deleting: true }));
  for (const other of portal.providers)
    if (other.id !== providerId)
      offer(`portal-${other.id}`, t('palette.actionPortal', { provider: other.name }), 'bank', () => portal.choose(other.id));
}
