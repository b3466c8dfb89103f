import type { IconName } from '$/components/icons';
import type { SearchHit } from '$/ipc/bindings/SearchHit';
import type { SearchKind } from '$/ipc/bindings/SearchKind';
import type { SearchResults } from '$/ipc/bindings/SearchResults';
import type { MessageKey } from '$/messages/catalogue';
import type { Place } from '$/state/location.svelte';
import { planName } from '$/state/plan-names';
import type { Words } from '$/state/words.svelte';

/** An action of the palette, found by its label and by other words for it. */
export interface PaletteAction {
  id: string;
  label: string;
  /** Other words by which it is looked for. */
  also?: string;
  icon: IconName;
  /** Shown at the right: a shortcut. */
  note?: string;
  /** A promise is done in the palette, which tells why it failed and closes once it is done. */
  run: () => void | Promise<void>;
  /** It is done with a client, which is chosen next; `run` is not called then. */
  pick?: (organizationId: string) => void | Promise<void>;
  /** Its label with a client and whether that one is pinned. */
  named?: (client: string, pinned: boolean) => string;
  /** Whether a client is pinned, where the choice among them depends on it. */
  pinned?: (organizationId: string) => Promise<boolean>;
}

export type PaletteRow =
  | { kind: 'hit'; id: string; hit: SearchHit; tag: string }
  | { kind: 'action'; id: string; action: PaletteAction; matched: [number, number] | null }
  /** Leads to the rest of its section. */
  | { kind: 'more'; id: string; section: string; label: string };

export interface PaletteSection {
  id: string;
  title: string;
  note: string;
  rows: PaletteRow[];
}

const sections: { id: string; title: MessageKey; kinds: SearchKind[] }[] = [
  { id: 'clients', title: 'palette.clients', kinds: ['client'] },
  { id: 'people', title: 'palette.people', kinds: ['person', 'teamMember'] },
  { id: 'groups', title: 'palette.collectionsAndGroups', kinds: ['collection', 'group'] },
  { id: 'items', title: 'palette.items', kinds: ['item'] },
];

/** Hits of one kind that a section shows once all of it is asked for; the host answers no more. */
export const mostHits = 200;

/**
 * Search results and matching actions as titled sections, in a fixed order; `whole` is the one that shows all of its hits.
 * Who has no clients is told of organizations.
 */
export function paletteSections(
  results: SearchResults | null,
  actions: PaletteAction[],
  text: string,
  words: Words,
  hasClients: boolean,
  whole: string | null = null,
): PaletteSection[] {
  const { t, format } = words;
  const shown: PaletteSection[] = [];
  for (const { id, title, kinds } of sections) {
    const groups = kinds.flatMap((kind) => results?.groups.filter((group) => group.kind === kind) ?? []);
    const found = groups.map((group) => group.hits);
    const hits = id === whole ? found.flat() : fairShare(found);
    if (hits.length === 0) continue;
    const total = groups.reduce((sum, group) => sum + group.total, 0);
    const clients = Math.max(...groups.map((group) => group.inClients));
    const note =
      id === 'people' && clients > 1 ? t(hasClients ? 'palette.inClients' : 'palette.inOrganizations', { total, clients }) : format.number(total);
    const rows = hits.map((hit): PaletteRow => ({ kind: 'hit', id: `${hit.kind}-${hit.id}`, hit, tag: tagOf(hit, words) }));
    if (id !== whole && total > sheet) {
      const reached = groups.reduce((sum, group) => sum + Math.min(group.total, mostHits), 0);
      const label = reached < total ? t('palette.showFirst', { count: reached, total }) : t('palette.showAll', { total });
      rows.push({ kind: 'more', id: `more-${id}`, section: id, label });
    }
    shown.push({ id, title: t(id === 'clients' && !hasClients ? 'palette.organizations' : title), note, rows });
  }
  const fitting = actions.flatMap((action): PaletteRow[] => {
    const wanted = fold(text.trim());
    const at = fold(action.label).indexOf(wanted);
    const known = fold(`${action.label} ${action.also ?? ''}`);
    if (at < 0 && !foldedWords(text).every((word) => known.includes(word))) return [];
    return [{ kind: 'action', id: `action-${action.id}`, action, matched: wanted !== '' && at >= 0 ? [at, wanted.length] : null }];
  });
  if (fitting.length > 0) shown.push({ id: 'actions', title: t('palette.actions'), note: '', rows: fitting });
  return shown;
}

/** Hits of a section on the sheet, at the most. */
const sheet = 5;

/** The first hits of every kind, so that many collections do not push the groups out. */
function fairShare(kinds: SearchHit[][]): SearchHit[] {
  const others = (at: number) =>
    kinds.reduce((sum, hits, other) => (other === at ? sum : sum + Math.min(hits.length, Math.floor(sheet / kinds.length))), 0);
  return kinds.flatMap((hits, at) => hits.slice(0, sheet - others(at))).slice(0, sheet);
}

/** Letters without case and accents, and one apostrophe for both, one for one, so that positions stay true. */
function fold(text: string): string {
  return [...text].map((letter) => (letter === '’' ? "'" : (letter.normalize('NFD')[0] ?? letter)).toLowerCase()).join('');
}

/** The words of a text, folded. */
export function foldedWords(text: string): string[] {
  return fold(text).split(/\s+/).filter((word) => word !== '');
}

const tags: Record<string, MessageKey> = {
  owner: 'palette.roleOwner',
  admin: 'palette.roleAdmin',
  user: 'palette.roleUser',
  custom: 'palette.roleCustom',
  providerAdmin: 'team.providerAdmin',
  serviceUser: 'team.serviceUser',
  invited: 'palette.statusInvited',
  needsConfirmation: 'palette.statusNeedsConfirmation',
  revoked: 'palette.statusRevoked',
};

function tagOf(hit: SearchHit, words: Words): string {
  const { t } = words;
  switch (hit.kind) {
    case 'person':
    case 'teamMember': {
      const key = tags[hit.tag ?? ''];
      return key ? t(key) : '';
    }
    case 'item': {
      const type = Number(hit.tag);
      return type >= 1 && type <= 8 ? t(`palette.type${type}` as MessageKey) : '';
    }
    case 'group':
      return t('palette.group');
    case 'collection':
      return t('palette.collection');
    case 'client':
      return planName(hit.tag ?? '', words);
  }
}

export const itemIcon: Record<string, IconName> = {
  1: 'globe',
  2: 'note',
  3: 'card',
  4: 'identity',
  5: 'terminal',
  6: 'bank',
  7: 'identity',
  8: 'passport',
};

/** Where a hit leads. `product` is the portal for who has a provider, the console for everyone else. */
export function placeOfHit(hit: SearchHit, product: 'providerPortal' | 'adminConsole'): Place {
  if (hit.kind === 'teamMember') return { page: 'members', product: 'providerPortal', open: hit.id };
  if (hit.kind === 'item') return { page: 'vaults', product: 'passwordManager', open: hit.id };
  const organizationId = hit.kind === 'client' ? hit.id : (hit.organizationId ?? '');
  const client = { page: 'client', product, organizationId } as const;
  switch (hit.kind) {
    case 'person':
      return { ...client, tab: 'members', open: hit.id };
    case 'group':
      return { ...client, tab: 'groups', open: hit.id };
    case 'collection':
      return { ...client, tab: 'collections', open: hit.id };
    case 'client':
      return client;
  }
}

/** The client a hit belongs to, to narrow the search to. */
export function clientOfHit(hit: SearchHit): { id: string; name: string } | null {
  if (hit.kind === 'client') return { id: hit.id, name: hit.name };
  return hit.organizationId && hit.client && hit.kind !== 'item' ? { id: hit.organizationId, name: hit.client } : null;
}
