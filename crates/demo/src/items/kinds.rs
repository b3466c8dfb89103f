//! One of each kind of item, filled with plausible and invented values.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use portico_protocol::Date;
use portico_protocol::cipher::{FieldType, UriMatch};
use portico_vault::{ItemKind, NewField, NewItem, NewPasskey, NewWebsite, Secret};
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair};
use time::OffsetDateTime;

use super::Life;
use crate::seeded::{chance, pick};

/// A login of `username` at `host`. Some have verification codes, some a history, some fields of their own.
pub(super) fn login(dice: &mut fastrand::Rng, name: &str, username: &str, host: &str, life: Life) -> NewItem {
    let mut item = NewItem::new(ItemKind::LOGIN, name);
    item.values.push(("username", username.into()));
    item.values.push(("password", password(dice)));
    if chance(dice, 22) {
        item.values.push(("totp", verification_seed(dice, name, username)));
    }
    item.websites.push(website(&format!("https://{host}/login"), None));
    if chance(dice, 15) {
        item.websites.push(website(&format!("https://account.{host}"), Some(UriMatch::HOST)));
    }
    if life.revised > life.created && chance(dice, 60) {
        item.password_revision_date = Some(date(life.revised));
        // Newest first: each was in use until the one after it.
        let mut until = life.revised;
        for _ in 0..dice.usize(1..4) {
            item.password_history.push((password(dice), date(until)));
            until = life.created + (until - life.created) * 0.6;
        }
    }
    if chance(dice, 12) {
        item.fields.push(field(FieldType::TEXT, "Customer number", Some(digits(dice, 8))));
        item.fields.push(field(FieldType::HIDDEN, "Recovery word", Some(word(dice).to_owned())));
        item.fields.push(field(FieldType::BOOLEAN, "Newsletter", Some("false".to_owned())));
        item.fields.push(NewField {
            kind: FieldType::LINKED,
            name: "Login name".to_owned(),
            value: None,
            linked_id: Some(100),
        });
    }
    if chance(dice, 14) {
        item.notes =
            Some(format!("Registered under {username}. Ask support for {} first.", word(dice)).into());
    }
    if chance(dice, 6) {
        item.passkeys.push(passkey(dice, host, username, life.created));
    }
    item.reprompt = chance(dice, 4);
    item
}

pub(super) fn note(name: &str, text: String) -> NewItem {
    let mut item = NewItem::new(ItemKind::SECURE_NOTE, name);
    item.notes = Some(text.into());
    item
}

/// A payment card. The numbers come from the range that payment providers reserve for tests.
pub(super) fn card(dice: &mut fastrand::Rng, name: &str, holder: &str, brand: &str, last: &str) -> NewItem {
    let first = match brand {
        "Mastercard" => "5555 5555 0000",
        _ => "4000 0000 0000",
    };
    with_values(
        ItemKind::CARD,
        name,
        [
            ("cardholderName", holder.to_owned()),
            ("brand", brand.to_owned()),
            ("number", format!("{first} {last}").replace(' ', "")),
            ("expMonth", dice.u8(1..=12).to_string()),
            ("expYear", dice.u16(2026..2032).to_string()),
            ("code", digits(dice, 3)),
        ],
    )
}

/// `title` as the product's list has it: "Mr", "Ms", "Mx", "Dr".
pub(super) fn identity(
    dice: &mut fastrand::Rng,
    name: &str,
    (title, first, last): (&str, &str, &str),
    email: &str,
) -> NewItem {
    with_values(
        ItemKind::IDENTITY,
        name,
        [
            ("title", title.to_owned()),
            ("firstName", first.to_owned()),
            ("lastName", last.to_owned()),
            ("username", first.to_lowercase()),
            ("email", email.to_owned()),
            ("phone", format!("+44 1632 960{}", digits(dice, 3))),
            ("address1", format!("{} {} Lane", dice.u8(1..99), capital(word(dice)))),
            ("city", (*pick(dice, &["Ashcombe", "Northfield", "Quayside", "Eastgate"])).to_owned()),
            ("postalCode", format!("ZZ{} {}ZZ", dice.u8(1..20), dice.u8(1..9))),
            ("country", "GB".to_owned()),
            ("ssn", format!("QQ {} C", digits(dice, 6))),
        ],
    )
}

/// A real Ed25519 key pair: PKCS#8 PEM, OpenSSH public key, SHA-256 fingerprint.
pub(super) fn ssh_key(dice: &mut fastrand::Rng, name: &str, comment: &str) -> NewItem {
    /// PKCS#8 version 1 of an Ed25519 private key up to its 32 bytes (RFC 8410 §7).
    const PKCS8_PREFIX: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let mut seed = [0_u8; 32];
    dice.fill(&mut seed);
    let Ok(pair) = Ed25519KeyPair::from_seed_unchecked(&seed) else {
        // Every 32 bytes are a seed; the signature of the function only knows slices.
        unreachable!("32 bytes are an Ed25519 seed");
    };
    let mut blob = Vec::with_capacity(51);
    for part in [b"ssh-ed25519".as_slice(), pair.public_key().as_ref()] {
        blob.extend(u32::try_from(part.len()).unwrap_or_default().to_be_bytes());
        blob.extend(part);
    }
    let pkcs8 = STANDARD.encode([PKCS8_PREFIX.as_slice(), &seed].concat());
    with_values(
        ItemKind::SSH_KEY,
        name,
        [
            ("privateKey", format!("-----BEGIN PRIVATE KEY-----\n{pkcs8}\n-----END PRIVATE KEY-----\n")),
            ("publicKey", format!("ssh-ed25519 {} {comment}", STANDARD.encode(&blob))),
            ("keyFingerprint", format!("SHA256:{}", STANDARD_NO_PAD.encode(digest(&SHA256, &blob)))),
        ],
    )
}

pub(super) fn bank_account(dice: &mut fastrand::Rng, name: &str, holder: &str) -> NewItem {
    let account = digits(dice, 8);
    with_values(
        ItemKind::BANK_ACCOUNT,
        name,
        [
            ("bankName", format!("{} Bank", capital(word(dice)))),
            ("nameOnAccount", holder.to_owned()),
            ("accountType", (*pick(dice, &["checking", "savings"])).to_owned()),
            ("accountNumber", account.clone()),
            ("routingNumber", digits(dice, 6)),
            ("pin", digits(dice, 4)),
            ("swiftCode", "ZZZZGB2LXXX".to_owned()),
            ("iban", format!("GB00 ZZZZ {} {}", digits(dice, 6), account)),
        ],
    )
}

pub(super) fn drivers_license(dice: &mut fastrand::Rng, name: &str, first: &str, last: &str) -> NewItem {
    let issued = dice.u16(2016..2026);
    with_values(
        ItemKind::DRIVERS_LICENSE,
        name,
        [
            ("firstName", first.to_owned()),
            ("lastName", last.to_owned()),
            ("dateOfBirth", birthday(dice)),
            ("licenseNumber", format!("{}{}", last.to_uppercase(), digits(dice, 9))),
            ("issuingCountry", "GB".to_owned()),
            ("issueDate", format!("{issued}-05-02")),
            ("expirationDate", format!("{}-05-01", issued + 10)),
            ("licenseClass", (*pick(dice, &["B", "B, A1", "B, BE"])).to_owned()),
        ],
    )
}

pub(super) fn passport(dice: &mut fastrand::Rng, name: &str, first: &str, last: &str) -> NewItem {
    let issued = dice.u16(2017..2026);
    with_values(
        ItemKind::PASSPORT,
        name,
        [
            ("surname", last.to_owned()),
            ("givenName", first.to_owned()),
            ("dateOfBirth", birthday(dice)),
            ("nationality", "British citizen".to_owned()),
            ("passportNumber", digits(dice, 9)),
            ("passportType", "P".to_owned()),
            ("issuingCountry", "GB".to_owned()),
            ("issueDate", format!("{issued}-09-14")),
            ("expirationDate", format!("{}-09-13", issued + 10)),
        ],
    )
}

fn with_values<const N: usize>(kind: ItemKind, name: &str, values: [(&'static str, String); N]) -> NewItem {
    let mut item = NewItem::new(kind, name);
    item.values = values.into_iter().map(|(member, value)| (member, Secret::from(value))).collect();
    item
}

fn website(uri: &str, match_rule: Option<UriMatch>) -> NewWebsite {
    NewWebsite { uri: uri.to_owned(), match_rule }
}

fn field(kind: FieldType, name: &str, value: Option<String>) -> NewField {
    NewField { kind, name: name.to_owned(), value: value.map(Secret::from), linked_id: None }
}

fn passkey(dice: &mut fastrand::Rng, host: &str, username: &str, made: OffsetDateTime) -> NewPasskey {
    let mut bytes = |length: usize| -> String {
        let raw: Vec<u8> = (0..length).map(|_| dice.u8(..)).collect();
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(raw)
    };
    let values = [
        ("credentialId", bytes(16)),
        ("keyType", "public-key".to_owned()),
        ("keyAlgorithm", "ECDSA".to_owned()),
        ("keyCurve", "P-256".to_owned()),
        // As long as a P-256 key in PKCS#8; no site knows its public half.
        ("keyValue", bytes(138)),
        ("rpId", host.to_owned()),
        ("rpName", host.to_owned()),
        ("userHandle", bytes(16)),
        ("userName", username.to_owned()),
        ("userDisplayName", username.to_owned()),
        ("counter", "0".to_owned()),
        ("discoverable", "true".to_owned()),
    ];
    NewPasskey {
        values: values.into_iter().map(|(member, value)| (member, Secret::from(value))).collect(),
        creation_date: date(made),
    }
}

/// Mostly good, sometimes short, sometimes the same as elsewhere: what a health report should find.
fn password(dice: &mut fastrand::Rng) -> Secret {
    const SYMBOLS: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!%&*+-=?@";
    match dice.u32(..20) {
        0 => (*pick(dice, &["Completion2024", "Lighthouse!1", "Summer2023"])).into(),
        1 => (0..8).map(|_| char::from(*pick(dice, SYMBOLS))).collect::<String>().into(),
        2..5 => format!("{}-{}-{}-{}", word(dice), word(dice), word(dice), dice.u8(10..99)).into(),
        _ => (0..dice.usize(16..25)).map(|_| char::from(*pick(dice, SYMBOLS))).collect::<String>().into(),
    }
}

/// The seed of an authenticator, in one of the three forms that occur (protocol.md §2.11).
pub(super) fn verification_seed(dice: &mut fastrand::Rng, issuer: &str, account: &str) -> Secret {
    const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let seed: String = (0..32).map(|_| char::from(*pick(dice, BASE32))).collect();
    match dice.u32(..8) {
        // One shop's own form, for games alone.
        _ if issuer.ends_with("Games") => format!("steam://{seed}").into(),
        0..4 => {
            let (issuer, account) = (issuer.replace(' ', "%20"), account.replace('@', "%40"));
            format!("otpauth://totp/{issuer}:{account}?secret={seed}&issuer={issuer}&digits=6&period=30")
                .into()
        }
        _ => seed.into(),
    }
}

fn birthday(dice: &mut fastrand::Rng) -> String {
    format!("{}-{:02}-{:02}", dice.u16(1955..2004), dice.u8(1..=12), dice.u8(1..=28))
}

pub(super) fn digits(dice: &mut fastrand::Rng, count: usize) -> String {
    (0..count).map(|_| char::from(b'0' + dice.u8(..10))).collect()
}

pub(super) fn word(dice: &mut fastrand::Rng) -> &'static str {
    const WORDS: [&str; 32] = [
        "amber", "anchor", "basil", "beacon", "candle", "cedar", "clover", "copper", "drift", "ember",
        "fable", "fern", "granite", "harbour", "indigo", "juniper", "kettle", "lantern", "marble", "meadow",
        "nutmeg", "orchard", "paper", "quartz", "ribbon", "saffron", "thimble", "umber", "velvet", "willow",
        "yarrow", "zephyr",
    ];
    WORDS[dice.usize(..WORDS.len())]
}

pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn date(moment: OffsetDateTime) -> Date {
    Date::from(moment)
}
