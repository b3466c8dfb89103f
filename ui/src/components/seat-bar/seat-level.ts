/** Share of seats in use from which a client is nearly full. */
const NEARLY_FULL = 0.94;

/** How full a client is; the word is the class of the bar (look/small.css). */
export function seatLevel(used: number, assigned: number): '' | 'warning' | 'danger' {
  if (used >= assigned) return used > 0 ? 'danger' : '';
  return used / assigned >= NEARLY_FULL ? 'warning' : '';
}

/** How good a coverage is: from 85 % fine, from 70 % to be watched, below that bad. */
export function coverageLevel(on: number, of: number): '' | 'warning' | 'danger' {
  if (of === 0 || on / of >= 0.85) return '';
  return on / of >= 0.7 ? 'warning' : 'danger';
}
