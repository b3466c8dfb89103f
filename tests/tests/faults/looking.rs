//! What is looked at without a sync meets every fault at each request: who was granted a client's collections, which is asked
//! for once because the server logs it, and whether a provider changed.

use std::collections::BTreeSet;

use portico_client::{
    CancellationToken, OpenedCollection, open_collections, poll_provider, take_collections,
};
use portico_tests::proxy::{FAULTS, Fault, Place};

use crate::{HANGS, Shown, There};

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
