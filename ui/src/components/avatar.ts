/** Two letters that stand for a name: first letters of its first two words, or the first two of its only word. */
export function initials(name: string): string {
  const words = name
    .replace(/@.*$/, '')
    .split(/[\s._+&/-]+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const [first, second] = words.map((word) => [...word].filter((letter) => /[\p{L}\p{N}]/u.test(letter)));
  if (!first) return '–';
  const letters = second ? `${first[0]}${second[0]}` : first.slice(0, 2).join('');
  return letters.toLocaleUpperCase();
}

/** Number of avatar hues in tokens.css. */
export const hues = 8;

/** The hue 1…8 of an id or an address: the same one has the same colour on every page and every start. */
export function hueOf(id: string): number {
  // FNV-1a: uuids that differ in one digit spread over the hues.
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193) >>> 0;
  }
  return (hash % hues) + 1;
}
