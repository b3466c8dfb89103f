//! Provider Portal → Manage → Members: the provider's team.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::client::MemberStatus;

/// Which window of the team.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TeamQuery {
    pub provider_id: String,
    pub filter: TeamFilter,
    /// None for both.
    pub role: Option<TeamRole>,
    pub search: String,
    pub sort: TeamSort,
    pub descending: bool,
    pub offset: u32,
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum TeamFilter {
    All,
    Invited,
    NeedsConfirmation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum TeamSort {
    /// As the product sorts the column that shows name and address.
    Email,
    Role,
}

/// A role in a provider (protocol.md §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum TeamRole {
    ProviderAdmin,
    ServiceUser,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TeamPage {
    /// Rows that match, of which `rows` is the window asked for.
    pub total: u32,
    pub rows: Vec<TeamRow>,
    pub counts: TeamCounts,
    /// All rows that match: what "all" chooses.
    pub ids: Vec<String>,
    /// When the server last said that it is so.
    pub read_at: Option<String>,
}

#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TeamCounts {
    pub all: u32,
    pub invited: u32,
    pub needs_confirmation: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TeamRow {
    /// providerUserId.
    pub id: String,
    /// None until the invitation is accepted.
    pub user_id: Option<String>,
    pub name: Option<String>,
    pub email: String,
    /// None for a role that this version does not know.
    pub role: Option<TeamRole>,
    pub status: MemberStatus,
    /// The person of this account.
    pub own: bool,
    /// Why this person cannot be removed.
    pub not_removable: Option<TeamObstacle>,
    /// Why this person cannot become a service user.
    pub not_demotable: Option<TeamObstacle>,
}

/// What the server would refuse (protocol.md §5.6), known beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum TeamObstacle {
    /// One confirmed provider admin has to stay.
    LastAdmin,
    /// Nobody removes themselves.
    Yourself,
}

/// The addresses in what a person typed, each once, and what of it is none.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EmailsRead {
    pub emails: Vec<String>,
    pub invalid: Vec<String>,
    /// So many can be invited at a time.
    pub most: u32,
}

/// What became of an invitation.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TeamInvited {
    pub email: String,
    /// Was a member, or invited, before: nothing was sent.
    pub already: bool,
}

/// By what two people compare a key aloud before it is trusted.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TeamFingerprint {
    /// providerUserId.
    pub member: String,
    /// Five words.
    pub phrase: String,
}

/// What became of one member of an action on several.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TeamResult {
    /// providerUserId.
    pub member: String,
    /// None when it was done, or was so already.
    pub refusal: Option<TeamRefused>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TeamRefused {
    pub reason: TeamRefusedReason,
    /// What the server said.
    pub said: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum TeamRefusedReason {
    Server,
    /// The person's key is not the one whose phrase was shown. Nothing was handed over.
    KeyChanged,
    /// The person's key is none that anything can be wrapped for.
    BadKey,
    /// The invitation is not accepted yet.
    NotAccepted,
    /// No such member any more.
    NotThere,
}
