//! Sync state and progress: one value, sent as event `sync-status` whenever it changes (throttled in Rust).

use serde::Serialize;
use ts_rs::TS;

use super::error::{AppError, ErrorCode};

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SyncStatus {
    pub connection: Connection,
    /// When the newest complete picture was taken.
    pub last_sync: Option<String>,
    /// Present while a sync runs.
    pub progress: Option<SyncProgress>,
    /// Why the last sync did not finish; cleared by the next one that does.
    pub failure: Option<AppError>,
    /// What the last sync that finished brought; none before the first since the account was opened.
    pub report: Option<SyncReport>,
    /// Clients whose last read failed, or lies more than a day back.
    pub stale_clients: u32,
    /// Changes with every committed picture: lists are asked for again when it moves.
    pub revision: u32,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SyncReport {
    /// Clients in the new picture that were read for it.
    pub read: u32,
    /// Clients that were not due and keep the picture that they have.
    pub left: u32,
    /// Clients that could not be read and keep their last picture.
    pub failed: u32,
    /// Of providers: it keeps its last picture, or has what the profile tells.
    pub unread: Vec<UnreadPart>,
    /// Entries that were left out, or are shown in part, because they are not what the protocol says.
    pub odd_entries: u32,
}

/// What of a provider the last sync could not read.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UnreadPart {
    pub provider: String,
    pub part: ProviderPart,
    pub failure: AppError,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ProviderPart {
    /// Its own details.
    Itself,
    Team,
    /// The list of its clients.
    Clients,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Connection {
    /// The server answers.
    Online,
    /// Neither the last request nor a question after it was answered.
    Offline,
    /// Something is there that cannot be trusted, for the reason of this code; nothing is sent to it.
    Unsafe(ErrorCode),
    /// Nothing was asked yet.
    Unknown,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SyncProgress {
    pub phase: SyncPhase,
    pub done: u32,
    /// 0 while the amount is not known.
    pub total: u32,
    /// The client being read.
    pub client: Option<String>,
    /// Estimated seconds to go: of many clients from the start, of a few once some are read.
    pub seconds_left: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum SyncPhase {
    Connecting,
    Vault,
    Provider,
    Clients,
    Saving,
}
