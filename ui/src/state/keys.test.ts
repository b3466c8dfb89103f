import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test.each([
  { platform: 'Linux x86_64', shown: 'Ctrl K', commands: { ctrlKey: true, metaKey: false }, others: { ctrlKey: false, metaKey: true } },
  { platform: 'Win32', shown: 'Ctrl K', commands: { ctrlKey: true, metaKey: false }, others: { ctrlKey: false, metaKey: true } },
  { platform: 'MacIntel', shown: '⌘ K', commands: { ctrlKey: false, metaKey: true }, others: { ctrlKey: true, metaKey: false } },
])('on $platform a shortcut is $shown', async ({ platform, shown, commands, others }) => {
  vi.stubGlobal('navigator', { platform });
  vi.resetModules();
  const { caps, isCommand } = await import('./keys');
  expect(caps('K', 'Ctrl')).toBe(shown);
  expect(isCommand(commands)).toBe(true);
  for (const event of [others, { ctrlKey: true, metaKey: true }, { ctrlKey: false, metaKey: false }]) expect(isCommand(event)).toBe(false);
});
