import type { UnreadPart } from '$/ipc/bindings/UnreadPart';
import { HostError } from '$/ipc/host';

import { failureText } from './failure';
import type { SyncWatch } from './sync.svelte';
import type { Words } from './words.svelte';

const sentence = { itself: 'sync.unreadItself', team: 'sync.unreadTeam', clients: 'sync.unreadClients' } as const;

/** What the last sync could not read, in one sentence for each. */
export function missingTexts(missing: SyncWatch['missing'], words: Words): string[] {
  if (!missing) return [];
  const unread = missing.unread.map(({ provider, part, failure }: UnreadPart) =>
    words.t(sentence[part], { provider, reason: failureText(new HostError(failure), words) }),
  );
  if (unread.length > 0) unread.push(words.t('sync.partlyBefore'));
  return missing.oddEntries > 0 ? [...unread, words.t('sync.oddEntries', { count: missing.oddEntries })] : unread;
}
