import type { ItemFieldSection } from '$/ipc/bindings/ItemFieldSection';
import type { IconName } from '$/components/icons';
import type { MessageKey } from '$/messages/catalogue';

/** Names of fields by their wire names (protocol.md §3.5). One that this version does not know stays as it is. */
export const fieldWords: Record<string, MessageKey> = {
  username: 'vaults.fieldUsername',
  password: 'vaults.fieldPassword',
  totp: 'vaults.fieldTotp',
  uri: 'vaults.fieldUri',
  notes: 'vaults.fieldNotes',
  passkey: 'vaults.fieldPasskey',
  fido2Credential: 'vaults.fieldFido2Credential',
  creationDate: 'vaults.fieldCreationDate',
  rpId: 'vaults.fieldRelyingParty',
  rpName: 'vaults.fieldRelyingPartyName',
  userName: 'vaults.fieldPasskeyUser',
  userDisplayName: 'vaults.fieldPasskeyDisplayName',
  userHandle: 'vaults.fieldPasskeyHandle',
  credentialId: 'vaults.fieldPasskeyCredential',
  keyType: 'vaults.fieldKeyType',
  keyAlgorithm: 'vaults.fieldKeyAlgorithm',
  keyCurve: 'vaults.fieldKeyCurve',
  keyValue: 'vaults.fieldKeyValue',
  counter: 'vaults.fieldPasskeyCounter',
  discoverable: 'vaults.fieldPasskeyDiscoverable',
  cardholderName: 'vaults.fieldCardholderName',
  brand: 'vaults.fieldBrand',
  number: 'vaults.fieldNumber',
  expMonth: 'vaults.fieldExpMonth',
  expYear: 'vaults.fieldExpYear',
  expiration: 'vaults.fieldExpiration',
  code: 'vaults.fieldCode',
  title: 'vaults.fieldTitle',
  firstName: 'vaults.fieldFirstName',
  middleName: 'vaults.fieldMiddleName',
  lastName: 'vaults.fieldLastName',
  fullName: 'vaults.fieldFullName',
  company: 'vaults.fieldCompany',
  ssn: 'vaults.fieldSsn',
  passportNumber: 'vaults.fieldPassportNumber',
  licenseNumber: 'vaults.fieldLicenseNumber',
  email: 'vaults.fieldEmail',
  phone: 'vaults.fieldPhone',
  address1: 'vaults.fieldAddress1',
  address2: 'vaults.fieldAddress2',
  address3: 'vaults.fieldAddress3',
  address: 'vaults.fieldAddress',
  city: 'vaults.fieldCity',
  state: 'vaults.fieldState',
  postalCode: 'vaults.fieldPostalCode',
  country: 'vaults.fieldCountry',
  privateKey: 'vaults.fieldPrivateKey',
  publicKey: 'vaults.fieldPublicKey',
  keyFingerprint: 'vaults.fieldKeyFingerprint',
  bankName: 'vaults.fieldBankName',
  nameOnAccount: 'vaults.fieldNameOnAccount',
  accountType: 'vaults.fieldAccountType',
  accountNumber: 'vaults.fieldAccountNumber',
  routingNumber: 'vaults.fieldRoutingNumber',
  branchNumber: 'vaults.fieldBranchNumber',
  pin: 'vaults.fieldPin',
  swiftCode: 'vaults.fieldSwiftCode',
  iban: 'vaults.fieldIban',
  bankContactPhone: 'vaults.fieldBankContactPhone',
  dateOfBirth: 'vaults.fieldDateOfBirth',
  issuingCountry: 'vaults.fieldIssuingCountry',
  issuingState: 'vaults.fieldIssuingState',
  issueDate: 'vaults.fieldIssueDate',
  issuingAuthority: 'vaults.fieldIssuingAuthority',
  expirationDate: 'vaults.fieldExpirationDate',
  licenseClass: 'vaults.fieldLicenseClass',
  surname: 'vaults.fieldSurname',
  givenName: 'vaults.fieldGivenName',
  sex: 'vaults.fieldSex',
  birthPlace: 'vaults.fieldBirthPlace',
  nationality: 'vaults.fieldNationality',
  passportType: 'vaults.fieldPassportType',
  nationalIdentificationNumber: 'vaults.fieldNationalIdentificationNumber',
};

/** Types of bank accounts as the web app writes them. What other clients wrote stays as it is. */
export const accountTypeWords: Record<string, MessageKey> = {
  checking: 'vaults.accountChecking',
  savings: 'vaults.accountSavings',
  certificateOfDeposit: 'vaults.accountCertificateOfDeposit',
  lineOfCredit: 'vaults.accountLineOfCredit',
  investmentBrokerage: 'vaults.accountInvestmentBrokerage',
  moneyMarket: 'vaults.accountMoneyMarket',
  other: 'vaults.accountOther',
};

export const sectionWords: Record<ItemFieldSection, MessageKey> = {
  credentials: 'vaults.sectionCredentials',
  card: 'vaults.sectionCard',
  identity: 'vaults.sectionIdentity',
  sshKey: 'vaults.sectionSshKey',
  bankAccount: 'vaults.sectionBankAccount',
  driversLicense: 'vaults.sectionDriversLicense',
  passport: 'vaults.sectionPassport',
  passkey: 'vaults.sectionPasskey',
  websites: 'vaults.sectionWebsites',
  notes: 'vaults.sectionNotes',
  custom: 'vaults.sectionCustom',
};

/** Types of items by server number; those newer than this version have neither word nor drawing of their own. */
const types: Record<number, { word: MessageKey; icon: IconName }> = {
  1: { word: 'vaults.type1', icon: 'globe' },
  2: { word: 'vaults.type2', icon: 'note' },
  3: { word: 'vaults.type3', icon: 'card' },
  4: { word: 'vaults.type4', icon: 'identity' },
  5: { word: 'vaults.type5', icon: 'terminal' },
  6: { word: 'vaults.type6', icon: 'bank' },
  7: { word: 'vaults.type7', icon: 'identity' },
  8: { word: 'vaults.type8', icon: 'passport' },
};

/** Whether this version knows what items of a type hold. */
export function isKnownType(kind: number): boolean {
  return kind in types;
}

export function typeIcon(kind: number): IconName {
  return types[kind]?.icon ?? 'dot';
}

export function typeWord(kind: number, t: (key: MessageKey, values?: Record<string, string | number>) => string): string {
  const known = types[kind];
  return known ? t(known.word) : t('vaults.typeOther', { number: kind });
}

/** How a website is matched, by server number. */
export const matchWords: Record<number, MessageKey> = {
  0: 'vaults.match0',
  1: 'vaults.match1',
  2: 'vaults.match2',
  3: 'vaults.match3',
  4: 'vaults.match4',
  5: 'vaults.match5',
};
