import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HostError } from '$/ipc/host';
import { TotpWatch } from './totp-watch.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('counts down and asks again when the time is over', async () => {
  const totpCode = vi
    .fn()
    .mockResolvedValueOnce({ code: '482913', period: 30, remaining: 2 })
    .mockResolvedValue({ code: '117204', period: 30, remaining: 30 });
  const watch = new TotpWatch({ totpCode });
  const stop = watch.follow('item', 'totp');
  await vi.advanceTimersByTimeAsync(0);
  expect([watch.grouped, watch.remaining]).toEqual(['482 913', 2]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(watch.remaining).toBe(1);
  await vi.advanceTimersByTimeAsync(1100);
  expect([watch.grouped, watch.remaining]).toEqual(['117 204', 30]);
  expect(totpCode).toHaveBeenCalledTimes(2);
  stop();
  expect(watch.code).toBeUndefined();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(totpCode).toHaveBeenCalledTimes(2);
});

it('tells why there is no code', async () => {
  const watch = new TotpWatch({ totpCode: () => Promise.reject(new HostError({ code: 'unreadable', detail: null })) });
  const stop = watch.follow('item', 'totp');
  await vi.advanceTimersByTimeAsync(0);
  expect(watch.error?.code).toBe('unreadable');
  stop();
});
