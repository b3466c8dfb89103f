import type { MapTile } from '$/ipc/bindings/MapTile';
import type { MemberRole } from '$/ipc/bindings/MemberRole';
import type { MemberStatus } from '$/ipc/bindings/MemberStatus';
import type { PictureAge } from '$/ipc/bindings/PictureAge';
import type { SeatLevel } from '$/ipc/bindings/SeatLevel';
import type { MessageKey } from '$/messages/catalogue';
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

/** The heading of a group: a word for a level, the key itself for a plan or a letter. */
export function groupName(key: string, { t }: Words): string {
  if (key in seatWords) return t(seatWords[key as SeatLevel].word);
  if (key in ageWords) return t(ageWords[key as PictureAge].word);
  return key || t('structure.noPlan');
}

export const roleWords: Record<MemberRole | 'providerAdmin' | 'serviceUser', MessageKey> = {
  owner: 'client.owner',
  admin: 'client.admin',
  user: 'client.user',
  custom: 'client.custom',
  unknown: 'client.unknownRole',
  providerAdmin: 'structure.providerAdmin',
  serviceUser: 'structure.serviceUser',
};

export const statusWords: Record<MemberStatus, MessageKey> = {
  invited: 'client.invited',
  needsConfirmation: 'client.needsConfirmation',
  confirmed: 'client.confirmed',
  revoked: 'client.revoked',
  staged: 'client.staged',
  unknown: 'client.unknownStatus',
};

export const statusTones: Record<MemberStatus, 'neutral' | 'warning' | 'danger'> = {
  invited: 'neutral',
  needsConfirmation: 'warning',
  confirmed: 'neutral',
  revoked: 'danger',
  staged: 'neutral',
  unknown: 'neutral',
};
