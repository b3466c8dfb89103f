import type { Products } from '../bindings/Products';
import type { FakeEstate } from './estate';
import { inOrder } from './order';

/** Where the tiles of the switcher lead. */
export function products(estate: FakeEstate, organizationId: string | undefined, providerId: string | undefined): Products {
  const withoutProvider = estate.providers.length === 0;
  const clients = [...estate.clients].sort((a, b) => inOrder(a.name, b.name));
  const console = clients.find(({ id }) => id === organizationId) ?? clients[0];
  const tile = { targetId: null, targetName: null, why: null };
  const tiles: Products['tiles'] = [{ ...tile, product: 'passwordManager' }];
  if (console)
    tiles.push({
      ...tile,
      product: 'adminConsole',
      targetId: console.id,
      targetName: console.name,
      why: console.id === organizationId ? 'current' : 'firstByName',
    });
  const chosen = estate.providers.find(({ id }) => id === providerId);
  const portal = chosen ?? estate.providers[0];
  if (portal) {
    const why = estate.providers.length === 1 ? 'only' : chosen ? 'current' : 'firstOfSeveral';
    tiles.push({ ...tile, product: 'providerPortal', targetId: portal.id, targetName: portal.name, why });
  }
  return {
    tiles,
    more: withoutProvider ? ['secretsManager', 'organizations'] : ['secretsManager'],
    administered: clients.length,
    consoleEvents: console !== undefined,
    becomeProvider: withoutProvider,
  };
}

/** The organizations among which the Admin Console can be turned. */
export function administered(estate: FakeEstate, text: string) {
  const wanted = text.trim().toLowerCase();
  const fitting = estate.clients.filter(({ name }) => name.toLowerCase().includes(wanted)).sort((a, b) => inOrder(a.name, b.name));
  return fitting.slice(0, 60).map(({ id, name }) => ({ id, name }));
}
