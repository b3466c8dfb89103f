//! A provider with two people and three clients, one of which was read: drawn as a map, opened, and walked as a tree.

use std::{cell::Cell, collections::HashSet, sync::Arc};

use portico_estate::{
    ClientRow, ClientSearchText, ClientStructure, ClientTags, Collection, CollectionType, Freshness,
    OpenedName, ProviderResponse,
};
use portico_profile::{ClientCounts, ProviderView};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use super::{Estate, client_map, map, tree};
use crate::dto::{
    Text,
    structure::{
        ClientMap, ClientMapQuery, MapFocus, MapFocusKind, MapGrouping, MapLinkKind, MapWindow, PictureAge,
        SeatLevel, TileCounts, TreeKind, TreePage, TreeQuery,
    },
};
use crate::views::client::member_counts;

const NOW: OffsetDateTime = datetime!(2026-11-20 11:06 UTC);
const PROVIDER: Uuid = Uuid::from_u128(1);
const ALDER: Uuid = Uuid::from_u128(10);
const ANA: Uuid = Uuid::from_u128(101);
const BEN: Uuid = Uuid::from_u128(102);
const STAFF: Uuid = Uuid::from_u128(201);
const BANK: Uuid = Uuid::from_u128(301);
const PAYROLL: Uuid = Uuid::from_u128(302);

fn of<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("facts of the wire")
}

fn row(id: Uuid, name: &str, seats: Option<i32>, used: i32, freshness: Freshness) -> ClientRow {
    let details = of(json!({
        "id": Uuid::new_v4(), "organizationId": id, "organizationName": name, "seats": seats,
        "occupiedSeats": used, "userCount": used, "plan": "Teams (Monthly)",
    }));
    ClientRow::new(&details, freshness)
}

fn view() -> ProviderView {
    let read = |at| Freshness { read_at: Some(at), ..Freshness::default() };
    let person = |id: u128, name: &str, role: i32| json!({"id": Uuid::from_u128(id), "name": name, "email": format!("{id}@x.example"), "type": role, "status": 2});
    ProviderView {
        provider: of::<ProviderResponse>(json!({"id": PROVIDER, "name": "Brightwater IT"})),
        team: Some(vec![of(person(901, "Zoë Roussin", 0)), of(person(902, "Anne Reid", 1))]),
        rows: vec![
            row(Uuid::from_u128(12), "Cedar Hill", Some(10), 10, read(datetime!(2026-11-10 0:00 UTC))),
            row(ALDER, "Alder Veterinary", Some(10), 5, read(datetime!(2026-11-20 11:00 UTC))),
            row(Uuid::from_u128(11), "Élan", None, 3, Freshness::default()),
        ],
        read_at: None,
    }
}

/// Ana is in the staff, which may view the bank, and holds the payroll directly; Ben owns the organization, whose admins
/// manage everything.
fn alder() -> ClientStructure {
    let collection = |id, name: &str| Collection {
        id,
        name: OpenedName::Text(name.to_owned()),
        external_id: None,
        kind: CollectionType::SHARED,
        default_user_collection_email: None,
    };
    let grant = |id: Uuid, manage: bool| json!({"id": id, "readOnly": !manage, "hidePasswords": false, "manage": manage});
    ClientStructure {
        organization: of(json!({
            "id": ALDER, "name": "Alder Veterinary", "allowAdminAccessToAllCollectionItems": true,
        })),
        members: vec![
            of(json!({"id": BEN, "name": "Ben", "email": "ben@x.example", "type": 0, "status": 2})),
            of(json!({"id": ANA, "name": "Ana", "email": "ana@x.example", "type": 2, "status": 2,
                "groups": [STAFF], "collections": [grant(PAYROLL, true)]})),
        ],
        groups: vec![of(
            json!({"id": STAFF, "organizationId": ALDER, "name": "Staff", "collections": [grant(BANK, false)]}),
        )],
        collections: vec![collection(PAYROLL, "Payroll"), collection(BANK, "Bank")],
        policies: Vec::new(),
    }
}

#[test]
fn clients_stand_with_those_like_them_and_say_how_they_are() {
    let view = view();
    let counts = |client| (client == ALDER).then_some(ClientCounts { groups: 2, collections: 5 });
    let by_seats = map(&view, &ClientTags::default(), counts, MapGrouping::Seats, "elan", NOW);
    let keys: Vec<&str> = by_seats.groups.iter().map(|group| group.key.as_str()).collect();
    assert_eq!(keys, ["full", "left", "noLimit"]);
    assert_eq!(by_seats.found, Some(vec![Uuid::from_u128(11).to_string()]));
    let tiles: Vec<_> = by_seats.groups.iter().flat_map(|group| &group.tiles).collect();
    assert_eq!((tiles[0].seats, tiles[0].picture), (SeatLevel::Full, PictureAge::Stale));
    assert_eq!((tiles[1].seats, tiles[1].picture), (SeatLevel::Left, PictureAge::Fresh));
    assert_eq!(tiles[1].holds, Some(TileCounts { groups: 2, collections: 5 }));
    assert_eq!((tiles[0].holds, tiles[2].holds), (None, None));
    assert_eq!((tiles[2].seats, tiles[2].picture), (SeatLevel::NoLimit, PictureAge::NeverRead));
    let team: Vec<_> = by_seats.team.iter().flatten().map(|one| (one.admin, one.email.as_str())).collect();
    assert_eq!(team, [(true, "901@x.example"), (false, "902@x.example")], "admins first");

    let by_letter = map(&view, &ClientTags::default(), counts, MapGrouping::Name, "", NOW);
    let letters: Vec<&str> = by_letter.groups.iter().map(|group| group.key.as_str()).collect();
    assert_eq!((letters, by_letter.found), (vec!["A", "C", "E"], None));
}

fn asked(focus: Option<(MapFocusKind, Uuid)>, limit: u32) -> ClientMap {
    searched("", focus, limit)
}

fn searched(search: &str, focus: Option<(MapFocusKind, Uuid)>, limit: u32) -> ClientMap {
    client_map(&alder(), &tagged(), &map_query(search, focus, limit))
}

fn map_query(search: &str, focus: Option<(MapFocusKind, Uuid)>, limit: u32) -> ClientMapQuery {
    let window = MapWindow { offset: 0, limit };
    ClientMapQuery {
        organization_id: ALDER.to_string(),
        focus: focus.map(|(kind, id)| MapFocus { kind, id: id.to_string() }),
        search: search.to_owned(),
        members: window,
        groups: window,
        collections: window,
    }
}

#[test]
fn a_client_is_drawn_with_every_grant_and_without_roles() {
    let map = asked(None, 50);
    let mut kinds: Vec<_> = map.links.iter().map(|link| format!("{:?}", link.kind)).collect();
    kinds.sort();
    assert_eq!(kinds, ["DirectGrant", "GroupGrant", "Membership"]);
    assert!(map.links.iter().all(|link| !link.lit));
    assert_eq!((map.members, map.groups, map.collections), (2, 1, 2));
}

#[test]
fn what_hangs_together_with_the_focus_is_lit_and_comes_first() {
    let ana = asked(Some((MapFocusKind::Member, ANA)), 50);
    let lit: HashSet<&str> = ana.links.iter().filter(|link| link.lit).map(|link| link.to.as_str()).collect();
    let expected = [STAFF, BANK, PAYROLL].map(|id| id.to_string());
    assert_eq!(lit, expected.iter().map(String::as_str).collect());

    let ben = asked(Some((MapFocusKind::Member, BEN)), 50);
    assert_eq!(ben.member_rows[0].id, BEN.to_string());
    let by_role = ben.links.iter().filter(|link| link.lit && link.kind == MapLinkKind::Role).count();
    assert_eq!(by_role, 2, "an owner reaches both by role");

    let bank = asked(Some((MapFocusKind::Collection, BANK)), 1);
    assert_eq!(bank.collection_rows[0].id, BANK.to_string(), "in a window of one, the focus is the one");
    assert_eq!((bank.member_rows.len(), bank.members), (1, 2));
    let strangers = asked(Some((MapFocusKind::Group, Uuid::from_u128(999))), 50);
    assert!(strangers.links.iter().all(|link| !link.lit), "a group that is gone lights nothing");
}

#[test]
fn what_is_drawn_is_found_in_the_map() {
    let told = |map: &ClientMap| {
        let members = map.member_rows.iter().filter(|row| row.found).map(|row| row.id.clone());
        let groups = map.group_rows.iter().filter(|row| row.found).map(|row| row.id.clone());
        let collections = map.collection_rows.iter().filter(|row| row.found).map(|row| row.id.clone());
        members.chain(groups).chain(collections).collect::<Vec<_>>()
    };
    assert_eq!(asked(None, 50).found, None);
    for (text, id) in [("ben@X", BEN), ("stAFF", STAFF), ("pay", PAYROLL)] {
        // Before what is lit, so that a column of one row shows it.
        let map = searched(text, Some((MapFocusKind::Member, ANA)), 1);
        assert_eq!((map.found, told(&map)), (Some(1), vec![id.to_string()]), "{text}");
    }
    assert_eq!(searched("nobody", None, 50).found, Some(0));

    let team = |search: &str| map(&view(), &tagged(), |_| None, MapGrouping::Plan, search, NOW).team;
    let found = |search: &str| team(search).iter().flatten().map(|one| one.found).collect::<Vec<_>>();
    assert_eq!((found("roussin"), found("")), (vec![true, false], vec![false, false]));
}

/// Alder's and Cedar Hill's.
fn tagged() -> ClientTags {
    let mut tags = ClientTags::default();
    tags.add(ALDER, "Santé");
    tags.add(Uuid::from_u128(12), "mine");
    tags
}

fn walk(open: &[&str], search: &str, offset: u32, limit: u32) -> (TreePage, u32) {
    walk_in(&alder(), open, search, offset, limit)
}

/// The rows, and how often a client was read for them.
fn walk_in(alder: &ClientStructure, open: &[&str], search: &str, offset: u32, limit: u32) -> (TreePage, u32) {
    let (view, reads) = (view(), Cell::new(0));
    let texts: Vec<ClientSearchText> = vec![ClientSearchText::new(alder)];
    let structure = |id| {
        reads.set(reads.get() + 1);
        Ok((id == ALDER).then(|| Arc::new(alder.clone())))
    };
    let tags = tagged();
    let estate = Estate { view: &view, texts: &texts, tags: &tags, structure: &structure };
    let query = TreeQuery {
        provider_id: PROVIDER.to_string(),
        open: open.iter().map(|id| (*id).to_owned()).collect(),
        search: search.to_owned(),
        offset,
        limit,
    };
    let page = tree(&estate, &query);
    (page.unwrap_or_else(|error| panic!("{:?}", error.code)), reads.get())
}

fn names(page: &TreePage) -> Vec<String> {
    let name = |name: &Option<Text>, kind: TreeKind| match name {
        Some(Text::Plain { value }) => value.clone(),
        _ => format!("{kind:?}"),
    };
    page.rows.iter().map(|row| name(&row.name, row.kind)).collect()
}

#[test]
fn the_tree_opens_branch_by_branch_and_reads_only_open_clients() {
    let (closed, reads) = walk(&["provider", "clients"], "", 0, 50);
    assert_eq!(
        names(&closed),
        ["Brightwater IT", "Team", "Clients", "Alder Veterinary", "Cedar Hill", "Élan"]
    );
    assert_eq!(reads, 0);
    assert!(
        closed.rows[3].has_children && !closed.rows[5].has_children,
        "nothing is known of what was never read"
    );

    let alder = format!("c/{ALDER}");
    let members = format!("{alder}/members");
    let open = ["provider", "clients", alder.as_str(), members.as_str()];
    let (opened, reads) = walk(&open, "", 0, 50);
    assert_eq!(reads, 1);
    assert_eq!(names(&opened)[3..9], ["Alder Veterinary", "Members", "Ana", "Ben", "Groups", "Collections"]);
    assert_eq!((opened.rows[6].position, opened.rows[6].siblings, opened.rows[6].depth), (2, 2, 4));

    // Windows joined are the whole.
    let joined: Vec<String> = (0..opened.total).flat_map(|at| names(&walk(&open, "", at, 1).0)).collect();
    assert_eq!(joined, names(&opened));
}

#[test]
fn members_are_the_same_number_everywhere_and_seats_have_a_word_of_their_own() {
    let mut client = alder();
    // One who was not invited yet takes no seat and is a member; one who is revoked is none.
    for (id, status) in [(103, -1), (104, 3), (105, 0)] {
        client.members.push(of(json!({"id": Uuid::from_u128(id), "email": format!("{id}@x.example"),
            "type": 2, "status": status})));
    }
    let told = member_counts(&client);
    assert_eq!((told.all, told.revoked), (4, 1));
    let drawn = client_map(&client, &tagged(), &map_query("", None, 50));
    assert_eq!((drawn.members, drawn.revoked), (told.all, told.revoked));

    let alder = format!("c/{ALDER}");
    let page = walk_in(&client, &["provider", "clients", &alder], "", 0, 50).0;
    let row = |kind| page.rows.iter().find(|row| row.kind == kind).expect("it is open");
    let members = row(TreeKind::Members);
    assert_eq!((members.count, members.revoked), (Some(told.all), told.revoked));
    assert_eq!((row(TreeKind::Client).count, row(TreeKind::Client).seats_used), (None, Some(5)));
}

#[test]
fn a_search_says_how_many_it_found_instead_of_how_many_there_are() {
    let page = walk(&[], "ana", 0, 50).0;
    let told: Vec<_> = page.rows.iter().map(|row| (row.kind, row.count, row.found)).collect();
    assert_eq!(
        told,
        [
            (TreeKind::Provider, None, None),
            (TreeKind::Clients, None, Some(1)),
            (TreeKind::Client, None, None),
            (TreeKind::Members, None, Some(1)),
            (TreeKind::Member, None, None),
        ]
    );
}

#[test]
fn a_search_shows_what_matches_under_its_branches() {
    assert_eq!(
        names(&walk(&[], "payroll", 0, 50).0),
        ["Brightwater IT", "Clients", "Alder Veterinary", "Collections", "Payroll"]
    );
    assert_eq!(names(&walk(&[], "roussin", 0, 50).0), ["Brightwater IT", "Team", "Zoë Roussin"]);
    assert_eq!(walk(&[], "nobody", 0, 50).0.total, 0);
}

#[test]
fn clients_are_found_by_their_tags_on_the_map_and_in_the_tree() {
    let found = |search: &str| map(&view(), &tagged(), |_| None, MapGrouping::Plan, search, NOW).found;
    assert_eq!(found("sante"), Some(vec![ALDER.to_string()]));
    // What it was found by is told with it.
    let shown = map(&view(), &tagged(), |_| None, MapGrouping::Plan, "", NOW);
    let tiles = shown.groups.iter().flat_map(|group| &group.tiles);
    let mut told: Vec<_> = tiles.map(|tile| (tile.name.as_str(), tile.tags.join(" "))).collect();
    told.sort();
    assert_eq!(
        told,
        [("Alder Veterinary", "Santé".into()), ("Cedar Hill", "mine".into()), ("Élan", String::new())]
    );
    assert_eq!(asked(None, 0).tags, ["Santé"]);
    assert_eq!(found("hill MINE"), Some(vec![Uuid::from_u128(12).to_string()]), "each word, in either");
    assert_eq!(found("alder mine"), Some(Vec::new()));
    assert_eq!(found("  "), None);

    let page = walk(&[], "sante", 0, 50).0;
    assert_eq!(names(&page), ["Brightwater IT", "Clients", "Alder Veterinary"]);
    assert_eq!(page.rows[2].tags, ["Santé"]);
    assert!(walk(&["provider", "clients"], "", 0, 50).0.rows.iter().all(|row| row.tags.is_empty()));
}
