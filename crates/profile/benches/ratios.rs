//! An offline unlock of 10,000 items up to the first screenful, against the key derivation alone.
//!
//! Ours: from the closed file and the master password to every row in memory, ordered and searchable, and the first 50
//! rows of the unfiltered list read. Under the program's allocator; the file lies in the system's page cache.
#![allow(clippy::unwrap_used)]

#[path = "../../vault/benches/support/pairs.rs"]
mod pairs;
#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::sync::Arc;

use portico_crypto::{Kdf, ceremony};
use portico_profile::{Picture, Unlocked};
use portico_vault::ItemFilter;
use sha2::Sha256;
use support::*;

#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

const ITEMS: u128 = 10_000;
const TARGET: f64 = 1.25;
const ROUNDS: u32 = 600_000;
const SCREENFUL: usize = 50;

fn main() {
    let mut world = World::new();
    world.kdf = Kdf::pbkdf2(ROUNDS).unwrap();
    world.account = ceremony::make_account_with(PASSWORD, SALT, &world.kdf, pair());
    (0..ITEMS).for_each(|n| {
        world.add_login(n, &format!("Website number {n} of somebody"), None);
    });
    let mut sync = world.sync();
    sync["userDecryption"] = serde_json::Value::Null;
    let (machine, unlocked) = Machine::with_account(&world);
    let mut intake = unlocked.begin_intake().unwrap();
    assert_eq!(intake.vault(&bytes(&sync), None).unwrap().items, ITEMS as usize);
    intake.commit().unwrap();
    drop(unlocked);

    let name = "offline unlock of 10,000 items to the first screenful, all searchable / PBKDF2 600,000 alone";
    pairs::compare(name, TARGET, 30, derive_alone, || first_screenful(&machine));
}

fn derive_alone() -> [u8; 32] {
    let mut key = [0; 32];
    pbkdf2::pbkdf2_hmac::<Sha256>(PASSWORD.as_bytes(), SALT.as_bytes(), black_box(ROUNDS), &mut key);
    key
}

/// Hands back what it opened: locking is not part of an unlock.
fn first_screenful(machine: &Machine) -> (Unlocked, Arc<Picture>) {
    let unlocked = machine.unlock();
    let picture = unlocked.picture();
    let items = picture.items();
    let places = picture.item_index().unwrap().select(items, &ItemFilter::default());
    assert_eq!(places.len(), ITEMS as usize);
    for place in &places[..SCREENFUL] {
        black_box(items[*place as usize].name.value().unwrap());
    }
    (unlocked, picture)
}
