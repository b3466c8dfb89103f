//! What is looked at without a sync meets every fault at each request: who was granted a client's collections, which is asked
//! for once because the server logs it, and whether a provider changed.

use std::collections::BTreeSet;
use std::time::Duration;

use portico_client::{
    ApiClient, CancellationToken, ConnectOptions, Device, OpenedCollection, PaceLimits, ServerUrls,
    SyncOptions, SyncScope, is_opened_due, open_collections, poll_provider, sync, take_collections,
};
use portico_tests::proxy::{FAULTS, Fault, Place};
use uuid::Uuid;

use crate::{HANGS, Shown, There};

/// How long a client of here leaves the server alone at most.
const REST: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_is_not_looked_at_while_the_server_wants_to_be_left_alone() {
    let there = There::new().await;
    there.clean_sync().await;
    let id = there.unlocked.picture().providers().unwrap()[0].rows[0].organization_id;
    let options = ConnectOptions {
        pace: Some(PaceLimits { longest_pause: REST, ..PaceLimits::LOOPBACK }),
        ..ConnectOptions::new(Device { identifier: Uuid::nil() })
    };
    let api = ApiClient::new(ServerUrls::of_base(&there.proxy.base), &options).unwrap();
    let is_due = |api: &ApiClient| is_opened_due(api, &there.unlocked, id, Duration::ZERO).unwrap();
    let look = SyncOptions { scope: SyncScope::Opened(id), ..SyncOptions::default() };
    let looks = async || {
        let stop = CancellationToken::new();
        let looking = sync(&api, &there.unlocked, &look, &|_| {}, &stop);
        let _ = tokio::time::timeout(HANGS, looking).await.expect("a look hangs");
    };
    there.proxy.harm(Place::Nowhere, Fault::CutBefore);
    looks().await;
    let target = there.proxy.asked().remove(0);
    assert!(is_due(&api));

    there.proxy.harm(Place::Always(target), Fault::Instead(429, "rest"));
    looks().await;
    assert!(!there.proxy.asked().is_empty() && !is_due(&api));
    assert!(is_due(&there.demo.client(&there.profile)), "it is the connection that was told to wait");
    there.proxy.harm(Place::Nowhere, Fault::CutBefore);
    looks().await;
    assert_eq!(there.proxy.asked(), [""; 0], "who looks all the same asks nobody");
    tokio::time::sleep(REST).await;
    assert!(is_due(&api), "after the pause");
    looks().await;
    assert!(!there.proxy.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opening_collections_meets_every_fault() {
    let there = There::new().await;
    there.clean_sync().await;
    let id = there.unlocked.picture().providers().unwrap()[0].rows[0].organization_id;
    let target = format!("GET /api/organizations/{id}/collections/details");
    let (clean, stop) = (there.demo.client(&there.profile), CancellationToken::new());
    let ids = |read: &[OpenedCollection]| read.iter().map(|one| one.id).collect::<BTreeSet<_>>();
    let there_are = open_collections(&clean, &there.unlocked, id, &stop).await.unwrap();
    assert!(!there_are.is_empty());
    for fault in FAULTS {
        let before = Shown::of(&there.unlocked);
        there.proxy.harm(Place::Always(target.clone()), fault);
        let api = there.impatient_api();
        let opening = open_collections(&api, &there.unlocked, id, &stop);
        let outcome = tokio::time::timeout(HANGS, opening).await.expect("opening hangs");
        assert_eq!(there.proxy.asked(), [target.as_str()], "{fault:?}: each look is logged");
        match &outcome {
            Ok(read) => assert_eq!(ids(read), ids(&there_are), "{fault:?}: half of them"),
            Err(_) => assert_ne!(fault, Fault::Twice, "the first answer is whole"),
        }
        assert_eq!(Shown::of(&there.unlocked), before, "{fault:?}: looking changes nothing");
    }
    let read = open_collections(&clean, &there.unlocked, id, &stop).await.unwrap();
    assert_eq!(ids(&read), ids(&there_are));
    assert!(take_collections(&there.unlocked, id, &read, &stop).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_at_a_provider_meets_every_fault() {
    let there = There::new().await;
    there.clean_sync().await;
    let provider = there.demo.accounts.provider.id;
    let (clean, stop) = (there.demo.client(&there.profile), CancellationToken::new());
    there.next_round();
    there.proxy.harm(Place::Nowhere, Fault::CutBefore);
    assert!(poll_provider(&there.impatient_api(), &there.unlocked, provider, &stop).await.unwrap());
    let mut seen = BTreeSet::new();
    let asked = there.proxy.asked();
    let targets: Vec<&String> = asked.iter().filter(|target| seen.insert(*target)).collect();
    assert!(targets.len() >= 3 + 2 * 5, "the provider, and the clients that changed: {targets:#?}");
    for (step, target) in targets.into_iter().enumerate() {
        // The first three are asked for whether or not something changed; what follows has most faults in a sync.
        for (number, fault) in FAULTS.into_iter().enumerate() {
            if !(step + number).is_multiple_of(if step < 3 { 2 } else { 6 }) {
                continue;
            }
            let what = format!("{target} {fault:?}");
            let (before, round) = (Shown::of(&there.unlocked), there.next_round());
            there.proxy.harm(Place::Always(target.clone()), fault);
            let api = there.impatient_api();
            let looking = poll_provider(&api, &there.unlocked, provider, &stop);
            let outcome = tokio::time::timeout(HANGS, looking).await.expect("looking hangs");
            let after = Shown::of(&there.unlocked);
            assert_eq!((after.items, after.clients.len()), (before.items, before.clients.len()), "{what}");
            for (id, client) in &after.clients {
                let is_as_before = client == &before.clients[id];
                assert!(is_as_before || client.round == round, "{what}: {id}");
            }
            if matches!(outcome, Ok(false) | Err(_)) {
                assert_eq!(after, before, "{what}: {outcome:?}");
            }
            there.proxy.harm(Place::Nowhere, fault);
            poll_provider(&clean, &there.unlocked, provider, &stop).await.unwrap();
        }
        there.clean_sync().await;
    }
}
