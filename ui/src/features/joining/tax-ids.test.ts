import { expect, test } from 'vitest';

import { countries } from './countries';
import { taxIdKindName, taxIdKinds } from './tax-ids';

test('a country names its kinds of tax ID, the usual one first', () => {
  expect(taxIdKinds('FR')).toEqual(['eu_vat']);
  expect(taxIdKinds('DE')).toEqual(['eu_vat', 'de_stn']);
  expect(taxIdKinds('US')).toEqual(['us_ein']);
  expect(taxIdKinds('AQ')).toEqual([]);
  expect(taxIdKinds('')).toEqual([]);
  expect(taxIdKindName('ca_gst_hst')).toBe('CA GST HST');
});

test('every kind belongs to a country that can be chosen, and fits what servers take', () => {
  const all = countries('en').flatMap(({ code }) => taxIdKinds(code));
  // The Union's is that of 27 countries and Monaco.
  expect(all.filter((kind) => kind === 'eu_vat')).toHaveLength(28);
  expect(new Set(all).size).toBe(all.length - 27);
  expect(all.every((kind) => kind.length <= 30)).toBe(true);
});
