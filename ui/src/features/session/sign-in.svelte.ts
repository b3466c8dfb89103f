import type { AccountSummary } from '$/ipc/bindings/AccountSummary';
import type { AuthorityFile } from '$/ipc/bindings/AuthorityFile';
import type { DemoStep } from '$/ipc/bindings/DemoStep';
import type { KdfCosts } from '$/ipc/bindings/KdfCosts';
import type { MailedCode } from '$/ipc/bindings/MailedCode';
import type { SignInBlock } from '$/ipc/bindings/SignInBlock';
import type { SignInCode } from '$/ipc/bindings/SignInCode';
import type { SignInForm } from '$/ipc/bindings/SignInForm';
import type { SignInStep } from '$/ipc/bindings/SignInStep';
import type { TwoStepWay } from '$/ipc/bindings/TwoStepWay';
import { HostError, type Host } from '$/ipc/host';
import type { MessageKey } from '$/messages/catalogue';
import { emailFault } from '$/state/email';

import { addressFault, serviceFault } from './faults';

export type ServerChoice = 'bitwarden.com' | 'bitwarden.eu' | 'selfHosted';
export type SignInScreen = 'start' | 'password' | 'apiKey' | 'twoStep' | 'newDevice' | 'blocked' | 'kdf' | 'previous' | 'demo';
export type FieldName =
  | 'address'
  | 'api'
  | 'identity'
  | 'webVault'
  | 'email'
  | 'password'
  | 'clientId'
  | 'clientSecret'
  | 'code'
  | 'previous';

/** The sign-in, step by step. Secrets live here only between their entry and the last answer. */
export class SignIn {
  screen: SignInScreen = $state('start');
  server: ServerChoice = $state('bitwarden.com');
  address = $state('');
  /** Services of a self-hosted server that have addresses of their own. */
  api = $state('');
  identity = $state('');
  webVault = $state('');
  /** The certificate authority that was chosen for this sign-in. */
  authority: AuthorityFile | null = $state.raw(null);
  email = $state('');
  password = $state('');
  clientId = $state('');
  clientSecret = $state('');
  code = $state('');
  /** The master password from before a key rotation. */
  previous = $state('');
  remember = $state(false);
  busy = $state(false);
  demoStep: DemoStep = $state('seeding');

  /** The way of the second step that is answered now, those that are offered, and those that Portico lacks. */
  way: TwoStepWay = $state('authenticator');
  ways: TwoStepWay[] = $state.raw([]);
  others: TwoStepWay[] = $state.raw([]);
  mailedTo: string | null = $state(null);
  /** Whether a code was mailed on request from this step. */
  mailing: 'no' | 'sending' | 'sent' = $state('no');
  block: SignInBlock = $state('twoStep');
  lowered: { before: KdfCosts; now: KdfCosts } | null = $state.raw(null);

  /** What is wrong with a field, as a message. Replaced where something is found wrong, changed where it is mended. */
  wrong: Partial<Record<FieldName, MessageKey>> = $state({});
  /** What went wrong with the whole step. */
  failure: HostError | null = $state.raw(null);
  #host: Host;
  #by: 'password' | 'apiKey' = 'password';
  /** What waits for the answer about cheaper key derivation. */
  #waiting: SignInCode | null = null;
  #accepted = false;

  /** `again`: an account on this computer that is to be signed in to once more. */
  constructor(host: Host, again?: AccountSummary | null) {
    this.#host = host;
    if (again && again.kind !== 'demo') this.beginAt(again.address, again.email);
  }

  /** Begins at a server and with an address that are known from elsewhere. */
  beginAt(address: string, email: string): void {
    this.#fill(address);
    this.email = email;
    this.screen = 'password';
  }

  /** The server as the person knows it: its name, or the address they typed. */
  get serverName(): string {
    return this.server === 'selfHosted' ? this.address.trim() : this.server;
  }

  /** From the e-mail address to the master password. */
  toPassword(): void {
    this.failure = null;
    this.wrong = { ...this.#serverFaults(), email: emailFault(this.email) };
    if (this.#fieldsAreRight()) this.screen = 'password';
  }

  /** To the personal API key; no e-mail address is needed, the key says whose it is. */
  toApiKey(): void {
    this.failure = null;
    this.wrong = this.#serverFaults();
    if (!this.#fieldsAreRight()) {
      this.screen = 'start';
      return;
    }
    this.#by = 'apiKey';
    this.screen = 'apiKey';
  }

  /** A field holds something else than what was found wrong. */
  mend(field: FieldName): void {
    this.wrong[field] = undefined;
    // The server does not tell which half of a key is wrong.
    if (field === 'clientId' && this.wrong.clientSecret === 'errors.wrongApiKey') this.wrong.clientSecret = undefined;
  }

  /** Back to the first step, with the secrets forgotten. */
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
    this.#by = 'password';
    await this.#send(null);
  }

  async submitApiKey(): Promise<void> {
    this.wrong = {
      clientId: /^user\.[0-9a-f-]{36}$/i.test(this.clientId.trim()) ? undefined : 'errors.invalidApiKey',
      clientSecret: this.clientSecret.trim() === '' ? 'session.clientSecretMissing' : undefined,
      password: this.password === '' ? 'session.passwordMissing' : undefined,
    };
    if (!this.#fieldsAreRight()) return;
    this.#by = 'apiKey';
    await this.#send(null);
  }

  async submitCode(): Promise<void> {
    const code = this.code.replace(/\s/g, '');
    if (this.screen === 'newDevice') {
      if (code.length < 4) this.wrong = { code: 'session.deviceCodeMissing' };
      else await this.#send({ kind: 'newDevice', code });
      return;
    }
    const missing = codeFault(this.way, code);
    if (missing) this.wrong = { code: missing };
    else await this.#send({ kind: 'twoStep', way: this.way, code, remember: this.remember && this.way !== 'recoveryCode' });
  }

  /** Another way of the second step. A code is mailed only now: nobody asked for a mail before. */
  async useWay(way: TwoStepWay): Promise<void> {
    this.way = way;
    this.code = '';
    this.wrong = {};
    this.failure = null;
    this.mailing = 'no';
    this.screen = 'twoStep';
    if (way === 'email') await this.mailCode('twoStep');
  }

  async mailCode(which: MailedCode): Promise<void> {
    this.mailing = 'sending';
    this.failure = null;
    try {
      await this.#host.mailCode(this.#form(null), which);
      this.mailing = 'sent';
    } catch (cause) {
      this.mailing = 'no';
      this.failure = HostError.from(cause);
    }
  }

  /** Goes on although the server asks for cheaper key derivation than before. */
  async acceptCheaperKdf(): Promise<void> {
    this.#accepted = true;
    await this.#send(this.#waiting);
  }

  async chooseAuthority(): Promise<void> {
    try {
      const chosen = await this.#host.chooseAuthority();
      if (!chosen) return;
      this.authority = chosen;
      this.failure = null;
    } catch (cause) {
      this.failure = HostError.from(cause);
    }
  }

  /** The history is of a key from before: its password opens it once. A wrong one can be tried again. */
  async bringHistory(): Promise<void> {
    if (this.previous === '') {
      this.wrong = { previous: 'session.passwordMissing' };
      return;
    }
    await this.#answerRotation(this.#host.bringHistory(this.previous));
  }

  async setHistoryAside(): Promise<void> {
    await this.#answerRotation(this.#host.setHistoryAside());
  }

  async #answerRotation(answer: Promise<void>): Promise<void> {
    this.busy = true;
    this.failure = null;
    this.wrong = {};
    try {
      await answer;
      this.#forget();
    } catch (cause) {
      const error = HostError.from(cause);
      this.previous = '';
      if (error.code === 'wrongPassword') this.wrong = { previous: 'session.previousWrong' };
      else {
        // The server has let us in once; what failed after that begins anew.
        this.toStart();
        this.failure = error;
      }
    } finally {
      this.busy = false;
    }
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
      this.#follow(await this.#host.signIn(this.#form(code)), code);
    } catch (cause) {
      this.#sort(HostError.from(cause));
    } finally {
      this.busy = false;
    }
  }

  #form(code: SignInCode | null): SignInForm {
    const own = this.server === 'selfHosted';
    const service = (text: string) => (own && text.trim() !== '' ? text.trim() : null);
    return {
      server: {
        address: this.serverName,
        api: service(this.api),
        identity: service(this.identity),
        webVault: service(this.webVault),
        withAuthority: this.authority !== null,
      },
      by:
        this.#by === 'apiKey'
          ? { kind: 'apiKey', clientId: this.clientId.trim(), clientSecret: this.clientSecret.trim() }
          : { kind: 'password', email: this.email.trim() },
      password: this.password,
      code,
      acceptCheaperKdf: this.#accepted,
    };
  }

  #follow(step: SignInStep, sent: SignInCode | null): void {
    this.code = '';
    this.mailing = 'no';
    switch (step.kind) {
      case 'done':
        this.#forget();
        return;
      case 'twoStep':
        this.ways = step.ways;
        this.others = step.others;
        this.mailedTo = step.mailedTo;
        this.way = step.ways[0] ?? 'recoveryCode';
        this.screen = 'twoStep';
        return;
      case 'newDeviceCode':
        this.screen = 'newDevice';
        return;
      case 'blocked':
        this.block = step.reason;
        this.others = step.others;
        this.screen = 'blocked';
        return;
      case 'previousPassword':
        this.#forget();
        this.screen = 'previous';
        return;
      case 'kdfLowered':
        this.lowered = { before: step.before, now: step.now };
        this.#waiting = sent;
        this.screen = 'kdf';
    }
  }

  /** Puts an error where the person can mend it. */
  #sort(error: HostError): void {
    const key = this.#by === 'apiKey';
    switch (error.code) {
      case 'wrongLogin':
      case 'wrongPassword':
        this.password = '';
        this.screen = key ? 'apiKey' : 'password';
        this.wrong = { password: `errors.${error.code}` };
        return;
      case 'wrongApiKey':
        this.screen = 'apiKey';
        this.wrong = { clientSecret: 'errors.wrongApiKey' };
        return;
      case 'invalidApiKey':
        this.screen = 'apiKey';
        this.wrong = { clientId: 'errors.invalidApiKey' };
        return;
      case 'wrongCode':
        this.code = '';
        // Unlike the others it does not run out.
        this.wrong = { code: this.screen === 'twoStep' && this.way === 'recoveryCode' ? 'session.recoveryCodeWrong' : 'errors.wrongCode' };
        return;
      case 'invalidAddress':
      case 'invalidEmail':
        this.#forget();
        this.screen = 'start';
        this.wrong = error.code === 'invalidEmail' ? { email: 'errors.invalidEmail' } : { address: 'errors.invalidAddress' };
        return;
      default:
        this.failure = error;
    }
  }

  #forget(): void {
    this.password = '';
    this.clientSecret = '';
    this.code = '';
    this.#waiting = null;
    this.#accepted = false;
    this.lowered = null;
    this.previous = '';
  }

  #serverFaults(): Partial<Record<FieldName, MessageKey>> {
    if (this.server !== 'selfHosted') return {};
    return {
      address: addressFault(this.address),
      api: serviceFault(this.api),
      identity: serviceFault(this.identity),
      webVault: serviceFault(this.webVault),
    };
  }

  #fieldsAreRight(): boolean {
    return !Object.values(this.wrong).some(Boolean);
  }

  /** Takes an account's full address apart: its base, and services elsewhere as `name=address`. */
  #fill(address: string): void {
    const [base = '', ...services] = address.split(' ');
    this.server = base === 'bitwarden.com' || base === 'bitwarden.eu' ? base : 'selfHosted';
    if (this.server === 'selfHosted') this.address = base;
    const of = (name: string) => services.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
    this.api = of('api');
    this.identity = of('identity');
    this.webVault = of('web');
  }
}

/** What is missing from a code. */
function codeFault(way: TwoStepWay, code: string): MessageKey | undefined {
  switch (way) {
    case 'authenticator':
      return /^\d{6}$/.test(code) ? undefined : 'session.codeMissing';
    case 'email':
      return /^\d{6,8}$/.test(code) ? undefined : 'session.mailedCodeMissing';
    case 'yubiKey':
      return code.length >= 32 ? undefined : 'session.yubiKeyMissing';
    default:
      return code.length >= 8 ? undefined : 'session.recoveryCodeMissing';
  }
}
