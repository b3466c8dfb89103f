//! One flipped bit at a thousand places.

use std::path::PathBuf;

use portico_profile::*;
use serde_json::Value;

use crate::answers::{Questions, Truths, answers};
use crate::flipping::{self, SyncFault, Whole, flip_all};
use crate::support::*;

const FLIPS: usize = 1000;
/// Another one can be tried with `PORTICO_SEED`.
const SEED: u64 = 0x5eed;
fn seed() -> u64 {
    std::env::var("PORTICO_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED)
}

/// Of so many flips one is followed by a sync.
const MENDED: usize = 4;

/// Members of the northern client in the three pictures that are taken.
const MEMBERS: [u128; 3] = [40, 41, 42];

/// An account with a vault, a provider, two clients and three heads.
struct Account {
    world: World,
    sync: Value,
    whole: Whole,
}

fn account() -> Account {
    let mut world = World::new();
    for n in 0..90 {
        world.add_login(n, &format!("Orchard Bank {n}"), None);
    }
    let (machine, unlocked) = Machine::with_account(&world);
    let sync = world.sync();
    let mut truths = Vec::new();
    for members in MEMBERS {
        let mut intake = unlocked.begin_intake().unwrap();
        take_all(&mut intake, &world, &sync, members).unwrap();
        let number = intake.commit().unwrap();
        let questions = questions(&unlocked);
        truths.push((number, answers(&unlocked, &questions)));
        machine.clock.advance(3600);
    }
    let questions = questions(&unlocked);
    drop(unlocked);
    let file = std::fs::read(machine.cache_file()).unwrap();
    assert!(!machine.cache_file().with_extension("sqlite3-wal").exists(), "it is checkpointed");
    Account { world, sync, whole: Whole { file, questions, truths: Truths(truths) } }
}

fn questions(unlocked: &Unlocked) -> Questions {
    Questions::of(&unlocked.picture(), vec!["antinous", "bookkeeping", "northwind"])
}

/// Everything that a sync brings.
fn take_all(intake: &mut Intake<'_>, world: &World, sync: &Value, members: u128) -> Result<(), IntakeError> {
    intake.vault(&bytes(sync), Some("2026-08-20T14:16:19.1234567Z"))?;
    intake.provider(world.provider_picture());
    intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", members)))?;
    intake.client(SOUTH, read(world.client_picture(SOUTH, "Southridge Video", 5)))
}

#[test]
fn a_flipped_bit_is_harmless_or_told_or_recovered_from() {
    let seed = seed();
    let account = account();
    let mut random = fastrand::Rng::with_seed(seed);
    let places: Vec<(usize, u8)> =
        (0..FLIPS).map(|_| (random.usize(..account.whole.file.len()), random.u8(..8))).collect();
    let tally = account.flip_all(&places, &format!("seed {seed}"));
    let (all, mended) = tally.numbers();
    assert!(all[0] > 10 && all[1] > 10 && all[2] > 0, "the flips hit all kinds of things: {all:?}");
    assert!(mended > 10, "and the next sync mends them");
}

/// The texts from which SQLite learns the tables: a flipped letter there renames a column or changes what may stand in it.
/// All 7,000 flips passed, in five minutes; a few hundred are tried here.
#[test]
fn a_flipped_bit_in_the_words_of_a_table_is_harmless_or_told_or_recovered_from() {
    let account = account();
    let file = &account.whole.file;
    let word = b"CREATE TABLE ";
    let mut bytes = Vec::new();
    for start in (0..file.len() - word.len()).filter(|start| file[*start..].starts_with(word)) {
        let length = file[start..].iter().position(|byte| !matches!(byte, b' '..=b'~')).unwrap();
        bytes.extend(start..start + length);
    }
    assert!(bytes.len() > 500, "seven tables have words");
    let seed = seed();
    let mut random = fastrand::Rng::with_seed(seed);
    let places: Vec<_> =
        (0..FLIPS / 4).map(|_| (bytes[random.usize(..bytes.len())], random.u8(..8))).collect();
    let tally = account.flip_all(&places, &format!("words of tables, seed {seed}"));
    assert!(tally.numbers().0[2] > 0, "some of them are recovered from");
}

impl Account {
    fn flip_all(&self, places: &[(usize, u8)], which: &str) -> flipping::Tally {
        let machine = || Owned { machine: Machine::new(), account: self };
        flip_all(&self.whole, places, MENDED, machine, which)
    }
}

/// A machine that the account's file is copied to.
struct Owned<'a> {
    machine: Machine,
    account: &'a Account,
}

impl flipping::Machine for Owned<'_> {
    fn folder(&self) -> PathBuf {
        self.machine.cache_file().parent().unwrap().to_owned()
    }

    fn unlock(&self) -> Result<Unlocked, UnlockError> {
        self.machine.profile.unlock(ACCOUNT, PASSWORD)
    }

    fn tokens(&self) -> SessionTokens {
        tokens("first")
    }

    fn sync(&self, unlocked: &Unlocked) -> Result<(), SyncFault> {
        let Account { world, sync, .. } = self.account;
        let mut intake = unlocked.begin_intake().map_err(|error| match error {
            BeginIntakeError::Read(error) if error.is_damage() => SyncFault::Damage,
            error => SyncFault::Other(format!("{error:?}")),
        })?;
        let outcome = take_all(&mut intake, world, sync, MEMBERS[2]).and_then(|()| intake.commit());
        match outcome {
            Ok(_) => Ok(()),
            Err(error) if error.is_damage() => Err(SyncFault::Damage),
            Err(error) => Err(SyncFault::Other(format!("{error:?}"))),
        }
    }
}
