import { SvelteSet } from 'svelte/reactivity';
import { WindowedRows } from '$/components/table';
import type { TeamPage } from '$/ipc/bindings/TeamPage';
import type { TeamQuery } from '$/ipc/bindings/TeamQuery';
import type { TeamRow } from '$/ipc/bindings/TeamRow';
import { HostError, type Host } from '$/ipc/host';
import type { PlaceOf } from '$/state/location.svelte';
import { Reading } from '$/state/reading.svelte';

export type TeamPlace = PlaceOf<'members'>;
type Question = Omit<TeamQuery, 'offset' | 'limit'>;

/** The question that a place asks: what is not written in the place is the default. */
export function questionOf(providerId: string, place: TeamPlace): Question {
  return {
    providerId,
    filter: place.filter ?? 'all',
    role: place.role ?? null,
    search: place.search ?? '',
    sort: place.sort ?? 'email',
    descending: place.descending ?? false,
  };
}

/** True when the list leaves people out. */
export function isNarrowed(place: TeamPlace): boolean {
  return Boolean(place.search) || place.role !== undefined || (place.filter ?? 'all') !== 'all';
}

/** The provider's team as the host lists it, who is chosen in it, and whose panel is open. */
export class TeamController {
  readonly rows: WindowedRows<TeamRow, Question, TeamPage>;
  readonly member = new Reading<TeamRow>();
  /** Chosen for a bulk action, by providerUserId. */
  readonly chosen = new SvelteSet<string>();
  refreshing = $state(false);
  /** Why it could not be read again when the person asked for it. */
  failure = $state.raw<HostError>();
  #host: Host;
  #open = '';

  constructor(host: Host) {
    this.#host = host;
    this.rows = new WindowedRows((question, from, to) => host.teamPage({ ...question, offset: from, limit: to - from }));
  }

  follow(providerId: string, place: TeamPlace, revision: number): void {
    // What is not in the list any more must not be acted on unseen.
    if (this.rows.follow(questionOf(providerId, place), revision)) this.chosen.clear();
    const opened = JSON.stringify([providerId, place.open, revision]);
    if (opened === this.#open) return;
    this.#open = opened;
    const { open } = place;
    if (open === undefined) this.member.drop();
    else void this.member.read(open, () => this.#host.teamMember(providerId, open));
  }

  /** Asks the server for the team as it is now. `ifOld`: by the page itself, which says nothing where that fails. */
  async refresh(providerId: string, ifOld = false): Promise<void> {
    if (!ifOld) this.refreshing = true;
    this.failure = undefined;
    try {
      await this.#host.refreshTeam(providerId, ifOld);
      // Its age is another, even where nothing changed.
      this.rows.refresh();
    } catch (cause) {
      if (!ifOld) this.failure = HostError.from(cause);
    } finally {
      if (!ifOld) this.refreshing = false;
    }
  }

  toggle(id: string): void {
    if (!this.chosen.delete(id)) this.chosen.add(id);
  }

  /** Everyone who is listed, or nobody. */
  toggleAll(): void {
    const ids = this.rows.latest?.ids ?? [];
    const all = ids.length > 0 && ids.every((id) => this.chosen.has(id));
    this.chosen.clear();
    if (!all) for (const id of ids) this.chosen.add(id);
  }

  /** Every row that answers the condition, whatever is in view: a bulk action shows whom it is about. */
  async people(providerId: string, shows: (row: TeamRow) => boolean, part: Partial<Question> = {}): Promise<TeamRow[]> {
    const question = { ...questionOf(providerId, { page: 'members', product: 'providerPortal' }), ...part };
    const found: TeamRow[] = [];
    for (let offset = 0; ; offset += AT_ONCE) {
      const { rows, total } = await this.#host.teamPage({ ...question, offset, limit: AT_ONCE });
      found.push(...rows.filter(shows));
      if (rows.length === 0 || offset + rows.length >= total) return found;
    }
  }
}

const AT_ONCE = 200;
