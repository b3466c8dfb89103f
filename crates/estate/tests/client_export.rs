//! The list of clients as a file: columns that stay, figures as figures, nothing that a spreadsheet runs.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use portico_estate::{
    CLIENT_COLUMNS, ClientRow, ClientTags, Freshness, StaleReason, clients_to_csv, clients_to_json,
};
use serde_json::{Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const NOW: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);

fn row(name: &str, figures: Value, freshness: Freshness) -> ClientRow {
    let mut link = json!({
        "id": "00000000-0000-4000-a000-000000000001", "organizationId": "00000000-0000-4000-a000-000000000002",
        "organizationName": name, "userCount": 7,
    });
    link.as_object_mut().unwrap().extend(figures.as_object().unwrap().clone());
    ClientRow::new(&serde_json::from_value(link).unwrap(), freshness)
}

fn rows() -> Vec<ClientRow> {
    let figures = json!({
        "seats": 12, "occupiedSeats": 13, "remainingSeats": -1, "plan": "Enterprise (Monthly)",
        "creationDate": "2024-08-20T14:16:19.1234567Z",
    });
    let failed = Freshness {
        read_at: Some(NOW - Duration::days(3)),
        stale: Some(StaleReason::TimedOut),
        failed_at: Some(NOW),
    };
    vec![row("École, Sud", figures, failed), row("=cmd|' /C calc'!A0", json!({}), Freshness::default())]
}

fn tags() -> ClientTags {
    let mut tags = ClientTags::default();
    for tag in ["mine", "healthcare"] {
        tags.add(uuid::uuid!("00000000-0000-4000-a000-000000000002"), tag);
    }
    tags
}

#[test]
fn csv_has_the_columns_and_no_formula() {
    let csv = String::from_utf8(clients_to_csv(&rows(), &tags(), NOW, &BTreeMap::new())).unwrap();
    let mut lines = csv.trim_start_matches('\u{feff}').lines();
    assert_eq!(lines.next().unwrap(), CLIENT_COLUMNS.join(","));
    assert_eq!(
        lines.next().unwrap(),
        "00000000-0000-4000-a000-000000000002,\"École, Sud\",Enterprise,12,13,-1,7,2024-08-20T14:16:19.1234567Z,\
         2026-11-20T12:00:00Z,true,timedOut,healthcare; mine"
    );
    assert_eq!(
        lines.next().unwrap(),
        "00000000-0000-4000-a000-000000000002,'=cmd|' /C calc'!A0,,,7,,7,,,true,,healthcare; mine"
    );
    assert_eq!(lines.next(), None);
}

/// A French Excel reads semicolons where the table has commas.
#[test]
fn no_piece_of_a_name_or_a_tag_is_a_formula() {
    let mut tags = tags();
    tags.add(uuid::uuid!("00000000-0000-4000-a000-000000000002"), "=1+1");
    let rows = [row("École; =HYPERLINK(A1)", json!({}), Freshness::default())];
    let csv = String::from_utf8(clients_to_csv(&rows, &tags, NOW, &BTreeMap::new())).unwrap();
    let pieces = csv.split([';', ',', '\n']).map(str::trim_start);
    let running: Vec<&str> = pieces.filter(|piece| piece.starts_with('=')).collect();
    assert!(running.is_empty() && csv.contains("' =HYPERLINK"), "{running:?} {csv}");
}

#[test]
fn csv_is_headed_in_the_words_of_the_person() {
    let words =
        [("name", "Client"), ("occupiedSeats", "Utilisé"), ("userCount", "=Confirmés"), ("other", "?")];
    let words = words.map(|(column, word)| (column.to_owned(), word.to_owned())).into();
    let csv = String::from_utf8(clients_to_csv(&rows(), &tags(), NOW, &words)).unwrap();
    let head = csv.trim_start_matches('\u{feff}').lines().next().unwrap();
    let expected = "id,Client,plan,seats,Utilisé,remainingSeats,'=Confirmés,creationDate,syncedAt,stale,staleReason,tags";
    assert_eq!(head, expected);
}

#[test]
fn json_has_the_same_members_and_keeps_names_as_they_are() {
    let list: Value = serde_json::from_slice(&clients_to_json(&rows(), &tags(), NOW)).unwrap();
    let members: Vec<&String> = list[0].as_object().unwrap().keys().collect();
    assert_eq!(members.len(), CLIENT_COLUMNS.len());
    assert!(CLIENT_COLUMNS.iter().all(|column| list[0].get(column).is_some()));
    assert_eq!((&list[0]["remainingSeats"], &list[0]["stale"]), (&json!(-1), &json!(true)));
    assert_eq!(list[0]["tags"], json!(["healthcare", "mine"]));
    assert_eq!((&list[1]["name"], &list[1]["seats"]), (&json!("=cmd|' /C calc'!A0"), &Value::Null));
}
