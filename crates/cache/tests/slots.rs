//! Device and PIN slots: they give the data key and the user key, to their own secret alone.
#![allow(clippy::unwrap_used)]

mod support;

use portico_cache::*;
use support::*;

const USER_KEY: [u8; 64] = [0x5a; 64];
const PIN_KEY: [u8; 32] = [7; 32];

fn closed(bench: &Bench) -> ClosedCache {
    ClosedCache::open(&bench.path()).unwrap()
}

fn opens(bench: &Bench, kind: SlotKind, secret: &SlotSecret) -> Result<bool, UnlockCacheError> {
    let (cache, user_key) = closed(bench).unlock_with_keychain_slot(kind, secret)?;
    assert_eq!(**user_key, USER_KEY);
    Ok(cache.newest_head().unwrap().is_some())
}

fn with_both() -> (Bench, KeychainSecret, KeychainSecret) {
    let bench = bench();
    commit_list(&bench.cache, vec![entry(1, "kept")], 0);
    let (device, pin) = (KeychainSecret::generate().unwrap(), KeychainSecret::generate().unwrap());
    let account = bench.cache.account();
    let mut writer = bench.writer();
    let device_secret = SlotSecret::from_device(&device, account);
    writer.set_keychain_slot(SlotKind::DEVICE, "{}".into(), &device_secret, &USER_KEY).unwrap();
    let pin_secret = SlotSecret::from_pin(&PIN_KEY, &pin, account);
    writer.set_keychain_slot(SlotKind::PIN, r#"{"salt":"s"}"#.into(), &pin_secret, &USER_KEY).unwrap();
    drop(writer);
    (bench, device, pin)
}

#[test]
fn each_slot_opens_with_its_secret_and_with_no_other() {
    let (bench, device, pin) = with_both();
    let account = bench.cache.account();
    assert!(opens(&bench, SlotKind::DEVICE, &SlotSecret::from_device(&device, account)).unwrap());
    assert!(opens(&bench, SlotKind::PIN, &SlotSecret::from_pin(&PIN_KEY, &pin, account)).unwrap());
    assert_eq!(closed(&bench).header().slot_parameters(SlotKind::PIN), Some(r#"{"salt":"s"}"#));

    let wrong = |kind, secret: SlotSecret| {
        assert!(matches!(opens(&bench, kind, &secret), Err(UnlockCacheError::WrongKey)));
    };
    wrong(SlotKind::DEVICE, SlotSecret::from_device(&pin, account));
    wrong(SlotKind::DEVICE, SlotSecret::from_device(&device, uuid::Uuid::from_u128(1)));
    wrong(SlotKind::PIN, SlotSecret::from_device(&pin, account));
    wrong(SlotKind::PIN, SlotSecret::from_pin(&[8; 32], &pin, account));
    wrong(SlotKind::PIN, SlotSecret::from_pin(&PIN_KEY, &device, account));
    wrong(SlotKind::DEVICE, secret(1));
    // The account slot gives no user key, and is no way in for who has only that.
    assert!(matches!(
        closed(&bench).unlock_with_keychain_slot(SlotKind::ACCOUNT, &secret(1)),
        Err(UnlockCacheError::NoSuchSlot)
    ));
}

#[test]
fn a_new_slot_replaces_the_one_of_its_kind_and_removal_takes_only_what_it_names() {
    let (bench, device, pin) = with_both();
    let account = bench.cache.account();
    let fresh = KeychainSecret::generate().unwrap();
    let fresh_secret = SlotSecret::from_device(&fresh, account);
    bench.writer().set_keychain_slot(SlotKind::DEVICE, "{}".into(), &fresh_secret, &USER_KEY).unwrap();
    assert!(opens(&bench, SlotKind::DEVICE, &SlotSecret::from_device(&device, account)).is_err());
    assert!(opens(&bench, SlotKind::DEVICE, &fresh_secret).unwrap());

    bench.writer().remove_slots(&[SlotKind::DEVICE]).unwrap();
    assert!(matches!(opens(&bench, SlotKind::DEVICE, &fresh_secret), Err(UnlockCacheError::NoSuchSlot)));
    assert!(opens(&bench, SlotKind::PIN, &SlotSecret::from_pin(&PIN_KEY, &pin, account)).unwrap());
    let lock = WriterLock::try_acquire(&bench.path().with_extension("lock")).unwrap();
    closed(&bench).remove_slots(&[SlotKind::PIN], &lock).unwrap();
    assert_eq!(closed(&bench).header().slot_parameters(SlotKind::PIN), None);
    assert!(bench.reopen().newest_head().unwrap().is_some(), "the account slot stays");
}

/// The parameters are bound into what is sealed: who makes the PIN's derivation cheaper in the file opens nothing.
#[test]
fn changed_parameters_open_nothing() {
    let (bench, _, pin) = with_both();
    let connection = rusqlite::Connection::open(bench.path()).unwrap();
    for table in ["header_a", "header_b"] {
        let sql = format!("SELECT bytes FROM {table}");
        let bytes: Vec<u8> = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        let json = String::from_utf8(bytes[32..].to_vec()).unwrap();
        let forged = json.replace(r#"{\"salt\":\"s\"}"#, r#"{\"salt\":\"t\"}"#);
        assert_ne!(json, forged);
        let checksum = ring::digest::digest(&ring::digest::SHA256, forged.as_bytes());
        let forged = [checksum.as_ref(), forged.as_bytes()].concat();
        connection.execute(&format!("UPDATE {table} SET bytes = ?1"), [forged]).unwrap();
    }
    let secret = SlotSecret::from_pin(&PIN_KEY, &pin, bench.cache.account());
    assert!(matches!(opens(&bench, SlotKind::PIN, &secret), Err(UnlockCacheError::WrongKey)));
}
