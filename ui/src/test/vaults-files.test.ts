// Vaults: files of an item.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';

import type { AttachmentProgress } from '$/ipc/bindings/AttachmentProgress';
import type { AttachmentRequest } from '$/ipc/bindings/AttachmentRequest';
import type { FakeOptions } from '$/ipc/fake/host';
import { HostError, type Host } from '$/ipc/host';
import type { ErrorCode } from '$/ipc/bindings/ErrorCode';

import { expectAccessible, find, findAll, openApp } from './stage';

/** A host whose saving ends when a test says so. */
function slowHost() {
  const asked: AttachmentRequest[] = [];
  let tell: (progress: AttachmentProgress) => void = () => {};
  let end: { resolve: (fileName: string | null) => void; reject: (code: ErrorCode) => void } | undefined;
  const cancelled: string[] = [];
  return {
    asked,
    cancelled,
    tell: (progress: AttachmentProgress) => tell(progress),
    done: (fileName: string | null) => end?.resolve(fileName),
    fail: (code: ErrorCode) => end?.reject(code),
    change: (host: Host): Partial<Host> => {
      const read = host.itemDetail.bind(host);
      return {
        itemDetail: async (id) => ({
          ...(await read(id)),
          attachments: [
            { id: 'a1', fileName: { kind: 'plain', value: 'Recovery codes.pdf' }, size: 48_213 },
            { id: 'a2', fileName: { kind: 'unreadable', reason: 'wrongKeyOrDamaged' }, size: null },
          ],
        }),
        saveAttachment: (request) =>
          new Promise((resolve, reject) => {
            asked.push(request);
            end = {
              resolve: (fileName) => resolve({ fileName }),
              reject: (code) => reject(new HostError({ code, detail: null })),
            };
          }),
        cancelAttachment: (id) => Promise.resolve(void cancelled.push(id)),
        onAttachmentProgress: (heard) => ((tell = heard), () => {}),
      };
    },
  };
}

async function openFiles(slow = slowHost(), options: Partial<FakeOptions> = {}) {
  const { user } = openApp({ withoutProvider: true, items: 40, ...options }, slow.change);
  await findAll('item-row');
  await user.type(screen.getByTestId('vaults-search'), 'Registrar');
  await waitFor(() => expect(screen.getAllByTestId('item-row')[0]?.textContent).toContain('Registrar'));
  await user.click(screen.getAllByTestId('item-row')[0]!);
  const files = await find('attachments');
  return { user, slow, files, first: within(files).getAllByTestId('attachment')[0]! };
}

describe('files of an item', () => {
  test('a file is saved with its progress, and says under which name', async () => {
    const { user, slow, first } = await openFiles();
    await expectAccessible();
    await user.click(within(first).getByTestId('attachment-save'));
    slow.tell({ attachmentId: 'a1', done: 12_000, total: 48_213 });
    const bar = await within(first).findByRole('progressbar');
    expect([bar.getAttribute('aria-valuenow'), bar.getAttribute('aria-valuemax')]).toEqual(['12000', '48213']);
    expect(first.textContent).toContain('12 kB of 48 kB');
    await expectAccessible();
    slow.done('Recovery codes (1).pdf');
    expect(await screen.findByText('Recovery codes (1).pdf saved.')).toBeTruthy();
    await waitFor(() => expect(within(first).queryByRole('progressbar')).toBeNull());
    expect(slow.asked.map(({ attachmentId, acceptUnauthenticated }) => [attachmentId, acceptUnauthenticated])).toEqual([['a1', false]]);
  });

  test('it can be cancelled, and no place chosen is no failure', async () => {
    const { user, slow, first } = await openFiles();
    await user.click(within(first).getByTestId('attachment-save'));
    await user.click(await within(first).findByTestId('attachment-cancel'));
    expect(slow.cancelled).toEqual(['a1']);
    slow.fail('cancelled');
    await user.click(await within(first).findByTestId('attachment-save'));
    slow.done(null);
    await within(first).findByTestId('attachment-save');
    expect(within(first).queryByRole('alert')).toBeNull();
    expect(screen.queryByText(/saved\.$/)).toBeNull();
  });

  test('what does not open is told where it happened', async () => {
    const { user, slow, first } = await openFiles();
    await user.click(within(first).getByTestId('attachment-save'));
    slow.fail('fileDoesNotOpen');
    expect((await within(first).findByRole('alert')).textContent).toContain('not the file that was stored');
    await expectAccessible();
  });

  test('an old file without a check value is saved only when the person says so', async () => {
    const { user, slow, first } = await openFiles();
    await user.click(within(first).getByTestId('attachment-save'));
    slow.fail('fileUnauthenticated');
    expect((await within(first).findByRole('alert')).textContent).toContain('before 2018');
    await user.click(within(first).getByTestId('attachment-anyway'));
    expect(slow.asked.map(({ acceptUnauthenticated }) => acceptUnauthenticated)).toEqual([false, true]);
  });

  test('offline the files are listed, and why they cannot be had is said', async () => {
    const { user, slow, files, first } = await openFiles(slowHost(), { offline: true });
    expect(files.parentElement?.textContent).toContain('Files are on the server, and there is no connection.');
    await user.click(within(first).getByTestId('attachment-save'));
    expect(slow.asked).toEqual([]);
    expect(within(first).getByTestId('attachment-save').getAttribute('aria-disabled')).toBe('true');
    await expectAccessible();
  });
});
