//! Opening 10,000 logins as a sync does, against the bare base64, HMAC and AES-CBC of the very same strings.
//!
//! Both sides open of each item its key, name, user name and website, where they lie in the sync's body, on the same
//! threads and under the program's allocator. Only ours checks syntax and UTF-8, finds the host, reads dates and makes a
//! row to keep.
#![allow(clippy::unwrap_used)]

#[path = "support/pairs.rs"]
mod pairs;
#[path = "support/search.rs"]
mod search;

use std::collections::BTreeSet;
use std::hint::black_box;

use aes::Aes256Dec;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, InnerIvInit, KeyInit};
use base64_simd::{AsOut, STANDARD};
use hmac::{Hmac, Mac};
use portico_crypto::SymmetricKey;
use portico_vault::{ItemKind, NewItem, NewWebsite, SealWith, SealedItem, Secret, open_overviews, seal_item};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

const ITEMS: u128 = 10_000;
const TARGET: f64 = 1.5;

fn main() {
    let user_key = SymmetricKey::generate();
    let texts: Vec<String> = (0..ITEMS).map(|n| login(n, &user_key).to_string()).collect();
    let strings: Vec<[&str; 4]> = texts.iter().map(|text| strings_of(text)).collect();
    let items: Vec<SealedItem<'_>> = texts.iter().map(|text| SealedItem::parse(text).unwrap()).collect();

    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for threads in BTreeSet::from([1, cores]) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let plural = if threads == 1 { "thread" } else { "threads" };
        let name = format!("opening 10,000 items at sync, {threads} {plural} / bare base64 + HMAC + AES-CBC");
        pairs::compare(
            &name,
            TARGET,
            60,
            || pool.install(|| open_bare(&strings, &user_key)),
            || pool.install(|| open_overviews(&items, |_| Some(&user_key))),
        );
    }
    search::measure();
}

/// A login as a server sends it, sealed with a key of its own.
fn login(n: u128, user_key: &SymmetricKey) -> Value {
    let mut new = NewItem::new(ItemKind::LOGIN, format!("Website number {n} of somebody"));
    new.notes = Some(Secret::from(format!("The second note about number {n}")));
    new.values = vec![
        ("username", Secret::from(format!("somebody.{n}@example.org"))),
        ("password", Secret::from(format!("a long password {n}"))),
    ];
    let uri = format!("https://accounts-{n}.example.com/login");
    new.websites = vec![NewWebsite { uri, match_rule: None }];
    let mut item = serde_json::to_value(seal_item(&new, user_key, SealWith::ItemKey).unwrap()).unwrap();
    let server = json!({
        "object": "cipherDetails", "id": Uuid::from_u128(n), "edit": true, "viewPassword": true,
        "collectionIds": [], "revisionDate": "2026-08-20T14:16:19.1234567Z",
        "creationDate": "2026-08-01T00:00:00Z", "deletedDate": null
    });
    item.as_object_mut().unwrap().extend(server.as_object().unwrap().clone());
    item
}

/// What a row of the list needs, where it lies in the item: key, name, user name, website.
fn strings_of(item: &str) -> [&str; 4] {
    #[derive(Deserialize)]
    struct Item<'a> {
        key: &'a str,
        name: &'a str,
        #[serde(borrow)]
        login: Login<'a>,
    }
    #[derive(Deserialize)]
    struct Login<'a> {
        username: &'a str,
        #[serde(borrow)]
        uris: [Website<'a>; 1],
    }
    #[derive(Deserialize)]
    struct Website<'a> {
        uri: &'a str,
    }
    let Item { key, name, login: Login { username, uris: [website] } } = serde_json::from_str(item).unwrap();
    [key, name, username, website.uri]
}

/// Returns the bytes opened, so that nothing of it can be left out.
fn open_bare(strings: &[[&str; 4]], user_key: &SymmetricKey) -> usize {
    let owner = BareKey::new(user_key.expose());
    strings
        .par_iter()
        .with_min_len(64)
        .map_init(
            || Vec::with_capacity(256),
            |buffer, [key, texts @ ..]| {
                owner.open(key, buffer);
                let own = BareKey::new(buffer.as_slice().try_into().unwrap());
                let lengths = texts.iter().map(|text| {
                    own.open(text, buffer);
                    black_box(&*buffer).len()
                });
                lengths.sum::<usize>()
            },
        )
        .sum()
}

struct BareKey {
    aes: Aes256Dec,
    mac: Hmac<Sha256>,
}

impl BareKey {
    fn new(bytes: &[u8; 64]) -> Self {
        let (aes, mac) = bytes.split_at(32);
        Self { aes: Aes256Dec::new_from_slice(aes).unwrap(), mac: Hmac::new_from_slice(mac).unwrap() }
    }

    /// Fixed offsets, into a buffer that is used again, no checks but the MAC.
    fn open(&self, text: &str, buffer: &mut Vec<u8>) {
        let text = text.as_bytes();
        let mut iv = [0; 18];
        let iv: [u8; 16] =
            (&*STANDARD.decode(&text[2..26], iv.as_mut_slice().as_out()).unwrap()).try_into().unwrap();
        let sealed = &text[27..text.len() - 45];
        let mut expected = [0; 33];
        let expected = STANDARD.decode(&text[text.len() - 44..], expected.as_mut_slice().as_out()).unwrap();
        buffer.resize(STANDARD.decoded_length(sealed).unwrap(), 0);
        STANDARD.decode(sealed, buffer.as_mut_slice().as_out()).unwrap();
        let mut mac = self.mac.clone();
        mac.update(&iv);
        mac.update(buffer);
        mac.verify_slice(expected).unwrap();
        let opened = cbc::Decryptor::inner_iv_init(&self.aes, &iv.into());
        let length = opened.decrypt_padded::<Pkcs7>(buffer).unwrap().len();
        buffer.truncate(length);
    }
}
