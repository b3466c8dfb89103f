import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { fakeHost } from '$/ipc/fake/host';

import { SyncWatch } from './sync.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('sync', () => {
  test('tells progress and moves the revision when it ends', async () => {
    const sync = new SyncWatch(fakeHost({ clients: 2, delay: 0 }));
    const stop = sync.follow();
    await vi.advanceTimersByTimeAsync(1);
    const before = sync.revision;
    const started = sync.start();
    await vi.advanceTimersByTimeAsync(1000);
    await started;
    expect(sync.running).toBe(true);
    expect(sync.status.progress).toMatchObject({ phase: 'clients', done: 1, total: 2 });
    await vi.advanceTimersByTimeAsync(5000);
    expect(sync.running).toBe(false);
    expect(sync.revision).toBe(before + 1);
    stop();
  });

  test('cancel ends it without a new picture', async () => {
    const sync = new SyncWatch(fakeHost({ clients: 9, delay: 0 }));
    sync.follow();
    await vi.advanceTimersByTimeAsync(1);
    const before = sync.revision;
    void sync.start();
    await vi.advanceTimersByTimeAsync(2000);
    void sync.cancel();
    await vi.advanceTimersByTimeAsync(5000);
    expect(sync.running).toBe(false);
    expect(sync.revision).toBe(before);
  });

  test('offline: a start is refused, and the next one forgets that', async () => {
    const sync = new SyncWatch(fakeHost({ offline: true, delay: 0 }));
    sync.follow();
    const first = sync.start();
    await vi.advanceTimersByTimeAsync(1);
    await first;
    expect(sync.refused?.code).toBe('offline');
    expect(sync.offline).toBe(true);
    void sync.start();
    expect(sync.refused).toBeNull();
  });
});
