export interface CharacterRun {
  kind: 'letter' | 'digit' | 'symbol';
  text: string;
}

/** Splits a value into runs of letters (with spaces), digits and symbols, keeping every character. */
export function characterRuns(value: string): CharacterRun[] {
  const runs: CharacterRun[] = [];
  for (const character of value) {
    const kind = /\p{Nd}/u.test(character) ? 'digit' : /[\p{L}\p{M}\s]/u.test(character) ? 'letter' : 'symbol';
    const last = runs.at(-1);
    if (last?.kind === kind) last.text += character;
    else runs.push({ kind, text: character });
  }
  return runs;
}
