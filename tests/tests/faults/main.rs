//! Every request of a sync meets every fault: never a crash, a hang, a loss or half a picture; and afterwards a sync
//! without faults heals everything.
#![allow(clippy::unwrap_used)] // A test may panic.

#[path = "../demo/mod.rs"]
mod demo;

mod again;
mod cancelling;
mod deeds;
mod documented;
mod hub;
mod logs;
mod looking;
mod mutations;
mod signing_in;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use demo::{Demo, PROVIDER_ADMIN, read_all};
use portico_client::{
    ApiClient, CancellationToken, ConnectOptions, Device, PaceLimits, Patience, ServerUrls, SyncError,
    SyncOptions, SyncReport, sync,
};
use portico_demo::DemoSize;
use portico_profile::{Profile, Unlocked};
use portico_tests::proxy::{self, FAULTS, Fault, FaultProxy, Place};
use uuid::Uuid;

/// Each walks over its share of the requests, with a service and a profile of its own.
const WALKERS: usize = 4;
/// Longer than any sync here takes on a machine that does ten other things.
const HANGS: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_sync_meets_every_fault() {
    let walks: Vec<_> = (0..WALKERS).map(|walker| tokio::spawn(walk(walker))).collect();
    let mut met = 0;
    for walk in walks {
        met += walk.await.unwrap();
    }
    // Token, revision, vault, provider, list, team, log; of three organizations five reads and a log each.
    assert!(met >= 20 * FAULTS.len(), "{met}");
}

async fn walk(walker: usize) -> usize {
    let there = There::new().await;
    there.clean_sync().await;
    let targets = there.targets().await;
    let mut met = 0;
    for (step, target) in targets.iter().enumerate().filter(|(step, _)| step % WALKERS == walker) {
        for (number, fault) in FAULTS.into_iter().enumerate() {
            there.meets(Place::Always(target.clone()), fault).await;
            met += 1;
            // Some of them once as well: repeating the request helps.
            if (step + number).is_multiple_of(7) {
                there.meets(Place::Once(target.clone()), fault).await;
            }
        }
        there.clean_sync().await;
    }
    met
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_sync_shows_nothing_or_all_that_it_could_read() {
    let there = There::new().await;
    let session = there.unlocked.open_session(Duration::from_secs(3600)).unwrap();
    let targets = there.targets().await;
    assert!(there.unlocked.picture().head().is_some(), "finding the requests was a sync");
    let signed_in = There::new_beside(&there).await;
    let faults = [Fault::CutInBody, Fault::Instead(200, "nonsense"), Fault::Instead(503, "nothing")];
    for (number, target) in targets.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        copy(signed_in.0.path(), folder.path());
        let profile = Profile::open(folder.path()).unwrap();
        let unlocked = profile.unlock_with_session(there.unlocked.account(), &signed_in.1).unwrap();
        there.proxy.harm(Place::Always(target.clone()), faults[number % faults.len()]);
        match there.sync_through_the_proxy(&unlocked).await {
            Err(_) => assert!(unlocked.picture().head().is_none(), "{target}"),
            Ok(report) => {
                let shown = Shown::of(&unlocked);
                assert_eq!(shown.clients.len() + report.failed.len(), 3, "{target}: {report:?}");
                assert!(report.failed.iter().all(|failed| !shown.clients.contains_key(&failed.organization)));
            }
        }
        let report = there.demo.sync(&profile, &unlocked).await.unwrap();
        assert!(report.failed.is_empty());
        assert_eq!((read_all(&unlocked.picture()).clients, Shown::of(&unlocked).clients.len()), (2, 3));
    }
    drop(session);
}

/// A service with a proxy before it, and a profile that reads it through the proxy or past it.
pub struct There {
    demo: Demo,
    proxy: FaultProxy,
    profile: Profile,
    unlocked: Unlocked,
    _folder: tempfile::TempDir,
    round: std::sync::atomic::AtomicU64,
}

impl There {
    async fn new() -> Self {
        let size = DemoSize { clients: 2, members: Some(4), items: 5, ..DemoSize::default() };
        let demo = Demo::start(&size).await;
        let proxy = FaultProxy::before(demo.base()).await;
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let unlocked = demo.sign_in(&profile, PROVIDER_ADMIN).await;
        let round = std::sync::atomic::AtomicU64::new(0);
        let there = Self { demo, proxy, profile, unlocked, _folder: folder, round };
        there.next_round();
        there
    }

    /// A profile of the same account in which nothing was read yet, closed, and a key to it.
    async fn new_beside(there: &Self) -> (tempfile::TempDir, portico_profile::SessionKey) {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let unlocked = there.demo.sign_in(&profile, PROVIDER_ADMIN).await;
        let key = unlocked.open_session(Duration::from_secs(3600)).unwrap();
        (folder, key)
    }

    /// Everything that a full sync asks for, each once, in the order of the first time.
    async fn targets(&self) -> Vec<String> {
        self.proxy.harm(Place::Nowhere, Fault::CutBefore);
        self.sync_through_the_proxy(&self.unlocked).await.unwrap();
        let mut seen = BTreeSet::new();
        let targets: Vec<String> =
            self.proxy.asked().into_iter().filter(|target| seen.insert(target.clone())).collect();
        assert!(targets.len() >= 20, "{targets:#?}");
        targets
    }

    /// Something happened on the server; then a full sync meets a fault.
    async fn meets(&self, place: Place, fault: Fault) {
        let what = format!("{place:?} {fault:?}");
        let before = Shown::of(&self.unlocked);
        let round = self.next_round();
        self.proxy.harm(place, fault);
        let outcome = self.sync_through_the_proxy(&self.unlocked).await;
        let after = Shown::of(&self.unlocked);
        let Ok(report) = outcome else {
            assert_eq!(after, before, "{what}: a sync that ended early changed something");
            assert!(!self.unlocked.refresh().unwrap(), "{what}");
            return;
        };
        assert_eq!(after.items, before.items, "{what}");
        assert_eq!(after.clients.len(), before.clients.len(), "{what}");
        let failed: BTreeSet<Uuid> = report.failed.iter().map(|failed| failed.organization).collect();
        assert_eq!(report.clients_read as usize + failed.len(), after.clients.len(), "{what}");
        for (id, client) in &after.clients {
            let freshness = self.unlocked.picture().freshness(*id);
            assert_eq!(freshness.stale.is_some(), failed.contains(id), "{what}: {id}");
            assert_eq!(freshness.failed_at.is_some(), failed.contains(id), "{what}: {id}");
            if failed.contains(id) {
                assert_eq!(client, &before.clients[id], "{what}: its last picture stays");
            } else {
                assert_eq!(client.round, round, "{what}: {id}");
            }
        }
    }

    /// Past the proxy, as a person would: what changed, failed or is old. Nothing stays behind of any fault.
    async fn clean_sync(&self) {
        let round = self.next_round();
        let report = self.demo.sync(&self.profile, &self.unlocked).await.unwrap();
        assert!(report.failed.is_empty(), "{:?}", report.failed);
        let shown = Shown::of(&self.unlocked);
        assert!(shown.clients.values().all(|client| client.round == round), "{shown:?}");
        let picture = self.unlocked.picture();
        assert!(shown.clients.keys().all(|id| picture.freshness(*id).stale.is_none()));
        assert_eq!(read_all(&picture).clients, 2);
    }

    fn api_through_the_proxy(&self, idle: Duration, whole: Duration) -> ApiClient {
        api_through(&self.proxy, idle, whole)
    }

    /// As impatient as a sync here is.
    fn impatient_api(&self) -> ApiClient {
        self.api_through_the_proxy(Duration::from_millis(150), Duration::from_millis(400))
    }

    async fn sync_through_the_proxy(&self, unlocked: &Unlocked) -> Result<SyncReport, SyncError> {
        let options = SyncOptions { full: true, ..SyncOptions::default() };
        self.sync_as(&options, unlocked).await
    }

    async fn sync_as(&self, options: &SyncOptions, unlocked: &Unlocked) -> Result<SyncReport, SyncError> {
        let (client, stop) = (self.impatient_api(), CancellationToken::new());
        let syncing = sync(&client, unlocked, options, &|_| {}, &stop);
        tokio::time::timeout(HANGS, syncing).await.expect("a sync hangs")
    }

    /// Marks everything in every organization with a new number, all at once.
    fn next_round(&self) -> u64 {
        let round = self.round.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
        let mark = format!("Round {round}");
        let mut database = self.demo.database();
        let transaction = database.transaction().unwrap();
        let clients = "id IN (SELECT organization_id FROM provider_organizations)";
        let name = format!("UPDATE organizations SET name = ?1 WHERE {clients}");
        transaction.execute(&name, [&mark]).unwrap();
        for table in ["members", "groups", "collections"] {
            let sql = format!("UPDATE {table} SET external_id = ?1");
            assert!(transaction.execute(&sql, [&mark]).unwrap() > 0, "{table}");
        }
        transaction.commit().unwrap();
        round
    }
}

fn api_through(proxy: &FaultProxy, idle: Duration, whole: Duration) -> ApiClient {
    let options = ConnectOptions {
        pace: Some(PaceLimits { first_backoff: Duration::from_millis(1), ..PaceLimits::LOOPBACK }),
        patience: Patience { connect: Duration::from_secs(5), idle, whole },
        ..ConnectOptions::new(Device { identifier: Uuid::nil() })
    };
    ApiClient::new(ServerUrls::of_base(&proxy.base), &options).unwrap()
}

/// What a reader sees.
#[derive(Debug, PartialEq)]
struct Shown {
    head: Option<u64>,
    items: usize,
    clients: BTreeMap<Uuid, Client>,
}

#[derive(Debug, PartialEq)]
struct Client {
    round: u64,
    members: usize,
    groups: usize,
    collections: usize,
    policies: usize,
}

impl Shown {
    fn of(unlocked: &Unlocked) -> Self {
        let picture = unlocked.picture();
        let rows = picture.providers().unwrap().iter().flat_map(|provider| &provider.rows);
        let own = picture.organizations().unwrap();
        let own = own.iter().filter(|own| own.is_administered_as_member()).map(|own| own.id);
        let ids: BTreeSet<Uuid> = rows.map(|row| row.organization_id).chain(own).collect();
        let clients = ids.into_iter().filter_map(|id| {
            let client = picture.client(id).unwrap()?;
            let members = client.members.iter().map(|member| member.external_id.clone());
            let groups = client.groups.iter().map(|group| group.external_id.clone());
            let collections = client.collections.iter().map(|collection| collection.external_id.clone());
            let rounds: BTreeSet<Option<String>> = members.chain(groups).chain(collections).collect();
            assert!(rounds.len() == 1, "half a picture: {rounds:?}");
            let round = rounds.into_iter().next().flatten().unwrap_or_else(|| "Round 0".to_owned());
            if client.organization.name.starts_with("Round ") {
                assert_eq!(client.organization.name, round, "half a picture");
            }
            let client = Client {
                round: round["Round ".len()..].parse().unwrap(),
                members: client.members.len(),
                groups: client.groups.len(),
                collections: client.collections.len(),
                policies: client.policies.len(),
            };
            Some((id, client))
        });
        let clients = clients.collect();
        let items = picture.items().iter().filter(|item| picture.item(item.id).is_ok()).count();
        assert_eq!(items, picture.items().len(), "every item opens");
        Self { head: picture.head().map(|head| head.number.0), items, clients }
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            std::fs::create_dir_all(&to).unwrap();
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}
