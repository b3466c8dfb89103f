import type { AttachmentProgress } from '../bindings/AttachmentProgress';
import type { Host } from '../host';
import { event, type Answer, type Fail } from './answering';
import { itemDetail, itemOf, revealed } from './item';
import { fakePassword } from './sign-in';
import { itemsPage, vaultFilters, type FakeVault } from './vault';

type Commands = Pick<
  Host,
  'vaultFilters' | 'itemsPage' | 'itemDetail' | 'passReprompt' | 'leaveItem' | 'revealField' | 'copyField' | 'copyText' | 'totpCode' |
  'saveAttachment' | 'cancelAttachment' | 'onAttachmentProgress'
>;

interface Needs {
  answer: Answer;
  fail: Fail;
  vault: FakeVault;
  /** Milliseconds. */
  delay: number;
  /** As the settings of the moment say. */
  clipboardSeconds: () => number | null;
}

/** The vault: its list, one item with what is hidden in it, and attached files. */
export function fakeVaultCommands({ answer, fail, vault, delay, clipboardSeconds }: Needs): Commands {
  /** The item whose re-prompt was answered. */
  let opened: string | undefined;
  const fetching = event<AttachmentProgress>();
  const cancelled = new Set<string>();

  return {
    vaultFilters: (choice) => answer(() => vaultFilters(vault, choice)),
    itemsPage: (query) => answer(() => itemsPage(vault, query)),
    itemDetail: (id) =>
      answer(() => {
        if (opened !== id) opened = undefined;
        return itemDetail(vault, id, opened === id);
      }),
    passReprompt: (id, password) =>
      answer(() => {
        if (password !== fakePassword) fail('wrongPassword');
        opened = id;
      }),
    leaveItem: () => answer(() => void (opened = undefined)),
    revealField: ({ itemId, fieldId, password }) =>
      answer(() => ({ value: revealed(vault, itemId, fieldId, password, opened === itemId) })),
    copyField: ({ itemId, fieldId, password }) =>
      answer(() => {
        revealed(vault, itemId, fieldId, password, opened === itemId);
        return { clearsIn: clipboardSeconds() };
      }),
    copyText: () => answer(() => ({ clearsIn: null })),
    totpCode: () =>
      answer(() => {
        const second = Math.floor(Date.now() / 1000);
        const code = String((Math.floor(second / 30) * 7919) % 1_000_000).padStart(6, '0');
        return { code, period: 30, remaining: 30 - (second % 30) };
      }),

    async saveAttachment({ itemId, attachmentId, acceptUnauthenticated }) {
      const file = itemDetail(vault, itemOf(vault, itemId).row.id, true).attachments.find(({ id }) => id === attachmentId);
      if (!file || file.fileName.kind !== 'plain') return fail('notFound');
      const total = file.size ?? 1;
      cancelled.delete(attachmentId);
      for (let step = 1; step <= 12; step += 1) {
        await new Promise((resolve) => setTimeout(resolve, delay * 4));
        if (cancelled.has(attachmentId)) return fail('cancelled');
        fetching.tell({ attachmentId, done: Math.round((total * step) / 12), total });
      }
      if (file.fileName.value.includes('2016') && !acceptUnauthenticated) return fail('fileUnauthenticated');
      return { fileName: file.fileName.value };
    },
    cancelAttachment: (id) => answer(() => void cancelled.add(id)),
    onAttachmentProgress: fetching.listen,
  };
}
