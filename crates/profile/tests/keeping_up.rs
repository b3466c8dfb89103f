//! What a sync knows before it begins, and leaves behind when it stops: pins, logs, clients read by a sync that did not
//! finish, opened collections; and how little one changed client writes.
#![allow(clippy::unwrap_used)]

mod support;

use portico_estate::Access;
use portico_profile::*;
use portico_protocol::organization::CollectionAccessDetailsResponse;
use serde_json::json;
use support::one_change::bytes_of_one_change;
use support::*;
use time::OffsetDateTime;
use uuid::Uuid;

const NOW: i64 = 1_800_000_000;

#[test]
fn pins_are_kept_through_lock_log_out_and_a_new_data_key() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    assert!(unlocked.pinned().unwrap().is_empty());
    unlocked.set_pinned(NORTH, true).unwrap();
    unlocked.set_pinned(SOUTH, true).unwrap();
    unlocked.set_pinned(SOUTH, false).unwrap();
    unlocked.set_pinned(SOUTH, false).unwrap();
    drop(unlocked);
    assert_eq!(machine.unlock().pinned().unwrap(), [NORTH].into());

    machine.profile.remove(ACCOUNT, true).unwrap();
    let unlocked = machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
    assert_eq!(unlocked.pinned().unwrap(), [NORTH].into(), "what the person chose comes back");
    drop(unlocked);

    let rotated = World::new();
    let unlocked = machine
        .profile
        .carry_over(rotated.new_account(), rotated.user_key(), &world.account.user_key)
        .unwrap();
    assert_eq!(unlocked.pinned().unwrap(), [NORTH].into());
}

#[test]
fn what_a_stopped_sync_read_is_taken_up_by_the_next() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let mut intake = unlocked.begin_intake().unwrap();
    intake.provider(world.provider_picture());
    intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 40))).unwrap();
    intake.keep_for_next().unwrap();
    drop(intake);
    let unfinished = unlocked.unfinished_sync().unwrap().unwrap();
    assert_eq!((unfinished.at.unix_timestamp(), unfinished.clients_read), (NOW, 1));
    drop(unlocked);

    // Nothing of it is seen, by nobody.
    machine.clock.advance(600);
    let unlocked = machine.unlock();
    assert!(unlocked.picture().head().is_none() && unlocked.picture().client(NORTH).unwrap().is_none());

    let mut intake = unlocked.begin_intake().unwrap();
    let known = intake.known().unwrap();
    assert_eq!(known.taken_up, [NORTH].into());
    assert_eq!(known.rows[&NORTH].organization_name, "Northwind Traders");
    assert!(!known.rows.contains_key(&SOUTH), "its row was there, but it was not read with it");
    intake.vault(&bytes(&world.sync()), None).unwrap();
    intake.provider(world.provider_picture());
    intake.client(SOUTH, read(world.client_picture(SOUTH, "Southridge Video", 5))).unwrap();
    intake.commit().unwrap();
    let picture = unlocked.picture();
    assert_eq!(picture.client(NORTH).unwrap().unwrap().members.len(), 40);
    assert_eq!(picture.freshness(NORTH).read_at.unwrap().unix_timestamp(), NOW, "when it was really read");
    assert_eq!(picture.freshness(SOUTH).read_at.unwrap().unix_timestamp(), NOW + 600);
    assert!(unlocked.unfinished_sync().unwrap().is_none());
    assert!(unlocked.begin_intake().unwrap().known().unwrap().taken_up.is_empty());
}

#[test]
fn what_a_killed_sync_read_is_taken_up_as_far_as_it_was_kept() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let mut intake = unlocked.begin_intake().unwrap();
    intake.provider(world.provider_picture());
    for n in 0..120u128 {
        let id = Uuid::from_u128(0xd000 + n);
        let mut picture = world.client_picture(NORTH, "One of many", 3);
        picture.organization.id = id;
        machine.clock.advance(1);
        intake.client(id, read(picture)).unwrap();
    }
    // A killed process gets to say nothing.
    drop(intake);
    let unlocked = machine.unlock();
    let taken_up = unlocked.begin_intake().unwrap().known().unwrap().taken_up;
    assert_eq!(taken_up.len(), 100, "kept every fifty");
}

#[test]
fn what_is_taken_up_is_never_older_than_the_picture_nor_half_a_day() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let leave_behind = |members| {
        let mut intake = unlocked.begin_intake().unwrap();
        intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", members))).unwrap();
        intake.keep_for_next().unwrap();
    };
    leave_behind(3);
    machine.clock.advance(13 * 3600);
    assert!(unlocked.begin_intake().unwrap().known().unwrap().taken_up.is_empty(), "too long ago");

    leave_behind(4);
    machine.clock.advance(10);
    full_sync(&world, &unlocked);
    assert_eq!(unlocked.picture().client(NORTH).unwrap().unwrap().members.len(), 40);
}

fn event(kind: i32, at: i64) -> EventResponse {
    let date = OffsetDateTime::from_unix_timestamp(at).unwrap();
    from(json!({"object": "event", "type": kind, "providerId": PROVIDER, "actingUserId": ACCOUNT,
        "date": portico_protocol::Date::from(date), "ipAddress": "198.51.100.7", "ofTomorrow": kind}))
}

fn take(unlocked: &Unlocked, events: &[EventResponse], reached: EventsReached) -> Vec<i32> {
    let mut intake = unlocked.begin_intake().unwrap();
    let read = EventsRead { events: events.to_vec(), reached };
    let fresh = intake.events(EventStream::Provider(PROVIDER), read).unwrap();
    intake.commit().unwrap();
    fresh.iter().map(|event| event.kind.0).collect()
}

fn log(unlocked: &Unlocked) -> EventLog {
    unlocked.events(EventStream::Provider(PROVIDER)).unwrap()
}

fn kinds(log: &EventLog) -> Vec<i32> {
    log.events.iter().map(|event| event.kind.0).collect()
}

#[test]
fn a_log_grows_without_repeating_itself_and_is_there_after_locking() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let end = EventsReached::End { days: 30 };
    assert_eq!(take(&unlocked, &[event(1502, NOW - 10), event(1500, NOW - 20)], end), [1502, 1500]);
    // The last hour is read again; two events of one moment that differ in anything are two.
    let again = [event(1511, NOW + 5), event(1502, NOW - 10), event(1503, NOW - 10), event(1500, NOW - 20)];
    assert_eq!(take(&unlocked, &again, EventsReached::Known), [1511, 1503]);
    assert_eq!(take(&unlocked, &again, EventsReached::Known), [0; 0]);
    let newest = unlocked.begin_intake().unwrap().newest_event(EventStream::Provider(PROVIDER)).unwrap();
    assert_eq!(newest.unwrap().unix_timestamp(), NOW + 5);
    drop(unlocked);

    let unlocked = machine.unlock();
    let log = log(&unlocked);
    assert_eq!(kinds(&log), [1511, 1503, 1502, 1500], "newest first; of one moment, what was read last");
    assert_eq!((log.gaps.len(), log.damaged), (0, 0));
    assert_eq!(log.from.unwrap().unix_timestamp(), NOW - 30 * 86_400);
    assert_eq!(log.events[0].extra["ofTomorrow"], 1511, "kept as it came");
    assert_eq!(unlocked.events(EventStream::Organization(NORTH)).unwrap(), EventLog::default());
}

#[test]
fn a_log_larger_than_anything_that_can_be_sealed_at_once_is_kept_in_parts() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let long = |kind: i32, at: i64, len: usize| {
        let mut event = event(kind, at);
        event.domain_name = Some("example ".repeat(len / 8));
        event
    };
    let mut events: Vec<EventResponse> = (0..350).map(|n| long(1500, NOW - n, 200 << 10)).collect();
    events.insert(200, long(1600, NOW - 200, 300 << 10));
    assert_eq!(take(&unlocked, &events, EventsReached::Known).len(), 350, "but for the one that is no event");
    assert_eq!(take(&unlocked, &events, EventsReached::Known), [0; 0], "all of them are known now");
    drop(unlocked);
    let log = log(&machine.unlock());
    assert_eq!((log.events.len(), log.damaged), (350, 0));
    assert!(
        log.events.is_sorted_by(|newer, older| newer.date.parse().unwrap() > older.date.parse().unwrap())
    );
}

#[test]
fn a_log_of_an_intake_that_is_dropped_is_not_there() {
    let world = World::new();
    let (_machine, unlocked) = Machine::with_account(&world);
    let mut intake = unlocked.begin_intake().unwrap();
    let read = EventsRead { events: vec![event(1502, NOW)], reached: EventsReached::Known };
    assert_eq!(intake.events(EventStream::Provider(PROVIDER), read).unwrap().len(), 1);
    drop(intake);
    assert_eq!(log(&unlocked), EventLog::default(), "the next sync sees the event as new");
}

#[test]
fn what_was_not_read_is_a_gap_until_a_reading_covers_it() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let moments = |log: EventLog| -> Vec<(i64, i64)> {
        log.gaps.iter().map(|(from, to)| (from.unix_timestamp(), to.unix_timestamp())).collect()
    };
    take(&unlocked, &[event(1500, NOW - 100)], EventsReached::End { days: 30 });
    machine.clock.advance(86_400);
    take(&unlocked, &[event(1501, NOW + 80_000), event(1502, NOW + 70_000)], EventsReached::Limit);
    assert_eq!(moments(log(&unlocked)), [(NOW - 100, NOW + 70_000)]);
    take(&unlocked, &[event(1501, NOW + 80_000)], EventsReached::Known);
    assert_eq!(moments(log(&unlocked)).len(), 1, "stays");
    take(&unlocked, &[event(1501, NOW + 80_000), event(1599, NOW)], EventsReached::End { days: 30 });
    assert_eq!(moments(log(&unlocked)), []);
    assert_eq!(kinds(&log(&unlocked)), [1501, 1502, 1599, 1500]);

    // After half a year the server has only the last month: what lies between is gone for good.
    machine.clock.advance(180 * 86_400);
    take(&unlocked, &[event(1503, NOW + 180 * 86_400)], EventsReached::End { days: 30 });
    assert_eq!(moments(log(&unlocked)), [(NOW + 80_000, NOW + 151 * 86_400)]);
}

#[test]
fn a_log_says_when_it_was_last_read_up_to_the_moment() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let read_at = |unlocked: &Unlocked| log(unlocked).read_at.map(OffsetDateTime::unix_timestamp);
    assert_eq!(read_at(&unlocked), None);
    take(&unlocked, &[event(1500, NOW - 10)], EventsReached::End { days: 30 });
    let first = NOW;
    assert_eq!(read_at(&unlocked), Some(first));
    machine.clock.advance(7200);
    let days_before = |days: i64| OffsetDateTime::from_unix_timestamp(first - days * 86_400).unwrap();
    take(&unlocked, &[], EventsReached::Range { from: days_before(60), to: days_before(40) });
    take(&unlocked, &[], EventsReached::Parts);
    assert_eq!(read_at(&unlocked), Some(first), "what happened long ago, or some of it");
    take(&unlocked, &[], EventsReached::Known);
    assert_eq!(read_at(&unlocked), Some(first + 7200), "that nothing happened is known now");
    drop(unlocked);
    assert_eq!(read_at(&machine.unlock()), Some(first + 7200));
}

#[test]
fn old_events_go_by_the_settings() {
    let world = World::new();
    let machine = Machine::new();
    machine.profile.change_settings(|settings| settings.events_kept_days = 60).unwrap();
    let unlocked = machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
    take(&unlocked, &[event(1500, NOW)], EventsReached::Limit);
    // In steps, as somebody who is there: a longer gap is an absence, and nothing grows older by it.
    for (kind, day) in [(1501, 20), (1502, 40), (1503, 59)] {
        machine.clock.advance(if day == 59 { 19 * 86_400 } else { 20 * 86_400 });
        take(&unlocked, &[event(kind, NOW + day * 86_400)], EventsReached::Limit);
    }
    assert_eq!(log(&unlocked).events.len(), 4);
    machine.clock.advance(3 * 86_400);
    take(&unlocked, &[event(1504, NOW + 62 * 86_400)], EventsReached::Limit);
    assert_eq!(kinds(&log(&unlocked)), [1504, 1503, 1502, 1501]);
}

#[test]
fn dates_that_no_clock_shows_hold_up_nothing() {
    let world = World::new();
    let (_machine, unlocked) = Machine::with_account(&world);
    let mut broken = event(1500, NOW);
    broken.date = portico_protocol::Date("yesterday".to_owned());
    let future = event(1501, NOW + 400 * 86_400);
    assert_eq!(take(&unlocked, &[future, broken, event(1502, NOW)], EventsReached::Known), [1501, 1502]);
    let newest = unlocked.begin_intake().unwrap().newest_event(EventStream::Provider(PROVIDER)).unwrap();
    assert_eq!(newest.unwrap().unix_timestamp(), NOW, "an event of next year makes nothing of today old");
}

fn granted(id: Uuid, name: &str, users: &[u128], groups: &[Uuid]) -> CollectionAccessDetailsResponse {
    let selection = |id: &Uuid| json!({"id": id, "readOnly": true, "hidePasswords": false, "manage": false});
    let users: Vec<Uuid> = users.iter().map(|n| Uuid::from_u128(n << 64)).collect();
    from(
        json!({"object": "collectionAccessDetails", "id": id, "organizationId": NORTH, "name": name, "type": 0,
        "users": users.iter().map(selection).collect::<Vec<_>>(),
        "groups": groups.iter().map(selection).collect::<Vec<_>>()}),
    )
}

#[test]
fn opened_collections_are_taken_into_the_picture_of_that_client() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let first = full_sync(&world, &unlocked);
    let (known, new) = (Uuid::from_u128(0x7000), Uuid::from_u128(0x7001));
    let (name, group) = (world.north.collection_name.clone(), Uuid::from_u128(0x6000));

    // As it was: nothing changes, not even the head.
    machine.clock.advance(3600);
    let mut intake = unlocked.begin_intake().unwrap();
    assert!(intake.collections(NORTH, &[granted(known, &name, &[], &[group])]).unwrap());
    assert_eq!(intake.commit().unwrap(), first);

    let details = [granted(known, &name, &[], &[]), granted(new, &name, &[7, 99], &[group])];
    let mut intake = unlocked.begin_intake().unwrap();
    assert!(intake.collections(NORTH, &details).unwrap());
    assert!(intake.commit().unwrap() > first);
    for unlocked in [&unlocked, &machine.unlock()] {
        let picture = unlocked.picture();
        let client = picture.client(NORTH).unwrap().unwrap();
        assert_eq!((client.collections.len(), client.members.len(), client.groups.len()), (2, 40, 1));
        let access = Access::new(&client);
        assert!(access.collection(known).unwrap().members.is_empty());
        let reached = access.collection(new).unwrap();
        assert_eq!((reached.members.len(), reached.groups.len()), (40, 1), "everybody is in the group");
        let direct = client.members.iter().filter(|member| !member.collections.is_empty()).count();
        assert_eq!(direct, 1, "whoever is not in the picture is not made up");
        assert_eq!(client.members[0].extra["somethingNew"], json!(1));
        let freshness = picture.freshness(NORTH);
        assert_eq!(freshness.read_at.unwrap().unix_timestamp(), NOW, "the rest was not read again");
    }
    let mut intake = unlocked.begin_intake().unwrap();
    assert!(!intake.collections(Uuid::from_u128(5), &details).unwrap(), "no such client");
}

#[test]
fn one_changed_client_of_a_thousand_writes_less_than_a_hundredth_of_a_full_sync() {
    // Twenty members each, of whom the demo has twice as many on average.
    let (full, one) = bytes_of_one_change(1000, 20);
    println!("full {full}, one {one}, {:.3} %", one as f64 / full as f64 * 100.0);
    assert!(one * 100 <= full, "{one} of {full}");
}

#[test]
fn a_range_that_was_asked_for_closes_its_gap_and_claims_nothing_else() {
    let world = World::new();
    let (_machine, unlocked) = Machine::with_account(&world);
    let moment = |seconds: i64| OffsetDateTime::from_unix_timestamp(seconds).unwrap();
    let range = |from, to| EventsReached::Range { from: moment(from), to: moment(to) };
    let day = 86_400;
    take(&unlocked, &[event(1500, NOW - 20 * day)], EventsReached::Limit);
    take(&unlocked, &[event(1501, NOW)], EventsReached::Limit);
    let gaps = |unlocked: &Unlocked| -> Vec<(i64, i64)> {
        let to_days = |moment: OffsetDateTime| (moment.unix_timestamp() - NOW) / day;
        log(unlocked).gaps.iter().map(|(from, to)| (to_days(*from), to_days(*to))).collect()
    };
    assert_eq!(gaps(&unlocked), [(-20, 0)]);

    // In the middle, then to its upper end; what one person did says nothing of the others.
    take(&unlocked, &[event(1502, NOW - 11 * day)], range(NOW - 12 * day, NOW - 10 * day));
    assert_eq!(gaps(&unlocked), [(-20, -12), (-10, 0)]);
    take(&unlocked, &[event(1503, NOW - 5 * day)], EventsReached::Parts);
    assert_eq!(gaps(&unlocked), [(-20, -12), (-10, 0)]);
    take(&unlocked, &[event(1501, NOW), event(1503, NOW - 5 * day)], range(NOW - 10 * day, NOW));
    assert_eq!(gaps(&unlocked), [(-20, -12)]);

    // Older than everything: complete from there, but for what lies between.
    take(&unlocked, &[event(1504, NOW - 35 * day)], range(NOW - 40 * day, NOW - 30 * day));
    assert_eq!(gaps(&unlocked), [(-30, -20), (-20, -12)]);
    assert_eq!(log(&unlocked).from.unwrap(), moment(NOW - 40 * day));
    assert_eq!(kinds(&log(&unlocked)), [1501, 1503, 1502, 1500, 1504], "each once, newest first");

    // What a sync reads afterwards is told apart as ever, whatever came out of order.
    let newest = [event(1505, NOW + 10), event(1501, NOW), event(1503, NOW - 5 * day)];
    assert_eq!(take(&unlocked, &newest, EventsReached::Known), [1505]);
}

#[test]
fn a_bill_is_kept_with_its_date_and_is_no_change_of_the_estate() {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    assert_eq!(unlocked.billing(PROVIDER).unwrap(), Billing::default());
    let read = |seats: i32| -> BillingRead {
        let json = json!({"status": "active", "plans": [{"type": 19, "assignedSeats": seats}], "novelty": 1});
        BillingRead::Subscription(serde_json::from_value(json).unwrap())
    };
    unlocked.keep_billing(PROVIDER, vec![read(7)]).unwrap();
    machine.clock.advance(60);
    unlocked.keep_billing(PROVIDER, vec![BillingRead::Invoices(vec![])]).unwrap();
    assert!(unlocked.picture().head().is_none(), "no head for a bill");
    drop(unlocked);

    let unlocked = machine.unlock();
    let bill = unlocked.billing(PROVIDER).unwrap();
    let subscription = bill.subscription.unwrap();
    assert_eq!(subscription.read_at.unix_timestamp(), NOW);
    assert_eq!(subscription.value.plans[0].assigned_seats, 7);
    assert_eq!(subscription.value.extra["novelty"], 1, "kept as it came");
    assert_eq!(bill.invoices.unwrap().read_at.unix_timestamp(), NOW + 60);
    assert_eq!((bill.warnings, unlocked.billing(NORTH).unwrap()), (None, Billing::default()));
}
