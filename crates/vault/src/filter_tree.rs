//! The filter panel: every line with the number of items it would show.

use crate::{
    Hierarchy, HierarchyRow, ItemKind, ItemOverview, KNOWN_KINDS, Opened,
    item_filter::{Shelf, VaultChoice, is_unreadable},
    item_index::ItemIndex,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

impl ItemIndex {
    /// The filter panel for one choice of vault: every line with the number of items it would show.
    pub fn tree(&self, items: &[ItemOverview], vault: VaultChoice) -> FilterTree {
        let mut count = Counts::default();
        let duplicates = self.duplicates(items);
        for place in self.by_name() {
            count.add(&items[*place as usize], vault, duplicates.contains(*place));
        }
        let shown_organizations = self.organizations().iter().filter(|(organization, _)| match vault {
            VaultChoice::All => true,
            VaultChoice::Mine => false,
            VaultChoice::Organization(chosen) => chosen == *organization,
        });
        FilterTree {
            all_vaults: count.all_vaults,
            my_vault: count.by_owner.get(&None).copied().unwrap_or_default(),
            organizations: self
                .organizations()
                .iter()
                .map(|(id, name)| OrganizationLine {
                    id: *id,
                    name: name.clone(),
                    count: count.by_owner.get(&Some(*id)).copied().unwrap_or_default(),
                })
                .collect(),
            all_items: count.in_use,
            favorites: count.favorites,
            kinds: count.kinds(self.hidden_kinds()),
            folders: lines(self.folders(), &count.by_folder),
            no_folder: count.no_folder,
            collections: shown_organizations
                .filter_map(|(organization, _)| {
                    let collections = self.collections(*organization)?;
                    Some((*organization, count.collection_lines(collections)))
                })
                .collect(),
            duplicates: count.duplicates,
            unreadable: count.unreadable,
            all_archived: count.all_archived,
            archive: count.archive,
            trash: count.trash,
        }
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
    /// Logins of the chosen vault that lie in another vault as well.
    pub duplicates: u32,
    /// Items whose name or second line does not open.
    pub unreadable: u32,
    /// Archived items of every vault, whatever vault is chosen.
    pub all_archived: u32,
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
    duplicates: u32,
    unreadable: u32,
    all_archived: u32,
    archive: u32,
    trash: u32,
}

impl Counts {
    fn add(&mut self, item: &ItemOverview, vault: VaultChoice, is_duplicate: bool) {
        let shelf = Shelf::of(item);
        if shelf == Shelf::InUse {
            self.all_vaults += 1;
            *self.by_owner.entry(item.organization_id).or_default() += 1;
        }
        self.all_archived += u32::from(shelf == Shelf::Archive);
        if !vault.holds(item) {
            return;
        }
        match shelf {
            Shelf::Archive => self.archive += 1,
            Shelf::Trash => self.trash += 1,
            Shelf::InUse => {
                self.in_use += 1;
                self.favorites += u32::from(item.favorite);
                self.duplicates += u32::from(is_duplicate);
                self.unreadable += u32::from(is_unreadable(item));
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

    fn kinds(&self, hidden: &BTreeSet<ItemKind>) -> Vec<(ItemKind, u32)> {
        let mut always = vec![
            ItemKind::LOGIN,
            ItemKind::CARD,
            ItemKind::IDENTITY,
            ItemKind::SECURE_NOTE,
            ItemKind::SSH_KEY,
        ];
        always.retain(|kind| !hidden.contains(kind));
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
