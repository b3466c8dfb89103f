use hkdf::Hkdf;
use sha2::{Digest, Sha256};

/// The EFF's large wordlist, alphabetical, one word a line: <https://www.eff.org/dice>, by the Electronic Frontier
/// Foundation, under Creative Commons Attribution 3.0 US (<https://creativecommons.org/licenses/by/3.0/us/>), unchanged
/// but for the dice numbers left out.
static WORDS: &str = include_str!("eff_large_wordlist.txt");
const WORD_COUNT: u32 = 7776;

/// 64 bits at log2(7776) bits a word, rounded up.
const PHRASE_LEN: usize = 5;

/// Five words by which two people compare a public key aloud (protocol.md §2.8).
///
/// `material` is the user id for members of organizations and providers. The key is SPKI DER.
pub fn fingerprint_phrase(material: &str, spki_der: &[u8]) -> String {
    let key = Sha256::digest(spki_der);
    let mut number = [0; 32];
    // A SHA-256 digest is a valid PRK and 32 a valid output length: neither step can fail.
    Hkdf::<Sha256>::from_prk(&key)
        .expect("a digest is 32 bytes")
        .expand(material.as_bytes(), &mut number)
        .expect("32 bytes can be expanded");
    let words: Vec<&str> = (0..PHRASE_LEN).map(|_| word(divide(&mut number, WORD_COUNT))).collect();
    words.join("-")
}

/// Divides a big-endian number in place and returns the remainder.
fn divide(number: &mut [u8; 32], divisor: u32) -> u32 {
    number.iter_mut().fold(0, |remainder, digit| {
        let dividend = (remainder << 8) | u32::from(*digit);
        // The remainder is smaller than the divisor, so the quotient is smaller than 256.
        *digit = (dividend / divisor) as u8;
        dividend % divisor
    })
}

fn word(index: u32) -> &'static str {
    WORDS.lines().nth(index as usize).expect("the index is smaller than the list")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_one_of_the_protocol() {
        let words: Vec<&str> = WORDS.lines().collect();
        assert_eq!(words.len(), WORD_COUNT as usize);
        let digest: String =
            Sha256::digest(words.join("\n")).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, "abae49761b88f3f1ba31ef944bea1f61b795a3cd7e1cfb7d276ed45bf77967ba");
    }
}
