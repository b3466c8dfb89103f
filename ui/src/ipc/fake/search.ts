import type { SearchGroup } from '../bindings/SearchGroup';
import type { SearchHit } from '../bindings/SearchHit';
import type { SearchKind } from '../bindings/SearchKind';
import type { SearchQuery } from '../bindings/SearchQuery';
import type { SearchResults } from '../bindings/SearchResults';
import type { FakeEstate } from './estate';
import { tagCounts, textOf } from './queries';
import type { FakeTeamMember } from './team';
import type { FakeVault } from './vault';

/** Letters without accents and case, one for one, so that positions stay true. Most texts have no accent, and letter by letter 100,000 take 70 ms. */
const fold = (text: string) =>
  /^[\x20-\x7e]*$/.test(text) ? text.toLowerCase() : [...text].map((letter) => letter.normalize('NFD')[0]!.toLowerCase()).join('');

export function searchEverything(estate: FakeEstate, vault: FakeVault, team: FakeTeamMember[], query: SearchQuery): SearchResults {
  const wanted = fold(query.text.trim());
  const clients = estate.clients.filter(({ id }) => !query.organizationId || id === query.organizationId);
  const found = new Map<SearchKind, SearchHit[]>();
  const offer = (hit: Omit<SearchHit, 'matched' | 'providerId'> & { providerId?: string }) => {
    const at = fold(hit.name).indexOf(wanted);
    if (at < 0 && !fold(hit.detail ?? '').includes(wanted)) return;
    const hits = found.get(hit.kind) ?? [];
    hits.push({ providerId: null, ...hit, matched: at < 0 || wanted === '' ? null : [at, wanted.length] });
    found.set(hit.kind, hits);
  };
  for (const client of clients) {
    const at = { organizationId: client.id, client: client.name };
    offer({ kind: 'client', id: client.id, name: client.name, detail: client.tags.join(', ') || null, tag: client.plan, ...at, client: null });
    if (!wanted) continue;
    for (const member of client.members) {
      const tag = member.status === 'confirmed' ? member.role : member.status;
      offer({ kind: 'person', id: member.id, name: member.name ?? member.email, detail: member.email, tag, ...at });
    }
    for (const { id, name } of client.groups) offer({ kind: 'group', id, name, detail: null, tag: null, ...at });
    for (const { id, path } of client.collections)
      if (path.kind === 'plain') offer({ kind: 'collection', id, name: path.value, detail: null, tag: null, ...at });
  }
  if (wanted && !query.organizationId)
    for (const { row } of vault.items) {
      const owner = row.owner?.name ?? null;
      offer({ kind: 'item', id: row.id, organizationId: row.owner?.id ?? null, name: textOf(row.name), detail: row.subtitle, tag: String(row.kind), client: owner });
    }
  const provider = estate.providers[0];
  if (wanted && !query.organizationId && provider)
    for (const { id, name, email, admin, status } of team) {
      const tag = status !== 'confirmed' ? status : admin ? 'providerAdmin' : 'serviceUser';
      offer({ kind: 'teamMember', id, organizationId: null, providerId: provider.id, name: name ?? email, detail: name ? email : null, tag, client: provider.name });
    }
  const kinds: SearchKind[] = ['client', 'person', 'teamMember', 'group', 'collection', 'item'];
  const tags = wanted && !query.organizationId ? tagCounts(estate, clients.map(({ id }) => id)).filter(({ name }) => fold(name).includes(wanted)) : [];
  return {
    clients: estate.providers.length > 0 ? clients.length : 0,
    own: estate.providers.length > 0 ? 0 : clients.length,
    tags: tags.slice(0, query.limit),
    groups: kinds.flatMap((kind): SearchGroup[] => {
      const hits = found.get(kind);
      if (!hits) return [];
      return [
        {
          kind,
          total: hits.length,
          inClients: new Set(hits.map((hit) => hit.organizationId)).size,
          hits: hits.slice(0, query.limit),
        },
      ];
    }),
  };
}
