//! The host of a website address, which a list may show; the rest of the address it may not.

use url::{Host, Url};

/// More websites than this are not listed in an overview.
pub(crate) const MAX_HOSTS: usize = 32;

/// The host of a login's website, or nothing when the text is no address.
///
/// An address may carry a name and password (`https://me:secret@host/?token=…`): only the host leaves here.
pub(crate) fn host_of(uri: &str) -> Option<String> {
    let uri = uri.trim();
    if uri.is_empty() || uri.len() > 4096 {
        return None;
    }
    if let Some(host) = plain_host(uri) {
        return Some(host.to_owned());
    }
    if let Some((scheme, _)) = uri.split_once("://") {
        let is_scheme = !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        return if is_scheme { host_in(&Url::parse(uri).ok()?) } else { None };
    }
    // `intranet.example/login` and `192.168.0.1:8080` are how people write addresses.
    let bare_host = uri.split(['/', '?', '#']).next().unwrap_or_default();
    let looks_like_host = bare_host.contains('.') || bare_host.starts_with("localhost");
    if !looks_like_host || bare_host.contains('@') || bare_host.contains(char::is_whitespace) {
        return None;
    }
    host_in(&Url::parse(&format!("http://{bare_host}")).ok()?)
}

/// The host of an address that needs no interpretation: nearly all of them. Parsing the rest of the address as well would
/// take longer than decrypting it.
fn plain_host(uri: &str) -> Option<&str> {
    let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"))?;
    let is_host_byte =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    let length = rest.bytes().position(|byte| !is_host_byte(byte)).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(length);
    let ends_here = rest.is_empty() || rest.starts_with(['/', '?', '#']);
    // A last label that begins with a digit may be an IPv4 address in one of its many forms.
    let (_, last_label) = host.rsplit_once('.')?;
    let is_name = last_label.starts_with(|first: char| first.is_ascii_lowercase());
    (ends_here && is_name && !host.as_bytes().windows(4).any(|part| part == b"xn--")).then_some(host)
}

fn host_in(address: &Url) -> Option<String> {
    match address.host()? {
        Host::Domain("") => None,
        Host::Domain(name) => Some(name.to_owned()),
        Host::Ipv4(address) => Some(address.to_string()),
        Host::Ipv6(address) => Some(address.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::{host_in, host_of, plain_host};
    use proptest::prelude::*;
    use url::Url;

    proptest! {
        #[test]
        fn the_short_way_agrees_with_the_parser(
            host in "[a-z0-9.x-]{0,12}", end in "(/|\\?|#|:8|@|\\\\|\t|%|[A-Z]|/\\.\\./)?", tail in "[a-z@:/.\\\\]{0,8}",
        ) {
            let uri = format!("https://{host}{end}{tail}");
            if let Some(host) = plain_host(&uri) {
                let parsed = Url::parse(&uri).ok().and_then(|address| host_in(&address));
                prop_assert_eq!(Some(host.to_owned()), parsed);
            }
        }
    }

    #[test]
    fn nearly_all_addresses_go_the_short_way() {
        for uri in ["https://example.com", "http://a.b-c.example.com/x?y#z", "https://example.com?x"] {
            assert!(plain_host(uri).is_some(), "{uri}");
        }
    }

    #[test]
    fn only_the_host_of_an_address_leaves() {
        let cases = [
            ("https://vault.example.com/login?next=%2F#top", Some("vault.example.com")),
            ("https://me:hunter2@example.com:8443/x", Some("example.com")),
            ("HTTP://Example.COM", Some("example.com")),
            ("example.com/login", Some("example.com")),
            ("192.168.0.1:8080", Some("192.168.0.1")),
            ("http://[2001:db8::1]/", Some("2001:db8::1")),
            ("androidapp://com.example.bank", Some("com.example.bank")),
            ("ssh://host.example:22", Some("host.example")),
            ("me:hunter2@example.com", None),
            ("localhost:3000", Some("localhost")),
            ("^https://.*\\.example\\.com$", None),
            ("hunter2", None),
            ("", None),
            ("data:text/plain,hunter2", None),
            ("https://", None),
        ];
        for (uri, host) in cases {
            assert_eq!(host_of(uri).as_deref(), host, "{uri}");
        }
    }
}
