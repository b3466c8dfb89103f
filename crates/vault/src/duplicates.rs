//! The same login kept in more than one vault.
//!
//! The rule, as the page explains it: two logins are the same when they have the same user name and a website in common,
//! without regard to case, accents and a leading `www.`. They count when they belong to different owners, and only while
//! none of them lies in the trash. Passwords are not compared: a list does not hold them.

use crate::{ItemKind, ItemOverview, item_filter::Shelf};
use std::collections::HashMap;
use uuid::Uuid;

/// Which items are kept more than once, by place.
#[derive(Default)]
pub(crate) struct Duplicates {
    /// The group of each item that has one.
    group_of: HashMap<u32, usize>,
    groups: Vec<Vec<u32>>,
}

impl Duplicates {
    /// Finds them among `logins`: the place, user name and hosts of each item, folded.
    pub(crate) fn find<'t>(
        items: &[ItemOverview],
        logins: impl Iterator<Item = (u32, &'t str, Vec<&'t str>)>,
    ) -> Self {
        let mut by_login: HashMap<(&str, &str), Vec<u32>> = HashMap::new();
        for (place, user, hosts) in logins {
            let item = &items[place as usize];
            if item.kind != ItemKind::LOGIN || user.is_empty() || Shelf::of(item) == Shelf::Trash {
                continue;
            }
            for host in hosts {
                let host = host.strip_prefix("www.").unwrap_or(host);
                let same = by_login.entry((host, user)).or_default();
                // `example.com` and `www.example.com` of one item are one host.
                if same.last() != Some(&place) {
                    same.push(place);
                }
            }
        }
        let mut groups = Groups::default();
        for same in by_login.into_values() {
            let owners = |place: &u32| items[*place as usize].organization_id;
            let first: Option<Uuid> = owners(&same[0]);
            if same.iter().any(|place| owners(place) != first) {
                same.iter().for_each(|place| groups.join(same[0], *place));
            }
        }
        groups.finish()
    }

    pub(crate) fn contains(&self, place: u32) -> bool {
        self.group_of.contains_key(&place)
    }

    /// The other items that are the same login as `place`.
    pub(crate) fn others(&self, place: u32) -> impl Iterator<Item = u32> {
        let group = self.group_of.get(&place).map_or(&[][..], |group| &self.groups[*group]);
        group.iter().copied().filter(move |other| *other != place)
    }
}

/// Sets that grow together: an item with two websites may join two of them.
#[derive(Default)]
struct Groups {
    above: HashMap<u32, u32>,
}

impl Groups {
    fn top(&mut self, place: u32) -> u32 {
        let mut top = place;
        while let Some(above) = self.above.get(&top).filter(|above| **above != top) {
            top = *above;
        }
        let mut at = place;
        while at != top {
            at = self.above.insert(at, top).unwrap_or(top);
        }
        top
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.top(one), self.top(other));
        // The smaller place on top, so that the same items always make the same groups.
        self.above.insert(one.max(other), one.min(other));
        self.above.entry(one.min(other)).or_insert(one.min(other));
    }

    fn finish(mut self) -> Duplicates {
        let mut places: Vec<u32> = self.above.keys().copied().collect();
        places.sort_unstable();
        let mut found = Duplicates::default();
        let mut group_of_top: HashMap<u32, usize> = HashMap::new();
        for place in places {
            let group = *group_of_top.entry(self.top(place)).or_insert_with(|| {
                found.groups.push(Vec::new());
                found.groups.len() - 1
            });
            found.groups[group].push(place);
            found.group_of.insert(place, group);
        }
        found
    }
}
