import { WindowedRows } from '$/components/table';
import type { ClientHead } from '$/ipc/bindings/ClientHead';
import type { CollectionDetail } from '$/ipc/bindings/CollectionDetail';
import type { CollectionRow } from '$/ipc/bindings/CollectionRow';
import type { CollectionsOpened } from '$/ipc/bindings/CollectionsOpened';
import type { GroupDetail } from '$/ipc/bindings/GroupDetail';
import type { GroupRow } from '$/ipc/bindings/GroupRow';
import type { ListQuery } from '$/ipc/bindings/ListQuery';
import type { MemberDetail } from '$/ipc/bindings/MemberDetail';
import type { MemberRow } from '$/ipc/bindings/MemberRow';
import type { MembersQuery } from '$/ipc/bindings/MembersQuery';
import type { PolicyRow } from '$/ipc/bindings/PolicyRow';
import type { Host } from '$/ipc/host';
import type { PlaceOf } from '$/state/location.svelte';
import { Reading } from '$/state/reading.svelte';

export type ClientPlace = PlaceOf<'client'>;
type MembersQuestion = Omit<MembersQuery, 'offset' | 'limit'>;
type ListQuestion = Omit<ListQuery, 'offset' | 'limit'>;

/** Everything that a client's page reads, for the place of the moment. */
export class ClientController {
  readonly head = new Reading<ClientHead>();
  readonly members: WindowedRows<MemberRow, MembersQuestion>;
  readonly groups: WindowedRows<GroupRow, ListQuestion>;
  readonly collections: WindowedRows<CollectionRow, ListQuestion>;
  readonly policies = new Reading<PolicyRow[]>();
  readonly member = new Reading<MemberDetail>();
  readonly group = new Reading<GroupDetail>();
  readonly collection = new Reading<CollectionDetail>();
  /** How the one recorded read of the collections went; no value before it was asked for. */
  readonly opened = new Reading<CollectionsOpened>();

  #host: Host;
  /** What each part shows, and of which picture. */
  #shown = new Map<string, { key: string; revision: number }>();
  #openedFor: string | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.members = new WindowedRows((question, from, to) =>
      host.membersPage({ ...question, offset: from, limit: to - from }),
    );
    this.groups = new WindowedRows((question, from, to) =>
      host.groupsPage({ ...question, offset: from, limit: to - from }),
    );
    this.collections = new WindowedRows((question, from, to) =>
      host.collectionsPage({ ...question, offset: from, limit: to - from }),
    );
  }

  /** Follows the place and the pictures: what is in view is read, and read again when a new picture came. */
  follow(place: ClientPlace, revision: number): void {
    const { organizationId, open } = place;
    const host = this.#host;
    this.#one('head', organizationId, revision, this.head, () => host.clientHead(organizationId));
    switch (place.tab ?? 'overview') {
      case 'members':
        this.#list('members', this.members, membersQuestion(place), revision);
        if (open) {
          this.#one('member', `${organizationId}/${open}`, revision, this.member, () =>
            host.memberDetail(organizationId, open),
          );
        }
        break;
      case 'groups':
        this.#list('groups', this.groups, listQuestion(place), revision);
        if (open) {
          this.#one('group', `${organizationId}/${open}`, revision, this.group, () =>
            host.groupDetail(organizationId, open),
          );
        }
        break;
      case 'collections':
        this.#list('collections', this.collections, listQuestion(place), revision);
        if (open) {
          this.#one('collection', `${organizationId}/${open}`, revision, this.collection, () =>
            host.collectionDetail(organizationId, open),
          );
        }
        break;
      case 'policies':
        this.#one('policies', organizationId, revision, this.policies, () => host.policies(organizationId));
        break;
      case 'overview':
        break;
    }
  }

  /** Reads everything in view again, after a failure. */
  retry(place: ClientPlace, revision: number): void {
    this.#shown.clear();
    this.follow(place, revision);
  }

  /** Asks the server for the collections, once while this page is open: the one read that audit logs record. */
  async openCollections(organizationId: string): Promise<void> {
    if (this.#openedFor === organizationId) return;
    this.#openedFor = organizationId;
    await this.opened.read(organizationId, () => this.#host.openCollections(organizationId));
    if (this.opened.value?.logged) this.collections.refresh();
  }

  #one<Value>(part: string, key: string, revision: number, reading: Reading<Value>, ask: () => Promise<Value>): void {
    const shown = this.#shown.get(part);
    if (shown?.key === key && shown.revision === revision) return;
    this.#shown.set(part, { key, revision });
    void reading.read(key, ask);
  }

  #list<Row, Question>(part: string, rows: WindowedRows<Row, Question>, question: Question, revision: number): void {
    const key = JSON.stringify(question);
    const shown = this.#shown.get(part);
    if (shown?.key === key && shown.revision === revision) return;
    this.#shown.set(part, { key, revision });
    if (shown?.key === key) rows.refresh();
    else rows.ask(question);
  }
}

/** The members that a place asks for. */
export function membersQuestion(place: ClientPlace): MembersQuestion {
  return {
    organizationId: place.organizationId,
    filter: place.filter ?? 'all',
    search: place.search ?? '',
    sort: place.sort ?? 'email',
    descending: place.descending ?? false,
  };
}

function listQuestion(place: ClientPlace): ListQuestion {
  return {
    organizationId: place.organizationId,
    search: place.search ?? '',
    descending: place.descending ?? false,
  };
}
