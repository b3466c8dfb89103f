//! The order of a list of items.

use crate::{ItemKind, ItemOverview, KNOWN_KINDS};
use std::{cmp::Reverse, collections::HashMap};
use time::OffsetDateTime;
use uuid::Uuid;

/// By what, and which way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ItemOrder {
    /// By what.
    pub by: OrderBy,
    /// From Z to A, newest first.
    pub descending: bool,
}

/// By what a list is ordered; items that are equal in it stand by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrderBy {
    /// Name; what does not open stands last either way.
    #[default]
    Name,
    /// The person's own first, then organizations by name.
    Owner,
    /// As the filter panel lists the kinds.
    Kind,
    /// When it was last changed; without a date last either way.
    Edited,
    /// When it was made; without a date last either way.
    Created,
}

/// Puts `places`, which stand by name, into `order`.
pub(crate) fn arrange(
    places: &mut [u32],
    items: &[ItemOverview],
    organizations: &[(Uuid, String)],
    order: ItemOrder,
) {
    let item = |place: &u32| &items[*place as usize];
    match order.by {
        OrderBy::Name => {
            if order.descending {
                let readable = places.partition_point(|place| item(place).name.unreadable().is_none());
                places[..readable].reverse();
            }
        }
        OrderBy::Owner => {
            let by_name: HashMap<Uuid, usize> =
                organizations.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
            let owner = |id: Uuid| by_name.get(&id).map_or((usize::MAX, Some(id)), |at| (*at + 1, None));
            sort(places, order.descending, |place| item(place).organization_id.map_or((0, None), owner));
        }
        OrderBy::Kind => sort(places, order.descending, |place| rank(item(place).kind)),
        OrderBy::Edited => sort_by_date(places, order.descending, |place| item(place).revision_date),
        OrderBy::Created => sort_by_date(places, order.descending, |place| item(place).creation_date),
    }
}

/// Kinds newer than this version come after those it knows, by their numbers.
fn rank(kind: ItemKind) -> (usize, i32) {
    match KNOWN_KINDS.iter().position(|known| *known == kind) {
        Some(at) => (at, 0),
        None => (KNOWN_KINDS.len(), kind.0),
    }
}

fn sort<K: Ord>(places: &mut [u32], descending: bool, key: impl Fn(&u32) -> K) {
    if descending {
        places.sort_by_cached_key(|place| Reverse(key(place)));
    } else {
        places.sort_by_cached_key(key);
    }
}

fn sort_by_date(places: &mut [u32], descending: bool, date: impl Fn(&u32) -> Option<OffsetDateTime>) {
    sort(places, false, |place| {
        let date = date(place).map(OffsetDateTime::unix_timestamp_nanos);
        // Downwards by the negative: every date of the wire has one.
        (date.is_none(), date.map(|moment| if descending { -moment } else { moment }))
    });
}
