import type { PolicySetting } from '$/ipc/bindings/PolicySetting';
import type { MessageKey } from '$/messages/catalogue';
import type { Words } from '$/state/words.svelte';

/** Name and one line about each policy by server number (protocol.md §4.8), in the order of the product's list. */
export const policies: readonly { kind: number; name: MessageKey; text: MessageKey }[] = [
  { kind: 3, name: 'client.policy3', text: 'client.policy3Text' },
  { kind: 5, name: 'client.policy5', text: 'client.policy5Text' },
  { kind: 1, name: 'client.policy1', text: 'client.policy1Text' },
  { kind: 8, name: 'client.policy8', text: 'client.policy8Text' },
  { kind: 4, name: 'client.policy4', text: 'client.policy4Text' },
  { kind: 12, name: 'client.policy12', text: 'client.policy12Text' },
  { kind: 0, name: 'client.policy0', text: 'client.policy0Text' },
  { kind: 19, name: 'client.policy19', text: 'client.policy19Text' },
  { kind: 9, name: 'client.policy9', text: 'client.policy9Text' },
  { kind: 14, name: 'client.policy14', text: 'client.policy14Text' },
  { kind: 2, name: 'client.policy2', text: 'client.policy2Text' },
  { kind: 16, name: 'client.policy16', text: 'client.policy16Text' },
  { kind: 11, name: 'client.policy11', text: 'client.policy11Text' },
  { kind: 7, name: 'client.policy7', text: 'client.policy7Text' },
  { kind: 6, name: 'client.policy6', text: 'client.policy6Text' },
  { kind: 15, name: 'client.policy15', text: 'client.policy15Text' },
  { kind: 13, name: 'client.policy13', text: 'client.policy13Text' },
  { kind: 10, name: 'client.policy10', text: 'client.policy10Text' },
  { kind: 17, name: 'client.policy17', text: 'client.policy17Text' },
  { kind: 18, name: 'client.policy18', text: 'client.policy18Text' },
  { kind: 20, name: 'client.policy20', text: 'client.policy20Text' },
  { kind: 21, name: 'client.policy21', text: 'client.policy21Text' },
  { kind: 22, name: 'client.policy22', text: 'client.policy22Text' },
];

/** Place of a policy in the list; those newer than this version come last, by number. */
export function policyOrder(kind: number): number {
  const known = policies.findIndex((policy) => policy.kind === kind);
  return known >= 0 ? known : policies.length + kind;
}

/** Name and text of a policy, also of one that is newer than this version. */
export function policySaid(kind: number, { t }: Words): { name: string; text: string } {
  const known = policies.find((policy) => policy.kind === kind);
  if (known) return { name: t(known.name), text: t(known.text) };
  return { name: t('client.policyUnknown', { number: kind }), text: t('client.policyUnknownText') };
}

const labels: Record<string, MessageKey> = {
  minComplexity: 'client.settingMinComplexity',
  minLength: 'client.settingMinLength',
  requireLower: 'client.settingRequireLower',
  requireUpper: 'client.settingRequireUpper',
  requireNumbers: 'client.settingRequireNumbers',
  requireSpecial: 'client.settingRequireSpecial',
  enforceOnLogin: 'client.settingEnforceOnLogin',
  overridePasswordType: 'client.settingOverridePasswordType',
  useUpper: 'client.settingUseUpper',
  useLower: 'client.settingUseLower',
  useNumbers: 'client.settingUseNumbers',
  useSpecial: 'client.settingUseSpecial',
  minNumbers: 'client.settingMinNumbers',
  minSpecial: 'client.settingMinSpecial',
  minNumberWords: 'client.settingMinNumberWords',
  capitalize: 'client.settingCapitalize',
  includeNumber: 'client.settingIncludeNumber',
  disableHideEmail: 'client.settingDisableHideEmail',
  autoEnrollEnabled: 'client.settingAutoEnrollEnabled',
  minutes: 'client.settingMinutes',
  hours: 'client.settingHours',
  type: 'client.settingType',
  action: 'client.settingAction',
  idpHost: 'client.settingIdpHost',
  uriMatchDetection: 'client.settingUriMatchDetection',
  disableSend: 'client.settingDisableSend',
  whoCanAccess: 'client.settingWhoCanAccess',
  allowedDomains: 'client.settingAllowedDomains',
  deletionHours: 'client.settingDeletionHours',
  allowedSendTypes: 'client.settingAllowedSendTypes',
  rulesUrl: 'client.settingRulesUrl',
};

const matches: MessageKey[] = [
  'client.match0',
  'client.match1',
  'client.match2',
  'client.match3',
  'client.match4',
  'client.match5',
];
const strengths: MessageKey[] = [
  'client.strength0',
  'client.strength1',
  'client.strength2',
  'client.strength3',
  'client.strength4',
];
const named: Record<string, Record<string, MessageKey>> = {
  action: { lock: 'client.actionLock', logOut: 'client.actionLogOut' },
  overridePasswordType: {
    password: 'client.typePassword',
    passphrase: 'client.typePassphrase',
    '': 'client.typeAny',
  },
};

/** A policy's setting as a label and a readable value; a name that this version does not know stays as it is. */
export function settingSaid({ key, value }: PolicySetting, words: Words): { label: string; value: string; raw: boolean } {
  const label = labels[key];
  return {
    label: label ? words.t(label) : key,
    value: settingValue(key, value, words),
    raw: label === undefined,
  };
}

function settingValue(key: string, value: PolicySetting['value'], { t, format }: Words): string {
  if (value === null) return t('client.notSet');
  if (typeof value === 'boolean') return value ? t('client.yes') : t('client.no');
  if (typeof value === 'string') {
    const word = named[key]?.[value];
    return word ? t(word) : value || t('client.notSet');
  }
  const word = key === 'uriMatchDetection' ? matches[value] : key === 'minComplexity' ? strengths[value] : undefined;
  if (word) return t(word);
  if (key === 'minutes') return format.duration(value * 60);
  if (key === 'deletionHours') return format.duration(value * 3600);
  return format.number(value);
}
