//! What the vault tells the page: rules, and one item locked and open.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use time::macros::datetime;

use super::*;
use crate::views::item_fields::tests::{full, open};

const WORK: Uuid = Uuid::from_u128(1);
const CLUB: Uuid = Uuid::from_u128(2);

fn organizations() -> Organizations {
    HashMap::from([(WORK, "Brightwater IT".to_owned()), (CLUB, "Rowing Club".to_owned())])
}

fn around(organizations: &Organizations) -> Around<'_> {
    let now = datetime!(2026-11-27 12:00 UTC);
    Around { organizations, folder: None, collections: Vec::new(), same_login: Vec::new(), now }
}

#[test]
fn every_rule_for_the_reader_reaches_the_page_with_who_made_it() {
    let rules = ReaderRules {
        restricted: vec![portico_profile::RestrictedKind { kind: ItemKind::CARD, by: vec![CLUB] }],
        own_everything: vec![WORK],
        single_organization: vec![WORK, CLUB],
        vault_timeout: Some(portico_profile::VaultTimeout { organization: CLUB, minutes: 5, log_out: true }),
        no_personal_export: vec![CLUB],
    };
    let told = serde_json::to_value(super::rules(&rules, 3, &organizations())).unwrap();
    let expected = json!({
        "restricted": [{"kind": 3, "by": ["Rowing Club"]}], "hiddenItems": 3, "ownEverything": ["Brightwater IT"],
        "singleOrganization": ["Brightwater IT", "Rowing Club"],
        "timeout": {"minutes": 5, "logOut": true, "by": "Rowing Club"}, "noPersonalExport": ["Rowing Club"],
    });
    assert_eq!(told, expected);
}

#[test]
fn the_archive_has_a_line_with_premium_or_where_something_is_in_it() {
    let items = |archived: bool| {
        let mut item = full(ItemKind::LOGIN);
        item["organizationId"] = json!(WORK);
        item["archivedDate"] = if archived { json!("2026-09-01T00:00:00Z") } else { json!(null) };
        vec![open(&item).overview().clone()]
    };
    for (archived, has_premium, expected) in
        [(false, false, None), (false, true, Some(0)), (true, false, Some(1)), (true, true, Some(1))]
    {
        let items = items(archived);
        let index = portico_vault::ItemIndex::new(&items, &portico_vault::VaultNames::default());
        let line = |choice| filters(&index.tree(&items, choice), VaultRules::default(), has_premium).archive;
        assert_eq!(line(Choice::All), expected);
        // Lines do not come and go with the choice of a vault.
        assert_eq!(line(Choice::Mine), expected.map(|_| 0));
    }
}

#[test]
fn an_item_that_asks_for_the_password_tells_its_row_and_no_more() {
    for kind in (1..=8).map(ItemKind) {
        let item = open(&full(kind));
        let told = serde_json::to_value(locked(item.overview(), &organizations())).unwrap();
        let Value::Object(members) = told else { panic!("an object") };
        for (name, value) in &members {
            let told_before = matches!(&**name, "row" | "locked" | "viewPassword" | "edit");
            let is_empty = matches!(value, Value::Null | Value::Bool(false)) || value == &json!([]);
            assert!(told_before || is_empty, "type {}: {name} is {value}", kind.0);
        }
        assert_eq!(members["locked"], json!(true));
        assert_eq!(members["row"]["name"], json!({"kind": "plain", "value": "an item"}));
    }
}

#[test]
fn an_open_item_tells_its_dates_and_where_it_lies() {
    let mut item = full(ItemKind::LOGIN);
    item["organizationId"] = json!(WORK);
    item["favorite"] = json!(true);
    item["archivedDate"] = json!("2026-09-01T00:00:00Z");
    item["login"]["passwordRevisionDate"] = json!("2026-07-08T09:10:11Z");
    let (organizations, folder) = (organizations(), Opened::Value("Family".to_owned()));
    let told = detail(&open(&item), Around { folder: Some(&folder), ..around(&organizations) });
    let told = serde_json::to_value(told).unwrap();
    for (member, expected) in [
        ("locked", json!(false)),
        ("folder", json!({"kind": "plain", "value": "Family"})),
        ("createdAt", json!("2026-01-02T03:04:05Z")),
        ("editedAt", json!("2026-08-20T14:16:19Z")),
        ("passwordUpdatedAt", json!("2026-07-08T09:10:11Z")),
        ("archivedAt", json!("2026-09-01T00:00:00Z")),
        ("passwordHistory", json!([{"id": "passwordHistory.0", "usedUntil": "2026-02-03T04:05:06Z"}])),
        ("viewPassword", json!(true)),
    ] {
        assert_eq!(told[member], expected, "{member}");
    }
    assert_eq!(told["row"]["owner"], json!({"id": WORK, "name": "Brightwater IT"}));
    let row = |member: &str| told["row"][member].clone();
    assert_eq!(["favorite", "hasTotp", "hasWebsite", "viewPassword"].map(row), [(); 4].map(|()| json!(true)));
    assert_eq!(row("subtitle"), "the username");
    item["viewPassword"] = json!(false);
    item["login"]["uris"] = json!([]);
    let told = serde_json::to_value(super::row(open(&item).overview(), &organizations)).unwrap();
    assert_eq!((&told["viewPassword"], &told["hasWebsite"]), (&json!(false), &json!(false)));
}

#[test]
fn a_card_expires_when_its_month_is_over() {
    let organizations = organizations();
    let expired = |month: &str, year: &str| {
        let mut item = full(ItemKind::CARD);
        let key = crate::views::item_fields::tests::key();
        item["card"]["expMonth"] = json!(key.seal_text(month));
        item["card"]["expYear"] = json!(key.seal_text(year));
        detail(&open(&item), around(&organizations)).expired
    };
    assert!(expired("10", "2026") && expired("12", "25"));
    assert!(!expired("11", "2026") && !expired("1", "2027") && !expired("13", "2020"));
}
