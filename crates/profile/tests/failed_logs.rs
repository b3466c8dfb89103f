//! Event logs that could not be read: known after a lock, told until they were read, and of no harm to anything when that
//! is lost.

#![allow(clippy::unwrap_used)]

mod support;

use portico_estate::StaleReason;
use portico_profile::{Clock, EventStream, EventsReached, EventsRead, FailedLog, Intake, Unlocked};
use support::{Machine, NORTH, PROVIDER, SOUTH, World, bytes, files_with, full_sync, read};
use time::OffsetDateTime;
use uuid::Uuid;

const OWN: EventStream = EventStream::Provider(PROVIDER);
const OF_NORTH: EventStream = EventStream::Organization(NORTH);
const OF_SOUTH: EventStream = EventStream::Organization(SOUTH);

/// A machine on which everything was read, but for these logs.
fn synced(failed: &[EventStream]) -> (World, Machine, Unlocked) {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    intake(&unlocked, |intake| fail(intake, failed));
    (world, machine, unlocked)
}

/// One intake of everything.
fn intake(unlocked: &Unlocked, take: impl FnOnce(&mut Intake<'_>)) {
    let mut intake = unlocked.begin_intake().unwrap();
    take(&mut intake);
    intake.looked_at_everything();
    intake.commit().unwrap();
}

fn fail(intake: &mut Intake<'_>, streams: &[EventStream]) {
    for stream in streams {
        intake.log_failed(*stream, StaleReason::ServerError, "vault.example answered 500: ledger busy");
    }
}

fn nothing(reached: EventsReached) -> EventsRead {
    EventsRead { events: Vec::new(), reached }
}

fn streams(unlocked: &Unlocked) -> Vec<EventStream> {
    unlocked.failed_logs().unwrap().into_iter().map(|log| log.stream).collect()
}

#[test]
fn which_when_and_why_is_known_after_a_lock_and_nowhere_in_clear() {
    let (_, machine, unlocked) = synced(&[OF_NORTH, OWN]);
    let failed_at = OffsetDateTime::from(machine.clock.now());
    drop(unlocked);
    machine.clock.advance(3600);
    let unlocked = machine.unlock();
    let failed = |stream| FailedLog {
        stream,
        reason: StaleReason::ServerError,
        said: "vault.example answered 500: ledger busy".to_owned(),
        failed_at,
    };
    assert_eq!(unlocked.failed_logs().unwrap(), [failed(OWN), failed(OF_NORTH)]);
    assert!(files_with(machine.profile.folder(), "ledger busy").is_empty(), "sealed like everything");
}

#[test]
fn a_log_is_told_until_it_was_read() {
    let (world, machine, unlocked) = synced(&[OWN, OF_NORTH, OF_SOUTH]);
    // Neither an older range, nor what one person did, says anything of what is missing.
    let then = OffsetDateTime::from(machine.clock.now());
    let older =
        EventsReached::Range { from: then - time::Duration::days(9), to: then - time::Duration::days(8) };
    let mut partial = unlocked.begin_intake().unwrap();
    partial.events(OWN, nothing(older)).unwrap();
    partial.events(OWN, nothing(EventsReached::Parts)).unwrap();
    partial.commit().unwrap();
    assert_eq!(streams(&unlocked), [OWN, OF_NORTH, OF_SOUTH]);
    // One client by itself, whose log is read this time.
    let mut one = unlocked.begin_intake().unwrap();
    one.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 40))).unwrap();
    one.events(OF_NORTH, nothing(EventsReached::Known)).unwrap();
    one.commit().unwrap();
    assert_eq!(streams(&unlocked), [OWN, OF_SOUTH], "nobody asked for these");
    // A sync of everything to which South is not due.
    intake(&unlocked, |intake| drop(intake.events(OWN, nothing(EventsReached::Known)).unwrap()));
    assert_eq!(streams(&unlocked), [OF_SOUTH]);
    // It has no log any more.
    intake(&unlocked, |intake| {
        intake.client(SOUTH, read(world.client_picture(SOUTH, "Southridge Video", 5))).unwrap();
    });
    assert!(streams(&unlocked).is_empty());
}

#[test]
fn one_that_fails_again_is_told_with_its_last_failure() {
    let (world, machine, unlocked) = synced(&[OF_NORTH]);
    machine.clock.advance(300);
    intake(&unlocked, |intake| {
        intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 40))).unwrap();
        intake.log_failed(OF_NORTH, StaleReason::Throttled, &"come back later\n".repeat(1000));
    });
    let [failed] = &unlocked.failed_logs().unwrap()[..] else { panic!("one log") };
    assert_eq!((failed.reason, failed.said.chars().count()), (StaleReason::Throttled, 400));
    assert_eq!(failed.failed_at, OffsetDateTime::from(machine.clock.now()));
}

#[test]
fn a_sync_that_stops_says_what_it_could_not_read_and_a_client_that_left_has_no_log() {
    let (world, _machine, unlocked) = synced(&[]);
    let mut stopped = unlocked.begin_intake().unwrap();
    stopped.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 41))).unwrap();
    fail(&mut stopped, &[OF_NORTH, EventStream::Organization(Uuid::from_u128(77))]);
    stopped.keep_for_next().unwrap();
    drop(stopped);
    assert_eq!(streams(&unlocked), [OF_NORTH], "the other is nobody's client");

    let mut without = world.provider_picture();
    without.clients.retain(|client| client.organization_id != NORTH);
    let mut sync = world.sync();
    let clients = sync["profile"]["providerOrganizations"].as_array_mut().unwrap();
    clients.retain(|client| client["id"] != NORTH.to_string());
    intake(&unlocked, |intake| {
        intake.vault(&bytes(&sync), Some("2026-08-21T14:16:19.1234567Z")).unwrap();
        intake.provider(without);
    });
    assert!(streams(&unlocked).is_empty());
}

#[test]
fn the_loss_of_it_is_told_and_stops_nothing() {
    let (world, machine, unlocked) = synced(&[OWN, OF_NORTH]);
    drop(unlocked);
    let whole = std::fs::read(machine.cache_file()).unwrap();
    for harm in ["zeroblob(300)", "zeroblob(0)", "'text'"] {
        std::fs::write(machine.cache_file(), &whole).unwrap();
        let file = rusqlite::Connection::open(machine.cache_file()).unwrap();
        let sql = format!("UPDATE cell SET sealed = {harm} WHERE name = 8");
        assert_eq!(file.execute(&sql, []).unwrap(), 1);
        drop(file);
        let unlocked = machine.unlock();
        assert!(unlocked.recovered().is_none() && unlocked.losses().is_empty());
        assert!(unlocked.failed_logs().unwrap_err().is_damage());
        assert_eq!(unlocked.picture().client(NORTH).unwrap().unwrap().members.len(), 40);
        assert!(unlocked.events(OWN).is_ok());
        full_sync(&world, &unlocked);
        assert!(unlocked.failed_logs().unwrap().is_empty(), "written anew by the next sync");
    }
}
