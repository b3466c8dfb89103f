// A small server of the protocol, written from its description alone and sharing no line with the embedded service, so
// that the client is judged by a second reading. `node stranger.mjs MANNER SEED` (or several manners, with `+` between
// them) prints one line of JSON: its address, the
// account, and everything that it holds, in plain. Lines of JSON on its input change the world (`stranger/changes.mjs`);
// each is answered by one line. It ends with its input.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import { ROUTES, download } from './stranger/api.mjs';
import { change } from './stranger/changes.mjs';
import { config, mailCode, prelogin, token } from './stranger/identity.mjs';
import { MANNERS, shape } from './stranger/manners.mjs';
import { sealWorld } from './stranger/wire.mjs';
import { makeWorld, truthOf } from './stranger/world.mjs';

const [name = 'cloud', seed = '1'] = process.argv.slice(2);
const manner = Object.assign({}, ...name.split('+').map((one) => MANNERS[one]));
const world = Object.assign(makeWorld(Number(seed), manner), { manner, grants: new Map(), tokens: new Map(), tickets: new Map(), complaints: [], requests: [] });
sealWorld(world, manner);

const OPEN = {
  'POST /identity/accounts/prelogin': prelogin, 'POST /identity/accounts/prelogin/password': prelogin, 'POST /identity/connect/token': token,
  'GET /api/config': config, 'GET /api/ciphers/attachment/download': download, 'GET /api/alive': () => ({ body: new Date().toISOString() }),
  'POST /api/two-factor/send-email-login': mailCode,
};
const COMPILED = Object.entries(ROUTES).map(([path, answer]) => {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, part]) => part);
  return { match: new RegExp(`^/api${path.replace(/:\w+/g, '([^/]+)')}$`), names, answer };
});
const UNAUTHORIZED = { status: 401, body: { object: 'error', message: 'Unauthorized.', validationErrors: null } };
const MISSING = { status: 404, body: { object: 'error', message: 'Resource not found.', validationErrors: null } };

const server = createServer(async (incoming, outgoing) => {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const url = new URL(incoming.url, 'http://stranger');
  const base = `http://127.0.0.1:${server.address().port}${manner.base ?? ''}`;
  const path = url.pathname.startsWith(manner.base ?? '') ? url.pathname.slice((manner.base ?? '').length) : '/outside';
  const request = { world, base, query: url.searchParams, headers: incoming.headers, method: incoming.method, path, body: Buffer.concat(chunks).toString() };
  request.complain = (what) => world.complaints.push(`${incoming.method} ${path}: ${what}`);
  world.requests.push(`${incoming.method} ${path}`);
  try {
    await send(outgoing, incoming, path, answer(request));
  } catch (error) {
    process.stderr.write(`${error.stack}\n`);
    outgoing.destroy();
  }
});

function answer(request) {
  const { path, method } = request;
  if (manner.moved && !path.startsWith('/moved/')) return { status: 307, headers: { Location: `/moved${path}${[...request.query].length ? `?${request.query}` : ''}` } };
  const here = manner.moved ? path.slice('/moved'.length) : path;
  if (manner.tooMany && here.startsWith('/api/organizations/')) {
    manner.tooMany -= 1;
    return { status: 429, headers: { 'Retry-After': '1' } };
  }
  if (manner.broken && here.endsWith(manner.broken)) return { status: 502, html: '<html><body><h1>502 Bad Gateway</h1></body></html>' };
  const open = OPEN[`${method} ${here}`] ?? (here.startsWith('/attachments/') ? download : null);
  if (open) return open(request);
  if (!here.startsWith('/api/')) return missing(request);
  const held = world.tokens.get((request.headers.authorization ?? '').replace(/^Bearer /, ''));
  if (!held || held.until * 1000 <= Date.now() || held.stamp !== world.account.stamp) return UNAUTHORIZED;
  for (const header of ['device-type', 'bitwarden-client-name', 'bitwarden-client-version', 'user-agent']) if (!request.headers[header]) request.complain(`without ${header}`);
  for (const { match, names, answer: give } of method === 'GET' ? COMPILED : []) {
    const found = match.exec(here);
    if (found) return give({ ...request, ...Object.fromEntries(names.map((part, n) => [part, found[n + 1]])) });
  }
  return missing(request);
}

function missing({ complain }) {
  complain('no such route');
  return manner.htmlMissing ? { status: 404, html: '<!DOCTYPE html><title>404</title><h1>Not here</h1>' } : MISSING;
}

async function send(outgoing, incoming, path, { status = 200, body, bytes, html, headers = {} }) {
  const text = bytes ?? html ?? (body === undefined ? '' : JSON.stringify(path.endsWith('/connect/token') ? body : shape(body, manner)));
  const type = bytes ? 'application/octet-stream' : html ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  let content = Buffer.from(text);
  const compress = manner.slow && /gzip/.test(incoming.headers['accept-encoding'] ?? '');
  if (compress) content = gzipSync(content);
  outgoing.writeHead(status, { 'Content-Type': type, ...(compress && { 'Content-Encoding': 'gzip' }), ...headers });
  if (manner.slow) {
    const step = Math.max(1, Math.ceil(content.length / 5));
    for (let at = 0; at < content.length; at += step) {
      outgoing.write(content.subarray(at, at + step));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    outgoing.end();
  } else {
    outgoing.end(content);
  }
}

const line = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);

server.listen(0, '127.0.0.1', () => {
  const { email, password } = world.account;
  line({ url: `http://127.0.0.1:${server.address().port}${manner.base ?? ''}`, email, password, truth: truthOf(world) });
});
createInterface({ input: process.stdin }).on('line', (text) => {
  const asked = JSON.parse(text);
  line({ ...change(world, asked), truth: truthOf(world), complaints: world.complaints.splice(0), requests: world.requests.splice(0) });
}).on('close', () => process.exit(0));
