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
    let rows = maya.run(&["clients", "list", "--json"]).rows();
    assert!(rows.iter().any(|row| row["name"] == Value::from(long.as_str())), "JSON is whole");
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
