import { getContext, setContext } from 'svelte';
import type { TeamRow } from '$/ipc/bindings/TeamRow';
import { HostError } from '$/ipc/host';

/** What is done to one or to many, with a result for each. */
export type PeopleAction = 'reinvite' | 'confirm' | 'remove';

export interface PeopleTask {
  kind: PeopleAction;
  people: TeamRow[];
  /** The person was chosen too, and is left out. */
  withoutYou: boolean;
}

/** Which dialog of the members page is open, and about whom. Rows as they were when it was opened. */
export class TeamActions {
  /** Whose role is being changed. */
  editing = $state.raw<TeamRow>();
  action = $state.raw<PeopleTask>();
  /** Why a dialog could not even be opened. */
  failure = $state.raw<HostError>();

  begin(kind: PeopleAction, people: TeamRow[]): void {
    this.failure = undefined;
    // Nobody removes themselves: who chooses everybody means the others.
    const others = kind === 'remove' ? people.filter(({ own }) => !own) : people;
    const left = others.length > 0 && others.length < people.length;
    if (people.length > 0) this.action = { kind, people: left ? others : people, withoutYou: left };
  }

  fail(cause: unknown): void {
    this.failure = HostError.from(cause);
  }
}

const key = Symbol('team actions');

export function provideTeamActions(actions: TeamActions): TeamActions {
  return setContext(key, actions);
}

export function useTeamActions(): TeamActions {
  return getContext<TeamActions>(key);
}
