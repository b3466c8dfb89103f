//! The figures of the page at work: bench programs that drive the real window.

use crate::{
    bench::{
        Figure,
        core::{figures_of, shared},
    },
    command::{Failure, cargo, root, run},
    display,
};

const PROGRAMS: &[&str] = &["scrolling", "clients"];

/// Builds the program once more, as the driver can reach it, and drives it.
pub fn measure() -> Result<Vec<Figure>, Failure> {
    let features = ["--features", "portico/e2e,portico-tests/window"];
    let named = PROGRAMS.iter().flat_map(|name| ["--bench", name]);
    let build: Vec<&str> =
        features.into_iter().chain(["--release", "--bin", "portico"]).chain(named).collect();
    run("release build for the driver", &mut cargo(&shared("build", &build)))?;
    let mut figures = Vec::new();
    for name in PROGRAMS {
        eprintln!("\n── {name}");
        let words = [&features[..], &["--bench", name]].concat();
        figures.extend(figures_of(
            name,
            display::headless(&cargo(&shared("bench", &words)), 1280, 800)
                .env("PORTICO_BINARY", root().join("target/release/portico"))
                .env("PORTICO_PICTURES", root().join("artefacts")),
        )?);
    }
    Ok(figures)
}
