//! What crosses to the page, and nothing else (house rule 3: opened types do not serialize; secret fields are not in here).
//!
//! Every type is exported to `ui/src/ipc/bindings/` by ts-rs; `cargo test -p portico` rewrites the files, and
//! `cargo xtask test` fails where that changes them. Dates are ISO-8601 UTC strings, counts are numbers, ids are lower-case GUIDs.
//!
//! A new page finds `AtStart` in `window.atStart`. The commands, as the page calls them (`Result<T, AppError>` each; arguments in camelCase):
//!
//! ```text
//! session_state() -> SessionState                         event `session` (SessionState) whenever it changes
//! demo_explore() -> ()                                    event `demo-progress` (DemoProgress); ends unlocked
//! sign_in(form: SignInForm) -> SignInStep                 mail_code(form: SignInForm, which: MailedCode) -> ()
//! choose_account(accountId) -> ()   its page or its lock screen    show_sign_in(accountId?) -> () -> signedOut
//! order_accounts(accountIds) -> ()
//! choose_authority(accountId?) -> AuthorityFile?          forget_authority(accountId) -> ()
//! unlock(accountId, password) -> ()                       lock(accountId?) -> ()  (the webview is made anew)
//! unlock_with_device(accountId) -> ()                     unlock_with_pin(accountId, pin) -> PinAnswer
//! unlock_settings() -> UnlockSettings                     set_device_unlock(on) -> ()   set_pin(pin?: string) -> ()
//! bring_history(password) -> ()   set_history_aside() -> ()   the answers to `previousPassword` of sign_in
//! log_out(accountId, keepArchive: bool) -> ()
//! save_backup(accountId) -> BackupSaved                   open_backup() -> BackupOpened?   (Rust asks where; at the sign-in)
//! choose_folder() -> ()  (after a refused start)          close_window() -> ()
//! touch() -> ()                                           the person is active (throttled by the page, at most every 10 s)
//! set_unsaved(unsaved: bool) -> ()   event `close-asked` when the window was to close; close_window() -> ()  (after the question)
//! sync_status() -> SyncStatus                             event `sync-status`
//! sync_start(organizationId?: string) -> ()  (one client again, or all)      sync_cancel() -> ()
//! administered(text) -> OrganizationRef[]
//! products(organizationId?, providerId?) -> Products      become_provider() -> BecomeProvider
//! left_places() -> string?                                keep_places(accountId, places) -> ()  (the page's own text, sealed)
//! open_web(page: WebPage) -> ()                           open_website(itemId, fieldId) -> ()
//! clients_page(query: ClientsQuery) -> ClientsPage        managed_client(organizationId) -> ManagedClient
//! export_clients(request: ClientsExport) -> Exported  (Rust asks where)
//! create_client(client: NewClient) -> ActionDone          update_client(change: ClientChange) -> ActionDone
//! addable_organizations(providerId) -> AddableOrganization[]    add_existing_client(providerId, organizationId) -> ActionDone
//! unlink_client(providerId, organizationId) -> ActionDone       check_seats(question: SeatQuestion) -> SeatAnswer
//! rename_tag(name, to) -> ()                                 delete_tag(name) -> ()               (on every client that carries it)
//! client_tags(target: TagsTarget) -> ClientTags             change_tags(change: TagsChange) -> ()  (on this computer alone)
//! cancel_action() -> ()  (what is being done)
//! refresh_team(providerId, ifOld: bool) -> ()  (compares team and clients with the server)
//! billing(providerId) -> Billing  (as last read)          refresh_billing(providerId) -> ()
//! save_invoice(providerId, invoiceId) -> Exported  (Rust asks where)
//! provider_settings(providerId) -> ProviderSettings       update_provider(providerId, settings: ProviderSettings) -> ActionDone
//! delete_provider(request: DeleteProvider) -> ActionDone  open_provider_web(providerId, page: ProviderWebPage) -> ()
//! client_head(organizationId) -> ClientHead
//! members_page(query: MembersQuery) -> MembersPage        member_detail(organizationId, memberId) -> MemberDetail
//! groups_page(query: ListQuery) -> GroupsPage             group_detail(organizationId, groupId) -> GroupDetail
//! open_collections(organizationId) -> CollectionsOpened   collections_page(query: ListQuery) -> CollectionsPage
//! collection_detail(organizationId, collectionId) -> CollectionDetail        set_pinned(organizationId, pinned: bool) -> ()
//! policies(organizationId) -> PolicyRow[]
//! team_page(query: TeamQuery) -> TeamPage                 team_member(providerId, memberId) -> TeamRow
//! team_removal(providerId, members: string[]) -> TeamObstacle?   read_emails(text) -> EmailsRead
//! invite_team(providerId, emails, role: TeamRole) -> TeamInvited[]          reinvite_team(providerId, members) -> TeamResult[]
//! team_fingerprints(providerId, members) -> TeamFingerprint[]   confirm_team(providerId, shown: TeamFingerprint[]) -> TeamResult[]
//! set_team_role(providerId, memberId, role: TeamRole) -> ()     remove_team(providerId, members) -> TeamResult[]
//! invitation() -> InvitationShown?   read_invitation(text) -> InvitationShown?   drop_invitation() -> ()   event `invitation`
//! accept_invitation() -> bool  (true: before)             register_invited(form: RegistrationForm) -> Registered
//! provider_to_set_up() -> ProviderToSetUp                  set_up_provider(form: ProviderSetUpForm) -> string
//! delete_linked_provider() -> ()  (the link at hand takes no account)
//! outbox() -> OutboxMail[]  (the demo's)                  copy_mail_link(mailId) -> ()
//! structure_map(providerId, grouping: MapGrouping, search) -> StructureMap      client_map(query: ClientMapQuery) -> ClientMap
//! structure_tree(query: TreeQuery) -> TreePage
//! show_portal(providerId?) -> ()  (looked at while it is on the page)
//! look_at_client(organizationId) -> ()  (opened, or come back to: read again unless it was a minute ago)
//! read_events(log: EventLog, range: EventsRange) -> EventsTaken
//! events_page(log: EventLog, query: EventsQuery) -> EventsPage
//! export_events(log: EventLog, export: EventsExport) -> Exported  (Rust asks where)
//! vault_filters(vault: VaultChoice) -> VaultFilters       items_page(query: ItemsQuery) -> ItemsPage
//! item_detail(itemId) -> ItemDetail   reveal_field(request: FieldRequest) -> RevealedField   copy_field(request: FieldRequest) -> CopyReceipt
//! copy_text(text) -> CopyReceipt  (only for names and e-mails that the page already shows)       totp_code(itemId, fieldId) -> TotpCode
//! pass_reprompt(itemId, password) -> ()  (until another item is looked at)        leave_item() -> ()
//! save_attachment(request: AttachmentRequest) -> AttachmentSaved  (Rust asks where)   event `attachment-progress`
//! cancel_attachment(attachmentId) -> ()
//! saved_filters() -> SavedFilter[]   save_filter(filter: SavedFilter) -> SavedFilter
//! rename_filter(id, name) -> ()      remove_filter(id) -> ()
//! search_everything(query: SearchQuery) -> SearchResults
//! settings_get() -> Settings   settings_set(settings: Settings) -> ()   cache_info() -> CacheInfo   about() -> AboutInfo
//! own_fingerprint() -> string?  (none before the keys of the account were read)
//! ```

pub mod backup;
pub mod client;
pub mod client_actions;
pub mod clients;
pub mod error;
pub mod events;
pub mod joining;
pub mod provider;
pub mod search;
pub mod session;
pub mod settings;
pub mod structure;
pub mod switcher;
pub mod sync;
pub mod tags;
pub mod team;
pub mod unlocking;
pub mod vault;

use serde::Serialize;
use ts_rs::TS;

/// A decrypted text, or the fact that it could not be opened: never an empty string in its place.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum Text {
    Plain {
        value: String,
    },
    /// The ciphertext is kept as it came; the page shows that it cannot be read and why.
    Unreadable {
        reason: UnreadableReason,
    },
}

/// Why a value does not open.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum UnreadableReason {
    /// The message authentication code does not match: damaged, or sealed with another key.
    WrongKeyOrDamaged,
    /// Written by a newer client in a format that this version does not know.
    NewerFormat,
    /// Not the shape of an encrypted string at all.
    Malformed,
    /// The key it is sealed with is not at hand.
    KeyMissing,
    /// A website that opens, but whose checksum does not fit.
    Altered,
    /// An item of more bytes than are read.
    TooLarge,
    /// An entry among the items that the server gave no usable id.
    NoId,
    /// Another item has its id.
    SameId,
    /// Encrypted in an old way that is not supported.
    Unsupported,
    /// A website without its checksum.
    NoChecksum,
}

/// An organization as a badge on a row: the colour follows from the id.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OrganizationRef {
    pub id: String,
    pub name: String,
}
