import { expect, test } from 'vitest';

import { Words } from '$/state/words.svelte';

import { countries } from './countries';
import { taxIdKindName, taxIdKinds } from './tax-ids';

test('a country names its kinds of tax ID, the usual one first', () => {
  expect(taxIdKinds('FR')).toEqual(['eu_vat']);
  expect(taxIdKinds('DE')).toEqual(['eu_vat', 'de_stn']);
  expect(taxIdKinds('US')).toEqual(['us_ein']);
  expect(taxIdKinds('AQ')).toEqual([]);
  expect(taxIdKinds('')).toEqual([]);
});

test('a kind is called as people call it in their language, and by its official letters where there is one name', () => {
  const called = (language: 'en' | 'fr', all: string[]) => all.map((kind) => taxIdKindName(kind, new Words(language)));
  const kinds = ['eu_vat', 'gb_vat', 'us_ein', 'ca_gst_hst', 'ca_pst_bc', 'cn_tin', 'ch_uid', 'li_uid', 'sg_gst'];
  expect(called('en', kinds)).toEqual(['EU VAT', 'GB VAT', 'US EIN', 'CA GST/HST', 'CA PST BC', 'CN TIN', 'CH UID', 'LI UID', 'SG GST']);
  expect(called('fr', kinds)).toEqual(['TVA UE', 'TVA GB', 'US EIN', 'TPS/TVH CA', 'TVP CA BC', 'NIF CN', 'IDE CH', 'LI UID', 'SG GST']);
});

test('every kind belongs to a country that can be chosen, and fits what servers take', () => {
  const all = countries('en').flatMap(({ code }) => taxIdKinds(code));
  // The Union's is that of 27 countries and Monaco.
  expect(all.filter((kind) => kind === 'eu_vat')).toHaveLength(28);
  expect(new Set(all).size).toBe(all.length - 27);
  expect(all.every((kind) => kind.length <= 30)).toBe(true);
});
