//! What servers answer, written down by hand from `protocol.md`: `answers.json` and, of providers, `provider_answers.json`,
//! by a name for each answer, with the section that says so. Every member is there. One that may be null is null, or has a
//! `?` behind its name and shows what it is otherwise. `@name` stands for another answer.
//!
//! Our own types read them (`dto.rs`), and the service's tests hold what it really sends against the same files.

use serde_json::{Map, Value};

/// Every answer by its name, whole.
pub fn all() -> Map<String, Value> {
    let read = |text| serde_json::from_str::<Map<String, Value>>(text).unwrap();
    let mut raw = read(include_str!("answers.json"));
    raw.extend(read(include_str!("provider_answers.json")));
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
