import { type FakeItem, type FakeVault, sameLogin } from './vault';

/** What a search asks of an item: words, phrases and the prefixes that the core knows, in both languages. */
export function finds(vault: FakeVault, text: string): { holds: (item: FakeItem) => boolean; namesShelf: boolean } {
  const terms = [...text.matchAll(/(-?)(?:([\p{L}]+):(?:"([^"]*)"?|(\S*))|"([^"]*)"?|(\S+))/gu)].map(([whole, minus, prefix, ...values]) => ({
    whole: whole.replace(/^-/, '').replaceAll('"', ''),
    negated: minus === '-',
    prefix: prefix && fold(prefix),
    value: fold(values.find((value) => value !== undefined) ?? ''),
  }));
  const tests = terms.flatMap(({ whole, negated, prefix, value }) => {
    const found = prefix ? prefixed(vault, prefix, value) : undefined;
    // The prefix stands and its value is still being typed.
    if (found !== undefined && value === '') return [];
    const test = found ?? ((item: FakeItem) => textOf(item).includes(fold(whole)));
    return [(item: FakeItem) => test(item) !== negated];
  });
  const namesShelf = terms.some(({ prefix, value }) => /^(is|est)$/.test(prefix ?? '') && /^(tra|cor|arc)/.test(value));
  return { holds: (item) => tests.every((test) => test(item)), namesShelf };
}

const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

const nameOf = ({ row }: FakeItem) => (row.name.kind === 'plain' ? row.name.value : '');

const textOf = (item: FakeItem) => fold(`${nameOf(item)}\n${item.row.subtitle ?? ''}\n${item.host}`);

const kinds: [string, number][] = [
  ['login', 1], ['connexion', 1], ['identifiant', 1], ['note', 2], ['card', 3], ['carte', 3], ['identity', 4], ['identite', 4], ['ssh', 5],
  ['bank', 6], ['banque', 6], ['license', 7], ['permis', 7], ['passport', 8], ['passeport', 8],
];

/** Nothing of a prefix that the core does not know; null for a value that the prefix does not take: it is text. */
function prefixed(vault: FakeVault, prefix: string, value: string): ((item: FakeItem) => boolean) | null | undefined {
  const named = (nodes: { id: string; name: { kind: string; value?: string } }[], id: string | null) =>
    nodes.some((node) => node.id === id && fold(node.name.value ?? '').includes(value));
  switch (prefix) {
    case 'name':
    case 'nom':
      return (item) => fold(nameOf(item)).includes(value);
    case 'user':
    case 'utilisateur':
      return ({ row }) => row.kind === 1 && fold(row.subtitle ?? '').includes(value);
    case 'site':
      return ({ row, host }) => row.kind === 1 && host.includes(value);
    case 'type': {
      const wanted = kinds.filter(([word]) => word.startsWith(value)).map(([, kind]) => kind);
      return wanted.length > 0 ? ({ row }) => wanted.includes(row.kind) : null;
    }
    case 'in':
    case 'dans':
      return (item) =>
        named(vault.folders, item.folderId) || item.collectionIds.some((id) => named(vault.collections, id));
    case 'org':
      return ({ row }) => (row.owner ? fold(row.owner.name).includes(value) : 'me moi'.includes(value));
    case 'is':
    case 'est':
      return state(vault, value);
    case 'has':
    case 'avec':
      if (/^(att|pie|fil|fic)/.test(value)) return ({ row }) => row.attachments;
      return /^(cod|tot)/.test(value) ? ({ row }) => row.hasTotp : null;
    default:
      return undefined;
  }
}

function state(vault: FakeVault, value: string): ((item: FakeItem) => boolean) | null {
  const states: [RegExp, (item: FakeItem) => boolean][] = [
    [/^fav/, ({ row }) => row.favorite],
    [/^(tra|cor)/, ({ row }) => row.deletedAt !== null],
    [/^arc/, ({ archivedAt, row }) => archivedAt !== null && row.deletedAt === null],
    [/^(dup|dou)/, (item) => sameLogin(vault, item).length > 0],
    [/^(unr|ill)/, ({ row }) => row.name.kind === 'unreadable'],
    [/^prot/, ({ row }) => row.reprompt],
    [/^(sha|part)/, ({ row }) => row.owner !== null],
  ];
  return states.find(([word]) => word.test(value))?.[1] ?? null;
}
