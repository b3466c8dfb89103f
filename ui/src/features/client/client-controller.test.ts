import { describe, expect, it, vi } from 'vitest';
import type { Host } from '$/ipc/host';
import { ClientController, membersQuestion, type ClientPlace } from './client-controller.svelte';

const place: ClientPlace = { page: 'client', product: 'providerPortal', organizationId: 'o1' };

/** A host that answers every question with nothing and counts the questions. */
function quietHost() {
  const never = () => new Promise<never>(() => {});
  const none = () => Promise.resolve({ total: 0, rows: [] });
  const host = {
    clientHead: vi.fn(never),
    membersPage: vi.fn(none),
    groupsPage: vi.fn(none),
    collectionsPage: vi.fn(none),
    memberDetail: vi.fn(never),
    groupDetail: vi.fn(never),
    collectionDetail: vi.fn(never),
    policies: vi.fn(never),
    openCollections: vi.fn(() => Promise.resolve({ logged: true })),
  };
  return { host, controller: new ClientController(host as unknown as Host) };
}

describe('the controller of a client', () => {
  it('reads what the tab shows and nothing else', () => {
    const { host, controller } = quietHost();
    controller.follow(place, 1);
    expect(host.clientHead).toHaveBeenCalledExactlyOnceWith('o1');
    expect(host.membersPage).not.toHaveBeenCalled();
    controller.follow({ ...place, tab: 'members', open: 'm1' }, 1);
    expect(host.clientHead).toHaveBeenCalledTimes(1);
    expect(host.membersPage).toHaveBeenCalledTimes(1);
    expect(host.memberDetail).toHaveBeenCalledExactlyOnceWith('o1', 'm1');
  });

  it('reads what is in view again when a new picture has come', () => {
    const { host, controller } = quietHost();
    controller.follow({ ...place, tab: 'groups', open: 'g1' }, 1);
    controller.follow({ ...place, tab: 'groups', open: 'g1' }, 2);
    expect(host.clientHead).toHaveBeenCalledTimes(2);
    expect(host.groupsPage).toHaveBeenCalledTimes(2);
    expect(host.groupDetail).toHaveBeenCalledTimes(2);
    expect(host.membersPage).not.toHaveBeenCalled();
  });

  it('opens the collections on the server once while the page is open, whatever is synced meanwhile', async () => {
    const { host, controller } = quietHost();
    controller.follow({ ...place, tab: 'collections' }, 1);
    await controller.openCollections('o1');
    controller.follow({ ...place, tab: 'collections' }, 2);
    await controller.openCollections('o1');
    expect(host.openCollections).toHaveBeenCalledTimes(1);
    await controller.openCollections('o2');
    expect(host.openCollections).toHaveBeenCalledTimes(2);
  });

  it('asks for members by name, of every state, unless the place says otherwise', () => {
    expect(membersQuestion(place)).toEqual({
      organizationId: 'o1',
      filter: 'all',
      search: '',
      sort: 'email',
      descending: false,
    });
  });
});
