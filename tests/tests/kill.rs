//! A sync that is killed, whenever: the last complete picture opens every time, and it is never a mixture of two.
#![allow(clippy::unwrap_used)] // A test may panic.

mod demo;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use demo::{Demo, PROVIDER_ADMIN, Readable, address, read_all};
use portico_client::{CancellationToken, SyncOptions, SyncProgress, connect, sync};
use portico_demo::DemoSize;
use portico_profile::{Picture, Profile};
use url::Url;
use uuid::Uuid;

const KILLS: u32 = 50;

/// What the other process is told.
const PROFILE: &str = "PORTICO_KILL_TEST_PROFILE";
const SERVICE: &str = "PORTICO_KILL_TEST_SERVICE";
const DATABASE: &str = "PORTICO_KILL_TEST_DATABASE";
const PASSWORD: &str = "PORTICO_KILL_TEST_PASSWORD";

/// Not a test of its own: the part that the other process plays. Returns at once when this is the test run itself.
///
/// Renames every client on the server, syncs, renames, syncs, until it is killed. All names of one picture are of one
/// round, so that a picture made of two is recognised.
#[tokio::test(flavor = "multi_thread")]
async fn the_other_process() {
    let Ok(folder) = std::env::var(PROFILE) else { return };
    let profile = Profile::open(folder).unwrap();
    let account = profile.accounts().unwrap()[0].id;
    let unlocked = profile.unlock(account, &std::env::var(PASSWORD).unwrap()).unwrap();
    let base = Url::parse(&std::env::var(SERVICE).unwrap()).unwrap();
    let client = connect(&profile, &address(), Some(&base), None).unwrap();
    let database = rusqlite::Connection::open(std::env::var(DATABASE).unwrap()).unwrap();
    database.busy_timeout(Duration::from_secs(10)).unwrap();
    let first = round_of(&unlocked.picture()) + 1;
    for round in first.. {
        rename_clients(&database, round);
        let tell = |step: SyncProgress| println!("at {:?}", step.phase);
        let options = SyncOptions { full: true, ..SyncOptions::default() };
        let report = sync(&client, &unlocked, &options, &tell, &CancellationToken::new()).await.unwrap();
        assert!(report.failed.is_empty(), "{:?}", report.failed);
        println!("at Committed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_at_any_moment_and_the_last_complete_picture_opens() {
    let size = DemoSize { clients: 8, members: Some(20), items: 60, ..DemoSize::default() };
    let demo = Demo::start(&size).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let password = demo.account(PROVIDER_ADMIN).password;
    let unlocked = demo.sign_in(&profile, PROVIDER_ADMIN).await;
    rename_clients(&demo.database(), 1);
    demo.sync(&profile, &unlocked).await.unwrap();
    let account = unlocked.account();
    let mut last = State::of(&unlocked.picture());
    drop(unlocked);

    // How long a sync takes over there, with whatever else this machine is doing.
    let (mut child, steps) = start(&demo, folder.path(), password);
    let sync_takes = time_of_two_syncs(&steps) / 2;
    kill(&mut child);

    let mut killed_at: BTreeMap<String, u32> = BTreeMap::new();
    let first_round = last.round;
    for kills in 1..=KILLS {
        let (mut child, steps) = start(&demo, folder.path(), password);
        let begun = steps.recv_timeout(Duration::from_secs(60)).expect("the other process syncs");
        // Somewhere in the first two syncs.
        let moment = Instant::now() + (sync_takes * 2).mul_f64(by_chance());
        std::thread::sleep(moment.saturating_duration_since(Instant::now()));
        kill(&mut child);
        let at = steps.try_iter().last().unwrap_or(begun);
        *killed_at.entry(at).or_default() += 1;

        let unlocked = profile.unlock(account, password).unwrap();
        let now = State::of(&unlocked.picture());
        assert!(now.head >= last.head && now.round >= last.round, "kill {kills}: {last:?} became {now:?}");
        assert_eq!(now.readable, last.readable, "kill {kills}");
        last = now;
    }
    println!("killed at {killed_at:?}, {} rounds came through", last.round - first_round);
    assert!(last.round > first_round, "some syncs came through before the kill");
    assert!(killed_at.len() >= 3, "the kills hit several steps: {killed_at:?}");

    // Nothing that a kill left behind is in the way.
    let unlocked = profile.unlock(account, password).unwrap();
    rename_clients(&demo.database(), last.round + 1000);
    let report = demo.sync(&profile, &unlocked).await.unwrap();
    assert!(report.failed.is_empty());
    let after = State::of(&unlocked.picture());
    assert_eq!((after.round, after.readable), (last.round + 1000, last.readable));
}

/// What has to hold of a picture whatever happened.
#[derive(Debug)]
struct State {
    head: u64,
    round: u64,
    readable: Readable,
}

impl State {
    fn of(picture: &Picture) -> Self {
        let head = picture.head().expect("a complete picture").number.0;
        Self { head, round: round_of(picture), readable: read_all(picture) }
    }
}

/// The round that all clients of a picture are named after, in the provider's list as in their own structure.
fn round_of(picture: &Picture) -> u64 {
    let mut names = BTreeSet::new();
    for row in picture.providers().unwrap().iter().flat_map(|provider| &provider.rows) {
        names.insert(row.name.clone());
        names.insert(picture.client(row.organization_id).unwrap().unwrap().organization.name);
    }
    assert_eq!(names.len(), 1, "a picture of several rounds: {names:?}");
    let name = names.first().unwrap();
    name.strip_prefix("Round ").and_then(|round| round.parse().ok()).expect("named by this test")
}

fn rename_clients(database: &rusqlite::Connection, round: u64) {
    let sql =
        "UPDATE organizations SET name = ?1 WHERE id IN (SELECT organization_id FROM provider_organizations)";
    assert!(database.execute(sql, [format!("Round {round}")]).unwrap() > 0);
}

/// Starts the other process; what it tells is received step by step.
fn start(demo: &Demo, profile: &Path, password: &str) -> (Child, Receiver<String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_other_process", "--nocapture", "--test-threads=1"])
        .env(PROFILE, profile)
        .env(SERVICE, demo.base().as_str())
        .env(DATABASE, demo.database_file())
        .env(PASSWORD, password)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (sender, steps) = channel();
    std::thread::spawn(move || {
        // Ends with the process: its end of the pipe closes.
        for line in lines.map_while(Result::ok) {
            // The first line of a test run shares its line with the test's name.
            if let Some((_, step)) = line.split_once("at ") {
                let _ = sender.send(step.to_owned());
            }
        }
    });
    (child, steps)
}

/// SIGKILL: nothing in the process gets to run any more.
fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn time_of_two_syncs(steps: &Receiver<String>) -> Duration {
    let next = || steps.recv_timeout(Duration::from_secs(60)).expect("the other process syncs");
    next();
    let begun = Instant::now();
    for _ in 0..2 {
        while next() != "Committed" {}
    }
    begun.elapsed()
}

/// A number in 0..1.
fn by_chance() -> f64 {
    f64::from(Uuid::new_v4().as_fields().0) / f64::from(u32::MAX)
}
