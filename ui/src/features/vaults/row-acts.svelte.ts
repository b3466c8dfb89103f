import { nameOf } from '$/components/opened/unreadable';
import type { ItemDetail } from '$/ipc/bindings/ItemDetail';
import type { ItemField } from '$/ipc/bindings/ItemField';
import type { ItemRow } from '$/ipc/bindings/ItemRow';
import { HostError } from '$/ipc/host';
import type { App } from '$/state/app';
import { failureText } from '$/state/failure';
import { sayCopied, type Wanted } from './copy-field';
import type { ItemSecrets } from './item-secrets.svelte';
import type { VaultsController } from './vaults-controller.svelte';
import { opensInBrowser } from './website';

type Needed = Pick<App, 'host' | 'toasts' | 'words'>;

/**
 * What is done with an item from its row, without opening it. An item that asks for the master password asks for it first; away
 * from its panel the answer counts for this one time.
 */
export class RowActs {
  /** Why the last one came to nothing, until the next; told above the list. */
  failure = $state.raw<string>();
  #app: Needed;
  #vaults: Pick<VaultsController, 'item' | 'again'>;
  #secrets: Pick<ItemSecrets, 'unlock' | 'gate'>;

  constructor(app: Needed, vaults: Pick<VaultsController, 'item' | 'again'>, secrets: Pick<ItemSecrets, 'unlock' | 'gate'>) {
    this.#app = app;
    this.#vaults = vaults;
    this.#secrets = secrets;
  }

  /** Copies the field that is wanted, and says so. */
  copy(row: ItemRow, { find, word }: Wanted): Promise<void> {
    const { host, toasts, words } = this.#app;
    return this.#with(row, async (item) => {
      const field = find(item);
      if (!field) return words.t('vaults.nothingToCopy', { field: words.t(word) });
      const request = { itemId: row.id, fieldId: field.id };
      sayCopied({ toasts, words }, field, await this.#secrets.gate.pass((password) => host.copyField({ ...request, password })));
      return undefined;
    });
  }

  /** Opens the first website that a browser can show. */
  openWebsite(row: ItemRow): Promise<void> {
    const { host, words } = this.#app;
    return this.#with(row, async ({ sections }) => {
      const websites = sections.flatMap(({ fields }) => fields).filter(({ kind }) => kind === 'website');
      const field = websites.find(opensInBrowser);
      if (!field) return words.t('vaults.noWebsite');
      await host.openWebsite(row.id, field.id);
      return undefined;
    });
  }

  async #with(row: ItemRow, act: (item: ItemDetail) => Promise<string | undefined>): Promise<void> {
    const { host, words } = this.#app;
    this.failure = undefined;
    const inView = () => this.#vaults.item.there;
    let [looked, asked] = [false, false];
    let failure: string | undefined;
    try {
      let item = inView();
      if (item?.row.id !== row.id) {
        looked = true;
        item = await host.itemDetail(row.id);
      }
      if (item.locked) {
        item = await this.#secrets.unlock(row.id);
        asked = true;
      }
      failure = await act(item);
    } catch (cause) {
      const error = HostError.from(cause);
      // Whoever gives no password knows that nothing was done.
      if (error.code !== 'cancelled') failure = failureText(error, words);
    }
    if (failure !== undefined) this.failure = words.t('vaults.rowFailed', { name: nameOf(row.name, words.t), failure });
    const shown = inView()?.row;
    // The panel shows what counts now: this item is open, or another one, which was not looked at for a moment, asks again.
    if (shown?.id === row.id ? asked : looked && shown?.reprompt) await this.#vaults.again();
    else if (asked && shown?.id !== row.id) host.leaveItem().catch(() => {});
  }
}
