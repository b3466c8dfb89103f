import type { MessageKey } from '$/messages/catalogue';

/** Letters that an organization's name has at the most (ui.md (b)). */
const most = 50;

/** What is wrong with the name of an organization. */
export function nameFault(name: string): MessageKey | undefined {
  const letters = [...name.trim()].length;
  if (letters === 0) return 'clientActions.nameMissing';
  return letters > most ? 'clientActions.nameTooLong' : undefined;
}
