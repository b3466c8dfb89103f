import { describe, expect, it, vi } from 'vitest';
import type { ItemDetail } from '$/ipc/bindings/ItemDetail';
import type { VaultFilters } from '$/ipc/bindings/VaultFilters';
import { inSection, inVault, placeOfQuestion, questionOf, VaultsController, type VaultsPlace } from './vaults-controller.svelte';

const place: VaultsPlace = { page: 'vaults', product: 'passwordManager' };

function quietHost() {
  return {
    vaultFilters: vi.fn(() => new Promise<VaultFilters>(() => {})),
    itemsPage: vi.fn(() => Promise.resolve({ total: 0, rows: [] })),
    itemDetail: vi.fn(() => Promise.resolve({} as ItemDetail)),
    leaveItem: vi.fn(() => Promise.resolve()),
  };
}

describe('the vaults controller', () => {
  it('asks for everything unless the place says otherwise', () => {
    expect(questionOf(place)).toEqual({
      vault: { kind: 'all' },
      section: { kind: 'all' },
      search: '',
      sort: 'name',
      descending: false,
    });
  });

  it('keeps the vault when a section is chosen, and drops section and panel when a vault is', () => {
    const work: VaultsPlace = { ...place, vault: { kind: 'organization', id: 'o1' }, search: 'dns', open: 'i1' };
    expect(inSection(work, { kind: 'favorites' })).toEqual({
      ...place,
      vault: { kind: 'organization', id: 'o1' },
      search: 'dns',
      section: { kind: 'favorites' },
    });
    expect(inVault({ ...work, section: { kind: 'trash' } }, { kind: 'mine' })).toEqual({
      ...place,
      vault: { kind: 'mine' },
      search: 'dns',
    });
    expect(inVault(work, { kind: 'all' })).toEqual({ ...place, search: 'dns' });
  });

  it('keeps the order over vaults and sections, and finds the way back from a question to its place', () => {
    const newest: VaultsPlace = { ...place, sort: 'edited', descending: true };
    expect(inSection(newest, { kind: 'trash' })).toEqual({ ...newest, section: { kind: 'trash' } });
    const work: VaultsPlace = { ...newest, vault: { kind: 'mine' }, section: { kind: 'duplicates' }, search: 'dns' };
    for (const asked of [place, newest, work]) expect(placeOfQuestion(questionOf(asked))).toEqual(asked);
  });

  it('reads the filters once per vault, the items once per question', () => {
    const host = quietHost();
    const controller = new VaultsController(host);
    controller.follow(place, 1);
    controller.follow({ ...place, section: { kind: 'favorites' } }, 1);
    expect(host.vaultFilters).toHaveBeenCalledTimes(1);
    expect(host.itemsPage).toHaveBeenCalledTimes(2);
    controller.follow({ ...place, section: { kind: 'favorites' } }, 2);
    expect(host.vaultFilters).toHaveBeenCalledTimes(2);
    expect(host.itemsPage).toHaveBeenCalledTimes(3);
  });

  it('holds an opened item only while its panel is open', async () => {
    const host = quietHost();
    const controller = new VaultsController(host);
    controller.follow({ ...place, open: 'i1' }, 1);
    await new Promise((resolve) => setTimeout(resolve));
    expect(controller.item.value).toBeDefined();
    controller.follow(place, 1);
    expect(controller.item.value).toBeUndefined();
    // The host forgets what was answered for it as well, and is told once.
    controller.follow(place, 2);
    expect(host.leaveItem).toHaveBeenCalledTimes(1);
    controller.follow({ ...place, open: 'i1' }, 1);
    expect(host.itemDetail).toHaveBeenCalledTimes(2);
  });
});
