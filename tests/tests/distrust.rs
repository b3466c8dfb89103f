//! A server that was trusted and cannot be any more, and one that can be again: what the program says of the connection.
#![allow(clippy::unwrap_used)] // A test may panic.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use portico_client::{
    ApiClient, ApiError, CancellationToken, CertificateFault, Reach, SignInError, SignInRequest, connect,
    sign_in, watch_reach,
};
use portico_profile::{Authority, Profile};
use portico_protocol::SecretText;
use portico_protocol::server::ServerAddress;
use portico_service::{Config, Store, tls};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Longer than the doubt that follows a failed request, on a machine that does ten other things.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_trusted_any_more_is_neither_reached_nor_lost() {
    let (own, foreign, folder) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = Server::start(own.path(), None).await;
    let place = server.place;
    let profile = Profile::open(folder.path()).unwrap();
    let trusted = Authority::read(&own.path().join("ca.pem")).unwrap();
    let address = ServerAddress::parse(&format!("https://{place}")).unwrap();
    let client = connect(&profile, &address, None, Some(trusted)).unwrap();

    let (send, mut told) = mpsc::unbounded_channel();
    let (watched, stop) = (client.clone(), CancellationToken::new());
    let stopped = stop.clone();
    let watching = tokio::spawn(async move {
        watch_reach(&watched, |reach| send.send(reach).unwrap(), &stopped).await;
    });
    let mut next = async || tokio::time::timeout(PATIENCE, told.recv()).await.unwrap().unwrap();

    assert!(matches!(ask(&client, &profile, &address).await, SignInError::WrongPassword));
    assert_eq!(next().await, Reach::Reached);

    // Somebody else at the same place, whom another authority vouches for.
    server.stop().await;
    let stranger = Server::start(foreign.path(), Some(place)).await;
    let refused = ask(&client, &profile, &address).await;
    assert!(matches!(refused, SignInError::Api(ApiError::Tls { .. })), "{refused:?}");
    assert_eq!(next().await, Reach::Unsafe(CertificateFault::UnknownIssuer));

    stranger.stop().await;
    let server = Server::start(own.path(), Some(place)).await;
    assert!(matches!(ask(&client, &profile, &address).await, SignInError::WrongPassword));
    assert_eq!(next().await, Reach::Reached);
    stop.cancel();
    watching.await.unwrap();
    assert_eq!(told.recv().await, None, "nothing else was told");
    server.stop().await;
}

/// Asks something of the server: nobody has this account.
async fn ask(client: &ApiClient, profile: &Profile, address: &ServerAddress) -> SignInError {
    let password = SecretText::new("four words that nobody has".to_owned());
    let request = SignInRequest::new(address.clone(), "nobody@brightwater.example".to_owned(), password);
    match sign_in(client, profile, &request, &CancellationToken::new()).await {
        Err(error) => error,
        Ok(_) => panic!("nobody has this account"),
    }
}

/// The service behind TLS, with an authority of its own under a folder.
struct Server {
    place: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(folder: &Path, place: Option<SocketAddr>) -> Self {
        let authority = tls::local_authority(folder).unwrap();
        let listener = TcpListener::bind(place.unwrap_or(([127, 0, 0, 1], 0).into())).await.unwrap();
        let place = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let ended = async { stopped.await.unwrap_or_default() };
            let store = Store::in_memory().unwrap();
            tls::serve_tls(listener, &authority, store, Config::without_delay(), ended).await.unwrap();
        });
        Self { place, stop, task }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        // A connection that is kept open by the client is cut off, not waited for.
        if tokio::time::timeout(Duration::from_secs(1), self.task).await.is_err() {
            panic!("the service does not stop");
        }
    }
}
