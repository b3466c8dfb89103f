//! Folders and collections nest by `/` in their opened names (protocol.md §3.4); the wire knows no parents.

use crate::Opened;
use portico_collation::SortName;
use std::collections::HashMap;
use uuid::Uuid;

/// Deeper nesting is shown flat: a name may consist of nothing but slashes.
const MAX_DEPTH: usize = 32;

/// Folders, or collections of one organization, in the order of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hierarchy {
    rows: Vec<HierarchyRow>,
}

/// One line of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HierarchyRow {
    /// The folder or collection.
    pub id: Uuid,
    /// The part of its name below its parent; `Retired/2019` where no folder `Retired` exists.
    pub label: Opened<String>,
    /// 0 at the top.
    pub depth: usize,
}

impl Hierarchy {
    /// Arranges names: children below the folder whose whole name is theirs up to a slash, sorted without regard to
    /// case and accents and with numbers by their value, unreadable names last.
    pub fn new<'n>(names: impl IntoIterator<Item = (Uuid, &'n Opened<String>)>) -> Self {
        let (mut readable, mut unreadable) = (Vec::new(), Vec::new());
        for (id, name) in names {
            match name {
                Opened::Value(path) => readable.push((id, path.as_str(), SortName::new(path))),
                Opened::Unreadable(reason) => unreadable.push((id, *reason)),
            }
        }
        readable.sort_by(|left, right| (&left.2, left.1, left.0).cmp(&(&right.2, right.1, right.0)));
        let place_of: HashMap<&str, usize> =
            readable.iter().enumerate().rev().map(|(place, (_, path, _))| (*path, place)).collect();
        let mut roots = Vec::new();
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); readable.len()];
        let mut label_start = vec![0; readable.len()];
        for (place, (_, path, _)) in readable.iter().enumerate() {
            let parent = path
                .rmatch_indices('/')
                .take(MAX_DEPTH)
                .find_map(|(slash, _)| Some((*place_of.get(&path[..slash])?, slash + 1)));
            match parent {
                Some((parent, start)) => {
                    children[parent].push(place);
                    label_start[place] = start;
                }
                None => roots.push(place),
            }
        }
        let mut rows = Vec::with_capacity(readable.len() + unreadable.len());
        let mut waiting: Vec<(usize, usize)> = roots.into_iter().rev().map(|root| (root, 0)).collect();
        while let Some((place, depth)) = waiting.pop() {
            let (id, path, _) = &readable[place];
            let label = path[label_start[place]..].trim();
            let label = if label.is_empty() { path } else { label };
            rows.push(HierarchyRow { id: *id, label: Opened::Value(label.to_owned()), depth });
            let depth = (depth + 1).min(MAX_DEPTH);
            waiting.extend(children[place].iter().rev().map(|child| (*child, depth)));
        }
        unreadable.sort();
        rows.extend(unreadable.into_iter().map(|(id, reason)| HierarchyRow {
            id,
            label: Opened::Unreadable(reason),
            depth: 0,
        }));
        Self { rows }
    }

    /// The lines from top to bottom.
    pub fn rows(&self) -> &[HierarchyRow] {
        &self.rows
    }

    /// `id` and everything below it; nothing if it is not here.
    pub fn subtree(&self, id: Uuid) -> &[HierarchyRow] {
        let Some(start) = self.rows.iter().position(|row| row.id == id) else { return &[] };
        let depth = self.rows[start].depth;
        let below = self.rows[start + 1..].iter().take_while(|row| row.depth > depth).count();
        &self.rows[start..=start + below]
    }
}
