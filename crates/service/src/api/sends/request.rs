//! What a client sends as a Send, and what is accepted of it. The bounds are those of the official server.

use portico_protocol::{Date, SecretText};
use serde::Deserialize;

use crate::api::fields::{self, missing};
use crate::app::App;
use crate::body::at_most;
use crate::error::ApiError;
use crate::identity::verification::hashed;
use crate::moment::Moment;
use crate::sends::Protection;
use crate::vault::check_text;

/// Characters of every encrypted text of a Send: what is sent as a text is short.
const TEXT: usize = 1_000;
const EMAILS: usize = 4_000;
/// Seconds by which a client's clock may be ahead.
const CLOCKS_DIFFER: i64 = 60;
/// Seconds: nothing stays for longer than 31 days.
const LONGEST_STAY: i64 = 31 * 86_400;

/// As it came; [`SendRequest::checked`] checks it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendRequest {
    /// 0 text, 1 file.
    #[serde(rename = "type", default)]
    pub(super) kind: i32,
    /// Bytes of the file that is to come.
    #[serde(default)]
    pub(super) file_length: Option<i64>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    notes: Option<String>,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    max_access_count: Option<i32>,
    #[serde(default)]
    expiration_date: Option<Date>,
    #[serde(default)]
    deletion_date: Option<Date>,
    #[serde(default)]
    file: Option<FileRequest>,
    #[serde(default)]
    text: Option<TextRequest>,
    /// The client's hash of it.
    #[serde(default)]
    password: Option<SecretText>,
    /// With commas.
    #[serde(default)]
    emails: Option<String>,
    #[serde(default)]
    disabled: Option<bool>,
    #[serde(default)]
    hide_email: Option<bool>,
}

#[derive(Deserialize)]
struct TextRequest {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    hidden: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileRequest {
    #[serde(default)]
    file_name: Option<String>,
}

/// The checked Send. Exactly one of `text` and `file_name` is there.
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) notes: Option<String>,
    pub(super) key: String,
    pub(super) text: Option<String>,
    pub(super) text_hidden: bool,
    pub(super) file_name: Option<String>,
    /// `None`: the request speaks of neither a password nor addresses.
    pub(super) protection: Option<Protection>,
    pub(super) max_access_count: Option<i32>,
    pub(super) expires: Option<Moment>,
    pub(super) deletes: Moment,
    pub(super) disabled: bool,
    pub(super) hide_email: bool,
}

impl SendRequest {
    /// Everything but what depends on the Send that is there. A password is hashed on the way, slowly.
    pub(super) async fn checked(self, app: &App) -> Result<Checked, ApiError> {
        let (expires, deletes) = self.dates(Moment::now())?;
        if self.max_access_count.is_some_and(|most| most < 1) {
            let problem = "The field MaxAccessCount must be between 1 and 2147483647.";
            return Err(ApiError::invalid("MaxAccessCount", problem));
        }
        let (text, text_hidden, file_name) = match (self.kind, self.text, self.file) {
            (0, Some(text), _) => {
                let hidden = text.hidden.unwrap_or_default();
                (Some(encrypted("Text", text.text)?), hidden, None)
            }
            (1, _, Some(file)) => (None, false, Some(encrypted("FileName", file.file_name)?)),
            (0, None, _) => return Err(missing("Text")),
            (1, _, None) => return Err(missing("File")),
            _ => return Err(ApiError::invalid("Type", "The field Type is invalid.")),
        };
        if let Some(notes) = &self.notes {
            check_text("Notes", TEXT, notes)?;
        }
        Ok(Checked {
            name: encrypted("Name", self.name)?,
            notes: self.notes,
            key: encrypted("Key", self.key)?,
            text,
            text_hidden,
            file_name,
            protection: protection(app, self.emails, self.password).await?,
            max_access_count: self.max_access_count,
            expires,
            deletes,
            disabled: self.disabled.unwrap_or_default(),
            hide_email: self.hide_email.unwrap_or_default(),
        })
    }

    fn dates(&self, now: Moment) -> Result<(Option<Moment>, Moment), ApiError> {
        let date = |field, date: &Date| match date.parse() {
            Ok(date) => Ok(Moment::from(date)),
            Err(_) => Err(ApiError::invalid(field, format!("The field {field} is not a date."))),
        };
        let deletes = self.deletion_date.as_ref().ok_or_else(|| missing("DeletionDate"))?;
        let deletes = date("DeletionDate", deletes)?;
        let expires = self.expiration_date.as_ref().map(|given| date("ExpirationDate", given)).transpose()?;
        let soon = now.plus_seconds(CLOCKS_DIFFER);
        let problem = if deletes <= soon {
            "You cannot have a Send with a deletion date in the past. Adjust the deletion date and try again."
        } else if deletes > now.plus_seconds(LONGEST_STAY) {
            "You cannot have a Send with a deletion date that far into the future. Adjust the Deletion Date to a value \
             less than 31 days from now and try again."
        } else if expires.is_some_and(|expires| expires <= soon) {
            "You cannot have a Send with an expiration date in the past. Adjust the expiration date and try again."
        } else if expires.is_some_and(|expires| expires > deletes) {
            "You cannot have a Send with an expiration date greater than the deletion date. Adjust the expiration date \
             and try again."
        } else {
            return Ok((expires, deletes));
        };
        Err(ApiError::refused(problem))
    }
}

async fn protection(
    app: &App,
    emails: Option<String>,
    password: Option<SecretText>,
) -> Result<Option<Protection>, ApiError> {
    let emails = emails.filter(|emails| !emails.trim().is_empty());
    let password = password.filter(|password| !password.expose().trim().is_empty());
    match (emails, password) {
        (Some(emails), _) => {
            at_most("Emails", &emails, EMAILS)?;
            let addresses = emails.split(',').map(str::trim).filter(|address| !address.is_empty());
            let addresses: Vec<String> =
                addresses.map(|address| fields::email("Emails", address)).collect::<Result<_, _>>()?;
            Ok(Some(Protection::Emails(addresses.join(","))))
        }
        (None, Some(password)) => {
            at_most("Password", password.expose(), TEXT)?;
            Ok(Some(Protection::Password(hashed(app, password).await?)))
        }
        (None, None) => Ok(None),
    }
}

fn encrypted(field: &'static str, given: Option<String>) -> Result<String, ApiError> {
    let given = given.ok_or_else(|| missing(field))?;
    check_text(field, TEXT, &given)?;
    Ok(given)
}
