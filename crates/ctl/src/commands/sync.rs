//! `sync`: takes in a new picture from the server.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;

use portico_client::{
    FailedClient, FailedLog, FailedProvider, SyncError, SyncOptions, SyncPhase, SyncProgress, SyncReport,
    sync,
};
use portico_profile::EventStream;
use serde::Serialize;

use crate::account;
use crate::cli::{Global, Sync};
use crate::commands::online::online;
use crate::failure::Failure;
use crate::output::{self, Format, Row};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// Number of the newest head.
    head: u64,
    /// Whether the vault was read; without `--full` only when the server says that it changed.
    vault_read: bool,
    clients_read: u32,
    /// Clients that were not due; without `--full` not every one is read each time.
    clients_left: u32,
    /// Clients that the sync before had read when it was stopped.
    clients_taken_up: u32,
    /// Events that were not known.
    events: u32,
    /// Entries of lists that could not be read: left out, or carried without what is odd in them.
    odd_entries: u32,
    /// Clients that could not be read; their last picture stays.
    failed: Vec<Failed>,
    /// Providers' routes that could not be read; of them the last picture stays.
    failed_providers: Vec<FailedRoute>,
    /// Event logs that could not be read; nothing else depends on them.
    failed_logs: Vec<FailedEvents>,
    /// Sealed bytes that went to the account's file.
    bytes_written: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failed {
    id: String,
    name: String,
    reason: &'static str,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailedRoute {
    /// Of the provider.
    id: String,
    route: String,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailedEvents {
    /// Of the provider or the organization.
    id: String,
    message: String,
}

impl Row for Report {
    const COLUMNS: &'static [&'static str] =
        &["Head", "Vault read", "Clients read", "Not due", "New events", "Failed"];

    fn cells(&self) -> Vec<String> {
        let failed: Vec<String> =
            self.failed.iter().map(|failed| format!("{} ({})", failed.name, failed.message)).collect();
        vec![
            self.head.to_string(),
            output::yes_no(self.vault_read),
            (self.clients_read + self.clients_taken_up).to_string(),
            self.clients_left.to_string(),
            self.events.to_string(),
            output::joined(&failed),
        ]
    }
}

pub(crate) fn run(global: &Global, format: Format, options: &Sync) -> Result<(), Failure> {
    let profile = account::open_profile(global)?;
    let unlocked = account::unlock(&profile, global)?;
    let sync_options = SyncOptions { full: options.full, ..SyncOptions::default() };
    let line = ProgressLine::new();
    let outcome = online(&profile, &unlocked, async |client, stop| {
        sync(&client, &unlocked, &sync_options, &|progress| line.show(&progress), &stop).await
    })?;
    line.clear();
    let outcome = outcome.map_err(|error| match error {
        SyncError::Take(damage) if damage.is_damage() => Failure::FileDamaged(SyncError::Take(damage)),
        error => error.into(),
    })?;
    let report = report(&outcome);
    if report.odd_entries > 0 {
        eprintln!(
            "porticoctl: entries that could not be read as the server sent them: {}",
            report.odd_entries
        );
    }
    for failed in &report.failed_providers {
        let why = output::on_one_line(&failed.message);
        eprintln!("porticoctl: {} could not be read and is read with the next sync: {why}", failed.route);
    }
    for log in &report.failed_logs {
        let why = output::on_one_line(&log.message);
        eprintln!("porticoctl: an event log could not be read and is read with the next sync: {why}");
    }
    output::one(format, &report)?;
    let read = outcome.clients_read + outcome.clients_taken_up + outcome.clients_left;
    match outcome.failed.first() {
        Some(failed) if read == 0 => Err(Failure::NoClientRead(failed.error.clone())),
        _ => Ok(()),
    }
}

fn report(report: &SyncReport) -> Report {
    Report {
        head: report.head.0,
        vault_read: report.vault_read,
        clients_read: report.clients_read,
        clients_left: report.clients_left,
        clients_taken_up: report.clients_taken_up,
        events: report.events,
        odd_entries: report.odd_entries,
        failed: report.failed.iter().map(failed).collect(),
        failed_providers: report.failed_providers.iter().map(failed_route).collect(),
        failed_logs: report.failed_logs.iter().map(failed_log).collect(),
        bytes_written: report.bytes_written,
    }
}

fn failed(failed: &FailedClient) -> Failed {
    Failed {
        id: failed.organization.to_string(),
        name: failed.name.clone(),
        reason: failed.reason.word(),
        message: failed.error.to_string(),
    }
}

fn failed_route(failed: &FailedProvider) -> FailedRoute {
    FailedRoute { id: failed.provider.to_string(), route: failed.route(), message: failed.error.to_string() }
}

fn failed_log(failed: &FailedLog) -> FailedEvents {
    let (EventStream::Provider(id) | EventStream::Organization(id)) = failed.stream;
    FailedEvents { id: id.to_string(), message: failed.error.to_string() }
}

/// One line on the standard error that is written over and over, where that is a terminal.
struct ProgressLine {
    is_shown: bool,
    /// Progress comes from several tasks; two of them must not mix their letters.
    turn: Mutex<()>,
}

/// Clears from the cursor to the end of the line.
const CLEAR: &str = "\r\x1b[K";

impl ProgressLine {
    fn new() -> Self {
        ProgressLine { is_shown: std::io::stderr().is_terminal(), turn: Mutex::new(()) }
    }

    fn show(&self, progress: &SyncProgress) {
        let phase = match progress.phase {
            SyncPhase::Connecting => "Connecting",
            SyncPhase::Vault => "Reading the vault",
            SyncPhase::Provider => "Reading the provider",
            SyncPhase::Clients => "Reading clients",
            SyncPhase::Saving => "Saving",
        };
        let client = progress.client.as_deref().map(output::on_one_line).unwrap_or_default();
        self.write(&match progress.phase {
            SyncPhase::Clients => {
                let left = progress.seconds_left.map(time_left).unwrap_or_default();
                format!("{phase} {} of {}{left}  {client}", progress.done, progress.total)
            }
            _ => phase.to_owned(),
        });
    }

    fn clear(&self) {
        self.write("");
    }

    fn write(&self, text: &str) {
        if self.is_shown {
            let _turn = self.turn.lock();
            // A terminal that cannot be written to shows no progress, and nothing else is lost.
            let _ = write!(std::io::stderr(), "{CLEAR}{text}");
        }
    }
}

/// As the window has it: seconds, then minutes, then hours and minutes.
fn time_left(seconds: u32) -> String {
    let minutes = seconds.div_ceil(60);
    match (seconds, minutes) {
        (..60, _) => format!(", about {seconds} s left"),
        (_, ..60) => format!(", about {minutes} min left"),
        _ => format!(", about {} h {:02} min left", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::time_left;

    #[test]
    fn the_time_left_is_told_in_what_one_reads() {
        for (seconds, told) in [
            (31, ", about 31 s left"),
            (60, ", about 1 min left"),
            (300, ", about 5 min left"),
            (301, ", about 6 min left"),
            (3600, ", about 1 h 00 min left"),
            (7260, ", about 2 h 01 min left"),
        ] {
            assert_eq!(time_left(seconds), told);
        }
    }
}
