// The portal of a Business Unit provider: the same portal with words changed (ui.md (b)).
import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectAccessible, find, findAll, openApp } from './stage';

// jsdom lays nothing out: the map needs room to be drawn in.
beforeAll(() => {
  for (const [name, size] of [['clientWidth', 1000], ['clientHeight', 700]] as const)
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
});

const businessUnit = { kind: 'businessUnit' } as const;

/** Everything that is shown or read aloud, once the page is there. */
function said(): string {
  const attributes = [...document.body.querySelectorAll('*')].flatMap((element) =>
    ['aria-label', 'data-tip', 'placeholder', 'alt'].map((name) => element.getAttribute(name) ?? ''),
  );
  return [document.body.textContent, ...attributes].join('\n');
}

function expectNoClients() {
  // "Organisations clientes" too, in French.
  expect(said().match(/[^.\n]*\bclient(e?s)?\b[^.\n]*/giu) ?? []).toEqual([]);
}

describe.each(['en', 'fr'] as const)('in %s', (language) => {
  const open = (options = {}) => openApp({ clients: 6, provider: businessUnit, settings: { language }, ...options });

  test('no page of the portal speaks of clients', async () => {
    const { user } = open();
    await findAll('client-row');
    expectNoClients();
    for (const page of ['structure', 'members', 'events', 'billing', 'settings']) {
      await user.click(screen.getByTestId(`nav-${page}`));
      await findAll({ structure: 'structure-map', members: 'team-row', events: 'event-row', billing: 'seat-use', settings: 'provider-name' }[page]!);
      await waitFor(expectNoClients);
    }
    await user.click(screen.getByTestId('nav-structure'));
    await user.click((await findAll('structure-tile'))[0]!);
    await find('client-graph');
    await waitFor(expectNoClients);
    await expectAccessible();
  });

  test('no list that is empty does, nor its ways out', async () => {
    const { user } = open({ clients: 0 });
    const empty = await find('clients-empty');
    expect(within(empty).getByText({ en: 'There are no business units to list', fr: 'Il n’y a aucune unité commerciale à afficher' }[language])).toBeTruthy();
    expect(within(empty).getByRole('button', { name: { en: 'New business unit', fr: 'Nouvelle unité commerciale' }[language] })).toBeTruthy();
    expectNoClients();
    await user.click(within(empty).getByRole('button', { name: { en: 'New business unit', fr: 'Nouvelle unité commerciale' }[language] }));
    await find('new-client-intro');
    await waitFor(expectNoClients);
    await expectAccessible();
  });

  test('nor do the filters, the tree and the palette', async () => {
    const { user } = open();
    await findAll('client-row');
    await user.type(screen.getByTestId('clients-search'), 'nothing at all');
    await find('clients-empty');
    expectNoClients();
    await user.clear(screen.getByTestId('clients-search'));
    await findAll('client-row');
    await user.click(screen.getByTestId('nav-structure'));
    await user.click(await find('structure-view-tree'));
    await find('structure-tree');
    await waitFor(expectNoClients);
    await user.keyboard('{Control>}k{/Control}');
    await find('palette');
    await waitFor(expectNoClients);
  });
});

test('a provider of another kind has clients', async () => {
  openApp();
  await findAll('client-row');
  expect(said()).toMatch(/\bclients\b/i);
  expect(said()).not.toMatch(/business unit/i);
});
