//! A sync of what changed, and a client that is tried again after it failed, meet a fault at each of their requests. What is
//! shown is a whole picture, of before or of now; and without the fault the same ends whole.

use std::collections::BTreeSet;

use portico_client::{SyncOptions, SyncScope};
use uuid::Uuid;

use crate::proxy::{Fault, Place};
use crate::{Shown, There};

/// One of a kind; a sync of everything meets all of them at each request.
const FAULTS: [Fault; 7] = [
    Fault::CutInBody,
    Fault::Silence,
    Fault::Late,
    Fault::Truncated,
    Fault::Instead(200, "object"),
    Fault::Instead(429, "object"),
    Fault::Instead(503, "nothing"),
];

/// Every second or third of them, and at the next request the others.
fn share(step: usize, of: usize) -> impl Iterator<Item = Fault> {
    FAULTS
        .into_iter()
        .enumerate()
        .filter(move |(number, _)| (step + number).is_multiple_of(of))
        .map(|(_, fault)| fault)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_sync_of_what_changed_meets_a_fault() {
    let there = There::new().await;
    there.clean_sync().await;
    let usual = SyncOptions::default();
    let round = there.next_round();
    let targets = there.asked_by(&usual).await;
    assert!(there.shows(round), "nothing else is to be looked at");
    for (step, target) in targets.iter().enumerate() {
        for fault in share(step, 3) {
            let what = format!("{target} {fault:?}");
            let (before, round) = (Shown::of(&there.unlocked), there.next_round());
            there.proxy.harm(Place::Always(target.clone()), fault);
            let outcome = there.sync_as(&usual, &there.unlocked).await;
            let after = Shown::of(&there.unlocked);
            let Ok(report) = outcome else {
                assert_eq!(after, before, "{what}: a sync that ended early changed something");
                continue;
            };
            assert_eq!(after.items, before.items, "{what}");
            let failed: BTreeSet<Uuid> = report.failed.iter().map(|failed| failed.organization).collect();
            let all = report.clients_read as usize + failed.len() + report.clients_left as usize;
            assert_eq!((all, after.clients.len()), (3, 3), "{what}: {report:?}");
            let mut left = 0;
            for (id, client) in &after.clients {
                let is_now = client.round == round;
                assert!(is_now || client == &before.clients[id], "{what}: {id}");
                assert!(!(is_now && failed.contains(id)), "{what}: {id}");
                let stale = there.unlocked.picture().freshness(*id).stale;
                assert_eq!(stale.is_some(), failed.contains(id), "{what}: {id}");
                left += u32::from(!is_now && !failed.contains(id));
            }
            assert_eq!(left, report.clients_left, "{what}: what was left has its old picture");
        }
        there.clean_sync().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_is_tried_again_meets_a_fault_at_each_request() {
    let there = There::new().await;
    there.clean_sync().await;
    let id = there.unlocked.picture().providers().unwrap()[0].rows[0].organization_id;
    let members = format!("GET /api/organizations/{id}/users?includeGroups=true&includeCollections=true");
    let again = SyncOptions { scope: SyncScope::Clients(vec![id]), ..SyncOptions::default() };
    let targets = there.asked_by(&again).await;
    assert!(targets.contains(&members) && targets.len() >= 6, "{targets:#?}");
    for (step, target) in targets.iter().enumerate() {
        for fault in share(step, 2) {
            let what = format!("{target} {fault:?}");
            there.proxy.harm(Place::Always(members.clone()), Fault::Instead(500, "object"));
            let report = there.sync_through_the_proxy(&there.unlocked).await.unwrap();
            assert_eq!(report.failed.len(), 1, "{what}");
            let (before, round) = (Shown::of(&there.unlocked), there.next_round());

            there.proxy.harm(Place::Always(target.clone()), fault);
            let outcome = there.sync_as(&again, &there.unlocked).await;
            let after = Shown::of(&there.unlocked);
            let is_read = outcome.as_ref().is_ok_and(|report| report.clients_read == 1);
            let stale = there.unlocked.picture().freshness(id).stale;
            assert_eq!(stale.is_none(), is_read, "{what}: {outcome:?}");
            for (other, client) in &after.clients {
                let is_now = is_read && *other == id;
                assert!(
                    if is_now { client.round == round } else { client == &before.clients[other] },
                    "{what}"
                );
            }

            there.proxy.harm(Place::Nowhere, fault);
            let report = there.sync_as(&again, &there.unlocked).await.unwrap();
            assert_eq!((report.clients_read, report.failed.len()), (1, 0), "{what}: again");
            assert_eq!(Shown::of(&there.unlocked).clients[&id].round, round, "{what}: again");
            assert_eq!(there.unlocked.picture().freshness(id).stale, None, "{what}: again");
        }
    }
}

impl There {
    /// Everything that such a sync asks for, each once.
    async fn asked_by(&self, options: &SyncOptions) -> Vec<String> {
        self.proxy.harm(Place::Nowhere, Fault::CutBefore);
        self.sync_as(options, &self.unlocked).await.unwrap();
        let mut seen = BTreeSet::new();
        self.proxy.asked().into_iter().filter(|target| seen.insert(target.clone())).collect()
    }

    fn shows(&self, round: u64) -> bool {
        Shown::of(&self.unlocked).clients.values().all(|client| client.round == round)
    }
}
