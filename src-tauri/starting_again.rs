//! Starting the program again in place of itself: with another folder, or where the start that it met is just ending.

use std::{
    path::Path,
    process::{Command, ExitCode},
};

/// With the same folder, which another start may leave soon.
pub fn start_again(folder: &Path, link: Option<&str>) -> ExitCode {
    start(folder, link, times_started_again().saturating_add(1))
}

/// With another folder.
pub fn start_with(folder: &Path, link: Option<&str>) -> ExitCode {
    start(folder, link, 0)
}

/// With the same folder, for a window that says why it cannot be used.
pub fn start_to_refuse(folder: &Path, link: Option<&str>) -> ExitCode {
    start(folder, link, MOST);
    // Where the program goes on as another process, this one has shown no window of the folder.
    ExitCode::FAILURE
}

/// One process has one event loop: the program itself is started again.
fn start(folder: &Path, link: Option<&str>, times: u8) -> ExitCode {
    let Ok(program) = std::env::current_exe() else { return ExitCode::FAILURE };
    let mut again = Command::new(program);
    again.arg("--profile").arg(folder).args(link);
    again.env(STARTED_AGAIN, times.to_string());
    #[cfg(unix)]
    let failed = Some(std::os::unix::process::CommandExt::exec(&mut again));
    #[cfg(not(unix))]
    let failed = again.spawn().err();
    match failed {
        Some(error) => {
            eprintln!("portico: the program does not start again: {error}");
            ExitCode::FAILURE
        }
        None => ExitCode::SUCCESS,
    }
}

/// How often the program was started again, for the one that is.
const STARTED_AGAIN: &str = "PORTICO_STARTED_AGAIN";

/// After so many there is no hope that another start ends otherwise.
const MOST: u8 = 10;

fn times_started_again() -> u8 {
    std::env::var(STARTED_AGAIN).ok().and_then(|times| times.parse().ok()).unwrap_or_default()
}

/// Whether there is hope yet that another start ends otherwise.
pub fn may_start_again() -> bool {
    times_started_again() < MOST
}
