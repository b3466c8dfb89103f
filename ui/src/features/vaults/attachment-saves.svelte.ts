import { SvelteMap } from 'svelte/reactivity';
import type { AttachmentProgress } from '$/ipc/bindings/AttachmentProgress';
import { HostError, type Host } from '$/ipc/host';

/** What becomes of a file that the person wants to keep. */
export type AttachmentSave =
  | { kind: 'running'; progress: AttachmentProgress | undefined }
  | { kind: 'failed'; error: HostError };

type SavesHost = Pick<Host, 'saveAttachment' | 'cancelAttachment' | 'onAttachmentProgress'>;

/** The files that are being saved, and those that could not be, by their ids. One that is saved leaves no trace. */
export class AttachmentSaves {
  readonly states = new SvelteMap<string, AttachmentSave>();
  #host: SavesHost;

  constructor(host: SavesHost) {
    this.#host = host;
  }

  /** Hears how far files have come, until the returned function is called. */
  follow(): () => void {
    return this.#host.onAttachmentProgress((progress) => {
      if (this.states.get(progress.attachmentId)?.kind === 'running') {
        this.states.set(progress.attachmentId, { kind: 'running', progress });
      }
    });
  }

  /** Saves a file; the name under which it is kept, or nothing when it was not. */
  async save(itemId: string, attachmentId: string, acceptUnauthenticated = false): Promise<string | undefined> {
    if (this.states.get(attachmentId)?.kind === 'running') return undefined;
    this.states.set(attachmentId, { kind: 'running', progress: undefined });
    try {
      const { fileName } = await this.#host.saveAttachment({ itemId, attachmentId, acceptUnauthenticated });
      this.states.delete(attachmentId);
      return fileName ?? undefined;
    } catch (cause) {
      const error = HostError.from(cause);
      if (error.code === 'cancelled') this.states.delete(attachmentId);
      else this.states.set(attachmentId, { kind: 'failed', error });
      return undefined;
    }
  }

  async cancel(attachmentId: string): Promise<void> {
    try {
      await this.#host.cancelAttachment(attachmentId);
    } catch {
      // It ended meanwhile, or everything was locked.
    }
  }

  /** Another item is in view: what failed there is not told here. What runs goes on. */
  look(): void {
    for (const [id, state] of this.states) if (state.kind === 'failed') this.states.delete(id);
  }
}
