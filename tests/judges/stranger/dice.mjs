// Repeatable choices from a seed. Keys never come from here.

export function makeDice(seed) {
  let state = seed >>> 0;
  // mulberry32: short, and good enough for names.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below) => Math.floor(next() * below);
  const hex = (digits) => Array.from({ length: digits }, () => int(16).toString(16)).join('');
  return {
    int,
    chance: (probability) => next() < probability,
    pick: (list) => list[int(list.length)],
    some: (list, probability) => list.filter(() => next() < probability),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    /// So many seconds ago, with 0 to 7 digits of a fraction, as servers differ.
    ago: (seconds) => {
      const whole = new Date(Math.floor(Date.now() / 1000 - seconds) * 1000).toISOString().slice(0, 19);
      const digits = int(8);
      const fraction = Array.from({ length: digits }, () => int(10)).join('');
      return `${whole}${digits ? `.${fraction}` : ''}Z`;
    },
  };
}
