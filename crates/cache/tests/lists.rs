//! Lists: what is written is read, however it was ordered; a change rewrites its neighbourhood and nothing else.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, HashSet};

use portico_cache::*;
use proptest::prelude::*;
use support::*;

fn pages(cache: &Cache, list: List) -> HashSet<Ref> {
    cache.list_pages(list).unwrap().into_iter().collect()
}

fn entries(content: &BTreeMap<u128, String>) -> Vec<Entry> {
    content.iter().map(|(id, value)| entry(*id, value)).collect()
}

fn content(len: std::ops::Range<usize>) -> impl Strategy<Value = BTreeMap<u128, String>> {
    prop::collection::btree_map(any::<u128>(), "[a-z]{0,12}", len)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_is_read(content in content(0..400)) {
        let bench = bench();
        let (_, list) = commit_list(&bench.cache, entries(&content), 0);
        let read = read_list(&bench.reopen(), list).unwrap();
        prop_assert_eq!(read, content.iter().map(|(id, value)| (*id, value.clone())).collect::<Vec<_>>());
        prop_assert_eq!(bench.cache.list_len(list).unwrap(), content.len() as u64);
        for (id, value) in content.iter().take(5) {
            let found = bench.cache.list_entry(list, EntryId::from(*id)).unwrap().unwrap();
            prop_assert_eq!(found.value.as_slice(), value.as_bytes());
        }
    }

    #[test]
    fn the_order_of_writing_does_not_matter(content in content(0..200), seed in any::<u64>()) {
        let bench = bench();
        let mut shuffled = entries(&content);
        let len = shuffled.len().max(1);
        for at in 0..shuffled.len() {
            shuffled.swap(at, (seed as usize).wrapping_mul(at + 7) % len);
        }
        let mut writer = bench.writer();
        let one = writer.put_list(LEAF_PAGE, PageShape::SMALL, entries(&content)).unwrap();
        let other = writer.put_list(LEAF_PAGE, PageShape::SMALL, shuffled).unwrap();
        prop_assert!(one == other);
    }

    #[test]
    fn one_more_entry_rewrites_its_neighbourhood(content in content(1..600), id in any::<u128>()) {
        let bench = bench();
        let (_, before) = commit_list(&bench.cache, entries(&content), 0);
        let mut grown = content;
        grown.insert(id, "the new one".into());
        let (_, after) = commit_list(&bench.cache, entries(&grown), 0);
        let fresh = pages(&bench.cache, after).difference(&pages(&bench.cache, before)).count();
        // Three when the new entry pushes a neighbour out of two windows at once, which is rare: see the next test.
        prop_assert!((1..=3).contains(&fresh), "{} pages were rewritten", fresh);
    }

    #[test]
    fn a_difference_names_exactly_what_changed(
        old in content(0..300),
        removed in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        changed in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        added in content(0..6),
    ) {
        let bench = bench();
        let mut new = old.clone();
        let ids: Vec<u128> = old.keys().copied().collect();
        if !ids.is_empty() {
            removed.iter().for_each(|index| { new.remove(index.get(&ids)); });
            changed.iter().for_each(|index| {
                new.entry(*index.get(&ids)).and_modify(|value| value.push('!'));
            });
        }
        new.extend(added);
        let (_, before) = commit_list(&bench.cache, entries(&old), 0);
        let (_, after) = commit_list(&bench.cache, entries(&new), 0);
        let found: Vec<_> = diff_lists(&bench.cache, Some(before), Some(after)).unwrap().into_iter()
            .map(|change| (
                u128::from_be_bytes(change.id.0),
                change.before.map(|entry| String::from_utf8(entry.value.to_vec()).unwrap()),
                change.after.map(|entry| String::from_utf8(entry.value.to_vec()).unwrap()),
            )).collect();
        let ids: std::collections::BTreeSet<u128> = old.keys().chain(new.keys()).copied().collect();
        let expected: Vec<_> = ids.into_iter()
            .map(|id| (id, old.get(&id).cloned(), new.get(&id).cloned()))
            .filter(|(_, before, after)| before != after).collect();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn one_more_entry_rewrites_two_pages_at_most_nearly_always() {
    let bench = bench();
    let content: BTreeMap<u128, String> = (0..1000u128).map(|n| (n << 100, format!("member {n}"))).collect();
    let (_, before) = commit_list(&bench.cache, entries(&content), 0);
    let before = pages(&bench.cache, before);
    let counts: Vec<usize> = (0..200u128)
        .map(|n| {
            let mut grown = entries(&content);
            grown.push(entry(((n * 5) << 100) + 77 + n, "new"));
            let (_, after) = commit_list(&bench.cache, grown, 0);
            pages(&bench.cache, after).difference(&before).count()
        })
        .collect();
    let more_than_two = counts.iter().filter(|count| **count > 2).count();
    assert!(more_than_two <= 10, "{more_than_two} of 200 insertions rewrote more than two pages");
    let mean = counts.iter().sum::<usize>() as f64 / counts.len() as f64;
    assert!(mean < 1.7, "{mean} pages on average");
}

#[test]
fn pages_keep_their_bounds() {
    let bench = bench();
    for (shape, least, most) in [(PageShape::SMALL, 4, 64), (PageShape::LARGE, 32, 256)] {
        let entries = (0..5000u128)
            .map(|n| entry(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835), "x"))
            .collect();
        let mut writer = bench.writer();
        let list = writer.put_list(LEAF_PAGE, shape, entries).unwrap();
        let root = writer.put(Object::node(ROOT, vec![list.0], vec![])).unwrap();
        let head = NewHead { structure: Some(root), vault: None, freshness: vec![], now: at(0) };
        writer.commit(head).unwrap();
        let sizes: Vec<usize> = bench
            .cache
            .list_pages(list)
            .unwrap()
            .into_iter()
            .map(|page| bench.cache.page(page).unwrap().len())
            .collect();
        let (_last, whole) = sizes.split_last().unwrap();
        assert!(whole.iter().all(|size| (least..=most).contains(size)), "{sizes:?}");
    }
}

#[test]
fn a_difference_of_equal_lists_reads_nothing_below_the_root() {
    let bench = bench();
    let (_, list) = commit_list(&bench.cache, (0..2000).map(|n| entry(n, "same")).collect(), 0);
    let connection = rusqlite::Connection::open(bench.path()).unwrap();
    let root = list.0.address.as_bytes().to_vec();
    connection.execute("DELETE FROM object WHERE address <> ?1", [root]).unwrap();
    assert!(diff_lists(&bench.cache, Some(list), Some(list)).unwrap().is_empty());
    assert!(read_list(&bench.cache, list).is_err());
}

#[test]
fn two_entries_of_one_id_are_refused() {
    let bench = bench();
    let outcome = bench.writer().put_list(LEAF_PAGE, PageShape::SMALL, vec![entry(1, "a"), entry(1, "b")]);
    assert!(matches!(outcome, Err(WriteError::DuplicateEntry(_))));
}

#[test]
fn entries_carry_references() {
    let bench = bench();
    let mut writer = bench.writer();
    let entries: Vec<Entry> = (0..100u128)
        .map(|n| {
            let detail = writer.put(Object::leaf(DETAIL, format!("detail {n}").into_bytes())).unwrap();
            Entry::with_refs(n, vec![detail], vec![])
        })
        .collect();
    let list = writer.put_list(PAGE, PageShape::LARGE, entries).unwrap();
    let head = NewHead { structure: None, vault: Some(list.0), freshness: vec![], now: at(0) };
    writer.commit(head).unwrap();
    let found = bench.cache.list_entry(list, EntryId::from(42)).unwrap().unwrap();
    assert_eq!(bench.cache.object(found.refs[0]).unwrap().payload(), b"detail 42");
}
