//! Every key of an account of the demo: of the protocol, and of the file that its window keeps.

use std::{num::NonZeroU32, path::Path};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA256};
use base64::{Engine, engine::general_purpose::STANDARD};
use portico_crypto::{Kdf, MasterKey};
use portico_profile::Unlocked;
use portico_tests::memory::Needle;
use serde_json::Value;

/// Of [`Kdf::DEFAULT`], by which the demo's people come in.
const ROUNDS: u32 = 600_000;

/// Every key of an account, in halves: each half is a key of its own to the ciphers. `service` is the file of its server.
pub fn keys_of(
    email: &str,
    password: &str,
    service: &rusqlite::Connection,
    unlocked: &Unlocked,
) -> Vec<Needle> {
    let master = master_key(email, password);
    let mut needles = Needle::key("master key", &master);
    let stretched = MasterKey::derive(password, email, &Kdf::DEFAULT).stretch();
    needles.extend(halves("stretched master key", stretched.expose()));
    let hash = pbkdf2_of(&master, password.as_bytes(), 1);
    needles.extend(Needle::key("hash of the master password", &hash));
    needles.extend(halves("user key", unlocked.user_key().expose()));
    let picture = unlocked.picture();
    for provider in picture.providers().unwrap() {
        let key = picture.provider_key(provider.provider.id).unwrap().unwrap();
        needles.extend(halves("provider key", key.expose()));
    }
    for organization in &picture.organizations().unwrap() {
        let key = picture.organization_key(organization.id).unwrap().unwrap();
        needles.extend(halves("organization key", key.expose()));
    }
    let sql = "SELECT private_key FROM users WHERE email = ?1";
    let wrapped: String = service.query_row(sql, [email], |row| row.get(0)).unwrap();
    let pkcs8 = unlocked.user_key().open_bytes(&wrapped).unwrap();
    // Past the public modulus: the private exponent and the primes. Big numbers lie in memory the other way round too.
    for start in (400..pkcs8.len() - 32).step_by(64) {
        let piece = &pkcs8[start..start + 32];
        let turned: Vec<u8> = piece.iter().rev().copied().collect();
        needles.extend(Needle::key(&format!("private key at {start}"), piece));
        needles.push(Needle::bytes(format!("private key at {start}, turned"), &turned));
    }
    needles
}

fn halves(what: &str, key: &[u8; 64]) -> Vec<Needle> {
    let (encryption, mac) = key.split_at(32);
    let mut needles = Needle::key(&format!("{what} (encryption)"), encryption);
    needles.extend(Needle::key(&format!("{what} (MAC)"), mac));
    needles
}

/// Never handed out by the crate that makes it, so made here (protocol.md §2.1); what it proves is held against that crate.
fn master_key(email: &str, password: &str) -> [u8; 32] {
    let master = pbkdf2_of(password.as_bytes(), email.trim().to_lowercase().as_bytes(), ROUNDS);
    let theirs = MasterKey::derive(password, email, &Kdf::DEFAULT).authorization_hash(password);
    let ours = STANDARD.encode(pbkdf2_of(&master, password.as_bytes(), 1));
    assert_eq!(ours, theirs.to_base64().expose());
    master
}

fn pbkdf2_of(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 32] {
    let mut key = [0; 32];
    pbkdf2::derive(PBKDF2_HMAC_SHA256, NonZeroU32::new(rounds).unwrap(), salt, password, &mut key);
    key
}

/// The data key of a profile's file, and what is made of it: by the file's account slot, as anybody with the user key could
/// (`crates/cache/src/slot.rs`, `keys.rs`). No two files have the same.
pub fn keys_of_file(profile: &Path, unlocked: &Unlocked) -> Vec<Needle> {
    let account = unlocked.account();
    let file = profile.join("accounts").join(account.to_string()).join("cache.sqlite3");
    let header: Vec<u8> = rusqlite::Connection::open(file)
        .unwrap()
        .query_row("SELECT bytes FROM header_a", [], |row| row.get(0))
        .unwrap();
    // After a checksum.
    let header: Value = serde_json::from_slice(&header[32..]).unwrap();
    let slot = header["slots"].as_array().unwrap().iter().find(|slot| slot["kind"] == 1).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let uuid = |value: &Value| uuid::Uuid::parse_str(value.as_str().unwrap()).unwrap().into_bytes();
    let server = text(&header["server"]);
    let binding = [
        &b"portico/cache/slot\x01"[..],
        &uuid(&header["account"]),
        &(server.len() as u64).to_le_bytes(),
        server.as_bytes(),
        &[1],
        &uuid(&slot["id"]),
        text(&slot["parameters"]).as_bytes(),
    ]
    .concat();
    let secret = expand(unlocked.user_key().expose(), account, b"portico/cache/slot/account/1");
    let mut sealed = STANDARD.decode(text(&slot["sealed"])).unwrap();
    let (nonce, body) = sealed.split_first_chunk_mut::<12>().unwrap();
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &secret).unwrap());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let data_key = cipher.open_in_place(nonce, Aad::from(binding), body).unwrap();

    let mut needles = Needle::key("data key", data_key);
    needles.extend(Needle::key("secret of the account slot", &secret));
    for label in ["address", "seal", "page", "head"] {
        let made = expand(data_key, account, format!("portico/cache/{label}/1").as_bytes());
        needles.extend(Needle::key(&format!("{label} key"), &made));
    }
    needles
}

fn expand(secret: &[u8], account: uuid::Uuid, label: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let root = Salt::new(HKDF_SHA256, account.as_bytes()).extract(secret);
    root.expand(&[label], KeyLen).and_then(|made| made.fill(&mut key)).unwrap();
    key
}

struct KeyLen;

impl KeyType for KeyLen {
    fn len(&self) -> usize {
        32
    }
}
