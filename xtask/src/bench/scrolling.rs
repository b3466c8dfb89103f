//! The figure of scrolling: a bench program that drives the real window.

use crate::{
    bench::{Figure, core::figures_of},
    command::{Failure, cargo, root, run},
    display,
};

/// Builds the program once more, as the driver can reach it, and scrolls in it.
pub fn measure() -> Result<Vec<Figure>, Failure> {
    let features = "portico/custom-protocol,portico/e2e";
    run(
        "release build for the driver",
        &mut cargo(&["build", "--release", "--package", "portico", "--features", features]),
    )?;
    let bench = ["bench", "--package", "portico-tests", "--features", "window", "--bench", "scrolling"];
    let build: Vec<&str> = bench.iter().copied().chain(["--no-run"]).collect();
    run("bench program", &mut cargo(&build))?;
    eprintln!("\n── scrolling");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    figures_of(
        "scrolling",
        display::headless(&cargo, &bench, 1280, 800)
            .env("PORTICO_BINARY", root().join("target/release/portico"))
            .env("PORTICO_PICTURES", root().join("artefacts")),
    )
}
