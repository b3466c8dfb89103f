use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::*;

#[tokio::test]
async fn refusals_have_the_protocols_envelope() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let call = async |method: Method, path: &str, token: Option<&str>| {
        answer(world.request(method, path, token)).await
    };
    assert_eq!(
        call(Method::GET, "/api/nothing/here", Some(&token)).await,
        (StatusCode::NOT_FOUND, envelope("Resource not found."))
    );
    assert_eq!(
        call(Method::DELETE, "/api/sync", Some(&token)).await,
        (StatusCode::METHOD_NOT_ALLOWED, envelope("Method not allowed."))
    );
    let anonymous = world.request(Method::GET, "/api/sync", None).send().await.unwrap();
    assert_eq!(anonymous.headers()["www-authenticate"], "Bearer");
    for body in ["", "nonsense", "[]", "{\"email\": 5}"] {
        let request = world.request(Method::POST, "/identity/accounts/prelogin", None).body(body);
        let (status, refused) = answer(request).await;
        let mut expected = envelope("The model state is invalid.");
        expected["validationErrors"] = json!({"": ["The request body is not valid."]});
        assert_eq!((status, refused), (StatusCode::BAD_REQUEST, expected), "{body}");
    }
    let long = json!({"email": format!("{}@b.example", "a".repeat(256))});
    let (status, refused) = world.post("/identity/accounts/prelogin", long).await;
    assert_eq!((status, keys(&refused["validationErrors"])), (StatusCode::BAD_REQUEST, vec!["Email"]));
}

#[tokio::test]
async fn a_mark_before_the_body_is_passed_over() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let send = async |method: Method, path: &str, marks: usize, body: Value| {
        let body = format!("{}{body}", "\u{feff}".repeat(marks));
        let request = world.request(method, path, Some(&token)).header("Content-Type", "application/json");
        answer(request.body(body)).await
    };
    let folder = json!({"name": enc("marked")});
    let (status, made) = send(Method::POST, "/api/folders", 1, folder.clone()).await;
    assert_eq!((status, &made["name"]), (StatusCode::OK, &folder["name"]));
    // One that is read by itself, and a list.
    let path = format!("/api/folders/{}", made["id"].as_str().unwrap());
    assert_eq!(send(Method::PUT, &path, 1, folder.clone()).await.0, StatusCode::OK);
    assert_eq!(send(Method::POST, "/events/collect", 1, json!([])).await, DONE);
    // One is a mark; what else stands before a body is no JSON.
    let (status, refused) = send(Method::POST, "/api/folders", 2, folder).await;
    assert_eq!(
        (status, &refused["validationErrors"]),
        (StatusCode::BAD_REQUEST, &json!({"": ["The request body is not valid."]}))
    );
    assert_eq!(world.get("/api/folders", &token).await["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_path_that_is_no_text_names_nothing() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    for path in ["/api/folders/%ff", "/api/ciphers/%ff", "/api/organizations/%ff", "/api/providers/%ff"] {
        let refused = answer(world.request(Method::GET, path, Some(&token))).await;
        assert_eq!(refused, (StatusCode::NOT_FOUND, envelope("Resource not found.")), "{path}");
    }
}

/// A client that is turned away before it has sent everything can still use its connection, or is told that it cannot.
#[tokio::test]
async fn a_refusal_does_not_cost_the_next_request() {
    let world = World::start().await;
    let address = world.running.base_url().socket_addrs(|| None).unwrap()[0];
    let head = |path: &str, length: usize| {
        format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n")
    };
    for path in ["/api/folders", "/api/nothing/here", "/api/config"] {
        let mut line = tokio::net::TcpStream::connect(address).await.unwrap();
        line.write_all(head(path, 3000).as_bytes()).await.unwrap();
        // Long enough for a hasty service to answer.
        tokio::time::sleep(Duration::from_millis(100)).await;
        line.write_all(&[b'a'; 3000]).await.unwrap();
        let first = answer_on(&mut line).await;
        assert!(first.starts_with("HTTP/1.1 4") && !first.contains("connection: close"), "{path}: {first}");
        line.write_all(b"GET /api/config HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        assert!(answer_on(&mut line).await.starts_with("HTTP/1.1 200"), "{path}");
    }
    let mut line = tokio::net::TcpStream::connect(address).await.unwrap();
    line.write_all(head("/api/folders", 300_000).as_bytes()).await.unwrap();
    let refused = answer_on(&mut line).await;
    assert!(refused.starts_with("HTTP/1.1 401") && refused.contains("connection: close"), "{refused}");
}

/// The same where a request is served that needs no body, and after one that was read.
#[tokio::test]
async fn a_body_that_nobody_reads_does_not_cost_the_next_request() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let address = world.running.base_url().socket_addrs(|| None).unwrap()[0];
    let folder = json!({"name": enc("f"), "more": "a".repeat(100_000)}).to_string();
    let chunk = format!("{:x}\r\n{folder}\r\n0\r\n\r\n", folder.len());
    let told = format!("Content-Length: {}", folder.len());
    for (path, told, body, is_kept) in [
        ("/notifications/hub/negotiate", told.as_str(), &folder, false),
        ("/notifications/hub/negotiate", "Transfer-Encoding: chunked", &chunk, false),
        ("/api/folders", &told, &folder, true),
        ("/api/folders", "Transfer-Encoding: chunked", &chunk, true),
    ] {
        let mut line = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{told}\r\n\r\n"
        );
        line.write_all(head.as_bytes()).await.unwrap();
        // Long enough for a hasty service to answer.
        tokio::time::sleep(Duration::from_millis(100)).await;
        // Whoever was answered already may have hung up.
        let _ = line.write_all(body.as_bytes()).await;
        let first = answer_on(&mut line).await;
        assert!(first.starts_with("HTTP/1.1 200"), "{path} {told}: {first}");
        assert_eq!(first.contains("connection: close"), !is_kept, "{path} {told}: {first}");
        if is_kept {
            line.write_all(b"GET /api/config HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
            assert!(answer_on(&mut line).await.starts_with("HTTP/1.1 200"), "{path} {told}");
        }
    }
}

/// Who stands in between and looks at the other one would pass on what is meant for somebody else (RFC 9112 §3.2).
#[tokio::test]
async fn a_request_for_two_hosts_is_refused() {
    let world = World::start().await;
    let address = world.running.base_url().socket_addrs(|| None).unwrap()[0];
    for hosts in ["Host: localhost\r\nHost: localhost", "Host: localhost\r\nHost: evil.example"] {
        let mut line = tokio::net::TcpStream::connect(address).await.unwrap();
        line.write_all(format!("GET /api/config HTTP/1.1\r\n{hosts}\r\n\r\n").as_bytes()).await.unwrap();
        let answer = answer_on(&mut line).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{hosts}: {answer}");
    }
}

/// One client that stops in the middle must not keep the program from ending.
#[tokio::test]
async fn half_a_request_and_an_unread_answer_do_not_hold_up_the_end() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let store = portico_service::Store::in_memory().unwrap();
    let shutdown = async move { stopped.await.unwrap() };
    let serving = portico_service::serve(listener, store, portico_service::Config::without_delay(), shutdown);
    let serving = tokio::spawn(serving);
    let mut lines = Vec::new();
    for begun in [
        "GET /api/config HTTP/1.1\r\nHost: local".to_owned(),
        "POST /api/folders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{".into(),
        "POST /identity/accounts/prelogin HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n{"
            .into(),
        "GET /api/plans HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(500),
    ] {
        let mut line = tokio::net::TcpStream::connect(address).await.unwrap();
        line.write_all(begun.as_bytes()).await.unwrap();
        lines.push(line);
    }
    // All of them have arrived once one that came after them is answered.
    let mut last = tokio::net::TcpStream::connect(address).await.unwrap();
    last.write_all(b"GET /api/config HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert!(answer_on(&mut last).await.starts_with("HTTP/1.1 200"));
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(20), serving).await.expect("it ends");
    ended.unwrap().unwrap();

    // Nor is what comes after it served.
    let half = &mut lines[0];
    if half.write_all(b"host\r\n\r\n").await.is_ok() {
        let mut answer = Vec::new();
        let _ = half.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 503"), "{answer}");
    }
}

/// One answer with its body, whose head is given back in lower case but for the status line.
async fn answer_on(line: &mut tokio::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        assert!(line.read_buf(&mut bytes).await.unwrap() > 0, "the connection ended");
    };
    let (status, headers) = std::str::from_utf8(&bytes[..head]).unwrap().split_once("\r\n").unwrap();
    let text = format!("{status}\n{}", headers.to_lowercase());
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let whole = head + length.parse::<usize>().unwrap();
    while bytes.len() < whole {
        assert!(line.read_buf(&mut bytes).await.unwrap() > 0, "the connection ended");
    }
    text
}

/// Clients put addresses together from what people type.
#[tokio::test]
async fn a_slash_too_many_changes_nothing() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let usual = world.get("/api/accounts/profile", &token).await;
    for path in ["//api/accounts/profile", "/api/accounts/profile/", "/api//accounts//profile//"] {
        assert_eq!(world.get(path, &token).await, usual, "{path}");
    }
    let anonymous = world.request(Method::GET, "//api/accounts/profile", None);
    assert_eq!(answer(anonymous).await.0, StatusCode::UNAUTHORIZED, "the guard stands there, too");
    let page = world.request(Method::GET, "//api/config", None).header("Origin", "https://evil.example");
    assert_eq!(answer(page).await.0, StatusCode::FORBIDDEN);
    let (status, body) = answer(world.request(Method::GET, "//api//nothing/", Some(&token))).await;
    assert_eq!((status, body), (StatusCode::NOT_FOUND, envelope("Resource not found.")));
}

#[tokio::test]
async fn bodies_without_end_are_cut_off() {
    let world = World::start().await;
    for path in ["/identity/accounts/prelogin", "/identity/connect/token"] {
        let request = world.request(Method::POST, path, None).body(vec![b'a'; 600 * 1024]);
        let (status, body) = answer(request).await;
        assert_eq!(
            (status, body),
            (StatusCode::PAYLOAD_TOO_LARGE, envelope("The request is too large.")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_page_of_another_name_is_turned_away() {
    let world = World::start().await;
    for (host, status) in [
        ("evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("127.0.0.1.evil.example:80", StatusCode::MISDIRECTED_REQUEST),
        ("localhost:1234", StatusCode::OK),
        ("127.0.0.1", StatusCode::OK),
    ] {
        let request = world.request(Method::GET, "/api/config", None).header("Host", host);
        assert_eq!(answer(request).await.0, status, "{host}");
    }
}

#[tokio::test]
async fn a_foreign_page_is_refused_before_anything_is_done() {
    let world = World::start().await;
    let refused = (StatusCode::FORBIDDEN, envelope("Requests from other web pages are refused."));
    for (name, value, served) in [
        ("Origin", "https://evil.example", false),
        ("Origin", "http://localhost:5173", false),
        ("Origin", "null", false),
        ("Sec-Fetch-Site", "cross-site", false),
        ("Sec-Fetch-Site", "same-site", false),
        ("Sec-Fetch-Site", "none", true),
        ("Sec-Fetch-Mode", "cors", true),
    ] {
        let answered = answer(world.request(Method::GET, "/api/config", None).header(name, value)).await;
        assert_eq!(answered.0 == StatusCode::OK, served, "{name}: {value}");
        assert!(served || answered == refused, "{name}: {value}");
    }
    // A form needs no leave from us to be sent: it must do nothing.
    let form = world.request(Method::POST, "/identity/connect/token", None);
    let form = form.header("Origin", "https://evil.example").form(&[("grant_type", "password")]);
    assert_eq!(answer(form).await, refused);

    let public = url::Url::parse("https://vault.brightwater.example").unwrap();
    let world = World::with(portico_service::Config {
        public_url: Some(public),
        ..portico_service::Config::without_delay()
    })
    .await;
    for (origin, status) in [
        ("https://vault.brightwater.example", StatusCode::OK),
        ("https://evil.example", StatusCode::FORBIDDEN),
    ] {
        let request = world.request(Method::GET, "/api/config", None).header("Origin", origin);
        assert_eq!(answer(request).await.0, status, "{origin}");
    }
}

#[tokio::test]
async fn other_origins_are_invited_nowhere() {
    let world = World::start().await;
    for method in [Method::GET, Method::OPTIONS] {
        let request = world
            .request(method, "/api/config", None)
            .header("Origin", "https://evil.example")
            .header("Access-Control-Request-Method", "GET");
        let response = request.send().await.unwrap();
        assert!(!response.headers().keys().any(|name| name.as_str().starts_with("access-control")));
    }
}

#[tokio::test]
async fn the_config_names_every_place() {
    let world = World::start().await;
    let (_, config) = answer(world.request(Method::GET, "/api/config", None)).await;
    assert_eq!(
        keys(&config),
        names("object version gitHash server environment featureStates push communication settings")
    );
    assert_eq!(config["object"], "config");
    assert_eq!(config["version"], "2026.8.0");
    assert_eq!(config["server"]["name"], "Portico");
    assert_eq!(
        config["environment"],
        json!({
            "cloudRegion": null, "vault": world.url(""), "api": world.url("/api"),
            "identity": world.url("/identity"), "notifications": world.url("/notifications"),
            "sso": world.url("/sso"), "fillAssistRules": null,
        })
    );
    assert_eq!(config["featureStates"], json!({}));
    assert_eq!(config["push"], json!({"pushTechnology": 0, "vapidPublicKey": null}));
    assert_eq!(config["communication"], Value::Null);
    assert_eq!(
        config["settings"],
        json!({"disableUserRegistration": false, "suppressOnboardingInterstitials": false,
            "enableEmailVerification": false})
    );
}

#[tokio::test]
async fn the_server_says_when_and_what_it_is() {
    let world = World::start().await;
    for path in ["/api/alive", "/api/now", "/identity/alive", "/identity/now"] {
        let (_, now) = answer(world.request(Method::GET, path, None)).await;
        let now = time::OffsetDateTime::parse(
            now.as_str().unwrap(),
            &time::format_description::well_known::Rfc3339,
        );
        assert!((time::OffsetDateTime::now_utc() - now.unwrap()).abs() < time::Duration::minutes(1));
    }
    assert_eq!(answer(world.request(Method::GET, "/api/version", None)).await.1, json!("2026.8.0"));
}

#[tokio::test]
async fn a_stopped_service_no_longer_answers() {
    let world = World::start().await;
    let url = world.url("/api/config");
    assert_eq!(world.http.get(&url).send().await.unwrap().status(), StatusCode::OK);
    world.running.stop().await.unwrap();
    assert!(world.http.get(&url).send().await.unwrap_err().is_connect());
}

/// As ASP.NET reads them with the defaults of the web: numbers, and no enums.
#[tokio::test]
async fn a_number_may_come_as_a_text_and_an_enum_may_not() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let mut item = crate::ciphers::login_request();
    item["fields"] = json!([{"type": 3, "name": enc("linked"), "value": null, "linkedId": "100"}]);
    let (status, made) = world.send(Method::POST, "/api/ciphers", Some(&token), item.clone()).await;
    assert_eq!((status, &made["fields"][0]["linkedId"]), (StatusCode::OK, &json!(100)), "{made}");
    let path = format!("/api/ciphers/{}/attachment/v2", made["id"].as_str().unwrap());
    let file = json!({"key": enc("k"), "fileName": enc("f"), "fileSize": "64"});
    assert_eq!(world.send(Method::POST, &path, Some(&token), file).await.0, StatusCode::OK);
    for (pointer, text) in
        [("/type", "1"), ("/reprompt", "1"), ("/fields/0/type", "3"), ("/favorite", "true")]
    {
        let mut item = item.clone();
        *item.pointer_mut(pointer).unwrap() = text.into();
        let (status, refused) = world.send(Method::POST, "/api/ciphers", Some(&token), item).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{pointer}: {refused}");
    }
}
