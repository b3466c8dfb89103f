//! Looks for secrets in the memory of running processes (Linux: `/proc/PID/mem`).
//!
//! Only what a process may write is read: program text and the fonts that it maps hold nothing of a person; and only
//! pages that exist: JavaScript engines reserve some 70 GB of which they touch a thousandth, and reading the rest would
//! give zeros for minutes. Reading the memory of a process takes root, or a process that lets itself be looked into.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
};

use aho_corasick::AhoCorasick;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE},
};

/// Something that must not be found, and what to call it in a report.
pub struct Needle {
    pub what: String,
    pub bytes: Vec<u8>,
}

impl Needle {
    pub fn bytes(what: impl Into<String>, bytes: &[u8]) -> Self {
        Self { what: what.into(), bytes: bytes.to_vec() }
    }

    /// A key as it is, and as a text of hexadecimal digits or of base64 holds it, wherever in that text it begins.
    pub fn key(what: &str, key: &[u8]) -> Vec<Self> {
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut texts = BTreeSet::from([hex.to_uppercase(), hex]);
        for before in 0..3 {
            let shifted = [&[0; 2][..before], key].concat();
            // Three bytes make four letters; those that tell of what stands before or after it are left out.
            let (from, to) = ((before * 8).div_ceil(6), shifted.len() * 8 / 6);
            texts.insert(STANDARD.encode(&shifted)[from..to].to_owned());
            texts.insert(URL_SAFE.encode(&shifted)[from..to].to_owned());
        }
        let mut needles = vec![Self::bytes(what, key)];
        needles.extend(texts.iter().flat_map(|text| Self::text(&format!("{what} as"), text)));
        needles
    }

    /// A text as Rust and C hold it, and as JavaScript engines do where it has a letter beyond Latin-1 (or anyway).
    pub fn text(what: &str, text: &str) -> [Self; 2] {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [
            Self::bytes(format!("{what} {text:?}"), text.as_bytes()),
            Self::bytes(format!("{what} {text:?} (UTF-16)"), &wide),
        ]
    }
}

/// A running process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub id: u32,
    pub name: String,
}

impl Process {
    /// Whether it has not ended.
    pub fn runs(&self) -> bool {
        Stat::of(self.id).is_some_and(|stat| stat.name == self.name && !stat.is_dead)
    }
}

/// What `/proc/PID/stat` says first (proc(5)).
struct Stat {
    name: String,
    is_dead: bool,
    parent: u32,
}

impl Stat {
    fn of(id: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name stands in parentheses and may hold anything.
        let (head, tail) = stat.rsplit_once(')')?;
        let mut fields = tail.split_whitespace();
        let is_dead = matches!(fields.next()?, "Z" | "X");
        let parent = fields.next()?.parse().ok()?;
        let name = head.split_once('(').map_or("", |(_, name)| name).to_owned();
        Some(Self { name, is_dead, parent })
    }
}

/// Where something was found.
#[derive(Debug)]
pub struct Found {
    pub what: String,
    pub process: String,
    /// The mapping's name, empty for anonymous memory.
    pub mapping: String,
    /// What stands around it, for whoever has to find the cause.
    pub around: String,
}

/// A set of needles, ready to be looked for.
pub struct Search {
    needles: Vec<Needle>,
    automaton: AhoCorasick,
}

/// Read in pieces of this size, which overlap by the longest needle.
const PIECE: usize = 4 * 1024 * 1024;
/// Of the memory of x86-64, and of `/proc/PID/pagemap` with it.
const PAGE: u64 = 4096;
/// So many entries of a page map are read at once.
const ENTRIES: u64 = 1 << 20;

impl Search {
    /// # Panics
    /// When there are too many needles for one automaton.
    pub fn new(needles: Vec<Needle>) -> Self {
        assert!(needles.iter().all(|needle| needle.bytes.len() >= 5), "short ones would be found anywhere");
        let automaton = AhoCorasick::new(needles.iter().map(|needle| &needle.bytes)).expect("an automaton");
        Self { needles, automaton }
    }

    pub fn len(&self) -> usize {
        self.needles.len()
    }

    pub fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    /// Without those that were found: what stands there before anything was opened is no secret of this test.
    #[must_use]
    pub fn without(self, found: &[Found]) -> Self {
        let known: Vec<&str> = found.iter().map(|found| found.what.as_str()).collect();
        Self::new(self.needles.into_iter().filter(|needle| !known.contains(&needle.what.as_str())).collect())
    }

    /// The needles, for another search with more of them.
    pub fn into_needles(self) -> Vec<Needle> {
        self.needles
    }

    /// Everything found in these processes, each needle once for each process and mapping.
    ///
    /// # Panics
    /// When a process that runs may not be looked into.
    pub fn find(&self, processes: &[Process]) -> Vec<Found> {
        processes.iter().flat_map(|process| self.find_in(process)).collect()
    }

    fn find_in(&self, process: &Process) -> Vec<Found> {
        let Ok(maps) = fs::read_to_string(format!("/proc/{}/maps", process.id)) else { return Vec::new() };
        let open = |file: &str| match File::open(format!("/proc/{}/{file}", process.id)) {
            Ok(opened) => Some(opened),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => panic!("the memory of {process:?} cannot be read (root can): {error}"),
        };
        let (Some(memory), Some(pages)) = (open("mem"), open("pagemap")) else { return Vec::new() };
        let longest = self.needles.iter().map(|needle| needle.bytes.len()).max().unwrap_or(1);
        let mut found = BTreeMap::new();
        let mut buffer = vec![0; PIECE + longest];
        let touched = maps.lines().filter_map(writable).flat_map(|(start, end, mapping)| {
            present(&pages, start, end).into_iter().map(move |(start, end)| (start, end, mapping.clone()))
        });
        for (start, end, mapping) in touched {
            let mut at = start;
            while at < end {
                let len = usize::try_from(end - at).unwrap_or(usize::MAX).min(buffer.len());
                // What a device holds cannot be read; nothing of ours is in it.
                if let Ok(read) = memory.read_at(&mut buffer[..len], at) {
                    for hit in self.automaton.find_overlapping_iter(&buffer[..read]) {
                        let what = &self.needles[hit.pattern().as_usize()].what;
                        found
                            .entry((what.clone(), mapping.clone()))
                            .or_insert_with(|| around(&buffer[..read], hit.start(), hit.end()));
                    }
                }
                at += PIECE as u64;
            }
        }
        found
            .into_iter()
            .map(|((what, mapping), around)| Found {
                what,
                mapping,
                around,
                process: format!("{} ({})", process.name, process.id),
            })
            .collect()
    }
}

/// Start, end and name of a mapping that the process may read and write.
fn writable(line: &str) -> Option<(u64, u64, String)> {
    let mut parts = line.split_whitespace();
    let (start, end) = parts.next()?.split_once('-')?;
    let may = parts.next()?;
    let name: Vec<&str> = parts.skip(3).collect();
    let number = |text| u64::from_str_radix(text, 16).ok();
    may.starts_with("rw").then_some((number(start)?, number(end)?, name.join(" ")))
}

/// The runs of pages between two addresses that are in memory or in swap (`Documentation/admin-guide/mm/pagemap.rst`:
/// bits 63 and 62). Nothing if the process has ended.
fn present(pages: &File, start: u64, end: u64) -> Vec<(u64, u64)> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    let mut entries = Vec::new();
    let (mut page, last) = (start / PAGE, end / PAGE);
    while page < last {
        entries.resize(usize::try_from((last - page).min(ENTRIES) * 8).unwrap_or_default(), 0);
        let read = pages.read_at(&mut entries, page * 8).unwrap_or_default();
        if read < 8 {
            break;
        }
        for entry in entries[..read].chunks_exact(8) {
            // The highest byte of a number in the machine's order, little-endian.
            if entry[7] & 0xc0 != 0 {
                let (from, to) = (page * PAGE, (page + 1) * PAGE);
                match runs.last_mut() {
                    Some((_, before)) if *before == from => *before = to,
                    _ => runs.push((from, to)),
                }
            }
            page += 1;
        }
    }
    runs
}

fn around(bytes: &[u8], start: usize, end: usize) -> String {
    let piece = &bytes[start.saturating_sub(60)..(end + 60).min(bytes.len())];
    piece.iter().map(|byte| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '·' }).collect()
}

/// Every process below `root`, without it.
pub fn descendants(root: u32) -> Vec<Process> {
    let ids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let all: Vec<(u32, Stat)> = ids.filter_map(|id| Some((id, Stat::of(id)?))).collect();
    let mut below = vec![root];
    let mut found = Vec::new();
    while let Some(parent) = below.pop() {
        for (id, stat) in all.iter().filter(|(_, stat)| stat.parent == parent && !stat.is_dead) {
            below.push(*id);
            found.push(Process { id: *id, name: stat.name.clone() });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_memory_is_found_and_what_is_not_is_not() {
        let ours = Process { id: std::process::id(), name: "this".to_owned() };
        // Made at run time, so that no other copy stands in the program.
        let secret: Vec<u8> = (0..24_u8).map(|n| n.wrapping_mul(37) ^ 0x5a).collect();
        let search = Search::new(vec![
            Needle::bytes("held", &secret),
            Needle::bytes("another", &secret.iter().rev().copied().collect::<Vec<u8>>()),
        ]);
        let found = search.find(&[ours]);
        assert!(found.iter().any(|found| found.what == "held"), "the needle itself is in our memory");
        assert!(search.without(&found).len() < 2);
    }

    #[test]
    fn a_key_is_found_as_it_is_and_in_texts() {
        let key: Vec<u8> = (0..32_u8).map(|n| n.wrapping_mul(91) ^ 0xe3).collect();
        let known = Search::new(Needle::key("key", &key)).automaton;
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(known.is_match(&key) && known.is_match(&hex) && known.is_match(&hex.to_uppercase()));
        for before in 0..5 {
            for after in 0..5 {
                let longer = [&[0xff; 5][..before], &key, &[0xff; 5][..after]].concat();
                let text = STANDARD.encode(&longer);
                let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                assert!(known.is_match(&text) && known.is_match(&wide), "{before} before, {after} after");
                assert!(known.is_match(&URL_SAFE.encode(&longer)), "{before} before, {after} after");
            }
        }
        let other: Vec<u8> = key.iter().map(|byte| byte ^ 1).collect();
        assert!(!known.is_match(&other) && !known.is_match(&STANDARD.encode(&other)));
    }

    #[test]
    fn children_are_found_with_their_children() {
        let mut child =
            std::process::Command::new("sh").args(["-c", "sleep 60 & wait"]).spawn().expect("a shell");
        let begun = std::time::Instant::now();
        let sleeper = loop {
            let below = descendants(child.id());
            if let Some(sleeper) = below.iter().find(|process| process.name == "sleep") {
                break sleeper.clone();
            }
            assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{below:?}");
            std::thread::sleep(std::time::Duration::from_millis(10));
        };
        assert!(descendants(std::process::id()).contains(&sleeper));
        let _ = std::process::Command::new("kill").arg(sleeper.id.to_string()).status();
        let _ = child.wait();
    }
}
