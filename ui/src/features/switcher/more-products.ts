import type { IconName } from '$/components/icons';
import type { Products } from '$/ipc/bindings/Products';
import type { WebPage } from '$/ipc/bindings/WebPage';
import type { Browsing } from '$/state/browsing.svelte';
import type { Location, Place } from '$/state/location.svelte';
import type { Words } from '$/state/words.svelte';

export interface MoreRow {
  icon: IconName;
  label: string;
  text: string;
  /** Opens in the browser. */
  external: boolean;
  current: boolean;
  testid: string;
  choose: () => void;
}

/** Rows of "More from Bitwarden": what the person does not have yet, and the way to become a provider. */
export function moreProducts(
  products: Products,
  place: Place,
  { browsing, location, t }: { browsing: Browsing; location: Location; t: Words['t'] },
): MoreRow[] {
  const openWeb = (page: WebPage) => () => browsing.open(page);
  const rows = products.more.map(
    (product): MoreRow => ({
      icon: product === 'secretsManager' ? 'terminal' : 'people',
      label: t(`switcher.${product}`),
      text: t(`switcher.${product}Text`),
      external: true,
      current: false,
      testid: `more-${product === 'secretsManager' ? 'secrets' : 'organizations'}`,
      choose: openWeb(product === 'secretsManager' ? 'secretsManager' : 'createOrganization'),
    }),
  );
  if (products.becomeProvider)
    rows.unshift({
      icon: 'bank',
      label: t('switcher.becomeProvider'),
      text: t('switcher.becomeProviderText'),
      external: false,
      current: place.page === 'becomeProvider',
      testid: 'become-provider',
      choose: () => location.go({ page: 'becomeProvider', product: place.product }),
    });
  return rows;
}
