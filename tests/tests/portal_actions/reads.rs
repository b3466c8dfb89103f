//! What is read on request: a log further back than a sync goes, and what the provider pays for.

use portico_client::{
    ActionError, EventRange, PlanType, ReadEventsError, invoice_csv, read_events_in, read_events_of_member,
    refresh_billing, seat_pool,
};
use portico_profile::{EventStream, Unlocked};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::demo::{Demo, PROVIDER_ADMIN};
use crate::desk::{Desk, SERVICE_USER, go, small_demo};

/// How many events of the provider the service has in the last days, and of one person.
fn on_the_service(demo: &Demo, provider: Uuid, days: i64, person: Option<Uuid>) -> usize {
    let from = (OffsetDateTime::now_utc() - Duration::days(days)).unix_timestamp_nanos() / 1000;
    let sql = "SELECT count(*) FROM events WHERE provider_id = ?1 AND date >= ?2
               AND (?3 IS NULL OR acting_user_id = ?3)";
    let person = person.map(|person| person.as_bytes().to_vec());
    let count: i64 = demo
        .database()
        .query_row(sql, (provider.as_bytes().as_slice(), from as i64, person), |row| row.get(0))
        .unwrap();
    count as usize
}

fn kept(unlocked: &Unlocked, provider: Uuid) -> usize {
    unlocked.events(EventStream::Provider(provider)).unwrap().events.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_is_read_to_its_depth_page_by_page_and_nothing_comes_twice() {
    let demo = small_demo().await;
    let admin = Desk::of(&demo, PROVIDER_ADMIN).await;
    let stream = EventStream::Provider(admin.provider);
    // Older than a sync reads, and so many that one page does not hold them.
    let now = OffsetDateTime::now_utc();
    let old =
        |n: i64| ((now - Duration::days(100) - Duration::minutes(n)).unix_timestamp_nanos() / 1000) as i64;
    let me = admin.unlocked.account();
    let database = demo.database();
    for n in 0..120 {
        let sql = "INSERT INTO events (date, type, provider_id, acting_user_id) VALUES (?1, 1802, ?2, ?3)";
        let actor = (n % 3 == 0).then(|| me.as_bytes().to_vec());
        database.execute(sql, (old(n), admin.provider.as_bytes().as_slice(), actor)).unwrap();
    }
    let before = kept(&admin.unlocked, admin.provider);
    let mut range = EventRange { from: now - Duration::days(120), to: now - Duration::days(90) };
    let mut fresh = 0;
    let mut readings = 0;
    loop {
        let taken = read_events_in(&admin.api, &admin.unlocked, stream, range, 1, go()).await.unwrap();
        (fresh, readings) = (fresh + taken.fresh, readings + 1);
        match taken.more_before {
            Some(before) => range.to = before,
            None => break,
        }
    }
    assert_eq!((fresh, kept(&admin.unlocked, admin.provider)), (120, before + 120));
    assert!(readings >= 3, "{readings}");
    let whole = EventRange { from: now - Duration::days(120), to: now };
    let taken = read_events_in(&admin.api, &admin.unlocked, stream, whole, 100, go()).await.unwrap();
    assert_eq!(taken.more_before, None);
    assert_eq!(kept(&admin.unlocked, admin.provider), on_the_service(&demo, admin.provider, 120, None));
    let log = admin.unlocked.events(stream).unwrap();
    assert!(log.gaps.is_empty() && log.from.unwrap() <= now - Duration::days(119), "{:?}", log.gaps);

    // What one person did is in the same log, which has it already.
    let member = admin.member(demo.account(PROVIDER_ADMIN).email).unwrap().id;
    assert!(on_the_service(&demo, admin.provider, 120, Some(me)) >= 40);
    let (api, unlocked, provider) = (&admin.api, &admin.unlocked, admin.provider);
    let own = read_events_of_member(api, unlocked, provider, member, whole, 100, go()).await.unwrap();
    assert_eq!((own.fresh, own.more_before), (0, None));

    let colleague = Desk::of(&demo, SERVICE_USER).await;
    let refused = read_events_in(&colleague.api, &colleague.unlocked, stream, whole, 1, go()).await;
    assert!(matches!(refused, Err(ReadEventsError::Action(ActionError::NotAllowed { .. }))));
}

/// Servers refuse more than 367 days at one time (protocol.md §4.9).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_of_years_is_read_in_parts_that_the_server_answers() {
    let demo = small_demo().await;
    let admin = Desk::of(&demo, PROVIDER_ADMIN).await;
    let (api, unlocked, stream) = (&admin.api, &admin.unlocked, EventStream::Provider(admin.provider));
    let now = OffsetDateTime::now_utc();
    let date = |days| ((now - Duration::days(days)).unix_timestamp_nanos() / 1000) as i64;
    // The demo's clients were taken on over years.
    demo.database().execute("DELETE FROM events WHERE date < ?1", [date(350)]).unwrap();
    let days = [370, 400, 800, 1100, 1190];
    for old in days {
        let sql = "INSERT INTO events (date, type, provider_id) VALUES (?1, 1802, ?2)";
        let date = date(old);
        demo.database().execute(sql, (date, admin.provider.as_bytes().as_slice())).unwrap();
    }
    let before = kept(unlocked, admin.provider);

    // As the page asks, some pages at a time: nothing between the parts is left out.
    let mut range = EventRange { from: now - Duration::days(1200), to: now - Duration::days(360) };
    let mut fresh = Vec::new();
    loop {
        let taken = read_events_in(api, unlocked, stream, range, 1, go()).await.unwrap();
        fresh.push(taken.fresh);
        match taken.more_before {
            Some(before) => {
                assert!(before < range.to && before > range.from, "{range:?} {before}");
                range.to = before;
            }
            None => break,
        }
    }
    assert_eq!(fresh, [2, 1, 2], "a year and a day each");
    assert_eq!(kept(unlocked, admin.provider), before + days.len());

    // All in one, and up to now.
    let whole = EventRange { from: now - Duration::days(1200), to: now };
    let taken = read_events_in(api, unlocked, stream, whole, 100, go()).await.unwrap();
    assert_eq!(taken.more_before, None);
    let log = unlocked.events(stream).unwrap();
    assert_eq!(kept(unlocked, admin.provider), on_the_service(&demo, admin.provider, 1200, None));
    assert!(log.gaps.is_empty() && log.from.unwrap() <= now - Duration::days(1199), "{:?}", log.gaps);
    // The ends of the calendar are no other case.
    let ever = EventRange { from: time::macros::datetime!(0001-01-01 0:00 UTC), to: whole.from };
    let taken = read_events_in(api, unlocked, stream, ever, 2, go()).await.unwrap();
    assert_eq!(taken.more_before, Some(whole.from - Duration::days(2 * 366)));
    let first = EventRange { from: ever.from, to: ever.from + Duration::days(5) };
    let taken = read_events_in(api, unlocked, stream, first, 2, go()).await.unwrap();
    assert_eq!((taken.fresh, taken.more_before), (0, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bill_is_there_after_a_sync_and_each_reads_what_the_role_may() {
    let demo = small_demo().await;
    let (admin, colleague) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, SERVICE_USER).await);
    for desk in [&admin, &colleague] {
        let bill = desk.unlocked.billing(desk.provider).unwrap();
        let plans = bill.subscription.expect("read with the sync").value.plans;
        let assigned: i64 = plans.iter().map(|plan| seat_pool(plan).assigned).sum();
        let rows: i64 = desk.rows().iter().filter_map(|row| row.assigned).map(i64::from).sum();
        assert_eq!(assigned, rows, "the figures follow from the seats");
        assert!(plans.iter().any(|plan| plan.kind == PlanType::TEAMS_MONTHLY));
        assert!(bill.warnings.is_some());
    }
    assert!(colleague.unlocked.billing(colleague.provider).unwrap().invoices.is_none());
    refresh_billing(&admin.api, &admin.unlocked, admin.provider, go()).await.unwrap();
    let invoices = admin.unlocked.billing(admin.provider).unwrap().invoices.unwrap().value;
    for invoice in &invoices {
        let csv = invoice_csv(&admin.api, &admin.unlocked, admin.provider, &invoice.id, go()).await.unwrap();
        assert!(csv.starts_with("Client,Id,Assigned,Used,Remaining,Plan,Estimated total"), "{csv}");
    }
    for nonsense in ["", "..", "../../../accounts/profile", "no such invoice"] {
        let refused = invoice_csv(&admin.api, &admin.unlocked, admin.provider, nonsense, go()).await;
        assert!(refused.is_err(), "{nonsense:?}");
    }
    let refused = invoice_csv(&colleague.api, &colleague.unlocked, colleague.provider, "x", go()).await;
    assert!(matches!(refused, Err(ActionError::NotAllowed { .. })));
}
