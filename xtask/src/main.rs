//! `cargo xtask …`: set-up and chores, one module per chore.

mod bench;
mod bundle;
mod command;
mod display;
mod judges;
mod libraries;
mod page;
mod start;
mod system;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set-up and chores of Portico")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install or name what is missing, build the page and the app, open the window
    Start(start::Options),
    /// Formatting, lints, every test, the real window
    Test(test::Options),
    /// Packages for this system: deb and rpm, an installer, a disk image
    Bundle(bundle::Options),
    /// Licences, bans and sources of every library
    Deny,
    /// Figures: ratios against a yardstick measured in the same run
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().chore {
        Chore::Start(options) => start::run(&options),
        Chore::Test(options) => test::run(&options),
        Chore::Bundle(options) => bundle::run(&options),
        Chore::Deny => libraries::check(),
        Chore::Bench(options) => bench::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
