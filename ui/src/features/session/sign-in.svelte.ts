import type { DemoStep } from '$/ipc/bindings/DemoStep';
import type { SignInCode } from '$/ipc/bindings/SignInCode';
import { HostError, type Host } from '$/ipc/host';
import type { MessageKey } from '$/messages/catalogue';

export type ServerChoice = 'bitwarden.com' | 'bitwarden.eu' | 'selfHosted';
export type SignInScreen = 'start' | 'password' | 'authenticator' | 'newDevice' | 'demo';
type FieldName = 'address' | 'email' | 'password' | 'code';

/** The sign-in, step by step. The password lives here only between its entry and the last answer. */
export class SignIn {
  screen: SignInScreen = $state('start');
  server: ServerChoice = $state('bitwarden.com');
  address = $state('');
  email = $state('');
  password = $state('');
  code = $state('');
  remember = $state(false);
  busy = $state(false);
  demoStep: DemoStep = $state('seeding');
  /** What is wrong with a field, as a message. */
  wrong: Partial<Record<FieldName, MessageKey>> = $state({});
  /** What went wrong with the whole step. */
  failure: HostError | null = $state.raw(null);
  #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The server as the person knows it: its name, or the address they typed. */
  get serverName(): string {
    return this.server === 'selfHosted' ? this.address.trim() : this.server;
  }

  /** From the e-mail address to the master password. */
  toPassword(): void {
    this.failure = null;
    this.wrong = { address: this.#addressFault(), email: emailFault(this.email) };
    if (!this.wrong.address && !this.wrong.email) this.screen = 'password';
  }

  /** Back to the first step, with the password forgotten. */
  toStart(): void {
    this.#forget();
    this.failure = null;
    this.wrong = {};
    this.screen = 'start';
  }

  async submitPassword(): Promise<void> {
    if (this.password === '') {
      this.wrong = { password: 'session.passwordMissing' };
      return;
    }
    await this.#send(null);
  }

  async submitCode(): Promise<void> {
    const code = this.code.replace(/\s/g, '');
    const complete = this.screen === 'authenticator' ? /^\d{6}$/.test(code) : code.length >= 4;
    if (!complete) {
      this.wrong = { code: this.screen === 'authenticator' ? 'session.codeMissing' : 'session.deviceCodeMissing' };
      return;
    }
    await this.#send(
      this.screen === 'authenticator'
        ? { kind: 'authenticator', code, remember: this.remember }
        : { kind: 'newDevice', code },
    );
  }

  async exploreDemo(): Promise<void> {
    this.failure = null;
    this.demoStep = 'seeding';
    this.screen = 'demo';
    const stop = this.#host.onDemoProgress(({ step }) => (this.demoStep = step));
    try {
      await this.#host.demoExplore();
    } catch (cause) {
      this.failure = HostError.from(cause);
      this.screen = 'start';
    } finally {
      stop();
    }
  }

  async #send(code: SignInCode | null): Promise<void> {
    this.busy = true;
    this.failure = null;
    this.wrong = {};
    try {
      const { serverName: server, email, password } = this;
      const step = await this.#host.signIn({ server, email: email.trim(), password, code });
      if (step.kind === 'done') this.#forget();
      else {
        this.code = '';
        this.screen = step.kind === 'authenticatorCode' ? 'authenticator' : 'newDevice';
      }
    } catch (cause) {
      this.#sort(HostError.from(cause));
    } finally {
      this.busy = false;
    }
  }

  /** Puts an error where the person can mend it. */
  #sort(error: HostError): void {
    if (error.code === 'wrongPassword') {
      this.password = '';
      this.screen = 'password';
      this.wrong = { password: 'errors.wrongPassword' };
    } else if (error.code === 'wrongCode') {
      this.code = '';
      this.wrong = { code: 'errors.wrongCode' };
    } else if (error.code === 'invalidAddress' || error.code === 'invalidEmail') {
      this.#forget();
      this.screen = 'start';
      this.wrong =
        error.code === 'invalidEmail' ? { email: 'errors.invalidEmail' } : { address: 'errors.invalidAddress' };
    } else {
      this.failure = error;
    }
  }

  #forget(): void {
    this.password = '';
    this.code = '';
  }

  #addressFault(): MessageKey | undefined {
    return this.server === 'selfHosted' ? addressFault(this.address) : undefined;
  }
}

/** What is wrong with an e-mail address, judged by its shape only. */
export function emailFault(email: string): MessageKey | undefined {
  const [name, host, ...rest] = email.trim().split('@');
  if (!name || !host || rest.length > 0) return 'session.emailIncomplete';
  return /^[^\s.]+(\.[^\s.]+)+$/.test(host) ? undefined : 'session.emailDot';
}

/** What is wrong with a server address. Plain http is for this very computer only; no scheme means https. */
export function addressFault(address: string): MessageKey | undefined {
  const typed = address.trim();
  if (typed === '') return 'session.addressMissing';
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`);
  } catch {
    return 'errors.invalidAddress';
  }
  if (url.protocol === 'https:') return url.hostname ? undefined : 'errors.invalidAddress';
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'http:' && loopback ? undefined : 'session.addressHttps';
}
