//! Running other programs: shown before they run, stopped at the first failure.

use std::{
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// A step that did not succeed, with what a person needs to go on.
#[derive(Debug)]
pub enum Failure {
    /// The program could not be started.
    Missing { program: String, source: std::io::Error },
    /// The program ran and failed.
    Failed { step: String, code: Option<i32> },
    /// Something only the person can do.
    Needed(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { program, source } => write!(out, "cannot run `{program}`: {source}"),
            Self::Failed { step, code: Some(code) } => write!(out, "{step} failed (exit code {code})"),
            Self::Failed { step, code: None } => write!(out, "{step} was stopped by a signal"),
            Self::Needed(what) => out.write_str(what),
        }
    }
}

/// Folder of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// A command in the workspace folder.
pub fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// The cargo that runs this chore, without what it told this chore about its own package: build scripts look at that, and
/// what a person built by hand would be built again.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut call = command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()), arguments);
    let is_of_the_package = |name: &OsString| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
    };
    std::env::vars_os().map(|(name, _)| name).filter(is_of_the_package).for_each(|name| {
        call.env_remove(name);
    });
    call
}

/// Runs a command to its end and says how long it took.
pub fn run(step: &str, command: &mut Command) -> Result<(), Failure> {
    eprintln!("\n── {step}");
    let begun = Instant::now();
    let status = command.status().map_err(|source| Failure::Missing {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    })?;
    eprintln!("── {step}: {:.1} s", begun.elapsed().as_secs_f64());
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Failed { step: step.to_owned(), code: status.code() })
    }
}

/// True when the program's file is on the PATH; `file` has the ending that programs have here.
pub fn found(file: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(file).is_file()))
}
