//! The figures of the core: bench programs of the crates that print one line for each, read here.

use std::process::{Command, Stdio};

use crate::{
    bench::Figure,
    command::{Failure, cargo, root, run},
};

pub const EXPLANATION: &str = "\
Unlock: from the closed file and the master password to every row in memory, ordered and searchable, and the first 50
rows read; the yardstick is RustCrypto's PBKDF2-HMAC-SHA256 with the same password and rounds (ours is AWS-LC's). The
file lies in the system's page cache. Opening: the key, name, user name and website of each item, each item with a key of its own; the
yardstick opens the very same strings at fixed offsets into a buffer that is used again, on the same number of threads,
and keeps nothing. Both sides run under the allocator of the program, which wipes what is freed. Search: every
beginning of two words, as they are typed; the yardstick looks for each in the folded text of all items, in one piece
and with the same vector instructions, and counts; ours reads the search, applies the filters and hands out places in
the order of names. First sync: from an account that has just signed in and holds nothing to a complete picture on disk,
from the embedded service in the same process; the yardstick asks for the same things, as many at a time, and reads the bodies
to their end. On one machine the service takes the processor's time from whoever takes its answers in; over a line,
both sides ask through a relay that carries 100 Mbit/s and takes 10 ms from end to end. One change: bytes of the sealed
objects that a sync writes when one client of 1,000, of 20 members each, got one more member, against those of the
first sync of all. Memory: the most that the release build of `porticoctl items list --json` ever held (VmHWM); its
yardstick is no measurement but the promise.";

pub fn measure() -> Result<Vec<Figure>, Failure> {
    // All are built before the first is run: a compiler beside a measurement would be measured too.
    run(
        "release build",
        &mut cargo(&shared("build", &["--release", "--bin", "porticoctl", "--bench", "ratios"])),
    )?;
    eprintln!("\n── measuring");
    let mut programs = cargo(&shared("bench", &["--bench", "ratios"]));
    figures_of("core", programs.env("PORTICO_CTL", root().join("target/release/porticoctl")))
}

/// A cargo call with the selection that all of them share, those of the window too: with another one, or without a bench
/// program beside the others, the libraries would have other features and be built again.
pub fn shared<'a>(verb: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec![verb, "--locked", "--workspace", "--features", "portico/custom-protocol"];
    words.extend(more);
    words
}

/// Runs a bench program and reads the lines of its figures; it is a failure if there is none.
pub fn figures_of(name: &str, program: &mut Command) -> Result<Vec<Figure>, Failure> {
    let outcome = program
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| Failure::Missing { program: name.to_owned(), source })?;
    if !outcome.status.success() {
        return Err(Failure::Failed { step: format!("{name} bench"), code: outcome.status.code() });
    }
    let figures: Vec<Figure> = String::from_utf8_lossy(&outcome.stdout).lines().filter_map(figure).collect();
    if figures.is_empty() {
        return Err(Failure::Needed(format!("the benches of {name} printed no figure")));
    }
    Ok(figures)
}

/// `ratio`, name, unit, median of the yardstick, of ours, ratio, low, high, target; between them tabs.
fn figure(line: &str) -> Option<Figure> {
    let [name, unit, yardstick, ours, _, low, high, target] =
        *line.strip_prefix("ratio\t")?.split('\t').collect::<Vec<_>>()
    else {
        return None;
    };
    Some(Figure {
        name: name.to_owned(),
        unit: unit.to_owned(),
        yardstick: yardstick.parse().ok()?,
        ours: ours.parse().ok()?,
        spread: (low.parse().ok()?, high.parse().ok()?),
        target: target.parse().ok()?,
    })
}
