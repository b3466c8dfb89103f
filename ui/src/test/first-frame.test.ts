import { posix } from 'node:path';

import { expect, test } from 'vitest';

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
