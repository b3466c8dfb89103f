/** The usual values, and the one that is set, should it be another; in order. */
export function offered(usual: number[], set: number | null, name: (value: number) => string): { value: number; label: string }[] {
  return [...new Set([...usual, ...(set === null ? [] : [set])])].sort((a, b) => a - b).map((value) => ({ value, label: name(value) }));
}
