//! Which items a list shows, in which order, and how many each filter would show (ui.md (d)).

use crate::{
    Hierarchy, HierarchyRow, ItemKind, ItemOverview, KNOWN_KINDS, Opened,
    fold::{SearchWords, fold, fold_into},
};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
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
    /// Words that must all occur in name, second line or websites.
    pub text: String,
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

/// Order and searchable text of a list of overviews, made once after unlocking and after each sync.
///
/// Its answers are places in that very list, so that the shell can hand out windows of rows.
pub struct ItemIndex {
    /// Folded name, second line and hosts of each item, one below the other.
    searchable: Vec<String>,
    /// Places in the order of the names; unreadable names last.
    by_name: Vec<u32>,
    organizations: Vec<(Uuid, String)>,
    folders: Hierarchy,
    collections: BTreeMap<Uuid, Hierarchy>,
}

impl ItemIndex {
    /// Prepares `items` for filtering. 10,000 items take a few milliseconds.
    pub fn new(items: &[ItemOverview], names: &VaultNames) -> Self {
        let searchable: Vec<String> = items.par_iter().with_min_len(512).map(searchable).collect();
        let mut by_name: Vec<u32> = (0..).take(items.len()).collect();
        by_name.par_sort_unstable_by_key(|place| {
            let place = *place as usize;
            (items[place].name.unreadable().is_some(), &searchable[place], items[place].id)
        });
        let mut organizations = names.organizations.clone();
        organizations.sort_by_cached_key(|(id, name)| (fold(name), *id));
        let mut by_organization: BTreeMap<Uuid, Vec<&CollectionName>> = BTreeMap::new();
        for collection in &names.collections {
            by_organization.entry(collection.organization_id).or_default().push(collection);
        }
        Self {
            searchable,
            by_name,
            organizations,
            folders: Hierarchy::new(names.folders.iter().map(|(id, name)| (*id, name))),
            collections: by_organization
                .into_iter()
                .map(|(organization, collections)| {
                    let names = collections.iter().map(|collection| (collection.id, &collection.name));
                    (organization, Hierarchy::new(names))
                })
                .collect(),
        }
    }

    /// The places of the items that `filter` lets through, in the order of their names.
    ///
    /// `items` is the list from which the index was made.
    pub fn select(&self, items: &[ItemOverview], filter: &ItemFilter) -> Vec<u32> {
        let words = SearchWords::new(&filter.text);
        let ids = self.ids_of(filter.place);
        let is_in_place = |item: &ItemOverview| match filter.place {
            Place::Anywhere => true,
            Place::NoFolder => item.folder_id.is_none(),
            Place::Folder(_) => item.folder_id.is_some_and(|folder| ids.contains(&folder)),
            Place::Collection(_) => item.collection_ids.iter().any(|collection| ids.contains(collection)),
        };
        self.by_name
            .iter()
            .copied()
            .filter(|place| {
                let item = &items[*place as usize];
                filter.vault.holds(item)
                    && filter.shelf == Shelf::of(item)
                    && (!filter.favorites || item.favorite)
                    && filter.kind.is_none_or(|kind| kind == item.kind)
                    && is_in_place(item)
                    && words.occur_in(&self.searchable[*place as usize])
            })
            .collect()
    }

    /// The filter panel for one choice of vault: every line with the number of items it would show.
    pub fn tree(&self, items: &[ItemOverview], vault: VaultChoice) -> FilterTree {
        let mut count = Counts::default();
        for item in items {
            count.add(item, vault);
        }
        let shown_organizations = self.organizations.iter().filter(|(organization, _)| match vault {
            VaultChoice::All => true,
            VaultChoice::Mine => false,
            VaultChoice::Organization(chosen) => chosen == *organization,
        });
        FilterTree {
            all_vaults: count.all_vaults,
            my_vault: count.by_owner.get(&None).copied().unwrap_or_default(),
            organizations: self
                .organizations
                .iter()
                .map(|(id, name)| OrganizationLine {
                    id: *id,
                    name: name.clone(),
                    count: count.by_owner.get(&Some(*id)).copied().unwrap_or_default(),
                })
                .collect(),
            all_items: count.in_use,
            favorites: count.favorites,
            kinds: count.kinds(),
            folders: lines(&self.folders, &count.by_folder),
            no_folder: count.no_folder,
            collections: shown_organizations
                .filter_map(|(organization, _)| {
                    let collections = self.collections.get(organization)?;
                    Some((*organization, count.collection_lines(collections)))
                })
                .collect(),
            archive: count.archive,
            trash: count.trash,
        }
    }

    /// The folders, as a tree.
    pub fn folders(&self) -> &Hierarchy {
        &self.folders
    }

    /// The collections of an organization, as a tree.
    pub fn collections(&self, organization: Uuid) -> Option<&Hierarchy> {
        self.collections.get(&organization)
    }

    fn ids_of(&self, place: Place) -> HashSet<Uuid> {
        let rows: &[HierarchyRow] = match place {
            Place::Anywhere | Place::NoFolder => &[],
            Place::Folder(id) => self.folders.subtree(id),
            Place::Collection(id) => self
                .collections
                .values()
                .map(|collections| collections.subtree(id))
                .find(|rows| !rows.is_empty())
                .unwrap_or_default(),
        };
        rows.iter().map(|row| row.id).collect()
    }
}

/// The filter panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterTree {
    /// Items in use of every vault, whatever vault is chosen.
    pub all_vaults: u32,
    /// Of those the person's own.
    pub my_vault: u32,
    /// Of those each organization's, by name.
    pub organizations: Vec<OrganizationLine>,
    /// Items in use of the chosen vault; all counts below are of the chosen vault.
    pub all_items: u32,
    /// Favorites.
    pub favorites: u32,
    /// Kinds in the order of the panel: the five that everybody has, the newer ones and unknown ones where there are any.
    pub kinds: Vec<(ItemKind, u32)>,
    /// Folders; a count covers the folders below.
    pub folders: Vec<TreeLine>,
    /// Items without a folder.
    pub no_folder: u32,
    /// Collections by organization; a count covers the collections below, each item once.
    pub collections: Vec<(Uuid, Vec<TreeLine>)>,
    /// Archived items.
    pub archive: u32,
    /// Items in the trash.
    pub trash: u32,
}

/// An organization in the filter panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationLine {
    /// The organization.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its items in use.
    pub count: u32,
}

/// A folder or collection in the filter panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeLine {
    /// The folder or collection.
    pub id: Uuid,
    /// Its name below its parent.
    pub label: Opened<String>,
    /// 0 at the top.
    pub depth: usize,
    /// Items that choosing the line would show.
    pub count: u32,
}

impl VaultChoice {
    fn holds(self, item: &ItemOverview) -> bool {
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

#[derive(Default)]
struct Counts {
    all_vaults: u32,
    by_owner: HashMap<Option<Uuid>, u32>,
    in_use: u32,
    favorites: u32,
    by_kind: BTreeMap<ItemKind, u32>,
    by_folder: HashMap<Uuid, u32>,
    no_folder: u32,
    /// Places of items, not their number: an item in two collections of one branch counts once.
    by_collection: HashMap<Uuid, Vec<Uuid>>,
    archive: u32,
    trash: u32,
}

impl Counts {
    fn add(&mut self, item: &ItemOverview, vault: VaultChoice) {
        let shelf = Shelf::of(item);
        if shelf == Shelf::InUse {
            self.all_vaults += 1;
            *self.by_owner.entry(item.organization_id).or_default() += 1;
        }
        if !vault.holds(item) {
            return;
        }
        match shelf {
            Shelf::Archive => self.archive += 1,
            Shelf::Trash => self.trash += 1,
            Shelf::InUse => {
                self.in_use += 1;
                self.favorites += u32::from(item.favorite);
                *self.by_kind.entry(item.kind).or_default() += 1;
                match item.folder_id {
                    Some(folder) => *self.by_folder.entry(folder).or_default() += 1,
                    None => self.no_folder += 1,
                }
                for collection in &item.collection_ids {
                    self.by_collection.entry(*collection).or_default().push(item.id);
                }
            }
        }
    }

    fn kinds(&self) -> Vec<(ItemKind, u32)> {
        let always =
            [ItemKind::LOGIN, ItemKind::CARD, ItemKind::IDENTITY, ItemKind::SECURE_NOTE, ItemKind::SSH_KEY];
        let count = |kind: ItemKind| self.by_kind.get(&kind).copied().unwrap_or_default();
        let known = KNOWN_KINDS.into_iter().filter(|kind| always.contains(kind) || count(*kind) > 0);
        let unknown = self.by_kind.keys().copied().filter(|kind| !KNOWN_KINDS.contains(kind));
        known.chain(unknown).map(|kind| (kind, count(kind))).collect()
    }

    fn collection_lines(&self, collections: &Hierarchy) -> Vec<TreeLine> {
        let count_below = |row: &HierarchyRow| {
            let below = collections.subtree(row.id).iter().filter_map(|row| self.by_collection.get(&row.id));
            let items: HashSet<&Uuid> = below.flatten().collect();
            u32::try_from(items.len()).unwrap_or(u32::MAX)
        };
        collections.rows().iter().map(|row| line(row, count_below(row))).collect()
    }
}

fn lines(hierarchy: &Hierarchy, counts: &HashMap<Uuid, u32>) -> Vec<TreeLine> {
    let own = |row: &HierarchyRow| counts.get(&row.id).copied().unwrap_or_default();
    let with_below = |row: &HierarchyRow| hierarchy.subtree(row.id).iter().map(own).sum();
    hierarchy.rows().iter().map(|row| line(row, with_below(row))).collect()
}

fn line(row: &HierarchyRow, count: u32) -> TreeLine {
    TreeLine { id: row.id, label: row.label.clone(), depth: row.depth, count }
}

/// The name stands first and a line break sorts before every letter: sorting by this text sorts by name.
fn searchable(item: &ItemOverview) -> String {
    let mut text = String::with_capacity(64);
    let lines = [item.name.value(), item.subtitle.as_ref().and_then(Opened::value)];
    for line in lines.into_iter().flatten().chain(&item.hosts) {
        if !text.is_empty() {
            text.push('\n');
        }
        fold_into(line, &mut text);
    }
    text
}
