//! Every key of an account of the demo.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA256};
use base64::{Engine, engine::general_purpose::STANDARD};
use portico_crypto::{Kdf, MasterKey};
use portico_profile::Unlocked;
use portico_tests::memory::Needle;

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
