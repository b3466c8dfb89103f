import type { AboutInfo } from './bindings/AboutInfo';
import type { ActionDone } from './bindings/ActionDone';
import type { AddableOrganization } from './bindings/AddableOrganization';
import type { AppError } from './bindings/AppError';
import type { AtStart } from './bindings/AtStart';
import type { AttachmentProgress } from './bindings/AttachmentProgress';
import type { AttachmentRequest } from './bindings/AttachmentRequest';
import type { AttachmentSaved } from './bindings/AttachmentSaved';
import type { AuthorityFile } from './bindings/AuthorityFile';
import type { BackupOpened } from './bindings/BackupOpened';
import type { BackupSaved } from './bindings/BackupSaved';
import type { BecomeProvider } from './bindings/BecomeProvider';
import type { Billing } from './bindings/Billing';
import type { CacheInfo } from './bindings/CacheInfo';
import type { ClientChange } from './bindings/ClientChange';
import type { ClientHead } from './bindings/ClientHead';
import type { ClientMap } from './bindings/ClientMap';
import type { ClientMapQuery } from './bindings/ClientMapQuery';
import type { ClientTags } from './bindings/ClientTags';
import type { ClientsExport } from './bindings/ClientsExport';
import type { ClientsPage } from './bindings/ClientsPage';
import type { ClientsQuery } from './bindings/ClientsQuery';
import type { CollectionDetail } from './bindings/CollectionDetail';
import type { CollectionsOpened } from './bindings/CollectionsOpened';
import type { CollectionsPage } from './bindings/CollectionsPage';
import type { CopyReceipt } from './bindings/CopyReceipt';
import type { DeleteProvider } from './bindings/DeleteProvider';
import type { DemoProgress } from './bindings/DemoProgress';
import type { EmailsRead } from './bindings/EmailsRead';
import type { ErrorCode } from './bindings/ErrorCode';
import type { EventLog } from './bindings/EventLog';
import type { OrganizationRef } from './bindings/OrganizationRef';
import type { EventsExport } from './bindings/EventsExport';
import type { EventsPage } from './bindings/EventsPage';
import type { EventsQuery } from './bindings/EventsQuery';
import type { EventsRange } from './bindings/EventsRange';
import type { EventsTaken } from './bindings/EventsTaken';
import type { Exported } from './bindings/Exported';
import type { FieldRequest } from './bindings/FieldRequest';
import type { GroupDetail } from './bindings/GroupDetail';
import type { GroupsPage } from './bindings/GroupsPage';
import type { InvitationShown } from './bindings/InvitationShown';
import type { ItemDetail } from './bindings/ItemDetail';
import type { ItemsPage } from './bindings/ItemsPage';
import type { ItemsQuery } from './bindings/ItemsQuery';
import type { ListQuery } from './bindings/ListQuery';
import type { MailedCode } from './bindings/MailedCode';
import type { ManagedClient } from './bindings/ManagedClient';
import type { MapGrouping } from './bindings/MapGrouping';
import type { MemberDetail } from './bindings/MemberDetail';
import type { MembersPage } from './bindings/MembersPage';
import type { MembersQuery } from './bindings/MembersQuery';
import type { NewClient } from './bindings/NewClient';
import type { OutboxMail } from './bindings/OutboxMail';
import type { PinAnswer } from './bindings/PinAnswer';
import type { PolicyRow } from './bindings/PolicyRow';
import type { Products } from './bindings/Products';
import type { ProviderSetUpForm } from './bindings/ProviderSetUpForm';
import type { ProviderSettings } from './bindings/ProviderSettings';
import type { ProviderToSetUp } from './bindings/ProviderToSetUp';
import type { ProviderWebPage } from './bindings/ProviderWebPage';
import type { Registered } from './bindings/Registered';
import type { RegistrationForm } from './bindings/RegistrationForm';
import type { RevealedField } from './bindings/RevealedField';
import type { SavedFilter } from './bindings/SavedFilter';
import type { SearchQuery } from './bindings/SearchQuery';
import type { SearchResults } from './bindings/SearchResults';
import type { SeatAnswer } from './bindings/SeatAnswer';
import type { SeatQuestion } from './bindings/SeatQuestion';
import type { SessionState } from './bindings/SessionState';
import type { Settings } from './bindings/Settings';
import type { SignInForm } from './bindings/SignInForm';
import type { SignInStep } from './bindings/SignInStep';
import type { StructureMap } from './bindings/StructureMap';
import type { SyncStatus } from './bindings/SyncStatus';
import type { TagsChange } from './bindings/TagsChange';
import type { TagsTarget } from './bindings/TagsTarget';
import type { TeamFingerprint } from './bindings/TeamFingerprint';
import type { TeamInvited } from './bindings/TeamInvited';
import type { TeamObstacle } from './bindings/TeamObstacle';
import type { TeamPage } from './bindings/TeamPage';
import type { TeamQuery } from './bindings/TeamQuery';
import type { TeamResult } from './bindings/TeamResult';
import type { TeamRole } from './bindings/TeamRole';
import type { TeamRow } from './bindings/TeamRow';
import type { TotpCode } from './bindings/TotpCode';
import type { TreePage } from './bindings/TreePage';
import type { TreeQuery } from './bindings/TreeQuery';
import type { UnlockSettings } from './bindings/UnlockSettings';
import type { VaultChoice } from './bindings/VaultChoice';
import type { VaultFilters } from './bindings/VaultFilters';
import type { WebPage } from './bindings/WebPage';

/** Stops an event subscription. */
export type Unsubscribe = () => void;

/**
 * Everything through which the page reaches Rust: one function per command, one per event
 * (the list stands in `src-tauri/dto/mod.rs`). Every function rejects with a {@link HostError}.
 */
export interface Host {
  /** What the shell handed to the page before its first line, so that the first frame need not wait for answers. */
  readonly atStart?: AtStart;
  sessionState(): Promise<SessionState>;
  onSession(heard: (state: SessionState) => void): Unsubscribe;
  demoExplore(): Promise<void>;
  onDemoProgress(heard: (progress: DemoProgress) => void): Unsubscribe;
  signIn(form: SignInForm): Promise<SignInStep>;
  /** Has the server mail the code that it asked for. */
  mailCode(form: SignInForm, which: MailedCode): Promise<void>;
  /** Turns to an account: to its page while it is open, else to its lock screen. */
  chooseAccount(accountId: string): Promise<void>;
  /** Turns to the sign-in: for a new account, or for one on this computer once more. */
  showSignIn(accountId?: string): Promise<void>;
  orderAccounts(accountIds: string[]): Promise<void>;
  /** Opens a dialog for a certificate authority: for the sign-in, or for the server of an account. */
  chooseAuthority(accountId?: string): Promise<AuthorityFile | null>;
  forgetAuthority(accountId: string): Promise<void>;
  unlock(accountId: string, password: string): Promise<void>;
  unlockWithDevice(accountId: string): Promise<void>;
  unlockWithPin(accountId: string, pin: string): Promise<PinAnswer>;
  unlockSettings(): Promise<UnlockSettings>;
  setDeviceUnlock(on: boolean): Promise<void>;
  /** Null takes it away. */
  setPin(pin: string | null): Promise<void>;
  /** The password from before a key rotation elsewhere: the answer to `previousPassword`. */
  bringHistory(password: string): Promise<void>;
  /** The other answer: begin anew beside the old file. */
  setHistoryAside(): Promise<void>;
  /** Locks one account, or all of them. */
  lock(accountId?: string): Promise<void>;
  logOut(accountId: string, keepArchive: boolean): Promise<void>;
  /** Opens a dialog and copies what is kept of an account, sealed as it is, where the person says. */
  saveBackup(accountId: string): Promise<BackupSaved>;
  /** Opens a dialog and puts a backup in place, as an account that is signed out; null when none was chosen. */
  openBackup(): Promise<BackupOpened | null>;
  /** The person is active: puts off the idle lock. */
  /** After a refused start: lets the person choose another folder; the program starts again with it. */
  chooseFolder(): Promise<void>;
  touch(): Promise<void>;
  /** Whether the page holds what is not saved: then the window asks before it closes. */
  setUnsaved(unsaved: boolean): Promise<void>;
  onCloseAsked(heard: () => void): Unsubscribe;
  closeWindow(): Promise<void>;

  syncStatus(): Promise<SyncStatus>;
  onSyncStatus(heard: (status: SyncStatus) => void): Unsubscribe;
  /** Reads everything again, or one client. */
  syncStart(organizationId?: string): Promise<void>;
  syncCancel(): Promise<void>;
  /** The page turned to a provider's portal, or away from it: it is looked at while it is shown. */
  showPortal(providerId: string | null): Promise<void>;
  /** The page of a client was opened, or the person came back to it: it is read again, unless it was a moment ago. */
  lookAtClient(organizationId: string): Promise<void>;

  /** Organizations that the person administers whose name holds the text, by name; the first ones. */
  administered(text: string): Promise<OrganizationRef[]>;
  products(organizationId?: string, providerId?: string): Promise<Products>;
  /** Where each product was left when the account was last open, as {@link keepPlaces} was told; kept sealed with it. */
  leftPlaces(): Promise<string | null>;
  keepPlaces(accountId: string, places: string): Promise<void>;
  becomeProvider(): Promise<BecomeProvider>;
  openWeb(page: WebPage): Promise<void>;
  openWebsite(itemId: string, fieldId: string): Promise<void>;

  clientsPage(query: ClientsQuery): Promise<ClientsPage>;
  /** A client in the list of whichever provider of the person it belongs to. */
  managedClient(organizationId: string): Promise<ManagedClient>;
  /** Rust asks where to keep the file. */
  exportClients(request: ClientsExport): Promise<Exported>;
  createClient(client: NewClient): Promise<ActionDone>;
  addableOrganizations(providerId: string): Promise<AddableOrganization[]>;
  addExistingClient(providerId: string, organizationId: string): Promise<ActionDone>;
  checkSeats(question: SeatQuestion): Promise<SeatAnswer>;
  updateClient(change: ClientChange): Promise<ActionDone>;
  unlinkClient(providerId: string, organizationId: string): Promise<ActionDone>;
  /** The tags there are, and how many of these clients carry each. Kept on this computer alone. */
  clientTags(target: TagsTarget): Promise<ClientTags>;
  changeTags(change: TagsChange): Promise<void>;
  /** On every client that carries it; where another tag is called that, both become that one. */
  renameTag(name: string, to: string): Promise<void>;
  /** From every client that carries it. */
  deleteTag(name: string): Promise<void>;
  /** Stops the action under way, as far as it has not been done yet. */
  cancelAction(): Promise<void>;

  /** What was last read; offline too. */
  billing(providerId: string): Promise<Billing>;
  refreshBilling(providerId: string): Promise<void>;
  /** The lines of an invoice, one for each client; Rust asks where to keep the file. */
  saveInvoice(providerId: string, invoiceId: string): Promise<Exported>;
  providerSettings(providerId: string): Promise<ProviderSettings>;
  updateProvider(providerId: string, settings: ProviderSettings): Promise<ActionDone>;
  deleteProvider(request: DeleteProvider): Promise<ActionDone>;
  /** A page of the provider in the web vault. */
  openProviderWeb(providerId: string, page: ProviderWebPage): Promise<void>;

  clientHead(organizationId: string): Promise<ClientHead>;
  membersPage(query: MembersQuery): Promise<MembersPage>;
  memberDetail(organizationId: string, memberId: string): Promise<MemberDetail>;
  groupsPage(query: ListQuery): Promise<GroupsPage>;
  groupDetail(organizationId: string, groupId: string): Promise<GroupDetail>;
  /** The one read that the client's and the provider's logs record. */
  openCollections(organizationId: string): Promise<CollectionsOpened>;
  /** A pinned client is read by every sync. */
  setPinned(organizationId: string, pinned: boolean): Promise<void>;
  collectionsPage(query: ListQuery): Promise<CollectionsPage>;
  collectionDetail(organizationId: string, collectionId: string): Promise<CollectionDetail>;
  policies(organizationId: string): Promise<PolicyRow[]>;

  teamPage(query: TeamQuery): Promise<TeamPage>;
  /** Compares the team and the clients with the server; with `ifOld` unless they were a minute ago. */
  refreshTeam(providerId: string, ifOld: boolean): Promise<void>;
  teamMember(providerId: string, memberId: string): Promise<TeamRow>;
  /** Why these cannot be removed together; null if they can. */
  teamRemoval(providerId: string, members: string[]): Promise<TeamObstacle | null>;
  /** The addresses in what a person typed. */
  readEmails(text: string): Promise<EmailsRead>;
  inviteTeam(providerId: string, emails: string[], role: TeamRole): Promise<TeamInvited[]>;
  reinviteTeam(providerId: string, members: string[]): Promise<TeamResult[]>;
  teamFingerprints(providerId: string, members: string[]): Promise<TeamFingerprint[]>;
  /** Only those whose phrase was shown: a key that changed meanwhile gets nothing. */
  confirmTeam(providerId: string, shown: TeamFingerprint[]): Promise<TeamResult[]>;
  setTeamRole(providerId: string, memberId: string, role: TeamRole): Promise<void>;
  removeTeam(providerId: string, members: string[]): Promise<TeamResult[]>;
  /** The invitation at hand; its token stays in Rust. Fails once with `invalidLink` where a link was handed over that is none. */
  invitation(): Promise<InvitationShown | null>;
  /** A link was handed over by the system. */
  onInvitation(heard: () => void): Unsubscribe;
  /** A link that was pasted: it becomes the invitation at hand. */
  readInvitation(text: string): Promise<InvitationShown | null>;
  dropInvitation(): Promise<void>;
  /** Accepts as the account on the page. True if it had been accepted before. */
  acceptInvitation(): Promise<boolean>;
  registerInvited(form: RegistrationForm): Promise<Registered>;
  providerToSetUp(): Promise<ProviderToSetUp>;
  setUpProvider(form: ProviderSetUpForm): Promise<string>;
  /** Deletes the provider that the link at hand names, which takes no account. */
  deleteLinkedProvider(): Promise<void>;
  /** The demo's mails, newest first. */
  outbox(): Promise<OutboxMail[]>;
  copyMailLink(mailId: number): Promise<void>;
  structureMap(providerId: string, grouping: MapGrouping, search: string): Promise<StructureMap>;
  clientMap(query: ClientMapQuery): Promise<ClientMap>;
  structureTree(query: TreeQuery): Promise<TreePage>;
  /** The log as it is kept; nothing is asked of the server. */
  eventsPage(log: EventLog, query: EventsQuery): Promise<EventsPage>;
  /** Reads a part of the log from the server into what is kept. */
  readEvents(log: EventLog, range: EventsRange): Promise<EventsTaken>;
  /** Rust asks where to keep the file. */
  exportEvents(log: EventLog, wanted: EventsExport): Promise<Exported>;

  vaultFilters(vault: VaultChoice): Promise<VaultFilters>;
  itemsPage(query: ItemsQuery): Promise<ItemsPage>;
  itemDetail(itemId: string): Promise<ItemDetail>;
  revealField(request: FieldRequest): Promise<RevealedField>;
  copyField(request: FieldRequest): Promise<CopyReceipt>;
  /** Only for names and e-mail addresses that the page already shows. */
  copyText(text: string): Promise<CopyReceipt>;
  totpCode(itemId: string, fieldId: string): Promise<TotpCode>;
  /** The master password for an item that asks for it; it counts until another item is looked at. */
  passReprompt(itemId: string, password: string): Promise<void>;
  /** No item is looked at any more. */
  leaveItem(): Promise<void>;
  /** Rust asks where to keep the file, fetches it and opens it. */
  saveAttachment(request: AttachmentRequest): Promise<AttachmentSaved>;
  cancelAttachment(attachmentId: string): Promise<void>;
  onAttachmentProgress(heard: (progress: AttachmentProgress) => void): Unsubscribe;
  savedFilters(): Promise<SavedFilter[]>;
  saveFilter(filter: SavedFilter): Promise<SavedFilter>;
  renameFilter(filterId: string, name: string): Promise<void>;
  removeFilter(filterId: string): Promise<void>;

  searchEverything(query: SearchQuery): Promise<SearchResults>;
  settingsGet(): Promise<Settings>;
  settingsSet(settings: Settings): Promise<void>;
  cacheInfo(): Promise<CacheInfo>;
  /** The fingerprint phrase of the account on the page; null before its keys were read. */
  ownFingerprint(): Promise<string | null>;
  about(): Promise<AboutInfo>;
}

/** A command that failed: a closed code that the page words, and the technical detail for support. */
export class HostError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | null;

  constructor(error: AppError) {
    super(error.code);
    this.code = error.code;
    this.detail = error.detail;
  }

  /** Whatever was thrown, as a HostError: an unforeseen cause becomes `internal`. */
  static from(cause: unknown): HostError {
    if (cause instanceof HostError) return cause;
    if (isAppError(cause)) return new HostError(cause);
    return new HostError({ code: 'internal', detail: cause instanceof Error ? cause.message : String(cause) });
  }
}

function isAppError(value: unknown): value is AppError {
  return typeof value === 'object' && value !== null && typeof (value as AppError).code === 'string';
}
