//! A log-out that an organization's policy wants, noted by the window, and this program the next to open the profile.

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::support::{Person, Service};

/// Writes into the settings that nobody has been at this account for so long, and that a policy allows half an hour.
fn left_alone(person: &Person, account: &str, ago: Duration) {
    let file = person.profile().join("settings.json");
    let mut settings: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let since = (OffsetDateTime::now_utc() - ago).format(&Rfc3339).unwrap();
    settings["dueLogOuts"][account] = json!({"since": since, "afterMinutes": 30});
    std::fs::write(file, settings.to_string()).unwrap();
}

/// The account that signed in first: no other is there yet.
fn only_account(person: &Person) -> String {
    let mut folders = std::fs::read_dir(person.profile().join("accounts")).unwrap();
    folders.next().unwrap().unwrap().file_name().into_string().unwrap()
}

fn noted(person: &Person) -> Value {
    let settings = std::fs::read(person.profile().join("settings.json")).unwrap();
    serde_json::from_slice::<Value>(&settings).unwrap()["dueLogOuts"].clone()
}

#[test]
fn a_log_out_that_is_due_is_carried_out_by_whatever_command_comes_first() {
    let mut service = Service::start(&["--clients", "1", "--items", "5", "--members", "4"], false);
    let mut maya = Person::new();
    let account = service.account("provider admin").clone();
    maya.sign_in(&service.url, &account, &[]);
    assert_eq!(maya.run(&["sync"]).code, 0);
    let (id, email) = (only_account(&maya), account["email"].as_str().unwrap());
    let file = maya.profile().join("accounts").join(&id).join("cache.sqlite3");
    assert!(file.exists());

    left_alone(&maya, &id, Duration::minutes(29));
    assert_eq!(maya.run(&["clients", "list"]).code, 0, "there is a minute left");
    assert!(noted(&maya)[&id].is_object());

    left_alone(&maya, &id, Duration::minutes(31));
    let refused = maya.run(&["clients", "list"]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(refused.err.contains(email) && refused.err.contains("after 30 minutes"), "{}", refused.err);
    assert_eq!((refused.out.as_str(), noted(&maya)), ("", json!({})));
    assert!(file.exists(), "the archive stays");
    // Neither the session nor the password opens it, with or without the service.
    let password = maya.password_file(account["password"].as_str().unwrap());
    let again = maya.run(&["--password-file", &password, "clients", "list"]);
    assert_eq!(again.code, 4);
    assert!(!again.err.contains("after 30 minutes"), "it is told once: {}", again.err);
    assert_eq!(maya.run(&["status", "--json"]).json()["state"], "signedOut");

    // Signing in again begins anew.
    maya.sign_in(&service.url, &account, &[]);
    assert_eq!(maya.run(&["clients", "list"]).code, 0, "from the archive");
    service.stop();
}

#[test]
fn of_several_accounts_only_the_one_that_is_due_is_signed_out() {
    let service = Service::start(&["--clients", "1", "--items", "5", "--members", "4"], false);
    let mut both = Person::new();
    let (maya, other) = (service.account("provider admin"), service.account("service user"));
    both.sign_in(&service.url, maya, &[]);
    let first = only_account(&both);
    both.sign_in(&service.url, other, &[]);
    left_alone(&both, &first, Duration::days(3));
    let answer = both.run(&["status", "--json"]);
    assert_eq!(answer.json()["email"], other["email"], "the only one that is left");
    assert_eq!(answer.json()["state"], "unlocked");
    assert!(answer.err.contains(maya["email"].as_str().unwrap()), "{}", answer.err);
}
