//! Settings of this computer and what the program knows about itself.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::clients::ClientColumn;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Settings {
    pub language: Language,
    pub theme: Theme,
    /// How large the page is, in per cent; between 50 and 200.
    pub zoom: u32,
    /// Minutes without input after which the window locks; none: only on demand.
    pub lock_minutes: Option<u32>,
    /// Seconds after which a copied value leaves the clipboard; none: never.
    pub clipboard_seconds: Option<u32>,
    pub navigation_collapsed: bool,
    /// Columns that the list of clients leaves out.
    pub hidden_client_columns: Vec<ClientColumn>,
    /// Locks an account when the window turns to another one.
    pub lock_on_switch: bool,
    pub sync: SyncSettings,
}

/// How much a sync reads, and how fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SyncSettings {
    /// Clients that one sync reads again beyond those that have to be.
    pub budget: u32,
    /// Days back to which event logs are read.
    pub event_days: u32,
    /// Requests to one self-hosted server at the same time.
    pub in_flight: u32,
    /// Requests to one self-hosted server a second.
    pub per_second: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Language {
    /// As the system.
    System,
    En,
    Fr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Theme {
    System,
    Light,
    Dark,
}

/// The cache of the open account.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CacheInfo {
    pub folder: String,
    /// Bytes on disk.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Kept pictures.
    pub pictures: u32,
    pub newest_at: Option<String>,
    pub oldest_at: Option<String>,
    /// Clients that carry a tag of the person's.
    pub tagged_clients: u32,
    pub saved_filters: u32,
    pub pinned_clients: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AboutInfo {
    pub version: String,
    /// Locale of the system, such as `fr-FR`.
    pub system_locale: Option<String>,
    /// True when the embedded provider service is built in.
    pub demo_available: bool,
}

/// Pages of the vendor that open in the person's browser.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum WebPage {
    /// The web vault of the account's server.
    WebVault,
    SecretsManager,
    CreateOrganization,
    /// How to become a provider.
    BecomeProvider,
    /// The vendor's support.
    Support,
}
