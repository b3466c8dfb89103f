//! Tags that a person gives to clients ("mine", "healthcare", "on-boarding"): which client carries which, and how often
//! each occurs. They are the person's own; no server knows of them.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use portico_collation::{SortName, fold_into};

/// The tags of the clients. A tag is there as long as a client carries it. It is written in one way: `Mine` and `mine`
/// are the same tag, called as it was first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientTags {
    /// By folded name.
    tags: BTreeMap<SortName, Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Tag {
    name: String,
    clients: BTreeSet<Uuid>,
}

/// A tag, and how many of the clients in question carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagCount<'t> {
    /// As the person wrote it.
    pub name: &'t str,
    /// Clients.
    pub count: usize,
    /// Clients that carry it, in question or not.
    pub everywhere: usize,
}

impl ClientTags {
    /// Whether no client carries any.
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    /// How many different tags there are.
    pub fn len(&self) -> usize {
        self.tags.len()
    }

    /// How many clients carry one at least.
    pub fn clients(&self) -> usize {
        self.tags.values().flat_map(|tag| &tag.clients).collect::<BTreeSet<_>>().len()
    }

    /// All tags by name, each with the clients that carry it.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &BTreeSet<Uuid>)> {
        self.tags.values().map(|tag| (tag.name.as_str(), &tag.clients))
    }

    /// The tags of one client, by name.
    pub fn of(&self, organization: Uuid) -> impl Iterator<Item = &str> {
        self.iter().filter(move |(_, clients)| clients.contains(&organization)).map(|(name, _)| name)
    }

    /// Whether a client carries each of `names`, whatever case and accents they are written with.
    pub fn has_all(&self, organization: Uuid, names: &[String]) -> bool {
        let carried = |name: &String| {
            self.tags.get(&SortName::new(name)).is_some_and(|tag| tag.clients.contains(&organization))
        };
        names.iter().all(carried)
    }

    /// All tags by name, each with how many of `organizations` carry it; none of them is a count too.
    pub fn counts(&self, organizations: impl IntoIterator<Item = Uuid>) -> Vec<TagCount<'_>> {
        let asked: BTreeSet<Uuid> = organizations.into_iter().collect();
        self.iter()
            .map(|(name, clients)| TagCount {
                name,
                count: clients.intersection(&asked).count(),
                everywhere: clients.len(),
            })
            .collect()
    }

    /// The folded text in which a client with tags is searched for: its folded name and its tags. Words have no line
    /// break in them, so that none is found across two.
    pub(crate) fn beside(&self, folded_name: &str, organization: Uuid) -> Option<String> {
        let mut tags = self.of(organization).peekable();
        tags.peek()?;
        let mut text = folded_name.to_owned();
        for tag in tags {
            text.push('\n');
            fold_into(tag, &mut text);
        }
        Some(text)
    }

    /// Gives a client a tag; nothing changes where it carries it.
    pub fn add(&mut self, organization: Uuid, name: &str) {
        let new = || Tag { name: name.to_owned(), clients: BTreeSet::new() };
        self.tags.entry(SortName::new(name)).or_insert_with(new).clients.insert(organization);
    }

    /// The clients that carry a tag, however it is written.
    pub fn carrying(&self, name: &str) -> usize {
        self.tags.get(&SortName::new(name)).map_or(0, |tag| tag.clients.len())
    }

    /// Calls a tag something else on every client. Where another tag is called that already, both become that one, written
    /// as it was. Returns how many clients carried the tag.
    pub fn rename(&mut self, name: &str, to: &str) -> usize {
        let Some(tag) = self.tags.remove(&SortName::new(name)) else { return 0 };
        let carried = tag.clients.len();
        let new = || Tag { name: to.to_owned(), clients: BTreeSet::new() };
        self.tags.entry(SortName::new(to)).or_insert_with(new).clients.extend(tag.clients);
        carried
    }

    /// Takes a tag from every client. Returns how many carried it.
    pub fn remove_everywhere(&mut self, name: &str) -> usize {
        self.tags.remove(&SortName::new(name)).map_or(0, |tag| tag.clients.len())
    }

    /// Takes a tag from a client; nothing changes where it does not carry it.
    pub fn remove(&mut self, organization: Uuid, name: &str) {
        let folded = SortName::new(name);
        if let Some(tag) = self.tags.get_mut(&folded) {
            tag.clients.remove(&organization);
            if tag.clients.is_empty() {
                self.tags.remove(&folded);
            }
        }
    }
}
