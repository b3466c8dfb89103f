const SHAPE = [...'xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx'];
const DIGITS = '0123456789abcdef';

/** Repeatable chance: the same seed gives the same data on every start, so that pictures can be compared. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** 0 ≤ x < 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  one<Of>(list: readonly Of[]): Of {
    return list[this.below(list.length)]!;
  }

  some<Of>(list: readonly Of[], count: number): Of[] {
    const pool = [...list];
    const taken: Of[] = [];
    while (taken.length < count && pool.length > 0) taken.push(...pool.splice(this.below(pool.length), 1));
    return taken;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** Joined, which is one string: put together in steps, the ids of an estate held twelve megabytes of parts of strings. */
  uuid(): string {
    return SHAPE.map((at) => (at === 'x' ? DIGITS[this.below(16)]! : at)).join('');
  }
}
