//! `cargo xtask test`: everything, in the order in which a mistake is cheapest to see.

use std::process::Command;

use clap::Args;

use crate::{
    bundle,
    command::{self, Failure, cargo, command, root},
    display, judges, page,
    system::{self, Need},
};

#[derive(Args)]
pub struct Options {
    /// Leave out the tests that open the window
    #[arg(long)]
    no_window: bool,
}

/// Checked with the lints, and built by others only: the empty window that benchmarks are held against by `cargo xtask bench`,
/// the fuzz targets by cargo-fuzz.
const TESTED: [&str; 4] = ["--exclude", "portico-yardstick", "--exclude", "portico-fuzz"];

/// One set of features for lints, tests and the window: another set would build the app's dependencies again.
const FEATURES: &str = "portico/custom-protocol,portico/e2e";

/// The test programs that open the window; a house test holds them against the manifest of the tests.
const WINDOW: [&str; 7] =
    ["window", "locking", "window_portal", "window_troubles", "two_windows", "memory", "files"];

const DENIED: [&str; 3] = ["--", "-D", "warnings"];

pub fn run(options: &Options) -> Result<(), Failure> {
    system::ensure(Need::Headless)?;
    command::run("formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    page::build()?;
    page::test()?;
    bindings_unchanged()?;

    command::run("build", &mut tested("build", FEATURES, &["--bins"]))?;
    judges::install()?;
    command::run("tests", &mut tested("test", &format!("{FEATURES},portico-tests/judges"), &[]))?;
    bindings_unchanged()?;
    lints()?;
    shipping()?;
    bundle::check_debug()?;
    if options.no_window {
        return Ok(());
    }
    command::run("build for the window", &mut tested("build", FEATURES, &["--bins"]))?;
    let programs = WINDOW.iter().flat_map(|name| ["--test", name]);
    let tail: Vec<&str> = programs.chain(["--", "--nocapture", "--test-threads=1"]).collect();
    command::run(
        "window",
        display::headless(&tested("test", &format!("{FEATURES},portico-tests/window"), &tail), 1920, 1080)
            .env("PORTICO_BINARY", root().join("target/debug/portico"))
            .env("PORTICO_PICTURES", root().join("artefacts")),
    )
}

/// A call of cargo for all that is tested. The whole workspace stays selected even where only some programs are run, or cargo
/// would unify features anew and build the libraries again.
fn tested(verb: &str, features: &str, tail: &[&str]) -> Command {
    let head = [verb, "--locked", "--workspace"];
    cargo(&[&head, &TESTED[..], &["--features", features], tail].concat())
}

fn lints() -> Result<(), Failure> {
    let features = format!("{FEATURES},portico-tests/window,portico-tests/judges");
    let what = ["clippy", "--locked", "--workspace", "--all-targets", "--features", &features];
    command::run("lints", &mut cargo(&[&what[..], &DENIED].concat()))
}

/// What ships is another program than the one that the driver may reach: built and linted as it ships, and looked at
/// from outside while it runs.
fn shipping() -> Result<(), Failure> {
    let features = "portico/custom-protocol";
    let bins = ["--bins"];
    command::run("shipping lints", &mut tested("clippy", features, &[&bins[..], &DENIED].concat()))?;
    command::run("shipping build", &mut tested("build", features, &bins))?;
    let features = format!("{features},portico-tests/shipping");
    command::run(
        "shipping program",
        display::headless(&tested("test", &features, &["--test", "shipping"]), 1280, 800)
            .env("PORTICO_BINARY", root().join("target/debug/portico"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WEBKIT_INSPECTOR_SERVER", "127.0.0.1:1"),
    )
}

/// The generated TypeScript is committed; a difference, or a new file, after the Rust tests wrote it anew is drift.
fn bindings_unchanged() -> Result<(), Failure> {
    if !root().join(".git").exists() {
        return Ok(());
    }
    let changed = command("git", &["status", "--porcelain", "--", "ui/src/ipc/bindings"])
        .output()
        .map_err(|source| Failure::Missing { program: "git".to_owned(), source })?;
    if changed.stdout.is_empty() {
        return Ok(());
    }
    Err(Failure::Needed(format!(
        "the TypeScript bindings are not those of the Rust types; commit them:\n{}",
        String::from_utf8_lossy(&changed.stdout)
    )))
}
