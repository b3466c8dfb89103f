//! What is in the vaults of those who sign in.

use portico_vault::ItemKind;

use super::*;
use crate::DemoSize;

fn visible(items: &[PlannedItem], kind: ItemKind) -> usize {
    items
        .iter()
        .filter(|item| item.item.kind == kind && item.archived.is_none() && item.deleted.is_none())
        .count()
}

#[test]
fn the_end_user_has_everything_that_a_vault_can_hold() {
    let plan = Plan::of(&DemoSize::default());
    let [vault, _] = personal_vaults(&plan, 300);
    assert_eq!(vault.items.len(), 300);
    for kind in 1..=8 {
        assert!(visible(&vault.items, ItemKind(kind)) >= 4, "kind {kind}");
    }
    assert!(vault.folders.iter().any(|(_, name)| name.matches('/').count() == 2));
    let count =
        |wanted: &dyn Fn(&PlannedItem) -> bool| vault.items.iter().filter(|item| wanted(item)).count();
    assert!(count(&|item| item.favorite) >= 8);
    assert!(count(&|item| item.deleted.is_some()) >= 5);
    assert!(count(&|item| item.archived.is_some()) >= 5);
    assert!(count(&|item| item.sealed == SealedAs::ItemKey) > 240);
    for sealed in [SealedAs::BadMac, SealedAs::NewerFormat, SealedAs::WrongKey] {
        assert_eq!(count(&|item| item.sealed == sealed), 1, "{sealed:?}");
    }
    assert!(count(&|item| item.item.values.iter().any(|(member, _)| *member == "totp")) > 30);
    assert!(count(&|item| !item.item.passkeys.is_empty()) > 3);
    assert!(count(&|item| !item.item.password_history.is_empty()) > 20);
    assert!(count(&|item| item.item.reprompt) > 1);
    assert_eq!(count(&|item| !item.files.is_empty()), 3);
    assert!(count(&|item| item.files.iter().any(|file| file.legacy)) == 1);
    assert!(vault.items.iter().all(|item| item.created <= item.revised && item.revised <= plan.now));
}

#[test]
fn names_of_logins_do_not_repeat_up_to_ten_thousand_items() {
    let plan = Plan::of(&DemoSize { clients: 1, ..DemoSize::default() });
    let [vault, _] = personal_vaults(&plan, 10_000);
    let names: std::collections::HashSet<&str> = vault
        .items
        .iter()
        .filter(|item| item.item.kind == ItemKind::LOGIN)
        .map(|item| item.item.name.as_str())
        .collect();
    assert_eq!(names.len(), 6_800);
}

/// The view of duplicates has something to show, by the rule of `portico-vault`: user name and website.
#[test]
fn the_provider_admin_keeps_one_login_in_two_vaults() {
    let plan = Plan::of(&DemoSize::default());
    let [_, own] = personal_vaults(&plan, 300);
    let logins = |items: &[PlannedItem]| -> std::collections::HashSet<(String, String)> {
        let of_item = |item: &PlannedItem| {
            let (_, user) = item.item.values.iter().find(|(member, _)| *member == "username")?;
            let website = item.item.websites.first()?.uri.clone();
            let host = website.split('/').nth(2)?.trim_start_matches("www.").to_owned();
            Some((user.expose().to_owned(), host))
        };
        let seen = items.iter().filter(|item| item.deleted.is_none() && item.archived.is_none());
        seen.filter_map(of_item).collect()
    };
    let both: Vec<_> =
        logins(&own.items).intersection(&logins(&of_organization(&plan, &plan.own))).cloned().collect();
    let expected = ("maya.okafor@brightwater.example".to_owned(), "watch.brightwater.example".to_owned());
    assert_eq!(both, [expected]);
}

/// The numbers of the picture `look/06-vaults`.
#[test]
fn the_provider_admin_sees_214_items() {
    let plan = Plan::of(&DemoSize::default());
    let [_, own] = personal_vaults(&plan, 300);
    let provider = of_organization(&plan, &plan.own);
    let harbour = plan.clients.iter().find(|client| client.name == "Harbour Lane");
    let harbour = harbour.map(|client| of_organization(&plan, client)).unwrap_or_default();
    let in_sight = |items: &[PlannedItem]| (1..=8).map(|kind| visible(items, ItemKind(kind))).sum::<usize>();
    assert_eq!([&own.items, &provider, &harbour].map(|items| in_sight(items)), [61, 128, 25]);
    let of_kind =
        |kind| [&own.items, &provider, &harbour].map(|items| visible(items, kind)).iter().sum::<usize>();
    assert_eq!(
        [ItemKind::LOGIN, ItemKind::CARD, ItemKind::IDENTITY, ItemKind::SECURE_NOTE, ItemKind::SSH_KEY]
            .map(of_kind),
        [168, 7, 4, 21, 14]
    );
    let favorites = own.items.iter().chain(&provider).filter(|item| item.favorite).count();
    assert_eq!(favorites, 9);
    let in_folder = |folder| {
        own.items
            .iter()
            .filter(|item| item.folder == folder && item.archived.is_none() && item.deleted.is_none())
            .count()
    };
    assert_eq!([Some(0), Some(1), None].map(in_folder), [18, 12, 31]);
    let in_collection = |c: usize| provider.iter().filter(|item| item.collections.contains(&c)).count();
    assert_eq!([0, 1, 2, 3].map(in_collection), [46, 19, 12, 22]);
}

#[test]
fn items_of_clients_are_what_one_looks_for_in_their_collection() {
    use crate::plan::Holds;
    let plan = Plan::of(&DemoSize::default());
    let mut seen = std::collections::HashSet::new();
    for client in plan.clients.iter().filter(|client| client.name != "Harbour Lane") {
        let mut names = std::collections::HashSet::new();
        for item in of_organization(&plan, client) {
            let collection = &client.collections[item.collections[0]];
            seen.insert(collection.holds);
            let place = format!("{} in {} of {}", item.item.name, collection.name, client.name);
            assert!(names.insert((item.collections[0], item.item.name.clone())), "{place} twice");
            match collection.holds {
                Holds::Codes | Holds::Papers => assert_eq!(item.item.kind, ItemKind::SECURE_NOTE, "{place}"),
                Holds::Banking => assert_ne!(item.item.kind, ItemKind::SECURE_NOTE, "{place}"),
                Holds::Servers => {
                    assert!(matches!(item.item.kind, ItemKind::LOGIN | ItemKind::SSH_KEY), "{place}");
                }
                _ => assert_eq!(item.item.kind, ItemKind::LOGIN, "{place}"),
            }
            // What is the client's own is at the client's own address.
            let own =
                matches!(collection.holds, Holds::Network | Holds::Wifi | Holds::Tills | Holds::Machines);
            let host = |uri: &str| uri.contains(&format!(".{}/", client.domain));
            assert!(!own || item.item.websites.first().is_some_and(|site| host(&site.uri)), "{place}");
        }
    }
    assert!(seen.len() >= 16, "{seen:?}");
}

/// Titles are the persons' own, and every old password was in use before the one after it.
#[test]
fn values_of_items_agree_with_each_other() {
    let plan = Plan::of(&DemoSize::default());
    let value = |item: &PlannedItem, wanted: &str| {
        let found = item.item.values.iter().find(|(member, _)| *member == wanted);
        found.map(|(_, value)| value.expose().to_owned()).unwrap_or_default()
    };
    let titles: std::collections::HashSet<(String, String)> = personal_vaults(&plan, 300)
        .iter()
        .flat_map(|vault| &vault.items)
        .filter(|item| item.item.kind == ItemKind::IDENTITY)
        .map(|item| (value(item, "firstName"), value(item, "title")))
        .collect();
    let expected = [("Daniel", "Mr"), ("Maya", "Ms"), ("Chidi", "Mr"), ("Ada", "Ms"), ("Ngozi", "Dr")];
    assert_eq!(titles, expected.map(|(name, title)| (name.to_owned(), title.to_owned())).into());
    for item in personal_vaults(&plan, 300).iter().flat_map(|vault| &vault.items) {
        let dates: Vec<&str> = item.item.password_history.iter().map(|(_, date)| date.0.as_str()).collect();
        assert!(dates.is_sorted_by(|a, b| a > b), "{dates:?}");
        for after in [item.deleted, item.archived].into_iter().flatten() {
            assert!(item.revised <= after && after <= plan.now);
        }
    }
}
