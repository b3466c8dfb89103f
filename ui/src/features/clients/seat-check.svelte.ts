import type { SeatAnswer } from '$/ipc/bindings/SeatAnswer';
import type { SeatChange } from '$/ipc/bindings/SeatChange';
import type { SeatQuestion } from '$/ipc/bindings/SeatQuestion';
import type { Host } from '$/ipc/host';
import type { Words } from '$/state/words.svelte';

/** The most that a server gives to one client. */
export const MOST_SEATS = 1_000_000;

/** A number of seats as it is typed, one below none too; none for what is no whole number. */
export function seatsTyped(text: string): number | undefined {
  const typed = text.trim();
  return /^-?\d+$/.test(typed) ? Number(typed) : undefined;
}

/** Whether so many seats look like a slip of the hand: they are bought, and ten times what there is, or a hundred for a new
    client, do not reach. */
export function isJump(now: number, wanted: number, change: SeatChange | null | undefined): boolean {
  return wanted > 10 * Math.max(now, 10) && (!change || change.bought > 0);
}

/** What a change costs or gives back, as a sentence. */
export function consequence({ bought, givenBack, unitPrice, yearly }: SeatChange, { t, format }: Words): string {
  if (bought > 0) {
    if (unitPrice === null) return t('clientActions.seatsBought', { count: bought });
    const price = format.money(bought * unitPrice);
    return t(yearly ? 'clientActions.seatsBoughtYearly' : 'clientActions.seatsBoughtMonthly', { count: bought, price });
  }
  return givenBack > 0 ? t('clientActions.seatsGivenBack', { count: givenBack }) : t('clientActions.seatsNothingBought');
}

/** What a number of seats would mean, asked with every change; an answer that a later question overtook is dropped. */
export class SeatCheck {
  answer: SeatAnswer | undefined = $state.raw();
  #host: Pick<Host, 'checkSeats'>;
  #asked = 0;

  constructor(host: Pick<Host, 'checkSeats'>) {
    this.#host = host;
  }

  async ask(question: SeatQuestion | undefined): Promise<void> {
    const turn = ++this.#asked;
    if (!question) {
      this.answer = undefined;
      return;
    }
    try {
      const answer = await this.#host.checkSeats(question);
      if (turn === this.#asked) this.answer = answer;
    } catch {
      // Without the arithmetic the server decides, as it does in any case.
      if (turn === this.#asked) this.answer = undefined;
    }
  }
}
