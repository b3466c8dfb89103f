// One-time codes (§2.11), for the truth.

import { createHmac } from 'node:crypto';

/// The codes of a seed at some moments, in seconds since 1970.
export const codesOf = (seed) => [59, 1111111109, 1234567890, 2000000000, 20000000000].map((at) => ({ at, code: codeAt(seed, at) }));

function codeAt(text, at) {
  const lower = text.toLowerCase();
  const query = lower.startsWith('otpauth://') ? new URLSearchParams(lower.split('?')[1]) : new URLSearchParams({ secret: lower });
  const steam = lower.startsWith('steam://');
  const secret = steam ? lower.slice('steam://'.length) : query.get('secret');
  const algorithm = ['sha256', 'sha512'].includes(query.get('algorithm')) && !steam ? query.get('algorithm') : 'sha1';
  const digits = Math.min(10, Math.max(0, Number(query.get('digits') ?? 6)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / Math.max(1, Number(query.get('period') ?? 30)))));
  const mac = createHmac(algorithm, base32(secret)).update(counter).digest();
  const value = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff;
  if (!steam) return String(BigInt(value) % 10n ** BigInt(digits)).padStart(digits, '0');
  const alphabet = '23456789BCDFGHJKMNPQRTVWXY';
  return [0, 1, 2, 3, 4].map((place) => alphabet[Math.floor(value / 26 ** place) % 26]).join('');
}

function base32(text) {
  const bits = [...text.toUpperCase()].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter)).filter((five) => five >= 0).map((five) => five.toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
