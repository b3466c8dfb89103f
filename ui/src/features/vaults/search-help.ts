import type { MessageKey } from '$/messages/catalogue';

/** What the help of the search field teaches: what one writes, and what it finds. The core knows both languages' words. */
export const searchHelp: { example: MessageKey; means: MessageKey }[] = [
  { example: 'vaults.helpPhraseExample', means: 'vaults.helpPhrase' },
  { example: 'vaults.helpNotExample', means: 'vaults.helpNot' },
  { example: 'vaults.helpNameExample', means: 'vaults.helpName' },
  { example: 'vaults.helpUserExample', means: 'vaults.helpUser' },
  { example: 'vaults.helpSiteExample', means: 'vaults.helpSite' },
  { example: 'vaults.helpTypeExample', means: 'vaults.helpType' },
  { example: 'vaults.helpInExample', means: 'vaults.helpIn' },
  { example: 'vaults.helpOrgExample', means: 'vaults.helpOrg' },
  { example: 'vaults.helpIsExample', means: 'vaults.helpIs' },
  { example: 'vaults.helpHasExample', means: 'vaults.helpHas' },
];
