//! What the window shows of an item of each type, and that the page has a word for all of it.
#![allow(clippy::unwrap_used)]

use std::{collections::BTreeSet, fs, path::Path};

use portico_crypto::SymmetricKey;
use portico_vault::{KNOWN_KINDS, SealedItem, kind_fields, kind_member, open_item};
use serde_json::{Value, json};

use super::*;
use ItemFieldKind::{Checkbox, Date, Hidden, Linked, Note, Plain, Totp, Website};
use ItemFieldSection as In;

type Part = (In, &'static [(&'static str, ItemFieldKind)]);

/// ui.md (d), the table of types; what is read as one stands as one.
const SHOWN: [(ItemKind, &[Part]); 8] = [
    (
        ItemKind::LOGIN,
        &[
            (In::Credentials, &[("username", Plain), ("password", Hidden), ("totp", Totp)]),
            (In::Passkey, &[("rpId", Plain), ("userName", Plain), ("creationDate", Date)]),
            (In::Websites, &[("uri", Website), ("uri", Website)]),
        ],
    ),
    (ItemKind::SECURE_NOTE, &[]),
    (
        ItemKind::CARD,
        &[(
            In::Card,
            &[
                ("cardholderName", Plain),
                ("number", Hidden),
                ("expiration", Plain),
                ("brand", Plain),
                ("code", Hidden),
            ],
        )],
    ),
    (
        ItemKind::IDENTITY,
        &[(
            In::Identity,
            &[
                ("fullName", Plain),
                ("username", Plain),
                ("company", Plain),
                ("ssn", Hidden),
                ("passportNumber", Hidden),
                ("licenseNumber", Hidden),
                ("email", Plain),
                ("phone", Plain),
                ("address", Plain),
            ],
        )],
    ),
    (
        ItemKind::SSH_KEY,
        &[(In::SshKey, &[("privateKey", Hidden), ("publicKey", Plain), ("keyFingerprint", Plain)])],
    ),
    (
        ItemKind::BANK_ACCOUNT,
        &[(
            In::BankAccount,
            &[
                ("bankName", Plain),
                ("nameOnAccount", Plain),
                ("accountType", Plain),
                ("accountNumber", Hidden),
                ("routingNumber", Plain),
                ("branchNumber", Plain),
                ("pin", Hidden),
                ("swiftCode", Plain),
                ("iban", Plain),
                ("bankContactPhone", Plain),
            ],
        )],
    ),
    (
        ItemKind::DRIVERS_LICENSE,
        &[(
            In::DriversLicense,
            &[
                ("firstName", Plain),
                ("middleName", Plain),
                ("lastName", Plain),
                ("dateOfBirth", Date),
                ("licenseNumber", Hidden),
                ("issuingCountry", Plain),
                ("issuingState", Plain),
                ("issueDate", Date),
                ("expirationDate", Date),
                ("issuingAuthority", Plain),
                ("licenseClass", Plain),
            ],
        )],
    ),
    (
        ItemKind::PASSPORT,
        &[(
            In::Passport,
            &[
                ("surname", Plain),
                ("givenName", Plain),
                ("dateOfBirth", Date),
                ("sex", Plain),
                ("birthPlace", Plain),
                ("nationality", Plain),
                ("issuingCountry", Plain),
                ("passportNumber", Hidden),
                ("passportType", Plain),
                ("nationalIdentificationNumber", Hidden),
                ("issuingAuthority", Plain),
                ("issueDate", Date),
                ("expirationDate", Date),
            ],
        )],
    ),
];

pub fn key() -> SymmetricKey {
    SymmetricKey::from_array(&[7; 64])
}

/// An item of `kind` with a value in every member, as a server sends it.
pub fn full(kind: ItemKind) -> Value {
    let key = key();
    let sealed = |text: &str| json!(key.seal_text(text));
    let value = |name: &str| match name {
        "expMonth" => "9".to_owned(),
        "expYear" => "2031".to_owned(),
        "dateOfBirth" | "issueDate" | "expirationDate" => "2031-04-30".to_owned(),
        "totp" => "WQIQ25BRKZYCJVYP".to_owned(),
        name => format!("the {name}"),
    };
    let mut payload: Value =
        kind_fields(kind).iter().map(|(name, _)| ((*name).to_owned(), sealed(&value(name)))).collect();
    if kind == ItemKind::LOGIN {
        payload["uris"] = json!([
            {"uri": sealed("https://one.example/login"), "match": 1},
            {"uri": sealed("two.example"), "match": null},
        ]);
        payload["fido2Credentials"] = json!([{
            "credentialId": sealed("c"), "keyType": sealed("public-key"), "keyAlgorithm": sealed("ECDSA"),
            "keyCurve": sealed("P-256"), "keyValue": sealed("k"), "rpId": sealed("one.example"),
            "rpName": sealed("One"), "userHandle": sealed("h"), "userName": sealed("maya"),
            "userDisplayName": sealed("Maya"), "counter": sealed("0"), "discoverable": sealed("true"),
            "creationDate": "2026-03-04T09:12:00Z",
        }]);
    }
    let mut item = json!({
        "object": "cipherDetails", "id": "00000000-0000-0000-0000-000000000007", "type": kind.0,
        "name": sealed("an item"), "notes": sealed("a note"), "revisionDate": "2026-08-20T14:16:19Z",
        "creationDate": "2026-01-02T03:04:05Z", "reprompt": 0, "edit": true, "viewPassword": true,
        "fields": [
            {"type": 0, "name": sealed("Customer number"), "value": sealed("BW-20911"), "linkedId": null},
            {"type": 1, "name": sealed("Telephone PIN"), "value": sealed("4711"), "linkedId": null},
            {"type": 2, "name": null, "value": sealed("true"), "linkedId": null},
            {"type": 3, "name": sealed("Login"), "value": null, "linkedId": 100},
        ],
        "passwordHistory": [{"password": sealed("before"), "lastUsedDate": "2026-02-03T04:05:06Z"}],
    });
    item[kind_member(kind).unwrap()] = payload;
    item
}

pub fn open(item: &Value) -> Item {
    let json = item.to_string();
    open_item(&SealedItem::parse(&json).unwrap(), &key())
}

#[test]
fn each_type_shows_its_fields_in_their_section_and_order() {
    for (kind, own) in SHOWN {
        let sections = sections(&open(&full(kind)));
        let shown: Vec<(In, Vec<(&str, ItemFieldKind)>)> = sections
            .iter()
            .map(|one| (one.section, one.fields.iter().map(|field| (&*field.label, field.kind)).collect()))
            .collect();
        let mut expected: Vec<(In, Vec<_>)> =
            own.iter().map(|(section, fields)| (*section, fields.to_vec())).collect();
        expected.push((In::Notes, vec![("notes", Note)]));
        expected.push((In::Custom, vec![("", Plain), ("", Hidden), ("", Checkbox), ("", Linked)]));
        assert_eq!(shown, expected, "type {}", kind.0);
        for field in sections.iter().flat_map(|section| &section.fields) {
            let is_secret = matches!(field.kind, Hidden | Totp | Linked);
            assert_eq!(field.value.is_none(), is_secret, "type {}: {}", kind.0, field.id);
            assert!(!field.withheld, "type {}: {}", kind.0, field.id);
        }
    }
}

#[test]
fn what_is_read_as_one_stands_as_one() {
    let value_of = |kind: ItemKind, label: &str| {
        let sections = sections(&open(&full(kind)));
        let field =
            sections.into_iter().flat_map(|section| section.fields).find(|field| field.label == label);
        match field.unwrap().value {
            Some(Text::Plain { value }) => value,
            other => panic!("{label}: {other:?}"),
        }
    };
    assert_eq!(value_of(ItemKind::CARD, "expiration"), "09 / 2031");
    let name = value_of(ItemKind::IDENTITY, "fullName");
    assert_eq!(name, "the title the firstName the middleName the lastName");
    assert!(value_of(ItemKind::IDENTITY, "address").ends_with("\nthe country"));
    assert_eq!(value_of(ItemKind::LOGIN, "creationDate"), "2026-03-04T09:12:00Z");
}

#[test]
fn a_collection_that_hides_passwords_withholds_all_that_is_hidden_and_nothing_else() {
    for kind in KNOWN_KINDS {
        let mut item = full(kind);
        item["viewPassword"] = json!(false);
        for field in sections(&open(&item)).iter().flat_map(|section| &section.fields) {
            assert_eq!(field.withheld, matches!(field.kind, Hidden | Totp), "type {}: {}", kind.0, field.id);
            assert!(!field.withheld || field.value.is_none());
        }
    }
}

#[test]
fn a_date_in_another_form_stays_the_text_it_is() {
    let mut item = full(ItemKind::PASSPORT);
    for odd in ["30/04/2031", "2031-13-01", ""] {
        item["passport"]["issueDate"] = json!(key().seal_text(odd));
        let sections = sections(&open(&item));
        let field = sections[0].fields.iter().find(|field| field.label == "issueDate").unwrap();
        assert_eq!(field.kind, Plain, "{odd:?}");
    }
}

#[test]
fn a_passkey_without_a_readable_date_has_no_line_for_it_and_two_keep_theirs() {
    let mut item = full(ItemKind::LOGIN);
    let passkeys = item["login"]["fido2Credentials"].as_array_mut().unwrap();
    let mut second = passkeys[0].clone();
    second["creationDate"] = json!("2026-05-06T07:08:09Z");
    passkeys[0]["creationDate"] = json!("some day");
    passkeys.push(second);
    let sections = sections(&open(&item));
    let passkeys = sections.iter().find(|section| section.section == In::Passkey).unwrap();
    let ids: Vec<&str> = passkeys.fields.iter().map(|field| &*field.id).collect();
    let id = |rest: &str| format!("login.fido2Credentials.{rest}");
    assert_eq!(ids, [id("0.rpId"), id("0.userName"), id("1.rpId"), id("1.userName"), id("1.creationDate")]);
}

#[test]
fn the_page_has_a_word_for_every_field_in_both_languages() {
    let page = |path: &str| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src");
        fs::read_to_string(root.join(path)).unwrap()
    };
    let text = page("features/vaults/words.ts");
    let table = text.split_once("fieldWords: Record<string, MessageKey> = {").unwrap().1;
    let table = table.split_once("};").unwrap().0;
    let words: Vec<(&str, &str)> = table
        .lines()
        .filter_map(|line| line.trim().trim_end_matches("',").split_once(": 'vaults."))
        .collect();
    let labels: BTreeSet<String> = KNOWN_KINDS
        .into_iter()
        .flat_map(|kind| {
            let item = full(kind);
            // Where the parts of a whole do not open, each stands for itself.
            let mut broken = item.clone();
            for (name, _) in kind_fields(kind) {
                broken[kind_member(kind).unwrap()][*name] = json!("2.x");
            }
            [sections(&open(&item)), sections(&open(&broken))]
        })
        .flatten()
        .flat_map(|section| section.fields)
        .flat_map(|field| [Some(field.label), field.linked_to].into_iter().flatten())
        .filter(|label| !label.is_empty())
        .collect();
    assert!(labels.len() > 60 && labels.contains("address2"), "{labels:?}");
    for language in ["en", "fr"] {
        let catalogue: Value =
            serde_json::from_str(&page(&format!("messages/{language}/vaults.json"))).unwrap();
        for label in &labels {
            let word = words.iter().find(|(name, _)| name == label).map(|(_, key)| catalogue[*key].as_str());
            assert!(matches!(word, Some(Some(word)) if !word.is_empty()), "{language}: {label} is {word:?}");
        }
    }
}
