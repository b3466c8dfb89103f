//! Files that hang on items, and values that are read as one.

#![allow(clippy::unwrap_used)]

mod items;

use items::{bare, key, sealed};
use portico_crypto::SymmetricKey;
use portico_vault::{
    AttachmentKeyError, Item, Opened, SealedItem, UnreadableReason, attachment_key, open_item,
};
use serde_json::{Value, json};

fn open(item: &Value) -> Item {
    let json = item.to_string();
    open_item(&SealedItem::parse(&json).unwrap(), &key(1))
}

fn key_of(item: &Value, id: &str) -> Result<(SymmetricKey, bool), AttachmentKeyError> {
    let json = item.to_string();
    attachment_key(&SealedItem::parse(&json).unwrap(), &key(1), id).map(|found| (found.key, found.is_own))
}

fn attachment(id: &str, name: &str, name_key: &SymmetricKey, file_key: Option<&SymmetricKey>) -> Value {
    json!({
        "object": "attachment", "id": id, "url": "https://elsewhere.example/stale", "size": "48213",
        "sizeName": "48.2 KB", "fileName": name_key.seal_text(name),
        "key": file_key.map(|file| name_key.seal_key(file)),
    })
}

#[test]
fn each_file_opens_with_its_key_below_the_items() {
    let (item_key, file_key) = (key(50), key(99));
    let mut item = bare(1, 1, "name", &item_key);
    item["key"] = json!(key(1).seal_key(&item_key));
    item["attachments"] = json!([attachment("a1", "Recovery codes.pdf", &item_key, Some(&file_key))]);
    let [listed] = open(&item).attachments().to_vec().try_into().unwrap();
    assert_eq!((listed.id.as_str(), listed.size, listed.has_key), ("a1", Some(48_213), true));
    assert_eq!(listed.file_name, Opened::Value("Recovery codes.pdf".to_owned()));
    let (found, is_own) = key_of(&item, "a1").unwrap();
    assert!(found == file_key && is_own);
}

#[test]
fn a_file_of_an_item_without_a_key_hangs_below_the_owners() {
    let mut item = bare(1, 1, "name", &key(1));
    item["attachments"] =
        json!([attachment("a1", "x", &key(1), Some(&key(99))), attachment("a2", "old.doc", &key(1), None)]);
    let (found, is_own) = key_of(&item, "a1").unwrap();
    assert!(found == key(99) && is_own);
    let (legacy, is_own) = key_of(&item, "a2").unwrap();
    assert!(legacy == key(1) && !is_own);
    assert_eq!(key_of(&item, "a3").err(), Some(AttachmentKeyError::NoSuchAttachment));
}

#[test]
fn a_legacy_file_is_sealed_with_the_owners_key_even_where_the_item_has_its_own() {
    let item_key = key(50);
    let mut item = bare(1, 1, "name", &item_key);
    item["key"] = json!(key(1).seal_key(&item_key));
    item["attachments"] = json!([attachment("a1", "old.doc", &item_key, None)]);
    let (legacy, is_own) = key_of(&item, "a1").unwrap();
    assert!(legacy == key(1) && !is_own);
}

#[test]
fn hostile_files_spoil_nothing_but_themselves() {
    let mut item = bare(1, 1, "name", &key(1));
    let mut changed = attachment("bad", "x", &key(1), Some(&key(99)));
    changed["key"] = json!(key(2).seal_key(&key(99)));
    let mut odd = attachment("odd", "x", &key(1), None);
    odd["key"] = json!(7);
    odd["size"] = json!("many");
    let mut newer = attachment("newer", "x", &key(1), None);
    newer["key"] = json!("7.AAAA");
    item["attachments"] = json!([changed, odd, newer, 5, null, {"id": 7}, {"fileName": null, "id": "bare"}, attachment("good", "y", &key(1), Some(&key(99)))]);
    let unreadable = |reason| Some(AttachmentKeyError::Unreadable(reason));
    assert_eq!(key_of(&item, "bad").err(), unreadable(UnreadableReason::NotAuthentic));
    assert_eq!(key_of(&item, "odd").err(), unreadable(UnreadableReason::Malformed));
    assert_eq!(key_of(&item, "newer").err(), unreadable(UnreadableReason::NewerFormat));
    assert!(key_of(&item, "good").is_ok());
    let open = open(&item);
    let names: Vec<&str> = open.attachments().iter().map(|file| file.id.as_str()).collect();
    assert_eq!(names, ["bad", "odd", "newer", "bare", "good"]);
    assert_eq!(open.attachments()[1].size, None);
    assert_eq!(open.attachments()[3].file_name, Opened::Unreadable(UnreadableReason::Missing));
}

fn composed(item: &Value) -> Vec<(String, String)> {
    let whole = open(item).composed();
    whole.iter().map(|one| (one.id.to_string(), one.text.expose().to_owned())).collect()
}

#[test]
fn a_card_says_when_it_ends() {
    let mut item = bare(1, 3, "card", &key(1));
    item["card"] = sealed(&key(1), &[("expMonth", "9"), ("expYear", "2028"), ("number", "4111")]);
    assert_eq!(composed(&item), [("card.expiration".to_owned(), "09 / 2028".to_owned())]);
    for (month, year, expected) in [
        ("9", "2028", Some((2028, 9))),
        ("12", "28", Some((2028, 12))),
        ("13", "2028", None),
        ("0", "2028", None),
        ("9", "next year", None),
        ("", "2028", None),
    ] {
        item["card"] = sealed(&key(1), &[("expMonth", month), ("expYear", year)]);
        assert_eq!(open(&item).expires(), expected, "{month} {year}");
    }
    item["card"] = sealed(&key(1), &[("expYear", "2028")]);
    assert!(composed(&item).is_empty());
}

#[test]
fn a_name_and_an_address_are_read_as_one_unless_a_part_does_not_open() {
    let mut item = bare(1, 4, "me", &key(1));
    item["identity"] = sealed(
        &key(1),
        &[
            ("title", "Dr"),
            ("firstName", "Maya"),
            ("middleName", ""),
            ("lastName", "Okafor"),
            ("address1", "14 Quay Street"),
            ("city", "Bristol"),
            ("postalCode", "BS1 4DJ"),
            ("country", "UK"),
            ("email", "maya@okafor.example"),
        ],
    );
    assert_eq!(
        composed(&item),
        [
            ("identity.fullName".to_owned(), "Dr Maya Okafor".to_owned()),
            ("identity.address".to_owned(), "14 Quay Street\nBristol, BS1 4DJ\nUK".to_owned()),
        ]
    );
    let covers = open(&item).composed()[0].covers.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(covers, ["identity.title", "identity.firstName", "identity.middleName", "identity.lastName"]);
    item["identity"]["city"] = json!(key(2).seal_text("Bristol"));
    let names: Vec<String> = composed(&item).into_iter().map(|(id, _)| id).collect();
    assert_eq!(names, ["identity.fullName"], "the address is shown part by part, with the reason");
}
