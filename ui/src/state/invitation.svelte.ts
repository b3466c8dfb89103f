import type { InvitationShown } from '$/ipc/bindings/InvitationShown';
import { HostError, type Host } from '$/ipc/host';

/**
 * An invitation link that was pasted or that the system handed over. Its token stays in Rust; here is what may be shown.
 * It outlives a change of the screen: who has to unlock or sign in first goes on with it afterwards.
 */
export class InvitationWatch {
  shown: InvitationShown | null = $state.raw(null);
  /** The dialog about it is open. */
  open = $state(false);
  /** A link is to be pasted. */
  pasting = $state(false);
  /** The dialog came because a link was opened that is none. The invitation at hand, if any, waits behind it. */
  notUnderstood = $state(false);
  failure: HostError | null = $state.raw(null);
  /** Server and address that the sign-in begins with. */
  signingIn: { address: string; email: string } | null = $state.raw(null);
  #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Asks for the invitation at hand and hears of new ones, until the returned function is called. */
  follow(): () => void {
    void this.ask();
    return this.#host.onInvitation(() => void this.ask());
  }

  /** Asks for the invitation at hand and shows it. */
  async ask(): Promise<void> {
    try {
      this.#show(await this.#host.invitation());
    } catch (cause) {
      this.#failed(cause);
    }
  }

  /**
   * Another screen came: the dialog comes back once the account is on it that the invitation waits for, and not over what
   * the person has gone on to since.
   */
  async askAgain(): Promise<void> {
    if (this.shown === null) return;
    try {
      const shown = await this.#host.invitation();
      if (shown?.ready && !this.shown?.ready) this.#show(shown);
      else this.shown = shown;
    } catch (cause) {
      this.#failed(cause);
    }
  }

  /** Opens the dialog for a link that the person has. */
  paste(): void {
    this.shown = null;
    this.failure = null;
    this.notUnderstood = false;
    this.pasting = true;
    this.open = true;
  }

  async read(text: string): Promise<void> {
    this.failure = null;
    this.notUnderstood = false;
    try {
      this.#show(await this.#host.readInvitation(text));
    } catch (cause) {
      this.failure = HostError.from(cause);
    }
  }

  /** Gives the link up. */
  async drop(): Promise<void> {
    this.close();
    this.shown = null;
    await this.#host.dropInvitation().catch(() => {});
  }

  /** Closes the dialog; the link waits for the account that it is for. */
  close(): void {
    this.open = false;
    this.pasting = false;
    this.notUnderstood = false;
  }

  /** Leaves the dialog without a link. */
  async leave(): Promise<void> {
    if (this.notUnderstood) this.close();
    else await this.drop();
  }

  /** Goes to the sign-in, filled with what the link says. */
  async signIn(): Promise<void> {
    const { shown } = this;
    if (!shown?.email) return;
    this.close();
    this.signingIn = { address: shown.address, email: shown.email };
    await this.#host.showSignIn().catch((cause: unknown) => (this.failure = HostError.from(cause)));
  }

  #failed(cause: unknown): void {
    this.failure = HostError.from(cause);
    if (this.failure.code !== 'invalidLink') return;
    this.failure = null;
    this.notUnderstood = true;
    this.pasting = true;
    this.open = true;
  }

  #show(shown: InvitationShown | null): void {
    this.shown = shown;
    this.pasting = false;
    this.notUnderstood = false;
    this.open = shown !== null;
    if (shown) this.failure = null;
  }
}
