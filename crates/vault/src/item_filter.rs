//! What a person may ask of a list of items, and the names that the questions need (ui.md (d)).

use crate::{ItemKind, ItemOrder, ItemOverview, Opened};
use uuid::Uuid;

/// What a person chose in the filter panel. Everything chosen must hold at once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemFilter {
    /// Whose items.
    pub vault: VaultChoice,
    /// In use, archived, or in the trash.
    pub shelf: Shelf,
    /// Only favorites.
    pub favorites: bool,
    /// Only one kind.
    pub kind: Option<ItemKind>,
    /// Only one folder or collection, with what lies below it.
    pub place: Place,
    /// Only logins that lie in several vaults.
    pub duplicates: bool,
    /// Only items whose name or second line does not open.
    pub unreadable: bool,
    /// What is searched for, as [`crate::ItemSearch`] reads it. A search that names archive or trash looks there,
    /// whatever `shelf` says.
    pub text: String,
    /// In which order.
    pub order: ItemOrder,
}

/// Whose items are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VaultChoice {
    /// Everybody's.
    #[default]
    All,
    /// The person's own.
    Mine,
    /// One organization's.
    Organization(Uuid),
}

/// Where an item is in its life. An archived item that was deleted lies in the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shelf {
    /// In use.
    #[default]
    InUse,
    /// Archived.
    Archive,
    /// Deleted, and not yet for good.
    Trash,
}

/// A folder or collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// Any.
    #[default]
    Anywhere,
    /// Items without a folder.
    NoFolder,
    /// A folder and those below it.
    Folder(Uuid),
    /// A collection and those below it.
    Collection(Uuid),
}

/// The opened names that filters need.
#[derive(Debug, Clone, Default)]
pub struct VaultNames {
    /// Organizations of which the person is a member, as the server names them.
    pub organizations: Vec<(Uuid, String)>,
    /// The person's folders.
    pub folders: Vec<(Uuid, Opened<String>)>,
    /// Collections of those organizations.
    pub collections: Vec<CollectionName>,
}

/// A collection with its opened name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionName {
    /// The collection.
    pub id: Uuid,
    /// Its organization.
    pub organization_id: Uuid,
    /// Its whole name, slashes included.
    pub name: Opened<String>,
}

impl VaultChoice {
    pub(crate) fn holds(self, item: &ItemOverview) -> bool {
        match self {
            Self::All => true,
            Self::Mine => item.organization_id.is_none(),
            Self::Organization(id) => item.organization_id == Some(id),
        }
    }
}

impl Shelf {
    /// Where `item` is.
    pub fn of(item: &ItemOverview) -> Self {
        match (item.deleted_date, item.archived_date) {
            (Some(_), _) => Self::Trash,
            (None, Some(_)) => Self::Archive,
            (None, None) => Self::InUse,
        }
    }
}

/// Whether a list cannot show it whole: its name or its second line does not open.
pub(crate) fn is_unreadable(item: &ItemOverview) -> bool {
    item.name.unreadable().is_some() || item.subtitle.as_ref().is_some_and(|line| line.unreadable().is_some())
}
