import type { ProviderRef } from '$/ipc/bindings/ProviderRef';
import type { App } from '$/state/app';
import { hindranceText } from '$/state/hindrance';

import type { MenuRow } from './menu';

/** What a person of the provider does with one of its clients, as rows of a menu behind others. */
export function clientActRows({ clientAct, sync, words }: App, provider: ProviderRef, organizationId: string): MenuRow[] {
  const { t } = words;
  const { hindrances, billable, admin, kind } = provider;
  const offline = sync.offline ? t('clients.needsServer') : undefined;
  const rows: MenuRow[] = ['rule'];
  // Of a provider that does not bill, every client has its own page for that.
  if (billable) {
    const reason = hindranceText(hindrances.changeClients, words) ?? offline;
    rows.push(
      { label: t('clients.updateName'), icon: 'edit', reason, choose: () => clientAct.open({ kind: 'rename', organizationId }), testid: 'client-rename' },
      { label: t('clients.manageSubscription'), icon: 'card', reason, choose: () => clientAct.open({ kind: 'seats', organizationId }), testid: 'client-seats-row' },
    );
  }
  rows.push({
    label: t('clients.editTags'),
    icon: 'tag',
    choose: () => clientAct.open({ kind: 'tags', target: { kind: 'client', organizationId } }),
    testid: 'client-tags',
  });
  if (admin && kind !== 'reseller')
    rows.push('rule', {
      label: t('clients.unlink'),
      icon: 'circleSlash',
      danger: true,
      reason: hindranceText(hindrances.unlinkClients, words) ?? offline,
      choose: () => clientAct.open({ kind: 'unlink', organizationId }),
      testid: 'client-unlink',
    });
  return rows;
}
