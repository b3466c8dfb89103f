//! The syntax of encrypted strings (protocol.md §2.5, §2.6). Nothing is opened here.

use thiserror::Error;

/// Longer texts are refused before they are looked at: characters. Columns of the official server end at 10,000; whole
/// items of newer accounts and long notes of lenient servers are larger.
pub const MAX_LEN: usize = 4 * 1024 * 1024;

/// Base64 characters of 16 bytes.
const IV_LEN: usize = 24;
/// Base64 characters of 32 bytes.
const MAC_LEN: usize = 44;

/// An encrypted string taken apart. The parts are base64 text whose lengths were checked and whose characters were not:
/// decoding is the next step anyway, and [`EncString::check_base64`] does it for who never decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncString<'a> {
    /// Type 0, also written headerless as `iv|ct`: AES-256-CBC without MAC. Opened by explicit request only.
    Unauthenticated { iv: &'a str, ciphertext: &'a str },
    /// Type 2: AES-256-CBC and HMAC-SHA256.
    Symmetric { iv: &'a str, ciphertext: &'a str, mac: &'a str },
    /// Types 3 to 6: RSA-2048 OAEP. The MAC of types 5 and 6 is left out: it is legacy and ignored.
    Asymmetric { hash: OaepHash, ciphertext: &'a str },
    /// Anything else that has the shape of an encrypted string: type 7 of the newer account encryption, the removed
    /// type 1 (also headerless `iv|ct|mac`), and numbers from the future. Carried as it came, never opened.
    Other { kind: u16, text: &'a str },
}

/// The hash of an asymmetric encrypted string, used for the label and for MGF1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OaepHash {
    /// Types 4 and 6; 4 is the only one written.
    Sha1,
    /// Types 3 and 5.
    Sha256,
}

/// The type of account encryption v2: COSE_Encrypt0.
pub const COSE_TYPE: u16 = 7;

/// Why a text is not an encrypted string.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SyntaxError {
    /// Longer than [`MAX_LEN`].
    #[error("longer than {MAX_LEN} characters")]
    TooLong,
    /// What stands before the dot is not a type number, or there is neither dot nor bar.
    #[error("no encryption type in front")]
    Header,
    /// A part is missing, or there is one too many.
    #[error("wrong number of parts")]
    Parts,
    /// A part has a length that its type does not allow.
    #[error("a part has the wrong length")]
    PartLength,
    /// A character that base64 does not have, or padding in the wrong place.
    #[error("a part is not base64")]
    Base64,
}

impl<'a> EncString<'a> {
    /// Takes a text apart: once at the first dot, then at the bars.
    #[inline]
    pub fn parse(text: &'a str) -> Result<Self, SyntaxError> {
        if text.len() > MAX_LEN {
            return Err(SyntaxError::TooLong);
        }
        // Nearly every text of an account: no search for the dot then.
        if let Some(body) = text.strip_prefix("2.") {
            return parse_symmetric(body);
        }
        let Some((header, body)) = text.split_once('.') else {
            return parse_headerless(text);
        };
        let is_number = (1..=4).contains(&header.len()) && header.bytes().all(|byte| byte.is_ascii_digit());
        // One way to write each: nobody writes zeros in front.
        if !is_number || (header.len() > 1 && header.starts_with('0')) {
            return Err(SyntaxError::Header);
        }
        match header.parse::<u16>().map_err(|_| SyntaxError::Header)? {
            0 => parse_unauthenticated(body),
            2 => parse_symmetric(body),
            3 => parse_asymmetric(body, OaepHash::Sha256, false),
            4 => parse_asymmetric(body, OaepHash::Sha1, false),
            5 => parse_asymmetric(body, OaepHash::Sha256, true),
            6 => parse_asymmetric(body, OaepHash::Sha1, true),
            _ if body.is_empty() => Err(SyntaxError::Parts),
            kind => Ok(Self::Other { kind, text }),
        }
    }

    /// Checks that every part is canonical base64, as the official server does before it stores a text.
    pub fn check_base64(&self) -> Result<(), SyntaxError> {
        let all = |parts: &[&str]| {
            if parts.iter().all(|part| is_base64(part)) { Ok(()) } else { Err(SyntaxError::Base64) }
        };
        match *self {
            Self::Unauthenticated { iv, ciphertext } => all(&[iv, ciphertext]),
            Self::Symmetric { iv, ciphertext, mac } => all(&[iv, ciphertext, mac]),
            Self::Asymmetric { ciphertext, .. } => all(&[ciphertext]),
            Self::Other { text, .. } => {
                let body = text.split_once('.').map_or(text, |(_, body)| body);
                all(&body.split('|').collect::<Vec<_>>())
            }
        }
    }
}

fn parse_headerless(text: &str) -> Result<EncString<'_>, SyntaxError> {
    match text.bytes().filter(|byte| *byte == b'|').count() {
        0 => Err(SyntaxError::Header),
        1 => parse_unauthenticated(text),
        2 => Ok(EncString::Other { kind: 1, text }),
        _ => Err(SyntaxError::Parts),
    }
}

#[inline]
fn parse_unauthenticated(body: &str) -> Result<EncString<'_>, SyntaxError> {
    let (iv, ciphertext) = body.split_once('|').ok_or(SyntaxError::Parts)?;
    if ciphertext.contains('|') {
        return Err(SyntaxError::Parts);
    }
    check_lengths(iv, ciphertext)?;
    Ok(EncString::Unauthenticated { iv, ciphertext })
}

#[inline]
fn parse_symmetric(body: &str) -> Result<EncString<'_>, SyntaxError> {
    // IV and MAC have one length, so the bars of a well-formed text stand where they must: looking there instead of
    // searching saves a tenth of the time it takes to open a short text. A bar inside what is between them is not
    // base64 and is found by whoever decodes.
    if let Some((iv, rest)) = body.split_at_checked(IV_LEN)
        && let Some(rest) = rest.strip_prefix('|')
        && let Some((ciphertext, mac)) = rest.split_at_checked(rest.len().saturating_sub(MAC_LEN))
        && let Some(ciphertext) = ciphertext.strip_suffix('|')
        && check_lengths(iv, ciphertext).is_ok()
        && mac.len() == MAC_LEN
    {
        return Ok(EncString::Symmetric { iv, ciphertext, mac });
    }
    Err(what_is_wrong_with(body))
}

#[cold]
fn what_is_wrong_with(body: &str) -> SyntaxError {
    if body.bytes().filter(|byte| *byte == b'|').count() == 2 {
        SyntaxError::PartLength
    } else {
        SyntaxError::Parts
    }
}

fn parse_asymmetric(body: &str, hash: OaepHash, has_mac: bool) -> Result<EncString<'_>, SyntaxError> {
    let (ciphertext, mac) = match body.split_once('|') {
        Some((ciphertext, mac)) => (ciphertext, Some(mac)),
        None => (body, None),
    };
    match mac {
        Some(mac) if !has_mac || mac.contains('|') => return Err(SyntaxError::Parts),
        None if has_mac => return Err(SyntaxError::Parts),
        _ => {}
    }
    if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(4) {
        return Err(SyntaxError::PartLength);
    }
    Ok(EncString::Asymmetric { hash, ciphertext })
}

/// CBC ciphertext is at least one block of 16 bytes, which base64 writes with 24 characters.
#[inline]
fn check_lengths(iv: &str, ciphertext: &str) -> Result<(), SyntaxError> {
    let whole_blocks = ciphertext.len() >= IV_LEN && ciphertext.len().is_multiple_of(4);
    if iv.len() == IV_LEN && whole_blocks { Ok(()) } else { Err(SyntaxError::PartLength) }
}

fn is_base64(part: &str) -> bool {
    let padding = part.bytes().rev().take_while(|byte| *byte == b'=').count();
    let Some((digits, _)) = part.split_at_checked(part.len() - padding) else { return false };
    if padding > 2 || part.is_empty() || !part.len().is_multiple_of(4) {
        return false;
    }
    // The unused low bits of the last digit have to be zero, or two texts would mean the same bytes.
    let unused_bits = [0, 0b11, 0b1111][padding];
    digits.bytes().all(|byte| value_of(byte).is_some())
        && digits.bytes().last().and_then(value_of).is_some_and(|last| last & unused_bits == 0)
}

fn value_of(digit: u8) -> Option<u8> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}
