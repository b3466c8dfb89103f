import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Words, languageFor } from './words.svelte';

// README of the look, "Numbers and dates": these very examples.
const now = new Date(2026, 10, 20, 11, 10).getTime();
const at = (minutesAgo: number) => new Date(now - minutesAgo * 60_000).toISOString();

beforeEach(() => void vi.useFakeTimers({ now }));
afterEach(() => void vi.useRealTimers());

describe('English', () => {
  const words = () => new Words('en');

  test('numbers, shares and sizes', () => {
    const { format } = words();
    expect(format.number(1496)).toBe('1,496');
    expect(format.percent(948 / 1107)).toBe('86%');
    expect(format.percent(10 / 13)).toBe('77%');
    expect(format.percent(0.0001)).toBe('1%');
    expect(format.percent(0)).toBe('0%');
    expect(format.percent(0.9999)).toBe('99%');
    expect(format.percent(1)).toBe('100%');
    expect(format.bytes(48_300_000)).toBe('48.3 MB');
    expect([format.bytes(1), format.bytes(512)]).toEqual(['1 byte', '512 bytes']);
  });

  test('moments and days', () => {
    const { format } = words();
    expect(format.moment(at(4))).toBe('today, 11:06');
    expect(format.moment(new Date(2026, 10, 19, 18, 20).toISOString())).toBe('yesterday, 18:20');
    expect(format.moment(new Date(2026, 10, 17, 11, 4).toISOString())).toBe('Tue 17 Nov, 11:04');
    expect(format.moment(new Date(2025, 10, 17, 11, 4).toISOString())).toBe('Mon 17 Nov 2025, 11:04');
    expect(format.ofMoment(at(4))).toBe('of today, 11:06');
    expect(format.onMoment(at(4))).toBe('today, 11:06');
    expect(format.onMoment(new Date(2026, 10, 17, 11, 4).toISOString())).toBe('on Tue 17 Nov, 11:04');
    expect(format.day(new Date(2026, 10, 6).toISOString())).toBe('6 Nov');
    expect(format.day(new Date(2024, 10, 6).toISOString())).toBe('6 Nov 2024');
    expect(format.full(at(4))).toMatch(/^Fri 20 Nov 2026, 11:06 /);
  });

  test('ages: minutes, hours, days up to seven, then the date', () => {
    const { format } = words();
    expect(format.age(at(0))).toBe('just now');
    expect(format.age(at(4))).toBe('4 min ago');
    expect(format.age(at(125))).toBe('2 h ago');
    expect(format.age(at(24 * 60))).toBe('1 day ago');
    expect(format.age(at(7 * 24 * 60))).toBe('7 days ago');
    expect(format.age(at(8 * 24 * 60))).toBe('12 Nov');
    expect([4, 8 * 24 * 60, -10].map((past) => format.onAge(at(past)))).toEqual(['4 min ago', 'on 12 Nov', 'on 20 Nov']);
    expect(format.onAge(null)).toBe('–');
    expect(format.age(at(-5))).toBe('just now');
  });

  test('nothing is a dash, nonsense is shown as it came', () => {
    const { format } = words();
    expect(format.age(null)).toBe('–');
    expect(format.moment('soon')).toBe('soon');
  });

  test('a region that says otherwise is followed', () => {
    const { format } = new Words('en', 'en-US');
    expect(format.day(new Date(2026, 10, 6).toISOString())).toBe('Nov 6');
    expect(format.day(new Date(2026, 10, 1).toISOString())).toBe('Nov 1');
    expect(format.time(at(4)).replace(/\s/g, ' ')).toBe('11:06 AM');
  });
});

describe('French', () => {
  test('numbers and dates', () => {
    const { format } = new Words('fr', 'en-US');
    expect(format.number(1496)).toBe('1\u202f496');
    expect(format.percent(0.87)).toBe('87\u00a0%');
    expect(format.moment(new Date(2026, 10, 17, 11, 4).toISOString())).toBe('mar. 17 nov., 11:04');
    expect(format.day(new Date(2026, 10, 1).toISOString())).toBe('1er nov.');
    expect(format.day(new Date(2026, 10, 11).toISOString())).toBe('11 nov.');
    expect(format.moment(new Date(2026, 9, 1, 11, 4).toISOString())).toBe('jeu. 1er oct., 11:04');
    expect(format.age(at(4))).toBe('il y a 4 min');
    expect(format.onAge(at(4))).toBe('il y a 4 min');
    expect(format.onAge(at(8 * 24 * 60))).toBe('le 12 nov.');
    expect(format.ofMoment(at(4))).toBe('d’aujourd’hui, 11:06');
    expect(format.onMoment(at(4))).toBe('aujourd’hui, 11:06');
    expect(format.onMoment(new Date(2026, 10, 17, 11, 4).toISOString())).toBe('le mar. 17 nov., 11:04');
  });

  test('what stands before a value goes by how that begins', () => {
    const { t, around } = new Words('fr');
    const titleOf = (name: string) => t('clientActions.seatsTitle', { name });
    expect(['Alder', 'Électrique du Nord', 'œuvres', 'Dunmore', 'Hollis', '3 Rivières'].map(titleOf)).toEqual([
      'Abonnement d’Alder',
      'Abonnement d’Électrique du Nord',
      'Abonnement d’œuvres',
      'Abonnement de Dunmore',
      'Abonnement de Hollis',
      'Abonnement de 3 Rivières',
    ]);
    expect(t('clientActions.createIntro', { provider: 'Orange' })).toContain('qu’Orange administre');
    expect(t('clientActions.createIntro', { provider: 'Brightwater' })).toContain('que Brightwater administre');
    expect(around('events.e1500', undefined, 'anne@abbott.example')).toEqual(['Invitation d’', ' dans l’organisation']);
    expect(around('events.e1500', undefined, 'bea@abbott.example')).toEqual(['Invitation de ', ' dans l’organisation']);
    expect(around('events.e1500')).toEqual(['Invitation de ', ' dans l’organisation']);
  });

  test('a date or a name that ends with a full stop ends the sentence', () => {
    const { t } = new Words('fr');
    expect(t('billing.unpaidPeriod', { date: '20 nov.' })).toBe('Elle porte sur la période jusqu’au 20 nov.');
    expect(t('billing.unpaidPeriod', { date: '20 mai' })).toBe('Elle porte sur la période jusqu’au 20 mai.');
    expect(new Words('en').t('provider.deleted', { provider: 'A..B Ltd.' })).toBe('A..B Ltd. is deleted.');
    expect(new Words('en').t('clientActions.unlinked', { name: 'North', provider: 'A..B Ltd.' })).toBe('North is no longer managed by A..B Ltd.');
  });

  test('zero and one are both singular', () => {
    const { t } = new Words('fr');
    expect(t('session.haveAccounts', { count: 1 })).toBe('Un compte sur cet ordinateur');
    expect(t('palette.searched', { count: 0 })).toBe('0 client');
    expect(t('palette.searched', { count: 2 })).toBe('2 clients');
  });
});

test('the language changes while running', () => {
  const words = new Words('en');
  expect(words.t('shell.lock')).toBe('Lock');
  words.language = 'fr';
  expect(words.t('shell.lock')).toBe('Verrouiller');
  expect(words.format.number(1496)).toBe('1\u202f496');
});

test('a sentence is split around its emphasised part', () => {
  expect(new Words('en').around('session.demoPassword')).toEqual(['The demo’s master password is ', '.']);
});

test('the language of a system', () => {
  expect(languageFor('fr-CA')).toBe('fr');
  expect(languageFor('de-DE')).toBe('en');
  expect(languageFor(null)).toBe('en');
});
