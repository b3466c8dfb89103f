//! `items attachments` and `items save-attachment`: the files that hang on an item.

use std::path::{Path, PathBuf};

use portico_client::{
    AttachmentDestination, CancellationToken, SaveAttachmentError, ServerAddress, connect, save_attachment,
};
use portico_profile::{SaveAs, Unlocked};
use portico_vault::{Attachment, Item, UnreadableReason, safe_file_name};
use serde::Serialize;

use super::detail::Asked;
use crate::cli::ItemsSaveAttachment;
use crate::commands::interrupted::interrupted;
use crate::commands::online::saying_who_is_waited_for;
use crate::failure::Failure;
use crate::output::{self, Format, Row};
use crate::words::{self, Name};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttachmentRow {
    id: String,
    /// `null` when it does not open; `unreadable` says why.
    file_name: Name,
    #[serde(serialize_with = "words::why", skip_serializing_if = "Option::is_none")]
    unreadable: Option<UnreadableReason>,
    /// Bytes as stored.
    size: Option<u64>,
}

impl Row for AttachmentRow {
    const COLUMNS: &'static [&'static str] = &["File", "Bytes", "Id"];

    fn cells(&self) -> Vec<String> {
        vec![self.file_name.to_string(), output::or_dash(self.size), self.id.clone()]
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Saved {
    file: String,
    /// Bytes of the opened file.
    bytes: u64,
}

impl Row for Saved {
    const COLUMNS: &'static [&'static str] = &["File", "Bytes"];

    fn cells(&self) -> Vec<String> {
        vec![self.file.clone(), self.bytes.to_string()]
    }
}

pub(super) fn list(format: Format, asked: &Asked<'_>, item: &Item) -> Result<(), Failure> {
    asked.before_showing(item)?;
    let rows: Vec<AttachmentRow> = item
        .attachments()
        .iter()
        .map(|file| AttachmentRow {
            id: file.id.clone(),
            file_name: Name(file.file_name.clone()),
            unreadable: file.file_name.unreadable(),
            size: file.size,
        })
        .collect();
    Ok(output::list(format, &rows)?)
}

pub(super) fn save(
    format: Format,
    asked: &Asked<'_>,
    unlocked: &Unlocked,
    item: &Item,
    options: &ItemsSaveAttachment,
) -> Result<(), Failure> {
    asked.before_showing(item)?;
    if matches!(unlocked.server(), ServerAddress::Embedded(_)) {
        return Err(Failure::Embedded);
    }
    let wanted = find(item, options.attachment.as_deref())?;
    let attachment = unlocked.picture().attachment(item.overview().id, &wanted.id)?;
    let file = destination(options.out.as_deref(), wanted);
    let how = SaveAs { replace: options.force, accept_unauthenticated: options.accept_unauthenticated };
    let client = connect(asked.profile, unlocked.server(), None, None)?;
    let waiting = asked.profile.folder();
    let stop = CancellationToken::new();
    let bytes = tokio::runtime::Runtime::new()?.block_on(async {
        let (interrupted, stopped) = (interrupted()?, stop.clone());
        tokio::spawn(async move {
            interrupted.await;
            stopped.cancel();
        });
        let destination = AttachmentDestination { file: file.clone(), how, waiting };
        let saving = save_attachment(&client, unlocked, attachment, destination, &|_| {}, &stop);
        Ok::<_, Failure>(saying_who_is_waited_for(&client, saving).await)
    })?;
    let bytes = bytes.map_err(|error| match error {
        SaveAttachmentError::File(portico_profile::AttachmentFileError::Exists) => {
            Failure::FileExists(file.clone())
        }
        error => Failure::Attachment(error),
    })?;
    Ok(output::one(format, &Saved { file: file.display().to_string(), bytes })?)
}

/// The file of this id or name, or the only one.
fn find<'i>(item: &'i Item, text: Option<&str>) -> Result<&'i Attachment, Failure> {
    let files = item.attachments();
    let not_found = || Failure::NotFound { what: "attachment", text: text.unwrap_or_default().to_owned() };
    let is_meant = |file: &&Attachment| {
        text.is_none_or(|text| file.id == text || file.file_name.value().is_some_and(|name| name == text))
    };
    match files.iter().filter(is_meant).collect::<Vec<_>>()[..] {
        [] => Err(not_found()),
        [file] => Ok(file),
        ref several => Err(Failure::Ambiguous {
            text: text.unwrap_or("attachment").to_owned(),
            ids: several.iter().map(|file| file.id.clone()).collect(),
        }),
    }
}

/// A folder takes the file under its own name, of which only what is harmless is kept.
fn destination(out: Option<&Path>, file: &Attachment) -> PathBuf {
    let own_name = || safe_file_name(file.file_name.value().map_or("", String::as_str));
    match out {
        None => PathBuf::from(own_name()),
        Some(out) if out.is_dir() => out.join(own_name()),
        Some(out) => out.to_owned(),
    }
}
