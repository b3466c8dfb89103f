//! What happens to an account between two syncs: what was there stays readable, and what comes is the truth again.

use portico_tests::porticoctl::{Answer, Terminal};
use serde_json::{Value, json};

use crate::differences::Differences;
use crate::server::Stranger;
use crate::{compare, signed_in, synced, unlocked, vault};

fn begun(manner: &str) -> (Stranger, Terminal) {
    let server = Stranger::start(manner);
    let terminal = signed_in(&server);
    synced(&terminal);
    (server, terminal)
}

/// After the next sync everything is as it is.
#[track_caller]
fn synced_again(terminal: &Terminal, server: &Stranger) {
    synced(terminal);
    let mut differences = Differences::default();
    compare(terminal, server, &mut differences);
    differences.none("afterwards");
}

/// The old picture still opens, as it was.
#[track_caller]
fn still_readable(terminal: &Terminal, server: &Stranger, before: &Value) {
    let mut differences = Differences::default();
    vault::compare(&unlocked(terminal, server).picture(), before, &mut differences);
    differences.none("before");
}

#[track_caller]
fn told(answer: &Answer, code: i32, word: &str) {
    assert!(answer.code == code && answer.err.contains(word), "{code} {word}: {answer:?}");
}

#[test]
fn codes_are_asked_for_until_the_machine_is_remembered() {
    let mut server = Stranger::start("older");
    server.tell(&json!({"do": "twoFactor", "codes": {"0": "123456", "1": "abcdef"}}));
    let mut terminal = Terminal::of(&server.password);
    let (url, email) = (server.url.clone(), server.email.clone());
    told(&terminal.login(&url, &email, &[]), 1, "code");
    told(&terminal.login(&url, &email, &["--method", "authenticator", "--code", "000000"]), 4, "code");
    told(&terminal.login(&url, &email, &["--method", "email"]), 1, "code");
    let asked = server.tell(&json!({"do": "report"}));
    assert!(
        asked["requests"].as_array().unwrap().contains(&json!("POST /api/two-factor/send-email-login")),
        "{asked}"
    );
    assert_eq!(asked["complaints"], json!([]));
    assert_eq!(terminal.login(&url, &email, &["--method", "email", "--code", "abcdef"]).code, 0);
    // The server knows the machine, until it forgets it.
    assert_eq!(terminal.login(&url, &email, &[]).code, 0);
    server.tell(&json!({"do": "forgetMachines"}));
    told(&terminal.login(&url, &email, &[]), 1, "code");
    assert_eq!(terminal.login(&url, &email, &["--method", "authenticator", "--code", "123456"]).code, 0);
    synced_again(&terminal, &server);
}

#[test]
fn a_personal_api_key_needs_no_code_and_comes_again_when_its_token_ends() {
    let mut server = Stranger::start("older");
    server.tell(&json!({"do": "twoFactor", "codes": {"0": "123456"}}));
    let terminal = Terminal::of(&server.password);
    let (account, secret) = (&server.truth["account"], terminal.path("secret"));
    std::fs::write(&secret, account["apiKey"].as_str().unwrap()).unwrap();
    let client = format!("user.{}", account["id"].as_str().unwrap());
    let words = ["--client-id", &client, "--client-secret-file", secret.to_str().unwrap()];
    let answer = terminal.run(&[&["login", "--server", &server.url, "--apikey"], &words[..]].concat());
    assert_eq!(answer.code, 0, "{}", answer.err);
    synced(&terminal);
    server.tell(&json!({"do": "endTokens"}));
    synced_again(&terminal, &server);
    assert_eq!(server.tell(&json!({"do": "report"}))["complaints"], json!([]));
}

#[test]
fn a_new_machine_is_let_in_with_the_mailed_code() {
    let mut server = Stranger::start("sparse");
    server.tell(&json!({"do": "newDevice", "code": "445566"}));
    let mut terminal = Terminal::of(&server.password);
    let (url, email) = (server.url.clone(), server.email.clone());
    told(&terminal.login(&url, &email, &[]), 1, "code");
    told(&terminal.login(&url, &email, &["--new-device-code", "000000"]), 4, "code");
    assert_eq!(terminal.login(&url, &email, &["--new-device-code", "445566"]).code, 0);
    synced_again(&terminal, &server);
}

#[test]
fn cheaper_costs_are_refused_until_they_are_accepted_and_far_too_cheap_ones_for_good() {
    let (mut server, mut terminal) = begun("cloud");
    let (url, email, password) = (server.url.clone(), server.email.clone(), server.password.clone());
    server.tell(&json!({"do": "password", "password": password, "kdfIterations": 5000}));
    told(&terminal.login(&url, &email, &[]), 1, "--accept-cheaper-kdf");
    assert_eq!(terminal.login(&url, &email, &["--accept-cheaper-kdf"]).code, 0);
    synced_again(&terminal, &server);
    server.tell(&json!({"do": "password", "password": password, "kdfIterations": 4999}));
    let before = server.truth.clone();
    let answer = terminal.login(&url, &email, &["--accept-cheaper-kdf"]);
    assert_ne!(answer.code, 0, "{answer:?}");
    let asked = server.tell(&json!({"do": "report"}));
    let tokens = asked["requests"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|path| path.as_str().unwrap().contains("token"))
        .count();
    assert_eq!(tokens, 0, "no proof of the password was sent: {asked}");
    still_readable(&terminal, &server, &before);
}

#[test]
fn an_ended_session_asks_to_sign_in_again_and_loses_nothing() {
    let (mut server, mut terminal) = begun("odd");
    let before = server.truth.clone();
    server.tell(&json!({"do": "newStamp"}));
    told(&terminal.run(&["sync"]), 4, "sign");
    still_readable(&terminal, &server, &before);
    assert_eq!(terminal.login(&server.url, &server.email, &[]).code, 0);
    synced_again(&terminal, &server);
}

#[test]
fn another_password_and_then_another_key_bring_everything_back() {
    let (mut server, mut terminal) = begun("sparse");
    let before = server.truth.clone();
    server.tell(&json!({"do": "password", "password": "ein neues Kennwort", "kdfIterations": 6000}));
    told(&terminal.run(&["sync"]), 4, "sign");
    // Offline the old one still opens what is here.
    still_readable(&terminal, &server, &before);
    told(&terminal.login(&server.url, &server.email, &[]), 4, "password");
    server.password = "ein neues Kennwort".to_owned();
    terminal.now_knows(&server.password);
    assert_eq!(terminal.login(&server.url, &server.email, &[]).code, 0);
    synced_again(&terminal, &server);

    server.tell(&json!({"do": "rotate"}));
    told(&terminal.run(&["sync"]), 4, "sign");
    still_readable(&terminal, &server, &before);
    let answer = terminal.login(&server.url, &server.email, &[]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    synced_again(&terminal, &server);
    // What was there before is kept.
    assert!(!terminal.rows(&["status"])[0]["head"].is_null());
}

#[test]
fn a_lost_organization_takes_its_items_with_it_and_a_suspended_one_says_so() {
    let (mut server, terminal) = begun("older");
    let organization = |server: &Stranger, place: usize| server.truth["organizations"][place]["id"].clone();
    server.tell(&json!({"do": "leaveOrganization", "id": organization(&server, 1)}));
    synced_again(&terminal, &server);
    let id = organization(&server, 0);
    server.tell(&json!({"do": "disableOrganization", "id": id}));
    synced(&terminal);
    let suspended = terminal.rows(&["status"])[0]["suspended"].clone();
    assert!(suspended.as_array().unwrap().iter().any(|one| one["id"] == id), "{suspended}");
    let listed = terminal.rows(&["items", "list"]);
    let name = &server.truth["organizations"][0]["name"];
    assert!(
        !listed.iter().any(|row| row["organization"] == *name && row["organizationState"] == "active"),
        "{listed:?}"
    );
}

#[test]
fn other_keys_of_organizations_and_providers_open_what_they_seal() {
    let (mut server, terminal) = begun("older+odd");
    server.tell(&json!({"do": "rotateOrganizations"}));
    synced_again(&terminal, &server);
}

#[test]
fn a_day_of_work_is_seen_with_the_next_sync() {
    let (mut server, terminal) = begun("newer+odd");
    for _ in 0..2 {
        server.tell(&json!({"do": "work"}));
        synced_again(&terminal, &server);
    }
}

#[test]
fn a_client_that_goes_and_comes_back_is_told_by_no_revision_date() {
    let (mut server, terminal) = begun("slow");
    let id = server.truth["providers"][0]["clients"][1]["organization"]["id"].clone();
    server.tell(&json!({"do": "unlinkClient", "id": id}));
    synced_again(&terminal, &server);
    server.tell(&json!({"do": "linkClientAgain", "rowId": "0c11e47b-aaaa-4bbb-8ccc-121212121212"}));
    synced_again(&terminal, &server);
}

#[test]
fn a_lost_role_and_a_lost_provider_leave_no_more_than_they_may() {
    let (mut server, terminal) = begun("newer");
    let id = server.truth["providers"][0]["id"].clone();
    server.tell(&json!({"do": "providerRole", "id": id, "type": 1}));
    synced(&terminal);
    told(&terminal.run(&["provider", "members"]), 1, "");
    assert_eq!(terminal.rows(&["clients", "list"]).len(), 6);
    server.tell(&json!({"do": "providerRole", "id": id, "type": 0}));
    synced_again(&terminal, &server);
    server.tell(&json!({"do": "leaveProvider", "id": id}));
    synced_again(&terminal, &server);
}
