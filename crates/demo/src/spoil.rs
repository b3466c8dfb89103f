//! Items that nobody can open: what a sync brings when something went wrong somewhere else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portico_service::bulk::BulkCipher;
use serde_json::Value;

/// Turns one bit of every MAC.
pub(crate) fn break_macs(cipher: &mut BulkCipher) {
    for_each_text(cipher, &|sealed| {
        let (rest, mac) = sealed.rsplit_once('|')?;
        let mut mac = STANDARD.decode(mac).ok()?;
        *mac.last_mut()? ^= 1;
        Some(format!("{rest}|{}", STANDARD.encode(mac)))
    });
}

/// Puts every text into the envelope of the newer account encryption, with a key that nobody has: `COSE_Encrypt0`
/// with the algorithm XChaCha20-Poly1305 (protocol.md §2.5 and §2.9).
pub(crate) fn make_newer(cipher: &mut BulkCipher) {
    for_each_text(cipher, &|sealed| {
        let (ciphertext, mac) = sealed.split_once('|')?.1.split_once('|')?;
        let (ciphertext, tag) = (STANDARD.decode(ciphertext).ok()?, STANDARD.decode(mac).ok()?);
        let length = u16::try_from(ciphertext.len()).ok()?;
        // [ protected { 1: -70000 }, unprotected { 5: nonce of 24 bytes }, bytes ]
        let mut cose = vec![0x83, 0x47, 0xa1, 0x01, 0x3a, 0x00, 0x01, 0x11, 0x6f, 0xa1, 0x05, 0x58, 0x18];
        cose.extend(tag.get(..24)?);
        cose.push(0x59);
        cose.extend(length.to_be_bytes());
        cose.extend(ciphertext);
        Some(format!("7.{}", STANDARD.encode(cose)))
    });
}

/// Replaces every sealed text of an item. What is not a sealed text stays.
fn for_each_text(cipher: &mut BulkCipher, change: &dyn Fn(&str) -> Option<String>) {
    let alter = |text: &mut String| {
        if text.starts_with("2.")
            && let Some(changed) = change(text)
        {
            *text = changed;
        }
    };
    alter(&mut cipher.name);
    cipher.notes.iter_mut().chain(cipher.key.iter_mut()).for_each(alter);
    let values =
        std::iter::once(&mut cipher.content).chain(&mut cipher.fields).chain(&mut cipher.password_history);
    values.for_each(|value| alter_value(value, &alter));
}

fn alter_value(value: &mut Value, alter: &dyn Fn(&mut String)) {
    match value {
        Value::String(text) => alter(text),
        Value::Array(values) => values.iter_mut().for_each(|value| alter_value(value, alter)),
        Value::Object(members) => members.values_mut().for_each(|value| alter_value(value, alter)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
