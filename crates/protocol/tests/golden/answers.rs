//! What servers answer, written down by hand from `protocol.md`: `answers.json`, by a name for each answer, with the
//! section that says so. Every member is there; one that may be null is null. `@name` stands for another answer.
//!
//! Our own types read them (`dto.rs`).

use serde_json::{Map, Value};

/// Every answer by its name, whole.
pub fn all() -> Map<String, Value> {
    let raw: Map<String, Value> = serde_json::from_str(include_str!("answers.json")).unwrap();
    raw.iter().map(|(name, entry)| (name.clone(), whole(&entry["body"], &raw))).collect()
}

fn whole(value: &Value, raw: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('@') {
            Some(name) => whole(&raw[name]["body"], raw),
            None => value.clone(),
        },
        Value::Array(entries) => entries.iter().map(|entry| whole(entry, raw)).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), whole(value, raw))).collect())
        }
        _ => value.clone(),
    }
}
