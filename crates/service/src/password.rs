//! How the service keeps a password: ASP.NET Core Identity's format, version 3.
//!
//! What arrives is already the client's slow hash (protocol.md §2.2); this second hash only makes a stolen
//! database useless for logging in.

use std::num::NonZeroU32;

use ring::pbkdf2;
use ring::rand::{SecureRandom, SystemRandom};

const MARKER: u8 = 1;
const PRF_HMAC_SHA512: u32 = 2;
const SALT_LENGTH: usize = 16;
const HASH_LENGTH: usize = 32;
const HEADER_LENGTH: usize = 13;

/// The system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system's random source failed")]
pub struct RandomSourceFailed;

/// `secret` hashed with PBKDF2-HMAC-SHA512 under a fresh salt:
/// `01 ‖ prf ‖ rounds ‖ salt length ‖ salt ‖ hash`, numbers big-endian.
pub(crate) fn hash(secret: &str, rounds: NonZeroU32) -> Result<Vec<u8>, RandomSourceFailed> {
    let mut salt = [0; SALT_LENGTH];
    SystemRandom::new().fill(&mut salt).map_err(|_| RandomSourceFailed)?;
    let mut hash = [0; HASH_LENGTH];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA512, rounds, &salt, secret.as_bytes(), &mut hash);
    Ok(encode(rounds, &salt, &hash))
}

/// Whether `secret` is what `kept` was made from. Constant time in the comparison; anything that is not our
/// own format matches nothing.
pub(crate) fn verify(secret: &str, kept: &[u8]) -> bool {
    let Some((header, rest)) = kept.split_at_checked(HEADER_LENGTH) else { return false };
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let (Some(rounds), Some((salt, hash))) =
        (NonZeroU32::new(number(5)), rest.split_at_checked(number(9) as usize))
    else {
        return false;
    };
    // PBKDF2's shorter outputs are prefixes of its longer ones: a cut hash would match.
    hash.len() == HASH_LENGTH
        && header[0] == MARKER
        && number(1) == PRF_HMAC_SHA512
        && pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA512, rounds, salt, secret.as_bytes(), hash).is_ok()
}

/// A hash that takes as long to check as one made with `rounds`, of nothing in particular.
pub(crate) fn decoy(rounds: NonZeroU32) -> Vec<u8> {
    encode(rounds, &[0; SALT_LENGTH], &[0; HASH_LENGTH])
}

fn encode(rounds: NonZeroU32, salt: &[u8; SALT_LENGTH], hash: &[u8; HASH_LENGTH]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(HEADER_LENGTH + SALT_LENGTH + HASH_LENGTH);
    kept.push(MARKER);
    kept.extend(PRF_HMAC_SHA512.to_be_bytes());
    kept.extend(rounds.get().to_be_bytes());
    kept.extend((SALT_LENGTH as u32).to_be_bytes());
    kept.extend(salt);
    kept.extend(hash);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_secret_matches() {
        let kept = hash("correct", NonZeroU32::new(3).unwrap()).unwrap();
        assert!(verify("correct", &kept));
        assert!(!verify("Correct", &kept));
        assert!(!verify("", &kept));
    }

    #[test]
    fn damaged_hashes_match_nothing() {
        let kept = hash("correct", NonZeroU32::new(3).unwrap()).unwrap();
        for length in 0..kept.len() {
            assert!(!verify("correct", &kept[..length]), "cut to {length}");
        }
        for at in 0..kept.len() {
            // A flipped bit in the round count may ask for billions of rounds: only its lowest byte here.
            if (5..8).contains(&at) {
                continue;
            }
            let mut bent = kept.clone();
            bent[at] ^= 1;
            assert!(!verify("correct", &bent), "byte {at}");
        }
    }
}
