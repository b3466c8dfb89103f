import type { TotpCode } from '$/ipc/bindings/TotpCode';
import { HostError, type Host } from '$/ipc/host';

/** A verification code that is asked for again when its time is over. The seed never leaves Rust. */
export class TotpWatch {
  code: TotpCode | undefined = $state.raw();
  /** Whole seconds left. */
  remaining = $state(0);
  error: HostError | undefined = $state.raw();
  #host: Pick<Host, 'totpCode'>;

  constructor(host: Pick<Host, 'totpCode'>) {
    this.#host = host;
  }

  /** The code in groups that are easy to read: `482 913`, `4829 1307`. */
  get grouped(): string {
    const code = this.code?.code ?? '';
    const half = Math.ceil(code.length / 2);
    return /^\d{6,10}$/.test(code) ? `${code.slice(0, half)} ${code.slice(half)}` : code;
  }

  /** Follows a field until the returned function is called. */
  follow(itemId: string, fieldId: string): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    let ends = 0;

    const ask = async () => {
      try {
        const code = await this.#host.totpCode(itemId, fieldId);
        if (stopped) return;
        this.code = code;
        this.error = undefined;
        // Timers sleep with the computer: the end is kept as a time of day, not counted in ticks.
        ends = Date.now() + code.remaining * 1000;
        tick();
      } catch (cause) {
        if (stopped) return;
        this.code = undefined;
        this.error = HostError.from(cause);
      }
    };
    const tick = () => {
      const left = ends - Date.now();
      this.remaining = Math.max(0, Math.ceil(left / 1000));
      timer = left <= 0 ? setTimeout(ask, 50) : setTimeout(tick, left % 1000 || 1000);
    };

    void ask();
    return () => {
      stopped = true;
      clearTimeout(timer);
      this.code = undefined;
    };
  }
}
