//! `items filters`: filters that have a name, the same as in the window.

use portico_profile::{SavedFilter, Unlocked};
use portico_vault::{OrderBy, Place, Shelf, VaultChoice, VaultNames, fold};
use serde::Serialize;

use crate::cli::ItemsFilters;
use crate::commands::only::is_id;
use crate::failure::Failure;
use crate::output::{self, Format, Row};
use crate::words;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FilterRow {
    id: String,
    name: String,
    /// `all`, `me`, or the name of an organization.
    vault: String,
    /// What of it: `all`, `favorites`, a type, `folder NAME`, …
    section: String,
    search: String,
    sort: &'static str,
    descending: bool,
}

impl Row for FilterRow {
    const COLUMNS: &'static [&'static str] = &["Name", "Vault", "Section", "Search", "Sort"];

    fn cells(&self) -> Vec<String> {
        let search = Some(&self.search).filter(|search| !search.is_empty());
        let sort = if self.descending { format!("{}, descending", self.sort) } else { self.sort.to_owned() };
        vec![self.name.clone(), self.vault.clone(), self.section.clone(), output::or_dash(search), sort]
    }
}

pub(super) fn run(format: Format, unlocked: &Unlocked, command: &ItemsFilters) -> Result<(), Failure> {
    match command {
        ItemsFilters::List => {
            let picture = unlocked.picture();
            let names = picture.names()?;
            let rows: Vec<FilterRow> =
                unlocked.saved_filters()?.iter().map(|saved| row(saved, names)).collect();
            Ok(output::list(format, &rows)?)
        }
        ItemsFilters::Rename { name, new } => Ok(unlocked.rename_filter(named(unlocked, name)?.id, new)?),
        ItemsFilters::Remove { name } => Ok(unlocked.remove_filter(named(unlocked, name)?.id)?),
    }
}

/// The filter of this name or id. Names are compared without case and accents.
pub(super) fn named(unlocked: &Unlocked, text: &str) -> Result<SavedFilter, Failure> {
    let wanted = fold(text);
    unlocked
        .saved_filters()?
        .into_iter()
        .find(|saved| is_id(saved.id, text) || fold(&saved.name) == wanted)
        .ok_or_else(|| Failure::NotFound { what: "filter", text: text.to_owned() })
}

fn row(saved: &SavedFilter, names: &VaultNames) -> FilterRow {
    let filter = &saved.filter;
    let organization = |id: uuid::Uuid| {
        names
            .organizations
            .iter()
            .find(|(known, _)| *known == id)
            .map_or_else(|| id.to_string(), |(_, n)| n.clone())
    };
    FilterRow {
        id: saved.id.to_string(),
        name: saved.name.clone(),
        vault: match filter.vault {
            VaultChoice::All => "all".to_owned(),
            VaultChoice::Mine => "me".to_owned(),
            VaultChoice::Organization(id) => organization(id),
        },
        section: section(saved, names),
        search: filter.text.clone(),
        sort: match filter.order.by {
            OrderBy::Name => "name",
            OrderBy::Owner => "owner",
            OrderBy::Kind => "type",
            OrderBy::Edited => "edited",
            OrderBy::Created => "created",
        },
        descending: filter.order.descending,
    }
}

fn section(saved: &SavedFilter, names: &VaultNames) -> String {
    let filter = &saved.filter;
    let place = match filter.place {
        Place::Anywhere => None,
        Place::NoFolder => Some("no folder".to_owned()),
        Place::Folder(id) => {
            let folder = names.folders.iter().find(|(known, _)| *known == id);
            Some(format!("folder {}", folder.map_or_else(|| id.to_string(), |(_, name)| words::opened(name))))
        }
        Place::Collection(id) => {
            let collection = names.collections.iter().find(|known| known.id == id);
            let name = collection.map_or_else(|| id.to_string(), |known| words::opened(&known.name));
            Some(format!("collection {name}"))
        }
    };
    let flags = [
        (filter.shelf == Shelf::Archive, "archive"),
        (filter.shelf == Shelf::Trash, "trash"),
        (filter.favorites, "favorites"),
        (filter.duplicates, "duplicates"),
        (filter.unreadable, "unreadable"),
    ];
    let parts: Vec<String> = place
        .into_iter()
        .chain(filter.kind.map(words::kind))
        .chain(flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, word)| word.to_owned()))
        .collect();
    if parts.is_empty() { "all".to_owned() } else { parts.join(", ") }
}
