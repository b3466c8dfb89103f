//! Clients that take their time: those that hold a connection with it are sent away, those on a slow line are not.

use std::time::Duration;

use portico_service::bulk::{BulkAttachment, BulkError};
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use crate::ciphers::login_request;
use crate::hub::{Ear, make_folder};
use crate::support::*;

const PATIENCE: Duration = Duration::from_millis(400);
/// A letter in this time is ten times the silence that is allowed, and far below the rate.
const STEP: Duration = Duration::from_millis(40);

async fn impatient(patience: Duration) -> World {
    World::with(Config { patience, ..Config::without_delay() }).await
}

async fn connection(world: &World) -> TcpStream {
    let base = world.running.base_url();
    TcpStream::connect((base.host_str().unwrap(), base.port().unwrap())).await.unwrap()
}

/// Sends `first` at once and then a letter at a time; what was answered by the time that the service ended the connection.
async fn trickle(mut stream: TcpStream, first: &str, letter: &[u8]) -> String {
    let (mut answers, mut letters) = stream.split();
    let mut answer = Vec::new();
    letters.write_all(first.as_bytes()).await.unwrap();
    let sending = async {
        while letters.write_all(letter).await.is_ok() {
            sleep(STEP).await;
        }
        std::future::pending::<()>().await;
    };
    // A connection that is reset is over as well.
    let ending = async { _ = answers.read_to_end(&mut answer).await };
    let ended = async {
        tokio::select! { () = sending => {}, () = ending => {} }
    };
    timeout(Duration::from_secs(30), ended).await.expect("the connection is held");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_request_that_trickles_ends_its_connection() {
    let world = impatient(PATIENCE).await;
    let token = world.access_token(Person::Member).await;
    let authorized = format!("Host: localhost\r\nAuthorization: Bearer {token}\r\n");
    for first in [
        // Nothing, the first letters, which may be HTTP/2, and half a header.
        String::new(),
        "P".to_owned(),
        "GET /api/alive HTTP/1.1\r\nHost: localhost\r\nX-Long: ".to_owned(),
    ] {
        let answer =
            trickle(connection(&world).await, &first, if first.is_empty() { b"" } else { b"x" }).await;
        assert!(!answer.contains("200 OK"), "{first}: {answer}");
    }
    // A second request on a connection that served one.
    let served = "GET /api/alive HTTP/1.1\r\nHost: localhost\r\n\r\nGET /api/alive HTTP/1.1\r\nX-Long: ";
    let answer = trickle(connection(&world).await, served, b"x").await;
    assert_eq!(answer.matches("200 OK").count(), 1, "{answer}");

    // A body that is small, one that is large, and one of which nobody knows.
    for (length, letter) in [
        ("Content-Length: 1000", &b" "[..]),
        ("Content-Length: 400000", b" "),
        ("Transfer-Encoding: chunked", b"1\r\n \r\n"),
    ] {
        let head = format!(
            "POST /api/folders HTTP/1.1\r\n{authorized}Content-Type: application/json\r\n{length}\r\n\r\n"
        );
        let answer = trickle(connection(&world).await, &head, letter).await;
        assert!(
            answer.starts_with("HTTP/1.1 400") && answer.contains("connection: close"),
            "{length}: {answer}"
        );
    }
}

/// A file that fills what systems keep for a connection many times over, and where it is.
async fn large_file(patience: Duration) -> (World, String, usize) {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let length = 32 * 1024 * 1024;
    let file = BulkAttachment { id: Uuid::from_u128(0x97), content: vec![7; length], ..wiki_file() };
    let loaded: Result<(), BulkError> = store.bulk(|load| load.attachment(&file));
    loaded.unwrap();
    let world = World::over(store, Config { patience, ..Config::without_delay() }).await;
    let path = format!("/api/ciphers/{}/attachment/{}", id::WIKI_LOGIN, file.id);
    let link = world.get(&path, &world.access_token(Person::Member).await).await;
    let url = link["url"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(world.url("").as_str()).unwrap().to_owned();
    (world, path, length)
}

fn ask_for(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

#[tokio::test]
async fn an_answer_that_nobody_reads_ends_its_connection() {
    let (world, path, _) = large_file(PATIENCE).await;
    let mut stream = connection(&world).await;
    stream.write_all(ask_for(&path).as_bytes()).await.unwrap();
    // Somebody is there, and sends what nobody will look at: that is refused once the connection is gone.
    let held = async {
        while stream.write_all(b"x").await.is_ok() {
            sleep(STEP).await;
        }
    };
    timeout(Duration::from_secs(30), held).await.expect("the connection is held");
}

/// Slowly, but not more slowly than any line is.
#[tokio::test]
async fn an_answer_that_is_being_read_is_given_to_its_end() {
    // Long enough for a machine that stands still for a moment: what is read frees the service's side by the megabyte.
    let patience = Duration::from_secs(1);
    let (world, path, length) = large_file(patience).await;
    let mut stream = connection(&world).await;
    stream.write_all(ask_for(&path).as_bytes()).await.unwrap();
    let begun = Instant::now();
    let (mut piece, mut came) = (vec![0; 64 * 1024], 0);
    // Past the time after which one that is not read is ended.
    while begun.elapsed() < patience * 10 {
        came += stream.read(&mut piece).await.unwrap();
        sleep(STEP).await;
    }
    assert!(came < length, "not slow enough to show anything");
    let read = async {
        while came < length {
            match stream.read(&mut piece).await.unwrap() {
                0 => break,
                more => came += more,
            }
        }
    };
    timeout(Duration::from_secs(30), read).await.unwrap();
    assert!(came >= length, "{came} of {length}");
}

/// The same in HTTP/2, where a client says how much it would take: nothing.
#[tokio::test]
async fn an_answer_that_may_not_be_sent_ends_its_connection() {
    // RFC 9113: the window that streams begin with (setting 4) is 0.
    let begin = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\0\0".to_vec();
    assert!(http2_until_its_end(begin).await);
}

/// Answers to the pings with which HTTP/2 asks whether somebody is there do not hold it.
#[tokio::test]
async fn an_idle_connection_of_http2_ends_though_its_client_is_there() {
    let begin = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    assert!(http2_until_its_end(begin).await);
}

/// Begins like this, asks for something, and is there until the service ends it: whether there was an answer.
async fn http2_until_its_end(mut begin: Vec<u8>) -> bool {
    let world = impatient(PATIENCE).await;
    let mut stream = connection(&world).await;
    // RFC 9113: length, type, flags, stream; RFC 7541: GET, http, the path and the host as literals.
    let request = b"\x82\x86\x04\x0a/api/alive\x41\x09localhost";
    begin.extend([0, 0, request.len() as u8, 1, 0b101, 0, 0, 0, 1]);
    begin.extend(request);
    stream.write_all(&begin).await.unwrap();
    let mut answered = false;
    let being_there = async {
        let mut head = [0; 9];
        while stream.read_exact(&mut head).await.is_ok() {
            let mut body = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
            stream.read_exact(&mut body).await.unwrap();
            match (head[3], head[4] & 1) {
                (1, _) => answered = true,
                // A ping, or settings, that want to be confirmed.
                (kind @ (4 | 6), 0) => {
                    let echo = if kind == 6 { &body[..] } else { &[] };
                    let ack = [0, 0, echo.len() as u8, kind, 1, 0, 0, 0, 0];
                    _ = stream.write_all(&[&ack[..], echo].concat()).await;
                }
                _ => {}
            }
        }
    };
    timeout(Duration::from_secs(30), being_there).await.expect("the connection is held");
    answered
}

/// A slow line: the file comes for many times the patience, a little at a time.
#[tokio::test]
async fn a_long_upload_and_the_hub_outlast_the_patience() {
    // Long enough for a machine that stands still for a moment.
    let (patience, step) = (Duration::from_secs(1), Duration::from_millis(100));
    let world = impatient(patience).await;
    let token = world.access_token(Person::Member).await;
    let mut ear = Ear::of(&world, &token).await;
    let (_, item) = world.send(Method::POST, "/api/ciphers", Some(&token), login_request()).await;
    let path = format!("/api/ciphers/{}/attachment", item["id"].as_str().unwrap());
    let announced = json!({"key": enc("k"), "fileName": enc("f"), "fileSize": 120_000});
    let (_, announced) = world.send(Method::POST, &format!("{path}/v2"), Some(&token), announced).await;

    let head =
        "--b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"f\"\r\n\r\n".as_bytes().to_vec();
    let pieces = std::iter::once(head)
        .chain(std::iter::repeat_n(vec![7_u8; 2_000], 60))
        .chain(std::iter::once(b"\r\n--b--\r\n".to_vec()));
    let slowly = futures_util::stream::unfold(pieces, move |mut pieces| async move {
        sleep(step).await;
        Some((Ok::<_, std::io::Error>(pieces.next()?), pieces))
    });
    let begun = Instant::now();
    let path = format!("{path}/{}", announced["attachmentId"].as_str().unwrap());
    let sent = world
        .request(Method::POST, &path, Some(&token))
        .header("Content-Type", "multipart/form-data; boundary=b")
        .body(reqwest::Body::wrap_stream(slowly))
        .send();
    assert_eq!(sent.await.unwrap().status(), StatusCode::OK);
    assert!(begun.elapsed() > patience * 5, "not slow enough to show anything");
    make_folder(&world, &token).await;
    let told = async { while ear.next().await.unwrap().kind != 7 {} };
    timeout(Duration::from_secs(10), told).await.expect("the hub says nothing any more");
}
