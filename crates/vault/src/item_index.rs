//! Order and searchable text of a list of overviews, made once for each picture when a list is first asked for.

use crate::{
    Hierarchy, ItemKind, ItemOverview, Opened,
    duplicates::Duplicates,
    item_filter::{CollectionName, ItemFilter, Place, Shelf, VaultNames, is_unreadable},
    item_match::Match,
    item_order::arrange,
    name_order::{ByName, name_order},
};
use portico_collation::{SortName, fold};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::OnceLock,
};
use uuid::Uuid;

/// What lists of items are answered from. Its answers are places in the very list it was made of, so that the shell can
/// hand out windows of rows.
///
/// The text of all items stands in one piece, in the order of their names: a keystroke is then one scan over it from
/// front to back, and what it finds is in order already.
pub struct ItemIndex {
    /// As in [`ByName`], like the next two.
    text: String,
    starts: Vec<usize>,
    by_name: Vec<u32>,
    organizations: Vec<(Uuid, String)>,
    folders: Hierarchy,
    collections: BTreeMap<Uuid, Hierarchy>,
    /// Folded whole names, for searches.
    names: Names,
    hidden_kinds: BTreeSet<ItemKind>,
    hidden_items: usize,
    duplicates: OnceLock<Duplicates>,
}

/// Folded whole names of what items lie in.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) organizations: Vec<(Uuid, String)>,
    pub(crate) folders: Vec<(Uuid, String)>,
    pub(crate) collections: Vec<(Uuid, String)>,
}

impl ItemIndex {
    /// Prepares `items` for filtering. 10,000 items take a few milliseconds.
    pub fn new(items: &[ItemOverview], names: &VaultNames) -> Self {
        Self::without(items, name_order(items), names, &[], |_| false)
    }

    /// The same from an `order` that is known, which is what [`name_order`] says of these items; and without those that
    /// `hides` names: a policy forbids to show them (protocol.md §4.8, type 15). `restricted` are the kinds that such
    /// policies name, whether there is an item of them or not.
    pub fn without(
        items: &[ItemOverview],
        mut order: Vec<u32>,
        names: &VaultNames,
        restricted: &[ItemKind],
        hides: impl Fn(&ItemOverview) -> bool,
    ) -> Self {
        let hidden: HashSet<u32> =
            (0u32..).zip(items).filter(|(_, item)| hides(item)).map(|(at, _)| at).collect();
        let is_shown =
            |kind: ItemKind| (0u32..).zip(items).any(|(at, item)| item.kind == kind && !hidden.contains(&at));
        let hidden_kinds = restricted.iter().copied().filter(|kind| !is_shown(*kind)).collect();
        if !hidden.is_empty() {
            order.retain(|place| !hidden.contains(place));
        }
        let ByName { text, starts, places } = ByName::new(items, order);
        let mut organizations = names.organizations.clone();
        organizations.sort_by_cached_key(|(id, name)| (SortName::new(name), *id));
        let mut by_organization: BTreeMap<Uuid, Vec<&CollectionName>> = BTreeMap::new();
        for collection in &names.collections {
            by_organization.entry(collection.organization_id).or_default().push(collection);
        }
        let folded = |id: &Uuid, name: &Opened<String>| Some((*id, fold(name.value()?)));
        Self {
            text,
            starts,
            by_name: places,
            names: Names {
                organizations: organizations.iter().map(|(id, name)| (*id, fold(name))).collect(),
                folders: names.folders.iter().filter_map(|(id, name)| folded(id, name)).collect(),
                collections: names.collections.iter().filter_map(|one| folded(&one.id, &one.name)).collect(),
            },
            organizations,
            folders: Hierarchy::new(names.folders.iter().map(|(id, name)| (*id, name))),
            collections: by_organization
                .into_iter()
                .map(|(organization, collections)| {
                    let names = collections.iter().map(|collection| (collection.id, &collection.name));
                    (organization, Hierarchy::new(names))
                })
                .collect(),
            hidden_kinds,
            hidden_items: hidden.len(),
            duplicates: OnceLock::new(),
        }
    }

    /// The places of the items that `filter` lets through, in its order.
    ///
    /// `items` is the list from which the index was made.
    pub fn select(&self, items: &[ItemOverview], filter: &ItemFilter) -> Vec<u32> {
        let found = Match::new(self, items, &filter.text);
        let ids = self.ids_of(filter.place);
        let is_in_place = |item: &ItemOverview| match filter.place {
            Place::Anywhere => true,
            Place::NoFolder => item.folder_id.is_none(),
            Place::Folder(_) => item.folder_id.is_some_and(|folder| ids.contains(&folder)),
            Place::Collection(_) => item.collection_ids.iter().any(|collection| ids.contains(collection)),
        };
        let duplicates = filter.duplicates.then(|| self.duplicates(items));
        let any_shelf = found.names_shelf();
        let mut places = Vec::new();
        found.each(|place| {
            let item = &items[place as usize];
            let shown = filter.vault.holds(item)
                && (any_shelf || filter.shelf == Shelf::of(item))
                && (!filter.favorites || item.favorite)
                && (!filter.unreadable || is_unreadable(item))
                && filter.kind.is_none_or(|kind| kind == item.kind)
                && duplicates.is_none_or(|duplicates| duplicates.contains(place))
                && is_in_place(item);
            if shown {
                places.push(place);
            }
        });
        arrange(&mut places, items, &self.organizations, filter.order);
        places
    }

    /// The other items that are the same login as the one at `place`, by name.
    pub fn same_login(&self, items: &[ItemOverview], place: u32) -> Vec<u32> {
        let mut others: Vec<u32> = self.duplicates(items).others(place).collect();
        let name = |place: &u32| items[*place as usize].name.value().map(|name| SortName::new(name));
        others.sort_by_cached_key(|place| (name(place).is_none(), name(place), items[*place as usize].id));
        others
    }

    /// How many items a policy hides.
    pub fn hidden_items(&self) -> usize {
        self.hidden_items
    }

    /// The folders, as a tree.
    pub fn folders(&self) -> &Hierarchy {
        &self.folders
    }

    /// The collections of an organization, as a tree.
    pub fn collections(&self, organization: Uuid) -> Option<&Hierarchy> {
        self.collections.get(&organization)
    }

    /// The folded lines of the item at `rank` in the order of names.
    pub(crate) fn lines(&self, rank: usize) -> &str {
        &self.text[self.starts[rank]..self.starts[rank + 1]]
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn starts(&self) -> &[usize] {
        &self.starts
    }

    pub(crate) fn by_name(&self) -> &[u32] {
        &self.by_name
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    pub(crate) fn organizations(&self) -> &[(Uuid, String)] {
        &self.organizations
    }

    /// Kinds that a policy names and of which no item is shown: they have no line.
    pub(crate) fn hidden_kinds(&self) -> &BTreeSet<ItemKind> {
        &self.hidden_kinds
    }

    /// Found when first asked for: an unlock does not wait for it.
    pub(crate) fn duplicates(&self, items: &[ItemOverview]) -> &Duplicates {
        self.duplicates.get_or_init(|| {
            let logins = self.by_name.iter().enumerate().map(|(rank, place)| {
                let mut lines = self.lines(rank).split_terminator('\n').skip(1);
                (*place, lines.next().unwrap_or_default(), lines.collect())
            });
            Duplicates::find(items, logins)
        })
    }

    fn ids_of(&self, place: Place) -> HashSet<Uuid> {
        let rows = match place {
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
