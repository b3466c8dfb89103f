//! The figures of the core: bench programs of the crates that print one line for each, read here.

use std::process::Stdio;

use crate::{
    bench::Figure,
    command::{Failure, cargo},
};

/// Packages with a bench program `ratios`.
const PACKAGES: &[&str] = &["portico-profile", "portico-vault", "portico-tests"];

pub const EXPLANATION: &str = "\
Unlock: from the closed file and the master password to every row in memory, ordered and searchable, and the first 50 rows
read; the yardstick is RustCrypto's PBKDF2-HMAC-SHA256 with the same password and rounds. The file lies in the system's page
cache. Opening: the key, name, user name and website of each item, each item with a key of its own; the yardstick opens the
very same strings at fixed offsets into a buffer that is used again, on the same number of threads, and keeps nothing. Both
sides run under the allocator of the program, which wipes what is freed. Search: every beginning of two words, as they are
typed; the yardstick looks for each in the folded text of all items, in one piece and with the same vector instructions, and
counts; ours reads the search, applies the filters and hands out places in the order of names. First sync: from a
signed-in account with nothing in it to a complete picture on disk, from the embedded service in the same process; the
yardstick asks for the same things, as many at a time, and reads the bodies to their end.";

pub fn measure() -> Result<Vec<Figure>, Failure> {
    // All are built before the first is run: a compiler beside a measurement would be measured too.
    for package in PACKAGES {
        crate::command::run(package, &mut bench(package, &["--no-run"]))?;
    }
    let mut figures = Vec::new();
    for package in PACKAGES {
        eprintln!("\n── measuring {package}");
        let outcome = bench(package, &[])
            .stderr(Stdio::inherit())
            .output()
            .map_err(|source| Failure::Missing { program: "cargo".to_owned(), source })?;
        if !outcome.status.success() {
            return Err(Failure::Failed { step: format!("{package} bench"), code: outcome.status.code() });
        }
        let lines = String::from_utf8_lossy(&outcome.stdout).into_owned();
        let before = figures.len();
        figures.extend(lines.lines().filter_map(figure));
        if figures.len() == before {
            return Err(Failure::Needed(format!("the benches of {package} printed no figure")));
        }
    }
    Ok(figures)
}

fn bench(package: &str, more: &[&str]) -> std::process::Command {
    let words: Vec<&str> =
        ["bench", "--package", package, "--bench", "ratios"].iter().chain(more).copied().collect();
    cargo(&words)
}

/// `ratio`, name, median of the yardstick, of ours (ms), ratio, low, high, target; between them tabs.
fn figure(line: &str) -> Option<Figure> {
    let [name, yardstick, ours, _, low, high, target] =
        *line.strip_prefix("ratio\t")?.split('\t').collect::<Vec<_>>()
    else {
        return None;
    };
    Some(Figure {
        name: name.to_owned(),
        unit: "ms".to_owned(),
        yardstick: yardstick.parse().ok()?,
        ours: ours.parse().ok()?,
        spread: (low.parse().ok()?, high.parse().ok()?),
        target: target.parse().ok()?,
    })
}
