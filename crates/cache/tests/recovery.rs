//! Damage that is read round, mended by writing again, or recovered from into a new file.
#![allow(clippy::unwrap_used)]

mod support;

use portico_cache::*;
use support::*;

const CELL: CellName = CellName(9);
const DAY: i64 = UnixSeconds::DAY;

/// Three heads, the first one reviewed; a vault and a cell. Returns the roots, oldest first.
fn fill(cache: &Cache) -> Vec<Ref> {
    let mut roots = Vec::new();
    for day in 0..3 {
        let mut writer = cache.writer(std::time::Duration::ZERO).unwrap();
        let members = (0..60 + day).map(|n| entry(n as u128, &format!("member {n}"))).collect();
        let list = writer.put_list(LEAF_PAGE, PageShape::SMALL, members).unwrap();
        let root = writer.put(Object::node(ROOT, vec![list.0], format!("day {day}").into_bytes())).unwrap();
        let vault = writer.put(Object::leaf(DETAIL, b"the vault".to_vec())).unwrap();
        let freshness = format!("note of day {day}").into_bytes();
        let head = NewHead { structure: Some(root), vault: Some(vault), freshness, now: at(day * DAY) };
        let number = writer.commit(head).unwrap();
        drop(writer);
        if day == 0 {
            cache.pin(Pin { head: number, holder: PinHolder::Review }).unwrap();
        }
        roots.push(root);
    }
    cache.set_cell(CELL, b"a token").unwrap();
    roots
}

fn notes(cache: &Cache) -> Vec<String> {
    cache.heads().unwrap().into_iter().map(|head| String::from_utf8(head.freshness).unwrap()).collect()
}

fn members(cache: &Cache, root: Ref) -> Result<usize, ReadError> {
    Ok(read_list(cache, List(cache.object(root)?.refs()[0]))?.len())
}

fn is_reviewed(cache: &Cache, head: HeadNumber) -> bool {
    cache.pins(at(0)).unwrap().contains(&Pin { head, holder: PinHolder::Review })
}

/// Flips one bit of an object's sealed bytes.
fn harm(bench: &Bench, target: Ref) {
    let connection = database(bench);
    let address = target.address.as_bytes().to_vec();
    let sql = "SELECT sealed FROM object WHERE address = ?1";
    let mut sealed: Vec<u8> = connection.query_row(sql, [&address], |row| row.get(0)).unwrap();
    sealed[40] ^= 4;
    connection.execute("UPDATE object SET sealed = ?2 WHERE address = ?1", (&address, sealed)).unwrap();
}

#[test]
fn what_is_written_again_is_whole_again() {
    let bench = bench();
    let roots = fill(&bench.cache);
    let page = bench.cache.list_pages(List(bench.cache.object(roots[2]).unwrap().refs()[0])).unwrap()[3];
    harm(&bench, page);
    assert!(members(&bench.cache, roots[2]).is_err());
    assert!(!bench.cache.is_whole(roots[2], None).unwrap());
    assert!(bench.cache.is_whole(roots[2], Some(LEAF_PAGE)).unwrap(), "pages were not to be looked at");
    let list = List(bench.cache.object(roots[2]).unwrap().refs()[0]);
    let (pages, is_whole) = bench.cache.pages_that_open(list).unwrap();
    assert!(!is_whole && pages.iter().map(Page::len).sum::<usize>() > 40, "the rest is read");

    let mut writer = bench.writer();
    let entries = (0..62).map(|n| entry(n, &format!("member {n}"))).collect();
    let again = writer.put_list(LEAF_PAGE, PageShape::SMALL, entries).unwrap();
    assert_eq!(again, list);
    let head = NewHead { structure: Some(roots[2]), vault: None, freshness: vec![], now: at(3 * DAY) };
    writer.commit(head).unwrap();
    assert_eq!(members(&bench.reopen(), roots[2]).unwrap(), 62);
}

#[test]
fn a_head_that_is_gone_is_missed() {
    let bench = bench();
    fill(&bench.cache);
    assert!(bench.cache.check_history().is_ok());
    database(&bench).execute("DELETE FROM head WHERE number = 2", []).unwrap();
    assert!(matches!(bench.cache.heads(), Err(ReadError::Damaged("history"))));
    assert!(matches!(bench.cache.check_history(), Err(ReadError::Damaged("history"))));
    assert_eq!(
        bench.cache.newest_head().unwrap().unwrap().freshness,
        b"note of day 2",
        "the newest is there"
    );

    let (cache, recovery) = recover(&bench.path());
    let expected =
        Recovery { heads_kept: 2, heads_lost: vec![HeadNumber(2)], newest_lost: false, objects_lost: 0 };
    assert_eq!(recovery, expected);
    assert_eq!(notes(&cache), ["note of day 0", "note of day 2"]);
    assert!(is_reviewed(&cache, HeadNumber(1)));
}

#[test]
fn a_review_outlives_damage_to_its_row() {
    let bench = bench();
    fill(&bench.cache);
    database(&bench).execute("UPDATE pin SET head = 2 WHERE window IS NULL", []).unwrap();
    assert!(is_reviewed(&bench.cache, HeadNumber(1)) && !is_reviewed(&bench.cache, HeadNumber(2)));
    database(&bench).execute("DELETE FROM pin", []).unwrap();
    let nothing = Retention { every_for_days: 0, daily_for_days: 0, monthly_for_months: Some(0) };
    bench.writer().sweep(nothing, at(9 * DAY)).unwrap();
    assert_eq!(notes(&bench.cache), ["note of day 0", "note of day 2"], "the reviewed one and the newest");
    bench.cache.unpin(HeadNumber(1), None).unwrap();
    assert!(!is_reviewed(&bench.reopen(), HeadNumber(1)));
}

#[test]
fn the_newest_head_is_not_replaced_by_an_older_one_without_a_word() {
    let bench = bench();
    let roots = fill(&bench.cache);
    bench.writer().update_header(|header| header.read_at = Some(at(2 * DAY))).unwrap();
    database(&bench).execute("UPDATE head SET sealed = x'00' || sealed WHERE number = 3", []).unwrap();
    assert!(matches!(bench.cache.newest_head(), Err(ReadError::Damaged(_))));
    let (cache, recovery) = recover(&bench.path());
    assert!(recovery.newest_lost && recovery.heads_lost == [HeadNumber(3)]);
    assert_eq!(cache.header().unwrap().read_at, None, "the clear date was of the lost one");
    let newest = cache.newest_head().unwrap().unwrap();
    assert_eq!((newest.structure, newest.vault), (Some(roots[1]), None));
    assert_eq!(members(&cache, roots[1]).unwrap(), 61);
    let (number, _) = commit_list(&cache, vec![entry(1, "next")], 5 * DAY);
    assert_eq!(number, HeadNumber(3), "and work goes on");
}

#[test]
fn a_head_stays_when_only_what_lies_beside_it_is_lost() {
    let bench = bench();
    let roots = fill(&bench.cache);
    database(&bench).execute("UPDATE head SET beside = x'00' WHERE number = 3", []).unwrap();
    assert!(bench.cache.newest_head().is_err());
    let (cache, recovery) = recover(&bench.path());
    assert_eq!((recovery.heads_kept, recovery.newest_lost), (3, false));
    let newest = cache.newest_head().unwrap().unwrap();
    assert_eq!((newest.structure, newest.vault, newest.freshness.len()), (Some(roots[2]), None, 0));
}

#[test]
fn a_sweep_waits_for_a_recovery_and_goes_on_after_it() {
    let bench = bench();
    let roots = fill(&bench.cache);
    // Only in the oldest head, which nobody reads day by day.
    harm(&bench, roots[0]);
    let orphan = bench.writer().put(Object::leaf(DETAIL, vec![7; 6_000_000])).unwrap();
    let report = bench.writer().sweep(Retention::default(), at(3 * DAY)).unwrap();
    assert_eq!((report.objects_lost, report.objects_removed), (1, 0));

    let (cache, recovery) = recover(&bench.path());
    assert_eq!((recovery.heads_kept, recovery.objects_lost), (3, 1));
    assert!(cache.object(orphan).is_err(), "nothing refers to it");
    assert!(members(&cache, roots[0]).is_err() && members(&cache, roots[1]).unwrap() == 61);
    let unreached = cache.writer(std::time::Duration::ZERO).unwrap();
    drop(unreached);
    let mut writer = cache.writer(std::time::Duration::ZERO).unwrap();
    writer.put(Object::leaf(DETAIL, vec![8; 6_000_000])).unwrap();
    let report = writer.sweep(Retention::default(), at(3 * DAY)).unwrap();
    assert_eq!((report.objects_lost, report.objects_removed), (0, 1));
}

#[test]
fn an_object_that_the_index_does_not_find_is_found_in_the_table() {
    let bench = bench();
    let roots = fill(&bench.cache);
    let path = bench.path();
    let Bench { cache, folder: _folder } = bench;
    drop(cache);
    // Every address stands in the table and in the index; the index is what comes second in the file's own order.
    let address = roots[2].address.as_bytes().as_slice();
    let mut file = std::fs::read(&path).unwrap();
    let places: Vec<usize> = (0..file.len() - 32).filter(|at| file[*at..].starts_with(address)).collect();
    assert!(places.len() >= 2, "{places:?}");
    let mut found = 0;
    for at in places {
        file[at + 5] ^= 1;
        std::fs::write(&path, &file).unwrap();
        let (cache, recovery) = recover(&path);
        assert_eq!(recovery.objects_lost, 0);
        assert_eq!(members(&cache, roots[2]).unwrap(), 62);
        drop(cache);
        file[at + 5] ^= 1;
        std::fs::remove_file(aside(&path)).unwrap();
        found += 1;
    }
    assert!(found >= 2);
}

/// An index entry is a key and the number of its row. With another number, what is put again would replace that other row.
#[test]
fn an_index_that_leads_to_another_row_takes_none_away() {
    let bench = bench();
    let roots = fill(&bench.cache);
    let vault = || Object::leaf(DETAIL, b"the vault".to_vec());
    let target = bench.writer().put(vault()).unwrap();
    let row = |address: &Address| -> u8 {
        let sql = "SELECT id FROM object WHERE address = ?1";
        database(&bench).query_row(sql, [address.as_bytes()], |row| row.get(0)).unwrap()
    };
    let (own, other) = (row(&target.address), row(&roots[2].address));
    let path = bench.path();
    let Bench { cache, folder: _folder } = bench;
    drop(cache);
    let mut file = std::fs::read(&path).unwrap();
    let entry = [target.address.as_bytes().as_slice(), &[own]].concat();
    let at = (0..file.len() - entry.len()).rev().find(|at| file[*at..].starts_with(&entry)).unwrap();
    file[at + 32] = other;
    std::fs::write(&path, &file).unwrap();

    let cache = ClosedCache::open(&path).unwrap().unlock_with_account(&secret(1)).unwrap();
    assert!(cache.object(target).is_err(), "the index leads to another row");
    let mut writer = cache.writer(std::time::Duration::ZERO).unwrap();
    writer.put(vault()).unwrap();
    assert!(matches!(writer.flush(), Err(WriteError::Read(ReadError::Damaged(_)))));
    drop(writer);
    assert_eq!(members(&cache, roots[2]).unwrap(), 62, "the other row is where it was");
    drop(cache);
    let (cache, recovery) = recover(&path);
    assert_eq!(recovery.objects_lost, 0);
    assert_eq!(cache.object(target).unwrap().payload(), b"the vault");
}

#[test]
fn the_first_page_of_a_file_can_be_made_anew() {
    let bench = bench();
    let roots = fill(&bench.cache);
    let path = bench.path();
    let Bench { cache, folder: _folder } = bench;
    drop(cache);
    let mut file = std::fs::read(&path).unwrap();
    file[..2048].fill(0x5a);
    file[4000..4096].fill(0);
    std::fs::write(&path, &file).unwrap();
    assert!(matches!(ClosedCache::open(&path), Err(OpenCacheError::Damaged)));
    let (cache, recovery) = recover(&path);
    assert_eq!(recovery, Recovery { heads_kept: 3, heads_lost: vec![], newest_lost: false, objects_lost: 0 });
    assert_eq!(members(&cache, roots[2]).unwrap(), 62);
    assert_eq!(cache.cell(CELL).unwrap().unwrap().as_slice(), b"a token");
    assert_eq!(std::fs::read(aside(&path)).unwrap(), file, "the damaged file is kept as it was");
}

#[test]
fn a_header_is_mended_by_the_next_writer() {
    let bench = bench();
    fill(&bench.cache);
    let sum = |table: &str| -> Vec<u8> {
        let sql = format!("SELECT bytes FROM {table}");
        database(&bench).query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    for table in ["header_a", "header_b"] {
        database(&bench)
            .execute(&format!("UPDATE {table} SET bytes = CAST(x'00' || bytes AS BLOB)"), [])
            .unwrap();
        assert_eq!(ClosedCache::open(&bench.path()).unwrap().header().email, "reviewer@example.org");
        assert_ne!(sum("header_a"), sum("header_b"));
        drop(bench.writer());
        assert_eq!(sum("header_a"), sum("header_b"));
    }
}

#[test]
fn the_key_is_found_in_a_header_of_which_both_copies_are_damaged() {
    let bench = bench();
    let roots = fill(&bench.cache);
    let path = bench.path();
    for table in ["header_a", "header_b"] {
        let sql = format!("SELECT bytes FROM {table}");
        let mut bytes: Vec<u8> = database(&bench).query_row(&sql, [], |row| row.get(0)).unwrap();
        let at = bytes.windows(8).position(|window| window == b"reviewer").unwrap();
        bytes[at] ^= 1;
        database(&bench).execute(&format!("UPDATE {table} SET bytes = ?1"), [bytes]).unwrap();
    }
    assert!(matches!(ClosedCache::open(&path), Err(OpenCacheError::Damaged)));
    let copy = path.with_extension("salvage");
    let wrong = ClosedCache::unlock_copy(&path, &copy, header(), &secret(2));
    assert!(matches!(wrong, Err(OpenCacheError::Damaged)));
    let damaged = ClosedCache::unlock_copy(&path, &copy, header(), &secret(1)).unwrap();
    let fresh = path.with_extension("recovered");
    damaged.copy_what_opens(&fresh).unwrap();
    replace_recovered(&fresh, &path, &aside(&path)).unwrap();
    let cache = ClosedCache::open(&path).unwrap().unlock_with_account(&secret(1)).unwrap();
    assert_eq!(members(&cache, roots[2]).unwrap(), 62);
}

#[test]
fn a_clock_that_jumps_by_a_year_costs_no_history() {
    for jump in [365 * DAY, -365 * DAY] {
        let bench = bench();
        let start = 1000 * DAY;
        for hour in 0..10 {
            commit_list(&bench.cache, vec![entry(hour, "as it was")], start + hour as i64 * 3600);
        }
        commit_list(&bench.cache, vec![entry(77, "under a wrong clock")], start + jump);
        bench.writer().sweep(Retention::default(), at(start + jump)).unwrap();
        assert_eq!(bench.cache.heads().unwrap().len(), 11, "{jump}");
        // The clock is set right, and it is an hour later.
        commit_list(&bench.cache, vec![entry(78, "right again")], start + 11 * 3600);
        let report = bench.writer().sweep(Retention::default(), at(start + 11 * 3600)).unwrap();
        assert_eq!((report.heads_removed, bench.cache.heads().unwrap().len()), (0, 12), "{jump}");
    }
}
