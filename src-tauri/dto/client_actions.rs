//! What a provider does with its clients: create, add, rename, seats, unlink, export.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    clients::{ClientRow, ClientsQuery},
    error::AppError,
    events::ExportFormat,
};

/// A client in the list of the provider that it belongs to.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ManagedClient {
    pub provider_id: String,
    pub row: ClientRow,
}

/// A new client organization (protocol.md §5.8).
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct NewClient {
    /// Names the dialog: asked for again in the name of the same one, no second client is made.
    pub dialog: String,
    pub provider_id: String,
    pub name: String,
    pub owner_email: String,
    pub plan: ClientPlan,
    pub seats: u32,
    /// What the first collection is called, in the person's language.
    pub collection_name: String,
}

/// The plans that a provider gives to its clients (protocol.md §5.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ClientPlan {
    TeamsMonthly,
    EnterpriseMonthly,
    EnterpriseAnnually,
}

/// What is to be different; what is none stays as the server has it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientChange {
    pub provider_id: String,
    pub organization_id: String,
    pub name: Option<String>,
    pub seats: Option<u32>,
}

/// An organization of the person's own that can become a client.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AddableOrganization {
    pub id: String,
    pub name: String,
    pub plan: String,
    /// Seats that it has, and that would be assigned.
    pub seats: u32,
    /// The provider has too few seats for it, and this person may not buy any.
    pub disabled: bool,
}

/// An action that the server has done.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ActionDone {
    /// It was so before.
    pub already: bool,
    /// Why what is shown here is still older.
    pub picture: Option<AppError>,
}

/// How many seats a client is to have: one there is, a new one on a plan, or an organization that becomes one.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SeatQuestion {
    pub provider_id: String,
    pub organization_id: Option<String>,
    /// Of the new client.
    pub plan: Option<ClientPlan>,
    /// Of the organization that becomes a client, as it is shown.
    pub plan_name: Option<String>,
    pub seats: u32,
}

/// What that would mean.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SeatAnswer {
    /// None where the subscription was never read: the server decides then.
    pub change: Option<SeatChange>,
    /// Why it cannot be done.
    pub refusal: Option<SeatRefusal>,
}

/// The provider's seats of one plan, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SeatChange {
    /// Seats that no client has, now.
    pub unassigned: u32,
    pub unassigned_after: u32,
    /// Seats that are bought for it.
    pub bought: u32,
    /// Bought seats that are given back.
    pub given_back: u32,
    /// What a seat costs for one period, in US dollars, if the server said.
    pub unit_price: Option<f64>,
    /// The period is a year, else a month.
    pub yearly: bool,
    /// When the subscription was read.
    pub read_at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum SeatRefusal {
    /// Below one.
    TooFew,
    /// Members hold more seats than that.
    BelowOccupied { occupied: u32 },
    /// A service user hands out only what is unassigned.
    NotUnassigned { unassigned: u32 },
}

/// Which clients go into a file: those that a question finds, or some of them.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClientsExport {
    /// Its window is left out of account.
    pub query: ClientsQuery,
    pub selection: ClientsSelection,
    pub format: ExportFormat,
    /// Heads of the CSV in the words of the screen, by the members of the JSON.
    #[ts(type = "Record<string, string>")]
    pub heads: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum ClientsSelection {
    /// All that the question finds, but for these organizations.
    AllBut { ids: Vec<String> },
    /// Only these organizations.
    Only { ids: Vec<String> },
}
