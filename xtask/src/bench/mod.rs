//! `cargo xtask bench`: every figure is a ratio to a yardstick measured in the same run, in turns with it; none is an
//! absolute promise, and none makes the chore fail.

mod core;
mod driven;
mod machine;
mod report;
mod stage;
mod window;

use clap::Args;

use crate::command::{self, Failure, cargo};

#[derive(Args)]
pub struct Options {
    /// Leave out the figures of the window: its two release builds take a quarter of an hour
    #[arg(long)]
    no_window: bool,
    /// Only the figures of the window
    #[arg(long, conflicts_with = "no_window")]
    only_window: bool,
    /// Write docs/benchmarks.md; figures left out of this run keep their line there
    #[arg(long)]
    write: bool,
    /// The Criterion benches of the crates as well, for looking into a figure
    #[arg(long)]
    detail: bool,
}

/// One figure: ours, what it is held against, and how far apart they may be.
pub struct Figure {
    /// What was measured, a slash, and the yardstick.
    pub name: String,
    pub unit: String,
    /// Medians.
    pub yardstick: f64,
    pub ours: f64,
    /// The tenth and ninetieth percentile of the single ratios.
    pub spread: (f64, f64),
    pub target: f64,
}

impl Figure {
    pub fn ratio(&self) -> f64 {
        self.ours / self.yardstick
    }

    /// From pairs (yardstick, ours) taken in turns; at least one.
    pub fn from_pairs(name: &str, unit: &str, target: f64, pairs: &[(f64, f64)]) -> Self {
        let sorted = |pick: fn(&(f64, f64)) -> f64| {
            let mut values: Vec<f64> = pairs.iter().map(pick).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        let at = |values: &[f64], share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
        let ratios = sorted(|(yardstick, ours)| ours / yardstick);
        Self {
            name: name.to_owned(),
            unit: unit.to_owned(),
            yardstick: at(&sorted(|pair| pair.0), 0.5),
            ours: at(&sorted(|pair| pair.1), 0.5),
            spread: (at(&ratios, 0.1), at(&ratios, 0.9)),
            target,
        }
    }
}

/// What is measured together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Core,
    Window,
}

impl Part {
    pub fn title(self) -> &'static str {
        match self {
            Self::Core => "Core",
            Self::Window => "Window",
        }
    }

    /// What exactly stands on the two sides.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Core => core::EXPLANATION,
            Self::Window => window::EXPLANATION,
        }
    }

    fn measure(self) -> Result<Vec<Figure>, Failure> {
        match self {
            Self::Core => core::measure(),
            Self::Window => window::measure(),
        }
    }
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let machine = machine::describe();
    let mut measured = Vec::new();
    for (part, left_out) in [(Part::Core, options.only_window), (Part::Window, options.no_window)] {
        if !left_out {
            measured.push((part, part.measure()?));
        }
    }
    println!("\n{machine}");
    for (part, figures) in &measured {
        println!("\n{}\n\n{}", part.title(), report::table(figures));
    }
    if options.write {
        report::write(&machine, &measured)?;
    }
    if options.detail {
        for (package, bench) in [("portico-crypto", "open_strings"), ("portico-profile", "unlock")] {
            command::run(bench, &mut cargo(&["bench", "--package", package, "--bench", bench]))?;
        }
    }
    Ok(())
}
