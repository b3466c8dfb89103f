//! Where a file may be fetched. Its address is the server's word and may lead anywhere: clouds and servers of one's own
//! hand out signed addresses of a storage provider (protocol.md §4.2).

use portico_protocol::server::ServerUrls;
use url::{Host, Url};

use super::transport::is_loopback;

/// Whom we trust at the place of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FilePlace {
    /// A host of the server itself: as for its other routes, a private authority included.
    Own,
    /// Any other: https, and whom the system trusts.
    Elsewhere,
}

/// Nothing for an address where no file is fetched: without https, on this machine, or with a name or password in it.
/// What lies on this machine is for a server on this machine only: nobody else may make us ask what listens here. (A
/// name that leads here is asked nothing either, unless whoever listens has a certificate for it that the system trusts.)
pub(super) fn place_of(urls: &ServerUrls, address: &Url) -> Option<FilePlace> {
    let services = [&urls.api, &urls.web_vault, &urls.identity].map(|own| Url::parse(own).ok());
    let own = || services.iter().flatten();
    let is_here = leads_here(address);
    let is_allowed = address.username().is_empty()
        && address.password().is_none()
        && (!is_here || own().any(is_loopback))
        && match address.scheme() {
            "https" => true,
            "http" => is_here && own().any(|own| own.scheme() == "http"),
            _ => false,
        };
    // A service on this machine may tell another of this machine's names than the one it was found by.
    let is_same_here = |own: &Url| {
        is_here && is_loopback(own) && own.port_or_known_default() == address.port_or_known_default()
    };
    let is_own =
        address.scheme() == "http" || own().any(|own| own.host() == address.host() || is_same_here(own));
    is_allowed.then_some(if is_own { FilePlace::Own } else { FilePlace::Elsewhere })
}

/// In any spelling of an address; an unspecified one leads here as well.
fn leads_here(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(Host::Ipv6(ip)) => {
            let ip = ip.to_canonical();
            ip.is_loopback() || ip.is_unspecified()
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::FilePlace::{Elsewhere, Own};
    use super::*;

    #[test]
    fn files_lie_with_the_server_or_behind_https_and_never_on_this_machine() {
        let cloud = ServerUrls {
            api: "https://api.bitwarden.com".to_owned(),
            identity: "https://identity.bitwarden.com".to_owned(),
            web_vault: "https://vault.bitwarden.com".to_owned(),
            ..ServerUrls::of_base(&Url::parse("https://vault.bitwarden.com").unwrap())
        };
        let of_base = |base| ServerUrls::of_base(&Url::parse(base).unwrap());
        let own = of_base("https://vault.example");
        let here = of_base("http://127.0.0.1:4711");
        let here_safely = of_base("https://localhost:4711");
        for (urls, address, expected) in [
            (&own, "https://vault.example/x", Some(Own)),
            (&own, "https://vault.example:8443/x", Some(Own)),
            (&own, "http://vault.example/x", None),
            (&own, "https://files.example/x", Some(Elsewhere)),
            (&own, "https://me@files.example/x", None),
            (&own, "https://:secret@vault.example/x", None),
            (&own, "http://files.example/x", None),
            (&own, "ftp://files.example/x", None),
            (&own, "file:///etc/passwd", None),
            (&own, "data:text/plain,x", None),
            (&cloud, "https://vault.bitwarden.com/x", Some(Own)),
            (&cloud, "https://store1.blob.core.windows.net/x?sig=s", Some(Elsewhere)),
            (&cloud, "https://cdn.bitwarden.net/attachments/x", Some(Elsewhere)),
            (&cloud, "http://store1.blob.core.windows.net/x", None),
            (&own, "https://localhost/x", None),
            (&own, "https://LOCALHOST./x", None),
            (&own, "https://a.localhost/x", None),
            (&own, "https://127.0.0.1:8080/x", None),
            (&own, "https://2130706433/x", None),
            (&own, "https://0.0.0.0/x", None),
            (&own, "https://[::1]/x", None),
            (&own, "https://[::]/x", None),
            (&own, "https://[::ffff:127.0.0.1]/x", None),
            (&own, "http://127.0.0.1:4711/x", None),
            (&here, "http://127.0.0.1:4711/x", Some(Own)),
            (&here, "http://127.0.0.1:4712/x", Some(Own)),
            (&here, "http://files.example/x", None),
            (&here, "https://files.example/x", Some(Elsewhere)),
            (&here_safely, "https://localhost:4712/x", Some(Own)),
            (&here_safely, "https://127.0.0.1:4711/x", Some(Own)),
            (&here_safely, "https://[::1]:4711/x", Some(Own)),
            (&here_safely, "https://127.0.0.1:4712/x", Some(Elsewhere)),
            (&here_safely, "https://files.example:4711/x", Some(Elsewhere)),
            (&here_safely, "http://localhost:4712/x", None),
        ] {
            assert_eq!(place_of(urls, &Url::parse(address).unwrap()), expected, "{address}");
        }
    }
}
