//! What fuzzing runs: plain functions over bytes, one for each reader of what others may have written. `cargo test` runs
//! them over the corpus in `fuzz/corpus` and over what properties make of it; the targets in `fuzz/` hand them to libFuzzer.
//!
//! Each takes any bytes, never panics for what is in them, and holds what it accepted against what it must be.

use portico_protocol::enc_string::EncString;
use portico_protocol::identity::{TokenErrorResponse, TokenResponse};
use portico_protocol::invitation_link::{InvitationLink, LinkError};
use portico_protocol::server::ServerAddress;
use portico_protocol::sync::{SyncEnvelope, SyncResponse};
use portico_vault::{SealedItem, Totp, decode_overviews, encode_overviews, overview_without_key};

/// A reader under test.
pub type Body = fn(&[u8]);

/// Every body under the name of its target and of its folder of the corpus.
pub const BODIES: [(&str, Body); 11] = [
    ("enc_string", enc_string),
    ("jwt_claims", jwt_claims),
    ("token_json", token_json),
    ("sync_json", sync_json),
    ("cache_page", cache_page),
    ("cache_object", cache_object),
    ("cache_header", cache_header),
    ("overview_page", overview_page),
    ("otpauth", otpauth),
    ("invitation_link", invitation_link),
    ("hub_messages", hub_messages),
];

/// The syntax of encrypted strings: what is taken apart can be put together again.
pub fn enc_string(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(parsed) = EncString::parse(text) else { return };
    let _ = parsed.check_base64();
    match parsed {
        EncString::Symmetric { iv, ciphertext, mac } => {
            assert_eq!(text, format!("2.{iv}|{ciphertext}|{mac}"));
        }
        EncString::Unauthenticated { iv, ciphertext } => {
            assert!(text.ends_with(&format!("{iv}|{ciphertext}")));
        }
        EncString::Asymmetric { ciphertext, .. } => assert!(text.contains(ciphertext)),
        EncString::Other { text: kept, .. } => assert_eq!(text, kept),
    }
}

/// What the notifications hub sends: frames after the handshake, and the answer to it.
pub fn hub_messages(bytes: &[u8]) {
    if let Some(messages) = portico_client::fuzz::messages_of_a_hub(bytes) {
        assert!(messages <= bytes.len() / 2, "a message has a length and something");
    }
}

/// The claims of an access token.
pub fn jwt_claims(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if portico_client::fuzz::names_a_user(text) {
        assert_eq!(text.split('.').count(), 3, "a token has three parts");
    }
}

/// The answers of the token endpoint, good and bad.
pub fn token_json(bytes: &[u8]) {
    let _ = serde_json::from_slice::<TokenResponse>(bytes).map(|token| token.access_token.expose().len());
    if let Ok(refused) = serde_json::from_slice::<TokenErrorResponse>(bytes) {
        let _ = refused.message();
        let _ = refused.accepted_two_factor_providers();
    }
}

/// The answer of `GET /sync`: what was understood survives being written and read again, and no item stops the others.
pub fn sync_json(bytes: &[u8]) {
    if let Ok(envelope) = serde_json::from_slice::<SyncEnvelope<'_>>(bytes) {
        let _ = envelope.effective_policies();
        for item in &envelope.ciphers {
            if let Ok(item) = SealedItem::parse(item.get()) {
                overviews_survive(&[overview_without_key(&item)]);
            }
        }
    }
    let Ok(sync) = serde_json::from_slice::<SyncResponse>(bytes) else { return };
    let written = serde_json::to_value(&sync).expect("what was read can be written");
    let again: SyncResponse = serde_json::from_value(written.clone()).expect("what was written can be read");
    assert_eq!(written, serde_json::to_value(&again).expect("twice"), "nothing is lost on the way");
}

/// The pages and index nodes of the cache's lists.
pub fn cache_page(bytes: &[u8]) {
    let _ = portico_cache::fuzz::page(bytes);
}

/// What lies behind the seal of a cached object.
pub fn cache_object(bytes: &[u8]) {
    let _ = portico_cache::fuzz::object(bytes);
}

/// A copy of a cache's clear header.
pub fn cache_header(bytes: &[u8]) {
    let _ = portico_cache::fuzz::header(bytes);
}

/// Kept overviews of items.
pub fn overview_page(bytes: &[u8]) {
    if let Ok(overviews) = decode_overviews(bytes) {
        overviews_survive(&overviews);
    }
}

/// Seeds of verification codes: addresses, Steam, bare.
pub fn otpauth(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(seed) = Totp::parse(text) else { return };
    for now in [0, 59, 1_800_000_000, u64::MAX] {
        let code = seed.code(now);
        assert!(code.remaining >= 1 && code.remaining <= code.period);
        assert!(code.code.expose().len() <= 10);
    }
}

/// Links of mails: what is taken for one leads to a server that may be asked, and a refusal repeats nothing of it.
pub fn invitation_link(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match InvitationLink::parse(text) {
        Ok(link) => {
            assert!(!matches!(link.server, ServerAddress::Embedded(_)));
            assert!(!link.token.expose().is_empty());
            assert!(!link.email.is_some_and(|email| email.chars().any(char::is_control)));
        }
        Err(LinkError::Missing(name) | LinkError::Invalid(name)) => assert!(name.len() < 20),
        Err(_) => {}
    }
}

fn overviews_survive(overviews: &[portico_vault::ItemOverview]) {
    let written = encode_overviews(overviews);
    let again = decode_overviews(&written).expect("what was written can be read");
    assert!(encode_overviews(&again) == written, "nothing is lost on the way");
}
