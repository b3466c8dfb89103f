import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

type Tokens = Record<string, string>;

/** Tokens of the rule with exactly this selector. */
function tokensOf(selector: string): Tokens {
  const start = css.split('\n').findIndex((line) => line.startsWith(`${selector} {`) || line.includes(`, ${selector} {`));
  if (start < 0) throw new Error(`tokens.css has no rule ${selector}`);
  const block = css.split('\n').slice(start).join('\n');
  const body = block.slice(block.indexOf('{') + 1, block.indexOf('}'));
  return Object.fromEntries([...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!.trim()]));
}

const light = tokensOf(':root');
const dark = { ...light, ...tokensOf('[data-theme="dark"]') };
const themes: Record<string, Tokens> = {
  light,
  dark,
  'light, Password Manager': { ...light, ...tokensOf('[data-product="passwords"]') },
  'dark, Password Manager': {
    ...dark,
    ...tokensOf('[data-product="passwords"]'),
    ...tokensOf('[data-theme="dark"] [data-product="passwords"]'),
  },
};

/** WCAG relative luminance of `#rrggbb`. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(tokens: Tokens, one: string, other: string): number {
  const [ink, ground] = [one, other].map((name) => {
    const value = tokens[name];
    if (!value || !/^#[0-9a-f]{6}$/i.test(value)) throw new Error(`${name} is not a colour: ${value}`);
    return luminance(value);
  });
  return (Math.max(ink!, ground!) + 0.05) / (Math.min(ink!, ground!) + 0.05);
}

const grounds = ['surface', 'sunken', 'raised', 'hover', 'selected'].map((name) => `--color-${name}`);
const onEvery = (ink: string) => grounds.map((ground) => [ink, ground] as const);

/** Text on the grounds it is used on. */
const texts: (readonly [string, string])[] = [
  ...['--color-text', '--color-text-soft', '--color-muted', '--color-accent-text'].flatMap(onEvery),
  ...['--color-danger-text', '--color-warning-text', '--color-success-text', '--color-sensitive'].flatMap((ink) =>
    ['--color-surface', '--color-sunken', '--color-raised'].map((ground) => [ink, ground] as const),
  ),
  ['--color-on-accent', '--color-accent'],
  ['--color-on-accent', '--color-accent-hover'],
  ['--color-on-accent', '--color-accent-pressed'],
  ['--color-on-danger', '--color-danger'],
  ['--color-on-danger', '--color-danger-hover'],
  ['--color-accent-text', '--color-accent-soft'],
  ['--color-text-soft', '--color-accent-soft'],
  ['--color-danger-text', '--color-danger-soft'],
  ['--color-warning-text', '--color-warning-soft'],
  ['--color-success-text', '--color-success-soft'],
  ['--color-sensitive', '--color-sensitive-soft'],
  ['--nav-text', '--nav-bg'],
  ['--nav-text', '--nav-hover'],
  ['--nav-strong', '--nav-active'],
  ['--nav-muted', '--nav-bg'],
  ['--nav-count', '--nav-bg'],
  ['--nav-count', '--nav-active'], // also the small print of the row one is on
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((hue) => [`--av-${hue}t`, `--av-${hue}`] as const),
];

/** Edges of controls, shapes that mean something, and the focus ring. */
const shapes: (readonly [string, string])[] = [
  ['--color-border-control', '--color-surface'],
  ['--color-border-control', '--color-raised'],
  ...['--color-critical', '--color-high', '--color-medium', '--color-low', '--color-focus', '--color-accent'].map(
    (ink) => [ink, '--color-surface'] as const,
  ),
  ['--color-focus', '--color-sunken'],
  ['--color-series', '--color-surface'],
  ['--nav-accent', '--nav-bg'],
  ['--nav-accent', '--nav-active'],
];

describe.each(Object.entries(themes))('%s', (_name, tokens) => {
  test.each(texts)('%s on %s reads at 4.5:1', (ink, ground) => {
    expect(contrast(tokens, ink, ground)).toBeGreaterThanOrEqual(4.5);
  });
  test.each(shapes)('%s on %s shows at 3:1', (ink, ground) => {
    expect(contrast(tokens, ink, ground)).toBeGreaterThanOrEqual(3);
  });
});

test('the computation itself: black on white is 21:1, a grey of known ratio is right', () => {
  const tokens = { '--black': '#000000', '--white': '#ffffff', '--grey': '#767676' };
  expect(contrast(tokens, '--black', '--white')).toBeCloseTo(21, 5);
  expect(contrast(tokens, '--grey', '--white')).toBeCloseTo(4.54, 2);
});
