import { posix } from 'node:path';

import { describe, expect, test } from 'vitest';

const sources = import.meta.glob<string>('../**/*.{ts,svelte}', { query: '?raw', import: 'default', eager: true });

/** Path under src and what it imports, also under src; packages by their name. */
const files = Object.entries(sources).map(([path, text]) => {
  const file = posix.join('test', path);
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target]) => {
    if (target!.startsWith('$/')) return target!.slice(2);
    return target!.startsWith('.') ? posix.join(posix.dirname(file), target!) : target!;
  });
  return { file, imports };
});

/** `features/x`, `components`, `state`, `ipc`, `shell`, … */
function zone(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'features' ? `features/${second}` : first;
}

const shipped = files.filter(({ file }) => !file.endsWith('.test.ts') && !file.startsWith('test/'));

/** Imports of a zone that its arrows do not allow. */
function stray(from: (zone: string) => boolean, allowed: (target: string, own: string) => boolean): string[] {
  return shipped
    .filter(({ file }) => from(zone(file)))
    .flatMap(({ file, imports }) =>
      imports
        .filter((target) => /^(components|features|ipc|state|shell|messages)\//.test(target))
        .filter((target) => !allowed(zone(target), zone(file)))
        .map((target) => `${file} → ${target}`),
    );
}

describe('arrows between the parts of the page', () => {
  test('the glob sees the page', () => expect(shipped.length).toBeGreaterThan(60));

  test('a feature never imports a feature', () => {
    expect(
      stray(
        (from) => from.startsWith('features/'),
        (target, own) => target === own || ['components', 'state', 'ipc', 'messages'].includes(target),
      ),
    ).toEqual([]);
  });

  test('components know state, types and words, never features or the shell', () => {
    expect(stray((from) => from === 'components', (target) => ['components', 'state', 'ipc', 'messages'].includes(target))).toEqual([]);
  });

  test('state knows the host and the words', () => {
    expect(stray((from) => from === 'state', (target) => ['state', 'ipc', 'messages'].includes(target))).toEqual([]);
  });

  test('the words know nobody', () => {
    expect(shipped.filter(({ file }) => zone(file) === 'messages').length).toBeGreaterThan(3);
    expect(stray((from) => from === 'messages', (target) => target === 'messages')).toEqual([]);
  });

  test('the host side knows nobody', () => {
    expect(stray((from) => from === 'ipc', (target) => target === 'ipc')).toEqual([]);
  });

  test('only ipc/tauri.ts reaches the desktop shell', () => {
    const reaching = shipped.filter(({ imports }) => imports.some((target) => target.startsWith('@tauri-apps/')));
    expect(reaching.map(({ file }) => file)).toEqual(['ipc/tauri.ts']);
  });

  test('the fake host is reached from the entry only, behind its condition', () => {
    const reaching = shipped.filter(({ file, imports }) => zone(file) !== 'ipc' && imports.some((target) => target.startsWith('ipc/fake')));
    expect(reaching.map(({ file }) => file)).toEqual(['main.ts']);
  });
});
