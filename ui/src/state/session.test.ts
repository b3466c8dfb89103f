import { describe, expect, test } from 'vitest';

import type { SessionState } from '$/ipc/bindings/SessionState';
import { HostError, type Host } from '$/ipc/host';

import { SessionWatch } from './session.svelte';

const signedOut: SessionState = { kind: 'signedOut', accounts: [], again: null, back: null, notices: [] };
const locked: SessionState = {
  kind: 'locked',
  account: {
    id: 'a',
    email: 'a@b.example',
    server: 'bitwarden.eu',
    address: 'bitwarden.eu',
    kind: 'cloud',
    state: 'locked',
    authority: null,
    hasPicture: false,
    pictureAt: null,
    demoPassword: null,
    ways: { device: false, pin: false },
  },
  accounts: [],
  notices: [],
};

function hostWith(first: Promise<SessionState>) {
  let hear: (state: SessionState) => void = () => {};
  let listening = false;
  const host = {
    sessionState: () => first,
    onSession: (heard: typeof hear) => {
      hear = heard;
      listening = true;
      return () => void (listening = false);
    },
  } as unknown as Host;
  return { host, tell: (state: SessionState) => hear(state), isListening: () => listening };
}

describe('session', () => {
  test('starts, then follows', async () => {
    const { host, tell, isListening } = hostWith(Promise.resolve(signedOut));
    const session = new SessionWatch(host);
    expect(session.state.kind).toBe('starting');
    const stop = session.follow();
    await Promise.resolve();
    await Promise.resolve();
    expect(session.state).toEqual(signedOut);
    tell(locked);
    expect(session.state).toEqual(locked);
    stop();
    expect(isListening()).toBe(false);
  });

  test('an event that overtakes the first answer wins', async () => {
    let answer: (state: SessionState) => void = () => {};
    const { host, tell } = hostWith(new Promise((resolve) => (answer = resolve)));
    const session = new SessionWatch(host);
    session.follow();
    tell(locked);
    answer(signedOut);
    await new Promise((resolve) => setTimeout(resolve));
    expect(session.state).toEqual(locked);
  });

  test('asked again it says what is so now, unless an event was faster', async () => {
    const answers: ((state: SessionState) => void)[] = [];
    const { host, tell } = hostWith(Promise.resolve(signedOut));
    const session = new SessionWatch(host);
    session.follow();
    await new Promise((resolve) => setTimeout(resolve));
    host.sessionState = () => new Promise((resolve) => answers.push(resolve));
    const first = session.askAgain();
    answers[0]!(locked);
    await first;
    expect(session.state).toEqual(locked);
    const second = session.askAgain();
    tell(signedOut);
    answers[1]!(locked);
    await second;
    expect(session.state).toEqual(signedOut);
  });

  test('a start that fails says why', async () => {
    const { host } = hostWith(Promise.reject(new HostError({ code: 'busy', detail: null })));
    const session = new SessionWatch(host);
    session.follow();
    await new Promise((resolve) => setTimeout(resolve));
    expect(session.state).toMatchObject({ kind: 'broken', error: { code: 'busy' } });
  });

  test('there is no account while locked', () => {
    const session = new SessionWatch(hostWith(Promise.resolve(locked)).host);
    expect(() => session.account).toThrow(HostError);
  });
});
