import type { Host } from '$/ipc/host';

import { foldedWords, type PaletteAction } from './rows';

/** Clients offered for one action. */
const few = 5;

/**
 * The actions that a text names together with a client: some of its words are the action's, and the others the client's
 * ("subscription dunmore").
 */
export async function actionsWithClient(host: Host, providerId: string, choosing: PaletteAction[], text: string): Promise<PaletteAction[]> {
  const words = foldedWords(text);
  // Most actions leave the same words over: those are looked for once.
  const byRest = new Map<string, PaletteAction[]>();
  for (const action of choosing) {
    const known = foldedWords(`${action.label} ${action.also ?? ''}`).join(' ');
    const rest = words.filter((word) => !known.includes(word));
    if (rest.length === 0 || rest.length === words.length) continue;
    const key = rest.join(' ');
    byRest.set(key, [...(byRest.get(key) ?? []), action]);
  }
  const found = [...byRest].map(async ([search, actions]) => {
    const { rows } = await host.clientsPage({ providerId, search, filter: 'all', plan: null, tags: [], sort: 'name', descending: false, offset: 0, limit: few });
    return Promise.all(rows.flatMap(({ organizationId, name }) => actions.map((action) => ofClient(action, organizationId, name))));
  });
  return (await Promise.all(found)).flat();
}

async function ofClient({ pick, pinned, named, ...action }: PaletteAction, organizationId: string, name: string): Promise<PaletteAction> {
  const isPinned = (await pinned?.(organizationId)) ?? false;
  return {
    ...action,
    id: `${action.id}-${organizationId}`,
    label: named?.(name, isPinned) ?? action.label,
    also: `${action.label} ${action.also ?? ''} ${name}`,
    run: () => pick?.(organizationId),
  };
}
