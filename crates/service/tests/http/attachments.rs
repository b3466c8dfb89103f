//! Files that are kept with items (protocol.md §4.2).

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use portico_service::bulk::*;
use portico_service::{Config, Store};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ciphers::login_request;
use crate::support::*;

const BOUNDARY: &str = "portico-boundary";

/// A form as clients send it: the encrypted name is the name of the file, the key a part of its own.
pub fn form(request: RequestBuilder, key: Option<&str>, name: &str, content: &[u8]) -> RequestBuilder {
    let mut body = Vec::new();
    if let Some(key) = key {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n{key}\r\n");
        body.extend_from_slice(head.as_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"data\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(content);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    request.header("Content-Type", format!("multipart/form-data; boundary={BOUNDARY}")).body(body)
}

fn announcement(size: usize) -> Value {
    json!({"key": enc("filekey"), "fileName": enc("filename"), "fileSize": size, "adminRequest": false})
}

/// Bytes in which no boundary hides and no piece is like another.
fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 + at / 251) as u8).collect()
}

async fn fetch(world: &World, url: &str) -> (StatusCode, Vec<u8>) {
    let response = world.http.get(url).send().await.unwrap();
    (response.status(), response.bytes().await.unwrap().to_vec())
}

/// The path of a new login of the member, whose organization lends premium.
async fn own_item(world: &World, token: &str) -> String {
    let (_, item) = world.send(Method::POST, "/api/ciphers", Some(token), login_request()).await;
    format!("/api/ciphers/{}", item["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_file_is_announced_sent_found_fetched_and_deleted() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let path = own_item(&world, &token).await;
    let content = bytes(1_234_567);
    let announce = format!("{path}/attachment/v2");
    let (status, upload) =
        world.send(Method::POST, &announce, Some(&token), announcement(content.len())).await;
    assert_eq!(status, StatusCode::OK, "{upload}");
    assert_eq!(
        keys(&upload),
        names("object attachmentId url fileUploadType cipherResponse cipherMiniResponse")
    );
    assert_eq!((&upload["object"], &upload["fileUploadType"]), (&json!("attachment-fileUpload"), &json!(0)));
    assert_eq!(upload["cipherMiniResponse"], Value::Null);
    let id = upload["attachmentId"].as_str().unwrap();
    let told = &upload["cipherResponse"]["attachments"];
    assert_eq!(keys(&told[0]), names("object id url fileName key size sizeName"));
    assert_eq!((&told[0]["id"], &told[0]["size"]), (&json!(id), &json!("1234567")));
    assert_eq!((&told[0]["sizeName"], &told[0]["object"]), (&json!("1.18 MB"), &json!("attachment")));
    let one = format!("{path}/attachment/{id}");
    assert!(upload["url"].as_str().unwrap().ends_with(&one), "{upload}");

    let item = world.get(&path, &token).await;
    assert_eq!(item["attachments"], Value::Null, "announced is not there");
    let missing = answer(world.request(Method::GET, &one, Some(&token))).await;
    assert_eq!(missing, (StatusCode::NOT_FOUND, envelope("Resource not found.")));
    let renewed = world.get(&format!("{one}/renew"), &token).await;
    assert_eq!((&renewed["attachmentId"], &renewed["url"]), (&upload["attachmentId"], &upload["url"]));

    let short = form(world.request(Method::POST, &one, Some(&token)), None, &enc("filename"), &content[1..]);
    let (status, refused) = answer(short).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(refused, envelope("File size does not match expected size."));
    let mut long = content.clone();
    long.push(0);
    let long = form(world.request(Method::POST, &one, Some(&token)), None, &enc("filename"), &long);
    assert_eq!(answer(long).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let send = || form(world.request(Method::POST, &one, Some(&token)), None, &enc("filename"), &content);
    assert_eq!(answer(send()).await, (StatusCode::OK, Value::Null));
    assert_eq!(answer(send()).await.0, StatusCode::NOT_FOUND, "a file is sent once");

    let item = world.get(&path, &token).await;
    assert_eq!(item["attachments"][0]["fileName"], enc("filename"));
    assert_eq!(item["revisionDate"], upload["cipherResponse"]["revisionDate"]);
    let link = world.get(&one, &token).await;
    assert_eq!(keys(&link), names("object id url fileName key size sizeName"));
    assert_eq!((&link["key"], &link["size"]), (&json!(enc("filekey")), &json!("1234567")));
    let url = link["url"].as_str().unwrap();
    assert_eq!(fetch(&world, url).await, (StatusCode::OK, content));
    let first = world.http.get(url).send().await.unwrap();
    assert_eq!(first.headers()["content-length"], "1234567");
    assert_eq!(first.headers()["content-disposition"], "attachment");

    let (status, deleted) = world.send(Method::DELETE, &one, Some(&token), Value::Null).await;
    assert_eq!((status, &deleted["cipher"]["object"]), (StatusCode::OK, &json!("cipherMini")));
    assert_eq!(deleted["cipher"]["attachments"], Value::Null);
    assert_eq!(fetch(&world, url).await.0, StatusCode::NOT_FOUND, "a link does not outlive its file");
}

/// Another device that saved by the date it knew would be refused, and would not read again, if nobody told it.
#[tokio::test]
async fn an_announced_file_is_a_change_that_everybody_hears_of() {
    let world = World::start().await;
    let editor = world.access_token(Person::CustomBare).await;
    let reader = world.access_token(Person::Member).await;
    let path = format!("/api/ciphers/{}", id::WIKI_LOGIN);
    let revision = async || world.get("/api/accounts/revision-date", &reader).await.as_i64().unwrap();
    let (before, known) = (revision().await, world.get(&path, &reader).await["revisionDate"].clone());
    let announce = format!("{path}/attachment/v2");
    assert_eq!(world.send(Method::POST, &announce, Some(&editor), announcement(3)).await.0, StatusCode::OK);
    assert_ne!(world.get(&path, &reader).await["revisionDate"], known);
    assert!(revision().await > before);
}

#[tokio::test]
async fn a_link_is_good_for_what_it_was_made_for() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let path = format!("/api/ciphers/{}/attachment/{}", id::WIKI_LOGIN, id::WIKI_FILE);
    let link = world.get(&path, &token).await;
    let url = link["url"].as_str().unwrap();
    assert_eq!(fetch(&world, url).await, (StatusCode::OK, b"sealed bytes".to_vec()));
    let (address, right) = url.split_once("?token=").unwrap();
    let tampered = right.replace(&id::WIKI_FILE.to_string(), &id::OWN_LOGIN.to_string());
    for wrong in ["", "x", "..%2F..%2Fservice.sqlite3", "%00", &tampered, &right[..right.len() - 2]] {
        let (status, body) = fetch(&world, &format!("{address}?token={wrong}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), envelope("Resource not found."));
    }
    for path in ["/api/ciphers/attachment/download", "/attachments/../service.sqlite3", "/attachments/x/y"] {
        assert_eq!(fetch(&world, &world.url(path)).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    // Another item's path does not lead to it, and neither does one that is no id. (Two dots lead up, to the item.)
    for (item, file) in [
        (id::OWN_LOGIN.to_string(), id::WIKI_FILE.to_string()),
        (id::WIKI_LOGIN.to_string(), "...".to_owned()),
        (id::WIKI_LOGIN.to_string(), "..%2Fservice.sqlite3".to_owned()),
    ] {
        let path = format!("/api/ciphers/{item}/attachment/{file}");
        let status = answer(world.request(Method::GET, &path, Some(&token))).await.0;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_older_form_sends_all_at_once() {
    let world = World::start().await;
    let token = world.access_token(Person::CustomBare).await;
    let path = format!("/api/ciphers/{}/attachment", id::WIKI_LOGIN);
    let request = |path: &str| world.request(Method::POST, path, Some(&token));
    let content = bytes(300_000);
    let (status, item) = answer(form(request(&path), Some(&enc("k")), &enc("n"), &content)).await;
    assert_eq!(status, StatusCode::OK, "{item}");
    let files = item["attachments"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    let new = files.iter().find(|file| file["size"] == "300000").unwrap();
    assert_eq!((&new["fileName"], &new["key"]), (&json!(enc("n")), &json!(enc("k"))));
    let link = world.get(&format!("{path}/{}", new["id"].as_str().unwrap()), &token).await;
    assert_eq!(fetch(&world, link["url"].as_str().unwrap()).await.1, content);
    let owner = world.access_token(Person::Owner).await;
    let log = world.deeds(&format!("/api/organizations/{}/events", id::CLIENT), &owner).await;
    let last = log.last().unwrap();
    assert_eq!((&last["type"], &last["cipherId"]), (&json!(1103), &json!(id::WIKI_LOGIN)));

    for (key, name) in [(Some("clear"), enc("n")), (Some(enc("k").as_str()), "clear.txt".to_owned())] {
        assert_eq!(answer(form(request(&path), key, &name, b"x")).await.0, StatusCode::BAD_REQUEST);
    }
    let reader = world.access_token(Person::Member).await;
    let refused = form(world.request(Method::POST, &path, Some(&reader)), Some(&enc("k")), &enc("n"), b"x");
    assert_eq!(answer(refused).await.0, StatusCode::NOT_FOUND, "who only reads adds nothing");
    let item = world.get(&format!("/api/ciphers/{}", id::WIKI_LOGIN), &token).await;
    assert_eq!(item["attachments"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn forms_that_are_none_are_refused_without_being_gathered() {
    let world = World::start().await;
    let token = world.access_token(Person::CustomBare).await;
    let path = format!("/api/ciphers/{}/attachment", id::WIKI_LOGIN);
    let request = || world.request(Method::POST, &path, Some(&token));
    let multipart = || request().header("Content-Type", format!("multipart/form-data; boundary={BOUNDARY}"));
    let no_file = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--{BOUNDARY}--\r\n"
    );
    let endless_key = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n{}\r\n--{BOUNDARY}--\r\n",
        "k".repeat(100_000)
    );
    let cut = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\nhalf a fi");
    for body in ["".to_owned(), "nonsense".into(), no_file, endless_key, cut] {
        let status = answer(multipart().body(body)).await.0;
        assert!(matches!(status, StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE), "{status}");
    }
    for kind in ["application/json", "multipart/form-data"] {
        let answered = answer(request().header("Content-Type", kind).body("{}")).await;
        assert_eq!(answered, (StatusCode::BAD_REQUEST, envelope("The form could not be read.")), "{kind}");
    }
    // No boundary ever comes, and no end: the service stops reading long before its limit for a file.
    let produced = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&produced);
    let endless = futures_util::stream::repeat_with(move || {
        counted.fetch_add(65_536, Ordering::Relaxed);
        Ok::<_, std::io::Error>(vec![b'a'; 65_536])
    });
    match multipart().body(reqwest::Body::wrap_stream(endless)).send().await {
        Ok(refused) => assert_eq!(refused.status(), StatusCode::BAD_REQUEST),
        // The connection was closed while this side was still sending.
        Err(error) => assert!(error.is_request(), "{error}"),
    }
    assert!(produced.load(Ordering::Relaxed) < 64 * 1024 * 1024, "what waits for a boundary is bounded");
    let item = world.get(&format!("/api/ciphers/{}", id::WIKI_LOGIN), &token).await;
    assert_eq!(item["attachments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn storage_is_counted_and_belongs_to_who_pays() {
    let world = World::start().await;
    let announce = async |person: Person, path: &str, size: i64| {
        let token = world.access_token(person).await;
        let body = json!({"key": enc("k"), "fileName": enc("n"), "fileSize": size});
        let answered = world.send(Method::POST, &format!("{path}/attachment/v2"), Some(&token), body).await;
        (answered.0, answered.1["message"].clone())
    };
    let refused = |message: &str| (StatusCode::BAD_REQUEST, json!(message));
    let token = world.access_token(Person::Plain).await;
    let poor = own_item(&world, &token).await;
    let message = "You must have premium status to use attachments.";
    assert_eq!(announce(Person::Plain, &poor, 1).await, refused(message));

    let wiki = format!("/api/ciphers/{}", id::WIKI_LOGIN);
    let half = 400 * 1024 * 1024;
    assert_eq!(
        announce(Person::CustomBare, &wiki, half + 200 * 1024 * 1024).await,
        refused("Max file size is 500 MB.")
    );
    assert_eq!(announce(Person::CustomBare, &wiki, -1).await, refused("Max file size is 500 MB."));
    for _ in 0..2 {
        assert_eq!(announce(Person::CustomBare, &wiki, half).await.0, StatusCode::OK);
    }
    assert_eq!(
        announce(Person::CustomBare, &wiki, half).await,
        refused("Not enough storage available."),
        "what was announced counts"
    );
    let token = world.access_token(Person::Member).await;
    let own = own_item(&world, &token).await;
    assert_eq!(announce(Person::Member, &own, half).await.0, StatusCode::OK, "an account of its own");
}

#[tokio::test]
async fn an_administrator_announces_reads_and_deletes_by_office() {
    let world = World::start().await;
    let admin = world.access_token(Person::Admin).await;
    let path = format!("/api/ciphers/{}/attachment", id::WIKI_LOGIN);
    let mut body = announcement(3);
    body["adminRequest"] = json!(true);
    let (status, upload) = world.send(Method::POST, &format!("{path}/v2"), Some(&admin), body.clone()).await;
    assert_eq!((status, &upload["cipherResponse"]), (StatusCode::OK, &Value::Null));
    assert_eq!(upload["cipherMiniResponse"]["object"], "cipherMini");
    let manager = world.access_token(Person::CustomBare).await;
    let refused = world.send(Method::POST, &format!("{path}/v2"), Some(&manager), body).await;
    assert_eq!(refused.0, StatusCode::NOT_FOUND, "who has no office cannot claim it");
    let staff = world.access_token(Person::ServiceUser).await;
    let as_staff = world.request(Method::GET, &format!("{path}/{}/admin", id::WIKI_FILE), Some(&staff));
    assert_eq!(answer(as_staff).await.0, StatusCode::NOT_FOUND, "the provider's staff read items alone");
    let read = world.get(&format!("{path}/{}/admin", id::WIKI_FILE), &admin).await;
    assert_eq!(fetch(&world, read["url"].as_str().unwrap()).await.1, b"sealed bytes");
    let gone = format!("{path}/{}/admin", id::WIKI_FILE);
    assert_eq!(world.send(Method::DELETE, &gone, Some(&admin), Value::Null).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_change_of_keys_has_to_speak_of_every_file() {
    let world = World::start().await;
    let manager = world.access_token(Person::CustomBare).await;
    let path = format!("/api/ciphers/{}", id::WIKI_LOGIN);
    let mut body = login_request();
    body["organizationId"] = json!(id::CLIENT);
    body["key"] = Value::Null;
    let refused = world.send(Method::PUT, &path, Some(&manager), body.clone()).await;
    let message = "The item's attachments have to be encrypted with its new key, too.";
    assert_eq!(refused, (StatusCode::BAD_REQUEST, envelope(message)));
    body["attachments2"] =
        json!({ id::WIKI_FILE.to_string(): {"fileName": enc("again"), "key": enc("newkey")} });
    let (status, edited) = world.send(Method::PUT, &path, Some(&manager), body).await;
    assert_eq!(status, StatusCode::OK, "{edited}");
    assert_eq!(edited["attachments"][0]["fileName"], enc("again"));
    assert_eq!(edited["attachments"][0]["key"], enc("newkey"));
}

#[tokio::test]
async fn a_file_that_never_came_is_in_the_way_of_nothing() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let mut keyless = login_request();
    keyless["key"] = Value::Null;
    let (_, item) = world.send(Method::POST, "/api/ciphers", Some(&token), keyless).await;
    let path = format!("/api/ciphers/{}", item["id"].as_str().unwrap());
    let announce = format!("{path}/attachment/v2");
    let (status, announced) = world.send(Method::POST, &announce, Some(&token), announcement(10)).await;
    assert_eq!(status, StatusCode::OK, "{announced}");
    assert_eq!(world.get(&path, &token).await["attachments"], Value::Null);

    let mut keyed = login_request();
    keyed["key"] = json!(enc("itemkey"));
    let (status, edited) = world.send(Method::PUT, &path, Some(&token), keyed).await;
    assert_eq!(status, StatusCode::OK, "{edited}");
    let late = format!("{path}/attachment/{}", announced["attachmentId"].as_str().unwrap());
    let form = form(world.request(Method::POST, &late, Some(&token)), None, &enc("filename"), &bytes(10));
    assert_eq!(answer(form).await.0, StatusCode::NOT_FOUND, "its key hangs on the old one");
}

/// The files in the folder beside the database; the lock is not one.
pub fn files_beside(database: &Path) -> Vec<String> {
    let folder = format!("{}-files", database.display());
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "lock").collect()
}

#[tokio::test]
async fn files_go_with_what_they_belong_to_and_strays_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.sqlite3");
    let store = Store::open(&file).unwrap();
    fill(&store);
    let with_two: Result<(), BulkError> = store.bulk(|load| {
        load.attachment(&BulkAttachment {
            id: Uuid::from_u128(0xf1),
            cipher_id: id::OWN_LOGIN,
            ..wiki_file()
        })
    });
    with_two.unwrap();
    assert_eq!(files_beside(&file).len(), 2);
    let world = World::over(store, Config::without_delay()).await;
    let token = world.access_token(Person::Member).await;
    let path = format!("/api/ciphers/{}", id::OWN_LOGIN);
    assert_eq!(world.send(Method::DELETE, &path, Some(&token), Value::Null).await.0, StatusCode::OK);
    let left = files_beside(&file);
    assert_eq!(left.len(), 1, "the file went with its item");
    world.running.stop().await.unwrap();

    let beside = folder.path().join("service.sqlite3-files");
    for stray in ["11111111-2222-3333-4444-555555555555", "half.part", "notes.txt"] {
        std::fs::write(beside.join(stray), b"stray").unwrap();
    }
    let world = World::over(Store::open(&file).unwrap(), Config::without_delay()).await;
    let link =
        world.get(&format!("/api/ciphers/{}/attachment/{}", id::WIKI_LOGIN, id::WIKI_FILE), &token).await;
    // It answers, so it has swept.
    assert_eq!(files_beside(&file), left);
    assert_eq!(
        fetch(&world, link["url"].as_str().unwrap()).await,
        (StatusCode::OK, b"sealed bytes".to_vec())
    );
}
