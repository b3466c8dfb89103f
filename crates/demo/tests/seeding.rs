//! Seeding as a whole: sizes, determinism.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use portico_demo::{DemoSize, SeedError, seed};
use portico_service::Store;

fn small(seed: u64) -> DemoSize {
    DemoSize { clients: 3, members: Some(6), items: 30, seed, ..DemoSize::default() }
}

#[test]
fn the_default_demo_has_the_size_and_the_people_it_tells_of() {
    let store = Store::in_memory().unwrap();
    let demo = seed(&store, &DemoSize::default()).unwrap();
    assert_eq!(demo.clients, 24);
    assert!(demo.members > 900, "{}", demo.members);
    let roles: Vec<&str> = demo.accounts.iter().flat_map(|account| account.roles.iter().copied()).collect();
    assert_eq!(roles, ["provider admin", "service user", "service user", "end user", "end user"]);
    // 223 for the provider admin: 214 in sight, 6 in the archive, 3 in the trash.
    assert_eq!(demo.accounts[0].items, 61 + 6 + 3 + 128 + 25);
    assert!(demo.accounts[3].items > 300, "{}", demo.accounts[3].items);
}

#[test]
fn the_same_seed_tells_the_same_story_and_another_seed_another() {
    let told = |size: &DemoSize| {
        let demo = seed(&Store::in_memory().unwrap(), size).unwrap();
        (demo.provider.id, demo.members, demo.items)
    };
    assert_eq!(told(&small(1)), told(&small(1)));
    assert_ne!(told(&small(1)).0, told(&small(2)).0);
}

#[test]
fn what_was_asked_for_is_what_is_made() {
    let demo = seed(&Store::in_memory().unwrap(), &small(1)).unwrap();
    assert_eq!((demo.clients, demo.members), (3, 18));
    let json = serde_json::to_value(&demo).unwrap();
    assert_eq!(json["accounts"][0]["roles"][0], "provider admin");
    assert_eq!(json["provider"]["name"], "Brightwater IT");
    assert!(json["items"].is_u64());
}

#[test]
fn a_second_demo_does_not_mix_with_the_first() {
    let store = Store::in_memory().unwrap();
    seed(&store, &small(1)).unwrap();
    assert!(matches!(seed(&store, &small(1)), Err(SeedError::AlreadyThere)));
}

#[test]
fn impossible_sizes_are_refused_before_any_work() {
    for size in [
        DemoSize { clients: 0, ..DemoSize::default() },
        DemoSize { clients: DemoSize::MAX_CLIENTS + 1, ..DemoSize::default() },
        DemoSize { members: Some(2), ..DemoSize::default() },
        DemoSize { items: DemoSize::MAX_ITEMS + 1, ..DemoSize::default() },
    ] {
        assert!(matches!(seed(&Store::in_memory().unwrap(), &size), Err(SeedError::Size { .. })), "{size:?}");
    }
}
