// The cryptography of the protocol (§2), from node:crypto alone.

import {
  constants, createCipheriv, createHash, createHmac, generateKeyPairSync, pbkdf2Sync, publicEncrypt, randomBytes,
} from 'node:crypto';

export const freshKey = () => randomBytes(64);
export const sha256 = (data) => createHash('sha256').update(data).digest();
export const b64 = (bytes) => Buffer.from(bytes).toString('base64');

/// What the master password gives (§2.1 to §2.3): the stretched key and the hash that the server is shown.
export function passwordKeys(password, salt, iterations) {
  const master = pbkdf2Sync(password, salt.trim().toLowerCase(), iterations, 32, 'sha256');
  return {
    stretched: Buffer.concat([expand(master, 'enc'), expand(master, 'mac')]),
    serverHash: b64(pbkdf2Sync(master, password, 1, 32, 'sha256')),
  };
}

// HKDF-Expand to one block; node's own `hkdf` would extract first, which the protocol does not.
const expand = (key, info) => createHmac('sha256', key).update(Buffer.concat([Buffer.from(info), Buffer.of(1)])).digest();

/// An EncString of type 2; null stays null.
export function seal(key, plain) {
  if (plain === null || plain === undefined) return null;
  const { iv, ct, mac } = sealParts(key, plain);
  return `2.${b64(iv)}|${b64(ct)}|${b64(mac)}`;
}

/// The binary form of type 2, for files: the MAC stands before the ciphertext.
export function sealBinary(key, plain) {
  const { iv, ct, mac } = sealParts(key, plain);
  return Buffer.concat([Buffer.of(2), iv, mac, ct]);
}

function sealParts(key, plain) {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key.subarray(0, 32), iv);
  const ct = Buffer.concat([cipher.update(plain), cipher.final()]);
  const mac = createHmac('sha256', key.subarray(32)).update(iv).update(ct).digest();
  return { iv, ct, mac };
}

export function makeKeyPair() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 65537 });
  return {
    publicKey,
    privateKey,
    spki: publicKey.export({ type: 'spki', format: 'der' }),
    pkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }),
  };
}

/// A key wrapped for a person (§2.6). Types 3 and 5 are OAEP with SHA-256, 4 and 6 with SHA-1; 5 and 6 trail a MAC that
/// nobody reads.
export function wrap(pair, key, type = 4) {
  const oaepHash = type === 3 || type === 5 ? 'sha256' : 'sha1';
  const ct = publicEncrypt({ key: pair.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, key);
  return `${type}.${b64(ct)}${type > 4 ? `|${b64(randomBytes(32))}` : ''}`;
}
