import { expect, test } from 'vitest';

import type { ErrorCode } from '$/ipc/bindings/ErrorCode';
import { HostError } from '$/ipc/host';
import * as en from '$/messages/en';

import { failureText } from './failure';
import { Words } from './words.svelte';

const words = new Words('en');

test('a refusal is told in the words of the server', () => {
  const refused = (detail: string | null) => failureText(new HostError({ code: 'refused', detail }), words);
  expect(refused('Your account has been disabled.')).toBe('The server refused: “Your account has been disabled.”');
  expect(refused(null)).toBe('The server refused.');
});

test('a refusal that is known is told in ours', () => {
  const french = (detail: string) => failureText(new HostError({ code: 'refused', detail }), new Words('fr'));
  expect(failureText(new HostError({ code: 'refused', detail: 'Resource not found.' }), words)).toBe('This is no longer there.');
  expect(french('Provider must have at least one confirmed ProviderAdmin.')).toContain('au moins un administrateur confirmé');
});

test.each([
  ['diskFull', /disk is full/, /disque est plein/],
  ['newerFile', /Update Portico/, /Mettez Portico à jour/],
  ['otherAccount', /belongs to another account/, /appartient à un autre compte/],
  ['busy', /Another window or command/, /Une autre fenêtre ou commande/],
  ['readOnly', /cannot be written to/, /pas accessible en écriture/],
  ['certificateDate', /this computer’s clock/, /l’horloge de cet ordinateur/],
  ['wrongPassword', /not the master password of this account/, /mot de passe principal de ce compte/],
] as const)('%s is told in both languages', (code, english, french) => {
  const told = (language: 'en' | 'fr') => failureText(new HostError({ code, detail: null }), new Words(language));
  expect(told('en')).toMatch(english);
  expect(told('fr')).toMatch(french);
});

test('a technical detail of another failure stays out of the sentence', () => {
  const text = failureText(new HostError({ code: 'internal', detail: 'thread panicked' }), words);
  expect(text).not.toContain('panicked');
});

test('a damaged part is named where its name is known', () => {
  const damaged = (detail: string | null) => failureText(new HostError({ code: 'damagedPart', detail }), words);
  expect(damaged('Harbour Lane')).toContain('Harbour Lane');
  expect(damaged(null)).not.toContain('{');
});

test('every code has its sentence', () => {
  const filledIn = ['said', 'damagedNamed'];
  for (const code of Object.keys(en.errors).filter((key) => !filledIn.includes(key)) as ErrorCode[])
    expect(failureText(new HostError({ code, detail: null }), words)).toMatch(/^[A-Z].*\.$/);
});

test('whatever is thrown becomes a host error', () => {
  expect(HostError.from({ code: 'offline', detail: null }).code).toBe('offline');
  expect(HostError.from(new TypeError('x')).code).toBe('internal');
  expect(HostError.from('odd').detail).toBe('odd');
});
