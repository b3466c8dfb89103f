//! The bodies of the fuzz targets over the corpus that is checked in, and over what becomes of it when bytes are changed,
//! left out and put together anew.
#![allow(clippy::unwrap_used)] // A test may panic.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use portico_tests::fuzz::{BODIES, Body};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("fuzz")
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = fuzz().join("corpus").join(name);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

#[test]
fn every_body_holds_over_the_corpus() {
    for (name, body) in BODIES {
        let files = corpus(name);
        assert!(files.len() >= 4, "{name} has hardly a corpus");
        for bytes in files {
            body(&bytes);
        }
    }
}

#[test]
fn every_body_has_its_target_and_no_target_is_left_over() {
    let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let below = |folder: &str| -> BTreeSet<String> {
        fs::read_dir(fuzz().join(folder)).unwrap().map(|entry| stem(entry.unwrap().path())).collect()
    };
    let names: BTreeSet<String> = BODIES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names, below("fuzz_targets"));
    assert_eq!(names, below("corpus"));
    let manifest: toml::Table = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap().parse().unwrap();
    let targets = manifest["bin"].as_array().unwrap().iter();
    let targets: BTreeSet<String> = targets.map(|bin| bin["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, targets);
    for name in &names {
        let source = fs::read_to_string(fuzz().join("fuzz_targets").join(format!("{name}.rs"))).unwrap();
        assert!(source.contains(&format!("portico_tests::fuzz::{name}(")), "{name} runs another body");
    }
}

/// One change to a file of the corpus.
#[derive(Debug, Clone)]
enum Change {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
    Double(prop::sample::Index, prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), 1..=255u8).prop_map(|(at, mask)| Change::Flip(at, mask)),
        at().prop_map(Change::Cut),
        (at(), prop::collection::vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (at(), at()).prop_map(|(from, to)| Change::Double(from, to)),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let len = bytes.len();
        match change {
            Change::Flip(at, mask) if len > 0 => bytes[at.index(len)] ^= mask,
            Change::Flip(..) => {}
            Change::Cut(at) => bytes.truncate(at.index(len + 1)),
            Change::Insert(at, new) => {
                let at = at.index(len + 1);
                bytes.splice(at..at, new.iter().copied());
            }
            Change::Double(from, to) => {
                let (from, to) = (from.index(len + 1), to.index(len + 1));
                let part = bytes[from.min(to)..from.max(to)].to_vec();
                bytes.extend(part);
            }
        }
    }
    bytes
}

fn near_the_corpus(name: &str, body: Body) {
    let files = corpus(name);
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let inputs = (0..files.len(), prop::collection::vec(change(), 1..6));
    let outcome = runner.run(&inputs, |(file, changes)| {
        body(&changed(files[file].clone(), &changes));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
}

#[test]
fn every_body_holds_near_the_corpus() {
    for (name, body) in BODIES {
        near_the_corpus(name, body);
    }
}

#[test]
fn every_body_holds_for_any_bytes() {
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&prop::collection::vec(any::<u8>(), 0..400), |bytes| {
        for (_, body) in BODIES {
            body(&bytes);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
