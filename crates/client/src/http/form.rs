//! Request bodies that may hold secrets: forms for the token endpoint, JSON for the rest.

use serde::Serialize;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

/// Room for what holds secrets: a hash, a token, an address of 256 characters of which escaping makes six bytes each.
/// Longer bodies are lists of wrapped keys, of which a copy may stay behind.
const JSON_ROOM: usize = 8 * 1024;

/// JSON in a buffer that does not grow, because a text that grows leaves copies behind.
pub(crate) fn wiped_json(body: &impl Serialize) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(JSON_ROOM));
    serde_json::to_writer(&mut *bytes, body)
        .unwrap_or_else(|_| unreachable!("requests have text keys and finite numbers"));
    let text = String::from_utf8(std::mem::take(&mut *bytes));
    Zeroizing::new(text.unwrap_or_else(|_| unreachable!("JSON is UTF-8")))
}

/// Encodes a form. Room is made in advance, because a text that grows leaves copies of hashes and tokens behind.
pub(crate) fn form<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)> + Clone) -> Zeroizing<String> {
    // Percent-encoding makes at most three bytes of one.
    let room: usize = members.clone().into_iter().map(|(name, value)| name.len() + 3 * value.len() + 2).sum();
    let mut encoded = Serializer::new(String::with_capacity(room));
    encoded.extend_pairs(members);
    Zeroizing::new(encoded.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_what_base64_is_made_of() {
        let encoded = form([("grant_type", "password"), ("password", "a+b/c==")]);
        assert_eq!(encoded.as_str(), "grant_type=password&password=a%2Bb%2Fc%3D%3D");
    }

    #[test]
    fn never_grows() {
        let longest = "+".repeat(500);
        let encoded = form([("password", longest.as_str())]);
        assert_eq!(encoded.capacity(), "password".len() + 3 * 500 + 2);
    }
}
