//! The letter case of JSON keys.
//!
//! The token endpoint mixes snake_case, PascalCase and camelCase, and clients look keys up "case-insensitively on
//! first letter" (protocol.md §0, §1.4); requests may come in PascalCase too. One function makes them all alike.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Reads a value from JSON text whose keys may begin with a capital at any depth.
pub fn from_slice_any_case<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    serde_json::from_value(lower_first(serde_json::from_slice(json)?))
}

/// Lowers the first letter of every object key, at every depth. Where both forms of a key are present the one that
/// was lower-case already wins.
pub fn lower_first(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut lowered = Map::new();
            for (key, member) in members {
                let member = lower_first(member);
                if key.starts_with(|first: char| first.is_ascii_uppercase()) {
                    let mut key = key;
                    key[..1].make_ascii_lowercase();
                    lowered.entry(key).or_insert(member);
                } else {
                    lowered.insert(key, member);
                }
            }
            Value::Object(lowered)
        }
        Value::Array(entries) => Value::Array(entries.into_iter().map(lower_first).collect()),
        other => other,
    }
}

/// Raises the first letter of every object key, at every depth: the form of the token endpoint's nested objects.
pub fn upper_first(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(mut key, member)| {
                    if key.starts_with(|first: char| first.is_ascii_lowercase()) {
                        key[..1].make_ascii_uppercase();
                    }
                    (key, upper_first(member))
                })
                .collect(),
        ),
        Value::Array(entries) => Value::Array(entries.into_iter().map(upper_first).collect()),
        other => other,
    }
}
