//! Certificates: an authority that only a file names, and servers that nobody vouches for.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::api_error::CertificateFault;

/// A TLS server for `localhost` whose certificate is signed by an authority of its own. Returns its address and the
/// authority as PEM.
async fn tls_server() -> (Url, String) {
    tls_server_with(|_| ()).await
}

/// What makes TLS connections to `localhost` out of plain ones, with a certificate of an authority of its own, as PEM.
pub(crate) fn acceptor(
    alpn: &[&str],
    change: impl FnOnce(&mut CertificateParams),
) -> (tokio_rustls::TlsAcceptor, String) {
    let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    change(&mut leaf);
    let leaf = leaf.signed_by(&key, &authority).unwrap();

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    (tokio_rustls::TlsAcceptor::from(Arc::new(config)), authority.pem())
}

/// What [`acceptor`] says vouches for it, as it is read from a file.
pub(crate) fn authority_of(pem: &str) -> Authority {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, pem).unwrap();
    Authority::read(&path).unwrap()
}

/// As [`tls_server`], with another certificate.
pub(crate) async fn tls_server_with(change: impl FnOnce(&mut CertificateParams)) -> (Url, String) {
    let (acceptor, authority) = acceptor(&[], change);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = Url::parse(&format!("https://localhost:{}", listener.local_addr().unwrap().port())).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream
                    .write_all(
                        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
                    )
                    .await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (url, authority)
}

async fn ask(url: &Url, authority: Option<&str>) -> Result<Vec<u8>, ApiError> {
    let mut options = ConnectOptions::new(Device { identifier: uuid::Uuid::nil() });
    options.authority = authority.map(authority_of);
    let client = ApiClient::new(ServerUrls::of_base(url), &options).unwrap();
    let call = Call::unsigned(Service::Api, "/config", Payload::None);
    client.send(&call, &CancellationToken::new()).await?.success()
}

#[tokio::test]
async fn an_authority_from_a_file_is_trusted_and_only_for_what_it_signed() {
    let (url, authority) = tls_server().await;
    assert_eq!(ask(&url, Some(&authority)).await.unwrap(), b"{}");

    let (stranger, _) = tls_server().await;
    match ask(&stranger, Some(&authority)).await {
        Err(ApiError::Tls { source: rustls::Error::InvalidCertificate(_), .. }) => {}
        other => panic!("nobody vouches for this one: {other:?}"),
    }

    let mut other_name = url.clone();
    other_name.set_ip_host("127.0.0.1".parse().unwrap()).unwrap();
    let error = ask(&other_name, Some(&authority)).await.unwrap_err();
    assert!(matches!(error, ApiError::Tls { .. }), "signed for localhost only: {error:?}");
}

#[tokio::test]
async fn each_fault_of_a_certificate_is_told_by_what_can_be_done_about_it() {
    let fault =
        async |url: &Url, authority: Option<&str>| ask(url, authority).await.unwrap_err().certificate_fault();
    let (url, authority) = tls_server().await;
    assert_eq!(fault(&url, None).await, Some(CertificateFault::UnknownIssuer));
    let mut other_name = url.clone();
    other_name.set_ip_host("127.0.0.1".parse().unwrap()).unwrap();
    assert_eq!(fault(&other_name, Some(&authority)).await, Some(CertificateFault::Name));

    let (old, authority) = tls_server_with(|leaf| leaf.not_after = rcgen::date_time_ymd(2020, 1, 1)).await;
    assert_eq!(fault(&old, Some(&authority)).await, Some(CertificateFault::Date));
    let (new, authority) = tls_server_with(|leaf| leaf.not_before = rcgen::date_time_ymd(2099, 1, 1)).await;
    assert_eq!(fault(&new, Some(&authority)).await, Some(CertificateFault::Date));

    // What answers there speaks plain http.
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let fault = fault(&Url::parse(&url).unwrap(), None).await;
    assert_eq!(fault, Some(CertificateFault::NoCommonEncryption));
}

#[tokio::test]
async fn a_private_authority_speaks_for_the_servers_own_hosts_only() {
    let both_names = |leaf: &mut CertificateParams| {
        leaf.subject_alt_names.push(rcgen::SanType::IpAddress("127.0.0.1".parse().unwrap()));
    };
    let (own, authority) = tls_server_with(both_names).await;
    let (mut other, another) = tls_server_with(both_names).await;
    let mut options = ConnectOptions::new(Device { identifier: uuid::Uuid::nil() });
    options.authority = Some(authority_of(&format!("{authority}{another}")));
    let client = ApiClient::new(ServerUrls::of_base(&own), &options).unwrap();
    let fetch = async |address: Url| client.open_download(address, 100, &CancellationToken::new()).await;
    assert_eq!(fetch(own.clone()).await.map(|file| file.announced).unwrap(), Some(2));

    // The same service by another of this machine's names is no other host.
    let mut by_number = own;
    by_number.set_ip_host("127.0.0.1".parse().unwrap()).unwrap();
    assert_eq!(fetch(by_number).await.map(|file| file.announced).unwrap(), Some(2));

    other.set_ip_host("127.0.0.1".parse().unwrap()).unwrap();
    let error = fetch(other).await.map(|_| ()).unwrap_err();
    assert_eq!(error.certificate_fault(), Some(CertificateFault::UnknownIssuer));
}
