//! One item: its fields without hidden values, one field alone, or its verification code.

use std::time::{SystemTime, UNIX_EPOCH};

use portico_profile::Profile;
use portico_vault::{FieldId, FieldLabel, FieldView, Item, Opened, Section, Shown, UnreadableReason};
use serde::Serialize;
use uuid::Uuid;

use super::ItemRow;
use crate::cli::Global;
use crate::failure::Failure;
use crate::output::{self, Format};
use crate::words::{self, Name};

/// Whom to ask again before something hidden is shown.
pub(super) struct Asked<'a> {
    pub(super) profile: &'a Profile,
    pub(super) account: Uuid,
    pub(super) global: &'a Global,
}

impl Asked<'_> {
    /// An item that asks for the master password first gets it, session or not.
    pub(super) fn before_showing(&self, item: &Item) -> Result<(), Failure> {
        // A password given on this command line opened the account a moment ago; standard input is read up.
        if !item.overview().reprompt || self.global.password.is_given() {
            return Ok(());
        }
        let password = self.global.password.read("This item asks for the master password again")?;
        Ok(self.profile.check_password(self.account, password.expose())?)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemDetail {
    id: String,
    name: Name,
    #[serde(serialize_with = "words::why", skip_serializing_if = "Option::is_none")]
    unreadable: Option<UnreadableReason>,
    #[serde(rename = "type")]
    kind: String,
    organization_id: Option<String>,
    /// Name of the organization, of the folder, of the collections: as `items list` has them.
    organization: Option<String>,
    folder: Option<Name>,
    #[serde(serialize_with = "words::why", skip_serializing_if = "Option::is_none")]
    folder_unreadable: Option<UnreadableReason>,
    collections: Vec<Name>,
    favorite: bool,
    reprompt: bool,
    revision_date: Option<String>,
    creation_date: Option<String>,
    /// Since when it is in the archive, or in the trash.
    archived_date: Option<String>,
    deleted_date: Option<String>,
    fields: Vec<FieldDetail>,
}

/// A field as a page would show it at first: hidden values stay where they are.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FieldDetail {
    /// What `--field` takes.
    id: String,
    name: Option<Name>,
    #[serde(serialize_with = "words::why", skip_serializing_if = "Option::is_none")]
    name_unreadable: Option<UnreadableReason>,
    value: Option<String>,
    hidden: bool,
    /// Of a linked field: the id of the field that it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    linked_to: Option<&'static str>,
    /// Why the value does not open.
    #[serde(serialize_with = "words::why", skip_serializing_if = "Option::is_none")]
    unreadable: Option<UnreadableReason>,
}

impl FieldDetail {
    /// Name and value as people read them.
    fn shown(self) -> (String, String) {
        let value = match (self.value, self.unreadable, self.linked_to) {
            (Some(value), _, _) => value,
            (None, Some(why), _) => format!("(unreadable: {why})"),
            (None, None, Some(other)) => format!("(linked to {other})"),
            (None, None, None) if self.hidden => "••••••••".to_owned(),
            (None, None, None) => "–".to_owned(),
        };
        (self.name.map_or(self.id, |name| name.to_string()), value)
    }
}

pub(super) fn get(
    format: Format,
    asked: &Asked<'_>,
    item: &Item,
    row: ItemRow,
    field: Option<&str>,
) -> Result<(), Failure> {
    asked.before_showing(item)?;
    if let Some(field) = field {
        let composed = item.composed();
        let whole = |id: &str| composed.iter().find(|whole| whole.id.0 == id);
        if let Some(whole) = whole(field) {
            return value(format, whole.text.expose());
        }
        let field = find(item, field)?;
        return match whole(&field.0) {
            Some(whole) => value(format, whole.text.expose()),
            None => value(format, item.reveal(&field)?.expose()),
        };
    }
    let overview = item.overview();
    let fields: Vec<FieldDetail> = item.fields().map(|field| detail(&field)).collect();
    match format {
        Format::Table => {
            output::line(&output::on_one_line(&words::opened(&overview.name)))?;
            let head = ("FIELD".to_owned(), "VALUE".to_owned());
            Ok(output::pairs([head].into_iter().chain(fields.into_iter().map(FieldDetail::shown)))?)
        }
        Format::Json => Ok(output::json(&ItemDetail {
            id: overview.id.to_string(),
            name: row.name,
            unreadable: row.unreadable,
            kind: words::kind(overview.kind),
            organization_id: overview.organization_id.map(|id| id.to_string()),
            organization: row.organization,
            folder: row.folder,
            folder_unreadable: row.folder_unreadable,
            collections: row.collections,
            favorite: overview.favorite,
            reprompt: overview.reprompt,
            revision_date: row.revision_date,
            creation_date: row.creation_date,
            archived_date: overview.archived_date.map(words::date),
            deleted_date: overview.deleted_date.map(words::date),
            fields,
        })?),
    }
}

/// The value alone: as it is for people, as a JSON string for programs.
fn value(format: Format, text: &str) -> Result<(), Failure> {
    match format {
        Format::Table => Ok(output::line(text)?),
        Format::Json => Ok(output::json(&text)?),
    }
}

/// The code, alone on its line; with `--json` also how long it lives.
pub(super) fn totp(format: Format, asked: &Asked<'_>, item: &Item) -> Result<(), Failure> {
    /// A code lives for seconds and is what was asked for.
    #[derive(Serialize)]
    struct Code<'a> {
        code: &'a str,
        period: u64,
        remaining: u64,
    }
    asked.before_showing(item)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let made = item.totp_code(now)?;
    match format {
        Format::Table => output::line(made.code.expose())?,
        Format::Json => {
            output::json(&Code { code: made.code.expose(), period: made.period, remaining: made.remaining })?
        }
    }
    Ok(())
}

fn detail(field: &FieldView<'_>) -> FieldDetail {
    let (value, hidden, unreadable) = match field.shown {
        Shown::Text(text) => (Some(text.to_owned()), false, None),
        Shown::Hidden | Shown::Withheld => (None, true, None),
        Shown::Unreadable(reason) => (None, field.kind.is_hidden(), Some(reason)),
        Shown::Nothing => (None, false, None),
    };
    let name = label(field);
    FieldDetail {
        id: field.id.to_string(),
        name_unreadable: name.as_ref().and_then(|name| name.0.unreadable()),
        name,
        value,
        hidden,
        linked_to: field.linked_to,
        unreadable,
    }
}

fn label(field: &FieldView<'_>) -> Option<Name> {
    match &field.label {
        FieldLabel::Known(name) => Some(Name(Opened::Value((*name).to_owned()))),
        FieldLabel::Named(name) => name.cloned().map(Name),
    }
}

/// The field of this id, or of this name: first those of the kind, then the person's own. "uri" is the first website.
fn find(item: &Item, text: &str) -> Result<FieldId, Failure> {
    let named = |field: &FieldView<'_>| {
        label(field).is_some_and(|name| name.0.value().is_some_and(|name| name.eq_ignore_ascii_case(text)))
    };
    let first_website = |field: &FieldView<'_>| text == "uri" && field.section == Section::Autofill;
    let tries: [&dyn Fn(&FieldView<'_>) -> bool; 4] = [
        &|field| field.id.0 == text,
        &|field| named(field) && !matches!(field.section, Section::Custom | Section::History),
        &first_website,
        &named,
    ];
    for matches in tries {
        if let Some(field) = item.fields().find(|field| matches(field)) {
            // A linked field has the value of the one that it stands for.
            return Ok(field.linked_to.map_or_else(|| field.id.clone(), FieldId::from));
        }
    }
    let known = item.fields().map(|field| field.id.to_string()).collect();
    Err(Failure::NoField { field: text.to_owned(), known })
}
