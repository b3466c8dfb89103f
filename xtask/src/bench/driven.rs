//! The figures of the page at work: bench programs that drive the real window.

use crate::{
    bench::{Figure, core::figures_of},
    command::{Failure, cargo, root, run},
    display,
};

const PROGRAMS: &[&str] = &["scrolling", "clients"];

/// Builds the program once more, as the driver can reach it, and drives it.
pub fn measure() -> Result<Vec<Figure>, Failure> {
    let features = "portico/custom-protocol,portico/e2e";
    run(
        "release build for the driver",
        &mut cargo(&["build", "--release", "--package", "portico", "--features", features]),
    )?;
    let bench = ["bench", "--package", "portico-tests", "--features", "window"];
    let named = PROGRAMS.iter().flat_map(|name| ["--bench", name]);
    let build: Vec<&str> = bench.iter().copied().chain(named).chain(["--no-run"]).collect();
    run("bench programs", &mut cargo(&build))?;
    let mut figures = Vec::new();
    for name in PROGRAMS {
        eprintln!("\n── {name}");
        let words: Vec<&str> = bench.iter().copied().chain(["--bench", name]).collect();
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        figures.extend(figures_of(
            name,
            display::headless(&cargo, &words, 1280, 800)
                .env("PORTICO_BINARY", root().join("target/release/portico"))
                .env("PORTICO_PICTURES", root().join("artefacts")),
        )?);
    }
    Ok(figures)
}
