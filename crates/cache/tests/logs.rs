//! Logs: appended with a head or not at all, kept through a new data key, thinned out by themselves.
#![allow(clippy::unwrap_used)]

mod support;

use std::ops::ControlFlow;

use portico_cache::*;
use support::*;

const STREAM: &[u8] = b"events of a provider";
const OTHER: &[u8] = b"events of a client";

fn append(cache: &Cache, stream: &[u8], text: &str, day: i64, commits: bool) {
    let mut writer = cache.writer(std::time::Duration::ZERO).unwrap();
    let now = at(day * UnixSeconds::DAY);
    writer.append_log(stream, Some(text.as_bytes()), text.to_uppercase().as_bytes(), now).unwrap();
    if commits {
        let new = NewHead { structure: None, vault: None, freshness: Vec::new(), now };
        writer.commit(new).unwrap();
    }
}

fn read(cache: &Cache, stream: &[u8]) -> (Vec<String>, usize) {
    let mut texts = Vec::new();
    let read = cache
        .read_log(stream, |segment| {
            texts.push(String::from_utf8(segment.to_vec()).unwrap());
            ControlFlow::Continue(())
        })
        .unwrap();
    (texts, read.damaged)
}

fn state(cache: &Cache, stream: &[u8]) -> Option<String> {
    cache.log_state(stream).unwrap().map(|state| String::from_utf8(state.to_vec()).unwrap())
}

#[test]
fn what_was_appended_is_read_newest_first_and_each_stream_for_itself() {
    let bench = bench();
    assert_eq!((read(&bench.cache, STREAM), state(&bench.cache, STREAM)), ((vec![], 0), None));
    for (day, text) in ["first", "second", "third"].iter().enumerate() {
        append(&bench.cache, STREAM, text, day as i64, true);
    }
    append(&bench.cache, OTHER, "another", 1, true);
    let cache = bench.reopen();
    assert_eq!(read(&cache, STREAM), (vec!["third".into(), "second".into(), "first".into()], 0));
    assert_eq!(read(&cache, OTHER), (vec!["another".into()], 0));
    assert_eq!(state(&cache, STREAM).as_deref(), Some("THIRD"), "only the last state is kept");
    let mut seen = 0;
    let stop = |_| {
        seen += 1;
        ControlFlow::Break(())
    };
    cache.read_log(STREAM, stop).unwrap();
    assert_eq!(seen, 1, "reading stops where it is told to");
}

#[test]
fn a_writer_that_is_dropped_appends_nothing() {
    let bench = bench();
    append(&bench.cache, STREAM, "kept", 0, true);
    append(&bench.cache, STREAM, "dropped", 1, false);
    assert_eq!(read(&bench.reopen(), STREAM).0, ["kept"]);
    assert_eq!(state(&bench.cache, STREAM).as_deref(), Some("KEPT"));
}

#[test]
fn old_segments_go_by_the_day_they_were_written() {
    let bench = bench();
    for day in 0..5 {
        append(&bench.cache, STREAM, &format!("day {day}"), day, true);
    }
    assert_eq!(bench.writer().trim_logs(2, at(4 * UnixSeconds::DAY)).unwrap(), 2);
    assert_eq!(read(&bench.cache, STREAM).0, ["day 4", "day 3", "day 2"]);
}

#[test]
fn a_new_data_key_takes_logs_along() {
    let bench = bench();
    append(&bench.cache, STREAM, "first", 0, true);
    append(&bench.cache, OTHER, "another", 0, true);
    let cache = bench.cache.reseal(header(), &secret(9), &[], at(0)).unwrap();
    assert_eq!(
        (read(&cache, STREAM).0, read(&cache, OTHER).0),
        (vec!["first".into()], vec!["another".into()])
    );
    assert_eq!(state(&cache, STREAM).as_deref(), Some("FIRST"));
}

#[test]
fn what_was_changed_is_counted_and_the_rest_is_read() {
    let bench = bench();
    for text in ["first", "second", "third"] {
        append(&bench.cache, STREAM, text, 0, true);
    }
    append(&bench.cache, OTHER, "another", 0, true);
    let file = rusqlite::Connection::open(bench.path()).unwrap();
    // One is flipped, one is dated anew, and one of another stream is put into this one.
    let mut sealed: Vec<u8> =
        file.query_row("SELECT sealed FROM log WHERE id = 1", [], |row| row.get(0)).unwrap();
    sealed[20] ^= 1;
    file.execute("UPDATE log SET sealed = ?1 WHERE id = 1", [sealed]).unwrap();
    file.execute("UPDATE log SET written = 7 WHERE id = 2", []).unwrap();
    file.execute("UPDATE log SET stream = (SELECT stream FROM log WHERE id = 1) WHERE id = 4", []).unwrap();
    drop(file);
    assert_eq!(read(&bench.reopen(), STREAM), (vec!["third".into()], 3));
}

#[test]
fn what_does_not_open_goes_with_a_mended_log_and_stays_told_of_others() {
    let bench = bench();
    for text in ["first", "second", "third"] {
        append(&bench.cache, STREAM, text, 0, true);
        append(&bench.cache, OTHER, text, 0, true);
    }
    let file = rusqlite::Connection::open(bench.path()).unwrap();
    file.execute("UPDATE log SET sealed = zeroblob(length(sealed)) WHERE id IN (1, 2)", []).unwrap();
    drop(file);
    let cache = bench.reopen();
    let is_whole = |stream| cache.is_log_whole(stream, &cache.count_segments().unwrap()).unwrap();
    assert!(!is_whole(STREAM) && !is_whole(OTHER));
    let mut kept = Vec::new();
    cache.read_log_without_index(STREAM, |plain| kept.push(plain.to_vec())).unwrap();
    assert_eq!(kept, [b"second".to_vec(), b"third".to_vec()]);

    let mut writer = cache.writer(std::time::Duration::ZERO).unwrap();
    writer.mend_log(STREAM);
    drop(writer);
    assert!(!is_whole(STREAM), "with a commit, or not at all");
    let mut writer = cache.writer(std::time::Duration::ZERO).unwrap();
    writer.mend_log(STREAM);
    writer.append_log(STREAM, Some(b"anew"), b"STATE", at(0)).unwrap();
    let new = NewHead { structure: None, vault: None, freshness: Vec::new(), now: at(0) };
    writer.commit(new).unwrap();
    assert_eq!(read(&cache, STREAM), (vec!["anew".into(), "third".into(), "second".into()], 0));
    assert_eq!(read(&cache, OTHER), (vec!["third".into(), "second".into()], 1));
    assert_eq!(
        (state(&cache, STREAM).as_deref(), state(&cache, OTHER).as_deref()),
        (Some("STATE"), Some("THIRD"))
    );
    assert!(is_whole(STREAM) && !is_whole(OTHER));
}

/// A flipped bit in the index hides a segment that the table has.
#[test]
fn what_the_index_does_not_find_is_counted() {
    let bench = bench();
    for text in ["first", "second", "third"] {
        append(&bench.cache, STREAM, text, 0, true);
    }
    let Bench { cache, folder } = bench;
    let path = folder.path().join("cache.sqlite3");
    drop(cache);
    let file = rusqlite::Connection::open(&path).unwrap();
    let stream: Vec<u8> = file.query_row("SELECT stream FROM log", [], |row| row.get(0)).unwrap();
    drop(file);
    let whole = std::fs::read(&path).unwrap();
    let places: Vec<usize> =
        (0..whole.len() - stream.len()).filter(|at| whole[*at..].starts_with(&stream)).collect();
    assert!(places.len() >= 8, "three rows, three entries, and the state with its own: {}", places.len());
    let mut hidden = 0;
    for place in places {
        let mut bytes = whole.clone();
        bytes[place + 3] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let cache = ClosedCache::open(&path).unwrap().unlock_with_account(&secret(1)).unwrap();
        let (mut all, mut by_index) = (0, 0);
        let count = |_| {
            by_index += 1;
            ControlFlow::Continue(())
        };
        // An error says it, too.
        let (Ok(whole), Ok(read)) =
            (cache.read_whole_log(STREAM, |_| all += 1), cache.read_log(STREAM, count))
        else {
            continue;
        };
        assert_eq!(all, by_index);
        assert!(all == 3 || whole.damaged > 0, "gone without a word");
        hidden += usize::from(by_index < 3 && read.damaged == 0);
    }
    assert!(hidden >= 1, "the index was hit");
}

const SEGMENTS: usize = 60;

/// Two logs whose segments lie between each other's, on several pages.
fn fill_logs(cache: &Cache) {
    for number in 0..SEGMENTS {
        let mut writer = cache.writer(std::time::Duration::ZERO).unwrap();
        for log in [STREAM, OTHER] {
            writer
                .append_log(log, Some(format!("{number}").as_bytes()), b"state", at(UnixSeconds::DAY))
                .unwrap();
        }
        writer
            .commit(NewHead {
                structure: None,
                vault: None,
                freshness: vec![],
                now: at(3 * UnixSeconds::DAY),
            })
            .unwrap();
    }
}

/// The segments that are read, newest first, and how many parts are told to be damaged.
fn whole_log(cache: &Cache, stream: &[u8]) -> (Vec<usize>, usize) {
    let mut segments = Vec::new();
    let read = |plain: zeroize::Zeroizing<Vec<u8>>| {
        segments.push(std::str::from_utf8(&plain).unwrap().parse().unwrap())
    };
    let damaged = cache.read_whole_log(stream, read).unwrap().damaged;
    let state = match cache.log_state(stream) {
        Ok(state) => state.is_none_or(|state| *state != b"state"),
        Err(error) => matches!(error, ReadError::Damaged(_)),
    };
    (segments, damaged + usize::from(state))
}

#[test]
fn logs_are_taken_over_with_the_rest() {
    let bench = bench();
    commit_list(&bench.cache, vec![entry(1, "a member")], 0);
    fill_logs(&bench.cache);
    let path = bench.path();
    let Bench { cache, folder: _folder } = bench;
    drop(cache);
    let mut file = std::fs::read(&path).unwrap();
    file[..2048].fill(0x5a);
    std::fs::write(&path, &file).unwrap();
    let (cache, _) = recover(&path);
    for stream in [STREAM, OTHER] {
        assert_eq!(whole_log(&cache, stream), ((0..SEGMENTS).rev().collect(), 0));
    }
    fill_logs(&cache);
    assert_eq!(whole_log(&cache, OTHER).0.len(), 2 * SEGMENTS, "and they go on");
}

/// A whole page of the table, its index, or both: what was in it is not to be had, and is told.
#[test]
fn segments_that_are_lost_for_good_are_told() {
    let bench = bench();
    commit_list(&bench.cache, vec![entry(1, "a member")], 0);
    fill_logs(&bench.cache);
    let connection = database(&bench);
    let page_size: u32 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
    let sql = "SELECT sealed FROM log WHERE id = 60";
    let sealed: Vec<u8> = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    let sql = "SELECT rootpage FROM sqlite_master WHERE name = 'log_of'";
    let index: u32 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    drop(connection);
    let path = bench.path();
    let Bench { cache, folder: _folder } = bench;
    drop(cache);
    let file = std::fs::read(&path).unwrap();
    let page_size = page_size as usize;
    let at = file.windows(64).position(|window| window == &sealed[..64]).unwrap();
    let (table, index) = (at / page_size * page_size, (index as usize - 1) * page_size);
    for (pages, is_lost) in [(vec![table], true), (vec![index], false), (vec![table, index], true)] {
        let mut harmed = file.clone();
        for page in pages {
            harmed[page..page + 8].fill(0xff);
        }
        std::fs::write(&path, &harmed).unwrap();
        let (cache, _) = recover(&path);
        for stream in [STREAM, OTHER] {
            let (segments, damaged) = whole_log(&cache, stream);
            assert_eq!(segments.len() < SEGMENTS, is_lost, "{segments:?}");
            assert!(segments.contains(&0) && segments.contains(&(SEGMENTS - 1)), "the rest is read");
            assert_eq!(damaged > 0, is_lost, "{damaged}");
        }
        fill_logs(&cache);
        for stream in [STREAM, OTHER] {
            assert_eq!(whole_log(&cache, stream).1, 0, "once they were read anew");
        }
        drop(cache);
        std::fs::remove_file(aside(&path)).unwrap();
    }
}
