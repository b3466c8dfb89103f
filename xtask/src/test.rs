//! `cargo xtask test`: everything, in the order in which a mistake is cheapest to see.

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

/// The empty window that benchmarks are held against: checked with the lints, built by `cargo xtask bench` only.
const YARDSTICK: &str = "portico-yardstick";

/// One set of features for lints, tests and the window: another set would build the app's dependencies again.
const FEATURES: &str = "portico/custom-protocol,portico/e2e";

pub fn run(options: &Options) -> Result<(), Failure> {
    system::ensure(Need::Headless)?;
    command::run("formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    // Its lock file is forgotten more often than anything else.
    fuzz_targets()?;
    page::build()?;
    page::test()?;
    bindings_unchanged()?;

    let shared = ["--workspace", "--features", FEATURES];
    let with = |head: &[&'static str], tail: &[&'static str]| {
        let words: Vec<&str> = head.iter().chain(&shared).chain(tail).copied().collect();
        cargo(&words)
    };
    let tested = ["--exclude", YARDSTICK];
    command::run("build", &mut with(&["build", "--locked"], &["--bins", tested[0], tested[1]]))?;
    judges::install()?;
    let judged = ["--features", "portico-tests/judges", tested[0], tested[1]];
    command::run("tests", &mut with(&["test", "--locked"], &judged))?;
    bindings_unchanged()?;
    let lints =
        ["--all-targets", "--features", "portico-tests/window,portico-tests/judges", "--", "-D", "warnings"];
    command::run("lints", &mut with(&["clippy", "--locked"], &lints))?;
    shipping(&tested)?;
    bundle::check_debug()?;
    if options.no_window {
        return Ok(());
    }
    command::run(
        "build for the window",
        &mut with(&["build", "--locked"], &["--bins", tested[0], tested[1]]),
    )?;
    // The whole workspace stays selected, or cargo would unify features anew and build the dependencies again.
    let features = format!("{FEATURES},portico-tests/window");
    let words = [
        "test",
        "--locked",
        "--workspace",
        "--exclude",
        YARDSTICK,
        "--features",
        &features,
        "--test",
        "window",
        "--test",
        "locking",
        "--test",
        "window_portal",
        "--test",
        "window_troubles",
        "--test",
        "two_windows",
        "--test",
        "memory",
        "--test",
        "files",
        "--",
        "--nocapture",
        "--test-threads=1",
    ];
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    command::run(
        "window",
        display::headless(&cargo, &words, 1920, 1080)
            .env("PORTICO_BINARY", root().join("target/debug/portico"))
            .env("PORTICO_PICTURES", root().join("artefacts")),
    )
}

/// The fuzz targets are a workspace of their own, which nothing else would compile. Checked in a folder of their own too:
/// they need a tenth of the workspace's libraries, with fewer features.
fn fuzz_targets() -> Result<(), Failure> {
    let words = ["check", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--target-dir", "target/fuzz"];
    command::run("fuzz targets", &mut cargo(&words))
}

/// What ships is another program than the one that the driver may reach: built and linted as it ships, and looked at
/// from outside while it runs.
fn shipping(tested: &[&str]) -> Result<(), Failure> {
    let features = ["--features", "portico/custom-protocol"];
    let with = |head: &[&str], tail: &[&str]| {
        let words: Vec<&str> = head
            .iter()
            .chain(&["--locked", "--workspace"])
            .chain(tested)
            .chain(&features)
            .chain(tail)
            .copied()
            .collect();
        words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>()
    };
    let run = |step: &str, words: Vec<String>| {
        command::run(step, &mut cargo(&words.iter().map(String::as_str).collect::<Vec<_>>()))
    };
    run("shipping lints", with(&["clippy"], &["--bins", "--", "-D", "warnings"]))?;
    run("shipping build", with(&["build"], &["--bins"]))?;
    let words = with(&["test"], &["--features", "portico-tests/shipping", "--test", "shipping"]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    command::run(
        "shipping program",
        display::headless(&cargo, &words, 1280, 800)
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
