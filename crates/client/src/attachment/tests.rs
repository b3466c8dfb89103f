//! Against a server that sends files, and against one that sends something else.

use std::sync::Mutex;

use portico_crypto::{OpenError, SymmetricKey};
use portico_protocol::server::ServerUrls;
use portico_vault::AttachmentKey;
use uuid::Uuid;

use super::*;
use crate::api_error::NotBitwarden;
use crate::device::Device;
use crate::hostile::{Answer, HostileServer};
use crate::http::{ConnectOptions, Patience};
use crate::refresh::kept::kept;

fn key(byte: u8) -> SymmetricKey {
    SymmetricKey::from_array(&std::array::from_fn(|place| byte.wrapping_add(place as u8)))
}

fn attachment(is_own: bool) -> SealedAttachment {
    SealedAttachment {
        item: Uuid::from_u128(7),
        id: "a1".to_owned(),
        name: Some("contract.pdf".to_owned()),
        size: None,
        key: AttachmentKey { key: key(1), is_own },
    }
}

/// A server that tells `url` for the file, and answers `file` there.
async fn server(url: &str, file: Answer) -> HostileServer {
    let url = url.to_owned();
    HostileServer::start(move |asked, _| match asked.target.as_str() {
        "/api/ciphers/00000000-0000-0000-0000-000000000007/attachment/a1" => {
            Answer::Json(200, format!(r#"{{"object":"attachment","id":"a1","url":"{url}","size":"49"}}"#))
        }
        _ => file.clone(),
    })
    .await
}

fn bytes(body: Vec<u8>) -> Answer {
    Answer::Whole(200, vec![("content-type", "application/octet-stream".to_owned())], body)
}

struct Place {
    folder: tempfile::TempDir,
    heard: Mutex<Vec<AttachmentProgress>>,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), heard: Mutex::default() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("contract.pdf")
    }

    /// Names of what stands in the folder.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    async fn fetch(
        &self,
        server: &HostileServer,
        attachment: SealedAttachment,
        how: SaveAs,
        stop: &CancellationToken,
    ) -> Result<u64, SaveAttachmentError> {
        let mut options = ConnectOptions::new(Device { identifier: Uuid::from_u128(9) });
        options.patience = Patience { idle: std::time::Duration::from_millis(300), ..Patience::default() };
        let client = ApiClient::new(ServerUrls::of_base(&server.base), &options).unwrap();
        let session = kept();
        let destination = AttachmentDestination { file: self.file(), how, waiting: self.folder.path() };
        let progress = |progress| self.heard.lock().unwrap().push(progress);
        save(
            &Authorized { client: &client, session: &session, room: None },
            attachment,
            destination,
            &progress,
            stop,
        )
        .await
    }

    async fn fetch_plainly(&self, server: &HostileServer) -> Result<u64, SaveAttachmentError> {
        self.fetch(server, attachment(true), SaveAs::default(), &CancellationToken::new()).await
    }
}

#[tokio::test]
async fn a_file_arrives_opened_and_whole() {
    let plain: Vec<u8> = (0..3_000_000u32).map(|at| (at % 251) as u8).collect();
    for url in ["/attachments/7/a1?token=t0ken", "ciphers/attachment/download?token=t0ken"] {
        let (server, place) = (server(url, bytes(key(1).seal_binary(&plain))).await, Place::new());
        assert_eq!(place.fetch_plainly(&server).await.unwrap(), 3_000_000);
        assert_eq!(std::fs::read(place.file()).unwrap(), plain);
        assert_eq!(place.names(), ["contract.pdf"]);
        let heard = place.heard.lock().unwrap().clone();
        let sealed = key(1).seal_binary(&plain).len() as u64;
        assert_eq!(heard.last(), Some(&AttachmentProgress { done: sealed, total: Some(sealed) }));
        assert!(heard.is_sorted_by_key(|progress| progress.done));
        let [asked, fetched] = &server.asked()[..] else { panic!("two requests") };
        assert_eq!(asked.header("authorization"), Some("Bearer old"));
        let expected = if url.starts_with('/') { url.to_owned() } else { format!("/api/{url}") };
        assert_eq!(fetched.target, expected);
        for told in ["authorization", "device-identifier", "bitwarden-client-name"] {
            assert_eq!(fetched.header(told), None, "{told} goes to the server's own routes only");
        }
    }
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let (server, place) = (server("/x?token=t", bytes(key(1).seal_binary(b""))).await, Place::new());
    assert_eq!(place.fetch_plainly(&server).await.unwrap(), 0);
    assert_eq!(std::fs::read(place.file()).unwrap(), b"");
}

#[tokio::test]
async fn what_does_not_open_leaves_nothing_behind() {
    let sealed = key(1).seal_binary(&[7; 1000]);
    let mut changed = sealed.clone();
    changed[500] ^= 1;
    let without_mac = [&[0], &sealed[1..17], &sealed[49..]].concat();
    for (what, body, expected) in [
        ("changed", changed, OpenError::Mac),
        ("of another key", key(2).seal_binary(b"x"), OpenError::Mac),
        ("with its MAC taken away", without_mac, OpenError::Unauthenticated),
        ("of a newer form", vec![7; 100], OpenError::NeedsNewerFormat { kind: 7 }),
    ] {
        let (server, place) = (server("/x?token=t", bytes(body)).await, Place::new());
        let how = SaveAs { replace: false, accept_unauthenticated: true };
        match place.fetch(&server, attachment(true), how, &CancellationToken::new()).await {
            Err(SaveAttachmentError::File(AttachmentFileError::DoesNotOpen(error))) => {
                assert_eq!(error, expected, "{what}")
            }
            other => panic!("{what}: {other:?}"),
        }
        assert!(place.names().is_empty(), "{what}");
    }
    for answer in [bytes(sealed[..700].to_vec()), bytes(Vec::new())] {
        let (server, place) = (server("/x?token=t", answer).await, Place::new());
        assert!(matches!(
            place.fetch_plainly(&server).await,
            Err(SaveAttachmentError::File(AttachmentFileError::DoesNotOpen(OpenError::Syntax(_))))
        ));
        assert!(place.names().is_empty());
    }
}

#[tokio::test]
async fn an_old_file_without_a_mac_is_taken_only_when_somebody_says_so() {
    let sealed = key(1).seal_binary(b"a contract of 2016");
    let old = [&[0], &sealed[1..17], &sealed[49..]].concat();
    let (server, place) = (server("/x?token=t", bytes(old)).await, Place::new());
    let stop = CancellationToken::new();
    let refused = place.fetch(&server, attachment(false), SaveAs::default(), &stop).await;
    assert!(matches!(refused, Err(SaveAttachmentError::File(AttachmentFileError::Unauthenticated))));
    assert!(place.names().is_empty());
    let how = SaveAs { replace: false, accept_unauthenticated: true };
    place.fetch(&server, attachment(false), how, &stop).await.unwrap();
    assert_eq!(std::fs::read(place.file()).unwrap(), b"a contract of 2016");
}

#[tokio::test]
async fn a_file_of_that_name_stays_unless_somebody_says_otherwise() {
    let (server, place) = (server("/x?token=t", bytes(key(1).seal_binary(b"new"))).await, Place::new());
    std::fs::write(place.file(), "old").unwrap();
    let kept = place.fetch_plainly(&server).await;
    assert!(matches!(kept, Err(SaveAttachmentError::File(AttachmentFileError::Exists))));
    assert_eq!(std::fs::read(place.file()).unwrap(), b"old");
    let how = SaveAs { replace: true, accept_unauthenticated: false };
    place.fetch(&server, attachment(true), how, &CancellationToken::new()).await.unwrap();
    assert_eq!(std::fs::read(place.file()).unwrap(), b"new");
}

#[tokio::test]
async fn faults_on_the_way_leave_nothing_behind() {
    let web_page = Answer::Whole(200, vec![("content-type", "text/html".to_owned())], b"<p>Sign in".to_vec());
    let elsewhere =
        Answer::Whole(302, vec![("location", "http://elsewhere.example/".to_owned())], Vec::new());
    type Expected = fn(&ApiError) -> bool;
    let cases: [(&str, Answer, Expected); 7] = [
        ("a web page", web_page, |e| matches!(e, ApiError::NotBitwarden { why: NotBitwarden::WebPage, .. })),
        ("a redirect", elsewhere, |e| matches!(e, ApiError::Redirected { .. })),
        ("gone", Answer::Json(404, "{}".to_owned()), |e| e.status() == Some(404)),
        ("too often", Answer::Json(429, "{}".to_owned()), |e| matches!(e, ApiError::RateLimited { .. })),
        ("cut off", Answer::Cut(key(1).seal_binary(&[0; 100])), ApiError::is_unreachable),
        ("silence", Answer::Silent, ApiError::is_unreachable),
        ("without end", Answer::Endless, |e| matches!(e, ApiError::TooLarge { .. } | ApiError::Cancelled)),
    ];
    for (what, answer, expected) in cases {
        let (server, place) = (server("/x?token=t", answer).await, Place::new());
        let mut small = attachment(true);
        small.size = Some(49);
        match place.fetch(&server, small, SaveAs::default(), &CancellationToken::new()).await {
            Err(SaveAttachmentError::Api(error)) => assert!(expected(&error), "{what}: {error:?}"),
            // What begins as no file of ours is known by its first byte.
            Err(SaveAttachmentError::File(AttachmentFileError::DoesNotOpen(_))) if what == "without end" => {}
            other => panic!("{what}: {other:?}"),
        }
        assert!(place.names().is_empty(), "{what}");
    }
}

#[tokio::test]
async fn stopping_ends_it_at_once() {
    let (server, place, stop) =
        (server("/x?token=t", Answer::Silent).await, Place::new(), CancellationToken::new());
    let stopping = async {
        while server.asked().len() < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        stop.cancel();
    };
    let (fetched, ()) =
        tokio::join!(place.fetch(&server, attachment(true), SaveAs::default(), &stop), stopping);
    assert!(matches!(
        fetched,
        Err(SaveAttachmentError::Api(ApiError::Cancelled | ApiError::TimedOut { .. }))
    ));
    assert!(place.names().is_empty());
}

#[tokio::test]
async fn an_id_that_is_no_id_is_asked_for_nowhere() {
    let (server, place) = (server("/x?token=t", bytes(Vec::new())).await, Place::new());
    for id in ["", "../../accounts/profile", "a1?x", "a/b", "é"] {
        let odd = SealedAttachment { id: id.to_owned(), ..attachment(true) };
        let fetched = place.fetch(&server, odd, SaveAs::default(), &CancellationToken::new()).await;
        assert!(matches!(fetched, Err(SaveAttachmentError::Api(ApiError::NotBitwarden { .. }))), "{id}");
    }
    assert!(server.asked().is_empty());
}

/// A server that tells an address at `files`, whose query is a permission.
async fn sending_to(files: &HostileServer) -> HostileServer {
    server(&format!("{}attachments/7/a1?sig=s1gnature", files.base), Answer::HangUp).await
}

#[tokio::test]
async fn another_host_is_asked_with_nothing_but_the_address() {
    let sealed = key(1).seal_binary(b"a contract");
    let files = HostileServer::start(move |_, _| bytes(sealed.clone())).await;
    let (server, place) = (sending_to(&files).await, Place::new());
    place.fetch_plainly(&server).await.unwrap();
    assert_eq!(std::fs::read(place.file()).unwrap(), b"a contract");
    assert_eq!(server.asked().len(), 1, "the server itself is asked for the address");
    let [fetched] = &files.asked()[..] else { panic!("one request") };
    assert_eq!(
        (fetched.method.as_str(), fetched.target.as_str()),
        ("GET", "/attachments/7/a1?sig=s1gnature")
    );
    let told: Vec<_> = fetched.headers.iter().map(|(name, _)| name.as_str()).collect();
    for name in told {
        assert!(["accept", "accept-encoding", "host", "user-agent"].contains(&name), "{name} is told");
    }
}

#[tokio::test]
async fn a_file_without_an_address_is_told_as_that() {
    for url in ["null", "\"\""] {
        let answer = format!(r#"{{"object":"attachment","id":"a1","url":{url},"size":"49"}}"#);
        let server = HostileServer::start(move |_, _| Answer::Json(200, answer.clone())).await;
        let place = Place::new();
        assert!(matches!(place.fetch_plainly(&server).await, Err(SaveAttachmentError::NoAddress)), "{url}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn what_another_host_says_repeats_no_address() {
    let repeats = |asked: &crate::hostile::Asked, _| {
        Answer::Json(403, format!(r#"{{"message":"no permission for {}"}}"#, asked.target))
    };
    let files = HostileServer::start(repeats).await;
    let (server, place) = (sending_to(&files).await, Place::new());
    let error = place.fetch_plainly(&server).await.unwrap_err();
    assert!(matches!(&error, SaveAttachmentError::Api(error) if error.status() == Some(403)), "{error:?}");
    drop(files);
    let gone = place.fetch_plainly(&server).await.unwrap_err();
    for error in [error, gone] {
        assert!(!format!("{error} {error:?}").contains("s1gnature"), "{error:?}");
    }
}

#[tokio::test]
async fn a_store_may_send_on_a_few_times_and_not_anywhere() {
    let redirect = |to: String| Answer::Whole(302, vec![("location", to)], Vec::new());
    let sealed = key(1).seal_binary(b"a contract");
    for (sends_on, arrives) in [(3, true), (4, false)] {
        let sealed = sealed.clone();
        let files = HostileServer::start(move |_, before| match before < sends_on {
            true => redirect(format!("/moved/{before}?sig=s1gnature")),
            false => bytes(sealed.clone()),
        })
        .await;
        let (server, place) = (sending_to(&files).await, Place::new());
        match place.fetch_plainly(&server).await {
            Ok(_) => assert!(arrives, "{sends_on}"),
            Err(SaveAttachmentError::Api(error @ ApiError::Redirected { .. })) => {
                assert!(!arrives && !format!("{error} {error:?}").contains("s1gnature"), "{error:?}");
            }
            Err(error) => panic!("{error:?}"),
        }
        assert_eq!(files.asked().len(), 4, "once, and three times more");
    }
    let files = HostileServer::start(move |_, _| redirect("http://files.example/x".to_owned())).await;
    let (server, place) = (sending_to(&files).await, Place::new());
    let refused = place.fetch_plainly(&server).await;
    assert!(matches!(refused, Err(SaveAttachmentError::Api(ApiError::Redirected { .. }))), "{refused:?}");
}

#[test]
fn addresses_are_relative_to_the_api_and_told_without_what_they_carry() {
    let options = ConnectOptions::new(Device { identifier: Uuid::from_u128(9) });
    let urls = ServerUrls::of_base(&Url::parse("https://vault.example").unwrap());
    let client = ApiClient::new(urls, &options).unwrap();
    for (told, expected) in [
        ("/attachments/7/a?token=t", Ok("https://vault.example/attachments/7/a?token=t")),
        (
            "ciphers/attachment/download?token=t",
            Ok("https://vault.example/api/ciphers/attachment/download?token=t"),
        ),
        ("https://vault.example/x#y", Ok("https://vault.example/x")),
        ("//files.example/x", Ok("https://files.example/x")),
        ("http://files.example/x?sig=secret", Err("http://files.example")),
        ("https://me:secret@vault.example/x", Err("https://vault.example")),
        ("https://127.0.0.1:8080/x?sig=secret", Err("https://127.0.0.1:8080")),
        ("file:///etc/passwd", Err("file:")),
        ("data:text/plain,x", Err("data:")),
        ("https://", Err("an address that cannot be read")),
    ] {
        match address_of(&client, told) {
            Ok(address) => assert_eq!(Ok(address.as_str()), expected, "{told}"),
            Err(SaveAttachmentError::ForeignAddress { host }) => assert_eq!(Err(&*host), expected, "{told}"),
            Err(error) => panic!("{error:?}"),
        }
    }
}
