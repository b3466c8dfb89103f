//! Where nothing can be written beside the file: it is read as it stands, and written again as soon as that goes.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use portico_cache::*;
use support::*;

/// A copy of a file with a head. A link to nothing stands where SQLite puts its index of the journal, and SQLite follows
/// none there: as on a full disk there is no index, for the administrator neither. Returns its path and the index's.
fn without_index(name: &str) -> (Bench, PathBuf, PathBuf, List) {
    let mut bench = bench();
    let (_, list) = commit_list(&bench.cache, vec![entry(1, "before")], 0);
    bench.cache = bench.reopen();
    let copy = bench.path().with_file_name(name);
    fs::copy(bench.path(), &copy).unwrap();
    let index = PathBuf::from(format!("{}-shm", copy.display()));
    std::os::unix::fs::symlink("nowhere", &index).unwrap();
    (bench, copy, index, list)
}

fn open(path: &Path) -> Cache {
    ClosedCache::open(path).unwrap().unlock_with_account(&secret(1)).unwrap()
}

#[test]
fn what_was_kept_is_read() {
    let (_bench, path, _, list) = without_index("100 % full? #1.sqlite3");
    let cache = open(&path);
    assert!(cache.newest_head().unwrap().is_some());
    assert_eq!(read_list(&cache, list).unwrap(), [(1, "before".to_owned())]);
    let refused = cache.writer(Duration::ZERO).err();
    assert!(matches!(refused, Some(BeginWriteError::Open(_))), "{refused:?}");
    // Nor is it lost where a journal stands there meanwhile.
    fs::write(format!("{}-wal", path.display()), [1; 100]).unwrap();
    assert!(cache.writer(Duration::ZERO).is_err());
    assert_eq!(read_list(&cache, list).unwrap(), [(1, "before".to_owned())]);
}

#[test]
fn it_is_written_again_once_that_goes() {
    let (_bench, path, index, _) = without_index("other.sqlite3");
    let cache = open(&path);
    fs::remove_file(&index).unwrap();
    let (head, list) = commit_list(&cache, vec![entry(1, "after")], 3600);
    assert_eq!(cache.newest_head().unwrap().unwrap().number, head);
    assert_eq!(read_list(&cache, list).unwrap(), [(1, "after".to_owned())]);
}

#[test]
fn what_a_journal_holds_is_not_passed_over() {
    let (_bench, path, ..) = without_index("other.sqlite3");
    fs::write(format!("{}-wal", path.display()), [1; 100]).unwrap();
    assert!(matches!(ClosedCache::open(&path), Err(OpenCacheError::Database(_))));
}
