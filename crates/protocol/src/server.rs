//! Which server, and where its services are (protocol.md §0, §6.4).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;
use url::{Host, Url};

/// A server as a person names it. [`fmt::Display`] gives the form that [`ServerAddress::parse`] reads back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum ServerAddress {
    /// `bitwarden.com`.
    UnitedStates,
    /// `bitwarden.eu`.
    Europe,
    /// The base address of a self-hosted server.
    SelfHosted(Url),
    /// A self-hosted server some of whose services have addresses of their own.
    Separate(Box<SeparateServices>),
    /// `embedded:NAME`: the provider service inside this process.
    Embedded(String),
}

/// A self-hosted server whose services are not all below its base address (protocol.md §6.4). Written as the base and
/// what differs, with spaces between: `https://vault.example api=https://api.vault.example`.
///
/// All of it is one text, because whoever keeps an account binds that text into what is sealed: a changed address of
/// one service must not draw tokens to a stranger.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SeparateServices {
    /// Where every service is that is not named below.
    pub base: Url,
    /// Those that are elsewhere; never empty in an address that was read.
    pub elsewhere: BTreeMap<NamedService, Url>,
}

/// A service of a self-hosted server that can have an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NamedService {
    Api,
    Identity,
    Notifications,
    Events,
    Icons,
    WebVault,
}

/// Why a text is not a server address.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    /// Nothing there, or longer than [`MAX_LEN`].
    #[error("the server address is empty or longer than {MAX_LEN} characters")]
    Length,
    /// Not an address at all.
    #[error("the server address cannot be read")]
    Unreadable,
    /// A scheme other than https.
    #[error("the server address must begin with https://")]
    Scheme,
    /// `http` to another machine would carry the password hash in clear.
    #[error("http is accepted for this machine only; use https://")]
    PlainHttp,
    /// User name, password, query or fragment: none has a place in a server address.
    #[error("the server address must not carry credentials, a query or a fragment")]
    Surplus,
    /// What follows the base address is not `NAME=ADDRESS` of a service that a self-hosted server has.
    #[error(
        "after the base address come services as NAME=ADDRESS: api, identity, notifications, events, icons, web"
    )]
    Service,
    /// `embedded:` with a name other than 1–64 of a–z, 0–9 and `-`.
    #[error("the name of an embedded service is 1 to 64 of a-z, 0-9 and -")]
    EmbeddedName,
}

/// Characters, of each address.
pub const MAX_LEN: usize = 2048;

const EMBEDDED: &str = "embedded:";

impl ServerAddress {
    /// Reads what a person typed: a cloud name or address, a host, a URL, `embedded:NAME`, or the base of a self-hosted
    /// server followed by what differs from it. A host without scheme means https.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let mut words = text.split_whitespace();
        let base = Self::parse_base(words.next().unwrap_or_default())?;
        let services: Vec<&str> = words.collect();
        match base {
            base if services.is_empty() => Ok(base),
            Self::SelfHosted(base) => SeparateServices::read(base, &services),
            _ => Err(AddressError::Service),
        }
    }

    /// As [`Self::parse`], of a base and of what differs from it, each in a field of its own.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn from_parts<'a>(
        base: &str,
        elsewhere: impl IntoIterator<Item = (NamedService, &'a str)>,
    ) -> Result<Self, AddressError> {
        let mut text = base.to_owned();
        for (service, address) in elsewhere {
            text.push_str(&format!(" {}={}", service.name(), address.trim()));
        }
        Self::parse(&text)
    }

    fn parse_base(text: &str) -> Result<Self, AddressError> {
        if let Some(name) = text.strip_prefix(EMBEDDED) {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            return if !name.is_empty() && name.len() <= 64 && name.bytes().all(plain) {
                Ok(Self::Embedded(name.to_owned()))
            } else {
                Err(AddressError::EmbeddedName)
            };
        }
        let url = address(text)?;
        let host = url.host().ok_or(AddressError::Unreadable)?.to_owned();
        Ok(match cloud_of(&host) {
            Some(cloud) if url.port().is_none() && url.scheme() == "https" => cloud,
            _ => Self::SelfHosted(url),
        })
    }

    /// Where the services of this server are. An embedded service has no address of its own: `embedded_base` says
    /// where it listens now, and without it there is no answer.
    pub fn urls(&self, embedded_base: Option<&Url>) -> Option<ServerUrls> {
        match self {
            Self::UnitedStates => Some(ServerUrls::of_cloud("bitwarden.com", "bitwarden.net")),
            Self::Europe => Some(ServerUrls::of_cloud("bitwarden.eu", "bitwarden.eu")),
            Self::SelfHosted(base) => Some(ServerUrls::of_base(base)),
            Self::Separate(services) => Some(services.urls()),
            Self::Embedded(_) => embedded_base.map(ServerUrls::of_base),
        }
    }
}

impl NamedService {
    const ALL: [Self; 6] =
        [Self::Api, Self::Identity, Self::Notifications, Self::Events, Self::Icons, Self::WebVault];

    /// As it is written before its address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Identity => "identity",
            Self::Notifications => "notifications",
            Self::Events => "events",
            Self::Icons => "icons",
            Self::WebVault => "web",
        }
    }

    fn of(self, urls: &mut ServerUrls) -> &mut String {
        match self {
            Self::Api => &mut urls.api,
            Self::Identity => &mut urls.identity,
            Self::Notifications => &mut urls.notifications,
            Self::Events => &mut urls.events,
            Self::Icons => &mut urls.icons,
            Self::WebVault => &mut urls.web_vault,
        }
    }
}

impl SeparateServices {
    fn read(base: Url, words: &[&str]) -> Result<ServerAddress, AddressError> {
        let mut usual = ServerUrls::of_base(&base);
        let mut elsewhere = BTreeMap::new();
        for word in words {
            let (name, text) = word.split_once('=').ok_or(AddressError::Unreadable)?;
            let service = NamedService::ALL.into_iter().find(|service| service.name() == name);
            let service = service.ok_or(AddressError::Service)?;
            if elsewhere.insert(service, address(text)?).is_some() {
                return Err(AddressError::Service);
            }
        }
        // What is where it would be anyway is not told apart: one server has one text.
        elsewhere.retain(|service, url| shown(url) != service.of(&mut usual).as_str());
        Ok(if elsewhere.is_empty() {
            ServerAddress::SelfHosted(base)
        } else {
            ServerAddress::Separate(Box::new(Self { base, elsewhere }))
        })
    }

    fn urls(&self) -> ServerUrls {
        let mut urls = ServerUrls::of_base(&self.base);
        for (service, url) in &self.elsewhere {
            *service.of(&mut urls) = shown(url).to_owned();
        }
        urls
    }
}

/// The addresses of the services, none with a trailing slash: `format!("{}/sync", urls.api)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUrls {
    pub api: String,
    pub identity: String,
    pub notifications: String,
    pub events: String,
    pub icons: String,
    pub web_vault: String,
}

impl ServerUrls {
    /// The services of a self-hosted or embedded server: one host, a path for each (protocol.md §6.4).
    pub fn of_base(base: &Url) -> Self {
        let base = base.as_str().trim_end_matches('/');
        let service = |name: &str| format!("{base}/{name}");
        Self {
            api: service("api"),
            identity: service("identity"),
            notifications: service("notifications"),
            events: service("events"),
            icons: service("icons"),
            web_vault: base.to_owned(),
        }
    }

    /// The services of the cloud: a host for each.
    fn of_cloud(domain: &str, icons_domain: &str) -> Self {
        let service = |name: &str| format!("https://{name}.{domain}");
        Self {
            api: service("api"),
            identity: service("identity"),
            notifications: service("notifications"),
            events: service("events"),
            icons: format!("https://icons.{icons_domain}"),
            web_vault: service("vault"),
        }
    }
}

/// Reads one address: https, or http on this machine; no credentials, query or fragment; no slash at its end.
fn address(text: &str) -> Result<Url, AddressError> {
    if text.is_empty() || text.len() > MAX_LEN {
        return Err(AddressError::Length);
    }
    // `htp:/vault.example` is a slip in the scheme, and no host with an empty port.
    if text.split_once(":/").is_some_and(|(_, rest)| !rest.starts_with('/')) {
        return Err(AddressError::Scheme);
    }
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&with_scheme).map_err(|_| AddressError::Unreadable)?;
    let host = url.host().ok_or(AddressError::Unreadable)?.to_owned();
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        "http" => return Err(AddressError::PlainHttp),
        _ => return Err(AddressError::Scheme),
    }
    let surplus = !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some();
    if surplus { Err(AddressError::Surplus) } else { Ok(without_trailing_slash(url)) }
}

/// An address without the slash that every URL without a path has.
fn shown(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

fn cloud_of(host: &Host<String>) -> Option<ServerAddress> {
    let Host::Domain(domain) = host else { return None };
    match domain.as_str() {
        "bitwarden.com" | "vault.bitwarden.com" | "www.bitwarden.com" => Some(ServerAddress::UnitedStates),
        "bitwarden.eu" | "vault.bitwarden.eu" | "www.bitwarden.eu" => Some(ServerAddress::Europe),
        _ => None,
    }
}

fn is_loopback(host: &Host<String>) -> bool {
    match host {
        Host::Domain(domain) => domain == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn without_trailing_slash(mut url: Url) -> Url {
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    url
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnitedStates => f.write_str("bitwarden.com"),
            Self::Europe => f.write_str("bitwarden.eu"),
            Self::SelfHosted(url) => f.write_str(shown(url)),
            Self::Separate(services) => {
                f.write_str(shown(&services.base))?;
                for (service, url) in &services.elsewhere {
                    write!(f, " {}={}", service.name(), shown(url))?;
                }
                Ok(())
            }
            Self::Embedded(name) => write!(f, "{EMBEDDED}{name}"),
        }
    }
}

impl FromStr for ServerAddress {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ServerAddress {
    type Error = AddressError;
    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<ServerAddress> for String {
    fn from(address: ServerAddress) -> Self {
        address.to_string()
    }
}
