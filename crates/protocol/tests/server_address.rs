//! Addresses that people type, and where they lead (protocol.md §6.4).

#![allow(clippy::unwrap_used)]

use portico_protocol::server::{AddressError, ServerAddress};

#[test]
fn the_clouds_have_a_host_for_each_service() {
    for typed in
        ["bitwarden.com", " https://vault.bitwarden.com/ ", "https://bitwarden.com", "VAULT.bitwarden.com"]
    {
        assert_eq!(ServerAddress::parse(typed), Ok(ServerAddress::UnitedStates), "{typed}");
    }
    let urls = ServerAddress::UnitedStates.urls(None).unwrap();
    assert_eq!(urls.api, "https://api.bitwarden.com");
    assert_eq!(urls.identity, "https://identity.bitwarden.com");
    assert_eq!(urls.web_vault, "https://vault.bitwarden.com");
    assert_eq!(urls.icons, "https://icons.bitwarden.net");
    let urls = ServerAddress::parse("vault.bitwarden.eu").unwrap().urls(None).unwrap();
    assert_eq!(urls.notifications, "https://notifications.bitwarden.eu");
    assert_eq!(urls.events, "https://events.bitwarden.eu");
}

#[test]
fn a_server_of_ones_own_has_a_path_for_each_service() {
    for typed in ["https://vault.example.com", "vault.example.com/", "https://vault.example.com//"] {
        let urls = ServerAddress::parse(typed).unwrap().urls(None).unwrap();
        assert_eq!(urls.api, "https://vault.example.com/api", "{typed}");
        assert_eq!(urls.identity, "https://vault.example.com/identity");
        assert_eq!(urls.notifications, "https://vault.example.com/notifications");
        assert_eq!(urls.events, "https://vault.example.com/events");
        assert_eq!(urls.icons, "https://vault.example.com/icons");
        assert_eq!(urls.web_vault, "https://vault.example.com");
    }
    let urls = ServerAddress::parse("https://example.com:8443/warden/").unwrap().urls(None).unwrap();
    assert_eq!(urls.api, "https://example.com:8443/warden/api");
}

#[test]
fn plain_http_stays_on_this_machine() {
    for typed in ["http://localhost:8080", "http://127.0.0.1:1234", "http://[::1]:1", "http://127.9.9.9"] {
        assert!(ServerAddress::parse(typed).is_ok(), "{typed}");
    }
    for typed in [
        "http://example.com",
        "http://192.168.1.5",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://bitwarden.com",
        "http://x.localhost",
    ] {
        assert_eq!(ServerAddress::parse(typed), Err(AddressError::PlainHttp), "{typed}");
    }
}

#[test]
fn an_embedded_service_is_where_it_listens_now() {
    let address = ServerAddress::parse("embedded:demo").unwrap();
    assert_eq!(address, ServerAddress::Embedded("demo".into()));
    assert!(address.urls(None).is_none());
    let base = "http://127.0.0.1:40123".parse().unwrap();
    assert_eq!(address.urls(Some(&base)).unwrap().api, "http://127.0.0.1:40123/api");
    for typed in ["embedded:", "embedded:De mo", "embedded:../x", &format!("embedded:{}", "a".repeat(65))] {
        assert_eq!(ServerAddress::parse(typed), Err(AddressError::EmbeddedName), "{typed}");
    }
}

#[test]
fn what_is_no_address_is_refused() {
    let cases = [
        ("", AddressError::Length),
        ("   ", AddressError::Length),
        ("https://", AddressError::Unreadable),
        ("https://exa mple.com", AddressError::Unreadable),
        ("ftp://example.com", AddressError::Scheme),
        ("htp:/example.com", AddressError::Scheme),
        ("https:/example.com", AddressError::Scheme),
        ("file:///etc/passwd", AddressError::Unreadable),
        ("https://user:secret@example.com", AddressError::Surplus),
        ("https://example.com/?next=https://evil.example", AddressError::Surplus),
        ("https://example.com/#/login", AddressError::Surplus),
    ];
    for (typed, expected) in cases {
        assert_eq!(ServerAddress::parse(typed), Err(expected), "{typed}");
    }
    assert_eq!(ServerAddress::parse(&"a".repeat(3000)), Err(AddressError::Length));
}

#[test]
fn what_is_shown_is_read_back() {
    for typed in [
        "bitwarden.com",
        "bitwarden.eu",
        "https://vault.example.com",
        "https://example.com:8443/warden",
        "http://localhost:8080",
        "embedded:demo-2",
        "https://bücher.example",
        "https://vault.example.com api=https://api.example.com:8443/v1 web=http://localhost:8080",
    ] {
        let address = ServerAddress::parse(typed).unwrap();
        assert_eq!(ServerAddress::parse(&address.to_string()).as_ref(), Ok(&address), "{typed}");
        let json = serde_json::to_string(&address).unwrap();
        assert_eq!(serde_json::from_str::<ServerAddress>(&json).unwrap(), address);
    }
    assert_eq!(
        ServerAddress::parse("https://vault.example.com/").unwrap().to_string(),
        "https://vault.example.com"
    );
}

#[test]
fn services_may_have_addresses_of_their_own() {
    let typed = "vault.example.com  identity=login.example.com/ api=https://api.example.com";
    let address = ServerAddress::parse(typed).unwrap();
    assert_eq!(
        address.to_string(),
        "https://vault.example.com api=https://api.example.com identity=https://login.example.com"
    );
    let urls = address.urls(None).unwrap();
    assert_eq!(urls.api, "https://api.example.com");
    assert_eq!(urls.identity, "https://login.example.com");
    assert_eq!(urls.events, "https://vault.example.com/events");
    assert_eq!(urls.web_vault, "https://vault.example.com");

    // What is where it would be anyway makes no other server of it.
    let usual = ServerAddress::parse("https://vault.example.com api=https://vault.example.com/api").unwrap();
    assert_eq!(usual, ServerAddress::parse("vault.example.com").unwrap());

    for (typed, expected) in [
        ("https://vault.example.com scim=https://x.example", AddressError::Service),
        ("https://vault.example.com api=https://x.example api=https://y.example", AddressError::Service),
        ("bitwarden.com api=https://x.example", AddressError::Service),
        ("embedded:demo api=https://x.example", AddressError::Service),
        ("https://vault.example.com api=http://x.example", AddressError::PlainHttp),
        ("https://vault.example.com api=", AddressError::Length),
        ("https://vault.example.com api=https://me:secret@x.example", AddressError::Surplus),
    ] {
        assert_eq!(ServerAddress::parse(typed), Err(expected), "{typed}");
    }
}
