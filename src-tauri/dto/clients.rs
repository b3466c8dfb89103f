//! Provider Portal → Clients.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::tags::TagCount;

/// Which window of which list.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientsQuery {
    /// Of which provider.
    pub provider_id: String,
    pub search: String,
    pub filter: ClientsFilter,
    /// Plan name as in `ClientsPage::plans`; none for all.
    pub plan: Option<String>,
    /// Only clients that carry each of these tags.
    pub tags: Vec<String>,
    pub sort: ClientsSort,
    pub descending: bool,
    pub offset: u32,
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ClientsFilter {
    All,
    NoSeatsLeft,
    Stale,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ClientsSort {
    Name,
    Assigned,
    Used,
    Remaining,
    Plan,
    Members,
    Created,
    LastSynced,
}

/// Columns of the list of clients that a person may do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ClientColumn {
    Assigned,
    Used,
    Remaining,
    Plan,
    Members,
    Tags,
    Created,
    LastSynced,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientsPage {
    /// Rows that match, of which `rows` is the window asked for.
    pub total: u32,
    pub rows: Vec<ClientRow>,
    pub counts: ClientsCounts,
    /// Over all clients, whatever is searched for.
    pub totals: ClientsTotals,
    /// Plan names that occur, for the filter.
    pub plans: Vec<String>,
    /// All tags by name, each with how many of the rows that match carry it.
    pub tags: Vec<TagCount>,
    /// Clients had tags that cannot be read any more.
    pub tags_lost: bool,
    /// A part of the list is lost to damage on this computer, or all of it: clients are missing until the next sync.
    pub list_lost: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientRow {
    pub organization_id: String,
    pub name: String,
    /// Seats assigned by the provider; none where the server sends none.
    pub assigned: Option<u32>,
    /// Seats in use: members that are invited, accepted or confirmed.
    pub used: Option<u32>,
    pub remaining: Option<i32>,
    /// Plan name without "(Monthly)".
    pub plan: String,
    /// Confirmed members; nothing where the server gives no figure.
    pub members: Option<u32>,
    /// The person's own, by name.
    pub tags: Vec<String>,
    /// Since when it is a client of this provider.
    pub created_at: Option<String>,
    /// When this client was last read in full; none if never.
    pub read_at: Option<String>,
    pub stale: Option<Stale>,
}

/// Why a client's picture is old.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Stale {
    pub reason: StaleReason,
    /// When reading it failed.
    pub failed_at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum StaleReason {
    /// The server refused (403, 404).
    Refused,
    /// No connection.
    Unreachable,
    /// No answer in time.
    NoAnswer,
    /// No encrypted connection that can be trusted.
    Untrusted,
    /// The server asked to be left alone for longer than is waited (429).
    Throttled,
    /// An answer that is not what the protocol says.
    Nonsense,
    /// The server answered with an error of its own (5xx).
    ServerError,
    /// The copy on this computer is damaged.
    Damaged,
    /// Not read yet.
    NeverRead,
    /// Nothing failed; it was read more than a day ago.
    TooOld,
    /// The connection was lost before it was this client's turn.
    NotReached,
}

#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientsCounts {
    pub all: u32,
    pub no_seats_left: u32,
    pub stale: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientsTotals {
    pub assigned: u32,
    /// Seats that the provider pays for, over all plans; none where the subscription was never read.
    pub bought: Option<u32>,
    pub used: u32,
    pub remaining: i32,
    /// Clients with no seat left.
    pub at_zero: u32,
    /// Confirmed members over all clients.
    pub members: u32,
    /// When the client with the oldest picture was read; none where it never was.
    pub oldest_read_at: Option<String>,
    /// That client.
    pub oldest_name: Option<String>,
}
