import { describe, expect, it, vi } from 'vitest';
import type { ClientsPage } from '$/ipc/bindings/ClientsPage';
import type { ClientsQuery } from '$/ipc/bindings/ClientsQuery';
import { ClientsController, isNarrowed, questionOf } from './clients-controller.svelte';

const empty: ClientsPage = {
  total: 0,
  rows: [],
  counts: { all: 0, noSeatsLeft: 0, stale: 0 },
  totals: { assigned: 0, bought: null, used: 0, remaining: 0, atZero: 0, members: 0, oldestReadAt: null, oldestName: null },
  plans: [],
  tags: [],
  tagsLost: false,
  listLost: false,
};
const clients = { page: 'clients', product: 'providerPortal' } as const;

describe('the clients controller', () => {
  it('asks for what the place says, by name from the top where it says nothing', () => {
    expect(questionOf(clients, 'p1')).toEqual({ providerId: 'p1', search: '', filter: 'all', plan: null, tags: [], sort: 'name', descending: false });
    expect(questionOf({ ...clients, search: 'ald', filter: 'stale', plan: 'Teams', tags: ['mine'], sort: 'used', descending: true }, 'p1')).toEqual(
      { providerId: 'p1', search: 'ald', filter: 'stale', plan: 'Teams', tags: ['mine'], sort: 'used', descending: true },
    );
  });

  it('asks once per question, and again when a new picture has come', async () => {
    const clientsPage = vi.fn<(query: ClientsQuery) => Promise<ClientsPage>>(() => Promise.resolve(empty));
    const controller = new ClientsController({ clientsPage });
    controller.follow(clients, 'p1', 1);
    controller.follow(clients, 'p1', 1);
    expect(clientsPage).toHaveBeenCalledTimes(1);
    expect(clientsPage.mock.calls[0]?.[0]).toMatchObject({ offset: 0, search: '' });
    controller.follow(clients, 'p1', 2);
    expect(clientsPage).toHaveBeenCalledTimes(2);
    controller.follow({ ...clients, filter: 'noSeatsLeft' }, 'p1', 2);
    expect(clientsPage).toHaveBeenCalledTimes(3);
    expect(clientsPage.mock.calls[2]?.[0]).toMatchObject({ filter: 'noSeatsLeft' });
    controller.follow({ ...clients, filter: 'noSeatsLeft' }, 'p2', 2);
    expect(clientsPage.mock.calls[3]?.[0]).toMatchObject({ providerId: 'p2' });
  });

  it('knows when clients are left out', () => {
    expect(isNarrowed(clients)).toBe(false);
    expect(isNarrowed({ ...clients, sort: 'used' })).toBe(false);
    expect(isNarrowed({ ...clients, search: 'x' })).toBe(true);
    expect(isNarrowed({ ...clients, filter: 'stale' })).toBe(true);
    expect(isNarrowed({ ...clients, plan: 'Teams' })).toBe(true);
    expect(isNarrowed({ ...clients, tags: ['mine'] })).toBe(true);
  });
});
