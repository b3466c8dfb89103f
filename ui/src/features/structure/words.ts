import type { MapTile } from '$/ipc/bindings/MapTile';
import type { MemberRole } from '$/ipc/bindings/MemberRole';
import type { PictureAge } from '$/ipc/bindings/PictureAge';
import type { SeatLevel } from '$/ipc/bindings/SeatLevel';
import type { MessageKey } from '$/messages/catalogue';
import { roleWords as memberRoles } from '$/state/member-words';
import { planName } from '$/state/plan-names';
import type { Words } from '$/state/words.svelte';

/** What the colours of the tiles stand for. */
export type MapColor = 'seats' | 'picture';
export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

const seatWords: Record<SeatLevel, { tone: Tone; word: MessageKey }> = {
  full: { tone: 'bad', word: 'structure.seatsFull' },
  nearly: { tone: 'warn', word: 'structure.seatsNearly' },
  left: { tone: 'good', word: 'structure.seatsLeft' },
  noLimit: { tone: 'quiet', word: 'structure.seatsNoLimit' },
};
const ageWords: Record<PictureAge, { tone: Tone; word: MessageKey }> = {
  fresh: { tone: 'good', word: 'structure.pictureFresh' },
  stale: { tone: 'warn', word: 'structure.pictureStale' },
  neverRead: { tone: 'quiet', word: 'structure.pictureNever' },
};

const of = (tile: MapTile, color: MapColor) => (color === 'seats' ? seatWords[tile.seats] : ageWords[tile.picture]);
export const tileTone = (tile: MapTile, color: MapColor): Tone => of(tile, color).tone;
export const toneWord = (tile: MapTile, color: MapColor, { t }: Words): string => t(of(tile, color).word);
export const legendOf = (color: MapColor): { tone: Tone; word: MessageKey }[] => Object.values(color === 'seats' ? seatWords : ageWords);

/** What a tile counts, in this order. */
export const holdings = [
  { icon: 'person', word: 'structure.seatsUsed' },
  { icon: 'people', word: 'structure.groups' },
  { icon: 'collection', word: 'structure.collections' },
] as const;

/** The heading of a group: a word for a level, the key itself for a plan or a letter. */
export function groupName(key: string, words: Words): string {
  const { t } = words;
  if (key in seatWords) return t(seatWords[key as SeatLevel].word);
  if (key in ageWords) return t(ageWords[key as PictureAge].word);
  return planName(key, words) || t('structure.noPlan');
}

/** How many there are, and the revoked members beside them, who are none of them. */
export function counted(count: number, revoked: number, { t, format }: Words): string {
  const told = format.number(count);
  return revoked > 0 ? `${told} + ${t('structure.membersRevoked', { count: revoked })}` : told;
}

export { statusTones, statusWords } from '$/state/member-words';

export const roleWords: Record<MemberRole | 'providerAdmin' | 'serviceUser', MessageKey> = {
  ...memberRoles,
  providerAdmin: 'structure.providerAdmin',
  serviceUser: 'structure.serviceUser',
};
