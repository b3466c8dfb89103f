//! Files of every format ever released open. `cargo run -p portico-cache --example make_fixture` writes the newest.
#![allow(clippy::unwrap_used)]

mod support;

use portico_cache::*;
use support::*;

#[test]
fn a_file_of_format_1_opens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.sqlite3");
    // A copy: opening may touch the file.
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/format-1.sqlite3"), &path).unwrap();

    let closed = ClosedCache::open(&path).unwrap();
    assert_eq!(closed.header().email, "fixture@example.org");
    assert_eq!(closed.header().kdf.iterations, 600_000);
    let cache = closed.unlock_with_account(&secret(0x42)).unwrap();

    let heads = cache.heads().unwrap();
    assert_eq!(heads.len(), 2);
    assert_eq!(heads[1].previous.map(|(number, _)| number), Some(heads[0].number));
    assert_eq!(
        (heads[1].freshness.as_slice(), heads[1].taken_at),
        (b"second reading".as_slice(), at(1_790_000_000))
    );
    let lists: Vec<List> =
        heads.iter().map(|head| List(cache.object(head.structure.unwrap()).unwrap().refs()[0])).collect();
    let members = read_list(&cache, lists[1]).unwrap();
    assert_eq!(members.len(), 501);
    assert_eq!(members[7], (7, "member 7".to_owned()));
    let changes = diff_lists(&cache, Some(lists[0]), Some(lists[1])).unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].after.as_ref().unwrap().value.as_slice(), b"the new one");
    assert_eq!(cache.object(heads[1].vault.unwrap()).unwrap().payload(), b"an uncompressed detail");
    let rule = Rule { name: "fixture", version: 1 };
    let derived = cache.derived(rule, heads[1].structure.unwrap()).unwrap().unwrap();
    assert_eq!(derived.as_slice(), b"derived text");
    assert_eq!(cache.cell(CellName(1)).unwrap().unwrap().as_slice(), b"session text");
    assert_eq!(cache.pins(at(0)).unwrap(), [Pin { head: heads[0].number, holder: PinHolder::Review }]);
    let session = SessionKey::parse("QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=").unwrap();
    ClosedCache::open(&path).unwrap().unlock_with_session(&session, at(1_790_000_000)).unwrap();
}
