//! Forms for the token endpoint.

use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

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
