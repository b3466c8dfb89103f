import type { ErrorCode } from '$/ipc/bindings/ErrorCode';
import type { SyncReport } from '$/ipc/bindings/SyncReport';
import type { SyncStatus } from '$/ipc/bindings/SyncStatus';
import { HostError, type Host } from '$/ipc/host';

/** Sync state and progress, as Rust tells it. Lists read `revision` and ask again when it moves. */
export class SyncWatch {
  status: SyncStatus = $state.raw({
    connection: 'unknown',
    lastSync: null,
    progress: null,
    failure: null,
    report: null,
    staleClients: 0,
    revision: 0,
  });
  /** Why a sync could not even be started; cleared by the next attempt. */
  refused: HostError | null = $state.raw(null);
  /** Rust has told the status at least once. */
  known = $state(false);
  /** When the client with the oldest picture was read, of the provider whose portal is open. */
  oldest: string | null = $state.raw(null);
  /** A sync ended without a first picture: cancelled, failed or offline. */
  #without = $state(false);
  /** The first picture of this account is being taken: no list has anything true to show yet. */
  firstPicture = $derived(this.known && this.status.lastSync === null && !this.#without);
  #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  get running(): boolean {
    return this.status.progress !== null;
  }

  /** No connection that may be used: the server does not answer, or cannot be trusted. */
  get offline(): boolean {
    return this.status.connection === 'offline' || this.distrust !== null;
  }

  /** Why the server cannot be trusted. */
  get distrust(): ErrorCode | null {
    const { connection } = this.status;
    return typeof connection === 'object' ? connection.unsafe : null;
  }

  /** What the last sync did not read of what it asked for; nothing where it read all of it. */
  get missing(): Pick<SyncReport, 'unread' | 'oddEntries'> | null {
    const { report } = this.status;
    return report && (report.unread.length > 0 || report.oddEntries > 0) ? report : null;
  }

  get revision(): number {
    return this.status.revision;
  }

  /** Follows the account that is open, of which nothing is known yet, until the returned function is called. */
  follow(): () => void {
    let heard = false;
    this.known = false;
    this.#without = false;
    this.oldest = null;
    const stop = this.#host.onSyncStatus((status) => {
      heard = true;
      this.#take(status);
    });
    this.#host.syncStatus().then(
      (status) => {
        if (!heard) this.#take(status);
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
    this.#without = false;
    try {
      await this.#host.syncStart(organizationId);
    } catch (cause) {
      this.refused = HostError.from(cause);
      this.#without = true;
    }
  }

  async cancel(): Promise<void> {
    try {
      await this.#host.syncCancel();
    } catch (cause) {
      this.refused = HostError.from(cause);
    }
  }

  #take(status: SyncStatus): void {
    const ended = this.running && status.progress === null;
    this.status = status;
    if (ended || status.failure !== null || this.offline) this.#without = status.lastSync === null;
    this.known = true;
  }
}
