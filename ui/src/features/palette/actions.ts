import type { App } from '$/state/app';
import type { ProductsWatch } from '$/state/products.svelte';

import type { PaletteAction } from './rows';

/** Actions of the moment: only what can be done now. */
export function paletteActions(
  { host, location, preferences, sync, words }: App,
  products: ProductsWatch,
  client: { id: string; name: string } | null,
): PaletteAction[] {
  const { t } = words;
  const actions: PaletteAction[] = [];
  const offer = (id: string, label: string, icon: PaletteAction['icon'], run: () => void) =>
    actions.push({ id, label, icon, run });

  if (client && !sync.running)
    offer('sync-client', t('palette.actionSyncClient', { client: client.name }), 'sync', () => void sync.start(client.id));
  if (products.tile('providerPortal'))
    offer('clients', t('palette.actionClients'), 'building', () => location.go({ page: 'clients', product: 'providerPortal' }));
  offer('vaults', t('palette.actionVaults'), 'vault', () => location.go({ page: 'vaults', product: 'passwordManager' }));
  offer('settings', t('palette.actionSettings'), 'settings', () =>
    location.go({ page: 'settings', product: location.place.product }),
  );
  if (sync.running) offer('cancel', t('palette.actionCancelSync'), 'close', () => void sync.cancel());
  else offer('sync', t('palette.actionSync'), 'sync', () => void sync.start());
  if (preferences.theme === 'dark')
    offer('light', t('palette.actionLight'), 'sun', () => void preferences.change({ theme: 'light' }));
  else offer('dark', t('palette.actionDark'), 'moon', () => void preferences.change({ theme: 'dark' }));
  if (words.language === 'fr')
    offer('english', t('palette.actionEnglish'), 'globe', () => void preferences.change({ language: 'en' }));
  else offer('french', t('palette.actionFrench'), 'globe', () => void preferences.change({ language: 'fr' }));
  offer('lock', t('palette.actionLock'), 'lock', () => void host.lock().catch(() => {}));
  return actions;
}
