import type { TagsTarget } from '$/ipc/bindings/TagsTarget';

/** Something that is to be done with the clients of a provider; its dialog opens over whatever page is shown. */
export type Act =
  | { kind: 'create'; providerId: string }
  | { kind: 'add'; providerId: string }
  | { kind: 'rename' | 'seats' | 'unlink'; organizationId: string }
  | { kind: 'tags'; target: TagsTarget };

/** The dialog of the moment. Pages and the palette open it; the shell shows it. */
export class ClientAct {
  current: Act | null = $state.raw(null);

  open(act: Act): void {
    this.current = act;
  }

  close(): void {
    this.current = null;
  }
}
