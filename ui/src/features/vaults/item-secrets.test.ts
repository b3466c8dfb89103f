import { describe, expect, it, vi } from 'vitest';
import type { FieldRequest } from '$/ipc/bindings/FieldRequest';
import { HostError } from '$/ipc/host';
import { ItemSecrets } from './item-secrets.svelte';

const refuse = (code: 'repromptNeeded' | 'wrongPassword' | 'passwordHidden') =>
  Promise.reject(new HostError({ code, detail: null }));

/** A host with one value behind an optional master password. */
function hostWith(value: string, master?: string) {
  const check = (password: string | null) =>
    master === undefined || password === master
      ? undefined
      : refuse(password === null ? 'repromptNeeded' : 'wrongPassword');
  return {
    revealField: vi.fn(({ password }: FieldRequest) => check(password) ?? Promise.resolve({ value })),
    copyField: vi.fn(({ password }: FieldRequest) => check(password) ?? Promise.resolve({ clearsIn: 30 })),
    passReprompt: vi.fn((_itemId: string, password: string) => check(password) ?? Promise.resolve()),
    itemDetail: vi.fn(),
  };
}

async function settled() {
  await new Promise((resolve) => setTimeout(resolve));
}

describe('the hidden fields of an item', () => {
  it('shows one field, hides it again, and forgets all when another item is looked at', async () => {
    const secrets = new ItemSecrets(hostWith('s3cret'));
    secrets.look('a');
    await secrets.toggle('a', 'password');
    expect(secrets.revealed.get('password')).toBe('s3cret');
    await secrets.toggle('a', 'password');
    expect(secrets.revealed.size).toBe(0);
    await secrets.toggle('a', 'password');
    secrets.look('b');
    expect(secrets.revealed.size).toBe(0);
  });

  it('hides everything once the item changed, and takes no value of before', async () => {
    const secrets = new ItemSecrets(hostWith('s3cret'));
    secrets.look('a');
    secrets.know('as it was');
    await secrets.toggle('a', 'password');
    secrets.know('as it was');
    expect(secrets.revealed.size).toBe(1);
    secrets.know('as it is');
    expect(secrets.revealed.size).toBe(0);
    const late = secrets.toggle('a', 'password');
    secrets.know('as it will be');
    await late;
    expect(secrets.revealed.size).toBe(0);
  });

  it('does not show a value that arrives after the person went on', async () => {
    const secrets = new ItemSecrets(hostWith('s3cret'));
    secrets.look('a');
    const late = secrets.toggle('a', 'password');
    secrets.look('b');
    await late;
    expect(secrets.revealed.size).toBe(0);
  });

  it('asks for the master password, tells a wrong one, and goes on with the right one', async () => {
    const host = hostWith('s3cret', 'correct');
    const secrets = new ItemSecrets(host);
    secrets.look('a');
    const shown = secrets.toggle('a', 'password');
    await settled();
    expect(secrets.gate.asking).toBe(true);
    await secrets.gate.answer('wrong');
    expect(secrets.gate.error?.code).toBe('wrongPassword');
    expect(secrets.gate.asking).toBe(true);
    await secrets.gate.answer('correct');
    await shown;
    expect(secrets.gate.asking).toBe(false);
    expect(secrets.revealed.get('password')).toBe('s3cret');
    expect(host.revealField.mock.calls.map(([request]) => request.password)).toEqual([null, 'wrong', 'correct']);
  });

  it('copies nothing and tells nothing when the person cancels', async () => {
    const secrets = new ItemSecrets(hostWith('s3cret', 'correct'));
    secrets.look('a');
    const copied = secrets.copy('a', 'password');
    await settled();
    secrets.gate.cancel();
    expect(await copied).toBeUndefined();
    expect(secrets.failures.size).toBe(0);
  });

  it('tells a refusal under the field', async () => {
    const secrets = new ItemSecrets({
      revealField: () => refuse('passwordHidden'),
      copyField: () => refuse('passwordHidden'),
      passReprompt: () => refuse('wrongPassword'),
      itemDetail: () => refuse('passwordHidden'),
    });
    secrets.look('a');
    expect(await secrets.copy('a', 'password')).toBeUndefined();
    expect(secrets.failures.get('password')?.code).toBe('passwordHidden');
  });

  it('opens a whole item with the master password, unless the person went on or gave up', async () => {
    const host = hostWith('s3cret', 'correct');
    const secrets = new ItemSecrets(host);
    secrets.look('a');
    const opening = secrets.passReprompt('a');
    await secrets.gate.answer('wrong');
    expect(secrets.gate.error?.code).toBe('wrongPassword');
    await secrets.gate.answer('correct');
    expect(await opening).toBe(true);
    expect(host.passReprompt.mock.calls).toEqual([['a', 'wrong'], ['a', 'correct']]);

    const givenUp = secrets.passReprompt('a');
    secrets.gate.cancel();
    expect(await givenUp).toBe(false);
    const overtaken = secrets.passReprompt('a');
    secrets.look('b');
    expect(await overtaken).toBe(false);
  });
});
