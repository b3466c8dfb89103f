//! The real program against a real service, each in a process of its own.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod at_once;
mod backup;
mod between;
mod client_actions;
mod clock;
mod damage;
mod due_log_outs;
mod exit_codes;
#[cfg(target_os = "linux")]
mod full_disk;
mod hostile;
mod items;
mod login;
mod outbox;
mod own_organization;
mod provider;
mod serving;
mod staff;
#[cfg(unix)]
mod stopped;
mod support;
mod unreadable;
