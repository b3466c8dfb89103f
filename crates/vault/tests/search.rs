//! Searching a list: prefixes, negation, order, duplicates, and what a policy hides.

#![allow(clippy::unwrap_used)]

use portico_vault::{
    CollectionName, ItemFilter, ItemIndex, ItemKind, ItemOrder, ItemOverview, Opened, OrderBy, Shelf,
    UnreadableReason, VaultChoice, VaultNames, name_order,
};
use proptest::prelude::*;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const WORK: Uuid = Uuid::from_u128(0xA);
const CLUB: Uuid = Uuid::from_u128(0xB);
const FAMILY: Uuid = Uuid::from_u128(0xF0);
const SCHOOL: Uuid = Uuid::from_u128(0xF1);
const FINANCE: Uuid = Uuid::from_u128(0xC0);
const PAYROLL: Uuid = Uuid::from_u128(0xC1);

fn item(id: u128, name: &str) -> ItemOverview {
    let day = OffsetDateTime::UNIX_EPOCH + Duration::days(i64::try_from(id).unwrap_or_default());
    ItemOverview {
        id: Uuid::from_u128(id),
        organization_id: None,
        folder_id: None,
        collection_ids: Vec::new(),
        kind: ItemKind::LOGIN,
        name: Opened::Value(name.to_owned()),
        subtitle: None,
        hosts: Vec::new(),
        favorite: false,
        reprompt: false,
        edit: true,
        view_password: true,
        has_totp: false,
        has_attachments: false,
        revision_date: Some(day),
        creation_date: Some(day),
        deleted_date: None,
        archived_date: None,
    }
}

fn login(id: u128, name: &str, user: &str, host: &str) -> ItemOverview {
    ItemOverview {
        subtitle: Some(Opened::Value(user.to_owned())),
        hosts: vec![host.to_owned()],
        ..item(id, name)
    }
}

fn names() -> VaultNames {
    let text = |text: &str| Opened::Value(text.to_owned());
    let collection = |id, name| CollectionName { id, organization_id: WORK, name: text(name) };
    VaultNames {
        organizations: vec![(WORK, "Brightwater IT".to_owned()), (CLUB, "Rowing Club".to_owned())],
        folders: vec![(FAMILY, text("Family")), (SCHOOL, text("Family/School"))],
        collections: vec![collection(FINANCE, "Finance"), collection(PAYROLL, "Finance/Payroll")],
    }
}

fn items() -> Vec<ItemOverview> {
    let now = Some(OffsetDateTime::UNIX_EPOCH);
    let at_work = |item: ItemOverview| ItemOverview { organization_id: Some(WORK), ..item };
    vec![
        ItemOverview { favorite: true, ..login(0, "Registrar", "maya@okafor.example", "gandi.example") },
        at_work(login(1, "Domain registrar", "MAYA@okafor.example", "www.gandi.example")),
        at_work(ItemOverview {
            collection_ids: vec![PAYROLL],
            has_attachments: true,
            ..login(2, "Payroll", "daniel", "payroll.example")
        }),
        ItemOverview {
            kind: ItemKind::CARD,
            folder_id: Some(SCHOOL),
            subtitle: Some(Opened::Value("Visa, *4417".to_owned())),
            ..item(3, "Maya’s card")
        },
        ItemOverview { kind: ItemKind::SECURE_NOTE, reprompt: true, ..item(4, "Door code, back entrance") },
        ItemOverview { deleted_date: now, ..login(5, "Registrar", "maya@okafor.example", "gandi.example") },
        ItemOverview {
            archived_date: now,
            organization_id: Some(CLUB),
            ..login(6, "Former registrar", "maya@okafor.example", "gandi.example")
        },
        ItemOverview {
            name: Opened::Unreadable(UnreadableReason::NotAuthentic),
            ..login(7, "", "okafor", "x.example")
        },
        ItemOverview { has_totp: true, ..login(8, "Two\nlines user:maya", "somebody", "club.example") },
    ]
}

fn found(text: &str) -> Vec<u32> {
    let items = items();
    let filter = ItemFilter { text: text.to_owned(), ..ItemFilter::default() };
    let mut found = ItemIndex::new(&items, &names()).select(&items, &filter);
    found.sort_unstable();
    found
}

#[test]
fn each_prefix_looks_where_it_says() {
    for (text, expected) in [
        ("", &[0, 1, 2, 3, 4, 7, 8][..]),
        ("maya", &[0, 1, 3, 8]),
        ("user:maya", &[0, 1]),
        ("utilisateur:MAYA", &[0, 1]),
        ("name:maya", &[3, 8]),
        ("site:gandi", &[0, 1]),
        ("site:maya", &[]),
        // The second line of a card is no user name.
        ("user:visa", &[]),
        ("type:card", &[3]),
        ("type:carte", &[3]),
        ("type:note", &[4]),
        ("-type:login", &[3, 4]),
        ("in:finance", &[2]),
        ("in:payroll", &[2]),
        ("dans:famille", &[]),
        ("in:family", &[3]),
        ("folder:school", &[3]),
        ("collection:school", &[]),
        ("org:bright", &[1, 2]),
        ("org:me", &[0, 3, 4, 7, 8]),
        ("coffre:moi", &[0, 3, 4, 7, 8]),
        ("-org:me", &[1, 2]),
        ("is:favorite", &[0]),
        ("is:trash", &[5]),
        ("est:corbeille", &[5]),
        ("is:archived", &[6]),
        ("is:archived -org:rowing", &[]),
        // What must not hold opens no other shelf.
        ("-is:archived registrar", &[0, 1]),
        ("is:unreadable", &[7]),
        ("is:protected", &[4]),
        ("is:shared", &[1, 2]),
        ("has:attachment", &[2]),
        ("avec:code", &[8]),
        ("is:duplicate", &[0, 1]),
        ("\"door code\"", &[4]),
        ("\"code door\"", &[]),
        ("code door", &[4]),
        ("registrar -domain", &[0]),
        ("registrar user:maya site:gandi org:me", &[0]),
        // Searched for as it stands.
        ("user:maya colour:blue", &[]),
        ("\"user:maya\"", &[8]),
        ("type:", &[0, 1, 2, 3, 4, 7, 8]),
    ] {
        assert_eq!(found(text), expected, "{text:?}");
    }
}

#[test]
fn a_line_of_an_item_is_one_line_whatever_it_holds() {
    // Otherwise the rest of a name would be taken for a user name.
    assert_eq!(found("user:lines"), [0u32; 0]);
    assert_eq!(found("name:lines"), [8]);
}

#[test]
fn the_panel_and_a_search_narrow_together() {
    let items = items();
    let index = ItemIndex::new(&items, &names());
    let select = |filter: ItemFilter| index.select(&items, &filter);
    let text = |text: &str| ItemFilter { text: text.to_owned(), ..ItemFilter::default() };
    assert_eq!(select(ItemFilter { vault: VaultChoice::Mine, ..text("registrar") }), [0]);
    assert_eq!(select(ItemFilter { shelf: Shelf::Trash, ..text("registrar") }), [5]);
    assert_eq!(
        select(ItemFilter { shelf: Shelf::Archive, ..text("is:trash") }),
        [5],
        "the search names a shelf"
    );
    assert_eq!(select(ItemFilter { duplicates: true, ..text("domain") }), [1]);
    assert_eq!(select(ItemFilter { unreadable: true, ..text("okafor") }), [7]);
}

#[test]
fn lists_stand_in_the_order_that_was_chosen() {
    let items = items();
    let index = ItemIndex::new(&items, &names());
    let select = |by, descending| {
        index.select(&items, &ItemFilter { order: ItemOrder { by, descending }, ..ItemFilter::default() })
    };
    assert_eq!(select(OrderBy::Name, false), [1, 4, 3, 2, 0, 8, 7]);
    assert_eq!(select(OrderBy::Name, true), [8, 0, 2, 3, 4, 1, 7], "what does not open stays last");
    assert_eq!(select(OrderBy::Edited, true), [8, 7, 4, 3, 2, 1, 0]);
    assert_eq!(select(OrderBy::Created, false), [0, 1, 2, 3, 4, 7, 8]);
    assert_eq!(select(OrderBy::Owner, false), [4, 3, 0, 8, 7, 1, 2]);
    assert_eq!(select(OrderBy::Owner, true), [1, 2, 4, 3, 0, 8, 7]);
    assert_eq!(select(OrderBy::Kind, false), [1, 2, 0, 8, 7, 3, 4]);
}

#[test]
fn an_item_without_a_date_stands_last_either_way() {
    let mut items = items();
    items[4].revision_date = None;
    let index = ItemIndex::new(&items, &names());
    for descending in [false, true] {
        let order = ItemOrder { by: OrderBy::Edited, descending };
        assert_eq!(index.select(&items, &ItemFilter { order, ..ItemFilter::default() }).last(), Some(&4));
    }
}

#[test]
fn the_same_login_is_found_in_every_vault_but_the_trash() {
    let items = items();
    let index = ItemIndex::new(&items, &names());
    assert_eq!(index.same_login(&items, 0), [1, 6], "by name; the archive counts");
    assert_eq!(index.same_login(&items, 5), [0u32; 0], "the trash does not");
    assert_eq!(index.same_login(&items, 2), [0u32; 0]);
    assert_eq!(index.tree(&items, VaultChoice::All).duplicates, 2);
    assert_eq!(index.tree(&items, VaultChoice::Organization(WORK)).duplicates, 1);
    assert_eq!(index.tree(&items, VaultChoice::All).unreadable, 1);
}

#[test]
fn one_vault_may_hold_a_login_twice() {
    let items = vec![login(0, "a", "me", "example.com"), login(1, "b", "me", "www.example.com")];
    let index = ItemIndex::new(&items, &VaultNames::default());
    assert_eq!(index.same_login(&items, 0), [0u32; 0]);
    // A third one elsewhere makes all three the same.
    let mut items = items;
    items.push(ItemOverview { organization_id: Some(WORK), ..login(2, "c", "ME", "Example.com") });
    let index = ItemIndex::new(&items, &VaultNames::default());
    assert_eq!(index.same_login(&items, 0), [1, 2]);
}

#[test]
fn websites_in_common_join_what_they_are_shared_by() {
    let two_hosts = ItemOverview {
        organization_id: Some(WORK),
        hosts: vec!["one.example".to_owned(), "two.example".to_owned()],
        ..login(2, "both", "me", "")
    };
    let items = vec![login(0, "one", "me", "one.example"), login(1, "two", "me", "two.example"), two_hosts];
    let index = ItemIndex::new(&items, &VaultNames::default());
    assert_eq!(index.same_login(&items, 0), [2, 1]);
}

#[test]
fn what_a_policy_hides_is_in_no_list_and_no_count() {
    let items = items();
    let hides = |item: &ItemOverview| item.kind == ItemKind::CARD;
    let restricted = [ItemKind::CARD];
    let index = ItemIndex::without(&items, name_order(&items), &names(), &restricted, hides);
    for filter in
        [ItemFilter::default(), ItemFilter { text: "type:card".to_owned(), ..ItemFilter::default() }]
    {
        assert!(index.select(&items, &filter).iter().all(|place| *place != 3));
    }
    let tree = index.tree(&items, VaultChoice::All);
    assert_eq!((tree.all_items, index.hidden_items()), (6, 1));
    assert!(tree.kinds.iter().all(|(kind, _)| *kind != ItemKind::CARD), "not even an empty line");
    assert_eq!(tree.folders.iter().map(|line| line.count).sum::<u32>(), 0);
    let shown_elsewhere =
        |item: &ItemOverview| item.kind == ItemKind::LOGIN && item.organization_id.is_none();
    let index = ItemIndex::without(&items, name_order(&items), &names(), &[ItemKind::LOGIN], shown_elsewhere);
    let kinds = index.tree(&items, VaultChoice::All).kinds;
    assert!(kinds.contains(&(ItemKind::LOGIN, 2)), "what another organization allows keeps its line");
}

prop_compose! {
    fn any_item()(
        id: u128, name in "[ab é\n]{0,5}", user in "[ab@]{0,4}", host in prop::sample::select(vec!["a.b", "www.a.b", "b"]),
        owner in prop::sample::select(vec![None, Some(WORK), Some(CLUB)]), shelf in 0..3, favorite: bool,
    ) -> ItemOverview {
        let date = |is_set: bool| is_set.then_some(OffsetDateTime::UNIX_EPOCH);
        ItemOverview {
            id: Uuid::from_u128(id), organization_id: owner, favorite,
            deleted_date: date(shelf == 1), archived_date: date(shelf == 2),
            ..login(0, &name, &user, host)
        }
    }
}

proptest! {
    /// The one scan over all text finds what looking at each item finds.
    #[test]
    fn scanning_finds_what_looking_finds(
        items in prop::collection::vec(any_item(), 0..40), words in prop::collection::vec("-?[ab@.]{1,3}", 0..3),
    ) {
        let index = ItemIndex::new(&items, &names());
        let text = words.join(" ");
        let mut found = index.select(&items, &ItemFilter { text, ..ItemFilter::default() });
        found.sort_unstable();
        let looked: Vec<u32> = (0u32..).zip(&items).filter(|(_, item)| {
            let lines = [item.name.value().unwrap(), item.subtitle.as_ref().unwrap().value().unwrap(), &item.hosts[0]];
            let lines = lines.map(|line| portico_vault::fold(line));
            let holds = |word: &str| lines.iter().any(|line| line.contains(word));
            Shelf::of(item) == Shelf::InUse && words.iter().all(|word| match word.strip_prefix('-') {
                Some(word) => !holds(word),
                None => holds(word),
            })
        }).map(|(place, _)| place).collect();
        prop_assert_eq!(found, looked);
    }

    #[test]
    fn duplicates_are_mutual(items in prop::collection::vec(any_item(), 0..30)) {
        let index = ItemIndex::new(&items, &names());
        for place in 0..items.len() as u32 {
            for other in index.same_login(&items, place) {
                prop_assert!(other != place && index.same_login(&items, other).contains(&place));
            }
        }
    }
}

/// The order is kept in files beside the items. Whoever changes what is expected here, or finds it changed by the folding
/// of names or their keys, raises the version of `NAME_ORDER` in the profile's kinds.rs: otherwise the order of before is
/// read from every file that has it.
#[test]
fn the_order_of_names_is_the_one_that_files_keep() {
    let names = [
        "zebra",
        "Zebra 10",
        "zebra 9",
        "Élodie",
        "elodie 2",
        "Œuvre",
        "oeuvre 3",
        "Straße 12",
        "STRASSE 5",
        "Host 01",
        "Host 1",
        "Host 010",
        "10.0.0.10",
        "10.0.0.2",
        "_root",
        "(shared)",
        "",
        " leading",
        "a-b",
        "a b",
        "ab",
        "Ærø",
        "Łódź",
        "ñandú",
        "Ångström",
        "İstanbul",
        "ﬁle",
        "日本",
        "Ж",
        "ｗｉｄｅ",
        "1000000000",
        "999999999",
        "e\u{301}clair",
        "Éclair",
        "☂",
        "two\nlines",
    ];
    let items: Vec<ItemOverview> = names.iter().zip(0..).map(|(name, id)| item(id, name)).collect();
    let order: Vec<&str> = name_order(&items).into_iter().map(|place| names[place as usize]).collect();
    let expected = [
        "",
        " leading",
        "(shared)",
        "10.0.0.2",
        "10.0.0.10",
        "999999999",
        "1000000000",
        "_root",
        "a b",
        "a-b",
        "ab",
        "Ærø",
        "Ångström",
        "e\u{301}clair",
        "Éclair",
        "Élodie",
        "elodie 2",
        "ﬁle",
        "Host 01",
        "Host 1",
        "Host 010",
        "İstanbul",
        "Łódź",
        "ñandú",
        "Œuvre",
        "oeuvre 3",
        "STRASSE 5",
        "Straße 12",
        "two\nlines",
        "ｗｉｄｅ",
        "zebra",
        "zebra 9",
        "Zebra 10",
        "Ж",
        "☂",
        "日本",
    ];
    assert_eq!(order, expected);
}
