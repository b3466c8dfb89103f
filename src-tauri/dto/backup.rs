//! Backups of accounts.

use serde::Serialize;
use ts_rs::TS;

/// A backup was written, or the person did not say where.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BackupSaved {
    pub file_name: Option<String>,
}

/// A backup was put in place; its account is signed out.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BackupOpened {
    pub email: String,
    /// Host to show; empty for the demo. By what stands in the file.
    pub server: String,
}
