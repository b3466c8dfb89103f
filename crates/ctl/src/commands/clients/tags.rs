//! `clients tags`: the person's own tags, on all clients at once. No server is asked or told.

use portico_profile::{TagError, Unlocked};
use serde::Serialize;

use crate::cli::Tags;
use crate::failure::Failure;
use crate::output::{self, Format, Row};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TagRow {
    name: String,
    /// How many carry it, or carried it before it was deleted.
    clients: usize,
}

impl Row for TagRow {
    const COLUMNS: &'static [&'static str] = &["Tag", "Clients"];

    fn cells(&self) -> Vec<String> {
        vec![self.name.clone(), self.clients.to_string()]
    }
}

pub(super) fn run(format: Format, unlocked: &Unlocked, command: &Tags) -> Result<(), Failure> {
    let tags = unlocked.client_tags()?;
    let carrying = |name: &str| match tags.carrying(name) {
        0 => Err(Failure::Tag(TagError::NotFound)),
        clients => Ok(clients),
    };
    let row = match command {
        Tags::List => {
            let row = |(name, clients): (&str, &std::collections::BTreeSet<_>)| TagRow {
                name: name.to_owned(),
                clients: clients.len(),
            };
            return Ok(output::list(format, &tags.iter().map(row).collect::<Vec<_>>())?);
        }
        Tags::Rename { tag, name, dry_run } => {
            let clients = carrying(tag)?;
            if !dry_run {
                unlocked.rename_tag(tag, name)?;
            }
            TagRow { name: name.clone(), clients }
        }
        Tags::Delete { tag, dry_run } => {
            let clients = carrying(tag)?;
            if !dry_run {
                unlocked.delete_tag(tag)?;
            }
            TagRow { name: tag.clone(), clients }
        }
    };
    Ok(output::one(format, &row)?)
}
