/** Names in the order in which Rust lists them: without regard to case and accents, numbers by their value. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export const inOrder = (one: string, other: string): number => collator.compare(one, other);
