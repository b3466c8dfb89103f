//! The page: its packages, its build, its own tests.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::command::{Failure, command, root, run};

/// Installs the packages of the lock file if it changed since the last time.
pub fn install() -> Result<(), Failure> {
    let lock = folder().join("package-lock.json");
    let marker = folder().join("node_modules/.package-lock.json");
    if newer(&lock, &marker) {
        run("page packages", &mut npm(&["ci", "--no-audit", "--no-fund"]))?;
    }
    Ok(())
}

/// Builds `ui/dist` if a source is newer.
pub fn build() -> Result<(), Failure> {
    install()?;
    let built = folder().join("dist/index.html");
    let sources = ["src", "public", "index.html", "package-lock.json", "vite.config.ts"];
    let changed = sources.iter().map(|name| newest(&folder().join(name))).max().flatten();
    let current = modified(&built);
    if current.is_none() || changed > current {
        run("page build", &mut npm(&["run", "build"]))?;
    }
    Ok(())
}

/// Type check and the page's own tests.
pub fn test() -> Result<(), Failure> {
    install()?;
    run("page types", &mut npm(&["run", "check"]))?;
    run("page tests", &mut npm(&["test"]))
}

fn folder() -> PathBuf {
    root().join("ui")
}

/// What npm is called here.
pub const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

fn npm(arguments: &[&str]) -> std::process::Command {
    let mut call = command(NPM, arguments);
    call.current_dir(folder());
    call
}

/// Whether a source was changed after what was made of it, or nothing was made yet.
pub fn newer(source: &Path, target: &Path) -> bool {
    match (modified(source), modified(target)) {
        (Some(source), Some(target)) => source > target,
        _ => true,
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}

/// The newest change at or below a path.
fn newest(path: &Path) -> Option<SystemTime> {
    let Ok(entries) = fs::read_dir(path) else { return modified(path) };
    entries.flatten().map(|entry| newest(&entry.path())).max().flatten()
}
