import { beforeEach, describe, expect, test } from 'vitest';

import { fakeHost, fakePassword } from '$/ipc/fake/host';
import type { MailedCode } from '$/ipc/bindings/MailedCode';
import type { SignInForm } from '$/ipc/bindings/SignInForm';
import { HostError, type Host } from '$/ipc/host';
import { emailFault } from '$/state/email';

import { addressFault, serviceFault } from './faults';
import { SignIn } from './sign-in.svelte';

describe('e-mail addresses', () => {
  test.each(['maya@brightwater.example', ' maya@x.y ', 'a+b@sub.domain.example'])('%s is one', (email) => {
    expect(emailFault(email)).toBeUndefined();
  });
  test.each(['maya', 'maya@', '@x.example', 'a@b@c.example'])('%j lacks its parts', (email) => {
    expect(emailFault(email)).toBe('session.emailIncomplete');
  });
  test.each(['', ' '])('%j is none yet', (email) => {
    expect(emailFault(email)).toBe('session.emailMissing');
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
  test('one field takes one address', () => expect(addressFault('https://a.example api=https://b.example')).toBe('errors.invalidAddress'));
  test('a service may be left out', () => {
    expect(serviceFault(' ')).toBeUndefined();
    expect(serviceFault('http://api.company.example')).toBe('session.addressHttps');
  });
});

describe('sign-in', () => {
  let sent: SignInForm[];
  let mailed: MailedCode[];
  let host: Host;
  let signIn: SignIn;

  beforeEach(() => {
    const fake = fakeHost({ start: 'signedOut', delay: 0 });
    sent = [];
    mailed = [];
    host = {
      ...fake,
      signIn: (form) => {
        sent.push({ ...form });
        return fake.signIn(form);
      },
      mailCode: (form, which) => {
        mailed.push(which);
        return fake.mailCode(form, which);
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
      {
        server: { address: 'bitwarden.com', api: null, identity: null, webVault: null, withAuthority: false },
        by: { kind: 'password', email: 'maya@brightwater.example' },
        password: fakePassword,
        code: null,
        acceptCheaperKdf: false,
      },
    ]);
    expect(signIn.password).toBe('');
  });

  test('two-step: a wrong code stays at the code, a right one with "remember" goes through', async () => {
    upToPassword('two@brightwater.example');
    await signIn.submitPassword();
    expect(signIn.screen).toBe('twoStep');
    expect(signIn.way).toBe('authenticator');
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
    expect(sent.at(-1)?.code).toEqual({ kind: 'twoStep', way: 'authenticator', code: '123456', remember: true });
    expect(signIn.password).toBe('');
  });

  test('another way: the mail is asked for only then, and again on request', async () => {
    upToPassword('two@brightwater.example');
    await signIn.submitPassword();
    expect(mailed).toEqual([]);
    await signIn.useWay('email');
    expect(signIn.mailing).toBe('sent');
    await signIn.mailCode('twoStep');
    expect(mailed).toEqual(['twoStep', 'twoStep']);
    signIn.code = '123456';
    await signIn.submitCode();
    expect(sent.at(-1)?.code).toEqual({ kind: 'twoStep', way: 'email', code: '123456', remember: false });
  });

  test('where mail is the one way, the server has mailed by itself', async () => {
    upToPassword('mail@brightwater.example');
    await signIn.submitPassword();
    expect([signIn.way, signIn.mailedTo, mailed.length]).toEqual(['email', 'm***@brightwater.example', 0]);
  });

  test('a recovery code is not remembered on this computer', async () => {
    upToPassword('duo@brightwater.example');
    await signIn.submitPassword();
    expect([signIn.screen, signIn.block, signIn.others]).toEqual(['blocked', 'twoStep', ['duo', 'webAuthn']]);
    await signIn.useWay('recoveryCode');
    signIn.remember = true;
    signIn.code = 'abcd';
    await signIn.submitCode();
    expect(signIn.wrong.code).toBe('session.recoveryCodeMissing');
    signIn.code = 'wrong wrong';
    await signIn.submitCode();
    expect(signIn.wrong.code).toBe('session.recoveryCodeWrong');
    signIn.code = 'abcd efgh ijkl mnop';
    await signIn.submitCode();
    expect(sent.at(-1)?.code).toEqual({ kind: 'twoStep', way: 'recoveryCode', code: 'abcdefghijklmnop', remember: false });
  });

  test('single sign-on leads to the API key, which needs no address', async () => {
    upToPassword('sso@brightwater.example');
    await signIn.submitPassword();
    expect([signIn.screen, signIn.block]).toEqual(['blocked', 'singleSignOn']);
    signIn.toApiKey();
    signIn.clientId = 'user.me';
    await signIn.submitApiKey();
    expect(signIn.wrong).toMatchObject({ clientId: 'errors.invalidApiKey', clientSecret: 'session.clientSecretMissing' });
    signIn.clientId = ' user.0196f3a0-0000-7000-8000-000000000001 ';
    signIn.clientSecret = 'wrong';
    await signIn.submitApiKey();
    expect(signIn.wrong.clientSecret).toBe('errors.wrongApiKey');
    signIn.mend('clientId');
    expect(signIn.wrong.clientSecret).toBeUndefined();
    signIn.clientSecret = 'thirtycharactersofapersonalkey';
    await signIn.submitApiKey();
    expect(sent.at(-1)?.by).toEqual({
      kind: 'apiKey',
      clientId: 'user.0196f3a0-0000-7000-8000-000000000001',
      clientSecret: 'thirtycharactersofapersonalkey',
    });
    expect([signIn.password, signIn.clientSecret]).toEqual(['', '']);
  });

  test('cheaper key derivation is asked about, and goes on only with a yes', async () => {
    upToPassword('cheap@brightwater.example');
    await signIn.submitPassword();
    expect(signIn.screen).toBe('kdf');
    expect(signIn.lowered?.now).toEqual({ kind: 'pbkdf2', iterations: 5000 });
    await signIn.acceptCheaperKdf();
    expect(sent.map(({ acceptCheaperKdf }) => acceptCheaperKdf)).toEqual([false, true]);
    signIn = new SignIn(host);
    upToPassword('cheap@brightwater.example');
    await signIn.submitPassword();
    signIn.toStart();
    signIn.toPassword();
    signIn.password = fakePassword;
    await signIn.submitPassword();
    expect(sent.at(-1)?.acceptCheaperKdf).toBe(false);
  });

  test('a server whose authority is private is signed in to with its file', async () => {
    signIn.server = 'selfHosted';
    signIn.address = 'vault.company.example';
    signIn.api = 'https://api.company.example';
    upToPassword('cert@company.example');
    await signIn.submitPassword();
    expect(signIn.failure?.code).toBe('certificate');
    await signIn.chooseAuthority();
    expect(signIn.failure).toBeNull();
    await signIn.submitPassword();
    expect(sent.at(-1)?.server).toEqual({
      address: 'vault.company.example',
      api: 'https://api.company.example',
      identity: null,
      webVault: null,
      withAuthority: true,
    });
  });

  test('an account of this computer begins at its password, with its server taken apart', () => {
    const again = (address: string) =>
      new SignIn(host, {
        id: 'a',
        email: 'maya@company.example',
        server: 'vault.company.example',
        address,
        kind: 'selfHosted',
        state: 'signedOut',
        authority: null,
        hasPicture: false,
        pictureAt: null,
        demoPassword: null,
        ways: { device: false, pin: false },
      });
    const apart = again('https://vault.company.example api=https://api.company.example web=https://www.company.example');
    expect([apart.screen, apart.server, apart.address, apart.api, apart.identity, apart.webVault, apart.email]).toEqual([
      'password',
      'selfHosted',
      'https://vault.company.example',
      'https://api.company.example',
      '',
      'https://www.company.example',
      'maya@company.example',
    ]);
    expect(again('bitwarden.eu').server).toBe('bitwarden.eu');
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
    expect(signIn.wrong.password).toBe('errors.wrongLogin');
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
