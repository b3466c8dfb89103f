// How honest servers differ: what is sent is the same world in each.

import { pascal } from './items.mjs';

export const MANNERS = {
  /// The official cloud of today: everything emitted, `data` beside the structured members, the newer lists beside the old.
  cloud: { both: true, iterations: 600000 },
  /// Older and Vaultwarden-like: PascalCase, no userDecryption, no account keys, keys wrapped in the older ways.
  older: { bare: true, pascal: true, legacy: true, olderTypes: true },
  /// Nothing is emitted that is null; a salt that is not the e-mail; everything below a base path, files apart.
  sparse: { absent: true, salt: 'salt-of-the-account@elsewhere.test', base: '/vault/pass', attachmentsApart: true },
  /// A later server: unknown members everywhere, unknown numbers, types and ciphertexts.
  newer: { both: true, extra: true, newer: true },
  /// Answers in small pieces, compressed where that is accepted, and tokens that live for seconds.
  slow: { slow: true, expiresIn: 4, clients: 3 },
  /// One entry in each list that is none.
  odd: { odd: true },
  /// Too many requests once, and a gateway's page on one route until that is mended.
  busy: { tooMany: 2, broken: '/groups/details' },
  /// Everything has moved to another path.
  moved: { moved: true },
  /// A server without providers, whose missing routes are pages.
  vaultwarden: { noProviders: true, htmlMissing: true },
};

const ODD = [null, 42, 'odd', {}, { object: 'mystery', id: null }, { id: 7, name: [] }, []];

/// The body as this manner writes it.
export function shape(body, manner) {
  if (typeof body !== 'object' || body === null) return body;
  let shaped = body;
  if (manner.extra) shaped = walk(shaped, (object) => ({ ...object, laterNumber: 7, laterList: [{ a: null }], laterObject: { deep: { deeper: [1, 'two'] } }, 'später': 'ü' }));
  if (manner.absent) shaped = walk(shaped, (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null)));
  if (manner.odd) shaped = addOdd(shaped);
  return manner.pascal ? pascal(shaped) : shaped;
}

function walk(value, change) {
  if (Array.isArray(value)) return value.map((inner) => walk(inner, change));
  if (value === null || typeof value !== 'object') return value;
  // A policy's data are a dictionary of their own.
  return change(Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, name === 'data' && !Array.isArray(inner) ? inner : walk(inner, change)])));
}

// The same answer is as odd whenever it is asked for.
function addOdd(value) {
  if (value === null || typeof value !== 'object') return value;
  if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, name === 'data' && !Array.isArray(inner) ? inner : addOdd(inner)]));
  const list = value.map(addOdd);
  if (list.some((entry) => entry !== null && typeof entry === 'object')) list.splice(list.length >> 1, 0, ODD[list.length % ODD.length]);
  return list;
}
