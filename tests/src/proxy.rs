//! Stands between the real client and the real service, passes on what they say, and at one place does harm.
#![allow(clippy::unwrap_used)] // Part of tests, which may panic.

mod hub;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// What harm is done to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection ends before the request reaches the service.
    CutBefore,
    /// The service has the whole request, and the connection ends on both sides before it has answered.
    CutWhileAsked,
    CutInHead,
    CutInBody,
    /// Nothing comes, and the connection stays.
    Silence,
    /// The service has answered, and nothing of it comes; the connection stays.
    Unanswered,
    /// Half of the body comes, then nothing.
    SilenceInBody,
    /// Half of the body, and a length that says that this is all.
    Truncated,
    /// The whole body, and a length that promises more.
    PromisesMore,
    /// The whole answer, and the same again.
    Twice,
    /// A body without end.
    Endless,
    /// The whole answer, once whoever asked has given up.
    Late,
    /// The whole answer, once something else was asked for.
    Overtaken,
    /// Another answer with this status: a word of what it is.
    Instead(u16, &'static str),
}

use Fault::{
    CutBefore, CutInBody, CutInHead, CutWhileAsked, Endless, Instead, Late, Overtaken, PromisesMore, Silence,
    SilenceInBody, Truncated, Twice, Unanswered,
};

/// One of each kind.
pub const FAULTS: [Fault; 22] = [
    CutBefore,
    CutInHead,
    CutInBody,
    Silence,
    SilenceInBody,
    Truncated,
    PromisesMore,
    Twice,
    Endless,
    Late,
    Overtaken,
    Instead(200, "page"),
    Instead(200, "nonsense"),
    Instead(200, "nested"),
    Instead(200, "nothing"),
    Instead(200, "object"),
    Instead(200, "null"),
    Instead(302, "elsewhere"),
    Instead(429, "object"),
    Instead(500, "object"),
    Instead(502, "page"),
    Instead(503, "nothing"),
];

/// Of the notifications hub, for [`Fault::Instead`] with the status 101.
pub const GARBAGE: [&str; 5] = hub::GARBAGE;

/// Where the harm is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    Nowhere,
    /// The first time that this is asked for; repeating the request helps.
    Once(String),
    /// Whenever this is asked for.
    Always(String),
}

#[derive(Default)]
struct State {
    asked: Vec<String>,
    bodies: Vec<(String, Vec<u8>)>,
    place: Place,
    fault: Option<Fault>,
}

/// Lives as long as the test; dropping it closes the port.
pub struct FaultProxy {
    pub base: Url,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl FaultProxy {
    pub async fn before(service: &Url) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let service = SocketAddr::new(
            service.host_str().unwrap().parse().unwrap(),
            service.port_or_known_default().unwrap(),
        );
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    // A connection that breaks is what this is for.
                    let _ = pass_on(client, service, &state).await;
                });
            }
        });
        Self { base, state, task }
    }

    /// From now on harm is done there, and nowhere else. Forgets what was asked for.
    pub fn harm(&self, place: Place, fault: Fault) {
        *self.state() = State { place, fault: Some(fault), ..State::default() };
    }

    /// What was asked for since the last harm: method and target, without what differs each time.
    pub fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    /// The bodies of what was asked for since the last harm, where there was one.
    pub fn bodies(&self) -> Vec<(String, Vec<u8>)> {
        self.state().bodies.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request for each connection: who broke one off meets no other's answer.
async fn pass_on(
    mut client: TcpStream,
    service: SocketAddr,
    state: &Mutex<State>,
) -> Result<(), std::io::Error> {
    let Some(request) = read_request(&mut client).await? else { return Ok(()) };
    let (fault, number) = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let target = request.target();
        let (is_here, is_over) = match &state.place {
            Place::Nowhere => (false, false),
            Place::Once(place) => (*place == target, *place == target),
            Place::Always(place) => (*place == target, false),
        };
        if !request.body.is_empty() {
            state.bodies.push((target.clone(), request.body.clone()));
        }
        state.asked.push(target);
        if is_over {
            state.place = Place::Nowhere;
        }
        (state.fault.filter(|_| is_here), state.asked.len())
    };
    if request.is_upgrade() {
        return hub::relay(client, &request, service, fault).await;
    }
    match fault {
        None => client.write_all(&ask(&request, service).await?).await?,
        Some(Late) => {
            let answer = ask(&request, service).await?;
            // Nothing more comes of a client but its going away.
            while client.read_u8().await.is_ok() {}
            return client.write_all(&answer).await;
        }
        Some(Overtaken) => {
            let answer = ask(&request, service).await?;
            let is_next = || state.lock().unwrap_or_else(PoisonError::into_inner).asked.len() != number;
            while !is_next() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            client.write_all(&answer).await?;
        }
        Some(fault) => harm(&mut client, &request, service, fault).await?,
    }
    client.shutdown().await
}

async fn harm(
    client: &mut TcpStream,
    request: &Request,
    service: SocketAddr,
    fault: Fault,
) -> Result<(), std::io::Error> {
    match fault {
        CutBefore => return Ok(()),
        CutWhileAsked => return send(request, service, "close").await.map(drop),
        Silence => std::future::pending().await,
        Unanswered => {
            ask(request, service).await?;
            std::future::pending().await
        }
        Endless => {
            client.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[").await?;
            loop {
                client.write_all(&[b' '; 4096]).await?;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        Instead(status, what) => return client.write_all(&instead(status, what)).await,
        _ => {}
    }
    let answer = ask(request, service).await?;
    let body_at = find(&answer, b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
    let (head, body) = answer.split_at(body_at);
    let half = &body[..body.len() / 2];
    match fault {
        CutInHead => client.write_all(&head[..head.len() / 2]).await,
        CutInBody => client.write_all(&[head, half].concat()).await,
        SilenceInBody => {
            client.write_all(&[head, half].concat()).await?;
            std::future::pending().await
        }
        Truncated => client.write_all(&[&with_length(head, half.len()), half].concat()).await,
        PromisesMore => client.write_all(&[&with_length(head, body.len() + 1000), body].concat()).await,
        Twice => client.write_all(&[&answer[..], &answer[..]].concat()).await,
        CutBefore | CutWhileAsked | Silence | Unanswered | Endless | Late | Overtaken | Instead(..) => Ok(()),
    }
}

fn instead(status: u16, what: &str) -> Vec<u8> {
    let (kind, body): (&str, Vec<u8>) = match what {
        "page" => ("text/html", b"<!doctype html><title>Sign in to the network</title>".to_vec()),
        "nonsense" => ("application/json", b"\x00\xff{\"object\": list, []]\x80".to_vec()),
        "nested" => ("application/json", vec![b'['; 200_000]),
        "object" => ("application/json", b"{}".to_vec()),
        "null" => ("application/json", b"null".to_vec()),
        _ => ("application/json", Vec::new()),
    };
    let pause = if what == "rest" { 3600 } else { 0 };
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nretry-after: {pause}\r\n\
         location: https://elsewhere.example/\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), &body].concat()
}

/// The head of an answer with another length.
fn with_length(head: &[u8], length: usize) -> Vec<u8> {
    let head = String::from_utf8_lossy(head);
    let others = head.trim_end().split("\r\n").filter(|line| {
        let line = line.to_ascii_lowercase();
        !line.starts_with("content-length") && !line.starts_with("transfer-encoding")
    });
    let mut lines: Vec<&str> = others.collect();
    let length = format!("content-length: {length}");
    lines.push(&length);
    format!("{}\r\n\r\n", lines.join("\r\n")).into_bytes()
}

struct Request {
    first: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Request {
    /// Tokens of pages are left out: they are others in every sync.
    fn target(&self) -> String {
        let mut words = self.first.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let target = target.split("continuationToken").next().unwrap_or_default();
        format!("{method} {target}")
    }

    fn is_upgrade(&self) -> bool {
        self.headers.iter().any(|header| header.to_ascii_lowercase().starts_with("upgrade:"))
    }
}

/// Asks the service and reads everything that it says.
async fn ask(request: &Request, service: SocketAddr) -> Result<Vec<u8>, std::io::Error> {
    let mut stream = send(request, service, "close").await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}

async fn send(request: &Request, service: SocketAddr, connection: &str) -> Result<TcpStream, std::io::Error> {
    let mut stream = TcpStream::connect(service).await?;
    let mut head = format!("{}\r\nhost: {service}\r\nconnection: {connection}\r\n", request.first);
    for header in &request.headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&request.body).await?;
    Ok(stream)
}

async fn read_request(client: &mut TcpStream) -> Result<Option<Request>, std::io::Error> {
    let mut read = Vec::new();
    let body_at = loop {
        if let Some(at) = find(&read, b"\r\n\r\n") {
            break at + 4;
        }
        if client.read_buf(&mut read).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&read[..body_at]).into_owned();
    let mut lines = head.trim_end().split("\r\n");
    let first = lines.next().unwrap_or_default().to_owned();
    let mut length = 0;
    let mut headers = Vec::new();
    for line in lines {
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if !lower.starts_with("host:") && !lower.starts_with("connection:") {
            headers.push(line.to_owned());
        }
    }
    let mut body = read.split_off(body_at);
    while body.len() < length {
        if client.read_buf(&mut body).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(Request { first, headers, body }))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
