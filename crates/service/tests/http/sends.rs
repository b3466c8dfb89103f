//! Sends (protocol.md §2.10, §3.6, §4.11).

mod controls;
mod tokens;

use portico_service::bulk::{BulkError, BulkPolicy};
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::attachments::{files_beside, form};
use crate::support::*;

const OK: StatusCode = StatusCode::OK;
const BAD: StatusCode = StatusCode::BAD_REQUEST;
const MISSING: StatusCode = StatusCode::NOT_FOUND;
const NO_TOKEN: StatusCode = StatusCode::UNAUTHORIZED;

/// So many days from now.
fn day(number: i64) -> String {
    (OffsetDateTime::now_utc() + Duration::days(number)).format(&Rfc3339).unwrap()
}

fn text() -> Value {
    json!({"type": 0, "authType": 2, "fileLength": null, "name": enc("name"), "notes": enc("notes"),
        "key": enc("key"), "maxAccessCount": null, "expirationDate": null, "deletionDate": day(7), "file": null,
        "text": {"text": enc("text"), "hidden": true}, "password": null, "emails": null, "disabled": false,
        "hideEmail": false})
}

fn file(length: usize) -> Value {
    with(text(), json!({"type": 1, "text": null, "file": {"fileName": enc("file")}, "fileLength": length}))
}

fn with(mut body: Value, more: Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// Somebody's Sends.
struct Sender<'a> {
    world: &'a World,
    token: String,
}

impl<'a> Sender<'a> {
    async fn of(world: &'a World, person: Person) -> Sender<'a> {
        Sender { world, token: world.access_token(person).await }
    }

    async fn try_create(&self, body: Value) -> (StatusCode, Value) {
        self.world.send(Method::POST, "/api/sends", Some(&self.token), body).await
    }

    async fn create(&self, body: Value) -> Value {
        let (status, send) = self.try_create(body).await;
        assert_eq!(status, OK, "{send}");
        send
    }

    async fn edit(&self, send: &Value, body: Value) -> (StatusCode, Value) {
        self.call(Method::PUT, send, "", body).await
    }

    /// `path` begins behind the Send's id.
    async fn call(&self, method: Method, send: &Value, path: &str, body: Value) -> (StatusCode, Value) {
        let path = format!("/api/sends/{}{path}", send["id"].as_str().unwrap());
        self.world.send(method, &path, Some(&self.token), body).await
    }

    async fn read(&self, send: &Value) -> Value {
        self.world.get(&format!("/api/sends/{}", send["id"].as_str().unwrap()), &self.token).await
    }

    /// A file Send whose bytes have come.
    async fn create_file(&self, body: Value, content: &[u8]) -> Value {
        let (status, upload) =
            self.world.send(Method::POST, "/api/sends/file/v2", Some(&self.token), body).await;
        assert_eq!(status, OK, "{upload}");
        assert_eq!(self.upload(&upload, content).await, (OK, Value::Null));
        upload["sendResponse"].clone()
    }

    async fn upload(&self, upload: &Value, content: &[u8]) -> (StatusCode, Value) {
        let url = upload["url"].as_str().unwrap();
        let request = self.world.http.post(url).bearer_auth(&self.token);
        answer(form(request, None, &enc("file"), content)).await
    }
}

/// The older form: link and password at once.
async fn open(world: &World, send: &Value, password: Option<&str>) -> (StatusCode, Value) {
    let path = format!("/api/sends/access/{}", send["accessId"].as_str().unwrap());
    world.send(Method::POST, &path, None, json!({ "password": password })).await
}

/// The newer form, first half: a token for the link.
async fn grant(world: &World, access_id: &str, proof: &[(&str, &str)]) -> (StatusCode, Value) {
    let mut fields = vec![
        ("grant_type", "send_access"),
        ("client_id", "send"),
        ("scope", "api.send.access"),
        ("send_id", access_id),
    ];
    fields.extend(proof);
    answer(world.request(Method::POST, "/identity/connect/token", None).form(&fields)).await
}

fn error_of(answer: &(StatusCode, Value)) -> (StatusCode, &str, &str) {
    let text = |member: &str| answer.1[member].as_str().unwrap_or_default();
    (answer.0, text("error"), text("send_access_error_type"))
}

#[tokio::test]
async fn a_text_is_made_found_changed_opened_and_taken_back() {
    let world = World::start().await;
    let sender = Sender::of(&world, Person::Member).await;
    let before = world.get("/api/accounts/revision-date", &sender.token).await;
    let send = sender.create(text()).await;
    assert_eq!(
        keys(&send),
        names(
            "object id accessId type authType name notes file text data key maxAccessCount accessCount password emails
             disabled revisionDate expirationDate deletionDate hideEmail"
        )
    );
    assert_eq!((&send["object"], &send["type"], &send["authType"]), (&json!("send"), &json!(0), &json!(2)));
    assert_eq!(
        (&send["name"], &send["notes"], &send["key"]),
        (&json!(enc("name")), &json!(enc("notes")), &json!(enc("key")))
    );
    assert_eq!(send["text"], json!({"text": enc("text"), "hidden": true}));
    assert_eq!(
        (&send["accessCount"], &send["file"], &send["password"]),
        (&json!(0), &Value::Null, &Value::Null)
    );
    let after = world.get("/api/accounts/revision-date", &sender.token).await;
    assert!(after.as_i64() > before.as_i64(), "{before} {after}");
    let sync = world.get("/api/sync", &sender.token).await;
    assert_eq!(sync["sends"], json!([send]));
    let list = world.get("/api/sends", &sender.token).await;
    assert_eq!((&list["object"], &list["data"]), (&json!("list"), &json!([send])));

    let (status, opened) = open(&world, &send, None).await;
    assert_eq!(status, OK, "{opened}");
    assert_eq!(
        keys(&opened),
        names("object id type authType name file text expirationDate creatorIdentifier")
    );
    assert_eq!((&opened["object"], &opened["id"]), (&json!("send-access"), &send["accessId"]));
    assert_eq!((&opened["name"], &opened["text"]), (&send["name"], &send["text"]));
    assert_eq!(opened["creatorIdentifier"], Person::Member.email());
    assert_eq!(sender.read(&send).await["accessCount"], 1);

    let changed = with(
        text(),
        json!({"name": enc("other"), "notes": null, "hideEmail": true, "expirationDate": day(3),
        "text": {"text": enc("more"), "hidden": false}}),
    );
    let (status, edited) = sender.edit(&send, changed).await;
    assert_eq!(status, OK, "{edited}");
    assert_eq!(
        (&edited["name"], &edited["notes"], &edited["accessCount"]),
        (&json!(enc("other")), &Value::Null, &json!(1))
    );
    let (_, opened) = open(&world, &send, None).await;
    assert_eq!((&opened["text"]["text"], &opened["creatorIdentifier"]), (&json!(enc("more")), &Value::Null));

    let stranger = Sender::of(&world, Person::Plain).await;
    for (method, path) in [
        (Method::GET, ""),
        (Method::PUT, ""),
        (Method::DELETE, ""),
        (Method::POST, "/delete"),
        (Method::PUT, "/remove-password"),
        (Method::PUT, "/remove-auth"),
    ] {
        assert_eq!(stranger.call(method, &send, path, text()).await.0, MISSING, "{path}");
    }
    assert_eq!(world.get("/api/sends", &stranger.token).await["data"], json!([]));

    assert_eq!(sender.call(Method::DELETE, &send, "", Value::Null).await, (OK, Value::Null));
    assert_eq!(sender.call(Method::DELETE, &send, "", Value::Null).await.0, MISSING);
    assert_eq!(open(&world, &send, None).await, (BAD, envelope("Could not locate send")));
    assert_eq!(world.get("/api/sync", &sender.token).await["sends"], json!([]));
}

#[tokio::test]
async fn a_password_opens_and_stays_until_it_is_removed() {
    let world = World::start().await;
    let sender = Sender::of(&world, Person::Plain).await;
    let send = sender.create(with(text(), json!({"password": "aGFzaA=="}))).await;
    assert_eq!(send["authType"], 1);
    assert!(send["password"].is_string() && send["password"] != "aGFzaA==", "a hash of the hash");
    assert_eq!(open(&world, &send, None).await, (NO_TOKEN, envelope("Unauthorized.")));
    assert_eq!(open(&world, &send, Some("")).await.0, NO_TOKEN);
    assert_eq!(open(&world, &send, Some("wrong")).await, (BAD, envelope("Invalid password.")));
    assert_eq!(open(&world, &send, Some("aGFzaA==")).await.0, OK);
    assert_eq!(sender.read(&send).await["accessCount"], 1, "what was refused does not count");

    let (_, edited) = sender.edit(&send, with(text(), json!({"name": enc("other")}))).await;
    assert_eq!(
        (&edited["authType"], &edited["password"]),
        (&json!(1), &send["password"]),
        "not named, so kept"
    );
    let (_, edited) = sender.edit(&send, with(text(), json!({"password": "b3RoZXI="}))).await;
    assert_ne!(edited["password"], send["password"]);
    assert_eq!(open(&world, &send, Some("aGFzaA==")).await.0, BAD);
    let (status, bare) = sender.call(Method::PUT, &send, "/remove-password", Value::Null).await;
    assert_eq!((status, &bare["authType"], &bare["password"]), (OK, &json!(2), &Value::Null));
    assert_eq!(open(&world, &send, None).await.0, OK);
}

#[tokio::test]
async fn nobody_opens_what_is_exhausted_disabled_expired_or_due() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("service.sqlite3");
    let store = Store::open(&database).unwrap();
    fill(&store);
    let world = World::over(store, Config::without_delay()).await;
    let sender = Sender::of(&world, Person::Member).await;

    let twice = sender.create(with(text(), json!({"maxAccessCount": 2}))).await;
    let statuses = [
        open(&world, &twice, None).await.0,
        open(&world, &twice, None).await.0,
        open(&world, &twice, None).await.0,
    ];
    assert_eq!(statuses, [OK, OK, MISSING]);
    assert_eq!(sender.edit(&twice, with(text(), json!({"maxAccessCount": 3}))).await.0, OK);
    assert_eq!(open(&world, &twice, None).await.0, OK, "one more was allowed");

    let disabled = sender.create(with(text(), json!({"disabled": true}))).await;
    assert_eq!(open(&world, &disabled, None).await, (MISSING, envelope("Resource not found.")));

    // Their time comes: a clock that goes on is what a changed date is.
    let expired = sender.create(with(text(), json!({"expirationDate": day(1)}))).await;
    let due = sender.create(text()).await;
    let raw = rusqlite::Connection::open(&database).unwrap();
    let past = 1_000_000;
    for (column, send) in [("expires", &expired), ("deletes", &due)] {
        let id: Uuid = send["id"].as_str().unwrap().parse().unwrap();
        raw.execute(&format!("UPDATE sends SET {column} = ? WHERE id = ?"), (past, id)).unwrap();
    }
    assert_eq!(open(&world, &expired, None).await.0, MISSING);
    assert_eq!(sender.read(&expired).await["id"], expired["id"], "its owner still has it");
    assert_eq!(open(&world, &due, None).await.0, BAD);
    let gone = format!("/api/sends/{}", due["id"].as_str().unwrap());
    assert_eq!(world.send(Method::GET, &gone, Some(&sender.token), Value::Null).await.0, MISSING);
    let sync = world.get("/api/sync", &sender.token).await;
    assert_eq!(sync["sends"].as_array().unwrap().len(), 3);
    let rows = |raw: &rusqlite::Connection| -> i64 {
        raw.query_row("SELECT count(*) FROM sends", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(rows(&raw), 4);
    let token = sender.token;
    world.running.stop().await.unwrap();

    // A service that starts deletes what is due.
    let world = World::over(Store::open(&database).unwrap(), Config::without_delay()).await;
    while rows(&raw) == 4 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.get("/api/sends", &token).await["data"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn two_recipients_do_not_share_the_last_access() {
    let world = World::start().await;
    let sender = Sender::of(&world, Person::Member).await;
    let send = sender.create(with(text(), json!({"maxAccessCount": 3}))).await;
    let all = futures_util::future::join_all((0..12).map(|_| open(&world, &send, None))).await;
    assert_eq!(all.iter().filter(|(status, _)| *status == OK).count(), 3);
    assert_eq!(sender.read(&send).await["accessCount"], 3);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let world = World::start().await;
    let sender = Sender::of(&world, Person::Member).await;
    let long = format!("{}{}", enc("x"), "A".repeat(2000));
    for (bent, field) in [
        (json!({"type": 7}), "Type"),
        (json!({"name": null}), "Name"),
        (json!({"name": "clear"}), "Name"),
        (json!({"notes": "clear"}), "Notes"),
        (json!({"key": null}), "Key"),
        (json!({"key": "clear"}), "Key"),
        (json!({"text": null}), "Text"),
        (json!({"text": {"text": null, "hidden": false}}), "Text"),
        (json!({"text": {"text": "clear", "hidden": false}}), "Text"),
        (json!({"text": {"text": long, "hidden": false}}), "Text"),
        (json!({"deletionDate": null}), "DeletionDate"),
        (json!({"deletionDate": "tomorrow"}), "DeletionDate"),
        (json!({"expirationDate": "tomorrow"}), "ExpirationDate"),
        (json!({"maxAccessCount": 0}), "MaxAccessCount"),
        (json!({"password": "x".repeat(1001)}), "Password"),
        (json!({"emails": "nobody"}), "Emails"),
        (json!({"emails": format!("{}@harbour.example", "x".repeat(5000))}), "Emails"),
    ] {
        let (status, refused) = sender.try_create(with(text(), bent.clone())).await;
        assert_eq!(status, BAD, "{bent}");
        assert_eq!(refused["message"], "The model state is invalid.", "{bent}");
        assert_eq!(keys(&refused["validationErrors"]), [field], "{bent}");
    }
    for (bent, start) in [
        (json!({"deletionDate": day(-1)}), "You cannot have a Send with a deletion date in the past."),
        (
            json!({"deletionDate": day(32)}),
            "You cannot have a Send with a deletion date that far into the future.",
        ),
        (json!({"expirationDate": day(-1)}), "You cannot have a Send with an expiration date in the past."),
        (json!({"expirationDate": day(8)}), "You cannot have a Send with an expiration date greater than"),
        (json!({"type": 1}), "A file is announced before it is sent."),
    ] {
        let (status, refused) = sender.try_create(with(text(), bent)).await;
        assert_eq!(status, BAD);
        assert!(refused["message"].as_str().unwrap().starts_with(start), "{refused}");
    }
    let send = sender.create(text()).await;
    let (status, refused) = sender.edit(&send, file(3)).await;
    assert_eq!((status, refused), (BAD, envelope("The type of a Send cannot be changed.")));
    // Links that are none.
    for nonsense in ["x", "AAAA", "..%2F..", &"A".repeat(500), send["id"].as_str().unwrap()] {
        let path = format!("/api/sends/access/{nonsense}");
        let (status, _) = world.send(Method::POST, &path, None, json!({})).await;
        assert_eq!(status, BAD, "{nonsense}");
    }
    assert_eq!(world.get("/api/sends", &sender.token).await["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_is_announced_sent_fetched_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("service.sqlite3");
    let store = Store::open(&database).unwrap();
    fill(&store);
    let world = World::over(store, Config::without_delay()).await;
    let others = files_beside(&database).len();
    let sender = Sender::of(&world, Person::Member).await;
    let content: Vec<u8> = (0..300_000_usize).map(|at| (at * 31 + at / 251) as u8).collect();
    let announce = |body| world.send(Method::POST, "/api/sends/file/v2", Some(&sender.token), body);
    let (status, upload) = announce(with(file(content.len()), json!({"maxAccessCount": 2}))).await;
    assert_eq!(status, OK, "{upload}");
    assert_eq!(keys(&upload), names("object url fileUploadType sendResponse"));
    assert_eq!((&upload["object"], &upload["fileUploadType"]), (&json!("send-fileUpload"), &json!(0)));
    let send = &upload["sendResponse"];
    assert_eq!((&send["type"], &send["text"]), (&json!(1), &Value::Null));
    assert_eq!(keys(&send["file"]), names("id fileName size sizeName"));
    assert_eq!((&send["file"]["fileName"], &send["file"]["size"]), (&json!(enc("file")), &json!("300000")));
    let file_id = send["file"]["id"].as_str().unwrap();
    let renewed = sender.call(Method::GET, send, &format!("/file/{file_id}"), Value::Null).await;
    assert_eq!((renewed.0, &renewed.1["url"]), (OK, &upload["url"]));
    assert_eq!(open(&world, send, None).await.0, MISSING, "nothing has come yet");

    let (status, refused) = sender.upload(&upload, &content[1..]).await;
    assert_eq!((status, refused), (BAD, envelope("File received does not match expected file length.")));
    let stranger = Sender::of(&world, Person::Plain).await;
    assert_eq!(stranger.upload(&upload, &content).await.0, MISSING);
    assert_eq!(sender.upload(&upload, &content).await, (OK, Value::Null));
    assert_eq!(sender.upload(&upload, &content).await.0, MISSING, "a file is sent once");
    assert_eq!(files_beside(&database).len(), others + 1);

    let (_, opened) = open(&world, send, None).await;
    assert_eq!(opened["file"], send["file"]);
    assert_eq!(sender.read(send).await["accessCount"], 0, "a file counts when it is fetched");
    let access_id = send["accessId"].as_str().unwrap();
    let wanted = format!("/api/sends/{access_id}/access/file/{file_id}");
    let fetch = || world.send(Method::POST, &wanted, None, json!({}));
    let (status, link) = fetch().await;
    assert_eq!(status, OK, "{link}");
    assert_eq!(keys(&link), names("object id url"));
    assert_eq!((&link["object"], &link["id"]), (&json!("send-fileDownload"), &json!(file_id)));
    let url = link["url"].as_str().unwrap();
    let got = world.http.get(url).send().await.unwrap();
    assert_eq!(got.headers()["content-disposition"], "attachment");
    assert!(got.bytes().await.unwrap() == content);
    // A link to a file of one kind is none to one of the other.
    let elsewhere = url.replace("/sends/download", "/ciphers/attachment/download");
    assert_eq!(world.http.get(elsewhere).send().await.unwrap().status(), MISSING);
    let other = format!("/api/sends/{access_id}/access/file/{}", Uuid::from_u128(1));
    assert_eq!(world.send(Method::POST, &other, None, json!({})).await.0, MISSING);
    assert_eq!((fetch().await.0, fetch().await.0), (OK, MISSING), "twice was allowed");

    // The name of the file stays with the file; the rest can be changed.
    let changed = with(file(1), json!({"name": enc("other"), "file": {"fileName": enc("elsename")}}));
    let (_, edited) = sender.edit(send, changed).await;
    assert_eq!((&edited["name"], &edited["file"]), (&json!(enc("other")), &send["file"]));

    assert_eq!(sender.call(Method::DELETE, send, "", Value::Null).await.0, OK);
    assert_eq!(
        world.http.get(url).send().await.unwrap().status(),
        MISSING,
        "a link does not outlive its file"
    );
    assert_eq!(files_beside(&database).len(), others);

    for (bent, message) in [
        (json!({"type": 0}), "Invalid content."),
        (json!({"fileLength": null}), "Invalid content. File size hint is required."),
        (json!({"fileLength": 0}), "No file data."),
        (json!({"fileLength": 501 * 1024 * 1024}), "Max file size is 500 MB."),
    ] {
        assert_eq!(announce(with(file(3), bent)).await, (BAD, envelope(message)));
    }
    let poor = world.send(Method::POST, "/api/sends/file/v2", Some(&stranger.token), file(3)).await;
    assert_eq!(poor, (BAD, envelope("You must have premium status to use file Sends.")));
    for _ in 0..2 {
        assert_eq!(announce(file(500 * 1024 * 1024)).await.0, OK);
    }
    let full = announce(file(500 * 1024 * 1024)).await;
    assert_eq!(full, (BAD, envelope("Not enough storage available.")), "what was announced counts");
    let token = sender.token;
    world.running.stop().await.unwrap();

    // What had not come when the process ended does not come any more; what had stays.
    let world = World::over(Store::open(&database).unwrap(), Config::without_delay()).await;
    let sender = Sender { world: &world, token };
    assert_eq!(world.get("/api/sends", &sender.token).await["data"], json!([]));
    let kept = sender.create_file(file(3), b"abc").await;
    world.running.stop().await.unwrap();
    let world = World::over(Store::open(&database).unwrap(), Config::without_delay()).await;
    assert_eq!(open(&world, &kept, None).await.0, OK);
    assert_eq!(files_beside(&database).len(), others + 1);
}

#[tokio::test]
async fn policies_forbid_sends_and_hidden_senders() {
    for (kind, data, hides, sends) in [
        (6, Value::Null, BAD, BAD),
        (7, json!({"disableHideEmail": true}), BAD, OK),
        (7, json!({"disableHideEmail": false}), OK, OK),
        (21, json!({"disableSend": true}), BAD, BAD),
        (21, json!({"disableHideEmail": true}), BAD, OK),
    ] {
        let store = Store::in_memory().unwrap();
        fill(&store);
        let world = World::over(store.clone(), Config::without_delay()).await;
        let member = Sender::of(&world, Person::Member).await;
        let before = member.create(text()).await;
        let policy = BulkPolicy {
            id: Uuid::from_u128(0xa2),
            organization_id: id::CLIENT,
            kind,
            enabled: true,
            data: Some(data.clone()),
            revised: CREATED,
        };
        store.bulk::<_, BulkError>(|load| load.policy(&policy)).unwrap();
        let hidden = with(text(), json!({"hideEmail": true}));
        assert_eq!(member.try_create(hidden.clone()).await.0, hides, "{kind} {data}");
        assert_eq!(member.try_create(text()).await.0, sends, "{kind} {data}");
        assert_eq!(member.edit(&before, text()).await.0, sends, "{kind} {data}");
        assert_eq!(member.call(Method::PUT, &before, "/remove-password", Value::Null).await.0, sends);
        assert_eq!(member.call(Method::DELETE, &before, "", Value::Null).await.0, OK, "always");
        for exempt in [Person::Owner, Person::Admin, Person::Plain, Person::ServiceUser] {
            let sender = Sender::of(&world, exempt).await;
            assert_eq!(sender.try_create(hidden.clone()).await.0, OK, "{kind} {exempt:?}");
        }
    }
}

#[tokio::test]
async fn the_logs_tell_what_happened_to_a_send() {
    let world = World::start().await;
    let sender = Sender::of(&world, Person::Member).await;
    let owner = world.access_token(Person::Owner).await;
    let send = sender.create(with(text(), json!({"password": "aGFzaA=="}))).await;
    sender.edit(&send, text()).await;
    open(&world, &send, Some("aGFzaA==")).await;
    sender.call(Method::DELETE, &send, "", Value::Null).await;
    let sent = sender.create_file(file(3), b"abc").await;
    let (_, link) = world
        .send(
            Method::POST,
            &format!(
                "/api/sends/{}/access/file/{}",
                sent["accessId"].as_str().unwrap(),
                sent["file"]["id"].as_str().unwrap()
            ),
            None,
            json!({}),
        )
        .await;
    assert!(link["url"].is_string());

    let own = world.events_of(&sender.token).await;
    assert_eq!(own, [1000, 2502, 2506, 2510, 2508, 2503, 2511]);
    let log = |id: &Value| {
        let id = id.as_str().unwrap().to_owned();
        let path = format!("/api/organizations/{}/sends/{id}/events", id::CLIENT);
        let (world, owner) = (&world, &owner);
        async move { world.get(&path, owner).await["data"].as_array().unwrap().clone() }
    };
    let lines = log(&send["id"]).await;
    let numbers: Vec<_> = lines.iter().rev().map(|line| line["type"].as_i64().unwrap()).collect();
    assert_eq!(numbers, [2502, 2506, 2510, 2508]);
    for line in &lines {
        assert_eq!((&line["sendId"], &line["organizationId"]), (&send["id"], &json!(id::CLIENT)));
        let somebody = if line["type"] == 2510 { Value::Null } else { json!(Person::Member.id()) };
        assert_eq!(line["actingUserId"], somebody, "{line}");
    }
    assert_eq!(log(&sent["id"]).await.len(), 2);
    let plain = Sender::of(&world, Person::Plain).await;
    let foreign = plain.create(text()).await;
    assert_eq!(log(&foreign["id"]).await.len(), 0, "of no member");
}
