//! What changed between two lists, skipping whatever has the same address.

use std::collections::{BTreeMap, HashSet};

use crate::address::{Kind, Ref};
use crate::list::{Entry, List};
use crate::page::EntryId;
use crate::store::{Cache, ReadError};

/// One entry that is not the same in both lists.
#[derive(Clone, PartialEq, Eq)]
pub struct ListChange {
    /// The entry.
    pub id: EntryId,
    /// `None`: added.
    pub before: Option<Entry>,
    /// `None`: removed.
    pub after: Option<Entry>,
}

/// The entries that were added, removed or changed from `before` to `after`, ordered by id. The cost follows the
/// change: nodes that both lists share are not read.
///
/// # Errors
/// [`ReadError::Damaged`] when a node that differs is missing or does not open.
pub fn diff_lists(
    cache: &Cache,
    before: Option<List>,
    after: Option<List>,
) -> Result<Vec<ListChange>, ReadError> {
    let mut old = Side::new(cache, before)?;
    let mut new = Side::new(cache, after)?;
    while old.level.max(new.level) > 0 {
        if old.level == new.level {
            drop_shared(&mut old.nodes, &mut new.nodes);
        }
        let top = old.level.max(new.level);
        old.descend_from(cache, top)?;
        new.descend_from(cache, top)?;
    }
    drop_shared(&mut old.nodes, &mut new.nodes);

    let mut changes = BTreeMap::<EntryId, ListChange>::new();
    for entry in old.entries(cache)? {
        changes.insert(entry.id, ListChange { id: entry.id, before: Some(entry), after: None });
    }
    for entry in new.entries(cache)? {
        let id = entry.id;
        let change = changes.entry(id).or_insert(ListChange { id, before: None, after: None });
        change.after = Some(entry);
    }
    Ok(changes.into_values().filter(|change| change.before != change.after).collect())
}

/// All nodes of one list at one level that may still differ.
struct Side {
    level: u8,
    nodes: Vec<Ref>,
}

impl Side {
    fn new(cache: &Cache, list: Option<List>) -> Result<Self, ReadError> {
        let nodes: Vec<Ref> = list.iter().map(|list| list.0).collect();
        let level = match nodes.first() {
            Some(root) if root.kind == Kind::INDEX => cache.index_node(*root)?.level,
            _ => 0,
        };
        Ok(Self { level, nodes })
    }

    fn descend_from(&mut self, cache: &Cache, level: u8) -> Result<(), ReadError> {
        if self.level != level {
            return Ok(());
        }
        let mut below = Vec::new();
        for node in &self.nodes {
            let node = cache.index_node(*node)?;
            if node.level != level {
                return Err(ReadError::Damaged("list level"));
            }
            below.extend(node.children.iter().map(|child| child.target));
        }
        self.nodes = below;
        self.level -= 1;
        Ok(())
    }

    fn entries(&self, cache: &Cache) -> Result<Vec<Entry>, ReadError> {
        let mut entries = Vec::new();
        for page in &self.nodes {
            entries.extend(cache.page(*page)?.entries().map(|entry| entry.to_entry()));
        }
        Ok(entries)
    }
}

fn drop_shared(old: &mut Vec<Ref>, new: &mut Vec<Ref>) {
    let before: HashSet<Ref> = old.iter().copied().collect();
    let shared: HashSet<Ref> = new.iter().copied().filter(|node| before.contains(node)).collect();
    old.retain(|node| !shared.contains(node));
    new.retain(|node| !shared.contains(node));
}
