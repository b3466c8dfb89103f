//! One flipped bit at a thousand places.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use portico_profile::*;
use serde_json::Value;

use crate::answers::{Answers, answers, check};
use crate::support::*;

const FLIPS: usize = 1000;
/// Another one can be tried with `PORTICO_SEED`.
const SEED: u64 = 0x5eed;
fn seed() -> u64 {
    std::env::var("PORTICO_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED)
}

/// Where SQLite keeps the number that says who wrote the file.
const VERSION: std::ops::Range<usize> = 60..64;

/// An account with a vault, a provider, two clients and three heads, closed, as bytes; and what it answers: by its newest
/// head, and by the ones before.
struct Account {
    world: World,
    sync: Value,
    file: Vec<u8>,
    truths: Vec<(HeadNumber, Answers)>,
}

fn account() -> Account {
    let mut world = World::new();
    for n in 0..90 {
        world.add_login(n, &format!("Orchard Bank {n}"), None);
    }
    let (machine, unlocked) = Machine::with_account(&world);
    let sync = world.sync();
    let mut truths = Vec::new();
    for members in [40, 41, 42] {
        let mut intake = unlocked.begin_intake().unwrap();
        intake.vault(&bytes(&sync), Some("2026-08-20T14:16:19.1234567Z")).unwrap();
        intake.provider(world.provider_picture()).unwrap();
        intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", members))).unwrap();
        intake.client(SOUTH, read(world.client_picture(SOUTH, "Southridge Video", 5))).unwrap();
        let number = intake.commit().unwrap();
        truths.push((number, answers(&unlocked)));
        machine.clock.advance(3600);
    }
    drop(unlocked);
    let file = std::fs::read(machine.cache_file()).unwrap();
    assert!(!machine.cache_file().with_extension("sqlite3-wal").exists(), "it is checkpointed");
    Account { world, sync, file, truths }
}

/// What became of the flips.
#[derive(Default, Debug)]
struct Tally {
    harmless: AtomicUsize,
    read_round: AtomicUsize,
    recovered: AtomicUsize,
    newer: AtomicUsize,
    mended: AtomicUsize,
}

fn count(number: &AtomicUsize) -> usize {
    number.fetch_add(1, Ordering::Relaxed)
}

#[test]
fn a_flipped_bit_is_harmless_or_told_or_recovered_from() {
    let seed = seed();
    let account = account();
    let tally = Tally::default();
    let mut random = fastrand::Rng::with_seed(seed);
    let places: Vec<(usize, u8)> =
        (0..FLIPS).map(|_| (random.usize(..account.file.len()), random.u8(..8))).collect();
    flip_all(&account, &places, &tally, &format!("seed {seed}"));
    let Tally { harmless, read_round, recovered, newer, mended } = tally;
    let all = [&harmless, &read_round, &recovered, &newer].map(|number| number.load(Ordering::Relaxed));
    assert_eq!(all.iter().sum::<usize>(), FLIPS);
    assert!(all[0] > 10 && all[1] > 10 && all[2] > 0, "the flips hit all kinds of things: {all:?}");
    assert!(mended.load(Ordering::Relaxed) > 10, "and the next sync mends them");
}

/// The texts from which SQLite learns the tables: a flipped letter there renames a column or changes what may stand in it.
/// All 7,000 flips passed, in five minutes; a few hundred are tried here.
#[test]
fn a_flipped_bit_in_the_words_of_a_table_is_harmless_or_told_or_recovered_from() {
    let account = account();
    let word = b"CREATE TABLE ";
    let mut bytes = Vec::new();
    for start in (0..account.file.len() - word.len()).filter(|start| account.file[*start..].starts_with(word))
    {
        let length = account.file[start..].iter().position(|byte| !matches!(byte, b' '..=b'~')).unwrap();
        bytes.extend(start..start + length);
    }
    assert!(bytes.len() > 500, "seven tables have words");
    let seed = seed();
    let mut random = fastrand::Rng::with_seed(seed);
    let places: Vec<_> =
        (0..FLIPS / 4).map(|_| (bytes[random.usize(..bytes.len())], random.u8(..8))).collect();
    let tally = Tally::default();
    flip_all(&account, &places, &tally, &format!("words of tables, seed {seed}"));
    assert!(tally.recovered.load(Ordering::Relaxed) > 0);
}

/// Each flip in a copy of its own, on two threads.
fn flip_all(account: &Account, places: &[(usize, u8)], tally: &Tally, which: &str) {
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for half in places.chunks(places.len().div_ceil(2)) {
            let failures = &failures;
            scope.spawn(move || {
                let machine = Machine::new();
                for (place, bit) in half {
                    if let Err(what) = flip(&machine, account, *place, *bit, tally) {
                        failures.lock().unwrap().push(format!("bit {bit} of byte {place}: {what}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    let size = account.file.len();
    assert!(failures.is_empty(), "{which}, file of {size} bytes, {tally:?}:\n{}", failures.join("\n"));
}

fn flip(machine: &Machine, account: &Account, place: usize, bit: u8, tally: &Tally) -> Result<(), String> {
    let mut harmed = account.file.clone();
    harmed[place] ^= 1 << bit;
    let folder = machine.cache_file().parent().unwrap().to_owned();
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(machine.cache_file(), &harmed).unwrap();
    let unlocked = match machine.profile.unlock(ACCOUNT, PASSWORD) {
        Ok(unlocked) => unlocked,
        // A single number says who wrote the file, and a flipped bit can make it a believable one. Nothing is touched.
        Err(UnlockError::Newer) if VERSION.contains(&place) => {
            count(&tally.newer);
            assert!(std::fs::read(machine.cache_file()).unwrap() == harmed);
            return Ok(());
        }
        Err(error) => return Err(format!("{error} ({error:?})")),
    };
    let told = answers(&unlocked);
    let recovered = unlocked.recovered().cloned();
    let newest_lost = recovered.as_ref().is_some_and(|recovered| recovered.recovery.newest_lost);
    let history_lost = unlocked.heads().is_err()
        || recovered.as_ref().is_some_and(|recovered| !recovered.recovery.heads_lost.is_empty());
    let (_, newest) = account.truths.last().unwrap();
    let missing = if newest_lost {
        // What is shown is an older picture as it was, without the vault, which no older picture keeps.
        let number = unlocked.picture().head().map(|head| head.number);
        let (_, truth) = account.truths.iter().find(|(of, _)| Some(*of) == number).ok_or("no head")?;
        let losses = Losses { vault: true, ..unlocked.losses() };
        check(&told, truth, &losses, history_lost)?
    } else {
        let beside_lost = recovered.is_some() && unlocked.picture().vault_read_at().is_none();
        let losses = unlocked.losses();
        let told = if beside_lost { without_ages(told) } else { told };
        let truth = without_ages_if(newest, beside_lost);
        check(&told, &truth, &Losses { vault: losses.vault || beside_lost, ..losses }, history_lost)?
    };
    if let Some(recovered) = &recovered {
        count(&tally.recovered);
        assert!(
            std::fs::read(folder.join(&recovered.set_aside)).unwrap() == harmed,
            "the damaged file is kept"
        );
        let again = machine.profile.unlock(ACCOUNT, PASSWORD).map_err(|error| format!("again: {error}"))?;
        assert!(again.recovered().is_none(), "what was recovered is whole");
    } else if missing > 0 || !unlocked.losses().is_empty() {
        count(&tally.read_round);
    } else {
        count(&tally.harmless);
    }
    if place.is_multiple_of(4) {
        mends(machine, account, unlocked, tally).map_err(|what| format!("after the next sync: {what}"))?;
    }
    Ok(())
}

/// The next sync, and whatever the unlock after it does, leave a picture of which nothing is missing.
fn mends(machine: &Machine, account: &Account, unlocked: Unlocked, tally: &Tally) -> Result<(), String> {
    let world = &account.world;
    let mut intake = unlocked.begin_intake().map_err(|error| error.to_string())?;
    let outcome = (|| {
        intake.vault(&bytes(&account.sync), Some("2026-08-20T14:16:19.1234567Z"))?;
        intake.provider(world.provider_picture())?;
        intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 42)))?;
        intake.client(SOUTH, read(world.client_picture(SOUTH, "Southridge Video", 5)))?;
        intake.commit()
    })();
    let unlocked = match outcome {
        Ok(_) => unlocked,
        // Where even writing meets damage, the next unlock makes the file anew, and the sync after it goes through.
        Err(error) if error.is_damage() => {
            drop(unlocked);
            let unlocked = machine.profile.unlock(ACCOUNT, PASSWORD).map_err(|error| error.to_string())?;
            assert!(unlocked.recovered().is_some());
            full_sync_with(world, &account.sync, &unlocked, 42);
            unlocked
        }
        Err(error) => return Err(format!("{error:?}")),
    };
    drop(unlocked);
    let unlocked = machine.profile.unlock(ACCOUNT, PASSWORD).map_err(|error| error.to_string())?;
    unlocked.set_session(tokens("first")).map_err(|error| error.to_string())?;
    let told = without_ages(answers(&unlocked));
    let (_, truth) = account.truths.last().unwrap();
    let mut truth = without_ages_if(truth, true);
    // Heads that were lost stay lost; the newest may have a new number.
    truth.0.retain(|name, _| !name.starts_with("head/"));
    let told = Answers(told.0.into_iter().filter(|(name, _)| !name.starts_with("head/")).collect());
    check(&told, &truth, &Losses::default(), true)?;
    assert!(unlocked.losses().is_empty());
    count(&tally.mended);
    Ok(())
}

fn full_sync_with(world: &World, sync: &Value, unlocked: &Unlocked, members: u128) {
    let mut intake = unlocked.begin_intake().unwrap();
    intake.vault(&bytes(sync), Some("2026-08-20T14:16:19.1234567Z")).unwrap();
    intake.provider(world.provider_picture()).unwrap();
    intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", members))).unwrap();
    intake.client(SOUTH, read(world.client_picture(SOUTH, "Southridge Video", 5))).unwrap();
    intake.commit().unwrap();
}

/// Rows say when they were read.
fn without_ages(answers: Answers) -> Answers {
    let ageless = |(name, (area, answer)): (String, (_, String))| {
        let answer = match answer.split_once("freshness:") {
            Some((before, _)) => before.to_owned(),
            None => answer,
        };
        (name, (area, answer))
    };
    Answers(answers.0.into_iter().map(ageless).collect())
}

fn without_ages_if(answers: &Answers, ageless: bool) -> Answers {
    let copy = Answers(answers.0.clone());
    if ageless { without_ages(copy) } else { copy }
}
