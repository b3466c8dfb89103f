//! Against a server that misbehaves: what each fault becomes, and how often and how fast we come back.

use std::time::Instant;

use super::*;
use crate::api_error::NotBitwarden;
use crate::hostile::{Answer, Asked, HostileServer};

fn client_of(server: &HostileServer, patience: Patience) -> ApiClient {
    let options = ConnectOptions {
        pace: Some(PaceLimits { first_backoff: Duration::from_millis(20), ..PaceLimits::LOOPBACK }),
        patience,
        ..ConnectOptions::new(Device { identifier: uuid::Uuid::from_u128(7) })
    };
    ApiClient::new(ServerUrls::of_base(&server.base), &options).unwrap()
}

fn call(tries: u32) -> Call<'static> {
    Call { max_bytes: 100_000, tries, ..Call::unsigned(Service::Api, "/config", Payload::None) }
}

async fn ask(server: &HostileServer, tries: u32) -> Result<Vec<u8>, ApiError> {
    let patience = Patience { idle: Duration::from_millis(300), ..Patience::default() };
    client_of(server, patience).send(&call(tries), &CancellationToken::new()).await?.success()
}

/// Waits until the first request is there, however long this machine takes.
async fn asked_once(server: &HostileServer) {
    while server.asked().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn ok() -> Answer {
    Answer::Json(200, "{}".to_owned())
}

#[tokio::test]
async fn says_who_is_asking_and_keeps_the_token_out_of_the_address() {
    let server = HostileServer::start(|_, _| ok()).await;
    let bearer = SecretText::new("t0ken".to_owned());
    let call = Call { bearer: Some(&bearer), ..call(1) };
    client_of(&server, Patience::default()).send(&call, &CancellationToken::new()).await.unwrap();
    let asked: Asked = server.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/api/config"));
    assert_eq!(asked.header("authorization"), Some("Bearer t0ken"));
    assert_eq!(asked.header("bitwarden-client-name"), Some("desktop"));
    assert_eq!(asked.header("bitwarden-client-version"), Some("2026.8.0"));
    assert_eq!(asked.header("device-identifier"), Some("00000000-0000-0000-0000-000000000007"));
    assert!(asked.header("user-agent").unwrap().starts_with("Portico/"));
    assert!(["6", "7", "8"].contains(&asked.header("device-type").unwrap()));
}

#[tokio::test]
async fn a_web_page_is_told_plainly_whatever_type_it_claims() {
    for (kind, body) in [("text/html", "hello"), ("application/json", "  <!doctype html><p>Sign in</p>")] {
        let headers = vec![("content-type", kind.to_owned())];
        let body = body.as_bytes().to_vec();
        let server =
            HostileServer::start(move |_, _| Answer::Whole(200, headers.clone(), body.clone())).await;
        let error = ask(&server, 5).await.unwrap_err();
        assert!(
            matches!(error, ApiError::NotBitwarden { why: NotBitwarden::WebPage, .. }),
            "{kind}: {error:?}"
        );
        assert_eq!(server.asked().len(), 1, "asking again would not help");
    }
}

#[tokio::test]
async fn an_endless_body_ends_at_the_bound() {
    let server = HostileServer::start(|_, _| Answer::Endless).await;
    assert!(matches!(ask(&server, 5).await, Err(ApiError::TooLarge { limit: 100_000, .. })));
}

#[tokio::test]
async fn a_small_body_that_unpacks_without_end_ends_at_the_bound() {
    // gzip of 1,000,000 zero bytes.
    let packed = include_bytes!("../../tests/hostile/megabyte-of-zeros.gz").to_vec();
    assert!(packed.len() < 2_000);
    let headers =
        vec![("content-type", "application/json".to_owned()), ("content-encoding", "gzip".to_owned())];
    let server = HostileServer::start(move |_, _| Answer::Whole(200, headers.clone(), packed.clone())).await;
    assert!(matches!(ask(&server, 1).await, Err(ApiError::TooLarge { limit: 100_000, .. })));
    assert_eq!(server.asked()[0].header("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn a_bomb_ends_long_before_the_bound_of_a_vault() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..256 {
        std::io::Write::write_all(&mut packer, &[b' '; 1 << 20]).unwrap();
    }
    let packed = packer.finish().unwrap();
    assert!(packed.len() < 300_000);
    let headers =
        vec![("content-type", "application/json".to_owned()), ("content-encoding", "gzip".to_owned())];
    let server = HostileServer::start(move |_, _| Answer::Whole(200, headers.clone(), packed.clone())).await;
    let call = Call { max_bytes: 256 << 20, ..call(1) };
    let refused = client_of(&server, Patience::default()).send(&call, &CancellationToken::new()).await;
    // At most fifty times what had arrived.
    assert!(matches!(refused, Err(ApiError::TooLarge { limit, .. }) if limit <= 15_000_000));
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up_on() {
    for fault in [Answer::Silent, Answer::Drip(Duration::from_secs(3600))] {
        let silent = fault.clone();
        let server = HostileServer::start(move |_, _| silent.clone()).await;
        assert!(matches!(ask(&server, 2).await, Err(ApiError::TimedOut { .. })));
        assert_eq!(server.asked().len(), 1, "who was never heard gets no second chance");

        let server =
            HostileServer::start(move |_, before| if before == 0 { ok() } else { fault.clone() }).await;
        let patience = Patience { idle: Duration::from_millis(300), ..Patience::default() };
        let (client, stop) = (client_of(&server, patience), CancellationToken::new());
        client.send(&call(1), &stop).await.unwrap();
        assert!(matches!(client.send(&call(5), &stop).await, Err(ApiError::TimedOut { .. })));
        assert_eq!(server.asked().len(), 3);
    }
}

#[tokio::test]
async fn since_when_an_answer_is_waited_for_is_known() {
    let server = HostileServer::start(|_, before| if before == 0 { ok() } else { Answer::Silent }).await;
    let patience = Patience { idle: Duration::from_secs(2), ..Patience::default() };
    let client = client_of(&server, patience);
    let stop = CancellationToken::new();
    client.send(&call(1), &stop).await.unwrap();
    assert_eq!(client.waits(), None);
    let asking = call(1);
    let (result, ()) = tokio::join!(client.send(&asking, &stop), async {
        while client.waits().is_none_or(|waits| waits < Duration::from_millis(300)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.cancel();
    });
    assert!(matches!(result, Err(ApiError::Cancelled)));
    assert_eq!(client.waits(), None, "nobody waits any more");
}

#[tokio::test]
async fn a_pause_of_which_no_length_is_told_is_told_without_one() {
    let answer = || Answer::Whole(429, vec![("retry-after", "-5".to_owned())], vec![]);
    let server = HostileServer::start(move |_, _| answer()).await;
    match ask(&server, 1).await {
        Err(error @ ApiError::RateLimited { retry_after: None, .. }) => {
            assert!(error.to_string().ends_with(" asks to come back later"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_drips_is_given_up_on_as_a_whole() {
    let server = HostileServer::start(|_, _| Answer::Drip(Duration::from_millis(20))).await;
    let patience = Patience { whole: Duration::from_millis(400), ..Patience::default() };
    let result = client_of(&server, patience).send(&call(1), &CancellationToken::new()).await;
    assert!(matches!(result, Err(ApiError::TimedOut { .. })), "{:?}", result.err());
}

#[tokio::test]
async fn an_answer_that_trickles_is_given_up_on_long_before_the_whole_time() {
    let server = HostileServer::start(|_, _| Answer::Drip(Duration::from_millis(50))).await;
    let patience = Patience { idle: Duration::from_millis(300), ..Patience::default() };
    let begun = Instant::now();
    let result = client_of(&server, patience).send(&call(1), &CancellationToken::new()).await;
    assert!(matches!(result, Err(ApiError::TimedOut { .. })), "{:?}", result.err());
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn what_breaks_is_asked_again_and_then_told() {
    for fault in [Answer::HangUp, Answer::Cut(b"{".to_vec())] {
        let broken = fault.clone();
        let server =
            HostileServer::start(move |_, before| if before < 2 { broken.clone() } else { ok() }).await;
        assert_eq!(ask(&server, 3).await.unwrap(), b"{}");

        let server = HostileServer::start(move |_, _| fault.clone()).await;
        assert!(matches!(ask(&server, 3).await, Err(ApiError::Unreachable { .. })));
        assert_eq!(server.asked().len(), 3);
    }
}

#[tokio::test]
async fn nobody_there() {
    let server = HostileServer::start(|_, _| ok()).await;
    let client = client_of(&server, Patience::default());
    drop(server);
    tokio::task::yield_now().await;
    let result = client.send(&call(1), &CancellationToken::new()).await;
    assert!(matches!(result, Err(ApiError::Unreachable { .. })));
}

#[tokio::test]
async fn server_errors_are_asked_again_refusals_are_not() {
    let server = HostileServer::start(|_, before| match before {
        0 => Answer::Json(500, "{}".to_owned()),
        1 => Answer::Json(503, "{}".to_owned()),
        _ => ok(),
    })
    .await;
    assert_eq!(ask(&server, 5).await.unwrap(), b"{}");

    for status in [400, 401, 403, 404, 409, 501] {
        let server =
            HostileServer::start(move |_, _| Answer::Json(status, r#"{"message":"No."}"#.to_owned())).await;
        let error = ask(&server, 5).await.unwrap_err();
        assert!(
            matches!(&error, ApiError::Status { code, message: Some(text), .. } if *code == status && text.as_str() == "No."),
            "{error:?}"
        );
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn the_words_of_a_refusal_are_found_in_every_form() {
    let forms = [
        (
            r#"{"message":"The model state is invalid.","validationErrors":{"Name":["Too long."]}}"#,
            "Too long.",
        ),
        (r#"{"Message":"Resource not found."}"#, "Resource not found."),
        (r#"{"error":"invalid_grant","ErrorModel":{"Message":"Try again."}}"#, "Try again."),
        (
            r#"{"type":"validation_error","title":"Bad","errors":{"name":[{"type":"x","detail":"Empty."}]}}"#,
            "Empty.",
        ),
    ];
    for (body, words) in forms {
        let server = HostileServer::start(move |_, _| Answer::Json(400, body.to_owned())).await;
        match ask(&server, 1).await {
            Err(ApiError::Status { message: Some(text), .. }) => assert_eq!(text.as_str(), words),
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn too_many_requests_waits_as_long_as_asked() {
    let server = HostileServer::start(|_, before| match before {
        0 => Answer::Whole(429, vec![("retry-after", "1".to_owned())], Vec::new()),
        _ => ok(),
    })
    .await;
    let begun = Instant::now();
    assert_eq!(ask(&server, 2).await.unwrap(), b"{}");
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn too_long_a_pause_is_told_instead_of_waited_for() {
    let server =
        HostileServer::start(|_, _| Answer::Whole(429, vec![("retry-after", "86400".to_owned())], vec![]))
            .await;
    match ask(&server, 5).await {
        Err(ApiError::RateLimited { retry_after, .. }) => {
            assert_eq!(retry_after, Some(Duration::from_secs(86400)))
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let other = HostileServer::start(|_, _| ok()).await;
    let to = other.base.join("/collect?secret").unwrap().to_string();
    let server =
        HostileServer::start(move |_, _| Answer::Whole(307, vec![("location", to.clone())], Vec::new()))
            .await;
    match ask(&server, 5).await {
        Err(ApiError::Redirected { to, .. }) => assert_eq!(to, other.base.as_str().trim_end_matches('/')),
        other => panic!("{other:?}"),
    }
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn stops_while_waiting_for_an_answer() {
    let server = HostileServer::start(|_, _| Answer::Silent).await;
    let client = client_of(&server, Patience::default());
    let stop = CancellationToken::new();
    let asking = call(5);
    let (result, ()) = tokio::join!(client.send(&asking, &stop), async {
        asked_once(&server).await;
        stop.cancel();
    });
    assert!(matches!(result, Err(ApiError::Cancelled)));
    assert!(matches!(client.send(&call(5), &stop).await, Err(ApiError::Cancelled)));
    assert_eq!(server.asked().len(), 1, "nothing is sent once stopped");
}

#[tokio::test]
async fn stops_while_pausing() {
    let server =
        HostileServer::start(|_, _| Answer::Whole(429, vec![("retry-after", "60".to_owned())], vec![])).await;
    let stop = CancellationToken::new();
    let client = client_of(&server, Patience::default());
    let asking = call(5);
    let (result, ()) = tokio::join!(client.send(&asking, &stop), async {
        asked_once(&server).await;
        // Mostly enough for the answer to arrive and the pause to begin; where it is not, the same has to come out.
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.cancel();
    });
    assert!(matches!(result, Err(ApiError::Cancelled)));
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn plain_http_stays_on_this_machine() {
    let options = ConnectOptions::new(Device { identifier: uuid::Uuid::nil() });
    for (address, allowed) in [
        ("http://127.0.0.1:8000", true),
        ("http://[::1]:8000", true),
        ("http://localhost:8000", true),
        ("http://192.0.2.7", false),
        ("http://localhost.example", false),
        ("ftp://127.0.0.1", false),
    ] {
        let urls = ServerUrls::of_base(&Url::parse(address).unwrap());
        assert_eq!(ApiClient::new(urls, &options).is_ok(), allowed, "{address}");
    }
}

#[test]
fn a_certificate_file_without_certificate_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let urls = ServerUrls::of_base(&Url::parse("https://vault.example").unwrap());
    let mut options = ConnectOptions::new(Device { identifier: uuid::Uuid::nil() });
    for (content, is_pem) in [("-----BEGIN CERTIFICATE-----\n!!", true), ("nothing of the kind", false)] {
        std::fs::write(&path, content).unwrap();
        options.authority = Some(portico_profile::Authority::read(&path).unwrap());
        match ApiClient::new(urls.clone(), &options) {
            Err(ConnectError::CertificateFile { .. }) if is_pem => {}
            Err(ConnectError::NoCertificate { .. }) if !is_pem => {}
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("nothing to trust: {content}"),
        }
    }
}

#[test]
fn a_question_is_a_read_and_a_change_is_paced_as_one() {
    let json = Zeroizing::new("{}".to_owned());
    let asking = |body| Call::unsigned(Service::Api, "/any", body).asking();
    assert_eq!(asking(Payload::Json(&json)), Asking::ToRead);
    assert_eq!(asking(Payload::Form(&json)), Asking::ToRead);
    assert_eq!(asking(Payload::Change(Change::Post, Some(&json))), Asking::ToChange);
}
