// One kind of tooltip: the page's own, for the pointer and for the keyboard.
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';

import Tips from '$/components/Tips.svelte';

import { findAll, openApp } from './stage';

const sources = import.meta.glob<string>('../**/*.svelte', { query: '?raw', import: 'default', eager: true });

test('no element has a tooltip of the system’s', () => {
  const markup = Object.entries(sources).map(([path, text]) => [path, text.replace(/<(script|style)\b.*?<\/\1>/gs, '')] as const);
  expect(markup.length).toBeGreaterThan(100);
  // `=>` in an attribute is no end of a tag.
  const titled = /<[a-z][a-z0-9]*\b(?:=>|[^>])*?\s(?:title=|\{title\})/;
  expect(titled.test('<b onclick={() => go()} title="x">')).toBe(true);
  expect(markup.filter(([, text]) => titled.test(text)).map(([path]) => path)).toEqual([]);
});

const tip = () => screen.getByRole('tooltip', { hidden: true });
const isShown = () => waitFor(() => expect(tip().classList).toContain('shown'));
const isGone = () => waitFor(() => expect(screen.queryByRole('tooltip', { hidden: true })).toBeNull());

test('what the pointer rests on says more in a tooltip, until it leaves', async () => {
  const { user } = openApp({ clients: 12 });
  const row = (await findAll('client-row'))[0]!;
  const name = row.querySelector('[data-tip]')!;
  // A day, of which the tooltip says the time.
  const created = [...row.querySelectorAll('[data-tip]')].find((one) => /:\d\d/.test(one.getAttribute('data-tip')!))!;
  await user.hover(created);
  await isShown();
  expect(tip().textContent).toBe(created.getAttribute('data-tip'));
  expect(created.getAttribute('aria-describedby')).toBe(tip().id);
  await user.unhover(created);
  await isGone();
  expect(created.hasAttribute('aria-describedby')).toBe(false);
  // What stands there whole is not said twice, also where something else stands beside it.
  for (const whole of [name, screen.getByTestId('page-title')]) {
    await user.hover(whole);
    await new Promise((rest) => setTimeout(rest, 450));
    await isGone();
  }
});

test('the keyboard is told the same, and Escape takes it away', async () => {
  document.body.innerHTML = '<button>One</button><button data-tip="More of it">Two</button><button><span data-tip="The whole name">The w…</span></button>';
  render(Tips);
  const user = userEvent.setup();
  await user.tab();
  await isGone();
  await user.tab();
  await isShown();
  expect(tip().textContent).toBe('More of it');
  await user.keyboard('{Escape}');
  await isGone();
  await user.tab();
  await isShown();
  expect(tip().textContent).toBe('The whole name');
});
