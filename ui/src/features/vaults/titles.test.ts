import { expect, test } from 'vitest';

import { Words } from '$/state/words.svelte';
import { searchLabel } from './titles';
import type { VaultsPlace } from './vaults-controller.svelte';

test.each([
  ['favorites', 'Search favorites', 'Rechercher dans les favoris'],
  ['noFolder', 'Search items without a folder', 'Rechercher sans dossier'],
  ['archive', 'Search archive', 'Rechercher dans l’archive'],
  ['trash', 'Search trash', 'Rechercher dans la corbeille'],
] as const)('the search names the section in words of its own (%s)', (kind, en, fr) => {
  const place = { page: 'vaults', section: { kind } } as VaultsPlace;
  expect(searchLabel(place, undefined, new Words('en'))).toBe(en);
  expect(searchLabel(place, undefined, new Words('fr'))).toBe(fr);
});

test('a name that somebody chose, and a type, stand in quotation marks in French', () => {
  const place = { page: 'vaults', section: { kind: 'type', typeNumber: 3 } } as VaultsPlace;
  expect(searchLabel(place, undefined, new Words('en'))).toBe('Search Card');
  expect(searchLabel(place, undefined, new Words('fr'))).toBe('Rechercher dans « Carte de paiement »');
});
