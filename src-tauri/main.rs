//! Entry: first make the process hard to look into, then run the shell.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod freed;

use std::process::ExitCode;

/// Freed memory is wiped: keys and opened items pass through many allocations that no type of ours owns.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    portico::harden();
    portico::run(std::env::args_os().skip(1))
}
