//! The official command-line client as a process: one folder of its own for each account, no network but the service.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use url::Url;

/// One installation of `bw` for one account. Everything that it keeps lies in a folder that goes with this value.
pub struct Bw {
    folder: TempDir,
    authority: PathBuf,
    session: Option<String>,
}

/// What `bw --response` answers: success with data, or a message.
#[derive(Debug)]
pub struct Refused(pub String);

impl Bw {
    /// Points a fresh client at a server, whose certificate authority it is to trust.
    pub fn at(server: &Url, authority: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bw = Self { folder, authority: authority.to_owned(), session: None };
        bw.told(&["config", "server", server.as_str().trim_end_matches('/')]);
        bw
    }

    /// Signs in with a master password; the client syncs at once.
    pub fn login(&mut self, email: &str, password: &str) {
        self.session = Some(self.try_login(email, password, &[]).unwrap());
    }

    /// Keeps a session key for what follows.
    pub fn keep(&mut self, session: String) {
        self.session = Some(session);
    }

    /// Signs in with a password and further words (`--method 0 --code 123456`); gives the session key.
    pub fn try_login(&self, email: &str, password: &str, words: &[&str]) -> Result<String, Refused> {
        let mut all = vec!["login", email, "--passwordenv", "JUDGE_PASSWORD"];
        all.extend(words);
        let data = self.run(&all, &[("JUDGE_PASSWORD", password)], None)?;
        Ok(data["raw"].as_str().expect("a session key").to_owned())
    }

    /// Signs in with the personal API key, then unlocks with the master password.
    pub fn login_with_api_key(&mut self, client_id: &str, client_secret: &str, password: &str) {
        let keys = [("BW_CLIENTID", client_id), ("BW_CLIENTSECRET", client_secret)];
        self.run(&["login", "--apikey"], &keys, None).unwrap();
        self.unlock(password);
    }

    /// Unlocks, and keeps the session key for what follows.
    pub fn unlock(&mut self, password: &str) {
        self.session = Some(self.try_unlock(password).unwrap());
    }

    /// Unlocks, if the password is the right one; gives the session key.
    pub fn try_unlock(&self, password: &str) -> Result<String, Refused> {
        let words = ["unlock", "--passwordenv", "JUDGE_PASSWORD"];
        let data = self.run(&words, &[("JUDGE_PASSWORD", password)], None)?;
        Ok(data["raw"].as_str().expect("a session key").to_owned())
    }

    /// The answer to a command that has to succeed.
    pub fn told(&self, words: &[&str]) -> Value {
        self.ask(words).unwrap_or_else(|Refused(message)| panic!("bw {}: {message}", words.join(" ")))
    }

    /// The answer to a command, or why there is none.
    pub fn ask(&self, words: &[&str]) -> Result<Value, Refused> {
        self.run(words, &[], None)
    }

    /// A list: `bw list WHAT …`.
    pub fn list(&self, words: &[&str]) -> Vec<Value> {
        let mut all = vec!["list"];
        all.extend(words);
        match self.told(&all)["data"].take() {
            Value::Array(rows) => rows,
            other => panic!("not a list: {other}"),
        }
    }

    /// A bare value: `bw get password …`.
    pub fn get(&self, what: &str, which: &str) -> String {
        self.told(&["get", what, which])["data"].as_str().expect("a text").to_owned()
    }

    /// A command that reads an encoded object from standard input: `create`, `edit`.
    pub fn send(&self, words: &[&str], object: &Value) -> Value {
        self.try_send(words, object)
            .unwrap_or_else(|Refused(message)| panic!("bw {}: {message}", words.join(" ")))
    }

    /// The same for a command that may be refused.
    pub fn try_send(&self, words: &[&str], object: &Value) -> Result<Value, Refused> {
        let encoded = base64(object.to_string().as_bytes());
        self.run(words, &[], Some(&encoded))
    }

    fn run(
        &self,
        words: &[&str],
        environment: &[(&str, &str)],
        input: Option<&str>,
    ) -> Result<Value, Refused> {
        let mut call = Command::new("node");
        call.arg("--require")
            .arg(judges().join("leave.cjs"))
            .arg(judges().join("node_modules/@bitwarden/cli/build/bw.js"))
            .args(words)
            .args(["--response", "--nointeraction"])
            .env("BITWARDENCLI_APPDATA_DIR", self.folder.path())
            .env("NODE_EXTRA_CA_CERTS", &self.authority)
            // Node 22 keeps the compiled program, of four megabytes; older ones do not know the word.
            .env("NODE_COMPILE_CACHE", judges().join("node_modules/.compiled"))
            .envs(environment.iter().copied())
            .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(session) = &self.session {
            call.env("BW_SESSION", session);
        }
        let output = tokio::task::block_in_place(|| {
            let mut child = call.spawn().expect("node runs the official client");
            if let Some(input) = input {
                use std::io::Write;
                child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
            }
            child.wait_with_output().unwrap()
        });
        let text = String::from_utf8_lossy(&output.stdout);
        let answer: Value = serde_json::from_str(text.trim()).unwrap_or_else(|_| {
            let told = String::from_utf8_lossy(&output.stderr);
            panic!("bw {} answered no JSON: {text}\n{told}", words.join(" "))
        });
        if answer["success"] == true {
            Ok(answer["data"].clone())
        } else {
            Err(Refused(answer["message"].as_str().unwrap_or_default().to_owned()))
        }
    }
}

/// Where `cargo xtask test` installs the official client, by `package-lock.json`.
fn judges() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("judges")
}

fn base64(bytes: &[u8]) -> String {
    base64::engine::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
}
