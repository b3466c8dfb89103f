//! Sends in their rows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use super::gate::Protection;
use crate::moment::Moment;

/// One Send as it is kept. Names, notes, text and file name are encrypted strings.
#[derive(Clone)]
pub(crate) struct Send {
    pub(crate) id: Uuid,
    pub(crate) owner: Uuid,
    pub(crate) name: String,
    pub(crate) notes: Option<String>,
    pub(crate) key: String,
    pub(crate) content: Content,
    pub(crate) protection: Protection,
    pub(crate) max_access_count: Option<i32>,
    pub(crate) access_count: i32,
    /// From then on nobody can open it any more.
    pub(crate) expires: Option<Moment>,
    /// From then on it is gone.
    pub(crate) deletes: Moment,
    pub(crate) disabled: bool,
    pub(crate) hide_email: bool,
    pub(crate) created: Moment,
    pub(crate) revised: Moment,
}

/// What is sent.
#[derive(Clone)]
pub(crate) enum Content {
    Text {
        text: String,
        /// The page of the recipient covers it until it is asked for.
        hidden: bool,
    },
    File(SendFile),
}

#[derive(Clone)]
pub(crate) struct SendFile {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: i64,
    /// What it is called in the folder; `None`: it was announced and has not come yet.
    pub(crate) place: Option<Uuid>,
}

const SELECT: &str =
    "SELECT id, user_id, name, notes, send_key, text, text_hidden, file_id, file_name, file_size, file,
        password, emails, max_access_count, access_count, expires, deletes, disabled, hide_email, revised,
        created
    FROM sends";

/// All Sends of `owner` that are not gone at `now`.
pub(crate) fn all_of(
    connection: &Connection,
    owner: Uuid,
    now: Moment,
) -> Result<Vec<Send>, rusqlite::Error> {
    connection
        .prepare_cached(&format!("{SELECT} WHERE user_id = ? AND deletes > ? ORDER BY created, id"))?
        .query_map((owner, now), read)?
        .collect()
}

/// A Send that is not gone at `now`.
pub(crate) fn find(connection: &Connection, id: Uuid, now: Moment) -> Result<Option<Send>, rusqlite::Error> {
    connection
        .prepare_cached(&format!("{SELECT} WHERE id = ? AND deletes > ?"))?
        .query_row((id, now), read)
        .optional()
}

/// The same, if it is `owner`'s.
pub(crate) fn find_own(
    connection: &Connection,
    owner: Uuid,
    id: Uuid,
    now: Moment,
) -> Result<Option<Send>, rusqlite::Error> {
    Ok(find(connection, id, now)?.filter(|send| send.owner == owner))
}

/// The Send that a link names.
pub(crate) fn by_access_id(
    connection: &Connection,
    access_id: &str,
    now: Moment,
) -> Result<Option<Send>, rusqlite::Error> {
    let bytes: Option<[u8; 16]> =
        URL_SAFE_NO_PAD.decode(access_id).ok().and_then(|bytes| bytes.try_into().ok());
    match bytes {
        Some(bytes) => find(connection, Uuid::from_bytes_le(bytes), now),
        None => Ok(None),
    }
}

/// How links name a Send: base64url of the id, in the order of bytes that .NET writes a GUID in.
pub(crate) fn access_id(id: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(id.to_bytes_le())
}

fn read(row: &Row<'_>) -> Result<Send, rusqlite::Error> {
    let content = match row.get(5)? {
        Some(text) => Content::Text { text, hidden: row.get(6)? },
        None => Content::File(SendFile {
            id: row.get(7)?,
            name: row.get(8)?,
            size: row.get(9)?,
            place: row.get(10)?,
        }),
    };
    let protection = match (row.get(11)?, row.get(12)?) {
        (_, Some(emails)) => Protection::Emails(emails),
        (Some(hash), None) => Protection::Password(hash),
        (None, None) => Protection::Nothing,
    };
    Ok(Send {
        id: row.get(0)?,
        owner: row.get(1)?,
        name: row.get(2)?,
        notes: row.get(3)?,
        key: row.get(4)?,
        content,
        protection,
        max_access_count: row.get(13)?,
        access_count: row.get(14)?,
        expires: row.get(15)?,
        deletes: row.get(16)?,
        disabled: row.get(17)?,
        hide_email: row.get(18)?,
        revised: row.get(19)?,
        created: row.get(20)?,
    })
}

#[cfg(test)]
mod tests {
    use super::access_id;
    use uuid::Uuid;

    #[test]
    fn links_name_a_send_as_dotnet_writes_its_guid() {
        // new Guid("00112233-4455-6677-8899-aabbccddeeff").ToByteArray() is 33 22 11 00 55 44 77 66 88 99 aa … ff.
        let id = Uuid::parse_str("00112233-4455-6677-8899-aabbccddeeff").unwrap();
        assert_eq!(access_id(id), "MyIRAFVEd2aImaq7zN3u_w");
    }
}
