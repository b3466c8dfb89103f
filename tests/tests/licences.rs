//! Licences, bans and sources of every library, by the rules of `deny.toml`: what `cargo deny check licenses bans sources`
//! looks at, for the system that the tests run on, without building that tool. The workflow runs the tool itself, for all
//! systems and with advisories.
#![allow(clippy::unwrap_used)] // A test may panic.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use spdx::{Expression, LicenseReq, ParseMode};
use toml::Table;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn rules() -> Table {
    fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap()
}

/// Every package that is built for this system, with all features.
fn packages() -> Vec<Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let version = Command::new(std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned()));
    let host = { version }.arg("-vV").output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
    let answer = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--all-features", "--filter-platform", &host])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let metadata: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let built: Vec<&str> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].as_str().unwrap())
        .collect();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.filter(|package| built.contains(&package["id"].as_str().unwrap())).cloned().collect()
}

#[test]
fn every_library_has_a_licence_that_we_may_distribute_with_a_known_source_and_no_ban() {
    let rules = rules();
    let allowed: Vec<String> = rules["licenses"]["allow"]
        .as_array()
        .unwrap()
        .iter()
        .map(|licence| licence.as_str().unwrap().to_owned())
        .collect();
    let banned: Vec<&str> =
        rules["bans"]["deny"].as_array().unwrap().iter().map(|ban| ban["crate"].as_str().unwrap()).collect();
    let packages = packages();
    assert!(packages.len() > 300, "all libraries are read: {}", packages.len());
    let mut wrong = Vec::new();
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_default();
        if banned.contains(&name) {
            wrong.push(format!("{name} is banned"));
        }
        if !is_allowed(licence, &allowed) {
            wrong.push(format!("{name} has the licence {licence:?}"));
        }
        match package["source"].as_str() {
            None => assert!(name == "portico" || name == "xtask" || name.starts_with("portico-"), "{name}"),
            Some(REGISTRY) => {}
            Some(other) => wrong.push(format!("{name} comes from {other}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn is_allowed(licence: &str, allowed: &[String]) -> bool {
    let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else { return false };
    expression.evaluate(|required: &LicenseReq| allowed.contains(&required.to_string()))
}

#[test]
fn the_rules_tell_licences_apart() {
    let allowed = ["MIT".to_owned(), "Apache-2.0".to_owned()];
    for (licence, expected) in [
        ("MIT", true),
        ("MIT OR GPL-3.0-only", true),
        ("MIT AND GPL-3.0-only", false),
        ("MIT/Apache-2.0", true),
        ("GPL-3.0-or-later", false),
        ("Apache-2.0 WITH LLVM-exception", false),
        ("", false),
    ] {
        assert_eq!(is_allowed(licence, &allowed), expected, "{licence}");
    }
}
