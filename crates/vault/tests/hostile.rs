//! What a hostile or broken server may send: nothing panics, nothing hangs, nothing disappears that has an id.

#![allow(clippy::unwrap_used)]

mod items;

use items::{key, login};
use portico_vault::{
    FieldId, ItemKind, MAX_ITEM_BYTES, NewItem, NewWebsite, Opened, ParseItemError, RevealError, SealWith,
    SealedItem, Secret, Shown, UnreadableReason, open_item, open_overview, seal_item,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Opens everything; returns whether the item says that a part is unreadable.
fn open_all(json: &str) -> bool {
    let sealed = SealedItem::parse(json).unwrap_or_else(|error| panic!("{error}"));
    let overview = open_overview(&sealed, &key(1));
    assert_eq!(overview.id, Uuid::from_u128(1));
    let item = open_item(&sealed, &key(1));
    for field in item.fields() {
        let _ = item.reveal(field.id);
    }
    let _ = item.totp_code(0);
    item.has_unreadable_parts()
}

fn members(item: &Value) -> Vec<String> {
    item.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn null_everywhere() {
    let item = login(1, "x", "me", &key(1));
    for member in members(&item).into_iter().filter(|member| member != "id") {
        let mut item = item.clone();
        item[&member] = Value::Null;
        open_all(&item.to_string());
    }
    let mut all_null = item;
    for (member, value) in all_null.as_object_mut().unwrap() {
        if member != "id" {
            *value = Value::Null;
        }
    }
    assert!(open_all(&all_null.to_string()));
}

#[test]
fn wrong_types_everywhere() {
    let item = login(1, "x", "me", &key(1));
    let wrong = [
        json!(true),
        json!(-1),
        json!(1e300),
        json!("text"),
        json!([]),
        json!([[null]]),
        json!({"a": {}}),
        json!(""),
    ];
    for member in members(&item).into_iter().filter(|member| member != "id") {
        for value in &wrong {
            let mut item = item.clone();
            item[&member] = value.clone();
            open_all(&item.to_string());
        }
    }
    for member in members(&item["login"]) {
        for value in &wrong {
            let mut item = item.clone();
            item["login"][&member] = value.clone();
            open_all(&item.to_string());
        }
    }
}

#[test]
fn parts_of_a_wrong_type_are_not_passed_over_in_silence() {
    for (member, value) in [
        ("login", json!(5)),
        ("login", json!([])),
        ("fields", json!({})),
        ("fields", json!([1])),
        ("passwordHistory", json!("x")),
        ("attachments", json!([null])),
    ] {
        let mut item = login(1, "x", "me", &key(1));
        item[member] = value.clone();
        assert!(open_all(&item.to_string()), "{member}: {value}");
    }
    let mut item = login(1, "x", "me", &key(1));
    item["login"]["uris"] = json!(["https://a.example"]);
    assert!(open_all(&item.to_string()));
}

#[test]
fn one_bad_element_leaves_its_neighbours() {
    let key = key(1);
    let mut item = login(1, "x", "me", &key);
    item["login"]["uris"] = json!([5, {"uri": 7}, null, {"uri": key.seal_text("https://good.example")}]);
    item["collectionIds"] = json!(["nonsense", Uuid::from_u128(4), 9]);
    item["folderId"] = json!("nonsense");
    let json = item.to_string();
    let overview = open_overview(&SealedItem::parse(&json).unwrap(), &key);
    assert_eq!(overview.hosts, ["good.example"]);
    assert_eq!(overview.collection_ids, [Uuid::from_u128(4)]);
    assert_eq!(overview.folder_id, None);
    assert_eq!(overview.name, Opened::Value("x".to_owned()));
}

#[test]
fn deep_nesting_is_refused_or_skipped_without_a_deep_stack() {
    let deep = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
    let item = login(1, "x", "me", &key(1)).to_string();
    for member in ["extra", "fields", "login", "notes", "collectionIds", "key"] {
        let json = format!("{},\"{member}\":{deep}}}", item.strip_suffix('}').unwrap());
        if let Ok(sealed) = SealedItem::parse(&json) {
            open_item(&sealed, &key(1));
        }
    }
    assert!(matches!(SealedItem::parse(&deep), Err(ParseItemError::NotAnObject(_))));
}

#[test]
fn huge_items_are_refused_before_they_are_read() {
    let mut item = login(1, "x", "me", &key(1));
    item["notes"] = json!("A".repeat(MAX_ITEM_BYTES));
    assert!(matches!(SealedItem::parse(&item.to_string()), Err(ParseItemError::TooLarge(_))));
    item["notes"] = json!("A".repeat(MAX_ITEM_BYTES - 10_000));
    assert!(open_all(&item.to_string()));
}

#[test]
fn long_lists_are_bounded() {
    let key = key(1);
    let mut item = login(1, "x", "me", &key);
    let uri = key.seal_text("https://example.com");
    item["login"]["uris"] = Value::Array((0..5000).map(|_| json!({"uri": uri})).collect());
    let json = item.to_string();
    let sealed = SealedItem::parse(&json).unwrap();
    assert_eq!(open_overview(&sealed, &key).hosts, ["example.com"]);
    let open = open_item(&sealed, &key);
    assert!(open.fields().count() < 1100);
    assert!(open.has_unreadable_parts(), "an item that is not read completely must not be edited");
}

#[test]
fn what_is_no_item_is_refused_with_a_reason() {
    for json in ["", "null", "5", "[]", "\"x\"", "{", "{\"id\":", "{}x", "\u{0}"] {
        assert!(matches!(SealedItem::parse(json), Err(ParseItemError::NotAnObject(_))), "{json:?}");
    }
    for json in ["{}", "{\"id\":null}", "{\"id\":5}", "{\"id\":\"x\",\"type\":1}"] {
        assert!(matches!(SealedItem::parse(json), Err(ParseItemError::NoId)), "{json:?}");
    }
    let twice = r#"{"id":"00000000-0000-0000-0000-000000000001","id":"00000000-0000-0000-0000-000000000002","type":1}"#;
    assert_eq!(SealedItem::parse(twice).unwrap().id(), Uuid::from_u128(2));
}

#[test]
fn numbers_out_of_range_are_kept_or_fall_back() {
    let kind_of = |kind: Value| {
        let mut item = login(1, "x", "me", &key(1));
        item["type"] = kind;
        let json = item.to_string();
        SealedItem::parse(&json).unwrap().kind()
    };
    assert_eq!(kind_of(json!(i32::MIN)), ItemKind(i32::MIN));
    assert_eq!(kind_of(json!(4_000_000_000u64)), ItemKind(0));
    assert_eq!(kind_of(json!("1")), ItemKind(0));
}

/// Values of one item are sealed with one key: without its checksum a server could show the password as a website.
#[test]
fn another_value_in_the_place_of_a_website_is_no_website() {
    let owner = key(1);
    let website = |uri: &str| NewWebsite { uri: uri.to_owned(), match_rule: None };
    let new = NewItem {
        values: vec![("password", Secret::from("correct horse"))],
        websites: vec![website("https://one.example"), website("https://two.example")],
        ..NewItem::new(ItemKind::LOGIN, "x")
    };
    let sealed = |with| {
        let mut item = serde_json::to_value(seal_item(&new, &owner, with).unwrap()).unwrap();
        item["id"] = json!(Uuid::from_u128(1));
        item
    };
    let reveal = |item: &Value, field: &str| {
        let json = item.to_string();
        let item = open_item(&SealedItem::parse(&json).unwrap(), &owner);
        item.reveal(&FieldId::from(field)).map(|text| text.expose().to_owned())
    };
    let genuine = sealed(SealWith::ItemKey);
    assert_eq!(reveal(&genuine, "login.uris.0").unwrap(), "https://one.example");
    assert!(!open_all(&genuine.to_string()));

    let password = genuine["login"]["password"].clone();
    let uris = &genuine["login"]["uris"];
    for (uri, checksum) in [
        (&password, &uris[0]["uriChecksum"]),
        (&uris[1]["uri"], &uris[0]["uriChecksum"]),
        (&uris[0]["uri"], &uris[1]["uriChecksum"]),
        (&uris[0]["uri"], &password),
        (&uris[0]["uri"], &json!("2.a|b|c")),
        (&uris[0]["uri"], &json!(5)),
    ] {
        let mut item = genuine.clone();
        item["login"]["uris"][0]["uri"] = uri.clone();
        item["login"]["uris"][0]["uriChecksum"] = checksum.clone();
        let altered = RevealError::Unreadable(UnreadableReason::Altered);
        assert_eq!(reveal(&item, "login.uris.0"), Err(altered), "{uri} {checksum}");
        assert_eq!(reveal(&item, "login.uris.1").unwrap(), "https://two.example");
        assert!(open_all(&item.to_string()), "sealing it anew would vouch for it");
        let json = item.to_string();
        let open = open_item(&SealedItem::parse(&json).unwrap(), &owner);
        assert!(
            open.fields()
                .all(|field| !matches!(field.shown, Shown::Text("correct horse" | "https://one.example")))
        );
    }
    let mut of_old = genuine.clone();
    of_old["login"]["uris"] = Value::Null;
    of_old["login"]["uri"] = password;
    assert_eq!(reveal(&of_old, "login.uri"), Err(RevealError::Unreadable(UnreadableReason::NoChecksum)));
    of_old["login"]["uri"] = uris[0]["uri"].clone();
    assert_eq!(reveal(&of_old, "login.uri").unwrap(), "https://one.example");

    for absent in [true, false] {
        let mut without = genuine.clone();
        without["login"]["uris"][0]["uriChecksum"] = Value::Null;
        without["login"]["uris"][1]["uri"] = without["login"]["password"].clone();
        without["login"]["uris"][1]["uriChecksum"] = Value::Null;
        if absent {
            without["login"]["uris"][0].as_object_mut().unwrap().remove("uriChecksum");
            without["login"]["uris"][1].as_object_mut().unwrap().remove("uriChecksum");
        }
        assert_eq!(reveal(&without, "login.uris.0").unwrap(), "https://one.example", "nobody altered it");
        let unvouched = RevealError::Unreadable(UnreadableReason::NoChecksum);
        assert_eq!(reveal(&without, "login.uris.1"), Err(unvouched));
    }

    let plain = sealed(SealWith::OwnerKey);
    assert_eq!(reveal(&plain, "login.uris.0").unwrap(), "https://one.example", "there are no checksums");
}

#[test]
fn a_custom_field_that_does_not_say_what_it_is_is_hidden() {
    let key = key(1);
    for kind in [None, Some(Value::Null), Some(json!("0")), Some(json!(77))] {
        let mut item = login(1, "x", "me", &key);
        item["fields"] =
            json!([{"name": key.seal_text("Safe"), "value": key.seal_text("left 12"), "linkedId": null}]);
        if let Some(kind) = &kind {
            item["fields"][0]["type"] = kind.clone();
        }
        let json = item.to_string();
        let open = open_item(&SealedItem::parse(&json).unwrap(), &key);
        let shown = open.field(&FieldId::from("fields.0")).unwrap().shown;
        assert!(matches!(shown, Shown::Hidden), "{kind:?}");
    }
}

#[test]
fn a_date_that_is_none_leaves_the_item_where_it_is() {
    let mut item = login(1, "x", "me", &key(1));
    item["deletedDate"] = json!("yesterday");
    item["revisionDate"] = json!(5);
    let json = item.to_string();
    let overview = open_overview(&SealedItem::parse(&json).unwrap(), &key(1));
    assert!(overview.deleted_date.is_some(), "an item with an unreadable date of deletion lies in the trash");
    assert_eq!(overview.revision_date, None);
}

#[test]
fn items_of_the_newer_encryption_and_values_of_the_oldest_are_named_as_such() {
    let name_of = |change: &dyn Fn(&mut Value)| {
        let mut item = login(1, "x", "me", &key(1));
        change(&mut item);
        let json = item.to_string();
        open_overview(&SealedItem::parse(&json).unwrap(), &key(1)).name
    };
    let blob = name_of(&|item| (item["name"], item["data"]) = (Value::Null, json!("7.b64b")));
    assert_eq!(blob, Opened::Unreadable(UnreadableReason::NewerFormat));
    let leniently = name_of(&|item| {
        (item["name"], item["data"], item["favorite"]) = (Value::Null, json!("7.b64b"), json!("x"));
    });
    assert_eq!(leniently, blob);
    let nameless = name_of(&|item| item["name"] = Value::Null);
    assert_eq!(nameless, Opened::Unreadable(UnreadableReason::Missing));
    let oldest = name_of(&|item| item["name"] = json!("0.AAAAAAAAAAAAAAAAAAAAAA==|AAAAAAAAAAAAAAAAAAAAAA=="));
    assert_eq!(oldest, Opened::Unreadable(UnreadableReason::Unsupported));
}

#[test]
fn an_item_key_of_the_newer_encryption_is_named_as_such() {
    let mut item = login(1, "x", "me", &key(1));
    for (sealed_key, reason) in [
        (json!("7.b64b"), UnreadableReason::NewerFormat),
        (json!(key(1).seal_bytes(&[7; 96])), UnreadableReason::NewerFormat),
        (json!(key(1).seal_bytes(&[7; 16])), UnreadableReason::ItemKey),
        (json!(5), UnreadableReason::ItemKey),
    ] {
        item["key"] = sealed_key;
        let json = item.to_string();
        let overview = open_overview(&SealedItem::parse(&json).unwrap(), &key(1));
        assert_eq!(overview.name, Opened::Unreadable(reason), "{}", item["key"]);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,300}") {
        let _ = SealedItem::parse(&text);
    }

    #[test]
    fn no_damage_panics(place in 0usize..2000, byte in 32u8..127) {
        let mut json = login(1, "x", "me", &key(1)).to_string().into_bytes();
        let place = place % json.len();
        json[place] = byte;
        if let Ok(sealed) = SealedItem::parse(std::str::from_utf8(&json).unwrap()) {
            open_item(&sealed, &key(1));
        }
    }
}
