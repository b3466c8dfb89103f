//! Every field of an item, as our client opens it and as the official client's JSON has it, in a form that can be compared.
#![allow(clippy::unwrap_used)] // Part of tests, which may panic.

use std::collections::{BTreeMap, HashMap};

use portico_vault::{FieldLabel, Item, Opened, RevealError, Shown};
use serde_json::{Map, Value};

/// A field as both sides can say it.
#[derive(Debug, PartialEq, Default)]
pub struct Told {
    value: Option<String>,
    /// The collection hides it from this person.
    pub withheld: bool,
    name: Option<String>,
    rule: Value,
    linked: Option<&'static str>,
    /// Of an earlier password, as it was written.
    pub last_used: Option<String>,
}

/// What our client says of each field, by the name that the protocol gives it.
pub fn fields_of(item: &Item) -> BTreeMap<String, Told> {
    let mut places = Places::default();
    let fields = item.fields().filter_map(|field| {
        let (name, named) = match field.label {
            FieldLabel::Named(Some(Opened::Value(name))) => (Some(name.clone()), true),
            FieldLabel::Named(_) => (None, true),
            FieldLabel::Known(_) => (None, false),
        };
        // An entry of the list that is none of the protocol's.
        if named && name.is_none() && matches!(field.shown, Shown::Nothing) {
            return None;
        }
        let (value, withheld) = match item.reveal(field.id) {
            Ok(value) => (Some(value.expose().to_owned()), false),
            Err(RevealError::Withheld) => (None, true),
            Err(RevealError::NoSuchField) => (None, false),
            Err(RevealError::Unreadable(reason)) => (Some(format!("unreadable: {reason:?}")), false),
        };
        let told = Told {
            value,
            withheld,
            name,
            rule: serde_json::to_value(field.match_rule).unwrap(),
            linked: field.linked_to,
            last_used: field.last_used.map(str::to_owned),
        };
        Some((places.renumbered(&field.id.0), told))
    });
    fields.collect()
}

/// Entries of lists are counted anew: what stands between them in a list and is no entry takes no number.
#[derive(Default)]
struct Places(HashMap<String, Vec<String>>);

impl Places {
    fn renumbered(&mut self, id: &str) -> String {
        let mut before = String::new();
        let mut parts = id.split('.').map(|part| {
            let shown = match part.parse::<usize>() {
                Ok(_) => {
                    let seen = self.0.entry(before.clone()).or_default();
                    if !seen.iter().any(|one| one == part) {
                        seen.push(part.to_owned());
                    }
                    seen.iter().position(|one| one == part).unwrap_or_default().to_string()
                }
                Err(_) => part.to_owned(),
            };
            before = format!("{before}.{part}");
            shown
        });
        let first = parts.next().unwrap_or_default();
        parts.fold(first, |whole, part| format!("{whole}.{part}"))
    }
}

/// What viewPassword keeps back: what a person could sign in or pay with.
const HIDDEN: [&str; 13] = [
    "login.password",
    "login.totp",
    "card.number",
    "card.code",
    "identity.ssn",
    "identity.passportNumber",
    "identity.licenseNumber",
    "sshKey.privateKey",
    "bankAccount.accountNumber",
    "bankAccount.pin",
    "driversLicense.licenseNumber",
    "passport.passportNumber",
    "passport.nationalIdentificationNumber",
];

/// The same of an item as the official client's JSON says it.
pub fn expected_fields(truth: &Value) -> BTreeMap<String, Told> {
    let mut fields = BTreeMap::new();
    let may_see = truth["viewPassword"] != false;
    let mut put = |id: String, value: &Value, hidden: bool, more: Told| {
        if value.is_null() && more.name.is_none() {
            return;
        }
        let value = value.as_str().map(str::to_owned);
        let withheld = hidden && !may_see && value.is_some();
        fields.insert(id, Told { value: value.filter(|_| !withheld), withheld, ..more });
    };
    let kinds = ["login", "card", "identity", "sshKey", "bankAccount", "driversLicense", "passport"];
    for kind in kinds {
        for (name, value) in truth[kind].as_object().unwrap_or(&Map::new()) {
            let id = format!("{kind}.{name}");
            if (value.is_string() || value.is_null()) && name != "passwordRevisionDate" {
                put(id.clone(), value, HIDDEN.contains(&id.as_str()), Told::default());
            }
        }
    }
    for (place, website) in list(&truth["login"]["uris"]) {
        let rule = website["match"].clone();
        put(format!("login.uris.{place}"), &website["uri"], false, Told { rule, ..Told::default() });
    }
    for (place, passkey) in list(&truth["login"]["fido2Credentials"]) {
        for (name, value) in passkey.as_object().unwrap().iter().filter(|(name, _)| *name != "creationDate") {
            let hidden = ["credentialId", "keyValue", "userHandle"].contains(&name.as_str());
            put(format!("login.fido2Credentials.{place}.{name}"), value, hidden, Told::default());
        }
    }
    put("notes".to_owned(), &truth["notes"], false, Told::default());
    for (place, field) in list(&truth["fields"]) {
        // Text, boolean and linked ones are open; numbers of a later server are treated as hidden.
        let hidden = !matches!(field["type"].as_i64(), Some(0 | 2 | 3));
        let name = field["name"].as_str().map(str::to_owned);
        let linked = field["linkedId"].as_i64().and_then(linked);
        put(format!("fields.{place}"), &field["value"], hidden, Told { name, linked, ..Told::default() });
    }
    for (place, earlier) in list(&truth["passwordHistory"]) {
        let last_used = earlier["lastUsedDate"].as_str().map(str::to_owned);
        put(
            format!("passwordHistory.{place}"),
            &earlier["password"],
            true,
            Told { last_used, ..Told::default() },
        );
    }
    fields
}

/// protocol.md §3.5, of the numbers that the tests use.
fn linked(number: i64) -> Option<&'static str> {
    Some(match number {
        100 => "login.username",
        101 => "login.password",
        300 => "card.cardholderName",
        301 => "card.expMonth",
        302 => "card.expYear",
        303 => "card.code",
        304 => "card.brand",
        305 => "card.number",
        400 => "identity.title",
        405 => "identity.city",
        412 => "identity.ssn",
        416 => "identity.firstName",
        418 => "identity.fullName",
        _ => return None,
    })
}

fn list(value: &Value) -> impl Iterator<Item = (usize, &Value)> {
    value.as_array().map(Vec::as_slice).unwrap_or_default().iter().enumerate()
}
