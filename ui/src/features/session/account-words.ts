import type { AccountSummary } from '$/ipc/bindings/AccountSummary';
import type { Words } from '$/state/words.svelte';

type Named = Pick<AccountSummary, 'kind' | 'email' | 'server'>;

/** An account as people call it: the demo by its name, every other by its address. */
export const accountName = (account: Named, t: Words['t']): string =>
  account.kind === 'demo' ? t('session.demoProvider') : account.email;

/** Where an account is. */
export const accountPlace = (account: Named, t: Words['t']): string =>
  account.kind === 'demo' ? t('session.thisComputer') : account.server;
