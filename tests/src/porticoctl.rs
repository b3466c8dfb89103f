//! `porticoctl` as a process.
#![allow(clippy::unwrap_used)] // Part of tests, which may panic.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Built with everything else before the tests of this package run (`cargo xtask test`). Without what the environment of
/// the tests may hold for it.
///
/// # Panics
/// When it is not built.
pub fn porticoctl() -> Command {
    let here = std::env::current_exe().unwrap();
    let program = here.ancestors().nth(2).map_or_else(PathBuf::new, |target| target.join("porticoctl"));
    assert!(program.exists(), "{} is not built", program.display());
    let mut command = Command::new(program);
    for variable in ["PORTICO_SESSION", "PORTICO_PROFILE", "PORTICO_ACCOUNT", "PORTICO_LOG"] {
        command.env_remove(variable);
    }
    command
}

/// A profile folder, a password file and perhaps a session.
pub struct Terminal {
    folder: TempDir,
    session: Option<String>,
}

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// The answer of a command that succeeded, as JSON.
    ///
    /// # Panics
    /// When it failed.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).unwrap()
    }
}

impl Terminal {
    /// A fresh profile of somebody with this password.
    ///
    /// # Panics
    /// When the disk is full.
    pub fn of(password: &str) -> Self {
        let terminal = Self { folder: tempfile::tempdir().unwrap(), session: None };
        terminal.now_knows(password);
        terminal
    }

    /// Another password stands in the file.
    ///
    /// # Panics
    /// When the disk is full.
    pub fn now_knows(&self, password: &str) {
        std::fs::write(self.password_file(), format!("{password}\n")).unwrap();
    }

    /// A place of its own for a file.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn profile(&self) -> PathBuf {
        self.path("profile")
    }

    fn password_file(&self) -> PathBuf {
        self.path("password")
    }

    /// Signs in, and keeps the session where that succeeds.
    ///
    /// # Panics
    /// When the program does not run.
    pub fn login(&mut self, url: &str, email: &str, more: &[&str]) -> Answer {
        let answer = self.run(&[&["login", "--raw", "--server", url, "--email", email], more].concat());
        if answer.code == 0 {
            self.session = Some(answer.out.trim().to_owned());
        }
        answer
    }

    /// Ends all sessions.
    ///
    /// # Panics
    /// When that fails.
    pub fn lock(&mut self) {
        let answer = self.run(&["lock"]);
        assert_eq!(answer.code, 0, "{}", answer.err);
        self.session = None;
    }

    /// Begins a session again, with the password alone.
    ///
    /// # Panics
    /// When that fails.
    pub fn unlock(&mut self) {
        let answer = self.run(&["unlock", "--raw"]);
        assert_eq!(answer.code, 0, "{}", answer.err);
        self.session = Some(answer.out.trim().to_owned());
    }

    /// A command with the password at hand.
    ///
    /// # Panics
    /// When the program does not run.
    pub fn run(&self, words: &[&str]) -> Answer {
        let mut command = self.command(words);
        command.arg("--password-file").arg(self.password_file());
        answer_of(command)
    }

    /// A command that has the session, if there is one, and nothing else.
    ///
    /// # Panics
    /// When the program does not run.
    pub fn run_without_password(&self, words: &[&str]) -> Answer {
        answer_of(self.command(words))
    }

    /// What a reading command says, as JSON.
    ///
    /// # Panics
    /// When it fails.
    #[track_caller]
    pub fn rows(&self, words: &[&str]) -> Vec<Value> {
        let answer = self.run(&[words, &["--json"]].concat());
        assert_eq!(answer.code, 0, "{words:?}: {}", answer.err);
        match serde_json::from_str(&answer.out).unwrap() {
            Value::Array(rows) => rows,
            other => vec![other],
        }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = porticoctl();
        command.env("PORTICO_PROFILE", self.profile()).args(words);
        if let Some(session) = &self.session {
            command.env("PORTICO_SESSION", session);
        }
        command
    }
}

fn answer_of(mut command: Command) -> Answer {
    let output = command.stdin(Stdio::null()).output().unwrap();
    Answer {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
