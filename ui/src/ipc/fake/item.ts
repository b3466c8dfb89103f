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
  const shut = { createdAt: null, editedAt: null, passwordUpdatedAt: null, deletedAt: item.deletedAt, archivedAt: item.archivedAt };
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
    deletedAt: item.deletedAt,
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

function field(id: string, label: string, kind: ItemField['kind'], value: string | null, name?: string): ItemField {
  return { id, label, name: name ? plain(name) : null, kind, value: value === null ? null : plain(value), uriMatch: null, linkedTo: null, withheld: false };
}

function sectionsOf(item: FakeItem, withheld: boolean): ItemFields[] {
  const { row } = item;
  const sections: ItemFields[] = [];
  if (row.kind === 1) {
    sections.push({
      section: 'credentials',
      fields: [
        field('username', 'username', 'plain', row.subtitle ?? ''),
        field('password', 'password', 'hidden', null),
        ...(row.hasTotp ? [field('totp', 'totp', 'totp', null)] : []),
      ],
    });
    if (item.seed % 4 === 0)
      sections.push({
        section: 'passkey',
        fields: [
          field('rpId', 'rpId', 'plain', item.host),
          field('userName', 'userName', 'plain', row.subtitle ?? ''),
          field('created', 'creationDate', 'date', '2026-03-04T09:12:00Z'),
        ],
      });
    sections.push({
      section: 'websites',
      fields: [
        { ...field('uri-0', 'uri', 'website', `https://${item.host}/login`), uriMatch: 1 },
        field('uri-1', 'uri', 'website', `https://admin.${item.host}`),
      ],
    });
  }
  if (row.kind === 3)
    sections.push({
      section: 'card',
      fields: [
        field('cardholderName', 'cardholderName', 'plain', 'Maya Okafor'),
        field('number', 'number', 'hidden', null),
        field('brand', 'brand', 'plain', 'Visa'),
        field('expiration', 'expiration', 'plain', item.seed % 2 === 0 ? '09 / 2024' : '09 / 2031'),
        field('code', 'code', 'hidden', null),
      ],
    });
  if (row.kind === 4)
    sections.push({
      section: 'identity',
      fields: [
        field('fullName', 'fullName', 'plain', row.subtitle ?? ''),
        field('company', 'company', 'plain', 'Brightwater IT'),
        field('ssn', 'ssn', 'hidden', null),
        field('phone', 'phone', 'plain', '+44 117 496 0123'),
        field('email', 'email', 'plain', 'someone@brightwater.example'),
        field('address', 'address', 'plain', '14 Quay Street\nBristol BS1 4DJ'),
      ],
    });
  if (row.kind === 5)
    sections.push({
      section: 'sshKey',
      fields: [
        field('privateKey', 'privateKey', 'hidden', null),
        field('publicKey', 'publicKey', 'plain', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMadeUpKeyForLooks brightwater'),
        field('fingerprint', 'keyFingerprint', 'plain', 'SHA256:q4mGv1oRkT2cZ8uY0sW3eN5bX7hJ9dL6fA1pKcVtMzQ'),
      ],
    });
  sections.push(...rareSections(row.kind));
  if (item.seed % 2 === 0 || row.kind === 2)
    sections.push({
      section: 'notes',
      fields: [field('notes', 'notes', 'note', 'Ask the registrar to call the office number.\nRenewal is in March, by card.')],
    });
  if (item.seed % 3 === 0)
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
  if (item.seed % 13 === 0 && fieldId === 'password') throw new HostError({ code: 'passwordHidden', detail: null });
  if (fieldId === 'number') return '4242 4242 4242 4242';
  if (fieldId === 'code') return '913';
  return secretOf(item.seed + (fieldId.startsWith('history') ? 17 : 0));
}

/** The types of 2026, field by field. */
function rareSections(kind: number): ItemFields[] {
  if (kind === 6)
    return [
      {
        section: 'bankAccount',
        fields: [
          field('bankName', 'bankName', 'plain', 'Quay Bank'),
          field('nameOnAccount', 'nameOnAccount', 'plain', 'Brightwater IT Ltd'),
          field('accountType', 'accountType', 'plain', 'Checking'),
          field('accountNumber', 'accountNumber', 'hidden', null),
          field('routingNumber', 'routingNumber', 'plain', '021000021'),
          field('branchNumber', 'branchNumber', 'plain', '0417'),
          field('pin', 'pin', 'hidden', null),
          field('swiftCode', 'swiftCode', 'plain', 'QUAYGB2L'),
          field('iban', 'iban', 'plain', 'GB33 BUKB 2020 1555 5555 55'),
          field('bankContactPhone', 'bankContactPhone', 'plain', '+44 117 496 0199'),
        ],
      },
    ];
  if (kind === 7)
    return [
      {
        section: 'driversLicense',
        fields: [
          field('firstName', 'firstName', 'plain', 'Maya'),
          field('lastName', 'lastName', 'plain', 'Okafor'),
          field('dateOfBirth', 'dateOfBirth', 'date', '1984-07-21'),
          field('licenseNumber', 'licenseNumber', 'hidden', null),
          field('issuingCountry', 'issuingCountry', 'plain', 'GB'),
          field('issueDate', 'issueDate', 'date', '2021-02-01'),
          field('expirationDate', 'expirationDate', 'date', '2031-01-31'),
          field('issuingAuthority', 'issuingAuthority', 'plain', 'DVLA'),
          field('licenseClass', 'licenseClass', 'plain', 'B'),
        ],
      },
    ];
  if (kind === 8)
    return [
      {
        section: 'passport',
        fields: [
          field('surname', 'surname', 'plain', 'Okafor'),
          field('givenName', 'givenName', 'plain', 'Maya'),
          field('dateOfBirth', 'dateOfBirth', 'date', '1984-07-21'),
          field('nationality', 'nationality', 'plain', 'British'),
          field('passportNumber', 'passportNumber', 'hidden', null),
          field('nationalIdentificationNumber', 'nationalIdentificationNumber', 'hidden', null),
          field('expirationDate', 'expirationDate', 'date', '2032-05-11'),
        ],
      },
    ];
  return [];
}
