//! `cargo xtask test`: everything, in the order in which a mistake is cheapest to see.

use std::process::Command;

use clap::Args;

use crate::{
    bundle,
    command::{self, Failure, cargo, command, root},
    display, judges, libraries, page,
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
const WINDOW: [&str; 9] = [
    "window",
    "window_start",
    "window_sign_in",
    "locking",
    "window_portal",
    "window_troubles",
    "two_windows",
    "memory",
    "files",
];

pub fn run(options: &Options) -> Result<(), Failure> {
    system::ensure(Need::Headless)?;
    command::run("formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    page::build()?;
    page::test()?;
    bindings_unchanged()?;

    let judged = format!("{FEATURES},portico-tests/judges");
    command::run("build", &mut tested("build", &judged, &["--bins", "--tests"]))?;
    judges::install()?;
    // Two for each of two cores: many wait for a time to pass, or for the official client.
    command::run("tests", tested("test", &judged, &[]).env("RUST_TEST_THREADS", "4"))?;
    bindings_unchanged()?;
    lints("lints", &format!("{judged},portico-tests/window"), &["--all-targets"])?;
    libraries::check()?;
    shipping()?;
    bundle::check_debug()?;
    if options.no_window { Ok(()) } else { window() }
}

/// A call of cargo for all that is tested. The whole workspace stays selected even where only some programs are wanted, and
/// always with tests beside the programs: otherwise cargo gives the libraries other features, and builds them again.
fn tested(verb: &str, features: &str, what: &[&str]) -> Command {
    let head = [verb, "--locked", "--workspace"];
    cargo(&[&head, &TESTED[..], &["--features", features], what].concat())
}

fn lints(step: &str, features: &str, what: &[&str]) -> Result<(), Failure> {
    let head = ["clippy", "--locked", "--workspace", "--features", features];
    command::run(step, &mut cargo(&[&head[..], what, &["--", "-D", "warnings"]].concat()))
}

/// What ships is another program than the one that the driver may reach: built and linted as it ships, and looked at
/// from outside while it runs.
fn shipping() -> Result<(), Failure> {
    let features = "portico/custom-protocol,portico-tests/shipping";
    let what = ["--bins", "--test", "shipping"];
    lints("shipping lints", features, &what)?;
    command::run("shipping build", &mut tested("build", features, &what))?;
    command::run(
        "shipping program",
        display::headless(&tested("test", features, &what[1..]), 1280, 800)
            .env("PORTICO_BINARY", root().join("target/debug/portico"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WEBKIT_INSPECTOR_SERVER", "127.0.0.1:1"),
    )
}

fn window() -> Result<(), Failure> {
    let features = format!("{FEATURES},portico-tests/window");
    let programs: Vec<&str> = WINDOW.iter().flat_map(|name| ["--test", name]).collect();
    command::run(
        "build for the window",
        &mut tested("build", &features, &[&["--bins"], &programs[..]].concat()),
    )?;
    let what = [&programs[..], &["--", "--nocapture", "--test-threads=1"]].concat();
    command::run(
        "window",
        display::headless(&tested("test", &features, &what), 1920, 1080)
            .env("PORTICO_BINARY", root().join("target/debug/portico"))
            .env("PORTICO_PICTURES", root().join("artefacts")),
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
