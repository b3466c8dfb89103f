//! The clear part of a cache: what the lock screen shows and what an unlock starts from. Stored twice, with a checksum,
//! so that damage is not taken for a wrong password.

use ring::digest::{SHA256, digest};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::FORMAT;
use crate::slot::{Slot, SlotKind};
use crate::time::UnixSeconds;

/// The fields that stand in clear. `#[serde(flatten)]` keeps what a later version of the same format adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClearHeader {
    /// The account's user id on the server.
    pub account: Uuid,
    /// The server's address in its text form.
    pub server: String,
    /// As the person signed in.
    pub email: String,
    /// Costs of the key derivation.
    pub kdf: ClearKdf,
    /// The KDF salt (protocol.md §2.1): mostly the e-mail, trimmed and lower-cased.
    pub salt: String,
    /// The user key wrapped by the stretched master key, as the server sent it (protocol.md §1.4 `Key`).
    pub wrapped_user_key: String,
    /// When what the newest head shows was last read, as its note says sealed ([`crate::Writer::set_read_at_with_head`]);
    /// none before the first head, and in files of earlier versions. It travels with the file and tells no more than the
    /// file's own date, which a mere look at the account moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<UnixSeconds>,
    #[serde(default)]
    pub(crate) slots: Vec<Slot>,
    #[serde(flatten)]
    pub(crate) extra: serde_json::Map<String, serde_json::Value>,
}

/// KDF parameters under the wire's names and numbers (protocol.md §1.1); checked by whoever derives a key with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClearKdf {
    /// 0 PBKDF2-SHA256, 1 Argon2id.
    pub kdf_type: i32,
    /// Rounds or passes.
    pub iterations: u32,
    /// MiB.
    pub memory: Option<u32>,
    /// Lanes.
    pub parallelism: Option<u32>,
}

impl ClearHeader {
    /// A header without slots; [`crate::Cache::create`] adds the account slot.
    pub fn new(
        account: Uuid,
        server: String,
        email: String,
        kdf: ClearKdf,
        salt: String,
        wrapped_user_key: String,
    ) -> Self {
        let (slots, extra) = (Vec::new(), serde_json::Map::new());
        Self { account, server, email, kdf, salt, wrapped_user_key, read_at: None, slots, extra }
    }

    /// The parameters of a slot, as they were given; `None` where there is no such slot. Anybody can have written them
    /// until the slot opens.
    pub fn slot_parameters(&self, kind: SlotKind) -> Option<&str> {
        self.slots.iter().find(|slot| slot.kind == kind).map(|slot| slot.parameters.as_str())
    }
}

#[derive(Debug)]
pub(crate) enum HeaderFault {
    Damaged,
    Newer(u64),
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for HeaderFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// Each copy has a table and therefore database pages of its own.
const COPIES: [&str; 2] = ["header_a", "header_b"];

/// Reads the first copy whose checksum holds.
pub(crate) fn read(connection: &Connection) -> Result<ClearHeader, HeaderFault> {
    let mut newer = None;
    for table in COPIES {
        let sql = format!("SELECT bytes FROM {table} WHERE id = 1");
        // A copy that SQLite itself cannot read counts as damaged; the other one may be whole.
        let Ok(Some(bytes)) = connection.query_row(&sql, [], |row| row.get::<_, Vec<u8>>(0)).optional()
        else {
            continue;
        };
        match decode(&bytes) {
            Ok(header) => return Ok(header),
            Err(HeaderFault::Newer(found)) => newer = Some(found),
            Err(_) => {}
        }
    }
    Err(newer.map_or(HeaderFault::Damaged, HeaderFault::Newer))
}

/// What can be made of both copies without regard to their checksums: for key slots, which are sealed.
pub(crate) fn unchecked(connection: &Connection) -> Vec<ClearHeader> {
    let header = |table: &&str| {
        let sql = format!("SELECT bytes FROM {table} WHERE id = 1");
        let bytes: Vec<u8> = connection.query_row(&sql, [], |row| row.get(0)).ok()?;
        let envelope: Envelope<ClearHeader> = serde_json::from_slice(bytes.get(32..)?).ok()?;
        Some(envelope.header)
    };
    COPIES.iter().filter_map(header).collect()
}

/// Writes both copies anew where one is damaged and the other whole: before the other one is damaged as well. Called by
/// whoever holds the writer lock; what fails here is tried again by the next writer.
pub(crate) fn mend(connection: &Connection) {
    let whole = |table: &&str| {
        let sql = format!("SELECT bytes FROM {table} WHERE id = 1");
        connection
            .query_row(&sql, [], |row| row.get::<_, Vec<u8>>(0))
            .is_ok_and(|bytes| decode(&bytes).is_ok())
    };
    if COPIES.iter().all(whole) {
        return;
    }
    if let Ok(header) = read(connection)
        && let Ok(transaction) = connection.unchecked_transaction()
        && write(&transaction, &header).is_ok()
    {
        let _ = transaction.commit();
    }
}

pub(crate) fn write(transaction: &Transaction<'_>, header: &ClearHeader) -> Result<(), rusqlite::Error> {
    let bytes = encode(header);
    for table in COPIES {
        let sql = format!("INSERT OR REPLACE INTO {table} (id, bytes) VALUES (1, ?1)");
        transaction.execute(&sql, params![bytes])?;
    }
    Ok(())
}

#[derive(Serialize, Deserialize)]
struct Envelope<H> {
    format: u64,
    #[serde(flatten)]
    header: H,
}

/// SHA-256 of the JSON, then the JSON.
fn encode(header: &ClearHeader) -> Vec<u8> {
    let envelope = Envelope { format: u64::from(FORMAT), header };
    let json = serde_json::to_vec(&envelope).unwrap_or_else(|_| unreachable!("a header has only text keys"));
    let mut bytes = digest(&SHA256, &json).as_ref().to_vec();
    bytes.extend_from_slice(&json);
    bytes
}

pub(crate) fn decode(bytes: &[u8]) -> Result<ClearHeader, HeaderFault> {
    let (checksum, json) = bytes.split_first_chunk::<32>().ok_or(HeaderFault::Damaged)?;
    if digest(&SHA256, json).as_ref() != checksum {
        return Err(HeaderFault::Damaged);
    }
    #[derive(Deserialize)]
    struct Version {
        format: u64,
    }
    let version: Version = serde_json::from_slice(json).map_err(|_| HeaderFault::Damaged)?;
    if version.format > u64::from(FORMAT) {
        return Err(HeaderFault::Newer(version.format));
    }
    let envelope: Envelope<ClearHeader> = serde_json::from_slice(json).map_err(|_| HeaderFault::Damaged)?;
    Ok(envelope.header)
}
