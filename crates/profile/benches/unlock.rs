//! What an offline unlock of 10,000 items costs beyond the key derivation, and what taking them in costs.
//!
//! `yardstick: the KDF alone` is the same derivation with no file behind it. The figure that is promised, in at most 1.25
//! times RustCrypto's derivation, is taken in `ratios.rs`.
#![allow(clippy::unwrap_used)]

#[path = "../tests/support/mod.rs"]
mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use portico_crypto::{Kdf, MasterKey, ceremony};
use portico_vault::ItemFilter;
use support::*;

const ITEMS: u128 = 10_000;

fn unlock(criterion: &mut Criterion) {
    let mut world = World::new();
    world.kdf = Kdf::DEFAULT;
    world.account = ceremony::make_account_with(PASSWORD, SALT, &world.kdf, pair());
    (0..ITEMS).for_each(|n| {
        world.add_login(n, &format!("Website number {n} of somebody"), None);
    });
    let mut sync = world.sync();
    sync["userDecryption"] = serde_json::Value::Null;
    let sync = bytes(&sync);
    println!("the sync's body has {} KiB", sync.len() / 1024);
    let take_in = |unlocked: &portico_profile::Unlocked| {
        let mut intake = unlocked.begin_intake().unwrap();
        intake.vault(&sync, None).unwrap();
        intake.commit().unwrap()
    };
    let (machine, unlocked) = Machine::with_account(&world);
    take_in(&unlocked);
    println!("the file has {} KiB", unlocked.size_on_disk() / 1024);
    drop(unlocked);

    let mut group = criterion.benchmark_group("unlock");
    group.sample_size(10);
    group.bench_function("yardstick: the KDF alone", |bench| {
        bench.iter(|| MasterKey::derive(PASSWORD, SALT, &world.kdf));
    });
    group.bench_function("10,000 items, list opened", |bench| {
        bench.iter(|| assert_eq!(machine.unlock().picture().items().len(), ITEMS as usize));
    });
    group.bench_function("10,000 items, list searchable", |bench| {
        bench.iter(|| {
            let unlocked = machine.unlock();
            let picture = unlocked.picture();
            picture.item_index().unwrap().select(picture.items(), &ItemFilter::default()).len()
        });
    });
    group.bench_function("one item in full", |bench| {
        let unlocked = machine.unlock();
        let picture = unlocked.picture();
        let id = picture.items()[4321].id;
        bench.iter(|| picture.item(id).unwrap().fields().count());
    });
    group.finish();

    let mut group = criterion.benchmark_group("intake");
    group.sample_size(10);
    group.bench_function("10,000 new items", |bench| {
        bench.iter_with_setup(
            || Machine::with_account(&world),
            |(machine, unlocked)| {
                take_in(&unlocked);
                (machine, unlocked)
            },
        );
    });
    group.bench_function("10,000 known items", |bench| {
        let unlocked = machine.unlock();
        bench.iter(|| take_in(&unlocked));
    });
    group.finish();
}

criterion_group!(benches, unlock);
criterion_main!(benches);
