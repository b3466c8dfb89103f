//! The connection under every request: which certificates are trusted, how long we wait, where we do not go.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use portico_profile::Authority;
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;
use url::{Host, Url};

use crate::api_error::ApiError;
use crate::device::{CLIENT_NAME, CLIENT_VERSION, Device};

/// How long a server may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Until the connection stands.
    pub connect: Duration,
    /// Without a single byte arriving; and for a small answer as a whole, once it has begun.
    pub idle: Duration,
    /// For one request altogether, its answer included.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        // A vault of tens of megabytes over a slow line needs minutes; what stands still does not.
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            whole: Duration::from_secs(300),
        }
    }
}

/// Why no connection could be prepared; nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The embedded service of the account is not running, so that there is nothing to connect to.
    #[error("the embedded service is not running")]
    NotRunning,
    /// The address of a service cannot be read.
    #[error("the server address cannot be read")]
    Address(#[source] url::ParseError),
    /// Plain http would show password hashes and tokens to everyone on the way; it is for this machine only.
    #[error("the server has to be reached over https")]
    PlainHttp,
    /// The file with the additional certificate authority cannot be read as PEM.
    #[error("{} is no readable certificate file", path.display())]
    CertificateFile {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// The authority that the profile keeps for the server cannot be read.
    #[error("the certificate authority kept for this server cannot be read")]
    KeptAuthority(#[source] std::io::Error),
    /// The file holds no certificate.
    #[error("{} holds no certificate", path.display())]
    NoCertificate {
        /// Which file.
        path: PathBuf,
    },
    /// The system's certificates, or the additional one, cannot be used.
    #[error("the certificates of this machine cannot be used")]
    Certificates(#[source] rustls::Error),
    /// The HTTP library refused its settings.
    #[error("the connection could not be prepared")]
    Http(#[source] reqwest::Error),
}

/// Which versions of HTTP are offered to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Versions {
    All,
    /// HTTP/1.1.
    One,
}

/// Makes the HTTP client for a server's services at `bases`: certificates of the system and of `authority`, no redirects,
/// no cookies, and no proxy between us and services on this machine.
pub(super) fn connection(
    bases: [&Url; 2],
    device: Device,
    headers: reqwest::header::HeaderMap,
    authority: Option<&Authority>,
    patience: Patience,
    versions: Versions,
) -> Result<reqwest::Client, ConnectError> {
    let plain = |base: &&Url| base.scheme() == "http";
    let mut tls = if bases.iter().all(plain) { tls_for_nobody() } else { tls(authority) }?;
    let builder = match versions {
        Versions::All => reqwest::Client::builder(),
        Versions::One => {
            tls.alpn_protocols = vec![b"http/1.1".to_vec()];
            reqwest::Client::builder().http1_only()
        }
    };
    let mut builder = builder
        .tls_backend_preconfigured(tls)
        .https_only(!bases.iter().any(plain))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(patience.connect)
        .read_timeout(patience.idle)
        .user_agent(device.user_agent())
        .default_headers(headers);
    if bases.iter().all(|base| is_loopback(base)) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(ConnectError::Http)
}

/// As [`connection`], to hosts of which nothing is known but that they are reached over https.
pub(super) fn to_other_hosts(device: Device, patience: Patience) -> Result<reqwest::Client, ConnectError> {
    let any = Url::parse("https://elsewhere.invalid").map_err(ConnectError::Address)?;
    connection([&any, &any], device, reqwest::header::HeaderMap::new(), None, patience, Versions::All)
}

/// Whether the address means this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Says what a failed exchange with `host` was.
pub(super) fn transport_error(host: &str, error: reqwest::Error) -> ApiError {
    let host = host.to_owned();
    if let Some(source) = tls_cause(&error) {
        return ApiError::Tls { host, source };
    }
    if error.is_timeout() {
        return ApiError::TimedOut { host };
    }
    // The address is named by `host`; an address in an error text could carry what was typed into it.
    ApiError::Unreachable { host, source: error.without_url() }
}

fn tls_cause(error: &reqwest::Error) -> Option<rustls::Error> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(tls.clone());
        }
        // An I/O error hides the error inside it from `source()`.
        cause = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn tls(authority: Option<&Authority>) -> Result<ClientConfig, ConnectError> {
    let provider = provider();
    let extra = authority.map(read_certificates).transpose()?.unwrap_or_default();
    let verifier =
        Verifier::new_with_extra_roots(extra, provider.clone()).map_err(ConnectError::Certificates)?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(ConnectError::Certificates)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// For plain http on this machine: trusts nobody, and so works on a machine without any certificates.
fn tls_for_nobody() -> Result<ClientConfig, ConnectError> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(ConnectError::Certificates)?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Ok(config)
}

/// The certificates of an authority, in their binary form: to tell a person what they are about to trust.
///
/// # Errors
/// [`ConnectError::CertificateFile`] or [`ConnectError::NoCertificate`].
pub fn certificates_in(authority: &Authority) -> Result<Vec<Vec<u8>>, ConnectError> {
    Ok(read_certificates(authority)?.into_iter().map(|certificate| certificate.to_vec()).collect())
}

fn read_certificates(authority: &Authority) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    let path = authority.origin();
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(authority.pem())
        .collect::<Result<_, _>>()
        .map_err(|source| ConnectError::CertificateFile { path: path.to_owned(), source })?;
    if certificates.is_empty() {
        return Err(ConnectError::NoCertificate { path: path.to_owned() });
    }
    Ok(certificates)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What every request to the server says of this installation (protocol.md §0).
pub(super) fn headers(device: Device) -> reqwest::header::HeaderMap {
    use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(HeaderName::from_static("device-type"), HeaderValue::from_static(device.kind()));
    headers.insert(HeaderName::from_static("bitwarden-client-name"), HeaderValue::from_static(CLIENT_NAME));
    headers.insert(
        HeaderName::from_static("bitwarden-client-version"),
        HeaderValue::from_static(CLIENT_VERSION),
    );
    if let Ok(identifier) = HeaderValue::from_str(&device.identifier.to_string()) {
        headers.insert(HeaderName::from_static("device-identifier"), identifier);
    }
    headers
}
