/** Six requests for a client, twenty of them a second. */
const allowed = 6 / 20;

/** How long the clients of a sync still take, by the rule of the program (`crates/client/src/sync/estimate.rs`). */
export function secondsLeft(done: number, total: number, elapsed: number): number | null {
  const left = total - done;
  if (left <= 0) return null;
  const weight = Math.min(1, (done * 10) / total);
  const measured = done > 0 ? elapsed / done : allowed;
  if (weight < 1 && total <= 100) return null;
  return Math.max(1, Math.round((measured * weight + allowed * (1 - weight)) * left));
}
