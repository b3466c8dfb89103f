//! Heads move in one transaction, share a span of time, are thinned out, pinned and swept.
#![allow(clippy::unwrap_used)]

mod support;

use portico_cache::*;
use support::*;

const MINUTE: i64 = UnixSeconds::MINUTE;
const DAY: i64 = UnixSeconds::DAY;

fn structure(cache: &Cache, text: &str, now: i64) -> HeadNumber {
    commit_list(cache, vec![entry(1, text)], now).0
}

fn text_of(cache: &Cache, head: &Head) -> String {
    let root = cache.object(head.structure.unwrap()).unwrap();
    read_list(cache, List(root.refs()[0])).unwrap()[0].1.clone()
}

/// Bytes that do not compress.
fn noise(len: u32, seed: u32) -> Vec<u8> {
    let mut state = 0x9e37_79b9 ^ seed;
    (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as u8
        })
        .collect()
}

#[test]
fn nothing_before_the_first_head_and_nothing_without_commit() {
    let bench = bench();
    let mut writer = bench.writer();
    writer.put_list(LEAF_PAGE, PageShape::SMALL, vec![entry(1, "never committed")]).unwrap();
    drop(writer);
    assert!(bench.cache.newest_head().unwrap().is_none());
    assert!(bench.reopen().newest_head().unwrap().is_none());
}

#[test]
fn the_same_roots_make_no_new_head_but_a_new_note() {
    let bench = bench();
    let first = structure(&bench.cache, "one", 0);
    let root = bench.cache.newest_head().unwrap().unwrap().structure;
    let again = NewHead { structure: root, vault: None, freshness: b"read later".to_vec(), now: at(DAY) };
    assert_eq!(bench.writer().commit(again).unwrap(), first);
    let head = bench.cache.newest_head().unwrap().unwrap();
    assert_eq!(head.freshness, b"read later");
    assert_eq!(head.taken_at, at(0));
}

#[test]
fn heads_within_ten_minutes_are_one() {
    let bench = bench();
    structure(&bench.cache, "one", 0);
    structure(&bench.cache, "two", 9 * MINUTE);
    assert_eq!(bench.cache.heads().unwrap().len(), 1);
    assert_eq!(text_of(&bench.cache, &bench.cache.newest_head().unwrap().unwrap()), "two");
    // The span begins with the first of them and does not slide along.
    structure(&bench.cache, "three", 11 * MINUTE);
    let heads = bench.cache.heads().unwrap();
    assert_eq!(heads.iter().map(|head| text_of(&bench.cache, head)).collect::<Vec<_>>(), ["two", "three"]);
    assert_eq!(heads[1].previous, Some((heads[0].number, heads[0].address)));
}

#[test]
fn items_keep_no_history() {
    let bench = bench();
    let mut writer = bench.writer();
    let root = writer.put(Object::node(ROOT, vec![], b"structure".to_vec())).unwrap();
    let vaults: Vec<Ref> = (0..2u8).map(|n| writer.put(Object::leaf(DETAIL, vec![n; 10])).unwrap()).collect();
    let head = |vault, now| NewHead { structure: Some(root), vault, freshness: vec![], now: at(now) };
    writer.commit(head(Some(vaults[0]), 0)).unwrap();
    writer.commit(head(Some(vaults[1]), DAY)).unwrap();
    let heads = bench.cache.heads().unwrap();
    assert_eq!(heads.len(), 1, "an equal structure is no history");
    assert_eq!((heads[0].vault, heads[0].taken_at), (Some(vaults[1]), at(0)));
    let other = writer.put(Object::node(ROOT, vec![], b"changed".to_vec())).unwrap();
    writer
        .commit(NewHead {
            structure: Some(other),
            vault: Some(vaults[1]),
            freshness: vec![],
            now: at(2 * DAY),
        })
        .unwrap();
    let heads = bench.cache.heads().unwrap();
    assert_eq!(heads.iter().map(|head| head.vault.is_some()).collect::<Vec<_>>(), [false, true]);
    writer.sweep(Retention::default(), at(2 * DAY)).unwrap();
    assert!(bench.cache.object(vaults[0]).is_err());
    assert!(bench.cache.object(vaults[1]).is_ok());
}

#[test]
fn a_head_must_reach_only_what_is_there() {
    let bench = bench();
    structure(&bench.cache, "kept", 0);
    let elsewhere = support::bench();
    let stranger = elsewhere.writer().put(Object::leaf(DETAIL, b"elsewhere".to_vec())).unwrap();
    let mut writer = bench.writer();
    let outcome = writer.put(Object::node(ROOT, vec![stranger], vec![]));
    assert!(matches!(outcome, Err(WriteError::MissingObject(missing)) if missing == stranger));
    let head = NewHead { structure: Some(stranger), vault: None, freshness: vec![], now: at(DAY) };
    assert!(matches!(writer.commit(head), Err(WriteError::MissingObject(_))));
    assert_eq!(text_of(&bench.cache, &bench.cache.newest_head().unwrap().unwrap()), "kept");
}

#[test]
fn an_object_that_vanished_before_the_head_moved_stops_it() {
    let bench = bench();
    structure(&bench.cache, "kept", 0);
    let mut writer = bench.writer();
    let child = writer.put(Object::leaf(DETAIL, noise(6_000_000, 7))).unwrap();
    let root = writer.put(Object::node(ROOT, vec![child], vec![])).unwrap();
    // The large child was flushed already; take it away behind the writer's back.
    let connection = rusqlite::Connection::open(bench.path()).unwrap();
    connection.execute("DELETE FROM object WHERE address = ?1", [child.address.as_bytes().to_vec()]).unwrap();
    let head = NewHead { structure: Some(root), vault: None, freshness: vec![], now: at(DAY) };
    assert!(writer.commit(head).is_err());
    assert_eq!(text_of(&bench.reopen(), &bench.cache.newest_head().unwrap().unwrap()), "kept");
}

#[test]
fn thinning_keeps_the_last_day_one_a_day_one_a_month() {
    let bench = bench();
    let now = 200 * DAY;
    // Every twelve hours for 200 days.
    for step in 0..400 {
        structure(&bench.cache, &format!("{step}"), step * DAY / 2);
    }
    let report = bench.writer().sweep(Retention::default(), at(now)).unwrap();
    let heads = bench.cache.heads().unwrap();
    let age = |head: &Head| now - head.taken_at.0;
    let within =
        |from: i64, to: i64| heads.iter().filter(|head| (from * DAY..to * DAY).contains(&age(head))).count();
    assert_eq!(within(0, 1), 1, "every head of the last day");
    assert_eq!(within(1, 90), 90, "one a day");
    // The first 110 days of 1970 touch four months.
    assert_eq!(within(90, 500), 4, "one a month");
    assert_eq!(report.heads_removed + heads.len(), 400);
    for head in &heads {
        assert!(text_of(&bench.cache, head).parse::<i64>().is_ok(), "every kept head opens whole");
    }
}

#[test]
fn pinned_heads_stay_and_so_does_what_they_reach() {
    let bench = bench();
    let reviewed = structure(&bench.cache, "reviewed", 0);
    bench.cache.pin(Pin { head: reviewed, holder: PinHolder::Review }).unwrap();
    let watched = structure(&bench.cache, "watched", 20 * MINUTE);
    let holder = PinHolder::Window { id: 4711, expires: at(2 * DAY) };
    bench.cache.pin(Pin { head: watched, holder }).unwrap();
    structure(&bench.cache, "in between", 40 * MINUTE);
    structure(&bench.cache, "newest", 60 * MINUTE);

    let nothing = Retention { every_for_days: 0, daily_for_days: 0, monthly_for_months: Some(0) };
    let sweep = |now| {
        bench.writer().sweep(nothing, at(now)).unwrap();
        let heads = bench.cache.heads().unwrap();
        heads.iter().map(|head| text_of(&bench.cache, head)).collect::<Vec<_>>()
    };
    assert_eq!(sweep(DAY), ["reviewed", "watched", "newest"]);
    assert_eq!(sweep(3 * DAY), ["reviewed", "newest"], "a window's pin expires");
    bench.cache.unpin(reviewed, None).unwrap();
    assert_eq!(sweep(3 * DAY), ["newest"]);
    let gone = Pin { head: reviewed, holder: PinHolder::Review };
    assert!(matches!(bench.cache.pin(gone), Err(WriteError::NoSuchHead(_))));
}

#[test]
fn a_window_goes_on_reading_a_head_whose_place_was_taken() {
    let bench = bench();
    let put = |text: &str, now| {
        let mut writer = bench.writer();
        let vault = writer.put(Object::leaf(DETAIL, text.as_bytes().to_vec())).unwrap();
        let root = writer.put(Object::node(ROOT, vec![], b"structure".to_vec())).unwrap();
        let head = NewHead { structure: Some(root), vault: Some(vault), freshness: vec![], now: at(now) };
        let number = writer.commit(head).unwrap();
        writer.sweep(Retention::default(), at(now)).unwrap();
        (number, vault)
    };
    let (first, old_vault) = put("old", 0);
    let pin = |expires| Pin { head: first, holder: PinHolder::Window { id: 1, expires: at(expires) } };
    bench.cache.pin(pin(1000)).unwrap();
    let (second, _) = put("newer", 60);
    let (third, newest_vault) = put("newest", 120);
    assert!(third > second);
    let numbers = |heads: Vec<Head>| heads.iter().map(|head| head.number).collect::<Vec<_>>();
    assert_eq!(numbers(bench.cache.heads().unwrap()), [third], "it is no history");
    assert_eq!(bench.cache.object(old_vault).unwrap().payload(), b"old");
    assert_eq!(bench.cache.head(first).unwrap().unwrap().vault, Some(old_vault));
    bench.cache.pin(pin(130)).unwrap();
    bench.writer().sweep(Retention::default(), at(140)).unwrap();
    assert!(bench.cache.object(old_vault).is_err() && bench.cache.head(first).unwrap().is_none());
    assert_eq!(bench.cache.object(newest_vault).unwrap().payload(), b"newest");
}

/// It can be made again, whatever is wrong with it: the part of the tree that it was made of is not lost with it.
#[test]
fn a_derived_object_of_nonsense_is_none() {
    const RULE: Rule = Rule { name: "search text", version: 1 };
    let bench = bench();
    let mut writer = bench.writer();
    let root = writer.put(Object::node(ROOT, vec![], b"a root".to_vec())).unwrap();
    writer.put_derived(RULE, root, b"derived").unwrap();
    writer.commit(NewHead { structure: Some(root), vault: None, freshness: vec![], now: at(0) }).unwrap();
    drop(writer);
    assert_eq!(bench.cache.derived(RULE, root).unwrap().unwrap().as_slice(), b"derived");
    let file = rusqlite::Connection::open(bench.path()).unwrap();
    for sealed in ["7", "'text'", "x'00'", "zeroblob(100)"] {
        assert_eq!(file.execute(&format!("UPDATE derived SET sealed = {sealed}"), []).unwrap(), 1);
        assert!(bench.cache.derived(RULE, root).unwrap().is_none(), "{sealed}");
    }
}

#[test]
fn a_sweep_gives_space_back_and_takes_derived_objects_along() {
    let bench = bench();
    const RULE: Rule = Rule { name: "search text", version: 1 };
    let mut roots = Vec::new();
    for n in 0..2 {
        let mut writer = bench.writer();
        let root = writer.put(Object::leaf(DETAIL, noise(3_000_000, n))).unwrap();
        writer.put_derived(RULE, root, format!("derived {n}").as_bytes()).unwrap();
        let head = NewHead { structure: Some(root), vault: None, freshness: vec![], now: at(i64::from(n)) };
        writer.commit(head).unwrap();
        roots.push(root);
    }
    let before = bench.cache.size_on_disk();
    let report = bench.writer().sweep(Retention::default(), at(10)).unwrap();
    assert_eq!((report.objects_removed, report.objects_kept), (1, 1));
    assert!(bench.cache.size_on_disk() < before * 6 / 10);
    assert!(bench.cache.derived(RULE, roots[0]).unwrap().is_none());
    assert_eq!(bench.cache.derived(RULE, roots[1]).unwrap().unwrap().as_slice(), b"derived 1");
    let newer = Rule { version: 2, ..RULE };
    assert!(bench.cache.derived(newer, roots[1]).unwrap().is_none());
}

#[test]
fn cells_are_replaced_in_place() {
    let bench = bench();
    const SESSION: CellName = CellName(1);
    assert!(bench.cache.cell(SESSION).unwrap().is_none());
    for text in ["", "a token", "a longer token that replaces it\u{1}\u{0}\u{0}"] {
        bench.cache.set_cell(SESSION, text.as_bytes()).unwrap();
        assert_eq!(bench.reopen().cell(SESSION).unwrap().unwrap().as_slice(), text.as_bytes());
    }
    bench.cache.clear_cell(SESSION).unwrap();
    assert!(bench.cache.cell(SESSION).unwrap().is_none());
}

#[test]
fn the_clear_date_moves_with_the_head_and_with_nothing_else() {
    let bench = bench();
    let told = || {
        let closed = ClosedCache::open(&bench.path()).unwrap();
        (closed.has_head(), closed.header().read_at)
    };
    let commit = |writer: &mut Writer<'_>, structure: Option<Ref>| {
        writer.commit(NewHead { structure, vault: None, freshness: vec![], now: at(0) }).unwrap()
    };
    let mut writer = bench.writer();
    writer.set_read_at_with_head(at(5));
    writer.flush().unwrap();
    drop(writer);
    assert_eq!(told(), (false, None), "what was not committed has no date");

    let mut writer = bench.writer();
    writer.set_read_at_with_head(at(7));
    commit(&mut writer, None);
    assert_eq!(told(), (true, Some(at(7))));
    // The same head once more: nothing but the date is new.
    writer.set_read_at_with_head(at(9));
    commit(&mut writer, None);
    assert_eq!(told(), (true, Some(at(9))));
    writer.update_header(|header| header.email = String::from("new@example.org")).unwrap();
    bench.cache.set_cell(CellName(1), b"later").unwrap();
    assert_eq!(told(), (true, Some(at(9))), "other writing leaves it");
}
