//! One client organization: overview, members, groups, collections, policies, and who reaches what.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Text;
use super::clients::Stale;

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientHead {
    pub organization_id: String,
    pub name: String,
    pub plan: String,
    pub enabled: bool,
    /// The person reaches it through a provider.
    pub through_provider: Option<String>,
    /// That provider's id.
    pub provider_id: Option<String>,
    /// The person is a member.
    pub is_member: bool,
    pub read_at: Option<String>,
    pub stale: Option<Stale>,
    /// Every sync reads it.
    pub pinned: bool,
    /// The person's own, by name.
    pub tags: Vec<String>,
    pub uses_groups: bool,
    pub uses_policies: bool,
    pub seats: Option<u32>,
    pub occupied_seats: Option<u32>,
    pub members: MemberCounts,
    pub groups: u32,
    pub collections: u32,
    pub policies_on: u32,
    pub policies_known: u32,
    /// Confirmed members with two-step login on, of all confirmed members.
    pub two_step: Coverage,
    /// Confirmed members enrolled in account recovery, of all confirmed members.
    pub recovery: Coverage,
    pub owners: Vec<PersonRef>,
    pub billing_email: Option<String>,
    pub business_name: Option<String>,
}

#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Coverage {
    pub on: u32,
    pub of: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PersonRef {
    pub member_id: String,
    pub name: Option<String>,
    pub email: String,
    pub status: MemberStatus,
}

#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MemberCounts {
    /// Everyone that is not revoked.
    pub all: u32,
    pub invited: u32,
    pub needs_confirmation: u32,
    pub revoked: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum MemberStatus {
    Invited,
    NeedsConfirmation,
    Confirmed,
    Revoked,
    Staged,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum MemberRole {
    Owner,
    Admin,
    User,
    Custom,
    Unknown,
}

impl MemberRole {
    /// As the page knows it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::User => "user",
            Self::Custom => "custom",
            Self::Unknown => "unknown",
        }
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MembersQuery {
    pub organization_id: String,
    pub filter: MembersFilter,
    pub search: String,
    pub sort: MembersSort,
    pub descending: bool,
    pub offset: u32,
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum MembersFilter {
    All,
    Invited,
    NeedsConfirmation,
    Revoked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum MembersSort {
    Email,
    Name,
    Role,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MembersPage {
    pub total: u32,
    pub rows: Vec<MemberRow>,
    pub counts: MemberCounts,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MemberRow {
    pub id: String,
    pub user_id: Option<String>,
    pub name: Option<String>,
    pub email: String,
    pub status: MemberStatus,
    pub role: MemberRole,
    /// Group names, in order.
    pub groups: Vec<String>,
    /// Names of directly granted collections; shown instead of groups where the plan has none.
    pub collections: Vec<Text>,
    /// Nothing: not told.
    pub two_step: Option<bool>,
    pub recovery: bool,
}

/// One member with everything that they reach.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MemberDetail {
    pub member: MemberRow,
    /// Names of the granted custom permissions (wire names such as `manageUsers`), for the role Custom.
    pub permissions: Vec<String>,
    pub external_id: Option<String>,
    pub created_at: Option<String>,
    pub revocation_reason: Option<i32>,
    /// Whether the grants can be used now; those of people who are invited, unconfirmed or revoked cannot.
    pub in_force: bool,
    /// Collections that the grants lead to, of all collections.
    pub reached: u32,
    pub of: u32,
    pub by_path: Vec<AccessPath>,
    pub by_collection: Vec<ReachedCollection>,
}

/// One way by which a member reaches collections.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AccessPath {
    pub kind: AccessPathKind,
    /// The group, for a path through one.
    pub group_id: Option<String>,
    pub name: Option<String>,
    /// Members of the group who are not revoked.
    pub members: Option<u32>,
    pub collections: Vec<ReachedCollection>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum AccessPathKind {
    Group,
    Direct,
    /// Custom permission to edit any collection.
    Role,
    /// Owner or admin, and the setting "admins manage all collections" is on.
    AdminsManageEverything,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReachedCollection {
    pub id: String,
    pub name: Text,
    pub permission: Permission,
    /// This path gives the permission that counts in the end.
    pub effective: bool,
    /// How many paths lead to it.
    pub paths: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Permission {
    ViewHidden,
    View,
    EditHidden,
    Edit,
    Manage,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ListQuery {
    pub organization_id: String,
    pub search: String,
    pub descending: bool,
    pub offset: u32,
    pub limit: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GroupsPage {
    pub total: u32,
    pub rows: Vec<GroupRow>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GroupRow {
    pub id: String,
    pub name: String,
    pub external_id: Option<String>,
    /// Members who are not revoked.
    pub members: u32,
    pub collections: Vec<Text>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GroupDetail {
    pub group: GroupRow,
    /// Those who count as members, by name.
    pub members: Vec<PersonRef>,
    /// Those who are still listed in it, by name.
    pub revoked: Vec<PersonRef>,
    pub collections: Vec<ReachedCollection>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CollectionsPage {
    pub total: u32,
    /// In tree order: a parent before its children.
    pub rows: Vec<CollectionRow>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CollectionRow {
    pub id: String,
    /// The last part of the name; the whole name is in `path`.
    pub name: Text,
    /// The whole name with its "/".
    pub path: Text,
    pub depth: u32,
    /// "My items" of a person.
    pub personal: bool,
    pub groups: Vec<String>,
    /// Members with a direct grant who are not revoked.
    pub direct_members: u32,
    /// Confirmed members who reach it on any path.
    pub reached_by: u32,
    /// Nobody holds Manage on it.
    pub unmanaged: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CollectionDetail {
    pub collection: CollectionRow,
    pub groups: Vec<CollectionGroup>,
    /// Who reaches it now: confirmed members, the strongest permission first.
    pub people: Vec<CollectionPerson>,
    /// Whose grants lead to it and cannot be used: invited, unconfirmed, revoked.
    pub without_access: Vec<CollectionPerson>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CollectionGroup {
    pub id: String,
    pub name: String,
    /// Members who are not revoked.
    pub members: u32,
    pub permission: Permission,
}

/// Someone who reaches a collection, with every path.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CollectionPerson {
    pub person: PersonRef,
    pub permission: Permission,
    pub paths: Vec<CollectionPersonPath>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CollectionPersonPath {
    pub kind: AccessPathKind,
    pub name: Option<String>,
    pub permission: Permission,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PolicyRow {
    /// Server number (protocol.md §4.8); the page has the words for 0 to 22.
    pub kind: i32,
    /// Nothing: not told.
    pub on: Option<bool>,
    /// The policy's own settings, as the server sent them.
    pub settings: Vec<PolicySetting>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PolicySetting {
    /// Wire name, such as `minLength`.
    pub key: String,
    /// Number, boolean or text as JSON.
    #[ts(type = "number | boolean | string | null")]
    pub value: serde_json::Value,
}

/// Answer to opening a client's collections while online: the one read that the audit logs record.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CollectionsOpened {
    /// True when the server was asked, so that the client's and the provider's logs say so.
    pub logged: bool,
}
