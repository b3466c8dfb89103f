//! Changes in the person's name: how often they are sent, and what a new role takes.

use portico_protocol::server::ServerUrls;

use super::kept::kept;
use super::*;
use crate::device::Device;
use crate::hostile::{Answer, Asked, HostileServer};
use crate::http::ConnectOptions;
use crate::pace::PaceLimits;

async fn change(server: &HostileServer) -> Result<u16, ApiError> {
    let pace = PaceLimits { first_backoff: std::time::Duration::from_millis(1), ..PaceLimits::LOOPBACK };
    let options =
        ConnectOptions { pace: Some(pace), ..ConnectOptions::new(Device { identifier: uuid::Uuid::nil() }) };
    let client = ApiClient::new(ServerUrls::of_base(&server.base), &options).unwrap();
    let session = kept();
    let body = Zeroizing::new(r#"{"type":1}"#.to_owned());
    let asking = Authorized { client: &client, session: &session, room: None };
    let stop = CancellationToken::new();
    asking.change(Change::Put, "/providers/1/users/2", Some(&body), &stop).await.map(|reply| reply.status)
}

fn changes(server: &HostileServer) -> Vec<Asked> {
    server.asked().into_iter().filter(|asked| asked.method == "PUT").collect()
}

#[tokio::test]
async fn a_change_is_sent_once_unless_it_is_known_that_it_was_not_made() {
    for (status, times) in [(200, 1), (400, 1), (404, 1), (408, 1), (500, 1), (502, 1), (503, 1), (504, 1)] {
        let server = HostileServer::start(move |_, _| Answer::Json(status, "{}".to_owned())).await;
        assert_eq!(change(&server).await.unwrap(), status);
        let sent = changes(&server);
        assert_eq!(sent.len(), times, "{status}");
        assert_eq!(sent[0].target, "/api/providers/1/users/2");
        assert_eq!(
            (sent[0].body.as_str(), sent[0].header("content-type")),
            ("{\"type\":1}", Some("application/json"))
        );
    }
    for answer in [Answer::HangUp, Answer::Cut(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec())] {
        let server = HostileServer::start(move |_, _| answer.clone()).await;
        assert!(change(&server).await.unwrap_err().is_unreachable());
        assert_eq!(changes(&server).len(), 1);
    }
    let busy = |_: &Asked, before: usize| match before {
        0 | 1 => Answer::Whole(429, vec![("retry-after", "0".to_owned())], b"{}".to_vec()),
        _ => Answer::Json(200, "{}".to_owned()),
    };
    let server = HostileServer::start(busy).await;
    assert_eq!(change(&server).await.unwrap(), 200, "what a server had no time for was not made");
    assert_eq!(changes(&server).len(), 3);
}

#[tokio::test]
async fn a_new_role_takes_one_new_token_and_no_sign_in() {
    for refusal in [401, 403] {
        let server = HostileServer::start(move |asked, _| {
            let json = |status, text: &str| Answer::Json(status, text.to_owned());
            match (asked.target.as_str(), asked.header("authorization")) {
                ("/identity/connect/token", _) => json(200, r#"{"access_token":"new","expires_in":3600}"#),
                (_, Some("Bearer new")) => json(200, ""),
                _ => json(refusal, ""),
            }
        })
        .await;
        assert_eq!(change(&server).await.unwrap(), 200, "{refusal}");
        let asked: Vec<String> = server.asked().into_iter().map(|asked| asked.method).collect();
        assert_eq!(asked, ["PUT", "POST", "PUT"]);

        let server = HostileServer::start(move |asked, _| match asked.method.as_str() {
            "POST" => Answer::Json(200, r#"{"access_token":"new","expires_in":3600}"#.to_owned()),
            _ => Answer::Json(refusal, String::new()),
        })
        .await;
        assert_eq!(change(&server).await.unwrap(), refusal);
        assert_eq!(changes(&server).len(), 2, "what is refused with a fresh token is refused");
    }
}
