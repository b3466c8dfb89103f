import { expect, test } from 'vitest';
import type { ItemRow } from '$/ipc/bindings/ItemRow';
import { Words } from '$/state/words.svelte';
import { copiesOf } from './row-copies';

const row: ItemRow = {
  id: 'a', kind: 1, name: { kind: 'plain', value: 'One' }, subtitle: 'maya', favorite: false, attachments: false, hasTotp: true, reprompt: false,
  hasWebsite: true, viewPassword: true, owner: null, editedAt: null, createdAt: null, deletedAt: null,
};

test.each([
  [1, {}, ['Copy username', 'Copy password', 'Copy verification code']],
  [1, { hasTotp: false, subtitle: null }, ['Copy password']],
  [1, { viewPassword: false }, ['Copy username']],
  [2, { subtitle: null, hasTotp: false }, ['Copy note']],
  [3, {}, ['Copy number', 'Copy security code']],
  [3, { viewPassword: false }, []],
  [4, { subtitle: null }, ['Copy username', 'Copy email', 'Copy phone', 'Copy address']],
  [5, {}, ['Copy private key', 'Copy public key', 'Copy fingerprint']],
  [5, { viewPassword: false, subtitle: null }, ['Copy public key']],
  [6, {}, ['Copy account number']],
  [7, {}, ['Copy license number']],
  [8, {}, ['Copy passport number']],
  [42, {}, []],
] as const)('type %i with %o offers %j', (kind, facts, expected) => {
  const { t } = new Words('en');
  expect(copiesOf({ ...row, kind, ...facts }).map(({ act }) => t(act))).toEqual(expected);
});

test('in French each is called by what the product calls it', () => {
  const { t } = new Words('fr');
  expect(copiesOf(row).map(({ act }) => t(act))).toEqual(['Copier le nom d’utilisateur', 'Copier le mot de passe', 'Copier le code de vérification']);
});

test('a field that the person made is not taken for one of the item', () => {
  const field = (id: string, label: string) => ({ id, label, name: null, kind: 'plain', value: null, uriMatch: null, linkedTo: null, withheld: false }) as const;
  const item = { sections: [{ section: 'custom', fields: [field('fields.0', 'username')] }, { section: 'credentials', fields: [field('login.username', 'username')] }] };
  expect(copiesOf(row)[0]?.find(item as never)?.id).toBe('login.username');
});
