// Signing in (§1): prelogin, the token grants, two-step codes, new devices. Also what is asked without a token.

import { createSign, randomBytes } from 'node:crypto';
import { kdf, tokenBody } from './wire.mjs';

const CLIENTS = ['web', 'browser', 'desktop', 'mobile', 'cli', 'connector'];
const failed = (description, message, more = {}) => ({ status: 400, body: {
  error: 'invalid_grant', error_description: description, ...(message && { ErrorModel: { Message: message, ValidationErrors: null, ExceptionMessage: null, Object: 'error' } }), ...more,
} });

export function prelogin({ world, body, complain }) {
  const asked = JSON.parse(body);
  if (typeof (asked.email ?? asked.Email) !== 'string') complain('prelogin without an e-mail');
  const { iterations, memory, parallelism } = kdf(world.account);
  const answer = { kdf: 0, kdfIterations: iterations, kdfMemory: memory, kdfParallelism: parallelism };
  return { body: world.manner.bare ? answer : { ...answer, kdfSettings: kdf(world.account), salt: world.account.salt } };
}

export function token(request) {
  const form = Object.fromEntries([...new URLSearchParams(request.body)].map(([name, value]) => [name.toLowerCase(), value]));
  const { world, complain } = request;
  if (!/^application\/x-www-form-urlencoded/.test(request.headers['content-type'] ?? '')) complain('token request is not a form');
  if (form.grant_type === 'refresh_token') return refresh(world, form, complain);
  if (form.grant_type === 'client_credentials') return byApiKey(request, form);
  if (form.grant_type !== 'password') return failed('unsupported', null);
  return signIn(request, form);
}

function refresh(world, form, complain) {
  const grant = world.grants.get(form.refresh_token);
  if (!grant || grant.stamp !== world.account.stamp) return { status: 400, body: { error: 'invalid_grant' } };
  if (form.client_id !== grant.client) complain(`refresh as ${form.client_id} of a token for ${grant.client}`);
  return { body: bearer(world, grant, form.refresh_token) };
}

// No second step, no new machine, and no refresh token: whoever has the key comes again with it (§1.3).
function byApiKey({ world, complain }, form) {
  const { account } = world;
  if (form.client_id !== `user.${account.id}` || form.client_secret !== account.apiKey) return { status: 400, body: { error: 'invalid_client' } };
  if (form.scope !== 'api') complain(`scope is ${form.scope}`);
  if (!form.devicetype || !form.deviceidentifier || !form.devicename) return { status: 400, body: { error: 'device_error', ErrorModel: { Message: 'no device information provided' } } };
  const { refresh_token: none, ...tokens } = bearer(world, { client: form.client_id, device: form.deviceidentifier }, null);
  return { body: tokenBody(world, { ...tokens, scope: 'api' }, world.manner) };
}

// The order of checks is the server's: credentials, version, second step, new device.
function signIn({ world, headers, complain }, form) {
  const { account } = world;
  for (const name of ['scope', 'client_id', 'username', 'password']) if (!form[name]) complain(`password grant without ${name}`);
  if (form.scope !== 'api offline_access') complain(`scope is ${form.scope}`);
  if (!CLIENTS.includes(form.client_id)) complain(`client_id is ${form.client_id}`);
  if (form.username.trim().toLowerCase() !== account.email.toLowerCase() || form.password !== world.sealed.serverHash) {
    return failed('invalid_username_or_password', 'Username or password is incorrect. Try again.');
  }
  if (!/^\d+(\.\d+){1,3}$/.test(headers['bitwarden-client-version'] ?? '')) return failed('version_header_missing', 'No client version header found.', { error: 'version_header_missing' });
  if (!form.devicetype || !form.deviceidentifier || !form.devicename) return { status: 400, body: { error: 'device_error', ErrorModel: { Message: 'no device information provided' } } };
  if (!/^\d+$/.test(form.devicetype)) complain(`deviceType is ${form.devicetype}`);
  const remembered = {};
  if (account.twoFactor) {
    const second = checkSecondStep(account, form, remembered);
    if (second) return second;
  } else if (account.newDevice && form.newdeviceotp !== account.newDevice) {
    const [description, message] = form.newdeviceotp ? ['Invalid New Device OTP', 'invalid new device otp'] : ['New device verification required', 'new device verification required'];
    return { status: 400, body: { error: 'device_error', error_description: description, ErrorModel: { Message: message, Object: 'error' } } };
  }
  const refreshToken = randomBytes(32).toString('base64url');
  const grant = { stamp: account.stamp, client: form.client_id, device: form.deviceidentifier };
  world.grants.set(refreshToken, grant);
  return { body: { ...tokenBody(world, bearer(world, grant, refreshToken), world.manner), ...remembered } };
}

// `account.twoFactor`: the code of each provider, by its number; `account.remembered`: what a remembered device shows.
function checkSecondStep(account, form, remembered) {
  const needed = () => failed('Two factor required.', null, {
    TwoFactorProviders: Object.keys(account.twoFactor), TwoFactorProviders2: Object.fromEntries(Object.keys(account.twoFactor).map((number) => [number, number === '1' ? { Email: 'z***@e***.test' } : null])),
    MasterPasswordPolicy: { Object: 'masterPasswordPolicy' }, ...('1' in account.twoFactor && { SsoEmail2faSessionToken: 'session', Email: account.email }),
  });
  if (!form.twofactortoken) return needed();
  if (form.twofactorprovider === '5') return account.remembered && form.twofactortoken === account.remembered ? null : needed();
  if (account.twoFactor[form.twofactorprovider] !== form.twofactortoken) return failed('invalid', 'Two-step token is invalid. Try again.');
  if (form.twofactorremember === '1') {
    account.remembered = randomBytes(16).toString('hex');
    remembered.TwoFactorToken = account.remembered;
  }
  return null;
}

/// Asks for a code by mail; without a token, but with the password's proof or with what the challenge gave.
export function mailCode({ world, body, complain }) {
  const { email, masterPasswordHash, ssoEmail2faSessionToken } = JSON.parse(body);
  const proved = masterPasswordHash === world.sealed.serverHash || ssoEmail2faSessionToken === 'session';
  if (email?.toLowerCase() !== world.account.email.toLowerCase() || !proved) complain('asks for a code in nobody\'s name');
  return {};
}

function bearer(world, grant, refreshToken) {
  const { account, manner } = world;
  const seconds = manner.expiresIn ?? 3600;
  const now = Math.floor(Date.now() / 1000);
  const one = (values) => (values.length === 1 ? values[0] : values);
  const owned = world.memberships.filter(({ member }) => member.type === 0).map(({ organization }) => organization.id);
  const of = (type) => world.providers.filter((provider) => provider.type === type).map(({ id }) => id);
  const claims = {
    sub: account.id, email: account.email, email_verified: true, name: account.name, premium: true, iat: now, nbf: now, exp: now + seconds, iss: 'https://stranger.test/identity',
    client_id: grant.client, scope: ['api', 'offline_access'], amr: ['Application'], sstamp: account.stamp, device: grant.device, devicetype: 'LinuxDesktop',
    ...(owned.length && { orgowner: one(owned) }), ...(of(0).length && { providerprovideradmin: one(of(0)) }), ...(of(1).length && { providerserviceuser: one(of(1)) }),
    jti: randomBytes(8).toString('hex'),
  };
  const part = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'at+jwt', kid: 'one' })}.${part(claims)}`;
  const accessToken = `${text}.${createSign('sha256').update(text).sign(account.pair.privateKey).toString('base64url')}`;
  world.tokens.set(accessToken, { until: now + seconds, stamp: account.stamp });
  return { access_token: accessToken, expires_in: seconds, token_type: 'Bearer', refresh_token: refreshToken, scope: 'api offline_access' };
}

export function config({ world, base, manner }) {
  const origin = `${base}`;
  return { body: {
    object: 'config', version: '2026.8.0', gitHash: 'abc', server: world.manner.noProviders ? { name: 'Vaultwarden', url: 'https://github.com/dani-garcia/vaultwarden' } : null,
    environment: { cloudRegion: null, vault: origin, api: `${origin}/api`, identity: `${origin}/identity`, notifications: `${origin}/notifications`, sso: '' },
    featureStates: { 'some-flag': true, 'a-number': 3 }, push: { pushTechnology: 0 }, communication: null, settings: { disableUserRegistration: false, suppressOnboardingInterstitials: false },
  } };
}
