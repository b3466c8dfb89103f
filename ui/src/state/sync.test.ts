import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { SyncProgress } from '$/ipc/bindings/SyncProgress';
import type { SyncStatus } from '$/ipc/bindings/SyncStatus';
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

  test('many clients have a time from the start, a few once some are read', async () => {
    for (const [clients, first] of [
      [120, 36],
      [20, null],
    ] as const) {
      const host = fakeHost({ clients, delay: 0 });
      const told: (SyncProgress | null)[] = [];
      host.onSyncStatus(({ progress }) => told.push(progress));
      void host.syncStart();
      await vi.advanceTimersByTimeAsync(3000);
      const reading = told.filter((progress) => progress?.phase === 'clients');
      expect(reading[0]).toMatchObject({ done: 0, total: clients, secondsLeft: first });
      expect(reading.at(-1)!.secondsLeft).toBeGreaterThan(10);
      void host.syncCancel();
      await vi.advanceTimersByTimeAsync(1);
    }
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

describe('the first picture', () => {
  /** A host whose status is what the test last told. */
  function telling() {
    const status: SyncStatus = { connection: 'unknown', lastSync: null, progress: null, failure: null, report: null, staleClients: 0, revision: 0 };
    let listener: (status: SyncStatus) => void = () => {};
    const host = fakeHost({ clients: 1, delay: 0 });
    host.syncStatus = async () => status;
    host.onSyncStatus = (listen) => ((listener = listen), () => {});
    return { host, tell: (change: Partial<SyncStatus>) => listener(Object.assign(status, change) && { ...status }) };
  }
  const progress: SyncProgress = { phase: 'clients', done: 0, total: 1, client: null, secondsLeft: null };

  test('is being taken from the first answer until there is one', async () => {
    const { host, tell } = telling();
    const sync = new SyncWatch(host);
    expect(sync.firstPicture).toBe(false);
    sync.follow();
    await vi.advanceTimersByTimeAsync(1);
    expect(sync.firstPicture).toBe(true);
    tell({ progress });
    expect(sync.firstPicture).toBe(true);
    tell({ progress: null, lastSync: '2026-11-20T10:06:00Z' });
    expect(sync.firstPicture).toBe(false);
  });

  test.each<[string, Partial<SyncStatus>]>([
    ['cancelled', {}],
    ['failed', { failure: { code: 'unreachable', detail: null } }],
    ['offline', { connection: 'offline' }],
  ])('is not waited for once its sync was %s', async (_, end) => {
    const { host, tell } = telling();
    const sync = new SyncWatch(host);
    sync.follow();
    await vi.advanceTimersByTimeAsync(1);
    tell({ progress });
    tell({ progress: null, ...end });
    expect(sync.firstPicture).toBe(false);
    host.syncStart = async () => {};
    await sync.start();
    expect(sync.firstPicture).toBe(true);
  });
});
