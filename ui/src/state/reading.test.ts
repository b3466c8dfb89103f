import { describe, expect, it } from 'vitest';
import { HostError } from '$/ipc/host';
import { Reading } from './reading.svelte';

/** A promise that is answered by hand. */
function later<Value>() {
  let answer!: (value: Value) => void;
  let fail!: (cause: unknown) => void;
  const promise = new Promise<Value>((resolve, reject) => ((answer = resolve), (fail = reject)));
  return { promise, answer, fail };
}

describe('a reading', () => {
  it('keeps the value while the same key is read again, and drops it for another key', async () => {
    const reading = new Reading<string>();
    await reading.read('a', () => Promise.resolve('first'));
    const again = later<string>();
    const done = reading.read('a', () => again.promise);
    expect([reading.value, reading.busy]).toEqual(['first', true]);
    again.answer('second');
    await done;
    expect([reading.value, reading.busy]).toEqual(['second', false]);
    void reading.read('b', () => later<string>().promise);
    expect(reading.value).toBeUndefined();
  });

  it('takes no late answer and no late failure', async () => {
    const reading = new Reading<string>();
    const [late, alsoLate] = [later<string>(), later<string>()];
    const first = reading.read('a', () => late.promise);
    const second = reading.read('b', () => alsoLate.promise);
    await reading.read('c', () => Promise.resolve('now'));
    late.answer('old');
    alsoLate.fail(new Error('old'));
    await Promise.all([first, second]);
    expect([reading.value, reading.error]).toEqual(['now', undefined]);
  });

  it('tells a failure as a host error and keeps what it had of the same key', async () => {
    const reading = new Reading<string>();
    await reading.read('a', () => Promise.resolve('kept'));
    await reading.read('a', () => Promise.reject({ code: 'busy', detail: null }));
    expect(reading.error).toBeInstanceOf(HostError);
    expect(reading.error?.code).toBe('busy');
    expect(reading.value).toBe('kept');
  });

  it('does not show as there what the host says is gone', async () => {
    const reading = new Reading<string>();
    await reading.read('a', () => Promise.resolve('kept'));
    await reading.read('a', () => Promise.reject({ code: 'busy', detail: null }));
    expect(reading.there).toBe('kept');
    await reading.read('a', () => Promise.reject({ code: 'notFound', detail: null }));
    expect([reading.there, reading.value]).toEqual([undefined, 'kept']);
    // Nor while it is looked for once more, nor when that fails for another reason.
    const again = later<string>();
    const done = reading.read('a', () => again.promise);
    expect([reading.there, reading.error?.code]).toEqual([undefined, 'notFound']);
    again.fail({ code: 'busy', detail: null });
    await done;
    expect([reading.there, reading.error?.code]).toEqual([undefined, 'busy']);
    await reading.read('a', () => Promise.resolve('back'));
    expect([reading.there, reading.error]).toEqual(['back', undefined]);
  });

  it('forgets what is on its way when dropped', async () => {
    const reading = new Reading<string>();
    const late = later<string>();
    const done = reading.read('a', () => late.promise);
    reading.drop();
    late.answer('secret');
    await done;
    expect([reading.value, reading.busy]).toEqual([undefined, false]);
  });
});
