use std::path::Path;
use std::time::Duration;

use portico_service::{Config, Store, tls};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::support::*;

struct Secure {
    port: u16,
    _stop: oneshot::Sender<()>,
}

async fn serve(folder: &Path) -> Secure {
    let authority = tls::local_authority(folder).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(async move {
        let shutdown = async { stopped.await.unwrap_or_default() };
        let store = Store::in_memory().unwrap();
        tls::serve_tls(listener, &authority, store, Config::default(), shutdown).await.unwrap();
    });
    Secure { port, _stop: stop }
}

fn trusting(file: &Path) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = reqwest::Certificate::from_pem(&std::fs::read(file).unwrap()).unwrap();
    reqwest::Client::builder().no_proxy().tls_certs_only([certificate]).build().unwrap()
}

#[tokio::test]
async fn whoever_trusts_the_authority_is_served_by_every_name() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path()).await;
    let http = trusting(&folder.path().join("ca.pem"));
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("https://{host}:{}/api/config", server.port);
        let config: serde_json::Value = http.get(&url).send().await.unwrap().json().await.unwrap();
        assert_eq!(config["environment"]["api"], format!("https://localhost:{}/api", server.port));
    }
}

#[tokio::test]
async fn nobody_else_is() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = serve(one.path()).await;
    let elsewhere = tls::local_authority(other.path()).unwrap();
    let url = format!("https://127.0.0.1:{}/api/config", server.port);
    assert!(trusting(elsewhere.authority_file()).get(&url).send().await.is_err());
    let plain = format!("http://127.0.0.1:{}/api/config", server.port);
    assert!(http_client().get(&plain).send().await.is_err());
}

#[tokio::test]
async fn a_silent_client_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path()).await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(("127.0.0.1", server.port)).await.unwrap());
    }
    let http = trusting(&folder.path().join("ca.pem"));
    let request = http.get(format!("https://127.0.0.1:{}/api/config", server.port)).send();
    let response = tokio::time::timeout(Duration::from_secs(5), request).await.unwrap();
    assert!(response.unwrap().status().is_success());
}

#[test]
fn the_authority_is_made_once_and_its_key_is_kept_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let files = || {
        let mut files: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.file_name().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()))
            .collect();
        files.sort();
        files
    };
    tls::local_authority(folder.path()).unwrap();
    let made = files();
    tls::local_authority(folder.path()).unwrap();
    assert_eq!(files(), made);
    let private: Vec<_> =
        made.iter().filter(|(_, text)| text.contains("PRIVATE KEY")).map(|(name, _)| name).collect();
    assert_eq!(private, ["server.key"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path().join("server.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_damaged_key_is_named() {
    let folder = tempfile::tempdir().unwrap();
    tls::local_authority(folder.path()).unwrap();
    std::fs::write(folder.path().join("server.key"), "no key").unwrap();
    let refused = tls::local_authority(folder.path()).err().unwrap();
    assert!(refused.to_string().contains("server.key"), "{refused}");
}
