//! Verification codes from the `totp` field of a login (protocol.md §2.11).

use crate::Secret;
use hmac::{Hmac, KeyInit, Mac};
use zeroize::Zeroizing;

/// Longest seed text that is looked at; real ones stay under 1 kB.
const MAX_SEED_TEXT: usize = 16 * 1024;
const STEAM_ALPHABET: &[u8; 26] = b"23456789BCDFGHJKMNPQRTVWXY";

/// A parsed seed, ready to make codes.
pub struct Totp {
    secret: Zeroizing<Vec<u8>>,
    algorithm: Algorithm,
    digits: Digits,
    period: u64,
}

/// One code and how long it lives.
pub struct TotpCode {
    /// The digits (or the five characters of a Steam code), as they are typed.
    pub code: Secret,
    /// Seconds between two codes.
    pub period: u64,
    /// Seconds until this code changes, from 1 to `period`.
    pub remaining: u64,
}

/// Why a seed cannot make codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseTotpError {
    /// An `otpauth://` address without its `secret`.
    #[error("the verification code address carries no secret")]
    NoSecret,
    /// Nothing is left after Base32 decoding.
    #[error("the verification code secret is empty")]
    EmptySecret,
    /// Longer than any seed can be.
    #[error("the verification code secret is too long")]
    TooLong,
}

/// The code of `seed` at `unix_seconds`.
pub fn totp(seed: &str, unix_seconds: u64) -> Result<TotpCode, ParseTotpError> {
    Ok(Totp::parse(seed)?.code(unix_seconds))
}

#[derive(Clone, Copy)]
enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
}

#[derive(Clone, Copy)]
enum Digits {
    Decimal(u32),
    Steam,
}

impl Totp {
    /// Reads a seed: an `otpauth://` address, `steam://SECRET`, or a bare Base32 secret.
    pub fn parse(seed: &str) -> Result<Self, ParseTotpError> {
        if seed.len() > MAX_SEED_TEXT {
            return Err(ParseTotpError::TooLong);
        }
        let seed = Zeroizing::new(seed.to_lowercase());
        if let Some(address) = seed.strip_prefix("otpauth://") {
            return Self::parse_address(address);
        }
        if let Some(secret) = seed.strip_prefix("steam://") {
            return Self::new(secret, Algorithm::Sha1, Digits::Steam, 30);
        }
        Self::new(&seed, Algorithm::Sha1, Digits::Decimal(6), 30)
    }

    fn parse_address(address: &str) -> Result<Self, ParseTotpError> {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let (mut secret, mut algorithm, mut digits, mut period) = (None, Algorithm::Sha1, 6, 30);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "secret" => secret = Some(Zeroizing::new(value.into_owned())),
                "algorithm" => {
                    algorithm = match &*value {
                        "sha256" => Algorithm::Sha256,
                        "sha512" => Algorithm::Sha512,
                        _ => Algorithm::Sha1,
                    }
                }
                "digits" => digits = value.parse::<u32>().map_or(6, |digits| digits.min(10)),
                "period" => period = value.parse::<u64>().map_or(30, |period| period.max(1)),
                _ => {}
            }
        }
        let secret = secret.ok_or(ParseTotpError::NoSecret)?;
        Self::new(&secret, algorithm, Digits::Decimal(digits), period)
    }

    fn new(secret: &str, algorithm: Algorithm, digits: Digits, period: u64) -> Result<Self, ParseTotpError> {
        let secret = decode_base32(secret);
        if secret.is_empty() {
            return Err(ParseTotpError::EmptySecret);
        }
        Ok(Self { secret, algorithm, digits, period })
    }

    /// The code that is valid at `unix_seconds`.
    pub fn code(&self, unix_seconds: u64) -> TotpCode {
        let truncated = truncate(&self.hash(unix_seconds / self.period));
        let code = match self.digits {
            Digits::Decimal(digits) => {
                let code = u64::from(truncated) % 10u64.pow(digits);
                format!("{code:0width$}", width = digits as usize)
            }
            Digits::Steam => steam_code(truncated),
        };
        let remaining = self.period - unix_seconds % self.period;
        TotpCode { code: code.into(), period: self.period, remaining }
    }

    fn hash(&self, counter: u64) -> Zeroizing<Vec<u8>> {
        let counter = counter.to_be_bytes();
        match self.algorithm {
            Algorithm::Sha1 => authenticate::<Hmac<sha1::Sha1>>(&self.secret, &counter),
            Algorithm::Sha256 => authenticate::<Hmac<sha2::Sha256>>(&self.secret, &counter),
            Algorithm::Sha512 => authenticate::<Hmac<sha2::Sha512>>(&self.secret, &counter),
        }
    }
}

fn authenticate<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Zeroizing<Vec<u8>> {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        unreachable!("HMAC takes keys of any length")
    };
    mac.update(message);
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}

/// Dynamic truncation of RFC 4226 §5.3: 31 bits at the offset which the last byte names.
fn truncate(hash: &[u8]) -> u32 {
    let offset = usize::from(hash[hash.len() - 1] & 0x0f);
    let word = [hash[offset], hash[offset + 1], hash[offset + 2], hash[offset + 3]];
    u32::from_be_bytes(word) & 0x7fff_ffff
}

fn steam_code(mut value: u32) -> String {
    let mut code = String::with_capacity(5);
    for _ in 0..5 {
        code.push(char::from(STEAM_ALPHABET[(value % 26) as usize]));
        value /= 26;
    }
    code
}

/// Base32 as people write it: any case, characters outside the alphabet dropped, left-over bits discarded.
fn decode_base32(text: &str) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 5 / 8 + 1));
    let (mut bits, mut count) = (0u32, 0);
    for symbol in text.bytes() {
        let value = match symbol.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => continue,
        };
        bits = (bits << 5 | u32::from(value)) & 0x0fff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}
