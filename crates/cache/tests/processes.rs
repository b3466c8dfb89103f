//! Two processes: one writes at a time, and one that is killed leaves the last complete head.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use portico_cache::*;
use support::*;

const FOLDER: &str = "PORTICO_CACHE_TEST_FOLDER";
const ROLE: &str = "PORTICO_CACHE_TEST_ROLE";

/// Not a test of its own: the part that the other process plays. Returns at once when this is the test run itself.
#[test]
fn the_other_process() {
    let (Some(folder), Ok(role)) = (std::env::var_os(FOLDER), std::env::var(ROLE)) else { return };
    let path = PathBuf::from(&folder).join("cache.sqlite3");
    let cache = ClosedCache::open(&path).unwrap().unlock_with_account(&secret(1)).unwrap();
    match role.as_str() {
        "hold" => {
            let _writer = cache.writer(Duration::ZERO).unwrap();
            std::fs::write(Path::new(&folder).join("ready"), b"").unwrap();
            std::thread::sleep(Duration::from_secs(60));
        }
        "write" => write_for_ever(&cache, Path::new(&folder)),
        other => panic!("no such role: {other}"),
    }
}

/// Each round is a picture whose parts name the round: a torn one is recognised.
fn write_for_ever(cache: &Cache, folder: &Path) {
    let first = cache.newest_head().unwrap().map_or(0, |head| head.number.0 + 1);
    for round in first.. {
        let mut writer = cache.writer(Duration::from_secs(5)).unwrap();
        let members = (0..150).map(|n| entry(n, &format!("{round}"))).collect();
        let list = writer.put_list(LEAF_PAGE, PageShape::SMALL, members).unwrap();
        let noise: Vec<u8> =
            (0..40_000u64).map(|n| (n.wrapping_mul(round * 2 + 0x9e37_79b9) >> 11) as u8).collect();
        let blob = writer.put(Object::leaf(DETAIL, noise)).unwrap();
        let root = writer.put(Object::node(ROOT, vec![list.0, blob], round.to_le_bytes().to_vec())).unwrap();
        let now = at(round as i64 * 3600);
        writer.commit(NewHead { structure: Some(root), vault: Some(blob), freshness: vec![], now }).unwrap();
        if round % 7 == 3 {
            writer.sweep(Retention { every_for_days: 0, ..Retention::default() }, now).unwrap();
        }
        std::fs::write(folder.join("ready"), b"").unwrap();
    }
}

fn start(folder: &Path, role: &str) -> Child {
    let _ = std::fs::remove_file(folder.join("ready"));
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_other_process", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(ROLE, role)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while !folder.join("ready").exists() {
        assert!(Instant::now() < deadline, "the other process did not come up");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

#[test]
fn one_writer_at_a_time_and_the_lock_dies_with_its_process() {
    let bench = bench();
    let mut other = start(bench.folder.path(), "hold");
    match bench.cache.writer(Duration::ZERO) {
        Err(BeginWriteError::Lock(LockError::Busy { process })) => assert_eq!(process, Some(other.id())),
        _ => panic!("two writers at once"),
    }
    assert!(bench.cache.newest_head().unwrap().is_none(), "reading goes on");
    other.kill().unwrap();
    other.wait().unwrap();
    bench.cache.writer(Duration::from_secs(5)).unwrap();
}

#[test]
fn killed_at_any_moment_the_last_complete_head_opens() {
    let bench = bench();
    let mut newest_seen = 0;
    for kill in 0..50u64 {
        let mut other = start(bench.folder.path(), "write");
        // Anything from "just after a head moved" to several rounds later.
        std::thread::sleep(Duration::from_micros(kill * 7919 % 60_000));
        other.kill().unwrap();
        other.wait().unwrap();

        let cache = bench.reopen();
        let head = cache.newest_head().unwrap().expect("a head was complete before the kill");
        assert!(head.number.0 >= newest_seen, "went back from {newest_seen} to {}", head.number.0);
        newest_seen = head.number.0;
        for head in cache.heads().unwrap() {
            let root = cache.object(head.structure.unwrap()).unwrap();
            let round = u64::from_le_bytes(root.payload().try_into().unwrap());
            let members = read_list(&cache, List(root.refs()[0])).unwrap();
            assert_eq!(members.len(), 150);
            assert!(members.iter().all(|(_, text)| *text == round.to_string()), "a torn picture");
            cache.object(root.refs()[1]).unwrap();
        }
    }
    assert!(newest_seen > 50);
}
