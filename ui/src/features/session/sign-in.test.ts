import { beforeEach, describe, expect, test } from 'vitest';

import { fakeHost, fakePassword } from '$/ipc/fake/host';
import type { SignInForm } from '$/ipc/bindings/SignInForm';
import { HostError, type Host } from '$/ipc/host';

import { SignIn, addressFault, emailFault } from './sign-in.svelte';

describe('e-mail addresses', () => {
  test.each(['maya@brightwater.example', ' maya@x.y ', 'a+b@sub.domain.example'])('%s is one', (email) => {
    expect(emailFault(email)).toBeUndefined();
  });
  test.each(['', 'maya', 'maya@', '@x.example', 'a@b@c.example'])('%j lacks its parts', (email) => {
    expect(emailFault(email)).toBe('session.emailIncomplete');
  });
  test.each(['maya@brightwater', 'maya@brightwater.', 'maya@.example'])('%s lacks the dot part', (email) => {
    expect(emailFault(email)).toBe('session.emailDot');
  });
});

describe('server addresses', () => {
  test.each(['https://vault.company.example', 'vault.company.example', 'https://x.example:8443/bw', 'http://localhost:8080', 'http://127.0.0.1'])(
    '%s can be used',
    (address) => expect(addressFault(address)).toBeUndefined(),
  );
  test.each(['http://vault.company.example', 'ftp://x.example', 'http://127.0.0.1.evil.example'])('%s is not safe', (address) => {
    expect(addressFault(address)).toBe('session.addressHttps');
  });
  test('an empty one is missing', () => expect(addressFault('  ')).toBe('session.addressMissing'));
  test('nonsense is refused', () => expect(addressFault('https://')).toBe('errors.invalidAddress'));
});

describe('sign-in', () => {
  let sent: SignInForm[];
  let host: Host;
  let signIn: SignIn;

  beforeEach(() => {
    const fake = fakeHost({ start: 'signedOut', delay: 0 });
    sent = [];
    host = {
      ...fake,
      signIn: (form) => {
        sent.push({ ...form });
        return fake.signIn(form);
      },
    };
    signIn = new SignIn(host);
  });

  function upToPassword(email: string) {
    signIn.email = email;
    signIn.toPassword();
    signIn.password = fakePassword;
  }

  test('the password is asked for only after a complete address', () => {
    signIn.email = 'maya@brightwater';
    signIn.toPassword();
    expect(signIn.screen).toBe('start');
    expect(signIn.wrong.email).toBe('session.emailDot');
    signIn.email = 'maya@brightwater.example';
    signIn.toPassword();
    expect(signIn.screen).toBe('password');
  });

  test('a straight sign-in sends the server and forgets the password', async () => {
    upToPassword('maya@brightwater.example');
    await signIn.submitPassword();
    expect(sent).toEqual([
      { server: 'bitwarden.com', email: 'maya@brightwater.example', password: fakePassword, code: null },
    ]);
    expect(signIn.password).toBe('');
  });

  test('two-step: a wrong code stays at the code, a right one with "remember" goes through', async () => {
    upToPassword('two@brightwater.example');
    await signIn.submitPassword();
    expect(signIn.screen).toBe('authenticator');
    signIn.code = '12';
    await signIn.submitCode();
    expect(signIn.wrong.code).toBe('session.codeMissing');
    expect(sent).toHaveLength(1);
    signIn.code = '111 111';
    await signIn.submitCode();
    expect(signIn.wrong.code).toBe('errors.wrongCode');
    signIn.code = '123 456';
    signIn.remember = true;
    await signIn.submitCode();
    expect(sent.at(-1)?.code).toEqual({ kind: 'authenticator', code: '123456', remember: true });
    expect(signIn.password).toBe('');
  });

  test('a new device asks for the mailed code', async () => {
    upToPassword('new@brightwater.example');
    await signIn.submitPassword();
    expect(signIn.screen).toBe('newDevice');
    signIn.code = '123456';
    await signIn.submitCode();
    expect(sent.at(-1)?.code).toEqual({ kind: 'newDevice', code: '123456' });
  });

  test('a wrong password is said at its field and emptied', async () => {
    upToPassword('maya@brightwater.example');
    signIn.password = 'nope';
    await signIn.submitPassword();
    expect(signIn.wrong.password).toBe('errors.wrongPassword');
    expect(signIn.password).toBe('');
  });

  test('what the server refuses stands over the form with its sentence', async () => {
    upToPassword('refused@brightwater.example');
    await signIn.submitPassword();
    expect(signIn.failure).toMatchObject({ code: 'refused', detail: 'Your account has been disabled.' });
  });

  test('an address that the server side refuses leads back to the address', async () => {
    const refusing = { ...host, signIn: () => Promise.reject(new HostError({ code: 'invalidAddress', detail: null })) };
    signIn = new SignIn(refusing);
    signIn.server = 'selfHosted';
    signIn.address = 'https://vault.company.example';
    upToPassword('maya@brightwater.example');
    await signIn.submitPassword();
    expect(signIn.screen).toBe('start');
    expect(signIn.wrong.address).toBe('errors.invalidAddress');
    expect(signIn.password).toBe('');
  });

  test('the demo tells its steps, and a failure leads back', async () => {
    const exploring = signIn.exploreDemo();
    expect(signIn.screen).toBe('demo');
    await exploring;
    expect(signIn.demoStep).toBe('signingIn');
    signIn = new SignIn({ ...host, demoExplore: () => Promise.reject(new HostError({ code: 'storage', detail: 'disk' })) });
    await signIn.exploreDemo();
    expect(signIn.screen).toBe('start');
    expect(signIn.failure?.code).toBe('storage');
  });
});
