import { folded } from '$/components/filter/folded';
import type { EventActor } from '$/ipc/bindings/EventActor';
import type { EventsExport } from '$/ipc/bindings/EventsExport';
import type { EventRow } from '$/ipc/bindings/EventRow';
import type { EventSubject } from '$/ipc/bindings/EventSubject';
import type { EventWord } from '$/ipc/bindings/EventWord';
import type { MessageKey } from '$/messages/catalogue';
import * as english from '$/messages/en';
import { vowels, type Words } from '$/state/words.svelte';

/** Event numbers that have a sentence (protocol.md §4.9, §5.10), in their order. */
export const eventNumbers: readonly number[] = numbersOf(/^e(\d+)$/);
/** Device types that have a name (protocol.md §1.7). */
export const deviceNumbers: readonly number[] = numbersOf(/^device(\d+)$/);

function numbersOf(pattern: RegExp): number[] {
  return Object.keys(english.events)
    .map((key) => Number(pattern.exec(key)?.[1] ?? NaN))
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => a - b);
}

const has = (key: string): key is keyof typeof english.events => key in english.events;
const keyOf = (name: string): MessageKey | undefined => (has(name) ? `events.${name}` : undefined);

/** What stands in a sentence in place of a thing that is not named. */
const UNNAMED = '…';

/**
 * A sentence around the thing it is about; a number that is newer than this version is told as such. `beside`: the client
 * is named beside the sentence, which does without it.
 */
export function eventSentence(kind: number, subject: EventSubject | null, words: Words, beside = false): [string, string, string] {
  const short = beside ? keyOf(`beside${kind}`) : undefined;
  if (short) return [words.t(short), '', ''];
  const key = keyOf(`e${kind}`);
  if (!key) return [unknown(kind, words), '', ''];
  const whole = words.t(key, { part: UNNAMED });
  // A sentence about nothing in particular stands alone.
  if (!whole.includes(UNNAMED)) return [whole, '', ''];
  const part = subject ? subjectName(subject, words) : UNNAMED;
  const [before, after] = words.around(key, undefined, part);
  return [before, part, after];
}

/** The sentence of a number without a thing: for filters, searches and exports. */
export function eventLabel(kind: number, words: Words): string {
  const key = keyOf(`e${kind}`);
  return key ? words.t(key, { part: UNNAMED }) : unknown(kind, words);
}

/** A sentence as it is before a name that begins with a vowel, with its number; none where it is the same. */
function elidedLabel(kind: number, words: Words): [number, string][] {
  const key = keyOf(`e${kind}`);
  const label = key && words.around(key, undefined, vowels[0]).join(UNNAMED);
  return label && label !== eventLabel(kind, words) && eventLabel(kind, words).includes(UNNAMED) ? [[kind, label]] : [];
}

/** Numbers of events are positive: below are those that the server left out. */
function unknown(kind: number, words: Words): string {
  return kind < 0 ? words.t('events.kindNotTold') : words.t('events.unknown', { number: String(kind) });
}

export function isKnown(kind: number): boolean {
  return has(`e${kind}`);
}

/** What a thing is called; without a name, the end of its id. */
export function subjectName(subject: EventSubject, words: Words): string {
  return subject.name ?? (subject.id ? shortId(subject.id, words) : UNNAMED);
}

export function deviceName(device: number, { t }: Words): string {
  const key = keyOf(`device${device}`);
  return key ? t(key) : t('events.deviceUnknown', { number: String(device) });
}

export function actorName(actor: EventActor, words: Words): string {
  const { t } = words;
  if (actor.kind === 'nobody') return t('events.nobody');
  if (actor.kind === 'person') return actor.name ?? t('events.unknownPerson', { id: shortId(actor.id, words) });
  const key = keyOf(`system${actor.number}`);
  return key ? t(key) : t('events.systemUnknown', { number: String(actor.number) });
}

/** The name of a client; one that the provider has no more is told by its id. */
export function clientName(client: { id: string; name: string }, words: Words): string {
  return client.name || words.t('events.unknownClient', { id: shortId(client.id, words) });
}

/** The last letters of an id tell two of them apart as well as the whole. */
export function shortId(id: string, { t }: Words): string {
  return t('events.shortId', { id: id.slice(-8) });
}

/** The words of a search with the numbers whose sentence or device name holds them, in the language of the moment. */
export function searchWords(text: string, words: Words): EventWord[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 12)
    .map((word) => {
      const wanted = folded(word);
      return {
        text: word,
        kinds: eventNumbers.filter((kind) => folded(eventLabel(kind, words)).includes(wanted)),
        devices: deviceNumbers.filter((device) => folded(deviceName(device, words)).includes(wanted)),
      };
    });
}

/** The heads of a CSV, by the members of the JSON. */
const heads: Record<string, MessageKey> = {
  date: 'events.columnTime',
  deviceType: 'events.exportDeviceNumber',
  device: 'events.columnDevice',
  ipAddress: 'events.exportAddress',
  actingUserId: 'events.exportUserId',
  actor: 'events.columnUser',
  actorEmail: 'events.exportUserEmail',
  type: 'events.exportEventNumber',
  name: 'events.exportEventName',
  event: 'events.columnEvent',
  subject: 'events.exportSubject',
  subjectId: 'events.exportSubjectId',
  organizationId: 'events.exportClientId',
  client: 'events.columnClient',
};

/** All sentences, device names and heads, for an export in the language of the moment. `inConsole`: who acts is called a member there. */
export function exportWords(words: Words, inConsole: boolean): Omit<EventsExport, 'filter' | 'format'> {
  const headOf = (key: MessageKey) => words.t(inConsole && key === 'events.columnUser' ? 'events.columnMember' : key);
  return {
    heads: Object.fromEntries(Object.entries(heads).map(([column, key]) => [column, headOf(key)])),
    kinds: Object.fromEntries(eventNumbers.map((kind) => [kind, eventLabel(kind, words)])),
    elided: Object.fromEntries(eventNumbers.flatMap((kind) => elidedLabel(kind, words))),
    vowels,
    devices: Object.fromEntries(deviceNumbers.map((device) => [device, deviceName(device, words)])),
  };
}

/** Identity of a row over a reading. */
export function rowKey(row: EventRow): string {
  if (row.row === 'event') return String(row.id);
  return row.row === 'gap' ? `gap/${row.from}` : 'unread';
}
