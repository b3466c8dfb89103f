//! The letter case of JSON keys.
//!
//! The token endpoint mixes snake_case, PascalCase and camelCase, and clients look keys up "case-insensitively on
//! first letter" (protocol.md §0, §1.4); requests may come in PascalCase too. One function makes them all alike.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Reads a value from JSON text whose keys may begin with a capital at any depth.
pub fn from_slice_any_case<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    serde_json::from_value(camel_keys(serde_json::from_slice(json)?))
}

/// The answer of a server with its keys in camelCase; see [`camel_case_in_place`].
pub fn camel_case(json: &[u8]) -> Cow<'_, [u8]> {
    if !begins_with_a_capital(json) {
        return Cow::Borrowed(json);
    }
    let mut lowered = json.to_vec();
    camel_case_in_place(&mut lowered);
    Cow::Owned(lowered)
}

/// Writes the keys of a server's answer in camelCase. The official server and newer ones of others write them so, and
/// nothing is done then; older ones begin every key with a capital, which their first key tells. Where they are, since a
/// vault may take hundreds of megabytes: no key changes its length.
pub fn camel_case_in_place(json: &mut [u8]) {
    if !begins_with_a_capital(json) {
        return;
    }
    let mut at = 0;
    while let Some(begin) = next(json, at, b'"') {
        let Some(end) = end_of_text(json, begin + 1) else { return };
        at = end + 1;
        // A text is a key where a colon follows.
        if json[at..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':') {
            lower(&mut json[begin + 1..end]);
        }
    }
}

fn next(json: &[u8], from: usize, what: u8) -> Option<usize> {
    json.get(from..)?.iter().position(|byte| *byte == what).map(|at| from + at)
}

/// Where the quote stands that ends a text.
fn end_of_text(json: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match json.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Whether the first key of the first object does.
fn begins_with_a_capital(json: &[u8]) -> bool {
    let mut marks = json.iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != b'[');
    (marks.next(), marks.next()) == (Some(&b'{'), Some(&b'"'))
        && marks.next().is_some_and(u8::is_ascii_uppercase)
}

/// Writes every object key in camelCase, at every depth, as .NET does: `FolderId` becomes `folderId`, and the capitals that
/// a name begins with go down together (`SSN` to `ssn`, `SSHKey` to `sshKey`). Where both forms of a key are present
/// the one that was lower-case already wins.
pub fn camel_keys(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut lowered = Map::new();
            for (key, member) in members {
                let member = camel_keys(member);
                if key.starts_with(|first: char| first.is_ascii_uppercase()) {
                    lowered.entry(camel_key(key)).or_insert(member);
                } else {
                    lowered.insert(key, member);
                }
            }
            Value::Object(lowered)
        }
        Value::Array(entries) => Value::Array(entries.into_iter().map(camel_keys).collect()),
        other => other,
    }
}

fn camel_key(mut key: String) -> String {
    let lowered = leading_capitals(key.as_bytes());
    key[..lowered].make_ascii_lowercase();
    key
}

fn lower(key: &mut [u8]) {
    let lowered = leading_capitals(key);
    key[..lowered].make_ascii_lowercase();
}

/// How many of the capitals that a key begins with are lowered.
fn leading_capitals(key: &[u8]) -> usize {
    let capitals = key.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    // The last of several begins the next word, unless nothing follows.
    if capitals == key.len() { capitals } else { capitals.saturating_sub(1).max(1).min(capitals) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_whose_first_key_has_a_capital_are_rewritten() {
        for (json, read) in [
            (
                r#"{"Object":"sync","Profile":{"Id":"1","_Status":0},"unofficialServer":true}"#,
                r#"{"object":"sync","profile":{"_Status":0,"id":"1"},"unofficialServer":true}"#,
            ),
            (
                r#"{"SSN":1,"SSHKey":2,"UseDisableSMAdsForUsers":3,"Use2fa":4,"U2F":5,"IPAddress":6,"A":7}"#,
                r#"{"ssn":1,"sshKey":2,"useDisableSMAdsForUsers":3,"use2fa":4,"u2F":5,"ipAddress":6,"a":7}"#,
            ),
            (" [\n {\t\"Data\": [{\"Name\": \"A\"}]}]", r#"[{"data":[{"name":"A"}]}]"#),
        ] {
            let value = |text: &[u8]| serde_json::from_slice::<Value>(text).expect("JSON");
            assert_eq!(value(&camel_case(json.as_bytes())), value(read.as_bytes()), "{json}");
        }
        // Texts that look like keys stay, and what is cut short stays so.
        for (json, read) in [
            (
                r#"{"Data":"{\"Name\":\"x\"}","Notes":"\\","Name" : "A:\\\"","List":["Name",{"Key":"Key"}]}"#,
                r#"{"data":"{\"Name\":\"x\"}","notes":"\\","name" : "A:\\\"","list":["Name",{"key":"Key"}]}"#,
            ),
            (r#"{"Object":"sync","Pro"#, r#"{"object":"sync","Pro"#),
            (r#"{"Object":"sync","Pro\"#, r#"{"object":"sync","Pro\"#),
        ] {
            assert_eq!(camel_case(json.as_bytes()), read.as_bytes());
        }
        // The token endpoint's mix, and what has no key.
        for json in [
            r#"{"access_token":"a","Key":"b"}"#,
            r#"{"data":"{\"Name\":\"x\"}"}"#,
            "[]",
            "{}",
            "17",
            "",
            r#"["Name"]"#,
        ] {
            assert!(
                matches!(camel_case(json.as_bytes()), Cow::Borrowed(same) if same == json.as_bytes()),
                "{json}"
            );
        }
    }
}
