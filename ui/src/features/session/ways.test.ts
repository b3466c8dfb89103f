import { expect, test } from 'vitest';

import { Words } from '$/state/words.svelte';

import { otherWays } from './ways';

test('ways that are not offered read as one sentence, however many there are', () => {
  const [en, fr] = [new Words('en'), new Words('fr')];
  expect(otherWays(['webAuthn'], en)).toBe('The account also has a passkey or security key, which Portico does not offer.');
  expect(otherWays(['duo', 'webAuthn'], en)).toBe('The account also has Duo and a passkey or security key, which Portico does not offer.');
  expect(otherWays(['webAuthn'], fr)).toBe('Le compte a aussi une clé d’accès ou de sécurité, ce que Portico ne propose pas.');
  expect(otherWays(['duo', 'yubiKey', 'unknown'], fr)).toBe('Le compte a aussi Duo, YubiKey et une autre méthode, ce que Portico ne propose pas.');
});
