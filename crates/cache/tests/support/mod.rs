//! A cache in a temporary folder.
#![allow(dead_code, clippy::unwrap_used)] // Each test file uses its part of this.

use std::path::{Path, PathBuf};
use std::time::Duration;

use portico_cache::*;
use rusqlite::Connection;
use tempfile::TempDir;
use uuid::Uuid;
use zeroize::Zeroizing;

pub const PAGE: Kind = Kind::node(1);
pub const LEAF_PAGE: Kind = Kind::leaf(2);
pub const ROOT: Kind = Kind::node(3);
pub const DETAIL: Kind = Kind::leaf(4);
pub const PLAIN_PAGE: Kind = Kind::leaf(5).uncompressed();

pub struct Bench {
    pub cache: Cache,
    pub folder: TempDir,
}

pub fn secret(byte: u8) -> SlotSecret {
    SlotSecret::new(Box::new(Zeroizing::new([byte; 32])))
}

pub fn header() -> ClearHeader {
    let kdf = ClearKdf { kdf_type: 0, iterations: 600_000, memory: None, parallelism: None };
    ClearHeader::new(
        Uuid::from_u128(0xacc0),
        "https://vault.example.org".into(),
        "reviewer@example.org".into(),
        kdf,
        "reviewer@example.org".into(),
        "2.aa|bb|cc".into(),
    )
}

pub fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::create(&folder.path().join("cache.sqlite3"), header(), &secret(1)).unwrap();
    Bench { cache, folder }
}

impl Bench {
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("cache.sqlite3")
    }

    pub fn reopen(&self) -> Cache {
        ClosedCache::open(&self.path()).unwrap().unlock_with_account(&secret(1)).unwrap()
    }

    pub fn writer(&self) -> Writer<'_> {
        self.cache.writer(Duration::ZERO).unwrap()
    }
}

pub fn entry(id: u128, value: &str) -> Entry {
    Entry::new(id, value.as_bytes().to_vec())
}

pub fn read_list(cache: &Cache, list: List) -> Result<Vec<(u128, String)>, ReadError> {
    let mut read = Vec::new();
    for target in cache.list_pages(list)? {
        let page = cache.page(target)?;
        read.extend(page.entries().map(|entry| {
            (u128::from_be_bytes(entry.id.0), String::from_utf8(entry.value.to_vec()).unwrap())
        }));
    }
    Ok(read)
}

pub fn at(now: i64) -> UnixSeconds {
    UnixSeconds(now)
}

/// A structure with one list, committed.
pub fn commit_list(cache: &Cache, entries: Vec<Entry>, now: i64) -> (HeadNumber, List) {
    let mut writer = cache.writer(Duration::ZERO).unwrap();
    let list = writer.put_list(LEAF_PAGE, PageShape::SMALL, entries).unwrap();
    let root = writer.put(Object::node(ROOT, vec![list.0], vec![])).unwrap();
    let head = NewHead { structure: Some(root), vault: None, freshness: vec![], now: at(now) };
    (writer.commit(head).unwrap(), list)
}

pub fn database(bench: &Bench) -> Connection {
    Connection::open(bench.path()).unwrap()
}

pub fn aside(path: &Path) -> PathBuf {
    path.with_file_name("aside.sqlite3")
}

/// Recovers the file at `path` and opens the new one.
pub fn recover(path: &Path) -> (Cache, Recovery) {
    let (copy, fresh) = (path.with_extension("salvage"), path.with_extension("recovered"));
    let damaged = ClosedCache::open_copy(path, &copy).unwrap().unlock_with_account(&secret(1)).unwrap();
    let recovery = damaged.copy_what_opens(&fresh).unwrap();
    replace_recovered(&fresh, path, &aside(path)).unwrap();
    remove_file_and_journal(&copy).unwrap();
    (ClosedCache::open(path).unwrap().unlock_with_account(&secret(1)).unwrap(), recovery)
}
