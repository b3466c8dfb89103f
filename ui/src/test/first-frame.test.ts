import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

import { afterEach, describe, expect, test, vi } from 'vitest';

import * as first from '$/messages/en/first';
import * as all from '$/messages/en';

const sources = import.meta.glob<string>('../**/*.{ts,svelte}', { query: '?raw', import: 'default', eager: true });
const texts = new Map(Object.entries(sources).map(([path, text]) => [posix.join('test', path), text]));

/** The file behind an import of a file of ours; packages, styles and catalogues are none. */
function fileOf(importing: string, target: string): string | undefined {
  if (!/^(\$\/|\.)/.test(target)) return undefined;
  const path = target.startsWith('$/') ? target.slice(2) : posix.join(posix.dirname(importing), target);
  return [path, `${path}.ts`, `${path}/index.ts`].find((file) => texts.has(file) && !file.startsWith('messages/'));
}

/** What the program reads before its first frame: the entry and all that comes with it, not what is imported later. */
function firstFrame(): Set<string> {
  const seen = new Set<string>();
  const waiting = ['main.ts'];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const [, target] of texts.get(file)!.matchAll(/^\s*(?:import|export)\s(?!type\b)[^;]*?'([^']+)'/gm)) {
      const found = fileOf(file, target!);
      if (found) waiting.push(found);
    }
  }
  return seen;
}

const inFrame = firstFrame();

test('the shell comes later', () => {
  expect(inFrame).toContain('features/session/SignedOut.svelte');
  expect([...inFrame].filter((file) => file.startsWith('shell/'))).toEqual([]);
});

// A word of another catalogue would show its key until the shell is there.
test('the first frame speaks words of the first catalogues only', () => {
  const later = Object.keys(all).filter((feature) => !(feature in first));
  const word = new RegExp(`['"\`](?:${later.join('|')})\\.[a-zA-Z]`);
  expect([...inFrame].filter((file) => word.test(texts.get(file)!))).toEqual([]);
  expect(later).toContain('vaults');
});

describe('until the program is read', () => {
  const page = readFileSync('index.html', 'utf8');
  const first = readFileSync('public/frame.js', 'utf8');
  const root = document.documentElement;
  const begin = (atStart: unknown, dark = false) => {
    vi.spyOn(window, 'matchMedia').mockReturnValue({ matches: dark } as MediaQueryList);
    Object.assign(window, { atStart });
    new Function(first)();
    return [root.dataset.first, root.dataset.theme];
  };
  afterEach(() => {
    delete root.dataset.first;
    delete root.dataset.theme;
    delete (window as { atStart?: unknown }).atStart;
  });

  test('the frame of the lock screen stands on a page that begins locked, and on no other', () => {
    const settings = { theme: 'light' };
    expect(begin({ session: { kind: 'locked' }, settings })).toEqual(['locked', 'light']);
    delete root.dataset.first;
    expect(begin({ session: { kind: 'signedOut' }, settings })).toEqual([undefined, 'light']);
    expect(begin({ session: null, refused: 'damaged', settings: { theme: 'dark' } })).toEqual([undefined, 'dark']);
    expect(begin({ session: { kind: 'locked' }, settings: { theme: 'system' } }, true)).toEqual(['locked', 'dark']);
    delete root.dataset.first;
    expect(begin(undefined)[0]).toBeUndefined();
  });

  test('it is empty, comes before the program, and goes with it', () => {
    const shown = new DOMParser().parseFromString(page, 'text/html');
    expect(shown.querySelector('#app .first-frame')?.textContent).toBe('');
    const scripts = [...shown.querySelectorAll('script')];
    expect(scripts.map((script) => script.getAttribute('src'))).toEqual(['/frame.js', '/src/main.ts']);
    // In the head and not deferred, or it would come after the first paint.
    expect(scripts[0]!.closest('head') && !scripts[0]!.defer && scripts[0]!.type === '').toBe(true);
    expect(first).not.toMatch(/\.(account|accounts|email|name)\b/);
    const main = texts.get('main.ts')!;
    expect(main.match(/target\.replaceChildren\(\);\n\s+mount\(/g)).toHaveLength(main.match(/\bmount\(/g)!.length);
  });
});
