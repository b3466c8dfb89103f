//! Doors for fuzzing to what lies behind a seal, which no outsider can make and a mistake of ours could.

use zeroize::Zeroizing;

use crate::address::Kind;
use crate::list::parse_index;
use crate::object::{OpenedObject, split, unpack};
use crate::page::Page;

/// What a node, a leaf and an uncompressed leaf make of bytes behind the seal. Returns how many of them take it.
pub fn object(padded: &[u8]) -> usize {
    let kinds = [Kind::node(1), Kind::leaf(1), Kind::leaf(1).uncompressed()];
    let opens = |kind: Kind| {
        let canonical = unpack(kind, Zeroizing::new(padded.to_vec())).ok()?;
        split(kind, canonical).ok()
    };
    kinds.into_iter().filter_map(opens).count()
}

/// What the pages and index nodes of a list make of canonical bytes. Every entry of a page is looked at and found again
/// by its id, if the ids are in order as our own pages have them.
pub fn page(canonical: &[u8]) -> usize {
    let opened = |kind| split(kind, Zeroizing::new(canonical.to_vec())).ok();
    let pages = [Kind::node(1), Kind::leaf(1)].into_iter().filter_map(opened).filter_map(Page::parse);
    let entries: usize = pages.map(|page| look_at(&page)).sum();
    entries
        + opened(Kind::INDEX).map_or(0, |object: OpenedObject| usize::from(parse_index(&object).is_some()))
}

fn look_at(page: &Page) -> usize {
    let ids: Vec<_> = page.entries().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), page.len());
    if ids.is_sorted_by(|before, after| before < after) {
        for entry in page.entries() {
            let found = page
                .get(entry.id)
                .is_some_and(|found| found.value == entry.value && found.refs == entry.refs);
            assert!(found, "an entry is not found by its id");
        }
    }
    ids.len()
}

/// What the clear header makes of the bytes of one copy: only what carries its checksum is one.
pub fn header(bytes: &[u8]) -> bool {
    crate::header::decode(bytes).is_ok()
}
