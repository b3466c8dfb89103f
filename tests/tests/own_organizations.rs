//! Organizations that a person administers as a member, without a provider: read by a sync as far as the role allows,
//! and then offline too.
#![allow(clippy::unwrap_used)] // A test may panic.

mod demo;

use demo::{Demo, Readable, read_all};
use portico_client::{
    CancellationToken, SyncError, SyncOptions, SyncPhase, SyncProgress, SyncReport, SyncScope, sync,
};
use portico_demo::{DemoAccount, DemoSize};
use portico_estate::{ClientStructure, OwnOrganization};
use portico_profile::{Profile, Unlocked};
use portico_service::{Permission, Permissions};

const ABBOTT: &str = "Abbott & Lane Solicitors";

fn small() -> DemoSize {
    DemoSize { clients: 6, members: Some(12), items: 40, ..DemoSize::default() }
}

/// Owner of one client of the provider.
fn harriet(demo: &Demo) -> &DemoAccount {
    demo.accounts.accounts.iter().find(|account| account.name == "Harriet Abbott").unwrap()
}

fn abbott(unlocked: &Unlocked) -> OwnOrganization {
    let organizations = unlocked.picture().organizations().unwrap();
    organizations.into_iter().find(|organization| organization.name == ABBOTT).unwrap()
}

fn structure(unlocked: &Unlocked) -> ClientStructure {
    unlocked.picture().client(abbott(unlocked).id).unwrap().expect("it was read")
}

async fn sync_until(
    demo: &Demo,
    profile: &Profile,
    unlocked: &Unlocked,
    options: &SyncOptions,
    last: Option<(SyncPhase, u32)>,
) -> (Result<SyncReport, SyncError>, u32) {
    let stop = CancellationToken::new();
    let total = std::sync::atomic::AtomicU32::new(0);
    let progress = |step: SyncProgress| {
        total.fetch_max(step.total, std::sync::atomic::Ordering::SeqCst);
        if last == Some((step.phase, step.done)) {
            stop.cancel();
        }
    };
    let outcome = sync(&demo.client(profile), unlocked, options, &progress, &stop).await;
    (outcome, total.into_inner())
}

fn full() -> SyncOptions {
    SyncOptions { full: true, ..SyncOptions::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_reads_members_and_collections_offline_as_well() {
    let mut demo = Demo::start(&DemoSize::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = demo.sign_in_as(&profile, harriet(&demo)).await;
    let accesses = demo.vault_accesses();
    let (report, total) = sync_until(&demo, &profile, &unlocked, &full(), None).await;
    let report = report.unwrap();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!((report.clients_read, total, report.vault_read), (1, 1, true));
    assert_eq!(demo.vault_accesses(), accesses, "a sync opens no vault");

    let (organization, online) = (abbott(&unlocked), structure(&unlocked));
    let count = |table: &str| -> usize {
        let sql = format!("SELECT count(*) FROM {table} WHERE organization_id = ?1");
        let count: u32 =
            demo.database().query_row(&sql, [organization.id.as_bytes()], |row| row.get(0)).unwrap();
        count as usize
    };
    assert_eq!(
        (online.members.len(), online.groups.len(), online.collections.len()),
        (count("members"), count("groups"), count("collections"))
    );
    assert!(online.members.iter().any(|member| member.name.as_deref() == Some("Camille Rousseau")));
    assert!(
        online.collections.iter().any(|collection| collection.name.text() == Some("Land Registry portal"))
    );
    assert!(online.policies.iter().any(|policy| policy.enabled == Some(true)));
    assert_eq!(online.organization.plan_type.display_name(), Some("Enterprise (Monthly)"));

    let account = unlocked.account();
    let password = harriet(&demo).password;
    drop(unlocked);
    demo.stop().await;
    let unlocked = Profile::open(folder.path()).unwrap().unlock(account, password).unwrap();
    assert_eq!(structure(&unlocked), online);
    assert!(unlocked.picture().freshness(organization.id).read_at.is_some());
    let Readable { clients, own, .. } = read_all(&unlocked.picture());
    assert_eq!((clients, own), (0, 1));
    let picture = unlocked.picture();
    let found = portico_estate::search(picture.search_texts().unwrap(), "land registry", 5);
    assert_eq!(found[0].hits[0].client_name, ABBOTT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_member_of_two_organizations_reads_neither() {
    let demo = Demo::start(&small()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = demo.sign_in(&profile, "end user").await;
    assert_eq!(demo.sync(&profile, &unlocked).await.unwrap().clients_read, 0);
    let picture = unlocked.picture();
    let organizations = picture.organizations().unwrap();
    assert_eq!(organizations.len(), 2);
    for organization in organizations {
        assert!(picture.client(organization.id).unwrap().is_none());
        assert!(picture.freshness(organization.id).read_at.is_none());
    }
    assert!(picture.search_texts().unwrap().is_empty());

    // Nor when asked for by name.
    let wanted = SyncScope::Clients(picture.organizations().unwrap().iter().map(|one| one.id).collect());
    let options = SyncOptions { scope: wanted, ..SyncOptions::default() };
    let (report, _) = sync_until(&demo, &profile, &unlocked, &options, None).await;
    assert_eq!(report.unwrap().clients_read, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_sync_leaves_the_last_structure_and_trying_again_brings_the_new() {
    let demo = Demo::start(&small()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = demo.sign_in_as(&profile, harriet(&demo)).await;
    demo.sync(&profile, &unlocked).await.unwrap();
    let (before, id) = (structure(&unlocked), abbott(&unlocked).id);
    let sql = "UPDATE members SET external_id = 'moved' WHERE organization_id = ?1";
    assert!(demo.database().execute(sql, [id.as_bytes()]).unwrap() > 0);

    for last in [(SyncPhase::Clients, 0), (SyncPhase::Clients, 1), (SyncPhase::Saving, 0)] {
        let (outcome, _) = sync_until(&demo, &profile, &unlocked, &full(), Some(last)).await;
        assert!(outcome.unwrap_err().is_cancelled(), "{last:?}");
        assert_eq!(structure(&unlocked), before, "{last:?}");
        assert!(!unlocked.refresh().unwrap(), "on disk nothing moved either");
    }

    let options = SyncOptions { scope: SyncScope::Clients(vec![id]), ..SyncOptions::default() };
    let (report, total) = sync_until(&demo, &profile, &unlocked, &options, None).await;
    let report = report.unwrap();
    assert_eq!((report.clients_read, total, report.vault_read), (1, 1, false));
    let moved = |member: &portico_protocol::organization::OrganizationUserDetails| {
        member.external_id.as_deref() == Some("moved")
    };
    assert!(structure(&unlocked).members.iter().all(moved));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_refuses_nothing_that_a_role_reads() {
    let demo = Demo::start(&small()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = demo.sign_in_as(&profile, harriet(&demo)).await;
    demo.sync(&profile, &unlocked).await.unwrap();
    let (owned, id) = (structure(&unlocked), abbott(&unlocked).id);
    let become_a = |role: u8, rights: Permissions| {
        let sql = "UPDATE members SET type = ?1, permissions = ?2
                   WHERE organization_id = ?3 AND user_id = (SELECT id FROM users WHERE email = ?4)";
        let changed = rusqlite::params![role, rights, id.as_bytes(), harriet(&demo).email];
        assert_eq!(demo.database().execute(sql, changed).unwrap(), 1);
    };

    use Permission::{AccessEventLogs, EditAnyCollection, ManageGroups, ManagePolicies, ManageResetPassword};
    let everybody = owned.members.len();
    // Who may do no more than recover accounts is shown those who let that be done.
    let enrolled = owned.members.iter().filter(|member| member.reset_password_enrolled).count();
    let (all, none) = ((everybody, true, true, true), (0, false, false, false));
    for (role, rights, expected) in [
        (1, &[][..], all),
        (4, &[Permission::ManageUsers], (everybody, true, true, false)),
        (4, &[ManageGroups], (everybody, true, true, false)),
        (4, &[ManageResetPassword], (enrolled, false, false, false)),
        (4, &[EditAnyCollection], (0, false, true, false)),
        (4, &[ManagePolicies], (0, false, false, true)),
        (4, &[AccessEventLogs], none),
    ] {
        become_a(role, Permissions::of(rights));
        let (report, _) = sync_until(&demo, &profile, &unlocked, &full(), None).await;
        let report = report.unwrap();
        assert!(report.failed.is_empty() && report.clients_read == 1, "{rights:?}: {:?}", report.failed);
        let read = structure(&unlocked);
        // Somebody's role is another one now, so members are counted; all the rest is as the owner saw it, or empty.
        assert_eq!(
            (
                read.members.len(),
                read.groups == owned.groups,
                read.collections == owned.collections,
                read.policies == owned.policies
            ),
            expected,
            "{role} {rights:?}"
        );
        assert_eq!(read.organization.name, ABBOTT);
        assert_eq!(read.organization.use_groups, owned.organization.use_groups);
        assert_eq!(read.organization.billing_email, None, "which is for owners");
    }

    // A plain member keeps nothing of it.
    become_a(2, Permissions::NONE);
    let (report, _) = sync_until(&demo, &profile, &unlocked, &full(), None).await;
    assert_eq!(report.unwrap().clients_read, 0);
    assert!(unlocked.picture().client(id).unwrap().is_none());
}
