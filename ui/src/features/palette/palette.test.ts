import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { SearchHit } from '$/ipc/bindings/SearchHit';
import type { SearchQuery } from '$/ipc/bindings/SearchQuery';
import type { SearchResults } from '$/ipc/bindings/SearchResults';
import { HostError, type Host } from '$/ipc/host';
import { Words } from '$/state/words.svelte';

import { PaletteSearch } from './palette.svelte';
import { placeOfHit, type PaletteAction } from './rows';

const hit = (kind: SearchHit['kind'], name: string, part: Partial<SearchHit> = {}): SearchHit => ({
  kind,
  id: `${kind}-${name}`,
  organizationId: 'o1',
  providerId: null,
  name,
  detail: null,
  tag: null,
  client: 'Sinclair Notaires',
  matched: [0, 2],
  ...part,
});

const group = (kind: SearchHit['kind'], ...hits: SearchHit[]) => ({ kind, total: hits.length, inClients: 2, hits });

let asked: { query: SearchQuery; answer: (results: SearchResults) => void; fail: (error: unknown) => void }[];
let search: PaletteSearch;
let ran: string[];
let provider: string | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  ran = [];
  provider = 'p1';
  const host = {
    searchEverything: (query: SearchQuery) =>
      new Promise<SearchResults>((answer, fail) => asked.push({ query: { ...query }, answer, fail })),
  } as unknown as Host;
  const action = (id: string, label: string): PaletteAction => ({ id, label, icon: 'lock', run: () => void ran.push(id) });
  search = new PaletteSearch(host, new Words('en'), () => [action('lock', 'Lock'), action('cafe', 'Open Café')], () => provider);
});
afterEach(() => void vi.useRealTimers());

async function type(text: string) {
  search.type(text);
  await vi.advanceTimersByTimeAsync(60);
}

describe('palette', () => {
  test('shows all actions before anything is typed and asks nothing', () => {
    search.reset();
    expect(search.rows.map((row) => row.id)).toEqual(['action-lock', 'action-cafe']);
    expect(asked).toHaveLength(0);
  });

  test.each([
    { of: 'p1', clients: 3, titles: ['Clients', 'People'], note: '2 in 2 clients' },
    { of: 'p1', clients: 0, titles: ['Organizations', 'People'], note: '2 in 2 organizations' },
    { of: undefined, clients: 0, titles: ['Organizations', 'People'], note: '2 in 2 organizations' },
  ])('speaks of clients where the person has some: provider $of, $clients clients', async ({ of, clients, titles, note }) => {
    provider = of;
    await type('al');
    expect(search.hasClients).toBe(of !== undefined);
    asked[0]!.answer({ clients, own: 2, tags: [], groups: [group('client', hit('client', 'Alder')), group('person', hit('person', 'Al'), hit('person', 'Ala'))] });
    await vi.advanceTimersByTimeAsync(0);
    expect(search.hasClients).toBe(clients > 0);
    expect(search.sections.slice(0, 2).map(({ title }) => title)).toEqual(titles);
    expect(search.sections[1]?.note).toBe(note);
  });

  test('one question for a word typed in one go', async () => {
    search.type('r');
    search.type('ro');
    await type('rou');
    expect(asked.map(({ query }) => query.text)).toEqual(['rou']);
  });

  test('an answer that a later question overtook is dropped', async () => {
    await type('ro');
    await type('rou');
    asked[1]!.answer({ clients: 3, own: 0, tags: [], groups: [group('person', hit('person', 'new'))] });
    asked[0]!.answer({ clients: 3, own: 0, tags: [], groups: [group('person', hit('person', 'old'))] });
    await vi.advanceTimersByTimeAsync(1);
    expect(search.rows.map((row) => row.id)).toEqual(['person-person-new']);
  });

  test('sections stand in a fixed order, groups keep their share beside collections', async () => {
    await type('r');
    const many = Array.from({ length: 5 }, (_, index) => hit('collection', `c${index}`));
    asked[0]!.answer({
      clients: 3,
      own: 0,
      tags: [],
      groups: [group('item', hit('item', 'i')), group('group', hit('group', 'g')), group('collection', ...many), group('client', hit('client', 'k'))],
    });
    await vi.advanceTimersByTimeAsync(1);
    expect(search.sections.map((section) => section.id)).toEqual(['clients', 'groups', 'items']);
    const kinds = search.sections[1]!.rows.map((row) => row.kind === 'hit' && row.hit.kind);
    expect(kinds).toEqual(['collection', 'collection', 'collection', 'collection', 'group', false]);
  });

  test('a last row leads to the rest of its section, and only of that', async () => {
    const people = Array.from({ length: 15 }, (_, index) => hit('person', `p${index}`));
    const clients = Array.from({ length: 7 }, (_, index) => hit('client', `k${index}`));
    const answer = (at: number) => {
      const few = (hits: SearchHit[]) => ({ ...group(hits[0]!.kind, ...hits.slice(0, asked[at]!.query.limit)), total: hits.length });
      asked[at]!.answer({ clients: 3, own: 0, tags: [], groups: [few(people), few(clients)] });
      return vi.advanceTimersByTimeAsync(1);
    };
    const shown = () => search.sections.map(({ id, rows }) => [id, rows.filter(({ kind }) => kind === 'hit').length, rows.at(-1)?.kind]);
    await type('w');
    await answer(0);
    expect(shown()).toEqual([['clients', 5, 'more'], ['people', 5, 'more']]);
    search.move(-1);
    expect(search.chosen).toMatchObject({ kind: 'more', section: 'people', label: 'Show all 15' });
    void search.showAll('people');
    expect(search.chosen?.kind).toBe('more');
    await answer(1);
    expect(shown()).toEqual([['clients', 5, 'more'], ['people', 15, 'hit']]);
    expect(search.chosen?.id).toBe('person-person-p5');
    // A sync asks again, another text begins anew.
    void search.ask();
    await answer(2);
    expect(shown()[1]).toEqual(['people', 15, 'hit']);
    await type('wi');
    await answer(3);
    expect(asked[3]!.query.limit).toBe(5);
    expect(shown()[1]).toEqual(['people', 5, 'more']);
  });

  test('no more is promised than is shown', async () => {
    await type('w');
    asked[0]!.answer({ clients: 3, own: 0, tags: [], groups: [{ ...group('person', hit('person', 'p')), total: 1234 }] });
    await vi.advanceTimersByTimeAsync(1);
    expect(search.rows.at(-1)).toMatchObject({ label: 'Show 200 of 1,234' });
  });

  test('actions are found without accents and marked where they match', async () => {
    await type('cafe');
    const row = search.rows.find(({ id }) => id === 'action-cafe');
    expect(row).toMatchObject({ matched: [5, 4] });
  });

  test('arrows go round', () => {
    search.reset();
    search.move(-1);
    expect(search.chosen?.id).toBe('action-cafe');
    search.move(1);
    expect(search.chosen?.id).toBe('action-lock');
  });

  test('Tab narrows to the client of the chosen row, and back', async () => {
    await type('rou');
    asked[0]!.answer({ clients: 3, own: 0, tags: [], groups: [group('person', hit('person', 'Rousseau'))] });
    await vi.advanceTimersByTimeAsync(1);
    expect(search.narrow()).toBe(true);
    expect(search.client).toEqual({ id: 'o1', name: 'Sinclair Notaires' });
    await vi.advanceTimersByTimeAsync(60);
    expect(asked[1]!.query).toMatchObject({ text: 'rou', organizationId: 'o1' });
    expect(search.narrow()).toBe(false);
    search.widen();
    await vi.advanceTimersByTimeAsync(60);
    expect(asked[2]!.query.organizationId).toBeNull();
  });

  test('narrowing by a client row empties the text: its name has served', async () => {
    await type('sin');
    asked[0]!.answer({ clients: 3, own: 0, tags: [], groups: [group('client', hit('client', 'Sinclair', { id: 'o9' }))] });
    await vi.advanceTimersByTimeAsync(1);
    search.narrow();
    expect(search.text).toBe('');
    expect(search.client?.id).toBe('o9');
  });

  test('a failure is kept and cleared by the next answer', async () => {
    await type('x');
    asked[0]!.fail(new HostError({ code: 'locked', detail: null }));
    await vi.advanceTimersByTimeAsync(1);
    expect(search.failure?.code).toBe('locked');
    expect(search.nothing).toBe(false);
    await type('xyz');
    asked[1]!.answer({ clients: 3, own: 0, tags: [], groups: [] });
    await vi.advanceTimersByTimeAsync(1);
    expect(search.failure).toBeNull();
    expect(search.nothing).toBe(true);
  });
});

test('hits lead to their places', () => {
  expect(placeOfHit(hit('item', 'i'), 'providerPortal')).toEqual({ page: 'vaults', product: 'passwordManager', open: 'item-i' });
  expect(placeOfHit(hit('client', 'k', { id: 'o5' }), 'adminConsole')).toEqual({ page: 'client', product: 'adminConsole', organizationId: 'o5' });
  expect(placeOfHit(hit('person', 'p'), 'providerPortal')).toMatchObject({ page: 'client', organizationId: 'o1', tab: 'members', open: 'person-p' });
  expect(placeOfHit(hit('teamMember', 'm', { organizationId: null, providerId: 'p1' }), 'providerPortal')).toEqual({ page: 'members', product: 'providerPortal', open: 'teamMember-m' });
  expect(placeOfHit(hit('collection', 'c'), 'providerPortal')).toMatchObject({ tab: 'collections' });
  expect(placeOfHit(hit('group', 'g'), 'providerPortal')).toMatchObject({ tab: 'groups' });
});
