//! `search`: people, groups, collections and clients, over everything that was synced.

use portico_estate::{Hit, HitKind};
use portico_profile::read_round;
use serde::Serialize;

use crate::account;
use crate::cli::{Global, Search};
use crate::failure::Failure;
use crate::output::{self, Format, Row};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HitRow {
    /// "person", "group", "collection" or "client".
    kind: HitKind,
    name: String,
    /// The e-mail address of a person; empty otherwise.
    detail: String,
    /// Name of the client in which it is.
    client: String,
    id: String,
}

impl Row for HitRow {
    const COLUMNS: &'static [&'static str] = &["Kind", "Name", "Detail", "Client"];

    fn cells(&self) -> Vec<String> {
        let kind = match self.kind {
            HitKind::Person => "person",
            HitKind::Group => "group",
            HitKind::Collection => "collection",
            HitKind::Client => "client",
        };
        vec![kind.to_owned(), self.name.clone(), self.detail.clone(), self.client.clone()]
    }
}

pub(crate) fn run(global: &Global, format: Format, options: &Search) -> Result<(), Failure> {
    let unlocked = account::unlock_to_read(&account::open_profile(global)?, global)?;
    let picture = unlocked.picture();
    let (tags, tags_lost) = read_round(unlocked.client_tags())?;
    let text = options.text.join(" ");
    let found = portico_estate::search_tagged(picture.search_texts()?, &tags, &text, options.limit);
    let rows: Vec<HitRow> = found.iter().flat_map(|group| &group.hits).map(row).collect();
    for group in found.iter().filter(|group| group.total > group.hits.len()) {
        eprintln!("{} of {} shown; --limit shows more", group.hits.len(), group.total);
    }
    output::list(format, &rows)?;
    let lost = picture.losses();
    if lost.structure || !lost.clients.is_empty() {
        return Err(Failure::Incomplete("hits"));
    }
    if tags_lost.is_some() { Err(Failure::OwnLost("tags")) } else { Ok(()) }
}

fn row(hit: &Hit<'_>) -> HitRow {
    HitRow {
        kind: hit.kind,
        name: hit.name.to_owned(),
        detail: hit.detail.to_owned(),
        client: hit.client_name.to_owned(),
        id: hit.id.to_string(),
    }
}
