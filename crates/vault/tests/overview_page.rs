//! Overviews as bytes: nothing is lost, nothing secret is in them, and damage is noticed or harmless.

#![allow(clippy::unwrap_used)]

mod items;

use items::{bare, key, sealed};
use portico_vault::{
    DecodeOverviewsError, ItemKind, ItemOverview, Opened, SealedItem, UnreadableReason, decode_overview,
    decode_overviews, encode_overview, encode_overviews, kind_fields, kind_member, open_overview,
};
use proptest::prelude::*;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

fn reasons() -> impl Strategy<Value = UnreadableReason> {
    use UnreadableReason::*;
    prop::sample::select(vec![
        Malformed,
        NewerFormat,
        NotAuthentic,
        Damaged,
        NotText,
        NoKey,
        Missing,
        ItemKey,
        Altered,
    ])
}

fn opened() -> impl Strategy<Value = Opened<String>> {
    prop_oneof![9 => ".{0,40}".prop_map(Opened::Value), 1 => reasons().prop_map(Opened::Unreadable)]
}

fn dates() -> impl Strategy<Value = Option<OffsetDateTime>> {
    // From year 1 to year 9999, by microseconds.
    prop::option::of((-62_135_596_800_000_000i64..253_402_300_800_000_000).prop_map(|microseconds| {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(microseconds) * 1000).unwrap()
    }))
}

prop_compose! {
    fn overviews()(
        ids in (any::<u128>(), any::<Option<u128>>(), any::<Option<u128>>(), prop::collection::vec(any::<u128>(), 0..4)),
        kind: i32, name in opened(), subtitle in prop::option::of(opened()),
        hosts in prop::collection::vec("[a-z.]{1,30}", 0..4), flags: [bool; 6],
        dates in [dates(), dates(), dates(), dates()],
    ) -> ItemOverview {
        ItemOverview {
            id: Uuid::from_u128(ids.0),
            organization_id: ids.1.map(Uuid::from_u128),
            folder_id: ids.2.map(Uuid::from_u128),
            collection_ids: ids.3.into_iter().map(Uuid::from_u128).collect(),
            kind: ItemKind(kind), name, subtitle, hosts,
            favorite: flags[0], reprompt: flags[1], edit: flags[2], view_password: flags[3],
            has_totp: flags[4], has_attachments: flags[5],
            revision_date: dates[0], creation_date: dates[1], deleted_date: dates[2], archived_date: dates[3],
        }
    }
}

proptest! {
    #[test]
    fn a_page_reads_as_it_was_written(overviews in prop::collection::vec(overviews(), 0..20)) {
        let page = encode_overviews(&overviews);
        prop_assert_eq!(decode_overviews(&page), Ok(overviews));
    }

    #[test]
    fn a_page_that_ends_early_is_damaged(overview in overviews(), cut: prop::sample::Index) {
        let page = encode_overviews([&overview]);
        let cut = 1 + cut.index(page.len() - 1);
        let expected = if cut == 1 { Ok(Vec::new()) } else { Err(DecodeOverviewsError::Damaged) };
        prop_assert_eq!(decode_overviews(&page[..cut]), expected);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode_overviews(&bytes);
        let _ = decode_overviews(&[&[1], &*bytes].concat());
        let _ = decode_overview(&mut &*bytes);
    }

    #[test]
    fn members_that_a_later_version_adds_are_skipped(overview in overviews(), added in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut record = Vec::new();
        encode_overview(&overview, &mut record);
        let content = &record[if record[0] < 0x80 { 1 } else { 2 }..];
        let length = content.len() + added.len();
        let mut page = vec![1, (length & 0x7f) as u8 | 0x80, (length >> 7) as u8];
        page.extend_from_slice(content);
        page.extend_from_slice(&added);
        page.extend_from_slice(&record);
        prop_assert_eq!(decode_overviews(&page), Ok(vec![overview.clone(), overview]));
    }

    /// The promise of the type: whatever an item holds, its overview holds none of its secrets.
    #[test]
    fn no_secret_is_in_an_overview(kind in 1i32..=8, secret in "[A-Z]{12,20}", digits in "[0-9]{12,19}") {
        let key = key(1);
        let mut item = bare(1, kind, "a name", &key);
        let values: Vec<(&str, String)> = kind_fields(ItemKind(kind))
            .iter()
            .map(|(name, shown)| {
                let value = match *name {
                    "number" => digits.clone(),
                    _ if shown.is_hidden() => format!("{secret}.{name}"),
                    _ => format!("a {name}"),
                };
                (*name, value)
            })
            .collect();
        let members: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        item[kind_member(ItemKind(kind)).unwrap()] = sealed(&key, &members);
        item["notes"] = json!(key.seal_text(&secret));
        item["fields"] = json!([{"type": 0, "name": key.seal_text(&secret), "value": key.seal_text(&secret)}]);
        item["passwordHistory"] = json!([{"password": key.seal_text(&secret), "lastUsedDate": "2026-01-01T00:00:00Z"}]);
        item["attachments"] = json!([{"id": "x", "fileName": key.seal_text(&secret), "key": null}]);
        if kind == 1 {
            let uri = format!("https://{secret}:{secret}@example.com/{secret}?{secret}#{secret}");
            item["login"]["uris"] = json!([{"uri": key.seal_text(&uri)}]);
        }
        let json = item.to_string();
        let overview = open_overview(&SealedItem::parse(&json).unwrap(), &key);
        let page = encode_overviews([&overview]);
        let holds = |needle: &str| page.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle.as_bytes()));
        prop_assert!(!holds(&secret));
        prop_assert!(!holds(&digits[digits.len() - 5..]));
        prop_assert_eq!(holds(&digits[digits.len() - 4..]), kind == 3);
        // And the page does hold what it should, or the lines above would prove nothing.
        prop_assert!(holds("a name"));
        prop_assert_eq!(holds("example.com"), kind == 1);
    }
}

#[test]
fn versions_are_told_apart() {
    assert_eq!(decode_overviews(&[]), Err(DecodeOverviewsError::Damaged));
    assert_eq!(decode_overviews(&[0]), Err(DecodeOverviewsError::Damaged));
    assert_eq!(decode_overviews(&[1]), Ok(Vec::new()));
    assert_eq!(decode_overviews(&[2, 9, 9]), Err(DecodeOverviewsError::Newer(2)));
}

/// A page written on 23 November 2026. If this fails, files of users stop opening: raise the version instead.
#[test]
fn a_page_of_version_1_still_opens() {
    let page = [
        &[1u8, 70][..],
        &0b0001_0001_1011_0101u16.to_le_bytes(),
        &[0xaa; 16],
        &[0xbb; 16],
        &[1],
        &[0xcc; 16],
        &[2, 5, b'W', b'i', b'-', b'F', 0, 3, 1, 3, b'a', b'.', b'b'],
        &[0x80, 0x80, 0x90, 0x02, 9, 9],
    ]
    .concat();
    let overview = &decode_overviews(&page).unwrap()[0];
    assert_eq!(overview.id, Uuid::from_bytes([0xaa; 16]));
    assert_eq!(overview.organization_id, Some(Uuid::from_bytes([0xbb; 16])));
    assert_eq!(overview.folder_id, None);
    assert_eq!(overview.collection_ids, [Uuid::from_bytes([0xcc; 16])]);
    assert_eq!(overview.kind, ItemKind::LOGIN);
    assert_eq!(overview.name, Opened::Value("Wi-F".to_owned()));
    assert_eq!(overview.subtitle, Some(Opened::Unreadable(UnreadableReason::NotAuthentic)));
    assert_eq!(overview.hosts, ["a.b"]);
    assert_eq!(overview.revision_date, OffsetDateTime::from_unix_timestamp_nanos(2_228_224_000).ok());
    assert!(overview.favorite && overview.edit && overview.view_password && overview.has_attachments);
    assert!(!overview.reprompt && !overview.has_totp);
}
