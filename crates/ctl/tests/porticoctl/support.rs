//! Drives the real program: a seeded service in one process, commands in others.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a command answered.
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// The answer of a command that succeeded, as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).unwrap()
    }

    /// The answer of a command that succeeded, as a list of JSON objects.
    #[track_caller]
    pub fn rows(&self) -> Vec<Value> {
        self.json().as_array().unwrap().clone()
    }
}

/// The names of an object's members, sorted.
pub fn keys(value: &Value) -> Vec<String> {
    let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
    keys.sort();
    keys
}

/// A profile folder and whoever uses it.
pub struct Person {
    folder: TempDir,
    session: Option<String>,
}

impl Person {
    pub fn new() -> Person {
        Person { folder: tempfile::tempdir().unwrap(), session: None }
    }

    /// The provider admin of the demo, synced and without a session, and the file with the password.
    pub fn synced(service: &Service) -> (Person, String) {
        let account = service.account("provider admin");
        let mut person = Person::new();
        person.sign_in(&service.url, account, &[]);
        assert_eq!(person.run(&["sync"]).code, 0);
        person.carry_session(None);
        let password = person.password_file(account["password"].as_str().unwrap());
        (person, password)
    }

    pub fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    /// Puts a password into a file, as scripts do.
    pub fn password_file(&self, password: &str) -> String {
        let path = self.folder.path().join("password");
        std::fs::write(&path, format!("{password}\n")).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn carry_session(&mut self, session: Option<&str>) {
        self.session = session.map(str::to_owned);
    }

    pub fn run(&self, arguments: &[&str]) -> Answer {
        self.run_with_input(arguments, "")
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Answer {
        self.answer(porticoctl(), arguments, input)
    }

    /// Runs another program, a copy of ours or what starts it, with this person's profile; as another user of the system
    /// where one is named.
    #[cfg(unix)]
    pub fn run_program(&self, user: Option<u32>, program: &str, arguments: &[&str]) -> Answer {
        let mut command = without_surroundings(program);
        if let Some(user) = user {
            std::os::unix::process::CommandExt::uid(&mut command, user);
        }
        self.answer(command, arguments, "")
    }

    fn answer(&self, mut command: Command, arguments: &[&str], input: &str) -> Answer {
        command.env("PORTICO_PROFILE", self.profile()).args(arguments);
        if let Some(session) = &self.session {
            command.env("PORTICO_SESSION", session);
        }
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that reads no input may end before this is written.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Answer {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Signs in at a server and starts a session.
    pub fn sign_in(&mut self, server: &str, account: &Value, more: &[&str]) {
        let password = self.password_file(account["password"].as_str().unwrap());
        let email = account["email"].as_str().unwrap();
        let mut arguments =
            vec!["login", "--raw", "--server", server, "--email", email, "--password-file", &password];
        arguments.extend(more);
        let answer = self.run(&arguments);
        assert_eq!(answer.code, 0, "{}", answer.err);
        self.carry_session(Some(answer.out.trim()));
    }
}

/// A seeded service that runs until it is stopped or dropped.
pub struct Service {
    child: Child,
    data: TempDir,
    pub url: String,
    pub ca: Option<String>,
    /// What `demo seed` printed.
    pub demo: Value,
}

impl Service {
    pub fn start(size: &[&str], tls: bool) -> Service {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().to_str().unwrap();
        let mut arguments = vec!["demo", "seed", "--data", folder];
        arguments.extend(size);
        let seeded = porticoctl().args(arguments).output().unwrap();
        assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
        let demo = serde_json::from_slice(&seeded.stdout).unwrap();

        let mut command = porticoctl();
        // From a folder of its own: what it prints has to be good elsewhere.
        command.args(["service", "serve", "--data", "."]).current_dir(folder).stdout(Stdio::piped());
        if tls {
            command.arg("--tls");
        }
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut line = |start: &str| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix(start).unwrap_or_else(|| panic!("{line}")).to_owned()
        };
        let url = line("listening ");
        let ca = tls.then(|| line("ca "));
        Service { child, data, url, ca, demo }
    }

    pub fn account(&self, role: &str) -> &Value {
        let accounts = self.demo["accounts"].as_array().unwrap();
        accounts.iter().find(|account| account["roles"].as_array().unwrap().contains(&role.into())).unwrap()
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, without what the environment of the tests may hold for it.
pub fn porticoctl() -> Command {
    without_surroundings(env!("CARGO_BIN_EXE_porticoctl"))
}

fn without_surroundings(program: &str) -> Command {
    let mut command = Command::new(program);
    for variable in ["PORTICO_SESSION", "PORTICO_PROFILE", "PORTICO_ACCOUNT", "PORTICO_LOG"] {
        command.env_remove(variable);
    }
    command
}
