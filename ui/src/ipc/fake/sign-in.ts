import type { ErrorCode } from '../bindings/ErrorCode';
import type { SignInForm } from '../bindings/SignInForm';
import type { SignInStep } from '../bindings/SignInStep';
import { HostError } from '../host';

/** The master password of every fake account. */
export const fakePassword = 'portico';

const fail = (code: ErrorCode, detail: string | null = null): never => {
  throw new HostError({ code, detail });
};

/**
 * How the fake server answers a sign-in. What an e-mail address begins with shows a way of it: `two`, `mail`, `duo`, `sso`,
 * `tde`, `new`, `rotated`, `cheap`, `cert`, `old`, `legacy`, `slow`, `refused`; `123456` is the right code everywhere.
 */
export function fakeSignIn(form: SignInForm): SignInStep {
  if (form.server.address.startsWith('http:')) fail('invalidAddress');
  if (form.by.kind === 'apiKey') {
    if (!form.by.clientId.startsWith('user.')) fail('invalidApiKey');
    if (form.by.clientSecret === 'wrong') fail('wrongApiKey');
    if (form.password !== fakePassword) fail('wrongPassword');
    return { kind: 'done' };
  }
  const { email } = form.by;
  const is = (beginning: string) => email.startsWith(beginning);
  const code = form.code?.code;
  if (is('cert') && !form.server.withAuthority) fail('certificate', 'invalid peer certificate: UnknownIssuer');
  if (is('old')) fail('updateNeeded');
  if (is('legacy')) fail('legacyEncryption');
  if (is('slow')) fail('rateLimited');
  if (is('cheap') && !form.acceptCheaperKdf)
    return {
      kind: 'kdfLowered',
      before: { kind: 'argon2id', iterations: 6, memoryMib: 32, parallelism: 4 },
      now: { kind: 'pbkdf2', iterations: 5000 },
    };
  if (is('refused')) fail('refused', 'Your account has been disabled.');
  if (form.password !== fakePassword) fail('wrongLogin');
  if (is('tde')) return { kind: 'blocked', reason: 'noMasterPassword', others: [] };
  if (is('new') && form.code?.kind !== 'newDevice') return { kind: 'newDeviceCode' };
  if (form.code?.kind !== 'twoStep') {
    if (is('two')) return { kind: 'twoStep', ways: ['authenticator', 'email'], others: ['webAuthn'], mailedTo: 't***@brightwater.example' };
    if (is('mail')) return { kind: 'twoStep', ways: ['email'], others: [], mailedTo: 'm***@brightwater.example' };
    if (is('duo')) return { kind: 'blocked', reason: 'twoStep', others: ['duo', 'webAuthn'] };
  }
  const isRecovery = form.code?.kind === 'twoStep' && form.code.way === 'recoveryCode';
  if (code !== undefined && (isRecovery ? code.startsWith('wrong') : code !== '123456')) fail('wrongCode');
  if (is('sso'))
    return { kind: 'blocked', reason: form.code ? 'singleSignOnAfterRecovery' : 'singleSignOn', others: [] };
  if (is('rotated')) return { kind: 'previousPassword' };
  return { kind: 'done' };
}
