import type { SeatAnswer } from '$/ipc/bindings/SeatAnswer';
import type { SeatQuestion } from '$/ipc/bindings/SeatQuestion';
import type { Host } from '$/ipc/host';

/** A number of seats as it is typed; none for what is no number. */
export function seatsTyped(text: string): number | undefined {
  const typed = text.trim();
  return /^\d{1,7}$/.test(typed) ? Number(typed) : undefined;
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
