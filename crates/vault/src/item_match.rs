//! Which items a search finds.

use crate::{
    ItemKind, ItemOverview,
    item_filter::{Shelf, is_unreadable},
    item_index::ItemIndex,
    item_search::{ItemSearch, State, What},
};
use memchr::memmem::Finder;
use std::collections::HashSet;
use uuid::Uuid;

/// A search against one index: names looked up once, the first text ready to scan with.
pub(crate) struct Match<'i> {
    index: &'i ItemIndex,
    items: &'i [ItemOverview],
    names_shelf: bool,
    /// The longest text that must occur: only items that hold it are looked at.
    first: Option<String>,
    tests: Vec<(bool, Test)>,
}

/// One term, resolved.
enum Test {
    Text(Finder<'static>),
    /// In one of the lines of the given range.
    Lines(Finder<'static>, Lines),
    Kinds(Vec<ItemKind>),
    Lies {
        folders: HashSet<Uuid>,
        collections: HashSet<Uuid>,
    },
    Owner {
        own: bool,
        organizations: HashSet<Uuid>,
    },
    Is(State),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Name,
    User,
    Sites,
}

impl<'i> Match<'i> {
    pub(crate) fn new(index: &'i ItemIndex, items: &'i [ItemOverview], text: &str) -> Self {
        let search = ItemSearch::parse(text);
        let names_shelf = search.names_shelf();
        let mut terms = search.terms;
        // The longest is the rarest, by and large.
        let longest = (0..terms.len())
            .filter(|at| !terms[*at].negated && matches!(terms[*at].what, What::Text(_)))
            .max_by_key(|at| if let What::Text(text) = &terms[*at].what { text.len() } else { 0 });
        let first = longest.and_then(|at| match terms.swap_remove(at).what {
            What::Text(text) => Some(text),
            _ => None,
        });
        let tests = terms.into_iter().map(|term| (term.negated, Test::new(term.what, index))).collect();
        Self { index, items, names_shelf, first, tests }
    }

    pub(crate) fn names_shelf(&self) -> bool {
        self.names_shelf
    }

    /// Tells the place of each item that is found, in the order of names.
    pub(crate) fn each(&self, mut found: impl FnMut(u32)) {
        let by_name = self.index.by_name();
        let Some(first) = &self.first else {
            for (rank, place) in by_name.iter().enumerate() {
                if self.holds(rank, *place) {
                    found(*place);
                }
            }
            return;
        };
        let (text, starts) = (self.index.text().as_bytes(), self.index.starts());
        let finder = Finder::new(first);
        let (mut from, mut rank) = (0, 0);
        while let Some(at) = finder.find(&text[from..]) {
            let hit = from + at;
            // Mostly the next few items; a rare word jumps far.
            rank += starts[rank + 1..].iter().take(8).take_while(|start| **start <= hit).count();
            if starts[rank + 1] <= hit {
                rank = starts.partition_point(|start| *start <= hit) - 1;
            }
            let place = by_name[rank];
            if self.holds(rank, place) {
                found(place);
            }
            from = starts[rank + 1];
            rank += 1;
            if rank == by_name.len() {
                return;
            }
        }
    }

    fn holds(&self, rank: usize, place: u32) -> bool {
        self.tests.iter().all(|(negated, test)| self.test(test, rank, place) != *negated)
    }

    fn test(&self, test: &Test, rank: usize, place: u32) -> bool {
        let item = &self.items[place as usize];
        match test {
            Test::Text(finder) => finder.find(self.index.lines(rank).as_bytes()).is_some(),
            Test::Lines(_, Lines::User) if item.kind != ItemKind::LOGIN => false,
            Test::Lines(finder, lines) => {
                let text = lines.of(self.index.lines(rank)).unwrap_or_default();
                finder.find(text.as_bytes()).is_some()
            }
            Test::Kinds(kinds) => kinds.contains(&item.kind),
            Test::Lies { folders, collections } => {
                item.folder_id.is_some_and(|folder| folders.contains(&folder))
                    || item.collection_ids.iter().any(|collection| collections.contains(collection))
            }
            Test::Owner { own, organizations } => match item.organization_id {
                None => *own,
                Some(organization) => organizations.contains(&organization),
            },
            Test::Is(state) => match state {
                State::Favorite => item.favorite,
                State::Trashed => Shelf::of(item) == Shelf::Trash,
                State::Archived => Shelf::of(item) == Shelf::Archive,
                State::Unreadable => is_unreadable(item),
                State::Duplicate => self.index.duplicates(self.items).contains(place),
                State::Reprompt => item.reprompt,
                State::Shared => item.organization_id.is_some(),
                State::Attachments => item.has_attachments,
                State::Code => item.has_totp,
            },
        }
    }
}

impl Test {
    fn new(what: What, index: &ItemIndex) -> Self {
        let finder = |text: &str| Finder::new(text).into_owned();
        let named = |names: &[(Uuid, String)], text: &str| -> HashSet<Uuid> {
            names.iter().filter(|(_, name)| name.contains(text)).map(|(id, _)| *id).collect()
        };
        let names = index.names();
        match what {
            What::Text(text) => Self::Text(finder(&text)),
            What::Name(text) => Self::Lines(finder(&text), Lines::Name),
            What::User(text) => Self::Lines(finder(&text), Lines::User),
            What::Site(text) => Self::Lines(finder(&text), Lines::Sites),
            What::Kinds(kinds) => Self::Kinds(kinds),
            What::In(text) => Self::Lies {
                folders: named(&names.folders, &text),
                collections: named(&names.collections, &text),
            },
            What::Folder(text) => {
                Self::Lies { folders: named(&names.folders, &text), collections: HashSet::new() }
            }
            What::Collection(text) => {
                Self::Lies { folders: HashSet::new(), collections: named(&names.collections, &text) }
            }
            What::Owner(text) => Self::Owner {
                own: ["me", "mine", "my vault", "moi", "mon coffre"]
                    .iter()
                    .any(|own| own.starts_with(&*text)),
                organizations: named(&names.organizations, &text),
            },
            What::Is(state) => Self::Is(state),
        }
    }
}

impl Lines {
    /// The part of an item's lines that is meant.
    fn of(self, lines: &str) -> Option<&str> {
        let (name, rest) = lines.split_once('\n')?;
        let (user, sites) = rest.split_once('\n')?;
        Some(match self {
            Self::Name => name,
            Self::User => user,
            Self::Sites => sites,
        })
    }
}
