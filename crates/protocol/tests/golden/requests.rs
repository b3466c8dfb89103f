//! What clients ask, written down by hand from `protocol.md`: `requests.json`, by a name for each request, with the section
//! that says so. A member that may be left out is null. `{name}` stands for an id, a text of one kind or a token, in paths
//! and in bodies.
//!
//! Our own types read them (`dto.rs`); the service's tests send them; and what our client really sends is held against the
//! same file in the workspace's tests.

use serde_json::Value;

/// A documented request.
pub struct Request {
    /// In the file.
    pub name: String,
    /// `POST /api/folders`.
    pub route: String,
    pub body: Value,
}

/// All of them, in the order of the file's names.
pub fn all() -> Vec<Request> {
    let raw: serde_json::Map<String, Value> = serde_json::from_str(include_str!("requests.json")).unwrap();
    raw.into_iter()
        .map(|(name, mut entry)| Request {
            name,
            route: entry["route"].as_str().unwrap().to_owned(),
            body: entry["body"].take(),
        })
        .collect()
}

/// The body with what stands for its `{name}`s.
pub fn filled(body: &Value, fill: &impl Fn(&str) -> String) -> Value {
    match body {
        Value::String(text) => match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(name) => fill(name).into(),
            None => body.clone(),
        },
        Value::Array(entries) => entries.iter().map(|entry| filled(entry, fill)).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), filled(value, fill))).collect())
        }
        _ => body.clone(),
    }
}
