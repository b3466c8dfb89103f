import type { MessageKey } from '$/messages/catalogue';
import type { Words } from './words.svelte';

/** Plans by the name that a server gives them, which is English (ui.md (b), Clients page). */
const known: Record<string, MessageKey> = {
  Free: 'switcher.planFree',
  Families: 'switcher.planFamilies',
  Teams: 'clientActions.teamsMonthly',
  Enterprise: 'clientActions.enterpriseMonthly',
  'Enterprise (Annually)': 'clientActions.enterpriseAnnually',
};

/** A plan in the person's language; one that is not known keeps the server's name. */
export function planName(plan: string, { t }: Words): string {
  const key = known[plan];
  return key ? t(key) : plan;
}
