//! `cargo xtask test`: everything, in the order in which a mistake is cheapest to see.

use clap::Args;

use crate::{
    command::{self, Failure, cargo, command, root},
    display, page,
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
    command::run("tests", &mut with(&["test", "--locked"], &tested))?;
    bindings_unchanged()?;
    command::run("lints", &mut with(&["clippy", "--locked"], &["--all-targets", "--", "-D", "warnings"]))?;
    if options.no_window {
        return Ok(());
    }
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

/// The generated TypeScript is committed; a difference after the Rust tests wrote it anew is drift.
fn bindings_unchanged() -> Result<(), Failure> {
    if !root().join(".git").exists() {
        return Ok(());
    }
    command::run(
        "bindings",
        &mut command("git", &["diff", "--exit-code", "--stat", "--", "ui/src/ipc/bindings"]),
    )
}
