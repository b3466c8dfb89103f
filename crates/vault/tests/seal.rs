//! Sealing new items: the request of protocol.md §4.1, and that the server's echo of it opens again.

#![allow(clippy::unwrap_used)]

mod items;

use items::{bare, key};
use portico_protocol::{
    Date,
    cipher::{CipherResponse, FieldType, UriMatch},
    enc_string::EncString,
};
use portico_vault::{
    ItemKind, NewField, NewItem, NewPasskey, NewWebsite, SealItemError, SealWith, SealedItem, Secret,
    kind_fields, kind_member, open_item, seal_item,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn request(item: &NewItem, with: SealWith) -> Value {
    serde_json::to_value(seal_item(item, &key(1), with).unwrap()).unwrap()
}

/// What a server sends back for a request.
fn echoed(request: &Value) -> String {
    let mut item = bare(1, 0, "", &key(1));
    for (member, value) in request.as_object().unwrap() {
        item[member] = value.clone();
    }
    item.to_string()
}

fn secret(text: &str) -> Secret {
    text.into()
}

/// Every encrypted string of `value`, wherever it stands.
fn strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(list) => list.iter().for_each(|one| strings(one, found)),
        Value::Object(members) => members.values().for_each(|one| strings(one, found)),
        _ => {}
    }
}

fn full_login() -> NewItem {
    let date = || Date("2026-08-20T14:16:19Z".to_owned());
    NewItem {
        notes: Some(secret("a note")),
        values: vec![("username", secret("me")), ("password", secret("hunter2")), ("totp", secret("WQIQ"))],
        websites: vec![NewWebsite {
            uri: "https://example.com".to_owned(),
            match_rule: Some(UriMatch::EXACT),
        }],
        passkeys: vec![NewPasskey { values: vec![("rpId", secret("example.com"))], creation_date: date() }],
        password_revision_date: Some(date()),
        fields: vec![
            NewField {
                kind: FieldType::HIDDEN,
                name: "PIN".to_owned(),
                value: Some(secret("0815")),
                linked_id: None,
            },
            NewField { kind: FieldType::LINKED, name: "User".to_owned(), value: None, linked_id: Some(100) },
        ],
        password_history: vec![(secret("older"), date())],
        favorite: true,
        reprompt: true,
        ..NewItem::new(ItemKind::LOGIN, "Example")
    }
}

#[test]
fn the_request_has_the_shape_of_the_protocol() {
    let request = request(&full_login(), SealWith::ItemKey);
    for (pointer, value) in [
        ("/type", json!(1)),
        ("/organizationId", Value::Null),
        ("/folderId", Value::Null),
        ("/favorite", json!(true)),
        ("/reprompt", json!(1)),
        ("/fields/0/type", json!(1)),
        ("/fields/0/linkedId", Value::Null),
        ("/fields/1/type", json!(3)),
        ("/fields/1/value", Value::Null),
        ("/fields/1/linkedId", json!(100)),
        ("/passwordHistory/0/lastUsedDate", json!("2026-08-20T14:16:19Z")),
        ("/login/uris/0/match", json!(3)),
        ("/login/passwordRevisionDate", json!("2026-08-20T14:16:19Z")),
        ("/login/fido2Credentials/0/creationDate", json!("2026-08-20T14:16:19Z")),
        ("/login/fido2Credentials/0/userName", Value::Null),
    ] {
        assert_eq!(request.pointer(pointer), Some(&value), "{pointer}");
    }
    let item_key = key(1).open_key(request["key"].as_str().unwrap()).unwrap();
    for (pointer, text) in [
        ("/name", "Example"),
        ("/notes", "a note"),
        ("/login/username", "me"),
        ("/login/password", "hunter2"),
        ("/login/totp", "WQIQ"),
        ("/login/uris/0/uri", "https://example.com"),
        // base64(SHA-256("https://example.com")), by sha256sum.
        ("/login/uris/0/uriChecksum", "EAaArVRs5qV39C9S3zO0z9ynVoWeZkuNfeMpsVDQnOk="),
        ("/login/fido2Credentials/0/rpId", "example.com"),
        ("/fields/0/name", "PIN"),
        ("/fields/0/value", "0815"),
        ("/passwordHistory/0/password", "older"),
    ] {
        let sealed = request.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}"));
        assert_eq!(*item_key.open_text(sealed).unwrap(), text, "{pointer}");
        assert!(key(1).open_text(sealed).is_err(), "{pointer} is sealed with the owner's key");
    }
    assert!(request.get("encryptedFor").is_none() && request.get("lastKnownRevisionDate").is_none());
}

#[test]
fn without_an_item_key_the_owners_key_seals_and_no_checksum_is_written() {
    let request = request(&full_login(), SealWith::OwnerKey);
    assert_eq!(request["key"], Value::Null);
    assert_eq!(request["login"]["uris"][0]["uriChecksum"], Value::Null);
    assert_eq!(*key(1).open_text(request["name"].as_str().unwrap()).unwrap(), "Example");
}

#[test]
fn nothing_but_dates_leaves_unsealed() {
    let request = request(&full_login(), SealWith::ItemKey);
    let mut found = Vec::new();
    strings(&request, &mut found);
    assert_eq!(found.len(), 13 + 3, "thirteen values and three dates");
    for text in found {
        let is_sealed = EncString::parse(text).is_ok_and(|text| text.check_base64().is_ok());
        assert!(is_sealed || text == "2026-08-20T14:16:19Z", "{text}");
    }
}

#[test]
fn a_secure_note_carries_its_type_and_nothing_else() {
    let item = NewItem::new(ItemKind::SECURE_NOTE, "Door code");
    assert_eq!(request(&item, SealWith::ItemKey)["secureNote"], json!({"type": 0}));
}

#[test]
fn every_kind_is_echoed_and_opens_with_all_its_values() {
    for kind in (1..=8).map(ItemKind) {
        let values = kind_fields(kind).iter().map(|(name, _)| (*name, secret(&format!("the {name}"))));
        let item = NewItem { values: values.collect(), ..NewItem::new(kind, "name") };
        let json = echoed(&request(&item, SealWith::ItemKey));
        // The wire types know every member that is written.
        let typed: CipherResponse = serde_json::from_str(&json).unwrap();
        assert!(serde_json::to_value(&typed).unwrap()[kind_member(kind).unwrap()].is_object());
        let open = open_item(&SealedItem::parse(&json).unwrap(), &key(1));
        assert_eq!(open.overview().kind, kind);
        assert_eq!(open.fields().count(), kind_fields(kind).len());
        assert!(!open.has_unreadable_parts());
        for (name, _) in kind_fields(kind) {
            let id = format!("{}.{name}", kind_member(kind).unwrap());
            let value = open.reveal(&id.as_str().into()).unwrap_or_else(|error| panic!("{id}: {error}"));
            assert_eq!(value.expose(), format!("the {name}"));
        }
    }
}

#[test]
fn what_cannot_be_sealed_says_why() {
    let refused = |item: NewItem| seal_item(&item, &key(1), SealWith::ItemKey).err();
    let card = || NewItem::new(ItemKind::CARD, "x");
    assert_eq!(refused(NewItem::new(ItemKind(9), "x")), Some(SealItemError::UnknownKind(9)));
    let with_password = NewItem { values: vec![("password", secret("x"))], ..card() };
    assert_eq!(refused(with_password), Some(SealItemError::NoSuchMember("password")));
    let website = NewWebsite { uri: "https://example.com".to_owned(), match_rule: None };
    let with_website = NewItem { websites: vec![website], ..card() };
    assert_eq!(refused(with_website), Some(SealItemError::NoSuchMember("websites")));
    let long = |length| NewItem::new(ItemKind::SECURE_NOTE, "x".repeat(length));
    assert_eq!(refused(long(600)), None);
    assert_eq!(refused(long(800)), Some(SealItemError::TooLong("the name")));
    assert_eq!(refused(long(10_000_000)), Some(SealItemError::TooLong("the name")));
    let note = NewItem { notes: Some(secret(&"x".repeat(9000))), ..card() };
    assert_eq!(refused(note), Some(SealItemError::TooLong("the note")));
}

proptest! {
    #[test]
    fn what_was_sealed_opens(
        name in "\\PC{0,40}", username in "\\PC{0,40}", password in any::<String>(), note in any::<String>(),
        own_key: bool,
    ) {
        prop_assume!(password.len() < 2000 && note.len() < 2000);
        let item = NewItem {
            notes: Some(secret(&note)),
            values: vec![("password", secret(&password)), ("username", secret(&username))],
            ..NewItem::new(ItemKind::LOGIN, name.clone())
        };
        let with = if own_key { SealWith::ItemKey } else { SealWith::OwnerKey };
        let json = echoed(&request(&item, with));
        let open = open_item(&SealedItem::parse(&json).unwrap(), &key(1));
        prop_assert_eq!(open.overview().name.value(), Some(&name));
        let value = |id: &str| open.reveal(&id.into()).map(|value| value.expose().to_owned());
        prop_assert_eq!(value("login.username"), Ok(username));
        prop_assert_eq!(value("login.password"), Ok(password));
        prop_assert_eq!(value("notes"), Ok(note));
    }
}
