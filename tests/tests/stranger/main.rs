//! Our client at a server that was written from `protocol.md` alone, in Node and by another reading of it
//! (`judges/stranger.mjs`). It prints what it holds in plain; whatever our client shows has to be that, in every manner in
//! which an honest server may answer.
#![allow(clippy::unwrap_used)] // A test may panic.

mod changes;
mod differences;
mod listed;
mod server;
mod structure;
mod vault;

use differences::Differences;
use portico_profile::{Profile, Unlocked};
use portico_tests::porticoctl::Terminal;
use serde_json::json;
use server::Stranger;

macro_rules! manners {
    ($($manner:ident)*) => {
        $(#[test]
        fn $manner() {
            everything_is_as_it_is(stringify!($manner));
        })*
    };
}

manners! { cloud older sparse newer slow odd vaultwarden }

#[test]
fn several_at_once() {
    everything_is_as_it_is("older+odd+slow");
}

/// Signs in, syncs, fetches every file; then, locked, with the server gone and unlocked again, compares everything.
fn everything_is_as_it_is(manner: &str) {
    let mut server = Stranger::start(manner);
    let mut terminal = signed_in(&server);
    synced(&terminal);
    let mut differences = Differences::default();
    fetch_files(&terminal, &server, &mut differences);
    without_complaints(&mut server, &mut differences);
    terminal.lock();
    server.stop();
    assert_eq!(terminal.run_without_password(&["items", "list"]).code, 4, "it is locked");
    terminal.unlock();
    compare(&terminal, &server, &mut differences);
    differences.none(manner);
}

/// Too many requests, and a gateway's page in place of groups: all the rest is there, and what was missing comes with the next sync.
#[test]
fn busy() {
    let mut server = Stranger::start("busy");
    let terminal = signed_in(&server);
    let report = terminal.run(&["sync", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&report.out).unwrap();
    let failed = report["failed"].as_array().unwrap();
    assert!(
        !failed.is_empty() && failed.iter().all(|client| client["reason"] == "serverError"),
        "{failed:?}"
    );
    let mut differences = Differences::default();
    vault::compare(&unlocked(&terminal, &server).picture(), &server.truth, &mut differences);
    server.tell(&json!({"do": "mend"}));
    synced(&terminal);
    compare(&terminal, &server, &mut differences);
    differences.none("busy");
}

/// A server that sends our client elsewhere gets nothing more of it: no address but the one that a person named sees the
/// proof of a password.
#[test]
fn moved() {
    let mut server = Stranger::start("moved");
    let mut terminal = Terminal::of(&server.password);
    let answer = terminal.login(&server.url, &server.email, &[]);
    assert!(answer.code != 0 && answer.err.contains("instead of answering"), "{}", answer.err);
    let asked = server.tell(&json!({"do": "report"}));
    let followed = |path: &serde_json::Value| path.as_str().unwrap().contains("/moved/");
    assert!(!asked["requests"].as_array().unwrap().iter().any(followed), "{asked}");
}

fn signed_in(server: &Stranger) -> Terminal {
    let mut terminal = Terminal::of(&server.password);
    let answer = terminal.login(&server.url, &server.email, &[]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    terminal
}

fn synced(terminal: &Terminal) {
    let answer = terminal.run(&["sync", "--json"]);
    let report = answer.json();
    assert_eq!(report["failed"], json!([]), "{}", answer.err);
    assert_eq!(report["failedLogs"], json!([]), "{}", answer.err);
    assert_eq!(report["failedProviders"], json!([]), "{}", answer.err);
}

fn unlocked(terminal: &Terminal, server: &Stranger) -> Unlocked {
    let profile = Profile::open(terminal.profile()).unwrap();
    let account = profile.accounts().unwrap()[0].id;
    profile.unlock(account, &server.password).unwrap()
}

fn compare(terminal: &Terminal, server: &Stranger, differences: &mut Differences) {
    let unlocked = unlocked(terminal, server);
    vault::compare(&unlocked.picture(), &server.truth, differences);
    structure::compare(&unlocked, &server.truth, differences);
    drop(unlocked);
    listed::compare(terminal, &server.truth, differences);
}

fn fetch_files(terminal: &Terminal, server: &Stranger, differences: &mut Differences) {
    use base64::Engine;
    for item in server.truth["items"].as_array().unwrap() {
        for file in item["attachments"].as_array().map(Vec::as_slice).unwrap_or_default() {
            let (item, id) = (item["id"].as_str().unwrap(), file["id"].as_str().unwrap());
            let place = terminal.path(id);
            let answer =
                terminal.run(&["items", "save-attachment", item, id, "--out", place.to_str().unwrap()]);
            let bytes = std::fs::read(&place).unwrap_or_default();
            let bytes = base64::engine::general_purpose::STANDARD.encode(bytes);
            differences.same(
                || format!("file {file} ({})", answer.err),
                &bytes.as_str(),
                &file["bytes"].as_str().unwrap(),
            );
        }
    }
}

/// A sync opens no client's collections, and asks nothing that the protocol does not know.
fn without_complaints(server: &mut Stranger, differences: &mut Differences) {
    let answer = server.tell(&json!({"do": "report"}));
    for complaint in answer["complaints"].as_array().unwrap() {
        differences.note(format!("the server: {complaint}"));
    }
}
