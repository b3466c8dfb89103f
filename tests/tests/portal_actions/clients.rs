//! Clients: made, taken over, changed, let go.

use portico_client::{
    ActionError, CancellationToken, ClientChange, ClientDraft, NewClient, PlanType, SyncError,
    add_existing_client, addable_organizations, create_client, take_in, unlink_client, update_client,
};
use portico_estate::{SeatPool, WhyNot};

use crate::demo::PROVIDER_ADMIN;
use crate::desk::{Desk, SERVICE_USER, go, mail, small_demo};

const OWNER: &str = "greta.lind@harbour.example";

fn harbour(seats: u32) -> NewClient {
    NewClient {
        name: "Harbour & Sons".to_owned(),
        owner_email: OWNER.to_owned(),
        plan: PlanType::TEAMS_MONTHLY,
        seats,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_client_is_there_at_once_and_opens_everywhere() {
    let demo = small_demo().await;
    let (admin, elsewhere) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, PROVIDER_ADMIN).await);
    let colleague = Desk::of(&demo, SERVICE_USER).await;
    let before = (admin.rows().len(), admin.assigned(PlanType::TEAMS_MONTHLY), admin.events(1900));

    let draft = ClientDraft::new(&admin.unlocked, admin.provider, "Default collection").unwrap();
    let made = create_client(&admin.api, &admin.unlocked, &draft, &harbour(7), go()).await.unwrap();
    made.picture.as_ref().unwrap();
    let client = made.value;
    assert!(!client.already);
    let row = admin.row("Harbour & Sons").unwrap();
    assert_eq!((row.organization_id, row.provider_organization_id), (client.organization, client.link));
    assert_eq!((row.assigned, row.used, row.plan.as_deref()), (Some(7), Some(1), Some("Teams")));
    let structure = admin.unlocked.picture().client(client.organization).unwrap().unwrap();
    assert_eq!(structure.members[0].email, OWNER);
    assert_eq!(structure.collections[0].name.text(), Some("Default collection"));
    let after = (admin.rows().len(), admin.assigned(PlanType::TEAMS_MONTHLY), admin.events(1900));
    assert_eq!(after, (before.0 + 1, before.1 + 7, before.2 + 1));

    // The same keys once more: nothing is made twice.
    let again = create_client(&admin.api, &admin.unlocked, &draft, &harbour(7), go()).await.unwrap();
    assert!(again.value.already);
    assert_eq!((again.value.organization, again.value.link), (client.organization, client.link));
    assert_eq!(admin.rows().len(), after.0);

    let key = admin.opens(client.organization);
    for other in [&elsewhere, &colleague] {
        other.sync(&demo).await;
        assert_eq!(other.opens(client.organization), key);
    }
    mail(&demo, "organizationInvitation", OWNER).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_is_renamed_and_resized_by_whoever_may() {
    let demo = small_demo().await;
    let (admin, colleague) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, SERVICE_USER).await);
    let row = admin.rows().remove(0);
    let (link, seats) = (row.provider_organization_id, u32::try_from(row.assigned.unwrap()).unwrap());

    let change = ClientChange { name: "Œuvre & Fils".to_owned(), assigned_seats: seats + 1 };
    update_client(&admin.api, &admin.unlocked, admin.provider, link, &change, go()).await.unwrap();
    let row = admin.row("Œuvre & Fils").unwrap();
    assert_eq!(row.assigned, Some(i32::try_from(seats + 1).unwrap()));
    let picture = admin.unlocked.picture();
    assert_eq!(picture.client(row.organization_id).unwrap().unwrap().organization.name, "Œuvre & Fils");
    let own = picture.organizations().unwrap();
    assert_eq!(own.iter().find(|own| own.id == row.organization_id).unwrap().name, "Œuvre & Fils");
    update_client(&admin.api, &admin.unlocked, admin.provider, link, &change, go()).await.unwrap();

    // A service user gives it a name, and may not buy seats.
    colleague.sync(&demo).await;
    let change = ClientChange { name: "Oeuvre".to_owned(), assigned_seats: seats + 1 };
    update_client(&colleague.api, &colleague.unlocked, colleague.provider, link, &change, go())
        .await
        .unwrap();
    assert!(colleague.row("Oeuvre").is_some());
    let greedy = ClientChange { name: "Oeuvre".to_owned(), assigned_seats: seats + 100_000 };
    let refused = update_client(&colleague.api, &colleague.unlocked, colleague.provider, link, &greedy, go());
    let refused = refused.await.unwrap_err();
    assert!(matches!(refused, ActionError::NotAllowed { .. }), "{refused:?}");
    assert_eq!(refused.message().unwrap().as_str(), "Service users cannot purchase additional seats.");
    assert_eq!(colleague.row("Oeuvre").unwrap().assigned, row.assigned, "nothing was changed");

    let draft = ClientDraft::new(&colleague.unlocked, colleague.provider, "x").unwrap();
    let refused = create_client(&colleague.api, &colleague.unlocked, &draft, &harbour(1), go()).await;
    assert!(matches!(refused.unwrap_err(), ActionError::NotAllowed { .. }));
}

/// "Of N bought" above the clients: what the subscription that is kept says, over all plans.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_paid_for_follows_a_purchase_at_once() {
    let demo = small_demo().await;
    let admin = Desk::of(&demo, PROVIDER_ADMIN).await;
    let paid_for = || -> i64 { admin.pools().iter().map(SeatPool::paid_for).sum() };
    let unassigned = || -> i64 { admin.pools().iter().map(SeatPool::unassigned).sum() };
    let assigned = || -> i64 { admin.rows().iter().filter_map(|row| row.assigned).map(i64::from).sum() };
    let before = (paid_for(), unassigned(), assigned());
    assert_eq!(before.0, before.1 + before.2, "each seat is given to a client or to nobody");
    let row = admin.rows().remove(0);
    let resize = async |seats: i64| {
        let change = ClientChange { name: row.name.clone(), assigned_seats: u32::try_from(seats).unwrap() };
        let link = row.provider_organization_id;
        update_client(&admin.api, &admin.unlocked, admin.provider, link, &change, go()).await.unwrap();
    };
    let seats = i64::from(row.assigned.unwrap());
    // More than all plans have left: whatever is beyond what this client's plan has left is bought.
    resize(seats + before.1 + 5).await;
    assert_eq!(assigned(), before.2 + before.1 + 5);
    assert!(paid_for() >= before.0 + 5, "{} after {}", paid_for(), before.0);
    assert_eq!(paid_for(), unassigned() + assigned());
    resize(seats).await;
    assert_eq!((paid_for(), unassigned(), assigned()), before, "given back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_without_owners_stays_and_another_is_let_go_once() {
    let demo = small_demo().await;
    let (admin, elsewhere) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, PROVIDER_ADMIN).await);
    let draft = ClientDraft::new(&admin.unlocked, admin.provider, "Default collection").unwrap();
    let made = create_client(&admin.api, &admin.unlocked, &draft, &harbour(2), go()).await.unwrap().value;
    let refused = unlink_client(&admin.api, &admin.unlocked, admin.provider, made.link, go()).await;
    let refused = refused.unwrap_err();
    assert_eq!(
        refused.message().unwrap().as_str(),
        "Organization must have at least one confirmed owner.",
        "its owner is only invited"
    );
    assert!(admin.row("Harbour & Sons").is_some());

    let owned = admin.rows().into_iter().find(|row| {
        let structure = admin.unlocked.picture().client(row.organization_id).unwrap().unwrap();
        structure.members.iter().any(|member| member.role.0 == 0 && member.status.0 == 2)
    });
    let owned = owned.expect("a client with an owner of its own");
    let link = owned.provider_organization_id;
    for _ in 0..2 {
        let gone = unlink_client(&admin.api, &admin.unlocked, admin.provider, link, go()).await.unwrap();
        gone.picture.unwrap();
        assert!(admin.row(&owned.name).is_none());
        assert_eq!(admin.events(1902), 1);
    }
    let picture = admin.unlocked.picture();
    assert!(picture.organizations().unwrap().iter().all(|own| own.id != owned.organization_id));
    elsewhere.sync(&demo).await;
    assert!(elsewhere.row(&owned.name).is_none() && elsewhere.row("Harbour & Sons").is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_own_organization_becomes_a_client_that_the_whole_team_opens() {
    let demo = small_demo().await;
    let (admin, colleague) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, SERVICE_USER).await);
    let addable = addable_organizations(&admin.api, &admin.unlocked, admin.provider, go()).await.unwrap();
    let own = addable.first().expect("the provider's own organization can be added").clone();
    assert!(!own.disabled && own.seats > 0);
    let key = *admin.unlocked.picture().organization_key(own.id).unwrap().unwrap().expose();
    assert!(colleague.unlocked.picture().client(own.id).unwrap().is_none());

    let (api, unlocked) = (&admin.api, &admin.unlocked);
    let added = add_existing_client(api, unlocked, admin.provider, own.id, go()).await.unwrap();
    assert!(!added.value.already);
    added.picture.unwrap();
    assert_eq!(admin.row(&own.name).unwrap().provider_organization_id, added.value.link);
    assert_eq!((admin.opens(own.id), admin.events(1901)), (key, 1));
    let again = add_existing_client(api, unlocked, admin.provider, own.id, go()).await.unwrap();
    assert_eq!((again.value.already, again.value.link), (true, added.value.link));

    colleague.sync(&demo).await;
    assert_eq!(colleague.opens(own.id), key, "its key was wrapped with the provider's");
}

/// Clients of a provider without consolidated billing go on paying for themselves (protocol.md §5.7).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_not_billed_takes_organizations_on_in_the_older_way() {
    let demo = small_demo().await;
    let change = |sql: &str| assert!(demo.database().execute(sql, []).unwrap() > 0, "{sql}");
    change("UPDATE providers SET status = 1");
    let (admin, colleague) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, SERVICE_USER).await);
    let (api, unlocked, provider) = (&admin.api, &admin.unlocked, admin.provider);
    let addable = addable_organizations(api, unlocked, provider, go()).await.unwrap();
    let own = addable.first().expect("the admin owns an organization that pays").clone();
    let key = *unlocked.picture().organization_key(own.id).unwrap().unwrap().expose();
    let on_the_service = || {
        let sql = "SELECT plan_type, status, seats FROM organizations WHERE id = ?1";
        let id = own.id.as_bytes().as_slice();
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        demo.database().query_row::<(i32, i32, i32), _, _>(sql, [id], row).unwrap()
    };
    let (_, status, seats) = on_the_service();
    assert_eq!(status, 1, "it has a subscription of its own");

    // What the server refuses is told in its words, and changes nothing.
    let set_plan = |plan: PlanType| {
        let sql = "UPDATE organizations SET plan_type = ?1 WHERE id = ?2";
        assert_eq!(demo.database().execute(sql, (plan.0, own.id.as_bytes().as_slice())).unwrap(), 1);
    };
    set_plan(PlanType::ENTERPRISE_ANNUALLY);
    let refused = add_existing_client(api, unlocked, provider, own.id, go()).await.unwrap_err();
    assert_eq!(
        refused.message().unwrap().as_str(),
        "Managed Service Providers cannot manage organizations with the plan type EnterpriseAnnually. Only Teams (Monthly) \
         and Enterprise (Monthly) are allowed."
    );
    assert!(admin.row(&own.name).is_none());
    set_plan(PlanType::ENTERPRISE_MONTHLY);

    let added = add_existing_client(api, unlocked, provider, own.id, go()).await.unwrap();
    assert!(!added.value.already);
    added.picture.unwrap();
    assert_eq!(admin.row(&own.name).unwrap().provider_organization_id, added.value.link);
    assert_eq!((admin.opens(own.id), admin.events(1901)), (key, 1));
    let unchanged = (PlanType::ENTERPRISE_MONTHLY.0, status, seats);
    assert_eq!(on_the_service(), unchanged, "nothing of its own subscription was changed");
    let again = add_existing_client(api, unlocked, provider, own.id, go()).await.unwrap();
    assert_eq!((again.value.already, again.value.link), (true, added.value.link));
    let addable = addable_organizations(api, unlocked, provider, go()).await.unwrap();
    assert!(addable.iter().all(|one| one.id != own.id), "it is a client already");

    colleague.sync(&demo).await;
    assert_eq!(colleague.opens(own.id), key, "its key was wrapped with the provider's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_done_while_a_sync_held_the_file_is_taken_in_later() {
    let demo = small_demo().await;
    let admin = Desk::of(&demo, PROVIDER_ADMIN).await;
    let row = admin.rows().remove(0);
    let change = ClientChange { name: "Renamed".to_owned(), assigned_seats: row.assigned.unwrap() as u32 };
    let link = row.provider_organization_id;
    let renamed = {
        let _held = admin.unlocked.begin_intake().unwrap();
        update_client(&admin.api, &admin.unlocked, admin.provider, link, &change, go()).await.unwrap()
    };
    assert!(matches!(renamed.picture, Err(SyncError::Busy)), "done, and not in the picture");
    assert!(admin.row("Renamed").is_none());
    take_in(&admin.api, &admin.unlocked, &renamed.touched, go()).await.unwrap();
    assert!(admin.row("Renamed").is_some());

    let stopped = CancellationToken::new();
    stopped.cancel();
    let change = ClientChange { name: "Never".to_owned(), ..change };
    let cancelled = update_client(&admin.api, &admin.unlocked, admin.provider, link, &change, &stopped).await;
    assert!(cancelled.unwrap_err().is_cancelled());
    admin.sync(&demo).await;
    assert!(admin.row("Renamed").is_some(), "what was cancelled before it was sent did not happen");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reseller_links_and_unlinks_nothing() {
    let demo = small_demo().await;
    demo.database().execute("UPDATE providers SET type = 1, status = 1", []).unwrap();
    let admin = Desk::of(&demo, PROVIDER_ADMIN).await;
    let (api, own, provider, before) = (&admin.api, &admin.unlocked, admin.provider, admin.rows());
    let draft = ClientDraft::new(own, provider, "Default collection").unwrap();
    let made = create_client(api, own, &draft, &harbour(1), go()).await.map(drop);
    let listed = addable_organizations(api, own, provider, go()).await.map(drop);
    let added = add_existing_client(api, own, provider, before[0].organization_id, go()).await.map(drop);
    let link = before[0].provider_organization_id;
    let unlinked = unlink_client(api, own, provider, link, go()).await.map(drop);
    for refused in [made, listed, added, unlinked] {
        let why = refused.unwrap_err();
        assert!(matches!(why, ActionError::NotForProvider(WhyNot::Reseller)), "{why}");
    }
    // Nothing was asked of the service, which would have done some of it.
    admin.sync(&demo).await;
    assert_eq!((admin.rows().len(), admin.events(1902)), (before.len(), 0));
}
