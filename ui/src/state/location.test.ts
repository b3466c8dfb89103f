import { beforeEach, describe, expect, test } from 'vitest';

import { Location, type Place } from './location.svelte';

const clients: Place = { page: 'clients', product: 'providerPortal' };
const client: Place = { page: 'client', product: 'providerPortal', organizationId: 'o1', tab: 'members' };
const vaults: Place = { page: 'vaults', product: 'passwordManager' };

describe('location', () => {
  let location: Location;
  beforeEach(() => {
    location = new Location(clients);
  });

  test('back and forward walk the way that was gone', () => {
    location.go(client);
    location.go(vaults);
    location.back();
    expect(location.place).toEqual(client);
    location.back();
    expect(location.place).toEqual(clients);
    expect(location.canGoBack).toBe(false);
    location.forward();
    location.forward();
    expect(location.place).toEqual(vaults);
    expect(location.canGoForward).toBe(false);
  });

  test('a new way from the middle drops what lay ahead', () => {
    location.go(client);
    location.back();
    location.go(vaults);
    expect(location.canGoForward).toBe(false);
    location.back();
    expect(location.place).toEqual(clients);
  });

  test('going to where one is adds no step, whatever the order of the keys', () => {
    location.go(client);
    location.go({ tab: 'members', organizationId: 'o1', product: 'providerPortal', page: 'client', search: undefined });
    location.back();
    expect(location.place).toEqual(clients);
  });

  test('typing in a search is part of the place and no step of the way', () => {
    location.amend({ search: 'ab' });
    location.amend({ search: 'abb' });
    location.go(client);
    location.back();
    expect(location.place).toEqual({ ...clients, search: 'abb' });
    location.amend({ search: undefined });
    expect(location.place).toEqual(clients);
    expect(location.canGoBack).toBe(false);
  });

  test('what was only begun in a place is not begun again by coming back', () => {
    const members: Place = { page: 'members', product: 'providerPortal' };
    location.go({ ...members, inviting: true });
    expect(location.place).toEqual({ ...members, inviting: true });
    location.go(vaults);
    expect(location.left('providerPortal')).toEqual(members);
    location.back();
    expect(location.place).toEqual(members);
    location.amend({ inviting: true });
    location.back();
    location.forward();
    expect(location.place).toEqual(members);
  });

  test('a place survives being written down', () => {
    const place: Place = { ...vaults, section: { kind: 'folder', id: 'f' }, vault: { kind: 'organization', id: 'o' }, open: 'i' };
    expect(JSON.parse(JSON.stringify(place))).toEqual(place);
  });

  test('the way back is bounded', () => {
    for (let step = 0; step < 300; step += 1) location.go({ ...client, organizationId: `o${step}` });
    let steps = 0;
    while (location.canGoBack) {
      location.back();
      steps += 1;
    }
    expect(steps).toBe(100);
  });

  test('each product is remembered where it was left, its settings are not', () => {
    location.go(client);
    location.go(vaults);
    expect(location.left('providerPortal')).toEqual(client);
    location.amend({ search: 'bank' });
    location.go({ page: 'settings', product: 'passwordManager' });
    location.go(clients);
    expect(location.left('passwordManager')).toEqual({ ...vaults, search: 'bank' });
    location.back();
    expect(location.left('providerPortal')).toEqual(clients);
  });

  test('back leads to the portal of the provider that it was', () => {
    location.go(client);
    location.go(clients, 'p2');
    expect(location.providerId).toBe('p2');
    location.back();
    expect(location.place).toEqual(client);
    expect(location.providerId).toBeUndefined();
    location.forward();
    expect(location.providerId).toBe('p2');
  });

  test('what was left in the portal of one provider is nothing to the other', () => {
    location.go(client);
    location.go(vaults);
    location.go(clients, 'p2');
    expect(location.left('providerPortal')).toBeUndefined();
    expect(location.left('passwordManager')).toEqual(vaults);
  });

  test('what was kept is where one begins, with no way back', () => {
    location.go(client);
    location.restore(clients, 'p2', [vaults, clients]);
    expect(location.canGoBack).toBe(false);
    expect([location.place, location.providerId, location.left('passwordManager')]).toEqual([clients, 'p2', vaults]);
    location.go(vaults);
    expect(location.leftPlaces).toEqual([vaults, clients]);
  });

  test('a start has no way back', () => {
    location.go(client);
    location.start(vaults);
    expect(location.canGoBack).toBe(false);
    expect(location.place).toEqual(vaults);
  });
});
