//! An offline unlock of 10,000 and of 50,000 items up to the first screenful, against the key derivation alone.
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

const ROUNDS: u32 = 600_000;
const SCREENFUL: usize = 50;

fn main() {
    unlock(10_000, "10,000", 1.25, 30);
    unlock(50_000, "50,000", 1.6, 15);
    let (full, one) = support::one_change::bytes_of_one_change(1_000, 20);
    let name = "bytes written when one of 1,000 clients changed / by the first sync";
    pairs::tell(name, "bytes", 0.01, &[(full as f64, one as f64)]);
}

fn unlock(count: u128, shown: &str, target: f64, pairs: usize) {
    let mut world = World::new();
    world.kdf = Kdf::pbkdf2(ROUNDS).unwrap();
    world.account = ceremony::make_account_with(PASSWORD, SALT, &world.kdf, pair());
    (0..count).for_each(|n| {
        // Not in the order of the ids: to be put in order is a part of it.
        let number = n * 7_919 % count;
        world.add_login(n, &format!("Website number {number} of somebody"), None);
    });
    let mut sync = world.sync();
    sync["userDecryption"] = serde_json::Value::Null;
    let (machine, unlocked) = Machine::with_account(&world);
    let mut intake = unlocked.begin_intake().unwrap();
    assert_eq!(intake.vault(&bytes(&sync), None).unwrap().items, count as usize);
    intake.commit().unwrap();
    drop(unlocked);

    let name = format!(
        "offline unlock of {shown} items to the first screenful, all searchable / PBKDF2 600,000 alone"
    );
    pairs::compare(&name, target, pairs, derive_alone, || first_screenful(&machine, count as usize));
}

fn derive_alone() -> [u8; 32] {
    let mut key = [0; 32];
    pbkdf2::pbkdf2_hmac::<Sha256>(PASSWORD.as_bytes(), SALT.as_bytes(), black_box(ROUNDS), &mut key);
    key
}

/// Hands back what it opened: locking is not part of an unlock.
fn first_screenful(machine: &Machine, count: usize) -> (Unlocked, Arc<Picture>) {
    let unlocked = machine.unlock();
    let picture = unlocked.picture();
    let items = picture.items();
    let places = picture.item_index().unwrap().select(items, &ItemFilter::default());
    assert_eq!(places.len(), count);
    for place in &places[..SCREENFUL] {
        black_box(items[*place as usize].name.value().unwrap());
    }
    (unlocked, picture)
}
