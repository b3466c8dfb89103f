//! Filters, order and the filter panel.

#![allow(clippy::unwrap_used)]

use portico_vault::{
    CollectionName, FilterTree, Hierarchy, ItemFilter, ItemIndex, ItemKind, ItemOverview, Opened, Place,
    Shelf, UnreadableReason, VaultChoice, VaultNames,
};
use proptest::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

const ORG_A: Uuid = Uuid::from_u128(0xA);
const ORG_B: Uuid = Uuid::from_u128(0xB);
const FAMILY: Uuid = Uuid::from_u128(0xF0);
const HOLIDAY: Uuid = Uuid::from_u128(0xF1);
const INFRA: Uuid = Uuid::from_u128(0xC0);
const BACKUPS: Uuid = Uuid::from_u128(0xC1);
const SUPPLIERS: Uuid = Uuid::from_u128(0xC2);
const FOREIGN: Uuid = Uuid::from_u128(0xC3);

fn item(id: u128, name: &str) -> ItemOverview {
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
        revision_date: None,
        creation_date: None,
        deleted_date: None,
        archived_date: None,
    }
}

fn text(text: &str) -> Opened<String> {
    Opened::Value(text.to_owned())
}

fn names() -> VaultNames {
    let collection = |id, organization_id, name| CollectionName { id, organization_id, name: text(name) };
    VaultNames {
        organizations: vec![(ORG_B, "Zebra".to_owned()), (ORG_A, "brightwater".to_owned())],
        folders: vec![(HOLIDAY, text("Family/Holiday")), (FAMILY, text("Family"))],
        collections: vec![
            collection(BACKUPS, ORG_A, "Infrastructure/Backups"),
            collection(INFRA, ORG_A, "Infrastructure"),
            collection(SUPPLIERS, ORG_A, "Suppliers"),
            collection(FOREIGN, ORG_B, "Infrastructure"),
        ],
    }
}

fn items() -> Vec<ItemOverview> {
    let now = Some(OffsetDateTime::UNIX_EPOCH);
    let of_a = |id, name, collections: &[Uuid]| ItemOverview {
        organization_id: Some(ORG_A),
        collection_ids: collections.to_vec(),
        ..item(id, name)
    };
    vec![
        ItemOverview {
            folder_id: Some(HOLIDAY),
            favorite: true,
            hosts: vec!["bahn.example".to_owned()],
            ..item(0, "Éclair trains")
        },
        ItemOverview {
            folder_id: Some(FAMILY),
            kind: ItemKind::CARD,
            subtitle: Some(text("Visa, *4417")),
            ..item(1, "Company card")
        },
        ItemOverview { name: Opened::Unreadable(UnreadableReason::NotAuthentic), ..item(2, "") },
        ItemOverview { kind: ItemKind::SECURE_NOTE, ..item(3, "alarm code") },
        of_a(4, "Backup vault", &[BACKUPS, INFRA]),
        of_a(5, "DNS", &[INFRA]),
        of_a(6, "Invoices", &[SUPPLIERS]),
        ItemOverview {
            organization_id: Some(ORG_B),
            collection_ids: vec![FOREIGN],
            kind: ItemKind(42),
            ..item(7, "Zoo")
        },
        ItemOverview { deleted_date: now, archived_date: now, ..item(8, "Old router") },
        ItemOverview { archived_date: now, ..of_a(9, "Former DNS", &[INFRA]) },
        ItemOverview { favorite: true, subtitle: Some(text("b")), ..item(10, "DNS") },
    ]
}

fn select(filter: ItemFilter) -> Vec<u32> {
    let items = items();
    ItemIndex::new(&items, &names()).select(&items, &filter)
}

#[test]
fn filters_hold_together_and_rows_stand_by_name() {
    let all = ItemFilter::default;
    let cases: [(&str, ItemFilter, &[u32]); 16] = [
        ("everything in use, unreadable last", all(), &[3, 4, 1, 5, 10, 0, 6, 7, 2]),
        ("mine", ItemFilter { vault: VaultChoice::Mine, ..all() }, &[3, 1, 10, 0, 2]),
        ("one organization", ItemFilter { vault: VaultChoice::Organization(ORG_A), ..all() }, &[4, 5, 6]),
        ("favorites", ItemFilter { favorites: true, ..all() }, &[10, 0]),
        ("a kind", ItemFilter { kind: Some(ItemKind::CARD), ..all() }, &[1]),
        ("an unknown kind", ItemFilter { kind: Some(ItemKind(42)), ..all() }, &[7]),
        ("a folder with those below", ItemFilter { place: Place::Folder(FAMILY), ..all() }, &[1, 0]),
        ("a folder below", ItemFilter { place: Place::Folder(HOLIDAY), ..all() }, &[0]),
        ("no folder", ItemFilter { place: Place::NoFolder, ..all() }, &[3, 4, 5, 10, 6, 7, 2]),
        ("a collection with those below", ItemFilter { place: Place::Collection(INFRA), ..all() }, &[4, 5]),
        ("a folder that does not exist", ItemFilter { place: Place::Folder(ORG_A), ..all() }, &[]),
        ("archive", ItemFilter { shelf: Shelf::Archive, ..all() }, &[9]),
        ("trash, archived or not", ItemFilter { shelf: Shelf::Trash, ..all() }, &[8]),
        (
            "words in any order, accents aside",
            ItemFilter { text: " TRAINS  eclair".to_owned(), ..all() },
            &[0],
        ),
        ("second line and host", ItemFilter { text: "bahn".to_owned(), ..all() }, &[0]),
        (
            "everything at once",
            ItemFilter { vault: VaultChoice::Mine, favorites: true, text: "dns".to_owned(), ..all() },
            &[10],
        ),
    ];
    for (what, filter, expected) in cases {
        assert_eq!(select(filter), expected, "{what}");
    }
    assert_eq!(select(ItemFilter { text: "visa 4417".to_owned(), ..all() }), [1]);
    assert_eq!(select(ItemFilter { text: "nothing of the kind".to_owned(), ..all() }), [0u32; 0]);
}

fn tree(vault: VaultChoice) -> FilterTree {
    let items = items();
    ItemIndex::new(&items, &names()).tree(&items, vault)
}

#[test]
fn the_panel_counts_what_its_lines_would_show() {
    let all = tree(VaultChoice::All);
    assert_eq!((all.all_vaults, all.my_vault, all.all_items), (9, 5, 9));
    let organizations: Vec<_> = all.organizations.iter().map(|line| (&*line.name, line.count)).collect();
    assert_eq!(organizations, [("brightwater", 3), ("Zebra", 1)]);
    assert_eq!((all.favorites, all.no_folder, all.archive, all.trash), (2, 7, 1, 1));
    let kinds: Vec<_> = all.kinds.iter().map(|(kind, count)| (kind.0, *count)).collect();
    assert_eq!(kinds, [(1, 6), (3, 1), (4, 0), (2, 1), (5, 0), (42, 1)]);
    let lines: Vec<_> = all
        .folders
        .iter()
        .map(|line| (line.label.value().unwrap().as_str(), line.depth, line.count))
        .collect();
    assert_eq!(lines, [("Family", 0, 2), ("Holiday", 1, 1)]);
    let [(a, of_a), (b, of_b)] = &all.collections[..] else { panic!("two organizations") };
    assert_eq!((*a, *b), (ORG_A, ORG_B));
    let lines: Vec<_> =
        of_a.iter().map(|line| (line.label.value().unwrap().as_str(), line.depth, line.count)).collect();
    assert_eq!(lines, [("Infrastructure", 0, 2), ("Backups", 1, 1), ("Suppliers", 0, 1)]);
    assert_eq!(of_b[0].count, 1);

    let mine = tree(VaultChoice::Mine);
    assert_eq!((mine.all_vaults, mine.all_items, mine.archive, mine.trash), (9, 5, 0, 1));
    assert_eq!((all.all_archived, mine.all_archived), (1, 1));
    assert!(mine.collections.is_empty());
    let of_b = tree(VaultChoice::Organization(ORG_B));
    assert_eq!((of_b.all_items, of_b.collections.len(), of_b.collections[0].0), (1, 1, ORG_B));
}

#[test]
fn trees_grow_from_slashes() {
    let names = ["b", "a/x", "a", "A/y", "a/x/1", "c/d/e", "c/d", "/", "a/", "Ä", "a//z"];
    let names: Vec<(Uuid, Opened<String>)> =
        (0..).zip(names).map(|(id, name)| (Uuid::from_u128(id), text(name))).collect();
    let unreadable = Opened::Unreadable(UnreadableReason::NotText);
    let tree = Hierarchy::new(
        names.iter().map(|(id, name)| (*id, name)).chain([(Uuid::from_u128(99), &unreadable)]),
    );
    let lines: Vec<String> = tree
        .rows()
        .iter()
        .map(|row| {
            format!("{}{}", "-".repeat(row.depth), row.label.value().map_or("(unreadable)", String::as_str))
        })
        .collect();
    let expected = ["/", "a", "-a/", "--z", "-x", "--1", "Ä", "A/y", "b", "c/d", "-e", "(unreadable)"];
    assert_eq!(lines, expected);
    let below_a: Vec<u128> = tree.subtree(Uuid::from_u128(2)).iter().map(|row| row.id.as_u128()).collect();
    assert_eq!(below_a, [2, 8, 10, 1, 4]);
    assert!(tree.subtree(Uuid::from_u128(500)).is_empty());
}

#[test]
fn numbers_in_names_stand_by_their_value() {
    let items: Vec<ItemOverview> = (0..)
        .zip(["Router 10", "Router 2", "router 1", "Router", "Router 02", "Routers"])
        .map(|(id, name)| ItemOverview { subtitle: Some(text("9")), ..item(id, name) })
        .collect();
    let all = ItemIndex::new(&items, &VaultNames::default()).select(&items, &ItemFilter::default());
    assert_eq!(all, [3, 2, 4, 1, 0, 5]);
    let names = ["Floor 10", "Floor 2/Rack 11", "Floor 2/Rack 3", "Floor 2"].map(text);
    let tree = Hierarchy::new((0..).map(Uuid::from_u128).zip(&names));
    let lines: Vec<u128> = tree.rows().iter().map(|row| row.id.as_u128()).collect();
    assert_eq!(lines, [3, 2, 1, 0]);
}

#[test]
fn names_of_nothing_but_slashes_end_quickly() {
    let names: Vec<(Uuid, Opened<String>)> =
        (1..1000).map(|depth| (Uuid::from_u128(depth), text(&"/".repeat(depth as usize)))).collect();
    let tree = Hierarchy::new(names.iter().map(|(id, name)| (*id, name)));
    assert_eq!(tree.rows().len(), 999);
    assert!(tree.rows().iter().all(|row| row.depth <= 32));
}

prop_compose! {
    fn any_item()(
        id: u128, name in "[a-cé/ ]{0,6}", organization in prop::sample::select(vec![None, Some(ORG_A), Some(ORG_B)]),
        folder in prop::sample::select(vec![None, Some(FAMILY), Some(HOLIDAY)]),
        collections in prop::sample::subsequence(vec![INFRA, BACKUPS, SUPPLIERS], 0..3),
        kind in 1i32..5, favorite: bool, shelf in 0..3,
    ) -> ItemOverview {
        let date = |is_set: bool| is_set.then_some(OffsetDateTime::UNIX_EPOCH);
        ItemOverview {
            organization_id: organization,
            folder_id: folder,
            collection_ids: if organization == Some(ORG_A) { collections } else { Vec::new() },
            kind: ItemKind(kind), favorite, deleted_date: date(shelf == 1), archived_date: date(shelf == 2),
            ..item(id, &name)
        }
    }
}

proptest! {
    /// Every number of the panel is the number of rows that a click on its line shows.
    #[test]
    fn counts_and_lists_agree(items in prop::collection::vec(any_item(), 0..60), vault in 0usize..3) {
        let vault = [VaultChoice::All, VaultChoice::Mine, VaultChoice::Organization(ORG_A)][vault];
        let index = ItemIndex::new(&items, &names());
        let tree = index.tree(&items, vault);
        let base = ItemFilter { vault, ..ItemFilter::default() };
        let count = |filter: ItemFilter| index.select(&items, &filter).len() as u32;
        prop_assert_eq!(tree.all_items, count(base.clone()));
        prop_assert_eq!(tree.favorites, count(ItemFilter { favorites: true, ..base.clone() }));
        prop_assert_eq!(tree.no_folder, count(ItemFilter { place: Place::NoFolder, ..base.clone() }));
        prop_assert_eq!(tree.archive, count(ItemFilter { shelf: Shelf::Archive, ..base.clone() }));
        prop_assert_eq!(tree.trash, count(ItemFilter { shelf: Shelf::Trash, ..base.clone() }));
        for (kind, expected) in &tree.kinds {
            prop_assert_eq!(*expected, count(ItemFilter { kind: Some(*kind), ..base.clone() }));
        }
        for line in &tree.folders {
            prop_assert_eq!(line.count, count(ItemFilter { place: Place::Folder(line.id), ..base.clone() }));
        }
        for line in tree.collections.iter().flat_map(|(_, lines)| lines) {
            prop_assert_eq!(line.count, count(ItemFilter { place: Place::Collection(line.id), ..base.clone() }));
        }
        for line in &tree.organizations {
            let of_it = ItemFilter { vault: VaultChoice::Organization(line.id), ..ItemFilter::default() };
            prop_assert_eq!(line.count, count(of_it));
        }
        prop_assert_eq!(tree.all_vaults, count(ItemFilter::default()));
    }

    #[test]
    fn hierarchies_keep_everything(names in prop::collection::vec("[ab/]{0,6}", 0..30)) {
        let names: Vec<(Uuid, Opened<String>)> =
            (0..).zip(names).map(|(id, name)| (Uuid::from_u128(id), Opened::Value(name))).collect();
        let tree = Hierarchy::new(names.iter().map(|(id, name)| (*id, name)));
        let mut ids: Vec<u128> = tree.rows().iter().map(|row| row.id.as_u128()).collect();
        ids.sort_unstable();
        prop_assert_eq!(ids, (0..names.len() as u128).collect::<Vec<_>>());
        for row in tree.rows() {
            prop_assert_eq!(tree.subtree(row.id)[0].id, row.id);
        }
    }
}
