import { describe, expect, it } from 'vitest';
import { Words } from '$/state/words.svelte';
import { policies, policyOrder, policySaid, settingSaid } from './policy-words';

const words = new Words('en');

describe('policies in words', () => {
  it('knows every number of the protocol once', () => {
    expect(policies.map((policy) => policy.kind).sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, n) => n));
  });

  it('puts single organization first, newer policies last', () => {
    expect([0, 99, 3, 22, 5].sort((a, b) => policyOrder(a) - policyOrder(b))).toEqual([3, 5, 0, 22, 99]);
  });

  it('names a policy that is newer than this version by its number', () => {
    expect(policySaid(42, words).name).toBe('Policy 42');
    expect(policySaid(3, words).name).toBe('Single organization');
  });

  it.each([
    ['minLength', 14, 'Minimum length', '14'],
    ['minComplexity', 4, 'Minimum strength', 'Strong'],
    ['requireUpper', true, 'Upper-case letter required', 'Yes'],
    ['action', 'logOut', 'Then', 'Log out'],
    ['minutes', 240, 'Time', '4 h'],
    ['uriMatchDetection', 1, 'Match detection', 'Host'],
    ['idpHost', null, 'Identity provider host', 'Not set'],
    ['brandNew', 'x', 'brandNew', 'x'],
  ])('%s %j reads "%s: %s"', (key, value, label, said) => {
    expect(settingSaid({ key, value }, words)).toMatchObject({ label, value: said });
  });
});
