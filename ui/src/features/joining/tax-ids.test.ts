import { expect, test } from 'vitest';

import { Words } from '$/state/words.svelte';

import { countries } from './countries';
import { namedTaxIdKinds, taxIdKindName, taxIdKinds } from './tax-ids';

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
  expect(called('fr', kinds)).toEqual(['TVA UE', 'TVA GB', 'EIN US', 'TPS/TVH CA', 'TVP BC CA', 'NIF CN', 'IDE CH', 'UID LI', 'GST SG']);
});

test('a taxpayer number has one order of words in a language, whatever its letters are on the wire', () => {
  const fr = new Words('fr');
  expect(['al_tin', 'gn_nif', 'cv_nif', 'es_cif', 'no_voec'].map((kind) => taxIdKindName(kind, fr))).toEqual(['NIF AL', 'NIF GN', 'NIF CV', 'CIF ES', 'VOEC NO']);
  const inFrench = countries('fr').flatMap(({ code }) => taxIdKinds(code).map((kind) => [code, taxIdKindName(kind, fr)] as const));
  expect(inFrench.filter(([code, name]) => name.split(' ').slice(0, -1).includes(code))).toEqual([]);
});

test('the list of a country is in the order of the names that are read', () => {
  const listed = (language: 'en' | 'fr', country: string) => namedTaxIdKinds(country, new Words(language)).map(({ label }) => label);
  expect(listed('en', 'CA')).toEqual(['CA BN', 'CA GST/HST', 'CA PST BC', 'CA PST MB', 'CA PST SK', 'CA QST']);
  expect(listed('fr', 'CA')).toEqual(['NE CA', 'TPS/TVH CA', 'TVP BC CA', 'TVP MB CA', 'TVP SK CA', 'TVQ CA']);
  expect(listed('en', 'CH')).toEqual(['CH UID', 'CH VAT']);
  expect(listed('fr', 'DE')).toEqual(['STN DE', 'TVA UE']);
  // What is chosen from the start is still the usual one.
  expect(taxIdKinds('DE')[0]).toBe('eu_vat');
});

test('every kind belongs to a country that can be chosen, and fits what servers take', () => {
  const all = countries('en').flatMap(({ code }) => taxIdKinds(code));
  // The Union's is that of 27 countries and Monaco.
  expect(all.filter((kind) => kind === 'eu_vat')).toHaveLength(28);
  expect(new Set(all).size).toBe(all.length - 27);
  expect(all.every((kind) => kind.length <= 30)).toBe(true);
});
