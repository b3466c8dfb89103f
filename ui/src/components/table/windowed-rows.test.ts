import { describe, expect, it } from 'vitest';
import { CHUNK, WindowedRows, type RowsAnswer } from './windowed-rows.svelte';

/** A host whose answers are given by hand, in any order. */
function slowHost() {
  const calls: { query: string; from: number; answer: (total: number) => Promise<void>; fail: () => Promise<void> }[] = [];
  const load = (query: string, from: number, to: number) =>
    new Promise<RowsAnswer<string>>((resolve, reject) => {
      calls.push({
        query,
        from,
        answer: async (total) => {
          const rows = Array.from({ length: Math.max(0, Math.min(to, total) - from) }, (_, i) => `${query}${from + i}`);
          resolve({ rows, total });
          await settled();
        },
        fail: async () => {
          reject(new Error('no answer'));
          await settled();
        },
      });
    });
  return { calls, load };
}

async function settled() {
  await new Promise((resolve) => setTimeout(resolve));
}

describe('windowed rows', () => {
  it('reads the first window and nothing else', async () => {
    const { calls, load } = slowHost();
    const rows = new WindowedRows<string, string>(load);
    rows.ask('a');
    expect(calls.map((call) => call.from)).toEqual([0]);
    expect(rows.total).toBeUndefined();
    await calls[0]!.answer(3000);
    expect(rows.total).toBe(3000);
    expect(rows.row(5)).toBe('a5');
    expect(rows.row(CHUNK)).toBeUndefined();
  });

  it('reads what comes into view once, and forgets what is far away', async () => {
    const { calls, load } = slowHost();
    const rows = new WindowedRows<string, string>(load);
    rows.ask('a');
    await calls[0]!.answer(3000);
    rows.show(2000, 2020);
    rows.show(2001, 2021);
    expect(calls).toHaveLength(2);
    await calls[1]!.answer(3000);
    expect(rows.row(2005)).toBe('a2005');
    expect(rows.row(0)).toBeUndefined();
  });

  it('keeps the old rows until the new ones are there, and drops late answers', async () => {
    const { calls, load } = slowHost();
    const rows = new WindowedRows<string, string>(load);
    rows.ask('a');
    await calls[0]!.answer(10);
    rows.ask('b');
    expect(rows.row(0)).toBe('a0');
    rows.ask('c');
    await calls[2]!.answer(4);
    expect(rows.row(0)).toBe('c0');
    await calls[1]!.answer(7);
    expect(rows.row(0)).toBe('c0');
    expect(rows.total).toBe(4);
    expect(rows.busy).toBe(false);
  });

  it('never asks behind the end', async () => {
    const { calls, load } = slowHost();
    const rows = new WindowedRows<string, string>(load);
    rows.ask('a');
    await calls[0]!.answer(10);
    rows.show(0, 400);
    expect(calls).toHaveLength(1);
  });

  it('tells a failure and reads again on refresh', async () => {
    const { calls, load } = slowHost();
    const rows = new WindowedRows<string, string>(load);
    rows.ask('a');
    await calls[0]!.fail();
    expect(rows.error).toBeInstanceOf(Error);
    rows.show(0, 10);
    expect(calls).toHaveLength(1);
    rows.refresh();
    await calls[1]!.answer(2);
    expect(rows.error).toBeUndefined();
    expect(rows.row(1)).toBe('a1');
  });
});
