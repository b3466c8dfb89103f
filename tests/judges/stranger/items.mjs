// Items: their plain truth in the wire's own shape, and the way under a key (§3.5, §4.2).

import { freshKey, seal, sealBinary, sha256, b64 } from './sealing.mjs';

const STRINGS = {
  card: 'cardholderName brand number expMonth expYear code',
  identity: 'title firstName middleName lastName address1 address2 address3 city state postalCode country company email phone ssn username passportNumber licenseNumber',
  sshKey: 'privateKey publicKey keyFingerprint',
  bankAccount: 'bankName nameOnAccount accountType accountNumber routingNumber branchNumber pin swiftCode iban bankContactPhone',
  driversLicense: 'firstName middleName lastName dateOfBirth licenseNumber issuingCountry issuingState issueDate issuingAuthority expirationDate licenseClass',
  passport: 'surname givenName dateOfBirth sex birthPlace nationality passportNumber passportType issuingCountry issuingAuthority issueDate expirationDate nationalIdentificationNumber',
};
const TYPES = { 1: 'login', 2: 'secureNote', 3: 'card', 4: 'identity', 5: 'sshKey', 6: 'bankAccount', 7: 'driversLicense', 8: 'passport' };
const WORDS = ['Zoë Ångström', "O'Brien & Söhne", '名前 テスト', 'مرحبا', '=SUM(A1)', 'a|b;c"d\\e', '👩‍👩‍👧 famille', '<b>bold</b>', 'plain', '2.a|b|c', '%41%zz', 'null', 'İstanbul ß'];
const LINKED = { 1: [100, 101], 3: [300, 301, 302, 303, 304, 305], 4: [400, 405, 412, 416, 418] };
const TOTP = [
  'JBSW Y3DP-ehpk 3pxp',
  'otpauth://totp/Acme%20Co:zoe@acme.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA256&digits=8&period=60',
  'OTPAUTH://TOTP/x?SECRET=GEZDGNBVGY3TQOJQ&ALGORITHM=SHA512&DIGITS=10',
  'steam://GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  'otpauth://totp/x?digits=7&secret=mzxw6ytboi%3D%3D%3D&algorithm=md5',
];

/// A plain item. `where`: `organizationId`, `collectionIds`, `folderId`, `edit`, `viewPassword` and the like.
export function makeItem(dice, type, where = {}) {
  const word = () => `${dice.pick(WORDS)} ${dice.int(10000)}`;
  // Null, the empty string and text are three different answers.
  const maybe = () => (dice.chance(0.2) ? null : dice.chance(0.1) ? '' : word());
  const item = {
    object: 'cipherDetails', id: dice.uuid(), organizationId: null, type, data: null, name: word(),
    notes: dice.chance(0.5) ? `${word()}\nsecond line\t${'é'.repeat(dice.int(40))}` : null,
    ...Object.fromEntries(Object.values(TYPES).map((member) => [member, null])),
    fields: null, passwordHistory: null, attachments: null, organizationUseTotp: true,
    revisionDate: dice.ago(86400 * (1 + dice.int(300))), creationDate: dice.ago(86400 * 400), deletedDate: null,
    reprompt: dice.chance(0.2) ? 1 : 0, ownKey: dice.chance(0.5), folderId: null, favorite: dice.chance(0.3),
    edit: true, viewPassword: true, archivedDate: null, permissions: { delete: true, restore: true }, collectionIds: [],
    ...where,
  };
  if (type === 1) item.login = makeLogin(dice, word, maybe);
  else if (type === 2) item.secureNote = { type: 0 };
  else if (TYPES[type]) item[TYPES[type]] = Object.fromEntries(STRINGS[TYPES[type]].split(' ').map((name) => [name, maybe()]));
  if (dice.chance(0.6)) {
    item.fields = [
      { type: 0, name: word(), value: maybe(), linkedId: null },
      { type: 1, name: word(), value: `hidden ${word()}`, linkedId: null },
      { type: 2, name: word(), value: String(dice.chance(0.5)), linkedId: null },
      { type: 0, name: null, value: word(), linkedId: null },
    ];
    if (LINKED[type]) item.fields.push({ type: 3, name: word(), value: null, linkedId: dice.pick(LINKED[type]) });
  }
  if (type === 1 && dice.chance(0.5)) {
    item.passwordHistory = [1, 2, 3].slice(dice.int(3)).map((n) => ({ password: word(), lastUsedDate: dice.ago(86400 * 30 * n) }));
  }
  return item;
}

function makeLogin(dice, word, maybe) {
  const uris = dice.chance(0.15) ? null : Array.from({ length: dice.int(4) }, (_, n) => ({
    uri: dice.pick([`https://host${dice.int(99)}.example.com/a?b=${n}#c`, `http://10.0.0.${n}:8443`, 'androidapp://com.example.app', 'bücher.example', 'not a uri at all']),
    match: dice.pick([null, 0, 1, 2, 3, 4, 5]),
  }));
  return {
    uris, username: maybe(), password: maybe(), passwordRevisionDate: dice.chance(0.3) ? dice.ago(86400 * 50) : null,
    totp: dice.chance(0.5) ? dice.pick(TOTP) : null, autofillOnPageLoad: dice.pick([null, true, false]),
    fido2Credentials: dice.chance(0.25) ? [{
      credentialId: dice.uuid(), keyType: 'public-key', keyAlgorithm: 'ECDSA', keyCurve: 'P-256', keyValue: 'MIGHAgEAMBMGByqGSM49', rpId: 'example.com',
      rpName: maybe(), userHandle: null, userName: word(), userDisplayName: maybe(), counter: '0', discoverable: 'true', creationDate: dice.ago(86400 * 20),
    }] : null,
  };
}

/// A file at an item. With `ownKey` false it is of the old kind, which lies under the user's or the organization's key.
export function attach(dice, item, ownKey) {
  const bytes = Buffer.from(Array.from({ length: 1 + dice.int(5000) }, () => dice.int(256)));
  const file = { object: 'attachment', id: dice.uuid(), fileName: `${dice.pick(['report ü.pdf', 'données.bin', 'a.txt'])}`, ownKey, bytes };
  (item.attachments ??= []).push(file);
  return file;
}

/// The item as the server keeps it; `owner` is the user's or the organization's key. What a file became is put into `files`.
export function sealItem(item, owner, files, { both }) {
  const own = item.ownKey ? freshKey() : null;
  const key = own ?? owner;
  const e = (plain) => seal(key, plain);
  const all = (object) => object && Object.fromEntries(Object.entries(object).map(([name, value]) => [name, e(value)]));
  const { ownKey, unreadable, ...wire } = item;
  Object.assign(wire, { name: e(item.name), notes: e(item.notes), key: seal(owner, own) });
  for (const member of Object.keys(STRINGS)) wire[member] = all(item[member]);
  if (item.login) {
    const uris = item.login.uris?.map(({ uri, match }) => ({ uri: e(uri), uriChecksum: own ? e(b64(sha256(uri))) : null, match })) ?? null;
    wire.login = {
      ...item.login, uri: uris?.[0]?.uri ?? null, uris, username: e(item.login.username), password: e(item.login.password), totp: e(item.login.totp),
      fido2Credentials: item.login.fido2Credentials?.map(({ creationDate, ...secret }) => ({ ...all(secret), creationDate })) ?? null,
    };
  }
  if (item.mystery) wire.mystery = all(item.mystery);
  wire.fields = item.fields?.map((field) => ({ ...field, name: e(field.name), value: e(field.value) })) ?? null;
  wire.passwordHistory = item.passwordHistory?.map((old) => ({ ...old, password: e(old.password) })) ?? null;
  wire.attachments = item.attachments?.map((file) => sealFile(item, file, key, owner, files)) ?? null;
  if (unreadable) wire.name = `7.${b64(Buffer.from('a newer kind of ciphertext'))}`;
  if (both) wire.data = oldData(wire);
  return wire;
}

function sealFile(item, { ownKey, bytes, fileName, ...plain }, key, owner, files) {
  const fileKey = ownKey ? freshKey() : null;
  const sealed = sealBinary(fileKey ?? owner, bytes);
  files.set(plain.id, { item: item.id, sealed });
  const sizeName = `${(sealed.length / 1024).toFixed(2)} KB`;
  return { ...plain, url: `https://stale.invalid/${plain.id}`, fileName: seal(key, fileName), key: seal(key, fileKey), size: String(sealed.length), sizeName };
}

// The same once more as a string with PascalCase members, as the official server has it beside the structured members.
function oldData(wire) {
  const { name, notes, fields, passwordHistory } = wire;
  return JSON.stringify(pascal({ name, notes, fields, passwordHistory, ...(wire[TYPES[wire.type]] ?? {}) }));
}

export function pascal(value) {
  if (Array.isArray(value)) return value.map(pascal);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [
    // What a policy holds and the flags of the server are dictionaries, whose names are data.
    name[0].toUpperCase() + name.slice(1), (name === 'data' && !Array.isArray(inner)) || name === 'featureStates' ? inner : pascal(inner),
  ]));
}
