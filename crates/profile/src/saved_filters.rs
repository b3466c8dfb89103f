//! Filters of the vault that a person gave a name. They are the person's work: kept sealed with the account, taken along
//! when its key changes, and kept when a sign-out keeps the archive.

use portico_cache::WriteError;
use portico_vault::{ItemFilter, ItemKind, ItemOrder, OrderBy, Place, Shelf, VaultChoice};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::errors::ReadError;
use crate::kept;
use crate::kinds::SAVED_FILTERS_CELL;
use crate::one_at_a_time::ChangingElsewhere;
use crate::unlocked::Unlocked;

/// A filter with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFilter {
    /// Names it among the others, whatever it is called.
    pub id: Uuid,
    /// What the person calls it: not empty, unlike all others, at most [`SavedFilter::LONGEST_NAME`] characters.
    pub name: String,
    /// What it lets through, and in which order.
    pub filter: ItemFilter,
}

/// A filter was not kept, renamed or removed.
#[derive(Debug, thiserror::Error)]
pub enum SaveFilterError {
    #[error("a saved filter needs a name")]
    NoName,
    #[error("another saved filter has this name")]
    NameTaken,
    #[error("there are {0} saved filters already")]
    TooMany(usize),
    #[error("no such saved filter")]
    NotFound,
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("the account's file cannot be written")]
    Write(#[from] WriteError),
    #[error(transparent)]
    Busy(#[from] ChangingElsewhere),
}

impl SavedFilter {
    /// In characters.
    pub const LONGEST_NAME: usize = 80;
    /// More do not fit on a page.
    pub const MOST: usize = 100;
}

impl Unlocked {
    /// The saved filters, by name.
    ///
    /// # Errors
    /// See [`ReadError`]; [`ReadError::Newer`] when a later program kept them in a way this one does not know.
    pub fn saved_filters(&self) -> Result<Vec<SavedFilter>, ReadError> {
        let Some(bytes) = self.opened.cache.cell(SAVED_FILTERS_CELL)? else { return Ok(Vec::new()) };
        let records: Vec<Record> = kept::decode(VERSION, &bytes, "saved filters")?;
        Ok(records.into_iter().map(SavedFilter::from).collect())
    }

    /// Keeps a filter under a name.
    ///
    /// # Errors
    /// See [`SaveFilterError`]; then everything stays as it was, here and below.
    pub fn save_filter(&self, name: &str, filter: &ItemFilter) -> Result<SavedFilter, SaveFilterError> {
        let _turn = self.turn_to_change()?;
        let mut all = self.saved_filters()?;
        if all.len() >= SavedFilter::MOST {
            return Err(SaveFilterError::TooMany(all.len()));
        }
        let name = free_name(name, &all, None)?;
        let saved = SavedFilter { id: Uuid::new_v4(), name, filter: filter.clone() };
        all.push(saved.clone());
        self.keep_filters(all)?;
        Ok(saved)
    }

    /// Gives a filter another name.
    ///
    /// # Errors
    /// See [`SaveFilterError`].
    pub fn rename_filter(&self, id: Uuid, name: &str) -> Result<(), SaveFilterError> {
        let _turn = self.turn_to_change()?;
        let mut all = self.saved_filters()?;
        let name = free_name(name, &all, Some(id))?;
        all.iter_mut().find(|saved| saved.id == id).ok_or(SaveFilterError::NotFound)?.name = name;
        self.keep_filters(all)
    }

    /// Forgets a filter.
    ///
    /// # Errors
    /// See [`SaveFilterError`].
    pub fn remove_filter(&self, id: Uuid) -> Result<(), SaveFilterError> {
        let _turn = self.turn_to_change()?;
        let mut all = self.saved_filters()?;
        let before = all.len();
        all.retain(|saved| saved.id != id);
        if all.len() == before {
            return Err(SaveFilterError::NotFound);
        }
        self.keep_filters(all)
    }

    fn keep_filters(&self, mut all: Vec<SavedFilter>) -> Result<(), SaveFilterError> {
        all.sort_by_cached_key(|saved| (portico_vault::SortName::new(&saved.name), saved.id));
        let records: Vec<Record> = all.into_iter().map(Record::from).collect();
        Ok(self.opened.cache.set_cell(SAVED_FILTERS_CELL, &kept::encode(VERSION, &records)?)?)
    }
}

/// A text that a person typed, trimmed, without what cannot be seen and cut to `longest` characters; none if that is
/// empty.
pub(crate) fn visible(text: &str, longest: usize) -> Option<String> {
    let visible: String = text.chars().filter(|symbol| !symbol.is_control()).collect();
    let visible: String = visible.trim().chars().take(longest).collect();
    (!visible.is_empty()).then_some(visible)
}

/// The name without what cannot be seen, if no other filter has it.
fn free_name(name: &str, all: &[SavedFilter], own: Option<Uuid>) -> Result<String, SaveFilterError> {
    let name = visible(name, SavedFilter::LONGEST_NAME).ok_or(SaveFilterError::NoName)?;
    let folded = portico_vault::fold(&name);
    let is_taken =
        all.iter().any(|other| Some(other.id) != own && portico_vault::fold(&other.name) == folded);
    if is_taken { Err(SaveFilterError::NameTaken) } else { Ok(name) }
}

const VERSION: u8 = 1;

/// The sealed form: a list of these.
#[derive(Serialize, Deserialize)]
struct Record {
    id: Uuid,
    name: String,
    vault: KeptVault,
    shelf: KeptShelf,
    favorites: bool,
    kind: Option<i32>,
    place: KeptPlace,
    duplicates: bool,
    unreadable: bool,
    text: String,
    order: KeptOrder,
    descending: bool,
}

#[derive(Serialize, Deserialize)]
enum KeptVault {
    All,
    Mine,
    Organization(Uuid),
}

#[derive(Serialize, Deserialize)]
enum KeptShelf {
    InUse,
    Archive,
    Trash,
}

#[derive(Serialize, Deserialize)]
enum KeptPlace {
    Anywhere,
    NoFolder,
    Folder(Uuid),
    Collection(Uuid),
}

#[derive(Serialize, Deserialize)]
enum KeptOrder {
    Name,
    Owner,
    Kind,
    Edited,
    Created,
}

impl From<SavedFilter> for Record {
    fn from(saved: SavedFilter) -> Self {
        let SavedFilter { id, name, filter } = saved;
        Self {
            id,
            name,
            vault: match filter.vault {
                VaultChoice::All => KeptVault::All,
                VaultChoice::Mine => KeptVault::Mine,
                VaultChoice::Organization(id) => KeptVault::Organization(id),
            },
            shelf: match filter.shelf {
                Shelf::InUse => KeptShelf::InUse,
                Shelf::Archive => KeptShelf::Archive,
                Shelf::Trash => KeptShelf::Trash,
            },
            favorites: filter.favorites,
            kind: filter.kind.map(|kind| kind.0),
            place: match filter.place {
                Place::Anywhere => KeptPlace::Anywhere,
                Place::NoFolder => KeptPlace::NoFolder,
                Place::Folder(id) => KeptPlace::Folder(id),
                Place::Collection(id) => KeptPlace::Collection(id),
            },
            duplicates: filter.duplicates,
            unreadable: filter.unreadable,
            text: filter.text,
            order: match filter.order.by {
                OrderBy::Name => KeptOrder::Name,
                OrderBy::Owner => KeptOrder::Owner,
                OrderBy::Kind => KeptOrder::Kind,
                OrderBy::Edited => KeptOrder::Edited,
                OrderBy::Created => KeptOrder::Created,
            },
            descending: filter.order.descending,
        }
    }
}

impl From<Record> for SavedFilter {
    fn from(record: Record) -> Self {
        let by = match record.order {
            KeptOrder::Name => OrderBy::Name,
            KeptOrder::Owner => OrderBy::Owner,
            KeptOrder::Kind => OrderBy::Kind,
            KeptOrder::Edited => OrderBy::Edited,
            KeptOrder::Created => OrderBy::Created,
        };
        let filter = ItemFilter {
            vault: match record.vault {
                KeptVault::All => VaultChoice::All,
                KeptVault::Mine => VaultChoice::Mine,
                KeptVault::Organization(id) => VaultChoice::Organization(id),
            },
            shelf: match record.shelf {
                KeptShelf::InUse => Shelf::InUse,
                KeptShelf::Archive => Shelf::Archive,
                KeptShelf::Trash => Shelf::Trash,
            },
            favorites: record.favorites,
            kind: record.kind.map(ItemKind),
            place: match record.place {
                KeptPlace::Anywhere => Place::Anywhere,
                KeptPlace::NoFolder => Place::NoFolder,
                KeptPlace::Folder(id) => Place::Folder(id),
                KeptPlace::Collection(id) => Place::Collection(id),
            },
            duplicates: record.duplicates,
            unreadable: record.unreadable,
            text: record.text,
            order: ItemOrder { by, descending: record.descending },
        };
        Self { id: record.id, name: record.name, filter }
    }
}
