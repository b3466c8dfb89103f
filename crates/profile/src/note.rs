//! The freshness note beside a head: when each part was read and how well. Not part of any difference.

use std::collections::BTreeMap;

use portico_estate::{Freshness, StaleReason};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::errors::ReadError;

/// Times are whole seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Note {
    pub(crate) vault_read_at: Option<i64>,
    /// The server's own revision value, taken before the vault was read: a change made meanwhile is not missed.
    pub(crate) revision: Option<String>,
    pub(crate) providers_read_at: BTreeMap<Uuid, i64>,
    pub(crate) clients: BTreeMap<Uuid, ClientNote>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ClientNote {
    read_at: Option<i64>,
    stale: Option<StaleReason>,
}

impl Note {
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(bytes).map_err(|_| ReadError::Content("freshness"))
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_else(|_| unreachable!("a note has text keys only"))
    }

    pub(crate) fn freshness(&self, organization: Uuid) -> Freshness {
        let note = self.clients.get(&organization).copied().unwrap_or_default();
        Freshness { read_at: note.read_at.and_then(moment), stale: note.stale }
    }

    pub(crate) fn client_was_read(&mut self, organization: Uuid, now: i64) {
        self.clients.insert(organization, ClientNote { read_at: Some(now), stale: None });
    }

    /// Keeps the date of the last good reading.
    pub(crate) fn client_failed(&mut self, organization: Uuid, reason: StaleReason) {
        self.clients.entry(organization).or_default().stale = Some(reason);
    }
}

pub(crate) fn moment(seconds: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}
