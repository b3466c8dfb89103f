import type { IconName } from './icons';
import type { Product } from '$/ipc/bindings/Product';
import type { Words } from '$/state/words.svelte';

/** The official name of a product; the portal of a business unit has its own. */
export function productName(product: Product, businessUnit: boolean, t: Words['t']): string {
  if (product === 'providerPortal' && businessUnit) return t('switcher.businessUnitPortal');
  return t(`switcher.${product}`);
}

export const productIcon: Record<Product, IconName> = {
  passwordManager: 'vault',
  secretsManager: 'terminal',
  adminConsole: 'building',
  providerPortal: 'bank',
};
