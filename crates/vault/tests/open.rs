//! Opening items of every kind, as a server sends them.

#![allow(clippy::unwrap_used)]

mod items;

use items::{bare, key, login, sealed};
use portico_vault::{
    CodeError, FieldId, FieldKind, FieldLabel, Item, ItemKind, ItemOverview, Opened, RevealError, SealedItem,
    Section, Shown, UnreadableReason, kind_fields, kind_member, open_item, open_overview,
    overview_without_key,
};
use serde_json::{Value, json};
use time::macros::datetime;
use uuid::Uuid;

fn overview(item: &Value) -> ItemOverview {
    let json = item.to_string();
    open_overview(&SealedItem::parse(&json).unwrap(), &key(1))
}

fn open(item: &Value) -> Item {
    let json = item.to_string();
    open_item(&SealedItem::parse(&json).unwrap(), &key(1))
}

fn revealed(item: &Item, id: &str) -> String {
    match item.reveal(&id.into()) {
        Ok(secret) => secret.expose().to_owned(),
        Err(error) => panic!("{id}: {error}"),
    }
}

#[test]
fn an_overview_holds_what_a_list_shows() {
    let mut item = login(7, "Domain registrar", "domains@brightwater.example", &key(1));
    let (folder, organization, collection) = (Uuid::from_u128(8), Uuid::from_u128(9), Uuid::from_u128(10));
    item["organizationId"] = json!(organization);
    item["folderId"] = json!(folder);
    item["collectionIds"] = json!([collection]);
    item["favorite"] = json!(true);
    item["reprompt"] = json!(1);
    item["edit"] = json!(false);
    item["viewPassword"] = json!(false);
    item["login"]["totp"] = json!(key(1).seal_text("WQIQ25BRKZYCJVYP"));
    item["attachments"] = json!([{"id": "a"}]);
    item["deletedDate"] = json!("2026-09-01T00:00:00Z");
    let expected = ItemOverview {
        id: Uuid::from_u128(7),
        organization_id: Some(organization),
        folder_id: Some(folder),
        collection_ids: vec![collection],
        kind: ItemKind::LOGIN,
        name: Opened::Value("Domain registrar".to_owned()),
        subtitle: Some(Opened::Value("domains@brightwater.example".to_owned())),
        hosts: vec!["www.example.com".to_owned()],
        favorite: true,
        reprompt: true,
        edit: false,
        view_password: false,
        has_totp: true,
        has_attachments: true,
        revision_date: Some(datetime!(2026-08-20 14:16:19.1234567 UTC)),
        creation_date: Some(datetime!(2026-01-02 03:04:05 UTC)),
        deleted_date: Some(datetime!(2026-09-01 00:00:00 UTC)),
        archived_date: None,
    };
    assert_eq!(overview(&item), expected);
}

#[test]
fn subtitles_follow_the_kind() {
    type Case<'c> = (i32, &'c [(&'c str, &'c str)], Option<&'c str>);
    let cases: [Case; 17] = [
        (1, &[("username", "admin")], Some("admin")),
        (1, &[("username", "")], None),
        (1, &[("password", "x")], None),
        (2, &[], None),
        (3, &[("brand", "Visa"), ("number", "4111 1111 1111 4417")], Some("Visa, *4417")),
        (3, &[("brand", "Visa")], Some("Visa")),
        (3, &[("number", "4111111111114417")], Some("*4417")),
        (3, &[("brand", "Visa"), ("number", "4417")], Some("Visa")),
        (3, &[("cardholderName", "M Okafor"), ("code", "123")], None),
        (4, &[("firstName", "Maya"), ("lastName", "Okafor"), ("ssn", "1")], Some("Maya Okafor")),
        (4, &[("firstName", "Maya"), ("middleName", "Ada"), ("lastName", "Okafor")], Some("Maya Ada Okafor")),
        (4, &[("ssn", "123")], None),
        (5, &[("keyFingerprint", "SHA256:q7Vt"), ("privateKey", "PEM")], Some("SHA256:q7Vt")),
        (6, &[("bankName", "Quay Bank"), ("accountNumber", "1")], Some("Quay Bank")),
        (7, &[("firstName", "Maya"), ("lastName", "Okafor"), ("licenseNumber", "1")], Some("Maya Okafor")),
        (8, &[("givenName", "Maya"), ("surname", "Okafor"), ("passportNumber", "1")], Some("Maya Okafor")),
        (77, &[("username", "x")], None),
    ];
    for (kind, members, subtitle) in cases {
        let mut item = bare(1, kind, "name", &key(1));
        item[kind_member(ItemKind(kind)).unwrap_or("login")] = sealed(&key(1), members);
        let expected = subtitle.map(|text| Opened::Value(text.to_owned()));
        assert_eq!(overview(&item).subtitle, expected, "kind {kind}, {members:?}");
    }
}

#[test]
fn every_member_of_every_kind_opens_and_hidden_ones_stay_hidden() {
    for kind in (1..=8).map(ItemKind) {
        let member = kind_member(kind).unwrap();
        let values: Vec<(&str, String)> =
            kind_fields(kind).iter().map(|(name, _)| (*name, format!("{member}/{name}"))).collect();
        let members: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut item = bare(1, kind.0, "name", &key(1));
        item[member] = sealed(&key(1), &members);
        let item = open(&item);
        assert_eq!(item.fields().count(), members.len(), "{member}");
        for ((name, kind), field) in kind_fields(kind).iter().zip(item.fields()) {
            assert_eq!(field.id, &FieldId(format!("{member}.{name}")));
            assert_eq!((field.section, field.kind), (Section::Kind, *kind));
            assert!(matches!(field.label, FieldLabel::Known(label) if label == *name));
            assert_eq!(revealed(&item, &field.id.0), format!("{member}/{name}"));
            match field.shown {
                Shown::Text(text) => {
                    assert_eq!((kind.is_hidden(), text), (false, &*format!("{member}/{name}")))
                }
                Shown::Hidden => assert!(kind.is_hidden()),
                _ => panic!("{member}.{name} is neither shown nor hidden"),
            }
        }
        assert!(!item.has_unreadable_parts());
    }
}

/// The lists of ui.md (d), stars included: what a person must ask for.
#[test]
fn the_hidden_members_are_these() {
    let hidden: Vec<String> = (1..=8)
        .map(ItemKind)
        .flat_map(|kind| kind_fields(kind).iter().map(move |(name, shown)| (kind, name, shown)))
        .filter(|(_, _, shown)| shown.is_hidden())
        .map(|(kind, name, _)| format!("{}.{name}", kind_member(kind).unwrap()))
        .collect();
    let expected = "login.password login.totp card.number card.code identity.ssn identity.passportNumber \
        identity.licenseNumber sshKey.privateKey bankAccount.accountNumber bankAccount.pin \
        driversLicense.licenseNumber passport.passportNumber passport.nationalIdentificationNumber";
    assert_eq!(hidden.join(" "), expected);
}

fn full_login() -> Value {
    let key = key(1);
    let mut item = login(1, "Registrar", "me", &key);
    item["notes"] = json!(key.seal_text("Renewals\nin March"));
    item["login"]["totp"] = json!(key.seal_text("WQIQ25BRKZYCJVYP"));
    item["login"]["passwordRevisionDate"] = json!("2026-03-04T05:06:07Z");
    item["login"]["uris"] = json!([
        {"uri": key.seal_text("https://a.example"), "uriChecksum": null, "match": 3},
        {"uri": null},
        {"uri": key.seal_text("https://b.example/x"), "match": null},
    ]);
    let passkey = [("credentialId", "cred"), ("rpId", "a.example"), ("keyValue", "pkcs8"), ("counter", "0")];
    item["login"]["fido2Credentials"] = json!([sealed(&key, &passkey)]);
    item["login"]["fido2Credentials"][0]["creationDate"] = json!("2026-02-03T04:05:06.5Z");
    item["fields"] = json!([
        {"type": 0, "name": key.seal_text("Customer"), "value": key.seal_text("4711"), "linkedId": null},
        {"type": 1, "name": key.seal_text("Phone PIN"), "value": key.seal_text("0815")},
        {"type": 2, "name": key.seal_text("Paid"), "value": key.seal_text("true")},
        {"type": 3, "name": key.seal_text("Sign-in"), "value": null, "linkedId": 100},
        {"type": 9, "name": null, "value": key.seal_text("from the future")},
    ]);
    item["passwordHistory"] = json!([
        {"password": key.seal_text("older"), "lastUsedDate": "2025-01-01T00:00:00Z"},
        {"password": key.seal_text("oldest"), "lastUsedDate": "2024-01-01T00:00:00Z"},
    ]);
    item["attachments"] = json!([
        {"object": "attachment", "id": "f1", "url": "x", "fileName": key.seal_text("deed.pdf"),
         "key": key.seal_key(&SymmetricKey::generate()), "size": "1234", "sizeName": "1.21 KB"},
        {"id": "f2", "fileName": null, "key": null, "size": 99},
    ]);
    item
}

use portico_crypto::SymmetricKey;

#[test]
fn a_login_opens_with_all_its_parts_in_the_order_of_the_page() {
    let item = open(&full_login());
    let lines: Vec<String> = item
        .fields()
        .map(|field| {
            let shown = match field.shown {
                Shown::Text(text) => text.to_owned(),
                Shown::Hidden => "(hidden)".to_owned(),
                Shown::Withheld => "(withheld)".to_owned(),
                Shown::Unreadable(reason) => format!("({reason})"),
                Shown::Nothing => "(nothing)".to_owned(),
            };
            format!("{} {:?} {:?} {shown}", field.id, field.section, field.kind)
        })
        .collect();
    assert_eq!(
        lines,
        [
            "login.username Kind Plain me",
            "login.password Kind Hidden (hidden)",
            "login.totp Kind Totp (hidden)",
            "login.fido2Credentials.0.rpId Passkey(0) Plain a.example",
            "login.fido2Credentials.0.credentialId Passkey(0) Hidden (hidden)",
            "login.fido2Credentials.0.keyValue Passkey(0) Hidden (hidden)",
            "login.fido2Credentials.0.counter Passkey(0) Plain 0",
            "login.uris.0 Autofill Uri https://a.example",
            "login.uris.2 Autofill Uri https://b.example/x",
            "notes Additional Note Renewals\nin March",
            "fields.0 Custom Plain 4711",
            "fields.1 Custom Hidden (hidden)",
            "fields.2 Custom Boolean true",
            "fields.3 Custom Linked (nothing)",
            "fields.4 Custom Hidden (hidden)",
            "passwordHistory.0 History Hidden (hidden)",
            "passwordHistory.1 History Hidden (hidden)",
        ]
    );
    assert_eq!(revealed(&item, "login.password"), "correct horse");
    assert_eq!(revealed(&item, "passwordHistory.1"), "oldest");
    assert_eq!(revealed(&item, "fields.4"), "from the future");
    assert_eq!(item.reveal(&"fields.3".into()).err(), Some(RevealError::NoSuchField));
    assert_eq!(item.reveal(&"login.nothing".into()).err(), Some(RevealError::NoSuchField));
    assert_eq!(item.password_revision_date(), Some(datetime!(2026-03-04 05:06:07 UTC)));
    assert_eq!(item.passkey_dates(), [Some(datetime!(2026-02-03 04:05:06.5 UTC))]);
    assert_eq!(item.overview().hosts, ["a.example", "b.example"]);

    let field = |id: &str| item.field(&id.into()).unwrap();
    assert_eq!(field("login.uris.0").match_rule.map(|rule| rule.0), Some(3));
    assert_eq!(field("login.uris.2").match_rule, None);
    assert_eq!(field("fields.3").linked_to, Some("login.username"));
    assert_eq!(field("passwordHistory.0").last_used, Some("2025-01-01T00:00:00Z"));
    assert!(matches!(field("fields.1").label,
        FieldLabel::Named(Some(Opened::Value(name))) if name == "Phone PIN"));
    assert!(matches!(field("fields.4").label, FieldLabel::Named(None)));

    let [deed, nameless] = item.attachments() else { panic!("two attachments") };
    assert_eq!(
        (deed.file_name.value().unwrap().as_str(), deed.size, deed.has_key),
        ("deed.pdf", Some(1234), true)
    );
    assert_eq!((nameless.file_name.unreadable(), nameless.size), (Some(UnreadableReason::Missing), Some(99)));
}

#[test]
fn codes_are_made_from_the_seed() {
    assert_eq!(open(&full_login()).totp_code(1_672_531_200).unwrap().code.expose(), "194506");
    let code = |totp: Value| {
        let mut item = login(1, "x", "y", &key(1));
        item["login"]["totp"] = totp;
        open(&item).totp_code(0).err()
    };
    assert_eq!(code(Value::Null), Some(CodeError::NoSeed));
    assert_eq!(code(json!("2.AAAA")), Some(CodeError::Unreadable(UnreadableReason::Malformed)));
    assert!(matches!(code(json!(key(1).seal_text("1"))), Some(CodeError::Seed(_))));
}

#[test]
fn hidden_values_are_withheld_where_the_collection_hides_passwords() {
    let mut item = full_login();
    item["organizationId"] = json!(Uuid::from_u128(5));
    item["viewPassword"] = json!(false);
    let item = open(&item);
    for field in item.fields() {
        match field.kind {
            FieldKind::Hidden | FieldKind::Totp => {
                assert!(matches!(field.shown, Shown::Withheld), "{}", field.id);
                assert_eq!(item.reveal(field.id).err(), Some(RevealError::Withheld), "{}", field.id);
            }
            _ => assert!(!matches!(field.shown, Shown::Withheld), "{}", field.id),
        }
    }
    assert_eq!(revealed(&item, "login.username"), "me");
    assert_eq!(item.totp_code(1_672_531_200).err(), Some(CodeError::Withheld));
}

#[test]
fn the_key_of_an_item_opens_all_of_it() {
    let own = key(99);
    let mut item = login(1, "Sealed with its own key", "me", &own);
    item["key"] = json!(key(1).seal_key(&own));
    assert_eq!(overview(&item).name.value().unwrap(), "Sealed with its own key");
    assert_eq!(revealed(&open(&item), "login.password"), "correct horse");

    item["key"] = json!(key(2).seal_key(&own));
    assert_eq!(overview(&item).name, Opened::Unreadable(UnreadableReason::ItemKey));
    let item = open(&item);
    assert!(item.has_unreadable_parts());
    let reason = RevealError::Unreadable(UnreadableReason::ItemKey);
    assert_eq!(item.reveal(&"login.password".into()).err(), Some(reason));
}

#[test]
fn each_failure_has_its_reason_and_none_is_an_empty_string() {
    let key = key(1);
    let good = key.seal_text("text");
    let mut flipped = good.clone();
    flipped.replace_range(10..11, if &good[10..11] == "A" { "B" } else { "A" });
    let cases = [
        (json!(flipped), UnreadableReason::NotAuthentic),
        (json!(items::key(2).seal_text("text")), UnreadableReason::NotAuthentic),
        (json!(good.replacen("2.", "0.", 1).rsplit_once('|').unwrap().0), UnreadableReason::Unsupported),
        (json!("7.b64b"), UnreadableReason::NewerFormat),
        (json!("12.b64b"), UnreadableReason::NewerFormat),
        (json!("text"), UnreadableReason::Malformed),
        (json!(""), UnreadableReason::Malformed),
        (json!(17), UnreadableReason::Malformed),
        (json!({"a": 1}), UnreadableReason::Malformed),
        (json!(["2.x"]), UnreadableReason::Malformed),
        (json!(key.seal_bytes(&[0xff, 0xfe])), UnreadableReason::NotText),
        (Value::Null, UnreadableReason::Missing),
    ];
    for (name, reason) in cases {
        let mut item = login(1, "x", "me", &key);
        item["name"] = name.clone();
        let overview = overview(&item);
        assert_eq!(overview.name, Opened::Unreadable(reason), "{name}");
        // One bad value spoils nothing else, whatever its type.
        assert_eq!(overview.subtitle, Some(Opened::Value("me".to_owned())), "{name}");
        assert_eq!(overview.hosts, ["www.example.com"], "{name}");
        assert!(open(&item).has_unreadable_parts());
    }
}

#[test]
fn an_encrypted_empty_string_is_an_empty_string() {
    let item = bare(1, 2, "", &key(1));
    assert_eq!(overview(&item).name, Opened::Value(String::new()));
}

#[test]
fn without_the_owners_key_the_item_stays_in_the_list() {
    let json = login(3, "x", "me", &key(1)).to_string();
    let overview = overview_without_key(&SealedItem::parse(&json).unwrap());
    assert_eq!(overview.id, Uuid::from_u128(3));
    assert_eq!(overview.name, Opened::Unreadable(UnreadableReason::NoKey));
    assert_eq!(overview.subtitle, Some(Opened::Unreadable(UnreadableReason::NoKey)));
    assert!(overview.hosts.is_empty());
}

#[test]
fn unknown_kinds_keep_name_note_and_fields() {
    let key = key(1);
    let mut item = bare(1, 42, "From a later server", &key);
    item["somethingNew"] = json!({"a": "b"});
    item["notes"] = json!(key.seal_text("note"));
    item["fields"] = json!([{"type": 0, "name": key.seal_text("n"), "value": key.seal_text("v")}]);
    let json = item.to_string();
    let sealed = SealedItem::parse(&json).unwrap();
    assert_eq!(sealed.kind(), ItemKind(42));
    assert_eq!(sealed.json(), json);
    let item = open_item(&sealed, &key);
    assert_eq!(item.overview().name.value().unwrap(), "From a later server");
    assert_eq!(item.fields().map(|field| field.id.0.clone()).collect::<Vec<_>>(), ["notes", "fields.0"]);
}

#[test]
fn escapes_in_json_are_read() {
    // The official server writes `+` as \u002B.
    let json = login(1, "x", "me", &key(1))
        .to_string()
        .replace('+', "\\u002B")
        .replace("\"name\"", "\"na\\u006de\"");
    let overview = open_overview(&SealedItem::parse(&json).unwrap(), &key(1));
    assert_eq!(overview.name.value().unwrap(), "x");
    let item = open_item(&SealedItem::parse(&json).unwrap(), &key(1));
    assert_eq!(revealed(&item, "login.password"), "correct horse");
}

#[test]
fn the_first_website_of_old_servers_counts_where_there_is_no_list() {
    let key = key(1);
    let mut item = login(1, "x", "me", &key);
    item["login"]["uri"] = json!(key.seal_text("https://old.example"));
    assert_eq!(overview(&item).hosts, ["www.example.com"]);
    item["login"]["uris"] = Value::Null;
    assert_eq!(overview(&item).hosts, ["old.example"]);
    assert_eq!(revealed(&open(&item), "login.uri"), "https://old.example");
}

/// protocol.md §3.5, as it stands there: the members by the numbers that lead to them.
const LINKED: [(i32, i64, &str); 3] = [
    (1, 100, "username password"),
    (3, 300, "cardholderName expMonth expYear code brand number"),
    (
        4,
        400,
        "title middleName address1 address2 address3 city state postalCode country company email phone ssn username \
         passportNumber licenseNumber firstName lastName",
    ),
];

#[test]
fn each_linked_field_leads_to_its_member() {
    for (kind, first, members) in LINKED {
        let member = kind_member(ItemKind(kind)).unwrap();
        let mut item = bare(1, kind, "Linked", &key(1));
        let texts: Vec<(&str, String)> =
            members.split(' ').map(|name| (name, format!("the {name}"))).collect();
        item[member] =
            sealed(&key(1), &texts.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>());
        let numbers = first..first + texts.len() as i64;
        item["fields"] = numbers.map(|number| json!({"type": 3, "name": null, "linkedId": number})).collect();
        let item = open(&item);
        let linked: Vec<_> = item.fields().filter(|field| field.section == Section::Custom).collect();
        assert_eq!(linked.len(), texts.len());
        for (field, (name, text)) in linked.iter().zip(&texts) {
            let target = field.linked_to.unwrap_or_else(|| panic!("{name}"));
            assert_eq!(target, format!("{member}.{name}"));
            assert_eq!(revealed(&item, target), *text);
        }
    }
}

/// The full name is no member of its own, and what has no member of its own is nothing that a field could lead to.
#[test]
fn a_linked_field_leads_to_the_full_name_and_no_further() {
    let mut item = bare(1, 4, "Linked", &key(1));
    let parts = [("title", "Dr"), ("firstName", "Maya"), ("middleName", "A."), ("lastName", "Okafor")];
    item["identity"] = sealed(&key(1), &parts);
    let numbers = [418, 419, 399, 102, 299, 306, 99, -1, 0];
    item["fields"] = numbers.iter().map(|number| json!({"type": 3, "linkedId": number})).collect();
    let item = open(&item);
    let linked: Vec<_> =
        item.fields().filter(|field| field.section == Section::Custom).map(|field| field.linked_to).collect();
    assert_eq!(linked[0], Some("identity.fullName"));
    assert!(linked.len() == numbers.len() && linked[1..].iter().all(Option::is_none), "{linked:?}");
    let composed = item.composed();
    let whole = composed.iter().find(|whole| whole.id.0 == "identity.fullName").unwrap();
    assert_eq!(whole.text.expose(), "Dr Maya A. Okafor");
}
