//! A new data key: history goes along, old keys do not open the new file.
#![allow(clippy::unwrap_used)]

mod support;

use portico_cache::*;
use support::*;

const CELL: CellName = CellName(1);

fn filled() -> (Bench, Vec<Head>) {
    let bench = bench();
    let many = |n: u128| (0..n).map(|id| entry(id, &format!("member {id}"))).collect();
    let (first, _) = commit_list(&bench.cache, many(300), 0);
    commit_list(&bench.cache, many(301), UnixSeconds::DAY);
    bench.cache.pin(Pin { head: first, holder: PinHolder::Review }).unwrap();
    bench.cache.set_cell(CELL, b"kept").unwrap();
    bench.writer().add_session_slot(&SessionKey::parse(&"A".repeat(43)).unwrap(), at(i64::MAX)).unwrap();
    bench.writer().update_header(|header| header.read_at = Some(at(UnixSeconds::DAY))).unwrap();
    let heads = bench.cache.heads().unwrap();
    (bench, heads)
}

#[test]
fn everything_kept_goes_along_under_a_new_key() {
    let (Bench { cache, folder }, before) = filled();
    let path = folder.path().join("cache.sqlite3");
    let mut header = header();
    header.wrapped_user_key = "2.new|new|new".into();
    let cache = cache.reseal(header, &secret(9), &[CELL], at(0)).unwrap();

    let heads = cache.heads().unwrap();
    let summary = |heads: &[Head]| heads.iter().map(|head| (head.number, head.taken_at)).collect::<Vec<_>>();
    assert_eq!(summary(&heads), summary(&before));
    assert_eq!(cache.header().unwrap().read_at, Some(at(UnixSeconds::DAY)));
    assert_eq!(heads[1].previous, Some((heads[0].number, heads[0].address)));
    assert_ne!(heads[0].structure, before[0].structure, "addresses are of the new key");
    let lists: Vec<List> =
        heads.iter().map(|head| List(cache.object(head.structure.unwrap()).unwrap().refs()[0])).collect();
    assert_eq!(read_list(&cache, lists[0]).unwrap().len(), 300);
    let changes = diff_lists(&cache, Some(lists[0]), Some(lists[1])).unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(cache.pins(at(0)).unwrap().len(), 1);
    assert_eq!(cache.cell(CELL).unwrap().unwrap().as_slice(), b"kept");
    drop(cache);

    let closed = || ClosedCache::open(&path).unwrap();
    assert_eq!(closed().header().wrapped_user_key, "2.new|new|new");
    assert!(matches!(closed().unlock_with_account(&secret(1)), Err(UnlockCacheError::WrongKey)));
    let session = SessionKey::parse(&"A".repeat(43)).unwrap();
    assert!(matches!(closed().unlock_with_session(&session, at(0)), Err(UnlockCacheError::NoSuchSlot)));
    let cache = closed().unlock_with_account(&secret(9)).unwrap();
    let (number, _) = commit_list(&cache, vec![entry(1, "next")], 3 * UnixSeconds::DAY);
    assert!(number > heads[1].number, "and work goes on");
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("resealed")), "{names:?}");
}

#[test]
fn a_file_that_others_use_is_not_replaced() {
    let (bench, before) = filled();
    let other = bench.reopen();
    let path = bench.path();
    let Bench { cache, folder: _folder } = bench;
    assert!(matches!(cache.reseal(header(), &secret(9), &[], at(0)), Err(ResealError::InUse)));
    assert_eq!(other.heads().unwrap(), before);
    drop(other);
    let cache = ClosedCache::open(&path).unwrap().unlock_with_account(&secret(1)).unwrap();
    assert_eq!(cache.heads().unwrap(), before);
}
