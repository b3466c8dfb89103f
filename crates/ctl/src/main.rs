//! `porticoctl`: the core of Portico for scripts, scheduled syncs and measurements.
//!
//! Prints results on the standard output and everything else on the standard error. Every read is answered from the
//! sealed cache and asks no server. The keys of the JSON and the exit codes are promises: see README.md beside this.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may panic"))]

mod account;
mod cli;
#[cfg(target_os = "linux")]
mod closed_output;
mod commands;
mod failure;
mod harden;
mod log;
mod output;
mod password;
mod words;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use failure::Failure;
use output::Format;

/// Freed memory is wiped: keys and opened items pass through many allocations that no type of ours owns.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    harden::harden();
    let cli = Cli::parse();
    log::to_stderr();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        // Quietly, as for a program that the system ends for it; but a script must not take a part for the whole.
        Err(failure) if failure.is_closed_pipe() => failure.exit_code(),
        Err(failure) => {
            failure.report();
            failure.exit_code()
        }
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    let global = &cli.global;
    let format = if global.json { Format::Json } else { Format::Table };
    match &cli.command {
        Command::Login(options) => commands::login::run(global, format, options),
        Command::Unlock(options) => commands::session::unlock(global, format, options),
        Command::Lock => commands::session::lock(global),
        Command::Logout(options) => commands::session::logout(global, options),
        Command::Backup(options) => commands::backup::save(global, format, options),
        Command::Restore(options) => commands::backup::put_back(global, format, options),
        Command::Status => commands::status::run(global, format),
        Command::Sync(options) => commands::sync::run(global, format, options),
        Command::Provider(command) => commands::provider::run(global, format, command),
        Command::Clients(command) => commands::clients::run(global, format, command),
        Command::Access(command) => commands::clients::run_access(global, format, command),
        Command::Search(options) => commands::search::run(global, format, options),
        Command::Items(command) => commands::items::run(global, format, command),
        Command::Service(command) => commands::service::run(command, format),
        Command::Demo(command) => commands::demo::run(command),
    }
}
