//! HTTPS with a certificate authority that exists for one data folder only.

use std::fs;
use std::future::Future;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config::Config;
use crate::serve::{ServeError, run};
use crate::store::Store;

const AUTHORITY: &str = "ca.pem";
const LEAF: &str = "server.pem";
const LEAF_KEY: &str = "server.key";
/// Days. Apple's limit for leaves that clients accept without complaint is 825.
const LEAF_DAYS: i64 = 800;
const AUTHORITY_DAYS: i64 = 3650;
/// A client that connects and says nothing is dropped after this.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);
/// Handshakes under way at once.
const HANDSHAKES: usize = 256;

/// A certificate for `localhost`, `127.0.0.1` and `::1`, and the authority that vouches for it.
pub struct LocalAuthority {
    authority_file: PathBuf,
    tls: Arc<rustls::ServerConfig>,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file under the data folder could not be read or written.
    #[error("{path}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A certificate could not be made.
    #[error("making a certificate")]
    Making(#[from] rcgen::Error),
    /// A file holds no certificate or key.
    #[error("{path} is damaged")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        source: rustls::pki_types::pem::Error,
    },
    /// The certificate cannot be served.
    #[error("the certificate")]
    Unusable(#[from] rustls::Error),
}

/// The authority under `folder`, made on the first call and again a month before it ends. Its own private key is thrown away once it has signed:
/// whoever trusts `ca.pem` trusts this one server and nothing else that could ever be signed.
///
/// # Errors
/// [`TlsError`], naming the file.
pub fn local_authority(folder: &Path) -> Result<LocalAuthority, TlsError> {
    let file = |name: &str| folder.join(name);
    // The leaf's certificate is written last: it being there means that everything is.
    if !is_fresh(&file(LEAF)) {
        let made = make()?;
        fs::create_dir_all(folder).map_err(|source| TlsError::File { path: folder.to_owned(), source })?;
        write(&file(AUTHORITY), &made.authority, false)?;
        write(&file(LEAF_KEY), &made.key, true)?;
        write(&file(LEAF), &made.leaf, false)?;
    }
    let leaf = CertificateDer::from_pem_file(file(LEAF))
        .map_err(|source| TlsError::Damaged { path: file(LEAF), source })?;
    let key = PrivateKeyDer::from_pem_file(file(LEAF_KEY))
        .map_err(|source| TlsError::Damaged { path: file(LEAF_KEY), source })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf], key)?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(LocalAuthority { authority_file: file(AUTHORITY), tls: Arc::new(tls) })
}

impl LocalAuthority {
    /// The authority's certificate, PEM: what a client is told to trust.
    #[must_use]
    pub fn authority_file(&self) -> &Path {
        &self.authority_file
    }
}

/// Serves HTTPS on `listener` until `shutdown` resolves; then requests under way have two seconds to finish.
///
/// # Errors
/// [`ServeError`]; the listener is closed then.
pub async fn serve_tls(
    listener: TcpListener,
    authority: &LocalAuthority,
    store: Store,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    serve_tls_and_tell(listener, authority, store, config, || Ok(()), shutdown).await
}

/// As [`serve_tls`], and tells when everything is open that the service needs.
///
/// # Errors
/// [`ServeError`]; the listener is closed then.
pub async fn serve_tls_and_tell(
    listener: TcpListener,
    authority: &LocalAuthority,
    store: Store,
    config: Config,
    tell: impl FnOnce() -> std::io::Result<()>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let base = config.base(&format!("https://localhost:{}", listener.local_addr()?.port()))?;
    let listener = TlsListener {
        tcp: listener,
        acceptor: TlsAcceptor::from(Arc::clone(&authority.tls)),
        handshakes: JoinSet::new(),
    };
    run(listener, store, config, base, tell, shutdown).await
}

/// The authority cannot sign a second leaf, so both are made anew together, and clients are told to trust again.
fn is_fresh(leaf: &Path) -> bool {
    let Ok(written) = fs::metadata(leaf).and_then(|metadata| metadata.modified()) else { return false };
    // A clock set back since then makes the age negative: fresh.
    written.elapsed().is_ok_and(|age| age < Duration::from_secs((LEAF_DAYS - 30) as u64 * 86_400))
        || written > std::time::SystemTime::now()
}

struct Made {
    authority: String,
    leaf: String,
    key: String,
}

fn make() -> Result<Made, rcgen::Error> {
    let now = time::OffsetDateTime::now_utc();
    // A clock that is a little behind must not find the certificate "not yet valid".
    let from = now - time::Duration::days(1);

    let mut authority = CertificateParams::default();
    authority.distinguished_name = named("Portico local authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.not_before = from;
    authority.not_after = now + time::Duration::days(AUTHORITY_DAYS);
    let authority_key = KeyPair::generate()?;
    let authority_certificate = authority.self_signed(&authority_key)?;
    let issuer = Issuer::from_params(&authority, &authority_key);

    let names = ["localhost", "127.0.0.1", "::1"].map(String::from);
    let mut leaf = CertificateParams::new(names)?;
    leaf.distinguished_name = named("Portico local service");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    leaf.not_before = from;
    leaf.not_after = now + time::Duration::days(LEAF_DAYS);
    let leaf_key = KeyPair::generate()?;
    let leaf_certificate = leaf.signed_by(&leaf_key, &issuer)?;

    Ok(Made {
        authority: authority_certificate.pem(),
        leaf: leaf_certificate.pem(),
        key: leaf_key.serialize_pem(),
    })
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn write(path: &Path, text: &str, private: bool) -> Result<(), TlsError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if private {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    // Elsewhere what the folder allows is all there is.
    #[cfg(not(unix))]
    let _ = private;
    options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|source| TlsError::File { path: path.to_owned(), source })
}

/// Hands out connections whose handshake is done; slow ones do not hold up the others.
struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                // axum's own accept waits out the errors of a machine short of descriptors.
                (stream, peer) = Listener::accept(&mut self.tcp), if self.handshakes.len() < HANDSHAKES => {
                    let handshake = self.acceptor.accept(stream);
                    self.handshakes.spawn(async move {
                        let stream = tokio::time::timeout(HANDSHAKE_LIMIT, handshake).await.ok()?.ok()?;
                        Some((stream, peer))
                    });
                }
                Some(done) = self.handshakes.join_next() => {
                    if let Ok(Some(connection)) = done {
                        return connection;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}
