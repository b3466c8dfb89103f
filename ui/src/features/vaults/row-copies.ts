import type { ItemDetail } from '$/ipc/bindings/ItemDetail';
import type { ItemRow } from '$/ipc/bindings/ItemRow';
import type { MessageKey } from '$/messages/catalogue';
import type { Wanted } from './copy-field';
import { fieldWords } from './words';

/** A value that the row of an item offers to copy. */
export interface RowCopy extends Wanted {
  /** The field's name on the wire. */
  label: string;
  /** `Copy password`. */
  act: MessageKey;
}

/** Names of fields on the wire, with what copying each is called; true for what a collection may hide. */
const acts: Record<string, [act: MessageKey, hidden?: true]> = {
  username: ['vaults.copyUsername'],
  password: ['vaults.copyPassword', true],
  totp: ['vaults.copyTotp', true],
  notes: ['vaults.copyNotes'],
  number: ['vaults.copyNumber', true],
  code: ['vaults.copyCode', true],
  email: ['vaults.copyEmail'],
  phone: ['vaults.copyPhone'],
  address: ['vaults.copyAddress'],
  privateKey: ['vaults.copyPrivateKey', true],
  publicKey: ['vaults.copyPublicKey'],
  keyFingerprint: ['vaults.copyKeyFingerprint'],
  accountNumber: ['vaults.copyAccountNumber', true],
  licenseNumber: ['vaults.copyLicenseNumber', true],
  passportNumber: ['vaults.copyPassportNumber', true],
};

/** What can be copied of each type, in the product's order; of the newest types the number that tells them apart. */
const ofType: Record<number, string[]> = {
  1: ['username', 'password', 'totp'],
  2: ['notes'],
  3: ['number', 'code'],
  4: ['username', 'email', 'phone', 'address'],
  5: ['privateKey', 'publicKey', 'keyFingerprint'],
  6: ['accountNumber'],
  7: ['licenseNumber'],
  8: ['passportNumber'],
};

/**
 * What can be copied from a row. Only what the row tells is known, as an item that asks for the master password tells no more:
 * whether there is a password in it shows when it is copied.
 */
export function copiesOf(row: ItemRow): RowCopy[] {
  const absent = (label: string) =>
    row.kind === 1 ? (label === 'username' && row.subtitle === null) || (label === 'totp' && !row.hasTotp) : label === 'keyFingerprint' && row.subtitle === null;
  return (ofType[row.kind] ?? []).flatMap((label) => {
    const [act, hidden] = acts[label]!;
    if (absent(label) || (hidden && !row.viewPassword)) return [];
    return [{ label, act, word: fieldWords[label]!, find: (item: ItemDetail) => named(item, label) }];
  });
}

/** The item's own field of that name: not one that the person made, nor one of a passkey. */
function named({ sections }: ItemDetail, label: string) {
  const own = sections.filter(({ section }) => section !== 'custom' && section !== 'passkey');
  return own.flatMap(({ fields }) => fields).find((field) => field.label === label);
}
