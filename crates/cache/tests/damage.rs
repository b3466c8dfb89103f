//! What was changed behind the program's back is called damage and never shown; what is in the file is sealed.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use portico_cache::*;
use proptest::prelude::*;
use support::*;

const RULE: Rule = Rule { name: "row", version: 1 };
const CELL: CellName = CellName(9);

/// Everything that a reader can ask for.
#[derive(Debug, PartialEq)]
struct Everything {
    members: Vec<(u128, String)>,
    detail: Vec<u8>,
    derived: Option<Vec<u8>>,
    cell: Option<Vec<u8>>,
    heads: usize,
}

fn fill(cache: &Cache) {
    for (round, now) in [(0u128, 0), (1, UnixSeconds::DAY)] {
        let mut writer = cache.writer(std::time::Duration::ZERO).unwrap();
        let members = (0..60).map(|n| entry(n, &format!("Marguerite Yourcenar {} {round}", n))).collect();
        let list = writer.put_list(PLAIN_PAGE, PageShape::SMALL, members).unwrap();
        let root = writer.put(Object::node(ROOT, vec![list.0], b"Hadrian Holdings".to_vec())).unwrap();
        let detail = writer.put(Object::leaf(DETAIL, b"correct horse battery staple".to_vec())).unwrap();
        writer.put_derived(RULE, root, b"Hadrian Holdings row").unwrap();
        let head = NewHead {
            structure: Some(root),
            vault: Some(detail),
            freshness: b"Hadrian Holdings was read".to_vec(),
            now: at(now),
        };
        writer.commit(head).unwrap();
    }
    cache.set_cell(CELL, b"a refresh token").unwrap();
}

fn read_everything(path: &Path) -> Option<Everything> {
    let cache = ClosedCache::open(path).ok()?.unlock_with_account(&secret(1)).ok()?;
    let head = cache.newest_head().ok()??;
    let root = cache.object(head.structure?).ok()?;
    Some(Everything {
        members: read_list(&cache, List(root.refs()[0])).ok()?,
        detail: cache.object(head.vault?).ok()?.payload().to_vec(),
        derived: cache.derived(RULE, head.structure?).ok()?.map(|plain| plain.to_vec()),
        cell: cache.cell(CELL).ok()?.map(|plain| plain.to_vec()),
        heads: cache.heads().ok()?.len(),
    })
}

/// A filled file, closed, as bytes.
fn filled_file() -> Vec<u8> {
    let bench = bench();
    fill(&bench.cache);
    let path = bench.path();
    let Bench { cache, folder } = bench;
    drop(cache);
    let bytes = std::fs::read(path).unwrap();
    drop(folder);
    bytes
}

#[test]
fn no_flipped_bit_of_the_file_shows_other_data() {
    let file = filled_file();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.sqlite3");
    std::fs::write(&path, &file).unwrap();
    let truth = read_everything(&path).expect("the unharmed file reads");
    let refused = std::cell::Cell::new(0);
    proptest!(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() }, |(at in 0..file.len(), bit in 0..8u8)| {
        let mut harmed = file.clone();
        harmed[at] ^= 1 << bit;
        for leftover in ["cache.sqlite3-wal", "cache.sqlite3-shm"] {
            let _ = std::fs::remove_file(folder.path().join(leftover));
        }
        std::fs::write(&path, &harmed).unwrap();
        match read_everything(&path) {
            None => refused.set(refused.get() + 1),
            Some(mut read) => {
                // What can be made again, and the session, may be gone; an old head may be gone. Nothing may differ.
                if read.derived.is_none() { read.derived.clone_from(&truth.derived); }
                if read.cell.is_none() { read.cell.clone_from(&truth.cell); }
                if read.heads < truth.heads { read.heads = truth.heads; }
                prop_assert_eq!(&read, &truth);
            }
        }
    });
    assert!(refused.get() > 10, "the flips hit something: {}", refused.get());
}

#[test]
fn each_sealed_blob_is_damaged_by_any_flip() {
    let bench = bench();
    fill(&bench.cache);
    let head = bench.cache.newest_head().unwrap().unwrap();
    let connection = rusqlite::Connection::open(bench.path()).unwrap();
    let address = head.structure.unwrap().address.as_bytes().to_vec();
    let sealed: Vec<u8> = connection
        .query_row("SELECT sealed FROM object WHERE address = ?1", [&address], |row| row.get(0))
        .unwrap();
    for at in 0..sealed.len() {
        let mut harmed = sealed.clone();
        harmed[at] ^= 0x10;
        connection.execute("UPDATE object SET sealed = ?2 WHERE address = ?1", (&address, harmed)).unwrap();
        assert!(matches!(bench.cache.object(head.structure.unwrap()), Err(ReadError::Damaged(_))));
    }
}

#[test]
fn a_blob_does_not_open_in_anothers_place() {
    let bench = bench();
    let mut writer = bench.writer();
    let one = writer.put(Object::leaf(DETAIL, b"one".to_vec())).unwrap();
    let other = writer.put(Object::leaf(DETAIL, b"other".to_vec())).unwrap();
    let same_bytes_other_kind = writer.put(Object::leaf(LEAF_PAGE, b"one".to_vec())).unwrap();
    assert_ne!(one.address, same_bytes_other_kind.address);
    writer
        .commit(NewHead { structure: Some(one), vault: Some(other), freshness: vec![], now: at(0) })
        .unwrap();
    let connection = rusqlite::Connection::open(bench.path()).unwrap();
    connection
        .execute(
            "UPDATE object SET sealed = (SELECT sealed FROM object WHERE address = ?2) WHERE address = ?1",
            (one.address.as_bytes().to_vec(), other.address.as_bytes().to_vec()),
        )
        .unwrap();
    assert!(matches!(bench.cache.object(one), Err(ReadError::Damaged(_))));
}

#[test]
fn an_older_head_does_not_pass_for_the_newest() {
    let bench = bench();
    fill(&bench.cache);
    let connection = rusqlite::Connection::open(bench.path()).unwrap();
    connection.execute("DELETE FROM head WHERE number = (SELECT max(number) FROM head)", []).unwrap();
    assert!(matches!(bench.reopen().newest_head(), Err(ReadError::Damaged(_))));
}

#[test]
fn a_wrong_key_is_a_wrong_key_and_a_harmed_header_is_damage() {
    let bench = bench();
    fill(&bench.cache);
    let closed = ClosedCache::open(&bench.path()).unwrap();
    assert!(matches!(closed.unlock_with_account(&secret(2)), Err(UnlockCacheError::WrongKey)));

    let connection = rusqlite::Connection::open(bench.path()).unwrap();
    let header: Vec<u8> = connection.query_row("SELECT bytes FROM header_a", [], |row| row.get(0)).unwrap();
    let harm = |at: usize| {
        let mut harmed = header.clone();
        harmed[at] ^= 1;
        harmed
    };
    for at in 0..header.len() {
        connection.execute("UPDATE header_a SET bytes = ?1", [harm(at)]).unwrap();
        let closed = ClosedCache::open(&bench.path()).expect("the other copy serves");
        assert_eq!(closed.header().email, "reviewer@example.org");
    }
    for at in (0..header.len()).step_by(7) {
        connection.execute("UPDATE header_a SET bytes = ?1", [harm(at)]).unwrap();
        connection.execute("UPDATE header_b SET bytes = ?1", [harm(at)]).unwrap();
        assert!(matches!(ClosedCache::open(&bench.path()), Err(OpenCacheError::Damaged)));
    }
}

#[test]
fn a_slot_is_bound_to_its_server() {
    let bench = bench();
    let connection = rusqlite::Connection::open(bench.path()).unwrap();
    let header: Vec<u8> = connection.query_row("SELECT bytes FROM header_a", [], |row| row.get(0)).unwrap();
    let json =
        String::from_utf8(header[32..].to_vec()).unwrap().replace("vault.example.org", "evil.example.org.");
    let mut forged = ring::digest::digest(&ring::digest::SHA256, json.as_bytes()).as_ref().to_vec();
    forged.extend_from_slice(json.as_bytes());
    connection.execute("UPDATE header_a SET bytes = ?1", [forged]).unwrap();
    let closed = ClosedCache::open(&bench.path()).unwrap();
    assert_eq!(closed.header().server, "https://evil.example.org.");
    assert!(matches!(closed.unlock_with_account(&secret(1)), Err(UnlockCacheError::WrongKey)));
}

#[test]
fn a_newer_file_is_refused_as_newer() {
    let bench = bench();
    let connection = rusqlite::Connection::open(bench.path()).unwrap();
    connection.pragma_update(None, "user_version", 7).unwrap();
    assert!(matches!(ClosedCache::open(&bench.path()), Err(OpenCacheError::Newer { found: 7 })));
}

#[test]
fn what_is_no_cache_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.sqlite3");
    assert!(matches!(ClosedCache::open(&path), Err(OpenCacheError::NotFound)));
    for content in [b"".as_slice(), b"not a database, but long enough to be looked at as one would be"] {
        std::fs::write(&path, content).unwrap();
        assert!(matches!(ClosedCache::open(&path), Err(OpenCacheError::Damaged)));
    }
    assert!(matches!(Cache::create(&path, header(), &secret(1)), Err(CreateCacheError::AlreadyThere)));
}

#[test]
fn sessions_open_until_they_expire_or_are_removed() {
    let bench = bench();
    fill(&bench.cache);
    let key = SessionKey::generate().unwrap();
    bench.writer().add_session_slot(&key, at(1000)).unwrap();
    let carried = SessionKey::parse(&format!(" {}\n", key.expose_text().as_str())).unwrap();
    let open = |key: &SessionKey, now| {
        let closed = ClosedCache::open(&bench.path()).unwrap();
        closed.unlock_with_session(key, at(now)).map(|cache| cache.newest_head().unwrap().is_some())
    };
    assert!(open(&carried, 999).unwrap());
    assert!(matches!(open(&carried, 1000), Err(UnlockCacheError::SessionExpired)));
    assert!(matches!(open(&SessionKey::generate().unwrap(), 0), Err(UnlockCacheError::WrongKey)));
    bench.writer().remove_slots(&[SlotKind::SESSION]).unwrap();
    assert!(matches!(open(&carried, 0), Err(UnlockCacheError::NoSuchSlot)));
    for no_key in ["", "AAAA", "not base64 at all, not base64 at all, 43 ch", &"A".repeat(1000)] {
        assert!(SessionKey::parse(no_key).is_none());
    }
}

#[test]
fn nothing_readable_is_in_the_file() {
    let bench = bench();
    fill(&bench.cache);
    // While open, so that the journal is looked at as well.
    for file in std::fs::read_dir(bench.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for text in ["Yourcenar", "Hadrian", "battery", "refresh token", "was read"] {
            let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!found, "{text:?} stands in the file");
        }
    }
}

#[test]
fn the_clear_header_can_follow_a_password_change() {
    let bench = bench();
    bench
        .writer()
        .update_header(|header| {
            header.kdf.iterations = 700_000;
            header.wrapped_user_key = "2.dd|ee|ff".into();
            header.server = "https://elsewhere.example.org".into();
        })
        .unwrap();
    let closed = ClosedCache::open(&bench.path()).unwrap();
    assert_eq!(
        (closed.header().kdf.iterations, closed.header().wrapped_user_key.as_str()),
        (700_000, "2.dd|ee|ff")
    );
    assert_eq!(closed.header().server, "https://vault.example.org", "bound into the slots");
    closed.unlock_with_account(&secret(1)).unwrap();
}

#[test]
fn the_account_can_move_to_another_server() {
    let bench = bench();
    let (head, _) = commit_list(&bench.cache, vec![entry(1, "kept")], 0);
    let session = SessionKey::parse(&"A".repeat(43)).unwrap();
    bench.writer().add_session_slot(&session, at(i64::MAX)).unwrap();
    let mut moved = header();
    moved.server = "https://elsewhere.example.org".into();
    moved.wrapped_user_key = "2.dd|ee|ff".into();
    bench.writer().change_server(moved, &secret(1)).unwrap();
    let closed = || ClosedCache::open(&bench.path()).unwrap();
    assert_eq!(closed().header().server, "https://elsewhere.example.org");
    assert_eq!(closed().header().wrapped_user_key, "2.dd|ee|ff");
    assert!(matches!(closed().unlock_with_session(&session, at(0)), Err(UnlockCacheError::NoSuchSlot)));
    assert_eq!(bench.reopen().newest_head().unwrap().unwrap().number, head);
    // Bound again: the old address does not draw the tokens back.
    let connection = rusqlite::Connection::open(bench.path()).unwrap();
    let bytes: Vec<u8> = connection.query_row("SELECT bytes FROM header_a", [], |row| row.get(0)).unwrap();
    let forged = String::from_utf8(bytes[32..].to_vec()).unwrap().replace("elsewhere", "vault");
    let forged =
        [ring::digest::digest(&ring::digest::SHA256, forged.as_bytes()).as_ref(), forged.as_bytes()].concat();
    connection.execute("UPDATE header_a SET bytes = ?1", [forged]).unwrap();
    assert_eq!(closed().header().server, "https://vault.example.org");
    assert!(matches!(closed().unlock_with_account(&secret(1)), Err(UnlockCacheError::WrongKey)));
}
