//! Flips bits in the file of an account, each in a copy of its own, and holds what comes of it against what is true.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use portico_profile::{SessionTokens, UnlockError, Unlocked};

use crate::answers::{Questions, Truths};

/// Where SQLite keeps the number that says who wrote the file.
const VERSION: std::ops::Range<usize> = 60..64;

/// The file of an account that is closed, and what the account answers.
pub struct Whole {
    pub file: Vec<u8>,
    pub questions: Questions,
    pub truths: Truths,
}

/// Where copies of the file are opened, one after the other.
pub trait Machine {
    /// The account's.
    fn folder(&self) -> PathBuf;

    fn unlock(&self) -> Result<Unlocked, UnlockError>;

    /// What there is to ask beside the answers: how many parts are missing with a word, or what is wrong.
    fn ask_more(&self, _unlocked: &Unlocked) -> Result<usize, String> {
        Ok(0)
    }

    /// Tokens as a sign-in brings them, for an account that lost its own.
    fn tokens(&self) -> SessionTokens;

    /// Reads everything again.
    fn sync(&self, unlocked: &Unlocked) -> Result<(), SyncFault>;
}

/// Why a sync did not go through.
#[derive(Debug)]
pub enum SyncFault {
    /// Even writing met damage: the next unlock makes the file anew.
    Damage,
    Other(String),
}

/// What became of the flips.
#[derive(Default, Debug)]
pub struct Tally {
    harmless: AtomicUsize,
    read_round: AtomicUsize,
    recovered: AtomicUsize,
    newer: AtomicUsize,
    mended: AtomicUsize,
}

impl Tally {
    /// Harmless ones, read round, recovered from, called a newer program's; and how many a sync mended.
    pub fn numbers(&self) -> ([usize; 4], usize) {
        let now = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        ([&self.harmless, &self.read_round, &self.recovered, &self.newer].map(now), now(&self.mended))
    }
}

/// Flips the bits on two threads. One of `mended` flips is followed by a sync.
pub fn flip_all<M: Machine>(
    whole: &Whole,
    places: &[(usize, u8)],
    mended: usize,
    machine: impl Fn() -> M + Sync,
    which: &str,
) -> Tally {
    let (tally, failures) = (Tally::default(), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for half in places.chunks(places.len().div_ceil(2)) {
            let (tally, failures, machine) = (&tally, &failures, &machine);
            scope.spawn(move || {
                let machine = machine();
                for (at, (place, bit)) in half.iter().enumerate() {
                    let is_mended = at.is_multiple_of(mended);
                    if let Err(what) = flip(&machine, whole, *place, *bit, is_mended, tally) {
                        failures.lock().unwrap().push(format!("bit {bit} of byte {place}: {what}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    let size = whole.file.len();
    assert!(failures.is_empty(), "{which}, file of {size} bytes, {tally:?}:\n{}", failures.join("\n"));
    assert_eq!(tally.numbers().0.iter().sum::<usize>(), places.len());
    tally
}

fn flip(
    machine: &impl Machine,
    whole: &Whole,
    place: usize,
    bit: u8,
    is_mended: bool,
    tally: &Tally,
) -> Result<(), String> {
    let count = |number: &AtomicUsize| number.fetch_add(1, Ordering::Relaxed);
    let mut harmed = whole.file.clone();
    harmed[place] ^= 1 << bit;
    let folder = machine.folder();
    let file = folder.join("cache.sqlite3");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(&file, &harmed).unwrap();
    let unlocked = match machine.unlock() {
        Ok(unlocked) => unlocked,
        // A single number says who wrote the file, and a flipped bit can make it a believable one. Nothing is touched.
        Err(UnlockError::Newer) if VERSION.contains(&place) => {
            count(&tally.newer);
            assert!(std::fs::read(&file).unwrap() == harmed);
            return Ok(());
        }
        Err(error) => return Err(format!("{error} ({error:?})")),
    };
    let missing = whole.truths.hold_against(&unlocked, &whole.questions)? + machine.ask_more(&unlocked)?;
    if let Some(recovered) = unlocked.recovered() {
        count(&tally.recovered);
        let aside = std::fs::read(folder.join(&recovered.set_aside)).unwrap();
        assert!(aside == harmed, "the damaged file is kept");
        let again = machine.unlock().map_err(|error| format!("again: {error}"))?;
        assert!(again.recovered().is_none(), "what was recovered is whole");
    } else if missing > 0 || !unlocked.losses().is_empty() {
        count(&tally.read_round);
    } else {
        count(&tally.harmless);
    }
    if is_mended {
        mends(machine, whole, unlocked).map_err(|what| format!("after the next sync: {what}"))?;
        count(&tally.mended);
    }
    Ok(())
}

/// The next sync leaves a picture of which nothing is missing. Where it met damage, or what it wrote over damage does not
/// open, the unlock after it makes the file anew, says so, and the sync after that goes through.
fn mends(machine: &impl Machine, whole: &Whole, mut unlocked: Unlocked) -> Result<(), String> {
    let sign_in = |unlocked: &Unlocked| match unlocked.session() {
        Some(_) => Ok(()),
        None => unlocked.set_session(machine.tokens()).map_err(|error| error.to_string()),
    };
    for is_last in [false, true] {
        sign_in(&unlocked)?;
        let synced = machine.sync(&unlocked);
        drop(unlocked);
        unlocked = machine.unlock().map_err(|error| error.to_string())?;
        match (synced, unlocked.recovered()) {
            (Err(SyncFault::Other(what)), _) => return Err(what),
            (Err(SyncFault::Damage), None) => return Err("damage stays".to_owned()),
            (Ok(()), None) => break,
            (_, Some(recovered)) if is_last => return Err(format!("damaged again: {recovered:?}")),
            (_, Some(_)) => {}
        }
    }
    sign_in(&unlocked)?;
    whole.truths.hold_again(&unlocked, &whole.questions)
}
