//! What a client sends as an item: CipherRequest (protocol.md §4.1).

use std::collections::HashMap;

use portico_protocol::Date;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use uuid::Uuid;

use super::content::{Content, check_text};
use crate::error::ApiError;
use crate::moment::Moment;

/// As it came; [`ItemRequest::content`] checks it. Members of one person's marks that are absent change nothing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemRequest {
    /// In bulk sharing only.
    #[serde(default)]
    pub(crate) id: Option<Uuid>,
    #[serde(rename = "type")]
    pub(crate) kind: i32,
    #[serde(default, deserialize_with = "blank_is_none")]
    pub(crate) organization_id: Option<Uuid>,
    #[serde(default, deserialize_with = "given_id")]
    pub(crate) folder_id: Option<Option<Uuid>>,
    #[serde(default)]
    pub(crate) favorite: Option<bool>,
    #[serde(default)]
    pub(crate) reprompt: Option<i32>,
    #[serde(default)]
    pub(crate) key: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) notes: Option<String>,
    #[serde(default)]
    pub(super) fields: Option<Value>,
    #[serde(default)]
    pub(super) password_history: Option<Value>,
    #[serde(default)]
    pub(super) data: Option<String>,
    #[serde(default)]
    login: Option<Value>,
    #[serde(default)]
    secure_note: Option<Value>,
    #[serde(default)]
    card: Option<Value>,
    #[serde(default)]
    identity: Option<Value>,
    #[serde(default, alias = "sSHKey")]
    ssh_key: Option<Value>,
    #[serde(default)]
    bank_account: Option<Value>,
    #[serde(default)]
    drivers_license: Option<Value>,
    #[serde(default)]
    passport: Option<Value>,
    /// Names and keys of the files, sealed again with what the item is sealed with now.
    #[serde(default)]
    pub(crate) attachments2: Option<HashMap<Uuid, AttachmentKeys>>,
    #[serde(default)]
    last_known_revision_date: Option<Date>,
    #[serde(default, deserialize_with = "given")]
    archived_date: Option<Option<Date>>,
    #[serde(default)]
    encrypted_for: Option<Uuid>,
}

/// One entry of `attachments2`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttachmentKeys {
    pub(crate) file_name: String,
    #[serde(default)]
    pub(crate) key: Option<String>,
}

/// Null is something else than absent.
fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// An id, which official servers read as a text: some clients write none as an empty one.
pub(crate) fn blank_is_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.filter(|text| !text.trim().is_empty());
    text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
}

/// The same where absent is something else than none.
fn given_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Uuid>>, D::Error> {
    blank_is_none(deserializer).map(Some)
}

impl ItemRequest {
    /// The checked item. `user` is who sends it: an item that was sealed for somebody else is refused.
    pub(crate) fn content(&mut self, user: Uuid) -> Result<Content, ApiError> {
        if self.encrypted_for.is_some_and(|meant| meant != user) {
            return Err(ApiError::refused(
                "Cipher was not encrypted for the current user. Please try again.",
            ));
        }
        if let Some(key) = &self.key {
            check_text("Key", 1000, key)?;
        }
        if !matches!(self.reprompt, None | Some(0 | 1)) {
            let problem = "The field Reprompt is invalid.".into();
            return Err(ApiError::Invalid { field: "Reprompt", problem });
        }
        for keys in self.attachments2.iter().flat_map(HashMap::values) {
            check_text("FileName", 1000, &keys.file_name)?;
            if let Some(key) = &keys.key {
                check_text("Key", 1000, key)?;
            }
        }
        self.archived()?;
        let section = match self.kind {
            1 => self.login.take(),
            2 => self.secure_note.take(),
            3 => self.card.take(),
            4 => self.identity.take(),
            5 => self.ssh_key.take(),
            6 => self.bank_account.take(),
            7 => self.drivers_license.take(),
            8 => self.passport.take(),
            _ => None,
        };
        Content::checked(self, section)
    }

    /// Since when it is in the sender's archive, if the request says so at all.
    pub(crate) fn archived(&self) -> Result<Option<Option<Moment>>, ApiError> {
        match &self.archived_date {
            None => Ok(None),
            Some(None) => Ok(Some(None)),
            Some(Some(date)) => Ok(Some(Some(moment("ArchivedDate", date)?))),
        }
    }

    /// Refuses a change of something that the sender has not seen (protocol.md §3.7).
    pub(crate) fn check_seen(&self, revised: Moment) -> Result<(), ApiError> {
        check_seen(self.last_known_revision_date.as_ref(), revised)
    }
}

pub(crate) fn check_seen(known: Option<&Date>, revised: Moment) -> Result<(), ApiError> {
    let Some(known) = known else { return Ok(()) };
    let known = moment("LastKnownRevisionDate", known)?;
    if known.0.abs_diff(revised.0) <= 1_000_000 {
        return Ok(());
    }
    Err(ApiError::refused(
        "The item cannot be saved because it is out of date. To edit this item, first sync your vault, or log out \
         and back in.",
    ))
}

fn moment(field: &'static str, date: &Date) -> Result<Moment, ApiError> {
    match date.parse() {
        Ok(date) => Ok(Moment::from(date)),
        Err(_) => Err(ApiError::Invalid { field, problem: format!("The field {field} is not a date.") }),
    }
}
