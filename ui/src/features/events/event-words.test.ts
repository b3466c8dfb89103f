import { describe, expect, it, test } from 'vitest';
import type { LanguageCode } from '$/state/words.svelte';
import { Words } from '$/state/words.svelte';
import { actorName, deviceName, deviceNumbers, eventLabel, eventNumbers, eventSentence, exportWords, isKnown, searchWords } from './event-words';

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Every event number that servers are known to write (protocol.md §4.9, §5.10), family by family. */
const written = [
  ...range(1000, 1011),
  ...range(1100, 1132),
  ...range(1300, 1302),
  ...range(1400, 1402),
  ...range(1500, 1526),
  ...range(1600, 1630),
  1700,
  ...range(1800, 1803),
  ...range(1900, 1903),
  ...range(2000, 2003),
  ...range(2100, 2105),
  ...range(2200, 2203),
  ...range(2300, 2305),
  ...range(2400, 2402),
  ...range(2500, 2511),
];

describe.each<LanguageCode>(['en', 'fr'])('event logs in words (%s)', (language) => {
  const words = new Words(language);

  it('have a sentence for every number of the protocol', () => {
    expect(written.filter((kind) => !isKnown(kind))).toEqual([]);
    const sentences = eventNumbers.map((kind) => eventLabel(kind, words));
    expect(new Set(sentences).size).toBe(sentences.length);
    for (const sentence of sentences) expect(sentence).toMatch(/^[\p{Lu}I]/u);
  });

  it('have a name for every device type of the protocol', () => {
    expect(deviceNumbers).toEqual(range(0, 26));
    expect(new Set(deviceNumbers.map((device) => deviceName(device, words))).size).toBe(27);
  });

  it('stand whole in an export', () => {
    const { kinds, devices } = exportWords(words, false);
    expect(Object.keys(kinds)).toHaveLength(eventNumbers.length);
    expect(Object.keys(devices)).toHaveLength(27);
  });
});

describe('sentences', () => {
  const [en, fr] = [new Words('en'), new Words('fr')];
  const client = { kind: 'client' as const, id: '11111111-2222-4333-8444-5555deadbeef', name: 'Alder' };

  it('go round what they are about', () => {
    expect(eventSentence(1902, client, en)).toEqual(['Unlinked client ', 'Alder', '']);
    expect(eventSentence(1901, client, en)).toEqual(['Added organization ', 'Alder', ' as a client']);
    expect(eventSentence(1902, client, fr)).toEqual(['Client ', 'Alder', ' délié']);
  });

  it('tell a thing without a name by the end of its id, and no thing by nothing', () => {
    expect(eventSentence(1902, { ...client, name: null }, en)[1]).toBe('…\u2060deadbeef');
    expect(eventSentence(1000, null, en)).toEqual(['Logged in', '', '']);
  });

  it('own up to a number that is newer than this version', () => {
    expect(eventSentence(9999, client, en)).toEqual(['Event 9999', '', '']);
    expect(deviceName(99, fr)).toBe('Type d’appareil 99');
  });

  it('name who acted, also when it was nobody that is known', () => {
    expect(actorName({ kind: 'nobody' }, en)).toBe('Not stated');
    expect(actorName({ kind: 'system', number: 1 }, en)).toBe('SCIM');
    expect(actorName({ kind: 'person', id: client.id, name: null, email: null }, en)).toBe('Unknown (…\u2060deadbeef)');
  });
});

test('an export elides as the screen does', () => {
  const { kinds, elided, vowels } = exportWords(new Words('fr'), false);
  expect([kinds[1500], elided[1500]]).toEqual(['Invitation de … dans l’organisation', 'Invitation d’… dans l’organisation']);
  expect(elided[1700]).toBeUndefined();
  const fr = new Words('fr');
  for (const name of ['Élodie', 'œuvres', 'Tom', 'Hollis', 'Yann']) {
    const subject = { kind: 'member' as const, id: null, name };
    const pattern = vowels.includes(name[0]!.toLowerCase()) ? elided[1500] : kinds[1500];
    expect(pattern?.replace('…', name)).toBe(eventSentence(1500, subject, fr).join(''));
  }
  expect(exportWords(new Words('en'), false).elided).toEqual({});
});

describe('a search', () => {
  it('finds sentences and devices in the language of the page, without accents', () => {
    const [word] = searchWords('DELIE', new Words('fr'));
    expect(word?.kinds).toContain(1902);
    expect(word?.kinds).not.toContain(1900);
    expect(searchWords('linux', new Words('en'))[0]?.devices).toEqual([8, 25]);
    expect(searchWords('  ', new Words('en'))).toEqual([]);
    expect(searchWords('unlinked alder', new Words('en')).map(({ text }) => text)).toEqual(['unlinked', 'alder']);
  });
});
