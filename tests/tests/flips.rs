//! One flipped bit at a thousand places of the file that syncs of the demo provider left: never wrong data, never a crash,
//! never called a wrong password. Each is harmless, or what is lost is named and the rest is read, or the file is set aside
//! and what still opens of it is taken over; and the next sync mends what there was to mend.
#![allow(clippy::unwrap_used)] // A test may panic.

#[path = "../../crates/profile/tests/damage/answers.rs"]
mod answers;
mod demo;
#[path = "../../crates/profile/tests/damage/flipping.rs"]
mod flipping;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use answers::{Answers, Questions, Truths, answers};
use demo::{Demo, PROVIDER_ADMIN};
use flipping::{SyncFault, Whole, flip_all};
use portico_client::{ApiClient, CancellationToken, SyncError, SyncOptions, sync};
use portico_demo::DemoSize;
use portico_profile::*;
use portico_protocol::SecretText;
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use tempfile::TempDir;
use tokio::runtime::Handle;
use uuid::Uuid;

const FLIPS: usize = 1000;
/// Another one can be tried with `PORTICO_SEED`.
const SEED: u64 = 0x5eed;
/// Flips in the pages of event logs.
const LOG_FLIPS: usize = 300;
/// Of so many flips one is followed by a sync.
const MENDED: usize = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flipped_bit_is_harmless_or_told_or_recovered_from() {
    let seed = seed();
    let account = Account::new().await;
    let places = places(account.whole.file.len(), seed);
    let runtime = Handle::current();
    let machine = || Machine::new(&account, &runtime);
    let which = format!("seed {seed}");
    let flip = || flip_all(&account.whole, &places, MENDED, machine, &which);
    let (all, mended) = tokio::task::block_in_place(flip).numbers();
    assert!(all[0] > 10 && all[1] > 10 && all[2] > 0, "the flips hit all kinds of things: {all:?}");
    assert!(mended >= FLIPS / MENDED - 1, "{mended}");
}

/// What is damaged of a log is told, and is whole again after one full sync that went through: what the server has is read
/// again, and what is left of the damage is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_log_is_whole_again_after_a_full_sync() {
    let account = Account::new().await;
    let places = places_in_logs(&account.whole.file, seed());
    let runtime = Handle::current();
    let machine = || Machine::new(&account, &runtime);
    let damaged = tokio::task::block_in_place(|| flip_logs(&places, machine));
    assert!(damaged > LOG_FLIPS / 4, "the flips hit what is read: {damaged}");
}

fn flip_logs<'a>(places: &[(usize, u8)], machine: impl Fn() -> Machine<'a> + Sync) -> usize {
    let (damaged, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for half in places.chunks(places.len().div_ceil(2)) {
            let (damaged, failures, machine) = (&damaged, &failures, &machine);
            scope.spawn(move || {
                let machine = machine();
                for (place, bit) in half {
                    match machine.heals(*place, *bit) {
                        Ok(was_damaged) => _ = damaged.fetch_add(usize::from(was_damaged), Ordering::Relaxed),
                        Err(what) => {
                            failures.lock().unwrap().push(format!("bit {bit} of byte {place}: {what}"))
                        }
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), places.len(), failures.join("\n"));
    damaged.into_inner()
}

/// Bytes of the pages on which event logs, their states and the indexes of both stand.
fn places_in_logs(file: &[u8], seed: u64) -> Vec<(usize, u8)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.sqlite3");
    std::fs::write(&path, file).unwrap();
    let copy = rusqlite::Connection::open(&path).unwrap();
    let sql = "SELECT pageno FROM dbstat WHERE name IN ('log', 'log_of', 'log_state', 'sqlite_autoindex_log_state_1')";
    let mut pages = copy.prepare(sql).unwrap();
    let pages: Vec<u32> = pages.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(pages.len() > 4, "{pages:?}");
    let size: u32 = copy.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    let size = size as usize;
    let mut runner = runner(seed);
    let places = vec((0..pages.len() * size, 0..8_u8), LOG_FLIPS).new_tree(&mut runner).unwrap().current();
    places.into_iter().map(|(at, bit)| ((pages[at / size] as usize - 1) * size + at % size, bit)).collect()
}

/// Bytes and their bits. Of the first two, one makes SQLite take the file for one that is only read, and one for none of its
/// own.
fn places(size: usize, seed: u64) -> Vec<(usize, u8)> {
    let mut places = vec((0..size, 0..8_u8), FLIPS).new_tree(&mut runner(seed)).unwrap().current();
    places[..2].copy_from_slice(&[(18, 4), (0, 0)]);
    places
}

fn seed() -> u64 {
    std::env::var("PORTICO_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED)
}

fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    TestRunner::new_with_rng(proptest::test_runner::Config::default(), random)
}

/// A clock that stands still until it is moved: syncs within ten minutes would share one head.
struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

/// The provider admin's account after three syncs, and what it answers.
struct Account {
    demo: Demo,
    clock: Arc<TestClock>,
    id: Uuid,
    key: SessionKey,
    session: Arc<SessionTokens>,
    whole: Whole,
    /// The events of the provider and of its clients, which are part of no head.
    log: BTreeSet<String>,
}

impl Account {
    async fn new() -> Self {
        let size = DemoSize { clients: 4, members: Some(8), items: 40, ..DemoSize::default() };
        let demo = Demo::start(&size).await;
        let clock = Arc::new(TestClock(AtomicI64::new(time::OffsetDateTime::now_utc().unix_timestamp())));
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open_with_clock(folder.path(), clock.clone()).unwrap();
        let unlocked = demo.sign_in(&profile, PROVIDER_ADMIN).await;
        let id = unlocked.account();
        let mut truths = Vec::new();
        for change in 0..3 {
            if change > 0 {
                // Somebody is called otherwise, in whatever organizations they are.
                let sql = "UPDATE users SET name = name || ' ' || ?1
                           WHERE id IN (SELECT user_id FROM members WHERE user_id IS NOT NULL)";
                assert!(demo.database().execute(sql, [change]).unwrap() > 0);
                clock.0.fetch_add(3600, Ordering::SeqCst);
            }
            full_sync(&demo.client(&profile), &unlocked).await.unwrap();
            truths.push(truth(&unlocked));
        }
        let key = unlocked.open_session(Duration::from_secs(24 * 3600)).unwrap();
        drop(unlocked);

        // What the file answers: of a sign-in, moments are finer than they are kept, and each sync brings tokens.
        let unlocked = profile.unlock_with_session(id, &key).unwrap();
        let newest = truth(&unlocked);
        let questions = Questions::of(&unlocked.picture(), WORDS.to_vec());
        for (_, older) in &mut truths {
            older.0.extend(
                newest.1.0.get_key_value("session").map(|(name, answer)| (name.clone(), answer.clone())),
            );
        }
        assert_eq!(newest.0, truths.pop().unwrap().0);
        truths.push(newest);
        let session = unlocked.session().unwrap();
        let (log, damaged) = events(&unlocked, &questions);
        assert!(log.len() > 10 && damaged == 0, "{} events, {damaged} parts damaged", log.len());
        drop(unlocked);

        let file = profile.folder().join("accounts").join(id.to_string()).join("cache.sqlite3");
        assert!(!file.with_extension("sqlite3-wal").exists(), "it is checkpointed");
        let whole = Whole { file: std::fs::read(file).unwrap(), questions, truths: Truths(truths) };
        Self { demo, clock, id, key, session, whole, log }
    }
}

const WORDS: [&str; 3] = ["brightwater", "admin", "dental"];

fn truth(unlocked: &Unlocked) -> (HeadNumber, Answers) {
    let picture = unlocked.picture();
    let questions = Questions::of(&picture, WORDS.to_vec());
    (picture.head().unwrap().number, answers(unlocked, &questions))
}

/// Every event that is kept, and how many parts of logs do not open.
fn events(unlocked: &Unlocked, questions: &Questions) -> (BTreeSet<String>, usize) {
    let providers = questions.providers.iter().map(|id| EventStream::Provider(*id));
    let organizations = questions.organizations.keys().map(|id| EventStream::Organization(*id));
    let (mut told, mut damaged) = (BTreeSet::new(), 0);
    for stream in providers.chain(organizations) {
        match unlocked.events(stream) {
            Ok(log) => {
                told.extend(log.events.iter().map(|event| format!("{stream:?} {event:?}")));
                damaged += log.damaged;
            }
            Err(error) => {
                assert!(error.is_damage(), "{error}");
                damaged += 1;
            }
        }
    }
    (told, damaged)
}

async fn full_sync(client: &ApiClient, unlocked: &Unlocked) -> Result<(), SyncError> {
    let options = SyncOptions { full: true, ..SyncOptions::default() };
    sync(client, unlocked, &options, &|_| {}, &CancellationToken::new()).await.map(drop)
}

/// A profile folder that the account's file is copied to.
struct Machine<'a> {
    account: &'a Account,
    profile: Profile,
    client: ApiClient,
    runtime: &'a Handle,
    _folder: TempDir,
}

impl<'a> Machine<'a> {
    fn new(account: &'a Account, runtime: &'a Handle) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open_with_clock(folder.path(), account.clock.clone()).unwrap();
        let client = account.demo.client(&profile);
        Self { account, profile, client, runtime, _folder: folder }
    }

    /// Whether something of the logs was damaged, which was told and is whole again.
    fn heals(&self, place: usize, bit: u8) -> Result<bool, String> {
        use flipping::Machine as _;
        let folder = self.folder();
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let mut harmed = self.account.whole.file.clone();
        harmed[place] ^= 1 << bit;
        std::fs::write(folder.join("cache.sqlite3"), harmed).unwrap();
        let mut unlocked = self.unlock().map_err(|error| error.to_string())?;
        if self.ask_more(&unlocked)? == 0 {
            return Ok(false);
        }
        // Where even writing meets damage, the next unlock makes the file anew.
        for is_last in [false, true] {
            let synced = flipping::Machine::sync(self, &unlocked);
            drop(unlocked);
            unlocked = self.unlock().map_err(|error| error.to_string())?;
            match synced {
                Ok(()) => break,
                Err(SyncFault::Damage) if !is_last && unlocked.recovered().is_some() => {}
                Err(fault) => return Err(format!("{fault:?}")),
            }
        }
        match self.ask_more(&unlocked)? {
            0 => Ok(true),
            damaged => Err(format!("{damaged} parts are damaged still")),
        }
    }
}

impl flipping::Machine for Machine<'_> {
    fn folder(&self) -> PathBuf {
        self.profile.folder().join("accounts").join(self.account.id.to_string())
    }

    /// By the session: a thousand key derivations would take a minute and a half. Where it is what was lost, with the
    /// password.
    fn unlock(&self) -> Result<Unlocked, UnlockError> {
        let Account { demo, id, key, .. } = self.account;
        match self.profile.unlock_with_session(*id, key) {
            Err(UnlockError::SessionEnded) => self.profile.unlock(*id, demo.account(PROVIDER_ADMIN).password),
            outcome => outcome,
        }
    }

    /// No event is made up, and none is gone without a word: a recovery takes them over as well.
    fn ask_more(&self, unlocked: &Unlocked) -> Result<usize, String> {
        let (told, damaged) = events(unlocked, &self.account.whole.questions);
        if let Some(event) = told.difference(&self.account.log).next() {
            return Err(format!("an event was made up: {event}"));
        }
        if told != self.account.log && damaged == 0 {
            return Err("events are gone without a word".to_owned());
        }
        Ok(damaged)
    }

    fn tokens(&self) -> SessionTokens {
        let tokens = &self.account.session;
        SessionTokens {
            access_token: tokens.access_token.copy(),
            refresh_token: tokens.refresh_token.as_ref().map(SecretText::copy),
            expires_at: tokens.expires_at,
            remember_token: None,
            api_key: None,
        }
    }

    fn sync(&self, unlocked: &Unlocked) -> Result<(), SyncFault> {
        match self.runtime.block_on(full_sync(&self.client, unlocked)) {
            Ok(()) => Ok(()),
            Err(SyncError::Take(error)) if error.is_damage() => Err(SyncFault::Damage),
            Err(SyncError::Before(error)) if error.is_damage() => Err(SyncFault::Damage),
            Err(error) => Err(SyncFault::Other(format!("{error:?}"))),
        }
    }
}
