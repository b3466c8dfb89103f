//! Vaults: the filter tree, the list, one item. Hidden values are not in here; one is revealed on request.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{OrganizationRef, Text};

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VaultFilters {
    pub all: u32,
    pub mine: u32,
    pub organizations: Vec<OrganizationCount>,
    pub favorites: u32,
    /// Item types that occur, in the product's order.
    pub types: Vec<TypeCount>,
    /// In tree order.
    pub folders: Vec<FolderNode>,
    pub no_folder: u32,
    /// In tree order, organization by organization.
    pub collections: Vec<CollectionNode>,
    pub archive: u32,
    pub trash: u32,
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
    pub search: String,
    pub offset: u32,
    pub limit: u32,
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
    Type { type_number: i32 },
    Folder { id: String },
    NoFolder,
    Collection { id: String },
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
    /// None: "Me".
    pub owner: Option<OrganizationRef>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ItemDetail {
    pub row: ItemRow,
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
    pub deleted_at: Option<String>,
    pub archived_at: Option<String>,
    /// Previous passwords, newest first; their values are revealed like any hidden field.
    pub password_history: Vec<PasswordHistoryRow>,
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
