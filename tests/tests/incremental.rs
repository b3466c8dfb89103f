//! What a sync reads again, against the real service: what changed, what was opened or pinned, what failed; what a sync
//! that was stopped leaves for the next; and the logs.
#![allow(clippy::unwrap_used)] // A test may panic.

mod demo;

use std::collections::BTreeSet;
use std::time::Duration;

use demo::{Demo, PROVIDER_ADMIN, read_all};
use portico_client::{
    CancellationToken, SyncError, SyncOptions, SyncPhase, SyncProgress, SyncReport, open_collections, sync,
    take_collections,
};
use portico_demo::DemoSize;
use portico_profile::{EventStream, Profile, Unlocked};
use uuid::Uuid;

struct There {
    demo: Demo,
    profile: Profile,
    unlocked: Unlocked,
    _folder: tempfile::TempDir,
}

/// Eight clients, of which a sync reads none without a reason.
async fn there() -> There {
    let size = DemoSize { clients: 8, members: Some(6), items: 20, ..DemoSize::default() };
    let demo = Demo::start(&size).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    profile.change_settings(|settings| settings.sync_budget = 0).unwrap();
    let unlocked = demo.sign_in(&profile, PROVIDER_ADMIN).await;
    There { demo, profile, unlocked, _folder: folder }
}

impl There {
    /// Syncs, and tells which clients were read.
    async fn read(&self, options: &SyncOptions) -> (SyncReport, Vec<String>) {
        let names = std::sync::Mutex::new(Vec::new());
        let tell = |step: SyncProgress| {
            let mut names = names.lock().unwrap();
            let new = step.client.filter(|name| !names.contains(name));
            names.extend(new);
        };
        let report = self.sync(options, &tell, &CancellationToken::new()).await.unwrap();
        let names = names.into_inner().unwrap();
        assert_eq!(report.clients_read as usize, names.len());
        (report, names)
    }

    async fn sync(
        &self,
        options: &SyncOptions,
        tell: &(dyn Fn(SyncProgress) + Sync),
        stop: &CancellationToken,
    ) -> Result<SyncReport, SyncError> {
        sync(&self.demo.client(&self.profile), &self.unlocked, options, tell, stop).await
    }

    fn client(&self, at: usize) -> (Uuid, String) {
        let picture = self.unlocked.picture();
        let mut rows: Vec<_> = picture.providers().unwrap()[0]
            .rows
            .iter()
            .map(|row| (row.name.clone(), row.organization_id))
            .collect();
        rows.sort();
        let (name, id) = rows.swap_remove(at);
        (id, name)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_there_is_a_reason_for_is_read_again() {
    let there = there().await;
    let usual = SyncOptions::default();
    let (report, _) = there.read(&usual).await;
    // The clients and the provider's own organization.
    assert_eq!((report.clients_read, report.clients_left), (9, 0));
    let (report, read) = there.read(&usual).await;
    assert_eq!((report.clients_left, report.vault_read, read.len()), (9, false, 0));
    assert_eq!(report.head, there.unlocked.picture().head().unwrap().number);

    // One more seat shows in the provider's list.
    let (id, name) = there.client(2);
    let sql = "UPDATE organizations SET seats = seats + 1 WHERE id = ?1";
    assert_eq!(there.demo.database().execute(sql, [id.as_bytes().as_slice()]).unwrap(), 1);
    assert_eq!(there.read(&usual).await.1, [name]);
    assert!(there.read(&usual).await.1.is_empty());

    // Opened by a person, pinned, both.
    let ((opened, opened_name), (pinned, pinned_name)) = (there.client(5), there.client(1));
    let looking = SyncOptions { opened: [opened].into(), ..usual.clone() };
    assert_eq!(there.read(&looking).await.1, std::slice::from_ref(&opened_name));
    there.unlocked.set_pinned(pinned, true).unwrap();
    assert_eq!(there.read(&usual).await.1, std::slice::from_ref(&pinned_name));
    assert_eq!(there.read(&looking).await.1, [pinned_name, opened_name]);
    there.unlocked.set_pinned(pinned, false).unwrap();

    let everything = SyncOptions { full: true, ..usual };
    let (report, read) = there.read(&everything).await;
    assert_eq!((read.len(), report.vault_read), (9, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_log_hints_at_what_its_people_did() {
    let there = there().await;
    let usual = SyncOptions::default();
    there.read(&usual).await;
    let provider = there.unlocked.picture().providers().unwrap()[0].provider.id;
    let log = there.unlocked.events(EventStream::Provider(provider)).unwrap();
    assert!(!log.events.is_empty() && log.gaps.is_empty());
    let (id, name) = there.client(3);
    let of_client = there.unlocked.events(EventStream::Organization(id)).unwrap();
    assert!(of_client.events.iter().all(|event| event.organization_id == Some(id)));

    // A policy is changed; the list of clients does not show it, the log does.
    let insert = |kind: i32| {
        let sql = "INSERT INTO events (date, type, organization_id, provider_id)
                   SELECT max(date) + 1000000, ?1, ?2, ?3 FROM events";
        let ids = rusqlite::params![kind, id.as_bytes().as_slice(), provider.as_bytes().as_slice()];
        assert_eq!(there.demo.database().execute(sql, ids).unwrap(), 1);
    };
    insert(1700);
    let (report, read) = there.read(&usual).await;
    assert_eq!(read, [name]);
    // In the provider's log, and in the client's.
    assert_eq!(report.events, 2);
    let (report, read) = there.read(&usual).await;
    assert_eq!((report.events, read.len()), (0, 0), "an event hints once");
    insert(1603);
    let (report, read) = there.read(&usual).await;
    assert_eq!((report.events, read.len()), (1, 0), "a look changes nothing");
    let after = there.unlocked.events(EventStream::Provider(provider)).unwrap();
    assert_eq!(after.events.len(), log.events.len() + 2);
    let kinds: Vec<i32> = after.events.iter().take(2).map(|event| event.kind.0).collect();
    assert_eq!(kinds, [1603, 1700], "newest first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_user_has_no_log_and_syncs_all_the_same() {
    let there = there().await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = there.demo.sign_in(&profile, "service user").await;
    let report = there.demo.sync(&profile, &unlocked).await.unwrap();
    assert_eq!(report.failed.len(), 0);
    let provider = unlocked.picture().providers().unwrap()[0].provider.id;
    assert!(unlocked.events(EventStream::Provider(provider)).unwrap().events.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stopped_sync_read_is_not_read_again() {
    let there = there().await;
    let usual = SyncOptions::default();
    let stop = CancellationToken::new();
    let stop_after_five = |step: SyncProgress| {
        if step.phase == SyncPhase::Clients && step.done == 5 {
            stop.cancel();
        }
    };
    assert!(there.sync(&usual, &stop_after_five, &stop).await.unwrap_err().is_cancelled());
    assert!(there.unlocked.picture().head().is_none(), "nobody sees any of it");
    let unfinished = there.unlocked.unfinished_sync().unwrap().unwrap();
    assert!((4..=5).contains(&unfinished.clients_read), "{unfinished:?}");

    let (report, read) = there.read(&usual).await;
    assert_eq!(report.clients_taken_up as usize, unfinished.clients_read);
    assert_eq!(read.len() + unfinished.clients_read, 9);
    assert_eq!(report.clients_left, report.clients_taken_up);
    let readable = read_all(&there.unlocked.picture());
    assert_eq!((readable.clients, readable.own), (8, 1));
    assert!(there.unlocked.unfinished_sync().unwrap().is_none());
    let picture = there.unlocked.picture();
    assert!(picture.providers().unwrap()[0].rows.iter().all(|row| row.freshness.stale.is_none()));
}

/// What is left of a damaged structure is no whole one: a head that is made of it would say that the rest is gone.
#[tokio::test(flavor = "multi_thread")]
async fn opened_collections_go_into_no_damaged_structure() {
    let there = there().await;
    there.read(&SyncOptions::default()).await;
    let (id, _) = there.client(0);
    let (client, stop) = (there.demo.client(&there.profile), CancellationToken::new());
    let opened = open_collections(&client, &there.unlocked, id, &stop).await.unwrap();
    let There { demo, profile, unlocked, _folder: folder } = there;
    let (account, key) = (unlocked.account(), unlocked.open_session(Duration::from_secs(3600)).unwrap());
    drop(unlocked);
    let file = folder.path().join("accounts").join(account.to_string()).join("cache.sqlite3");
    let database = || rusqlite::Connection::open(&file).unwrap();
    let objects: Vec<(i64, Vec<u8>)> = {
        let (database, sql) = (database(), "SELECT id, sealed FROM object");
        let mut statement = database.prepare(sql).unwrap();
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    let set = |id: i64, sealed: &[u8]| {
        database().execute("UPDATE object SET sealed = ?2 WHERE id = ?1", (id, sealed)).unwrap();
    };
    let mut refused = 0;
    for (object, sealed) in &objects {
        set(*object, &vec![0; sealed.len()]);
        let unlocked = profile.unlock_with_session(account, &key).unwrap();
        let is_lost = unlocked.begin_intake().unwrap().lost().structure;
        if is_lost {
            let head = unlocked.picture().head();
            assert!(!take_collections(&unlocked, id, &opened, &stop).await.unwrap(), "object {object}");
            assert_eq!(unlocked.picture().head(), head, "object {object}");
            refused += 1;
        }
        drop(unlocked);
        set(*object, sealed);
    }
    assert!(refused >= 3, "the list, its provider, and what holds both: {refused}");
    let unlocked = profile.unlock_with_session(account, &key).unwrap();
    assert!(take_collections(&unlocked, id, &opened, &stop).await.unwrap(), "a whole one takes them");
    assert_eq!(read_all(&unlocked.picture()).clients, 8);
    drop(demo);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_opening_collections_brings_is_in_the_picture() {
    let there = there().await;
    there.read(&SyncOptions::default()).await;
    let (id, _) = there.client(0);
    let grants = || -> BTreeSet<(Uuid, Uuid)> {
        let client = there.unlocked.picture().client(id).unwrap().unwrap();
        client
            .members
            .iter()
            .flat_map(|member| member.collections.iter().map(|grant| (member.id, grant.id)))
            .chain(client.groups.iter().flat_map(|group| {
                group.collections.iter().map(|grant| (group.id, grant.id)).collect::<Vec<_>>()
            }))
            .collect()
    };
    let (client, stop) = (there.demo.client(&there.profile), CancellationToken::new());
    let before = (grants(), there.unlocked.picture().head());
    assert!(!before.0.is_empty());
    let opened = open_collections(&client, &there.unlocked, id, &stop).await.unwrap();
    assert!(take_collections(&there.unlocked, id, &opened, &stop).await.unwrap());
    assert_eq!((grants(), there.unlocked.picture().head()), before, "both ways tell the same");

    // Somebody loses all direct grants meanwhile.
    let sql = "DELETE FROM collection_members WHERE collection_id IN
               (SELECT id FROM collections WHERE organization_id = ?1)";
    assert!(there.demo.database().execute(sql, [id.as_bytes().as_slice()]).unwrap() > 0);
    let opened = open_collections(&client, &there.unlocked, id, &stop).await.unwrap();
    assert!(take_collections(&there.unlocked, id, &opened, &stop).await.unwrap());
    assert!(grants().len() < before.0.len());
    assert_eq!(read_all(&there.unlocked.picture()).clients, 8);
}
