import type { ItemDetail } from '../bindings/ItemDetail';
import type { ItemField } from '../bindings/ItemField';
import type { ItemFields } from '../bindings/ItemFields';
import { HostError } from '../host';
import { plain } from './estate';
import { sameLogin, type FakeItem, type FakeVault } from './vault';

const secretOf = (seed: number) => `mossy-Lantern${(seed * 37) % 100}!quay-${(seed * 101) % 1000}`;

/** `opened`: its re-prompt was answered. */
export function itemDetail(vault: FakeVault, itemId: string, opened: boolean): ItemDetail {
  const item = itemOf(vault, itemId);
  const { row } = item;
  const folder = vault.folders.find(({ id }) => id === item.folderId);
  const stamp = (days: number) => new Date(Date.UTC(2026, 9, 20) - days * 86_400_000).toISOString();
  const quiet = { expired: false, sameLogin: [], folder: null, collections: [], sections: [], attachments: [], passwordHistory: [] };
  const shut = { createdAt: null, editedAt: null, passwordUpdatedAt: null, archivedAt: item.archivedAt };
  if (row.reprompt && !opened) return { row, locked: true, viewPassword: true, edit: true, ...quiet, ...shut };
  return {
    row,
    locked: false,
    expired: row.kind === 3 && item.seed % 2 === 0,
    sameLogin: sameLogin(vault, item).map(({ row: { id, name, owner } }) => ({ id, name, owner })),
    folder: folder?.name ?? null,
    collections: vault.collections.filter(({ id }) => item.collectionIds.includes(id)).map(({ name }) => name),
    sections: sectionsOf(item, item.seed % 13 === 0),
    attachments: row.attachments
      ? [
          { id: `${row.id}-1`, fileName: plain('Recovery codes.pdf'), size: 48_213 },
          { id: `${row.id}-2`, fileName: plain('Transfer authorisation, signed by both directors of the company, second copy.tiff'), size: 18_402_113 },
          { id: `${row.id}-3`, fileName: plain('Contract of 2016.doc'), size: 91_000 },
        ]
      : [],
    viewPassword: item.seed % 13 !== 0,
    edit: true,
    createdAt: stamp(400),
    editedAt: stamp(22),
    passwordUpdatedAt: row.kind === 1 ? stamp(22) : null,
    archivedAt: item.archivedAt,
    passwordHistory:
      row.kind === 1
        ? [
            { id: 'history-0', usedUntil: stamp(22) },
            { id: 'history-1', usedUntil: stamp(200) },
          ]
        : [],
  };
}

export function itemOf(vault: FakeVault, itemId: string): FakeItem {
  const item = vault.items.find(({ row }) => row.id === itemId);
  if (!item) throw new HostError({ code: 'notFound', detail: null });
  return item;
}

/** The hidden value of a field; items that ask for the password again get "portico" as the right one. */
export function revealed(
  vault: FakeVault,
  itemId: string,
  fieldId: string,
  password: string | null,
  opened: boolean,
): string {
  const item = itemOf(vault, itemId);
  if (item.row.reprompt && !opened && password === null) throw new HostError({ code: 'repromptNeeded', detail: null });
  if (item.row.reprompt && !opened && password !== 'portico') throw new HostError({ code: 'wrongPassword', detail: null });
  if (item.seed % 13 === 0 && fieldId === 'login.password') throw new HostError({ code: 'passwordHidden', detail: null });
  if (fieldId === 'card.number') return '4242 4242 4242 4242';
  if (fieldId === 'card.code') return '913';
  return secretOf(item.seed + (fieldId.startsWith('history') ? 17 : 0));
}

function field(id: string, label: string, kind: ItemField['kind'], value: string | null, name?: string): ItemField {
  return { id, label, name: name ? plain(name) : null, kind, value: value === null ? null : plain(value), uriMatch: null, linkedTo: null, withheld: false };
}

/** Fields whose label is their id. */
const shown = (id: string, value: string) => field(id, id, 'plain', value);
const dated = (id: string, value: string) => field(id, id, 'date', value);
const hidden = (id: string) => field(id, id, 'hidden', null);

function sectionsOf(item: FakeItem, withheld: boolean): ItemFields[] {
  const { row, seed } = item;
  const sections = byKind[row.kind]?.(item) ?? [];
  for (const { section, fields } of sections)
    for (const one of fields) if (section !== 'passkey' && one.id === one.label) one.id = `${members[row.kind]}.${one.id}`;
  if (seed % 2 === 0 || row.kind === 2) {
    const text = 'Ask the registrar to call the office number.\nRenewal is in March, by card.';
    sections.push({ section: 'notes', fields: [field('notes', 'notes', 'note', text)] });
  }
  if (seed % 3 === 0)
    sections.push({
      section: 'custom',
      fields: [
        field('custom-0', 'text', 'plain', 'BW-20911', 'Customer number'),
        field('custom-1', 'hidden', 'hidden', null, 'Telephone PIN'),
        field('custom-2', 'boolean', 'checkbox', 'true', 'Auto-renew'),
        { ...field('custom-3', 'linked', 'linked', null, 'Login'), linkedTo: 'username' },
      ],
    });
  for (const { fields } of sections)
    for (const one of fields) one.withheld = withheld && (one.kind === 'hidden' || one.kind === 'totp');
  return sections;
}

/** As the wire calls what only items of one type have. */
const members: Record<number, string> = { 1: 'login', 3: 'card', 4: 'identity', 5: 'sshKey', 6: 'bankAccount', 7: 'driversLicense', 8: 'passport' };

/** What only items of one type have. */
const byKind: Record<number, (item: FakeItem) => ItemFields[]> = {
  1: ({ row, seed, host }) => [
    {
      section: 'credentials',
      fields: [
        shown('username', row.subtitle ?? ''),
        hidden('password'),
        ...(row.hasTotp ? [field('totp', 'totp', 'totp', null)] : []),
      ],
    },
    ...(seed % 4 === 0
      ? [
          {
            section: 'passkey' as const,
            fields: [
              shown('rpId', host),
              shown('userName', row.subtitle ?? ''),
              field('created', 'creationDate', 'date', '2026-03-04T09:12:00Z'),
            ],
          },
        ]
      : []),
    {
      section: 'websites',
      fields: [
        { ...field('uri-0', 'uri', 'website', `https://${host}/login`), uriMatch: 1 },
        field('uri-1', 'uri', 'website', `https://admin.${host}`),
      ],
    },
  ],
  3: ({ seed }) => [
    {
      section: 'card',
      fields: [
        shown('cardholderName', 'Maya Okafor'),
        hidden('number'),
        shown('brand', 'Visa'),
        shown('expiration', seed % 2 === 0 ? '09 / 2024' : '09 / 2031'),
        hidden('code'),
      ],
    },
  ],
  4: ({ row }) => [
    {
      section: 'identity',
      fields: [
        shown('fullName', row.subtitle ?? ''),
        shown('company', 'Brightwater IT'),
        hidden('ssn'),
        shown('phone', '+44 117 496 0123'),
        shown('email', 'someone@brightwater.example'),
        shown('address', '14 Quay Street\nBristol BS1 4DJ'),
      ],
    },
  ],
  5: () => [
    {
      section: 'sshKey',
      fields: [
        hidden('privateKey'),
        shown('publicKey', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMadeUpKeyForLooks brightwater'),
        field('fingerprint', 'keyFingerprint', 'plain', 'SHA256:q4mGv1oRkT2cZ8uY0sW3eN5bX7hJ9dL6fA1pKcVtMzQ'),
      ],
    },
  ],
  6: () => [
    {
      section: 'bankAccount',
      fields: [
        shown('bankName', 'Quay Bank'),
        shown('nameOnAccount', 'Brightwater IT Ltd'),
        shown('accountType', 'checking'),
        hidden('accountNumber'),
        shown('routingNumber', '021000021'),
        shown('branchNumber', '0417'),
        hidden('pin'),
        shown('swiftCode', 'QUAYGB2L'),
        shown('iban', 'GB33 BUKB 2020 1555 5555 55'),
        shown('bankContactPhone', '+44 117 496 0199'),
      ],
    },
  ],
  7: () => [
    {
      section: 'driversLicense',
      fields: [
        shown('firstName', 'Maya'),
        shown('lastName', 'Okafor'),
        dated('dateOfBirth', '1984-07-21'),
        hidden('licenseNumber'),
        shown('issuingCountry', 'GB'),
        dated('issueDate', '2021-02-01'),
        dated('expirationDate', '2031-01-31'),
        shown('issuingAuthority', 'DVLA'),
        shown('licenseClass', 'B'),
      ],
    },
  ],
  8: () => [
    {
      section: 'passport',
      fields: [
        shown('surname', 'Okafor'),
        shown('givenName', 'Maya'),
        dated('dateOfBirth', '1984-07-21'),
        shown('nationality', 'British'),
        hidden('passportNumber'),
        hidden('nationalIdentificationNumber'),
        dated('expirationDate', '2032-05-11'),
      ],
    },
  ],
};
