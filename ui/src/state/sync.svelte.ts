import type { SyncStatus } from '$/ipc/bindings/SyncStatus';
import { HostError, type Host } from '$/ipc/host';

/** Sync state and progress, as Rust tells it. Lists read `revision` and ask again when it moves. */
export class SyncWatch {
  status: SyncStatus = $state.raw({
    connection: 'unknown',
    lastSync: null,
    progress: null,
    failure: null,
    staleClients: 0,
    revision: 0,
  });
  /** Why a sync could not even be started; cleared by the next attempt. */
  refused: HostError | null = $state.raw(null);
  #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  get running(): boolean {
    return this.status.progress !== null;
  }

  get offline(): boolean {
    return this.status.connection === 'offline';
  }

  get revision(): number {
    return this.status.revision;
  }

  follow(): () => void {
    let heard = false;
    const stop = this.#host.onSyncStatus((status) => {
      heard = true;
      this.status = status;
    });
    this.#host.syncStatus().then(
      (status) => {
        if (!heard) this.status = status;
      },
      () => {
        // Locked in the meantime: the screen is about to change.
      },
    );
    return stop;
  }

  /** Reads everything again, or one client. */
  async start(organizationId?: string): Promise<void> {
    this.refused = null;
    try {
      await this.#host.syncStart(organizationId);
    } catch (cause) {
      this.refused = HostError.from(cause);
    }
  }

  async cancel(): Promise<void> {
    try {
      await this.#host.syncCancel();
    } catch (cause) {
      this.refused = HostError.from(cause);
    }
  }
}
