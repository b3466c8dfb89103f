//! Sends as they go out: to their owner, and to who opens one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use uuid::Uuid;

use super::gate::Protection;
use super::row::access_id;
use super::{Content, Send};
use crate::moment::Moment;
use crate::vault::size_name;

/// `send` (protocol.md §3.6): what the owner sees.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendResponse {
    object: &'static str,
    id: Uuid,
    access_id: String,
    #[serde(rename = "type")]
    kind: i32,
    auth_type: i32,
    name: String,
    notes: Option<String>,
    file: Option<FileResponse>,
    text: Option<TextResponse>,
    /// Null: only the kind "item", which this server does not take, has it.
    data: (),
    key: String,
    max_access_count: Option<i32>,
    access_count: i32,
    /// The hash, as the official server tells it: clients read from it that there is a password.
    password: Option<String>,
    emails: Option<String>,
    disabled: bool,
    revision_date: Moment,
    expiration_date: Option<Moment>,
    deletion_date: Moment,
    hide_email: bool,
}

#[derive(Serialize)]
struct TextResponse {
    text: String,
    hidden: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileResponse {
    id: String,
    file_name: String,
    size: String,
    size_name: String,
}

/// `send-access`: what a recipient sees; notes and key are not theirs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendAccess {
    object: &'static str,
    id: String,
    #[serde(rename = "type")]
    kind: i32,
    auth_type: i32,
    name: String,
    file: Option<FileResponse>,
    text: Option<TextResponse>,
    expiration_date: Option<Moment>,
    /// The sender's address, unless the sender hides it.
    creator_identifier: Option<String>,
}

impl From<Send> for SendResponse {
    fn from(send: Send) -> SendResponse {
        let (kind, text, file) = content(send.content);
        let auth_type = send.protection.auth_type();
        let (password, emails) = match send.protection {
            Protection::Nothing => (None, None),
            Protection::Password(hash) => (Some(STANDARD.encode(hash)), None),
            Protection::Emails(emails) => (None, Some(emails)),
        };
        SendResponse {
            object: "send",
            id: send.id,
            access_id: access_id(send.id),
            kind,
            auth_type,
            name: send.name,
            notes: send.notes,
            file,
            text,
            data: (),
            key: send.key,
            max_access_count: send.max_access_count,
            access_count: send.access_count,
            password,
            emails,
            disabled: send.disabled,
            revision_date: send.revised,
            expiration_date: send.expires,
            deletion_date: send.deletes,
            hide_email: send.hide_email,
        }
    }
}

impl SendAccess {
    pub(crate) fn new(send: Send, creator_identifier: Option<String>) -> SendAccess {
        let (kind, text, file) = content(send.content);
        SendAccess {
            object: "send-access",
            id: access_id(send.id),
            kind,
            auth_type: send.protection.auth_type(),
            name: send.name,
            file,
            text,
            expiration_date: send.expires,
            creator_identifier,
        }
    }
}

/// SendType (protocol.md §2.10) and the member that belongs to it.
fn content(content: Content) -> (i32, Option<TextResponse>, Option<FileResponse>) {
    match content {
        Content::Text { text, hidden } => (0, Some(TextResponse { text, hidden }), None),
        Content::File(file) => {
            let answer = FileResponse {
                id: file.id.to_string(),
                file_name: file.name,
                size: file.size.to_string(),
                size_name: size_name(file.size),
            };
            (1, None, Some(answer))
        }
    }
}
