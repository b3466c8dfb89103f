import { expect, it } from 'vitest';
import { opensInBrowser } from './website';

const opens = (value: string, uriMatch: number | null = null) => opensInBrowser({ value: { kind: 'plain', value }, uriMatch });

it('opens what a browser shows, and neither patterns nor apps', () => {
  for (const address of ['https://a.example/x?y', 'HTTP://a.example', 'intranet', '192.168.1.1:8443', 'never.example'])
    expect(opens(address), address).toBe(true);
  for (const address of ['androidapp://com.example', '^https://.*re\\.example$', 'file:///etc/passwd', 'ssh://host:22', 'https://', '', 'two words'])
    expect(opens(address), address).toBe(false);
  expect(opens('https://.*', 4)).toBe(false);
  expect(opensInBrowser({ value: null, uriMatch: null })).toBe(false);
  expect(opensInBrowser({ value: { kind: 'unreadable', reason: 'altered' }, uriMatch: null })).toBe(false);
});
