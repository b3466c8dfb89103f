//! A hub in this process: it accepts, refuses, breaks off and talks as a test wants.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use portico_profile::Authority;
use portico_protocol::SecretText;
use portico_protocol::server::ServerUrls;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use super::*;
use crate::device::Device;
use crate::http::ConnectOptions;
use crate::http::tls_tests::{acceptor, authority_of};

const OWN_DEVICE: Uuid = Uuid::from_u128(42);
const PROVIDER: &str = "0196f3a0-0000-7000-8000-0000000000b0";

/// What the hub does with the next connection.
#[derive(Clone, Copy)]
enum Next {
    Answer(u16),
    /// Takes the connection, tells so many times of a changed provider, and breaks off.
    TellThenBreak(usize),
    /// As the former, and stays.
    TellAndStay(usize),
}

struct Hub {
    base: Url,
    /// Where it speaks TLS: who vouches for it.
    authority: Option<Authority>,
    /// `authorization` of each connection.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Hub {
    async fn start(plan: Vec<Next>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            for next in plan {
                let (stream, _) = listener.accept().await.unwrap();
                let seen = Arc::clone(&seen);
                tokio::spawn(serve(stream, next, seen));
            }
        });
        Self { base, authority: None, asked }
    }

    /// Over TLS, by a certificate of an authority that no machine knows, and ready to speak HTTP/2 to whoever offers it.
    async fn start_tls(next: Next) -> Self {
        let (acceptor, pem) = acceptor(&["h2", "http/1.1"], |_| ());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let base = Url::parse(&format!("https://localhost:{port}")).unwrap();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream, next, Arc::clone(&seen)).await;
                }
            }
        });
        Self { base, authority: Some(authority_of(&pem)), asked }
    }

    fn client(&self) -> ApiClient {
        let mut options = ConnectOptions::new(Device { identifier: OWN_DEVICE });
        options.authority = self.authority.clone();
        ApiClient::new(ServerUrls::of_base(&self.base), &options).unwrap()
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

#[allow(clippy::result_large_err)] // The library's own type.
async fn serve(mut stream: impl Stream, next: Next, seen: Arc<Mutex<Vec<String>>>) {
    if let Next::Answer(status) = next {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            assert!(stream.read_buf(&mut head).await.unwrap() > 0);
        }
        let head = String::from_utf8(head).unwrap();
        let bearer = head.lines().find_map(|line| line.strip_prefix("authorization: ")).unwrap();
        seen.lock().unwrap().push(bearer.to_owned());
        let answer = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
        return;
    }
    let check = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        assert_eq!(request.uri().path(), "/notifications/hub");
        assert_eq!(request.uri().query(), None, "no token in an address");
        let header = |name: &str| request.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(header("bitwarden-client-name"), "desktop");
        seen.lock().unwrap().push(header("authorization"));
        Ok(response)
    };
    let Ok(mut socket) = tokio_tungstenite::accept_hdr_async(stream, check).await else { return };
    let handshake = socket.next().await.unwrap().unwrap();
    assert_eq!(handshake.into_text().unwrap().as_str(), "{\"protocol\":\"messagepack\",\"version\":1}\u{1e}");
    socket.send(Frame::Binary(b"{}\x1e".to_vec().into())).await.unwrap();
    let (Next::TellThenBreak(times) | Next::TellAndStay(times)) = next else { return };
    for _ in 0..times {
        tell_of_provider(&mut socket).await;
    }
    if matches!(next, Next::TellAndStay(_)) {
        // Until the client goes.
        while let Some(Ok(_)) = socket.next().await {}
    }
}

async fn tell_of_provider(socket: &mut WebSocketStream<impl Stream>) {
    let text = |text: &str| rmpv::Value::from(text);
    let told = |context: rmpv::Value| {
        rmpv::Value::Map(vec![
            (text("ContextId"), context),
            (text("Type"), told::PROVIDER_CHANGED.into()),
            (text("Payload"), rmpv::Value::Map(vec![(text("ProviderId"), text(PROVIDER))])),
        ])
    };
    let mut frame = Vec::new();
    for context in [rmpv::Value::Nil, text(&OWN_DEVICE.to_string())] {
        let message = rmpv::Value::Array(vec![
            1.into(),
            rmpv::Value::Map(vec![]),
            rmpv::Value::Nil,
            text("ReceiveMessage"),
            rmpv::Value::Array(vec![told(context)]),
            rmpv::Value::Array(vec![]),
        ]);
        let mut bytes = Vec::new();
        rmpv::encode::write_value(&mut bytes, &message).unwrap();
        let length = bytes.len();
        assert!(length < 0x4000);
        match length {
            0..0x80 => frame.push(length as u8),
            _ => frame.extend([(length & 0x7f) as u8 | 0x80, (length >> 7) as u8]),
        }
        frame.extend(bytes);
    }
    frame.extend(message::PING);
    socket.send(Frame::Binary(frame.into())).await.unwrap();
}

/// Listens, and hands over what is told and which tokens were asked for.
struct Listening {
    told: mpsc::UnboundedReceiver<Live>,
    refusals: Arc<Mutex<Vec<bool>>>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

fn start(hub: &Hub) -> Listening {
    let (client, stop) = (hub.client(), CancellationToken::new());
    let (send, told) = mpsc::unbounded_channel();
    let refusals: Arc<Mutex<Vec<bool>>> = Arc::default();
    let (asked, stopped) = (Arc::clone(&refusals), stop.clone());
    let task = tokio::spawn(async move {
        let token = |refused| {
            asked.lock().unwrap().push(refused);
            let token = if refused { "fresh" } else { "old" };
            std::future::ready(Some(SecretText::new(token.to_owned())))
        };
        listen(&client, token, |live| send.send(live).unwrap(), &stopped).await;
    });
    Listening { told, refusals, stop, task }
}

impl Listening {
    async fn next(&mut self) -> Live {
        let patience = Duration::from_secs(60);
        tokio::time::timeout(patience, self.told.recv()).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_lost_connection_is_made_again_and_hints_are_told_once() {
    let hub = Hub::start(vec![Next::TellThenBreak(5), Next::Answer(503), Next::TellAndStay(1)]).await;
    let mut listening = start(&hub);
    let provider = Live::Provider(PROVIDER.parse().unwrap());
    for expected in [Live::Connected, provider, Live::Disconnected, Live::Connected, provider] {
        assert_eq!(listening.next().await, expected);
    }
    assert_eq!(*hub.asked.lock().unwrap(), ["Bearer old"; 3]);
    listening.stop.cancel();
    listening.task.await.unwrap();
    assert_eq!(listening.told.recv().await, None, "stopped by us, nothing is lost");
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let hub = Hub::start(vec![Next::Answer(401), Next::TellAndStay(0)]).await;
    let mut listening = start(&hub);
    assert_eq!(listening.next().await, Live::Connected);
    assert_eq!(*hub.asked.lock().unwrap(), ["Bearer old", "Bearer fresh"]);
    assert_eq!(*listening.refusals.lock().unwrap(), [false, true]);
    listening.stop.cancel();
    listening.task.await.unwrap();
}

#[tokio::test]
async fn a_server_without_a_hub_is_not_asked_again() {
    for status in [200, 301, 404, 405, 501] {
        let hub = Hub::start(vec![Next::Answer(status)]).await;
        let mut listening = start(&hub);
        assert_eq!(listening.next().await, Live::NotOffered, "{status}");
        listening.task.await.unwrap();
    }
}

#[tokio::test]
async fn a_hub_is_trusted_as_its_server_is() {
    let mut hub = Hub::start_tls(Next::TellAndStay(1)).await;
    let mut listening = start(&hub);
    assert_eq!(listening.next().await, Live::Connected);
    assert_eq!(listening.next().await, Live::Provider(PROVIDER.parse().unwrap()));
    listening.stop.cancel();
    listening.task.await.unwrap();

    // Without the authority there is no connection, and no token for it.
    hub.authority = None;
    hub.asked.lock().unwrap().clear();
    let (client, stop) = (hub.client(), CancellationToken::new());
    let token = SecretText::new("secret".to_owned());
    assert_eq!(hub::connect(&client, &token, &stop).await.err(), Some(HubEnd::Lost));
    assert!(hub.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_hub_that_is_lost_casts_doubt_on_the_server() {
    let hub = Hub::start(vec![Next::TellThenBreak(0)]).await;
    let (client, stop) = (hub.client(), CancellationToken::new());
    let mut heard = client.ear().listen();
    let (listener, stopped) = (client.clone(), stop.clone());
    let token = |_| std::future::ready(Some(SecretText::new("token".to_owned())));
    let task = tokio::spawn(async move { listen(&listener, token, |_| (), &stopped).await });
    let doubt = heard.wait_for(|heard| *heard == Heard::Silence);
    tokio::time::timeout(Duration::from_secs(60), doubt).await.unwrap().unwrap();
    stop.cancel();
    task.await.unwrap();
}
