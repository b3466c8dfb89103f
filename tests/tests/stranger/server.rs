//! The strange server as a process.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// Runs until it is stopped or dropped.
pub struct Stranger {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    pub url: String,
    pub email: String,
    pub password: String,
    /// Everything that it holds, in plain.
    pub truth: Value,
}

impl Stranger {
    /// `manner` is one of those in `judges/stranger/manners.mjs`.
    pub fn start(manner: &str) -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("judges/stranger.mjs");
        // Another world than that of every day, for whoever looks for more.
        let seed = std::env::var("PORTICO_STRANGER_SEED").unwrap_or_else(|_| "1".to_owned());
        let mut child = Command::new("node")
            .arg(program)
            .args([manner, &seed])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs the strange server");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        let text = |key: &str| first[key].as_str().unwrap().to_owned();
        let (url, email, password) = (text("url"), text("email"), text("password"));
        Self {
            input: child.stdin.take().unwrap(),
            child,
            lines,
            url,
            email,
            password,
            truth: first["truth"].take(),
        }
    }

    /// Changes its world (`judges/stranger/changes.mjs`), and learns the new truth. The answer has what was requested since the last time,
    /// and what was wrong with it.
    pub fn tell(&mut self, change: &Value) -> Value {
        writeln!(self.input, "{change}").unwrap();
        let mut answer: Value = serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap();
        self.truth = answer["truth"].take();
        answer
    }

    /// Nobody answers any more.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
