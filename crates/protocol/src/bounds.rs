//! How much of an answer is made into values. Bytes alone are no bound: of a few of them a reader can make a hundred times
//! as many.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The most entries of one list that are read. Vaults of 50,000 items and organizations of some ten thousand members are
/// the largest that are heard of; above this a server makes them up, forty bytes for each that costs us a kilobyte.
pub const MOST_ENTRIES: usize = 200_000;
/// The most values of one answer that is read whole: a hundred thousand members with their grants have so many.
const MOST_VALUES: usize = 4 << 20;
/// So many are no danger, however dense.
const HARMLESS_VALUES: usize = 100_000;
/// Bytes of JSON for each value. The shortest members that servers send (`"key":null,` and the like) have more than ten,
/// most have forty; a value of a tree takes from thirty to two hundred in memory.
const LEAST_BYTES: usize = 8;
/// What the errors of this module begin with.
const TOO_MUCH: &str = "more than any honest answer holds";

/// A list of at most [`MOST_ENTRIES`]; one more is an error before it is read.
pub struct Bounded<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Bounded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Entries(PhantomData)).map(Self)
    }
}

struct Entries<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Vec<T>, A::Error> {
        let mut read = Vec::new();
        while let Some(entry) = entries.next_element()? {
            if read.len() == MOST_ENTRIES {
                return Err(too_much("entries"));
            }
            read.push(entry);
        }
        Ok(read)
    }
}

/// Reads a bounded list as a plain one.
pub(crate) fn bounded<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Bounded::deserialize(deserializer).map(|list| list.0)
}

/// As [`bounded`], null as an empty list.
pub(crate) fn bounded_or_none<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Bounded<T>>::deserialize(deserializer)?.map(|list| list.0).unwrap_or_default())
}

/// To be asked before JSON from a server is made into values.
///
/// # Errors
/// When it has more of them than any honest answer, or more of them in so few bytes.
pub fn check_values<E: Error>(json: &[u8]) -> Result<(), E> {
    let most = MOST_VALUES.min(HARMLESS_VALUES + json.len() / LEAST_BYTES);
    // Most answers are too short for more.
    if json.len() > HARMLESS_VALUES && values(json) > most { Err(too_much("values")) } else { Ok(()) }
}

/// How many values JSON has at most: each but the first of all stands behind one of these, which may stand in texts, too.
fn values(json: &[u8]) -> usize {
    json.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count()
}

/// What the values of `json` take about, in bytes, beside their texts. Of objects the largest known to us counts.
pub fn weight(json: &[u8]) -> usize {
    const OBJECT: usize = 400;
    const VALUE: usize = 64;
    let objects = json.iter().filter(|byte| **byte == b'{').count();
    OBJECT.saturating_mul(objects).saturating_add(VALUE.saturating_mul(values(json)))
}

fn too_much<E: Error>(of_what: &str) -> E {
    E::custom(format_args!("{TOO_MUCH}: {of_what}"))
}

/// Whether an answer was not read because of a bound of this module.
pub fn is_too_much(error: &serde_json::Error) -> bool {
    error.is_data() && error.to_string().starts_with(TOO_MUCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ListResponse;
    use crate::sync::SyncEnvelope;

    const PROFILE: &str = r#"{"id":"00000000-0000-0000-0000-000000000001","email":"a@b.example"}"#;

    fn list(entries: usize) -> String {
        let entry = "0,".repeat(entries.saturating_sub(1));
        format!("[{entry}0]")
    }

    #[test]
    fn a_list_ends_at_its_bound() {
        let read =
            |entries: usize| serde_json::from_str::<Bounded<u8>>(&list(entries)).map(|list| list.0.len());
        assert_eq!(read(MOST_ENTRIES).ok(), Some(MOST_ENTRIES));
        assert!(read(MOST_ENTRIES + 1).is_err_and(|error| is_too_much(&error)));
        let page = format!(r#"{{"data":{}}}"#, list(MOST_ENTRIES + 1));
        assert!(serde_json::from_str::<ListResponse<u8>>(&page).is_err_and(|error| is_too_much(&error)));
    }

    #[test]
    fn every_list_of_a_sync_ends_at_its_bound() {
        let null = |entries| list(entries).replace('0', "null");
        for name in ["ciphers", "sends", "folders", "collections", "policies", "policiesNew"] {
            let sync = |entries: &str| match name {
                "ciphers" => format!(r#"{{"profile":{PROFILE},"ciphers":{entries}}}"#),
                _ => format!(r#"{{"profile":{PROFILE},"ciphers":[],"{name}":{entries}}}"#),
            };
            let read = |entries: &str| serde_json::from_str::<SyncEnvelope<'_>>(&sync(entries)).map(drop);
            assert!(read("[]").is_ok(), "{name}");
            // What is read as values is dense as well.
            assert!(read(&null(MOST_ENTRIES + 1)).is_err_and(|error| error.is_data()), "{name}");
        }
        let ciphers = format!(r#"{{"profile":{PROFILE},"ciphers":{}}}"#, list(MOST_ENTRIES + 1));
        assert!(serde_json::from_str::<SyncEnvelope<'_>>(&ciphers).is_err_and(|error| is_too_much(&error)));
    }

    #[test]
    fn values_are_counted_before_they_are_made() {
        let check = |json: &str| check_values::<serde_json::Error>(json.as_bytes());
        assert!(check(&list(HARMLESS_VALUES)).is_ok());
        for dense in ["0,", "[],", "{},", "[[0]],"] {
            let json = format!("[{}0]", dense.repeat(2 * HARMLESS_VALUES));
            assert!(check(&json).is_err_and(|error| is_too_much(&error)), "{dense}");
        }
        // The shortest that servers send, over and over; and a page of nothing but text.
        assert!(check(&format!("{{{}\"a\":0}}", r#""key":null,"#.repeat(1 << 20))).is_ok());
        assert!(check(&format!("[\"{}\"]", "a".repeat(8 << 20))).is_ok());
        let extra = format!(
            r#"{{"profile":{{"id":"00000000-0000-0000-0000-000000000001","email":"a","new":{}}},"ciphers":[]}}"#,
            list(1 << 20)
        );
        assert!(serde_json::from_str::<SyncEnvelope<'_>>(&extra).is_err_and(|error| is_too_much(&error)));
    }
}
