//! `cargo xtask deny`: licences, bans and sources of every library for every system, by the rules of `deny.toml`. Advisories
//! are the workflow's: they change without a change to the tree.

use std::path::PathBuf;

use crate::command::{Failure, cargo, command, root, run};

/// Built once from its sources, and kept below `target`: without optimisation in one minute on two cores instead of two and a
/// half, and its check then takes four seconds instead of three. The workflows `ci` and `advisories` install the same one.
const VERSION: &str = "0.20.2";

pub fn check() -> Result<(), Failure> {
    let tool = install()?;
    let words = ["--config", "deny.toml", "--workspace", "--locked", "check", "--hide-inclusion-graph"];
    let which = ["licenses", "bans", "sources"];
    run("libraries", &mut command(&tool.to_string_lossy(), &[&words[..], &which[..]].concat()))
}

fn install() -> Result<PathBuf, Failure> {
    let folder = root().join("target/tools").join(format!("cargo-deny-{VERSION}"));
    let tool = folder.join("bin").join(if cfg!(windows) { "cargo-deny.exe" } else { "cargo-deny" });
    if !tool.is_file() {
        let wanted = format!("cargo-deny@{VERSION}");
        let words = ["install", "--debug", "--locked", "--root", &*folder.to_string_lossy(), &wanted];
        run("cargo-deny", &mut cargo(&words))?;
    }
    Ok(tool)
}
