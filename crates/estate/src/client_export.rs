//! The list of clients as a file: for people as CSV, whose heads are the words of the screen, and for programs as JSON with
//! the same columns under names that are stable from version to version, and which
//! `porticoctl clients list` uses, too, for what both have.

use std::collections::BTreeMap;

use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;

use crate::client_list::{ClientRow, StaleReason};
use crate::client_tags::ClientTags;
use crate::spreadsheet::{heads, to_csv};

/// The members of the JSON, by which the heads of the CSV are asked for.
pub const CLIENT_COLUMNS: [&str; 12] = [
    "id",
    "name",
    "plan",
    "seats",
    "occupiedSeats",
    "remainingSeats",
    "userCount",
    "creationDate",
    "syncedAt",
    "stale",
    "staleReason",
    "tags",
];

/// One client. The wire's own names where they exist; moments in UTC.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exported<'c> {
    id: Uuid,
    name: &'c str,
    plan: Option<&'c str>,
    seats: Option<i32>,
    occupied_seats: Option<i32>,
    remaining_seats: Option<i32>,
    user_count: Option<i32>,
    creation_date: Option<String>,
    synced_at: Option<String>,
    stale: bool,
    stale_reason: Option<&'static str>,
    tags: Vec<&'c str>,
}

/// Clients as JSON: one list of flat objects, in the order given.
pub fn clients_to_json<'c>(
    rows: impl IntoIterator<Item = &'c ClientRow>,
    tags: &'c ClientTags,
    now: OffsetDateTime,
) -> Vec<u8> {
    let rows: Vec<Exported<'c>> = rows.into_iter().map(|row| exported(row, tags, now)).collect();
    serde_json::to_vec_pretty(&rows)
        .unwrap_or_else(|_| unreachable!("rows are texts, numbers and lists of texts"))
}

/// Clients as CSV, in the order given. `words`: heads by the names of [`CLIENT_COLUMNS`]. The tags of one stand in one cell, with semicolons between.
pub fn clients_to_csv<'c>(
    rows: impl IntoIterator<Item = &'c ClientRow>,
    tags: &'c ClientTags,
    now: OffsetDateTime,
    words: &BTreeMap<String, String>,
) -> Vec<u8> {
    to_csv(&heads(&CLIENT_COLUMNS, words), rows.into_iter().map(|row| cells(&exported(row, tags, now))))
}

fn exported<'c>(row: &'c ClientRow, tags: &'c ClientTags, now: OffsetDateTime) -> Exported<'c> {
    Exported {
        id: row.organization_id,
        name: &row.name,
        plan: row.plan.as_deref(),
        seats: row.assigned,
        occupied_seats: row.used,
        remaining_seats: row.remaining,
        user_count: row.confirmed,
        creation_date: row.created.and_then(written),
        synced_at: row.freshness.read_at.and_then(written),
        stale: row.is_stale(now),
        stale_reason: row.freshness.stale.map(StaleReason::word),
        tags: tags.of(row.organization_id).collect(),
    }
}

fn cells(row: &Exported<'_>) -> [String; CLIENT_COLUMNS.len()] {
    let number = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
    [
        row.id.to_string(),
        row.name.to_owned(),
        row.plan.unwrap_or_default().to_owned(),
        number(row.seats),
        number(row.occupied_seats),
        number(row.remaining_seats),
        number(row.user_count),
        row.creation_date.clone().unwrap_or_default(),
        row.synced_at.clone().unwrap_or_default(),
        row.stale.to_string(),
        row.stale_reason.unwrap_or_default().to_owned(),
        row.tags.join("; "),
    ]
}

fn written(moment: OffsetDateTime) -> Option<String> {
    moment.to_offset(UtcOffset::UTC).format(&Rfc3339).ok()
}
