//! What a difficult server sends, and what a script and a person read of it.

use crate::between::Between;
use crate::support::{Person, Service};
use serde_json::Value;

const SIZE: [&str; 6] = ["--clients", "3", "--members", "4", "--items", "5"];

/// The provider admin, signed in and synced through what stands between.
fn maya(service: &Service, between: &Between) -> Person {
    let mut maya = Person::new();
    maya.sign_in(&between.url, service.account("provider admin"), &[]);
    assert_eq!(maya.run(&["sync"]).code, 0);
    maya
}

#[test]
fn a_name_without_end_widens_no_other_row() {
    let service = Service::start(&SIZE, false);
    let between = Between::start(&service.url);
    let maya = maya(&service, &between);
    let one = maya.run(&["clients", "list", "--json"]).rows().remove(0);
    let (name, long) =
        (one["name"].as_str().unwrap().to_owned(), format!("{}\u{202e}", "Ab".repeat(100_000)));
    let sent = long.clone();
    between.answer_otherwise(move |_, body| body.replace(&format!("\"{name}\""), &format!("\"{sent}\"")));
    assert_eq!(maya.run(&["sync", "--full"]).code, 0);
    let table = maya.run(&["clients", "list"]).out;
    assert!(table.lines().all(|line| line.chars().count() < 300), "{}", table.len());
    assert!(table.contains("AbAb") && table.contains('…'), "{table}");
    let listed = maya.run(&["clients", "list", "--json"]);
    assert!(listed.rows().iter().any(|row| row["name"] == long.as_str()), "JSON is whole");
    assert!(!listed.out.contains('\u{202e}') && listed.out.contains(r"\u202e"), "and turns no line");
}

#[test]
fn what_cannot_be_read_is_told_once_and_in_the_form_of_everything_else() {
    let service = Service::start(&SIZE, false);
    let between = Between::start(&service.url);
    let maya = maya(&service, &between);
    between.answer_instead(|_, path| path.contains("/policies").then(|| (403, "{}".to_owned())));
    let synced = maya.run(&["sync", "--full", "--json"]);
    assert!(!synced.err.contains('\u{1b}'), "{:?}", synced.err);
    assert!(synced.err.lines().all(|line| line.starts_with("porticoctl: ")), "{}", synced.err);
    let answer: Value = serde_json::from_str(&synced.out).unwrap();
    for failed in answer["failed"].as_array().unwrap() {
        assert!(!synced.err.contains(failed["id"].as_str().unwrap()), "told twice: {}", synced.err);
    }
    assert!(!answer["failed"].as_array().unwrap().is_empty());
}

#[test]
fn a_vault_that_is_refused_for_ever_takes_another_sign_in() {
    let service = Service::start(&SIZE, false);
    let between = Between::start(&service.url);
    let maya = maya(&service, &between);
    between.answer_instead(|_, path| path.contains("/sync?").then(|| (401, "{}".to_owned())));
    let refused = maya.run(&["sync", "--full"]);
    assert!(refused.code == 4 && refused.err.contains("sign in again"), "{} {}", refused.code, refused.err);
    between.answer_instead(|_, path| path.contains("/sync?").then(|| (401, "<html>".to_owned())));
    let page = maya.run(&["sync", "--full"]);
    assert!(page.code != 4, "a network's own page says nothing of the session: {} {}", page.code, page.err);
    between.answer_instead(|_, _| None);
    assert_eq!(maya.run(&["sync"]).code, 0);
}

#[test]
fn keys_that_are_none_are_a_bad_answer_and_no_rotation() {
    let service = Service::start(&SIZE, false);
    let between = Between::start(&service.url);
    let maya = maya(&service, &between);
    change_user_key(&between, "2.broken");
    let bad = maya.run(&["sync", "--full"]);
    assert!(bad.code == 3 && bad.err.contains("cannot be read"), "{} {}", bad.code, bad.err);
    assert!(!bad.err.contains("sign in again") && !bad.err.contains("changed"), "{}", bad.err);
}

#[test]
fn keys_of_an_unknown_type_are_told_as_that_and_are_no_rotation() {
    let service = Service::start(&SIZE, false);
    let between = Between::start(&service.url);
    let maya = maya(&service, &between);
    change_profile(&between, |profile| {
        for list in ["organizations", "providers", "providerOrganizations"] {
            profile[list][0]["key"] = "9.AAAA".into();
        }
    });
    let shared = maya.run(&["sync", "--full"]);
    assert!(shared.code == 0 && !shared.err.contains("sign in again"), "{} {}", shared.code, shared.err);
    change_user_key(&between, "9.AAAA");
    let own = maya.run(&["sync", "--full"]);
    assert!(own.code == 1 && own.err.contains("newer version"), "{} {}", own.code, own.err);
    assert!(!own.err.contains("sign in again") && !own.err.contains("rotated"), "{}", own.err);
    between.answer_otherwise(|_, body| body);
    assert_eq!(maya.run(&["sync", "--full"]).code, 0, "nothing was thrown away");
}

/// Puts `key` in the place of the user key, wherever an answer to `/sync` has it.
fn change_user_key(between: &Between, key: &'static str) {
    change_sync(between, move |sync| {
        sync["profile"]["key"] = key.into();
        sync["userDecryption"]["masterPasswordUnlock"]["masterKeyEncryptedUserKey"] = key.into();
    });
}

/// Changes the profile in every answer to `/sync`.
fn change_profile(between: &Between, change: impl Fn(&mut Value) + Send + 'static) {
    change_sync(between, move |sync| change(&mut sync["profile"]));
}

/// Changes every answer to `/sync`.
fn change_sync(between: &Between, change: impl Fn(&mut Value) + Send + 'static) {
    between.answer_otherwise(move |path, body| {
        if !path.contains("/sync?") {
            return body;
        }
        let mut sync: Value = serde_json::from_str(&body).unwrap();
        change(&mut sync);
        sync.to_string()
    });
}

#[test]
fn what_is_suspended_or_revoked_is_told_wherever_it_stands() {
    let service = Service::start(&SIZE, false);
    let between = Between::start(&service.url);
    let maya = maya(&service, &between);
    assert_eq!(maya.run(&["status", "--json"]).json()["suspended"], Value::from(Vec::<Value>::new()));
    change_profile(&between, |profile| {
        profile["providers"][0]["enabled"] = false.into();
        profile["providerOrganizations"][0]["enabled"] = false.into();
        profile["organizations"][0]["status"] = (-1).into();
    });
    let synced = maya.run(&["sync", "--full"]);
    assert_eq!(synced.code, 0, "{}", synced.err);
    let told = maya.run(&["status", "--json"]).json()["suspended"].as_array().unwrap().clone();
    let words: Vec<_> = told.iter().map(|one| (one["kind"].as_str().unwrap(), &one["state"])).collect();
    let (suspended, revoked) = (Value::from("suspended"), Value::from("revoked"));
    assert_eq!(words, [("provider", &suspended), ("client", &suspended), ("organization", &revoked)]);
    assert!(maya.run(&["status"]).out.contains("(client suspended)"));

    assert_eq!(maya.run(&["provider", "list", "--json"]).rows()[0]["enabled"], false);
    assert!(maya.run(&["provider", "list"]).out.contains("suspended"));
    let clients = maya.run(&["clients", "list", "--json"]).rows();
    let disabled: Vec<_> = clients.iter().filter(|row| row["enabled"] == false).collect();
    assert_eq!((disabled.len(), &disabled[0]["id"]), (1, &told[1]["id"]));
    assert!(maya.run(&["clients", "list"]).out.contains("suspended"));
    let shown = maya.run(&["clients", "show", told[1]["id"].as_str().unwrap(), "--json"]).json();
    assert_eq!(shown["enabled"], false);
    let items = maya.run(&["items", "list", "--json"]).rows();
    let of_it: Vec<_> = items.iter().filter(|item| item["organization"] == told[2]["name"]).collect();
    assert!(
        !of_it.is_empty() && of_it.iter().all(|item| item["organizationState"] == "revoked"),
        "{items:?}"
    );
    assert!(maya.run(&["items", "list"]).out.contains("(revoked)"));
}

#[test]
fn a_service_user_is_told_what_the_role_may_not_read() {
    let service = Service::start(&SIZE, false);
    let mut jonas = Person::new();
    jonas.sign_in(&service.url, service.account("service user"), &[]);
    assert_eq!(jonas.run(&["sync"]).code, 0);
    for part in ["members", "events"] {
        let refused = jonas.run(&["provider", part]);
        assert_eq!((refused.code, refused.out.as_str()), (1, ""), "{part}: {}", refused.err);
        assert!(refused.err.contains("takes a provider admin"), "{part}: {}", refused.err);
    }
}

#[test]
fn accounts_of_one_address_are_told_apart_by_what_can_be_typed() {
    let (here, there) =
        (Service::start(&SIZE, false), Service::start(&[&SIZE[..], &["--seed", "7"]].concat(), false));
    let mut maya = Person::new();
    let account = here.account("provider admin");
    let mut other = there.account("provider admin").clone();
    let email = account["email"].as_str().unwrap();
    let database = rusqlite::Connection::open(there.data().join("service.sqlite3")).unwrap();
    database.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    let old = other["email"].as_str().unwrap().to_owned();
    if old != email {
        database.execute("UPDATE users SET email = ?1 WHERE email = ?2", [email, &old]).unwrap();
        other["email"] = email.into();
    }
    maya.sign_in(&here.url, account, &[]);
    maya.sign_in(&there.url, &other, &[]);
    maya.carry_session(None);
    for arguments in [&["status"][..], &["--account", email, "status"]] {
        let which = maya.run(arguments);
        assert_eq!(which.code, 2, "{}", which.err);
        assert!(which.err.contains(here.url.trim_end_matches('/')), "{}", which.err);
        assert!(which.err.contains(there.url.trim_end_matches('/')), "{}", which.err);
        let ids: Vec<&str> = which.err.split([' ', ',']).filter(|word| word.len() == 36).collect();
        assert_eq!(ids.len(), 2, "{}", which.err);
        for id in ids {
            let status = maya.run(&["--account", &id.to_uppercase(), "status", "--json"]);
            assert_eq!(status.json()["email"], email);
        }
    }
    for arguments in [&["status"][..], &["items", "list"]] {
        let nobody = maya.run(&[&["--account", "nobody@x.example"], arguments].concat());
        assert_eq!(nobody.code, 1, "{}", nobody.err);
        assert!(nobody.err.contains("no account \"nobody@x.example\""), "{}", nobody.err);
    }
}

#[test]
fn clients_of_several_providers_are_told_apart() {
    const SECOND: &str = "0b0b0b0b-0000-4000-8000-00000000000b";
    let service = Service::start(&SIZE, false);
    let between = Between::start(&service.url);
    let maya = maya(&service, &between);
    let one = maya.run(&["clients", "list", "--json"]).rows().remove(0);
    assert_eq!(one["provider"], "Brightwater IT");
    let name = one["name"].as_str().unwrap();
    assert!(maya.run(&["clients", "list"]).out.contains(one["id"].as_str().unwrap()));
    change_profile(&between, |profile| {
        let mut second = profile["providers"][0].clone();
        second["id"] = SECOND.into();
        second["name"] = "Second".into();
        profile["providers"].as_array_mut().unwrap().push(second);
    });
    let row = format!(r#"{{"id": "{SECOND}", "organizationId": "{SECOND}", "organizationName": "{name}"}}"#);
    between.answer_instead(move |_, path| {
        let part = path.split_once(&format!("/providers/{SECOND}"))?.1;
        Some((
            200,
            match part {
                "" => format!(r#"{{"id": "{SECOND}", "name": "Second"}}"#),
                "/organizations" => format!(r#"{{"data": [{row}], "continuationToken": null}}"#),
                _ => r#"{"data": [], "continuationToken": null}"#.to_owned(),
            },
        ))
    });
    assert_eq!(maya.run(&["sync", "--full"]).code, 0);
    let table = maya.run(&["clients", "list"]).out;
    assert!(table.starts_with("PROVIDER") && table.contains("\nSecond "), "{table}");
    let rows = maya.run(&["clients", "list", "--json"]).rows();
    assert!(rows.iter().any(|row| row["name"] == name && row["providerId"] == SECOND), "{rows:?}");
    let owner = ["--owner-email", "o@x.example", "--plan", "teams", "--seats", "1", "--dry-run"];
    let which = maya.run(&[&["clients", "create", "New"][..], &owner].concat());
    assert_eq!(which.code, 2, "{}", which.err);
    assert!(which.err.contains("several providers") && which.err.contains(SECOND), "{}", which.err);

    let mut nora = Person::new();
    nora.sign_in(&service.url, service.account("end user"), &[]);
    assert_eq!(nora.run(&["sync"]).code, 0);
    let none = nora.run(&[&["clients", "create", "New"][..], &owner].concat());
    assert!(none.code == 1 && none.err.contains("works for no provider"), "{}", none.err);
}

#[test]
fn a_dry_run_refuses_what_could_not_be_done() {
    let service = Service::start(&SIZE, false);
    let between = Between::start(&service.url);
    let maya = maya(&service, &between);
    let create = |plan: &str| {
        let owner = ["--owner-email", "o@x.example", "--seats", "1", "--dry-run", "--plan", plan];
        maya.run(&[&["clients", "create", "New"][..], &owner].concat())
    };
    assert_eq!(create("teams").code, 0);
    let annual = create("enterprise-annual");
    assert!(annual.code == 1 && annual.err.contains("business units"), "{}", annual.err);
    change_profile(&between, |profile| profile["providers"][0]["providerType"] = 2.into());
    assert_eq!(maya.run(&["sync", "--full"]).code, 0);
    assert_eq!((create("teams").code, create("enterprise-annual").code), (1, 0));
    change_profile(&between, |profile| {
        profile["providers"][0]["key"] =
            profile["organizations"][0]["key"].as_str().unwrap().replace("4.", "4.AAAA").into();
    });
    assert_eq!(maya.run(&["sync", "--full"]).code, 0);
    let locked_out = create("teams");
    assert_eq!(locked_out.code, 5, "{}", locked_out.err);
}

#[test]
fn a_change_that_was_answered_and_not_made_is_an_error() {
    let service = Service::start(&SIZE, false);
    let between = Between::start(&service.url);
    let maya = maya(&service, &between);
    let one = maya.run(&["clients", "list", "--json"]).rows().remove(0);
    let (id, seats) = (one["id"].as_str().unwrap(), one["seats"].as_i64().unwrap());
    between.answer_instead(|method, path| {
        let is_change = ["POST", "PUT", "DELETE"].contains(&method) && path.contains("/providers/");
        is_change.then(|| (200, String::new()))
    });
    let more = (seats + 1).to_string();
    let create = ["create", "New", "--owner-email", "o@x.example", "--plan", "teams", "--seats", "1"];
    for action in [&["rename", id, "Renamed"][..], &["seats", id, &more], &["unlink", id], &create] {
        let answer = maya.run(&[&["clients"], action].concat());
        assert!(answer.code == 1 && answer.out.is_empty(), "{action:?}: {} {}", answer.code, answer.err);
        assert!(answer.err.contains("shows everything as it was"), "{}", answer.err);
    }
    between.answer_instead(|_, _| None);
    let renamed = maya.run(&["clients", "rename", &id.to_uppercase(), "Renamed"]);
    assert_eq!(renamed.code, 0, "{}", renamed.err);
}

#[test]
fn a_sync_that_could_read_no_client_does_not_pass_for_done() {
    let service = Service::start(&SIZE, false);
    let between = Between::start(&service.url);
    let maya = maya(&service, &between);
    between.answer_instead(|_, path| path.contains("/organizations/").then(|| (403, "{}".to_owned())));
    let none = maya.run(&["sync", "--full", "--json"]);
    assert_eq!(none.code, 1, "{}", none.err);
    let report: Value = serde_json::from_str(&none.out).unwrap();
    assert_eq!(report["clientsRead"], 0, "{report}");
    between.answer_instead(|_, path| path.contains("/organizations/").then(|| (200, "<html>".to_owned())));
    let page = maya.run(&["sync", "--full"]);
    assert_eq!(page.code, 3, "{}", page.err);
}

#[test]
fn dates_of_events_are_utc_whatever_the_server_writes() {
    let service = Service::start(&SIZE, false);
    let between = Between::start(&service.url);
    between.answer_otherwise(
        |path, body| {
            if path.contains("/events") { body.replace("Z\"", "+00:00\"") } else { body }
        },
    );
    let maya = maya(&service, &between);
    let events = maya.run(&["provider", "events", "--json"]).rows();
    let dates: Vec<&str> = events.iter().map(|event| event["date"].as_str().unwrap()).collect();
    assert!(
        !dates.is_empty() && dates.iter().all(|date| date.ends_with('Z') && date.len() == 20),
        "{dates:?}"
    );
}
