//! Vaults: the filter tree, the list, one item. Hidden values are not in here; one is revealed on request.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{OrganizationRef, Text};

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VaultFilters {
    pub all: u32,
    /// None: an organization owns whatever its members keep, so that there is no "My vault".
    pub mine: Option<u32>,
    pub organizations: Vec<OrganizationCount>,
    pub favorites: u32,
    /// Item types that occur, in the product's order.
    pub types: Vec<TypeCount>,
    /// In tree order.
    pub folders: Vec<FolderNode>,
    pub no_folder: u32,
    /// In tree order, organization by organization.
    pub collections: Vec<CollectionNode>,
    /// Logins that lie in another vault as well.
    pub duplicates: u32,
    /// Items whose name or second line does not open.
    pub unreadable: u32,
    /// None: nothing is archived, and nothing can be.
    pub archive: Option<u32>,
    pub trash: u32,
    pub rules: VaultRules,
}

/// What the policies of the person's organizations demand of whoever reads; organizations by name.
#[derive(Debug, Clone, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VaultRules {
    /// Types of items that are not shown.
    pub restricted: Vec<RestrictedType>,
    /// Items that are here and not shown because of it.
    pub hidden_items: u32,
    /// Who owns whatever the person keeps.
    pub own_everything: Vec<String>,
    /// Whose members may belong to no other organization.
    pub single_organization: Vec<String>,
    /// The longest time that the vault may stay open unused.
    pub timeout: Option<TimeoutRule>,
    /// Who forbids to export one's own vault.
    pub no_personal_export: Vec<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RestrictedType {
    /// Server number of the item type.
    pub kind: i32,
    pub by: Vec<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TimeoutRule {
    pub minutes: u32,
    /// Sign out then, instead of locking.
    pub log_out: bool,
    pub by: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OrganizationCount {
    pub organization: OrganizationRef,
    pub count: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TypeCount {
    /// Server number of the item type: 1 login … 8 passport; others are newer than this version.
    pub kind: i32,
    pub count: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FolderNode {
    pub id: String,
    pub name: Text,
    pub depth: u32,
    pub has_children: bool,
    /// Items in it and below it.
    pub count: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CollectionNode {
    pub id: String,
    pub organization_id: String,
    pub name: Text,
    pub depth: u32,
    pub has_children: bool,
    pub count: u32,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ItemsQuery {
    pub vault: VaultChoice,
    pub section: ItemSection,
    /// Words, phrases and prefixes; see the help of the search field.
    pub search: String,
    pub sort: ItemsSort,
    pub descending: bool,
    pub offset: u32,
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ItemsSort {
    #[default]
    Name,
    Owner,
    Type,
    Edited,
    Created,
}

/// A filter that the person gave a name.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SavedFilter {
    /// Empty while it is not kept yet.
    pub id: String,
    pub name: String,
    pub vault: VaultChoice,
    pub section: ItemSection,
    pub search: String,
    pub sort: ItemsSort,
    pub descending: bool,
}

#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum VaultChoice {
    All,
    Mine,
    Organization { id: String },
}

#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum ItemSection {
    All,
    Favorites,
    Type {
        type_number: i32,
    },
    Folder {
        id: String,
    },
    NoFolder,
    Collection {
        id: String,
    },
    /// Logins that lie in several vaults.
    Duplicates,
    /// Items whose name or second line does not open.
    Unreadable,
    Archive,
    Trash,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ItemsPage {
    pub total: u32,
    pub rows: Vec<ItemRow>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ItemRow {
    pub id: String,
    /// Server number of the item type.
    pub kind: i32,
    pub name: Text,
    pub subtitle: Option<String>,
    pub favorite: bool,
    pub attachments: bool,
    pub has_totp: bool,
    pub reprompt: bool,
    /// Whether its websites have an address.
    pub has_website: bool,
    /// False: the collection hides passwords from this person; nothing hidden is shown or copied.
    pub view_password: bool,
    /// None: "Me".
    pub owner: Option<OrganizationRef>,
    pub edited_at: Option<String>,
    pub created_at: Option<String>,
    /// When it was put into the trash; none: it is not there.
    pub deleted_at: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ItemDetail {
    pub row: ItemRow,
    /// It asks for the master password: nothing but the row is in here until `pass_reprompt` took it.
    pub locked: bool,
    /// Where else the same login lies.
    pub same_login: Vec<SameLogin>,
    /// A card whose last month is over.
    pub expired: bool,
    pub folder: Option<Text>,
    pub collections: Vec<Text>,
    pub sections: Vec<ItemFields>,
    pub attachments: Vec<AttachmentRow>,
    /// False: the collection hides passwords from this person; nothing hidden is shown or copied.
    pub view_password: bool,
    pub edit: bool,
    pub created_at: Option<String>,
    pub edited_at: Option<String>,
    pub password_updated_at: Option<String>,
    pub archived_at: Option<String>,
    /// Previous passwords, newest first; their values are revealed like any hidden field.
    pub password_history: Vec<PasswordHistoryRow>,
}

/// The same login in another vault.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SameLogin {
    pub id: String,
    pub name: Text,
    /// None: "Me".
    pub owner: Option<OrganizationRef>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ItemFields {
    pub section: ItemFieldSection,
    pub fields: Vec<ItemField>,
}

/// Sections in the order of the product's item view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ItemFieldSection {
    Credentials,
    Card,
    Identity,
    SshKey,
    BankAccount,
    DriversLicense,
    Passport,
    /// A passkey of a login.
    Passkey,
    Websites,
    Notes,
    Custom,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ItemField {
    /// Handle for `reveal_field` and `copy_field`.
    pub id: String,
    /// Wire name such as `username`, `cardholderName`; the page has the words. For custom fields see `name`.
    pub label: String,
    /// The person's own name of a custom field.
    pub name: Option<Text>,
    pub kind: ItemFieldKind,
    /// None while hidden, and for a verification code.
    pub value: Option<Text>,
    /// How a website is matched, where set.
    pub uri_match: Option<i32>,
    /// Wire name of the field that a linked field stands for.
    pub linked_to: Option<String>,
    /// The collection hides it from this person: neither shown nor copied.
    pub withheld: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ItemFieldKind {
    Plain,
    /// Shown as dots until revealed.
    Hidden,
    /// A verification code with a timer.
    Totp,
    Website,
    Note,
    Checkbox,
    Linked,
    Date,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AttachmentRow {
    pub id: String,
    pub file_name: Text,
    /// Bytes.
    #[ts(type = "number | null")]
    pub size: Option<u64>,
}

/// Which file of which item.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AttachmentRequest {
    pub item_id: String,
    pub attachment_id: String,
    /// Take a file of before 2018 that has no authentication code.
    pub accept_unauthenticated: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AttachmentSaved {
    /// The name it has now; none when the person chose no place.
    pub file_name: Option<String>,
}

/// How far a file has come: event `attachment-progress`.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AttachmentProgress {
    pub attachment_id: String,
    /// Bytes.
    #[ts(type = "number")]
    pub done: u64,
    /// Bytes; none while the amount is not known.
    #[ts(type = "number | null")]
    pub total: Option<u64>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PasswordHistoryRow {
    /// Handle for `reveal_field` and `copy_field`.
    pub id: String,
    pub used_until: Option<String>,
}

/// Which field of which item; the master password where the item asks for it again.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FieldRequest {
    pub item_id: String,
    pub field_id: String,
    pub password: Option<String>,
}

#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RevealedField {
    pub value: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CopyReceipt {
    /// Seconds until the clipboard is cleared; none: never.
    pub clears_in: Option<u32>,
}

#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TotpCode {
    pub code: String,
    /// Seconds.
    pub period: u32,
    pub remaining: u32,
}
