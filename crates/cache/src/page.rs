//! Pages of a list: where they are cut, and how their bytes look.

use std::ops::Range;

use rayon::prelude::*;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::address::{Kind, Ref};
use crate::keys::KeyRing;
use crate::list::Entry;
use crate::object::{Object, OpenedObject};

/// What an entry is called; entries of a list are ordered by it and unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub [u8; 16]);

impl EntryId {
    pub fn to_uuid(self) -> Uuid {
        Uuid::from_bytes(self.0)
    }
}

impl From<Uuid> for EntryId {
    fn from(id: Uuid) -> Self {
        Self(id.into_bytes())
    }
}

impl From<u128> for EntryId {
    /// For entries that have a number and no uuid; keeps their order.
    fn from(number: u128) -> Self {
        Self(number.to_be_bytes())
    }
}

/// How large the pages of a list are.
///
/// A page ends after an entry whose keyed hash is the smallest among the `window` entries before and after it. Whether
/// an entry ends a page therefore depends on its neighbours alone, not on where the page began: adding or removing an
/// entry changes the pages that it touches and no others. (With the usual "hash divisible by n, but at least 4
/// entries" one insertion may move the boundaries of many following pages.) A page has at least `window + 1` entries
/// (but the last) and `2 × window + 1` on average; `max` is cut by force and met hardly ever.
#[derive(Debug, Clone, Copy)]
pub struct PageShape {
    window: usize,
    max: usize,
}

impl PageShape {
    /// At least 4, on average 7, at most 64 entries: for lists that are kept in history, where the bytes rewritten by
    /// one change count.
    pub const SMALL: Self = Self { window: 3, max: 64 };
    /// At least 32, on average 63, at most 256 entries: for lists that are read whole and keep no history.
    pub const LARGE: Self = Self { window: 31, max: 256 };
}

/// Fewer hashes, of half a microsecond each, are not worth handing to another core.
const HASHED_AT_ONCE: usize = 512;

/// Ranges of `ids` (sorted) that make one page each. No ids make one empty page.
pub(crate) fn cut(keys: &KeyRing, shape: PageShape, ids: &[EntryId]) -> Vec<Range<usize>> {
    let hashes: Vec<u64> =
        ids.par_iter().with_min_len(HASHED_AT_ONCE).map(|id| keys.page_hash(&id.0)).collect();
    let is_smallest_around = |at: usize| {
        at >= shape.window
            && at + shape.window < hashes.len()
            && (at - shape.window..=at + shape.window)
                .all(|other| other == at || (hashes[at], ids[at]) < (hashes[other], ids[other]))
    };
    let mut pages = Vec::new();
    let mut start = 0;
    for at in 0..ids.len() {
        if is_smallest_around(at) || at + 1 - start == shape.max {
            pages.push(start..at + 1);
            start = at + 1;
        }
    }
    if start < ids.len() || pages.is_empty() {
        pages.push(start..ids.len());
    }
    pages
}

/// Payload: count u32, then per entry: id 16, number of references u16, length u32, value. References stand, in entry
/// order, in the object.
pub(crate) fn page_object(kind: Kind, entries: &[EntryView<'_>]) -> Object {
    let len = 4 + entries.iter().map(|entry| 22 + entry.value.len()).sum::<usize>();
    let mut payload = Zeroizing::new(Vec::with_capacity(len));
    payload.extend_from_slice(&(entries.len() as u32).to_le_bytes());
    for entry in entries {
        payload.extend_from_slice(&entry.id.0);
        payload.extend_from_slice(&(entry.refs.len() as u16).to_le_bytes());
        payload.extend_from_slice(&(entry.value.len() as u32).to_le_bytes());
        payload.extend_from_slice(entry.value);
    }
    let refs = entries.iter().flat_map(|entry| entry.refs.iter().copied()).collect();
    Object { kind, refs, payload }
}

/// One opened page of a list.
pub struct Page {
    object: OpenedObject,
    entries: Vec<(EntryId, Range<usize>, Range<usize>)>,
}

/// An entry where it lies: in its page, or before it has one.
#[derive(Clone, Copy)]
pub struct EntryView<'page> {
    /// Its name in the list.
    pub id: EntryId,
    /// Objects that belong to it.
    pub refs: &'page [Ref],
    /// Opaque to the store.
    pub value: &'page [u8],
}

impl<'page> EntryView<'page> {
    /// An entry without references, to be written with [`crate::Writer::put_list_of`].
    pub fn new(id: impl Into<EntryId>, value: &'page [u8]) -> Self {
        Self { id: id.into(), refs: &[], value }
    }

    /// A copy that outlives the page.
    pub fn to_entry(self) -> Entry {
        Entry { id: self.id, refs: self.refs.to_vec(), value: Zeroizing::new(self.value.to_vec()) }
    }
}

impl Page {
    /// `None` when the bytes are no page.
    pub(crate) fn parse(object: OpenedObject) -> Option<Self> {
        let payload = object.payload();
        let (count, _) = payload.split_first_chunk::<4>()?;
        let count = u32::from_le_bytes(*count) as usize;
        let mut entries = Vec::with_capacity(count.min(payload.len() / 22));
        let (mut at, mut ref_at) = (4, 0);
        for _ in 0..count {
            let head: &[u8; 22] = payload.get(at..at + 22)?.try_into().ok()?;
            let refs = u16::from_le_bytes([head[16], head[17]]) as usize;
            let len = u32::from_le_bytes([head[18], head[19], head[20], head[21]]) as usize;
            let value = at + 22..(at + 22).checked_add(len)?;
            payload.get(value.clone())?;
            at = value.end;
            let mut id = [0; 16];
            id.copy_from_slice(&head[..16]);
            entries.push((EntryId(id), value, ref_at..ref_at + refs));
            ref_at += refs;
        }
        (at == payload.len() && ref_at == object.refs().len()).then_some(Self { object, entries })
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it is the one page of an empty list.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries, ordered by id.
    pub fn entries(&self) -> impl Iterator<Item = EntryView<'_>> {
        self.entries.iter().map(|entry| self.view(entry))
    }

    /// The entry of this name.
    pub fn get(&self, id: EntryId) -> Option<EntryView<'_>> {
        let at = self.entries.binary_search_by_key(&id, |entry| entry.0).ok()?;
        Some(self.view(&self.entries[at]))
    }

    fn view<'page>(
        &'page self,
        (id, value, refs): &(EntryId, Range<usize>, Range<usize>),
    ) -> EntryView<'page> {
        EntryView {
            id: *id,
            refs: &self.object.refs()[refs.clone()],
            value: &self.object.payload()[value.clone()],
        }
    }
}
