//! The freshness note beside a head: when each part was read and how well. Not part of any difference.

use std::collections::BTreeMap;

use portico_estate::{Freshness, StaleReason};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::errors::ReadError;

/// Times are whole seconds since 1970. Read as JSON too, which is how it was written at first.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Note {
    /// When a sync of everything last came through, whatever it found to read.
    pub(crate) synced_at: Option<i64>,
    pub(crate) vault_read_at: Option<i64>,
    /// The server's own revision value, taken before the vault was read: a change made meanwhile is not missed.
    pub(crate) revision: Option<String>,
    pub(crate) providers_read_at: BTreeMap<Uuid, i64>,
    pub(crate) clients: BTreeMap<Uuid, ClientNote>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ClientNote {
    read_at: Option<i64>,
    stale: Option<StaleReason>,
    failed_at: Option<i64>,
}

/// The kept form, after one byte for its version. It is written with every sync and has a line for each client, so it
/// is small; later versions append.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    synced_at: Option<i64>,
    vault_read_at: Option<i64>,
    revision: Option<&'a str>,
    providers_read_at: Vec<(Uuid, i64)>,
    /// Organization, when it was read, why the last attempt failed (0: it did not), when that was.
    clients: Vec<(Uuid, Option<i64>, u8, Option<i64>)>,
}

const VERSION: u8 = 2;

/// Numbers are part of the format.
const REASONS: [(u8, StaleReason); 11] = [
    (1, StaleReason::Forbidden),
    (2, StaleReason::NotFound),
    (3, StaleReason::Unreachable),
    (4, StaleReason::TimedOut),
    (5, StaleReason::NotReached),
    (6, StaleReason::Throttled),
    (7, StaleReason::ServerError),
    (8, StaleReason::BadAnswer),
    (9, StaleReason::Damaged),
    (10, StaleReason::Untrusted),
    (255, StaleReason::Other),
];

impl Note {
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        const UNREADABLE: ReadError = ReadError::Content("freshness");
        match bytes {
            [] => Ok(Self::default()),
            [b'{', ..] => serde_json::from_slice(bytes).map_err(|_| UNREADABLE),
            [VERSION, record @ ..] => {
                let (record, _) = postcard::take_from_bytes::<Record<'_>>(record).map_err(|_| UNREADABLE)?;
                Ok(record.into())
            }
            _ => Err(ReadError::Newer("freshness")),
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let line = |(id, note): (&Uuid, &ClientNote)| {
            (*id, note.read_at, note.stale.map_or(0, code_of), note.failed_at)
        };
        let record = Record {
            synced_at: self.synced_at,
            vault_read_at: self.vault_read_at,
            revision: self.revision.as_deref(),
            providers_read_at: self.providers_read_at.iter().map(|(id, at)| (*id, *at)).collect(),
            clients: self.clients.iter().map(line).collect(),
        };
        postcard::to_extend(&record, vec![VERSION])
            .unwrap_or_else(|_| unreachable!("a vector takes any number of bytes"))
    }

    pub(crate) fn freshness(&self, organization: Uuid) -> Freshness {
        let note = self.clients.get(&organization).copied().unwrap_or_default();
        Freshness {
            read_at: note.read_at.and_then(moment),
            stale: note.stale,
            failed_at: note.failed_at.and_then(moment),
        }
    }

    pub(crate) fn client_was_read(&mut self, organization: Uuid, now: i64) {
        self.clients.insert(organization, ClientNote { read_at: Some(now), stale: None, failed_at: None });
    }

    /// Keeps the date of the last good reading.
    pub(crate) fn client_failed(&mut self, organization: Uuid, reason: StaleReason, now: i64) {
        let note = self.clients.entry(organization).or_default();
        (note.stale, note.failed_at) = (Some(reason), Some(now));
    }

    /// When anything of it was last read: everything, or one client by itself. Seconds since 1970.
    pub(crate) fn last_read_at(&self) -> Option<i64> {
        let clients = self.clients.values().filter_map(|client| client.read_at);
        clients.chain(self.synced_at.or(self.vault_read_at)).max()
    }

    /// Seconds since 1970.
    pub(crate) fn read_at(&self, organization: Uuid) -> Option<i64> {
        self.clients.get(&organization)?.read_at
    }
}

impl From<Record<'_>> for Note {
    fn from(record: Record<'_>) -> Self {
        let line = |(id, read_at, code, failed_at): (Uuid, Option<i64>, u8, Option<i64>)| {
            let stale = (code != 0).then(|| reason_of(code));
            (id, ClientNote { read_at, stale, failed_at })
        };
        Self {
            synced_at: record.synced_at,
            vault_read_at: record.vault_read_at,
            revision: record.revision.map(str::to_owned),
            providers_read_at: record.providers_read_at.into_iter().collect(),
            clients: record.clients.into_iter().map(line).collect(),
        }
    }
}

/// The number of a reason, by which it is kept.
pub(crate) fn code_of(reason: StaleReason) -> u8 {
    REASONS.iter().find(|(_, known)| *known == reason).map_or(255, |(code, _)| *code)
}

/// The reason of a number; one of a later version is another reason.
pub(crate) fn reason_of(code: u8) -> StaleReason {
    REASONS.iter().find(|(known, _)| *known == code).map_or(StaleReason::Other, |(_, reason)| *reason)
}

pub(crate) fn moment(seconds: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    #[test]
    fn survives_being_kept_whatever_the_reason() {
        for (_, reason) in REASONS {
            let mut note = Note { vault_read_at: Some(5), revision: Some("r".to_owned()), ..Note::default() };
            note.providers_read_at.insert(ID, -1);
            note.client_was_read(ID, 1_800_000_000);
            note.client_failed(ID, reason, 1_800_000_001);
            note.client_failed(Uuid::from_u128(8), reason, 3);
            assert_eq!(Note::from_bytes(&note.to_bytes()).unwrap(), note);
        }
        assert_eq!(Note::from_bytes(&Note::default().to_bytes()).unwrap(), Note::default());
    }

    #[test]
    fn the_first_form_is_read_and_a_newer_one_is_told() {
        let first = format!(
            r#"{{"vaultReadAt":5,"revision":"r","clients":{{"{ID}":{{"readAt":6,"stale":"badAnswer"}}}},"more":1}}"#
        );
        let note = Note::from_bytes(first.as_bytes()).unwrap();
        assert_eq!((note.vault_read_at, note.read_at(ID)), (Some(5), Some(6)));
        assert_eq!(note.freshness(ID).stale, Some(StaleReason::BadAnswer));
        let newer = first.replace("badAnswer", "aReasonOfTomorrow");
        let note = Note::from_bytes(newer.as_bytes()).unwrap();
        assert_eq!(note.freshness(ID).stale, Some(StaleReason::Other));
        assert!(matches!(Note::from_bytes(&[3, 0]), Err(ReadError::Newer(_))));
        assert!(matches!(Note::from_bytes(&[VERSION, 1]), Err(ReadError::Content(_))));
    }

    #[test]
    fn a_thousand_clients_take_a_few_bytes_each() {
        let mut note = Note::default();
        (0..1000).for_each(|n| note.client_was_read(Uuid::from_u128(n << 64), 1_800_000_000 + n as i64));
        assert!(note.to_bytes().len() < 26 * 1000, "{}", note.to_bytes().len());
    }
}
