//! The notifications hub, heard by a client that knows nothing of our types (protocol.md §6.1).

use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode};
use rmpv::Value as Packed;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::ciphers::login_request;
use crate::on_disk::world_in;
use crate::providers::desk::PENDING;
use crate::support::*;

const HANDSHAKE: &str = "{\"protocol\":\"messagepack\",\"version\":1}\u{1e}";
const PING: &[u8] = &[0x02, 0x91, 0x06];
/// The device that `Person`s sign in from unless they say otherwise.
const DEVICE: &str = "11111111-2222-3333-4444-555555555555";
const OTHER_DEVICE: &str = "99999999-2222-3333-4444-555555555555";

type Socket = WebSocketStream<TcpStream>;

/// A connection before its handshake, or the status that refused it.
async fn connect(world: &World, query: &str, bearer: Option<&str>) -> Result<Socket, StatusCode> {
    let base = world.running.base_url();
    let address = format!("{}:{}", base.host_str().unwrap(), base.port().unwrap());
    let mut request = format!("ws://{address}/notifications/hub{query}").into_client_request().unwrap();
    if let Some(bearer) = bearer {
        request.headers_mut().insert("Authorization", format!("Bearer {bearer}").parse().unwrap());
    }
    let stream = TcpStream::connect(address).await.unwrap();
    match tokio_tungstenite::client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(StatusCode::from_u16(response.status().as_u16()).unwrap()),
        Err(other) => panic!("{other}"),
    }
}

/// Somebody who listens.
pub struct Ear(Socket);

#[derive(Debug, PartialEq)]
pub struct Told {
    context: Option<String>,
    pub kind: i64,
    payload: Vec<(String, Packed)>,
}

impl Told {
    fn text(&self, name: &str) -> Option<&str> {
        self.payload.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.as_str())
    }
}

impl Ear {
    pub async fn of(world: &World, token: &str) -> Ear {
        let mut socket = connect(world, &format!("?access_token={token}"), None).await.unwrap();
        socket.send(Message::text(HANDSHAKE)).await.unwrap();
        let answer = socket.next().await.unwrap().unwrap();
        assert_eq!(answer.into_data(), b"{}\x1e"[..]);
        Ear(socket)
    }

    /// The next notification; `None` once the service has closed the connection.
    pub async fn next(&mut self) -> Option<Told> {
        loop {
            let Message::Binary(frame) = self.0.next().await?.ok()? else { return None };
            if frame[..] == *PING {
                continue;
            }
            let (mut length, mut head) = (0_usize, 0);
            loop {
                length |= usize::from(frame[head] & 0x7f) << (7 * head);
                head += 1;
                if frame[head - 1] & 0x80 == 0 {
                    break;
                }
            }
            assert_eq!(length, frame.len() - head, "one message in a frame");
            let message = rmpv::decode::read_value(&mut &frame[head..]).unwrap();
            let parts = message.as_array().unwrap();
            if parts[0].as_i64() == Some(7) {
                return None;
            }
            assert_eq!(parts.len(), 5);
            assert_eq!(parts[..4], [1.into(), Packed::Map(vec![]), Packed::Nil, "ReceiveMessage".into()]);
            let told = parts[4].as_array().unwrap()[0].as_map().unwrap();
            let names: Vec<_> = told.iter().map(|(name, _)| name.as_str().unwrap()).collect();
            assert_eq!(names, ["ContextId", "Type", "Payload"]);
            let payload = told[2].1.as_map().unwrap().iter();
            return Some(Told {
                context: told[0].1.as_str().map(str::to_owned),
                kind: told[1].1.as_i64().unwrap(),
                payload: payload
                    .map(|(name, value)| (name.as_str().unwrap().to_owned(), value.clone()))
                    .collect(),
            });
        }
    }

    /// The next notification of this kind.
    async fn next_of(&mut self, kind: i64) -> Told {
        loop {
            let told = self.next().await.unwrap();
            if told.kind == kind {
                return told;
            }
        }
    }
}

async fn token_from(world: &World, person: Person, device: &str) -> String {
    let (_, session) = world.token(&fields(&grant_from(person, device))).await;
    session["access_token"].as_str().unwrap().to_owned()
}

pub async fn make_folder(world: &World, token: &str) {
    let (status, _) = world.send(Method::POST, "/api/folders", Some(token), json!({"name": enc("f")})).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn what_a_person_changes_is_told_to_their_other_devices_and_to_nobody_else() {
    let world = World::start().await;
    let here = world.access_token(Person::Member).await;
    let mut there = Ear::of(&world, &token_from(&world, Person::Member, OTHER_DEVICE).await).await;
    let plain = world.access_token(Person::Plain).await;
    let mut stranger = Ear::of(&world, &plain).await;
    make_folder(&world, &here).await;
    let told = there.next().await.unwrap();
    assert_eq!((told.kind, told.context.as_deref()), (7, Some(DEVICE)), "that device takes no notice");
    assert_eq!(told.text("UserId"), Some(Person::Member.id().to_string().as_str()));
    let names: Vec<&str> = told.payload.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Id", "UserId", "RevisionDate"]);
    let Packed::Ext(-1, date) = &told.payload[2].1 else { panic!("a timestamp") };
    let date = u64::from_be_bytes(date.as_slice().try_into().unwrap());
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    assert!((now - (date & ((1 << 34) - 1)) as i64).abs() < 600, "{date}");

    make_folder(&world, &plain).await;
    let told = stranger.next().await.unwrap();
    assert_eq!(
        told.text("UserId"),
        Some(Person::Plain.id().to_string().as_str()),
        "nothing of the other came before"
    );
}

/// Official clients read one item or folder where they are told which, and everything where they are not.
#[tokio::test]
async fn what_became_of_one_item_or_folder_is_told_alone() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let mut ear = Ear::of(&world, &token_from(&world, Person::Member, OTHER_DEVICE).await).await;
    let send = async |method: Method, path: &str, body: serde_json::Value| {
        let (status, answer) = world.send(method, path, Some(&token), body).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    };
    let made = send(Method::POST, "/api/ciphers", login_request()).await;
    let item = format!("/api/ciphers/{}", made["id"].as_str().unwrap());
    let folder = send(Method::POST, "/api/folders", json!({"name": enc("f")})).await["id"].clone();
    let folder = format!("/api/folders/{}", folder.as_str().unwrap());
    let nothing = serde_json::Value::Null;
    send(Method::PUT, &item, login_request()).await;
    send(Method::PUT, &format!("{item}/delete"), nothing.clone()).await;
    send(Method::PUT, &format!("{item}/restore"), nothing.clone()).await;
    // A mark of one person has no date of its own.
    send(Method::PUT, &format!("{item}/partial"), json!({"favorite": true, "folderId": null})).await;
    send(Method::DELETE, &item, nothing.clone()).await;
    send(Method::PUT, &folder, json!({"name": enc("g")})).await;
    send(Method::DELETE, &folder, nothing).await;
    let note = json!({"type": 2, "name": enc("n"), "secureNote": {"type": 0}});
    let two = json!({"folders": [], "ciphers": [note, note], "folderRelationships": []});
    send(Method::POST, "/api/ciphers/import", two).await;

    let (id, owner) = (made["id"].as_str().unwrap(), Person::Member.id().to_string());
    for kind in [1, 7, 0, 0, 0, 5, 2, 8, 3, 5] {
        let told = ear.next().await.unwrap();
        assert_eq!((told.kind, told.text("UserId")), (kind, Some(owner.as_str())), "{told:?}");
        if kind < 3 {
            let names: Vec<&str> = told.payload.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["Id", "UserId", "OrganizationId", "CollectionIds", "RevisionDate"]);
            assert_eq!(told.text("Id"), Some(id));
            assert_eq!((&told.payload[2].1, &told.payload[3].1), (&Packed::Nil, &Packed::Nil));
        }
        if [3, 8].contains(&kind) {
            assert!(folder.ends_with(told.text("Id").unwrap()), "{told:?}");
        }
    }
}

#[tokio::test]
async fn an_item_of_an_organization_is_told_with_where_it_lies() {
    let world = World::start().await;
    let token = world.access_token(Person::CustomBare).await;
    let mut ear = Ear::of(&world, &token_from(&world, Person::CustomBare, OTHER_DEVICE).await).await;
    let note = json!({"type": 2, "name": enc("n"), "secureNote": {"type": 0}, "organizationId": id::CLIENT});
    let body = json!({"cipher": note, "collectionIds": [id::WIKI]});
    let (status, made) = world.send(Method::POST, "/api/ciphers/create", Some(&token), body).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let path = format!("/api/ciphers/{}", made["id"].as_str().unwrap());
    assert_eq!(world.send(Method::PUT, &path, Some(&token), note).await.0, StatusCode::OK);
    let wiki = Packed::Array(vec![id::WIKI.to_string().into()]);
    for kind in [1, 0] {
        let told = ear.next().await.unwrap();
        assert_eq!((told.kind, told.text("Id")), (kind, made["id"].as_str()), "{told:?}");
        assert_eq!(told.text("OrganizationId"), Some(id::CLIENT.to_string().as_str()));
        assert_eq!(
            (&told.payload[1].1, &told.payload[3].1),
            (&Packed::Nil, &wiki),
            "no user, and where it lies"
        );
    }
}

/// Grants and groups outlast a revocation, for when access is given back.
#[tokio::test]
async fn who_is_revoked_hears_that_and_nothing_of_an_item_any_more() {
    let world = World::start().await;
    let owner = world.access_token(Person::Owner).await;
    let editor = world.access_token(Person::CustomBare).await;
    let member = world.access_token(Person::Member).await;
    let mut ear = Ear::of(&world, &token_from(&world, Person::Member, OTHER_DEVICE).await).await;
    let path = format!("/api/ciphers/{}", id::WIKI_LOGIN);
    let edit = async || {
        let mut item = login_request();
        item["organizationId"] = json!(id::CLIENT);
        let (status, answer) = world.send(Method::PUT, &path, Some(&editor), item).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    };
    edit().await;
    let told = ear.next().await.unwrap();
    assert_eq!(
        (told.kind, told.text("Id")),
        (0, Some(id::WIKI_LOGIN.to_string().as_str())),
        "reached so far"
    );
    let revoke = format!("/api/organizations/{}/users/{}/revoke", id::CLIENT, Person::Member.member_id());
    assert_eq!(world.send(Method::PUT, &revoke, Some(&owner), json!({})).await.0, StatusCode::OK);
    assert_eq!(ear.next().await.unwrap().kind, 6, "of the own place");
    edit().await;
    make_folder(&world, &member).await;
    assert_eq!(ear.next().await.unwrap().kind, 7, "nothing of the item came before");
}

#[tokio::test]
async fn what_changes_of_a_provider_is_told_to_everybody_who_works_for_it() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let mut staff = Ear::of(&world, &token_from(&world, Person::ServiceUser, OTHER_DEVICE).await).await;
    let mut owner = Ear::of(&world, &token_from(&world, Person::Owner, OTHER_DEVICE).await).await;
    let mut stranger = Ear::of(&world, &token_from(&world, Person::StrangerAdmin, OTHER_DEVICE).await).await;
    let change = json!({"assignedSeats": 10, "name": "Harbour"});
    assert_eq!(admin.put(&format!("/clients/{}", id::LINK), change).await, DONE);
    let told = staff.next_of(1000).await;
    assert_eq!(told.text("ProviderId"), Some(id::PROVIDER.to_string().as_str()));
    assert_eq!(told.context.as_deref(), Some(DEVICE));
    let (_, named) = told.payload.iter().find(|(name, _)| name == "OrganizationIds").unwrap();
    assert_eq!(*named, Packed::Array(vec![id::CLIENT.to_string().into()]));
    assert_eq!(owner.next().await.unwrap().kind, 5, "its members hear of it as well");

    // What a client's own people do in it: nobody pushes that to a provider but this service.
    let client = world.access_token(Person::Owner).await;
    let group = json!({"name": "Night shift", "collections": [], "users": []});
    let path = format!("/api/organizations/{}/groups", id::CLIENT);
    assert_eq!(world.send(Method::POST, &path, Some(&client), group).await.0, StatusCode::OK);
    let told = staff.next_of(1000).await;
    let (_, named) = told.payload.iter().find(|(name, _)| name == "OrganizationIds").unwrap();
    assert_eq!(*named, Packed::Array(vec![id::CLIENT.to_string().into()]));

    // Another provider's people heard nothing of all that.
    make_folder(&world, &world.access_token(Person::StrangerAdmin).await).await;
    assert_eq!(stranger.next().await.unwrap().kind, 7);
}

#[tokio::test]
async fn who_gets_or_loses_a_place_is_told_to_get_a_fresh_token() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let mut pending = Ear::of(&world, &world.access_token(Person::Pending).await).await;
    let mut staff = Ear::of(&world, &world.access_token(Person::ServiceUser).await).await;
    assert_eq!(admin.post(&format!("/users/{PENDING}/confirm"), json!({"key": ukey()})).await, DONE);
    assert_eq!(pending.next().await.unwrap().kind, 6);
    assert_eq!(pending.next().await.unwrap().kind, 1000, "works there now");
    let told = staff.next().await.unwrap();
    assert_eq!((told.kind, told.text("ProviderId")), (1000, Some(id::PROVIDER.to_string().as_str())));
    let (_, named) = told.payload.iter().find(|(name, _)| name == "OrganizationIds").unwrap();
    assert_eq!(*named, Packed::Array(vec![]), "no client changed");
    assert_eq!(admin.delete(&format!("/users/{PENDING}")).await, DONE);
    assert_eq!(pending.next().await.unwrap().kind, 6);
    // The end of the provider, too.
    assert_eq!(admin.delete("").await, DONE);
    assert_eq!(staff.next_of(6).await.text("UserId"), Some(Person::ServiceUser.id().to_string().as_str()));
}

#[tokio::test]
async fn what_is_refused_changes_nothing_and_is_not_told() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let mut staff = Ear::of(&world, &world.access_token(Person::ServiceUser).await).await;
    // The bulk form removes nobody when no admin would stay, also not those who came before.
    let everybody = json!({"ids": [PENDING, crate::providers::desk::ADMIN]});
    assert_eq!(admin.post("/users/delete", everybody).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(
        admin.post(&format!("/organizations/{}/delete", id::OTHER_LINK), json!({})).await.0,
        StatusCode::BAD_REQUEST
    );
    make_folder(&world, &world.access_token(Person::ServiceUser).await).await;
    assert_eq!(staff.next().await.unwrap().kind, 7);
}

#[tokio::test]
async fn nobody_listens_without_a_good_token() {
    let world = World::start().await;
    let unauthorized = Some(StatusCode::UNAUTHORIZED);
    let token = world.access_token(Person::Member).await;
    let (head, tail) = token.rsplit_once('.').unwrap();
    let bent = format!("{head}.{}", tail.chars().rev().collect::<String>());
    for (query, bearer) in [
        (String::new(), None),
        ("?access_token=".into(), None),
        ("?access_token=nonsense".into(), None),
        (format!("?access_token={bent}"), None),
        (String::new(), Some(bent.as_str())),
    ] {
        assert_eq!(connect(&world, &query, bearer).await.err(), unauthorized, "{query}");
    }
    assert!(connect(&world, "", Some(&token)).await.is_ok(), "in a header as well");
    // The query is for the hub alone.
    let path = format!("/api/sync?access_token={token}");
    assert_eq!(answer(world.request(Method::GET, &path, None)).await.0, StatusCode::UNAUTHORIZED);
    // Without an upgrade there is nothing to hear.
    let plain = world.request(Method::GET, "/notifications/hub", Some(&token)).send().await.unwrap();
    assert_eq!(plain.status(), StatusCode::BAD_REQUEST);
    let (status, offered) = world
        .send(Method::POST, "/notifications/hub/negotiate?negotiateVersion=1", Some(&token), json!({}))
        .await;
    assert_eq!(status, StatusCode::OK);
    let path = format!("/notifications/hub/negotiate?negotiateVersion=1&access_token={token}");
    assert_eq!(world.send(Method::POST, &path, None, json!({})).await.0, StatusCode::OK);
    assert_eq!(keys(&offered), names("connectionId connectionToken negotiateVersion availableTransports"));
    assert_eq!(
        offered["availableTransports"],
        json!([{"transport": "WebSockets", "transferFormats": ["Text", "Binary"]}])
    );
}

/// `token` with another end, signed again with the key that the service keeps in this file.
fn ending_at(token: &str, end: i64, file: &std::path::Path) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let database = rusqlite::Connection::open(file).unwrap();
    let key: Vec<u8> = database
        .query_row("SELECT value FROM settings WHERE name = 'signing key'", [], |row| row.get(0))
        .unwrap();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(key));
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let mut claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    claims["exp"] = end.into();
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS256);
    header.typ = Some("at+jwt".into());
    let key = jsonwebtoken::EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    jsonwebtoken::encode(&header, &claims, &key).unwrap()
}

#[tokio::test]
async fn nobody_listens_with_a_token_whose_time_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let (world, file) = world_in(folder.path()).await;
    let session = world.sign_in(Person::Member).await;
    let good = session["access_token"].as_str().unwrap();
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let later = ending_at(good, now + 3_600, &file);
    assert!(connect(&world, &format!("?access_token={later}"), None).await.is_ok(), "signed as the real one");
    let over = ending_at(good, now - 1, &file);
    for (query, bearer) in [(format!("?access_token={over}"), None), (String::new(), Some(over.as_str()))] {
        let refused = connect(&world, &query, bearer).await.err();
        assert_eq!(refused, Some(StatusCode::UNAUTHORIZED));
    }
    // The session is not over: its refresh token brings one that is heard.
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", session["refresh_token"].as_str().unwrap()),
        ("client_id", "desktop"),
    ];
    let (status, renewed) = world.token(&form).await;
    assert_eq!(status, StatusCode::OK);
    let renewed = renewed["access_token"].as_str().unwrap();
    let mut ear = Ear::of(&world, renewed).await;
    make_folder(&world, renewed).await;
    assert_eq!(ear.next().await.unwrap().kind, 7);
}

#[tokio::test]
async fn another_protocol_is_refused_and_nonsense_ends_the_connection() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let mut socket = connect(&world, "", Some(&token)).await.unwrap();
    socket.send(Message::text("{\"protocol\":\"blazorpack\",\"version\":1}\u{1e}")).await.unwrap();
    let answer = socket.next().await.unwrap().unwrap();
    assert!(answer.is_text(), "who asks in text reads the reason as text");
    let answer = answer.into_data();
    assert!(answer.starts_with(b"{\"error\":"), "{answer:?}");
    while let Some(Ok(message)) = socket.next().await {
        assert!(message.is_close());
    }

    for said in [&[0x05_u8, 0x91][..], &[0x03, 0x92, 0x07, 0xc0], &[0xff; 40_000]] {
        let mut ear = Ear::of(&world, &token).await;
        ear.0.send(Message::binary(PING)).await.unwrap();
        // A connection that was ended may not take it any more.
        let _ = ear.0.send(Message::binary(said.to_vec())).await;
        assert_eq!(ear.next().await, None);
    }
}

/// As SignalR's own clients speak where nobody tells them otherwise.
#[tokio::test]
async fn who_asks_for_json_is_told_in_json() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let listening = token_from(&world, Person::Member, OTHER_DEVICE).await;
    let mut socket = connect(&world, &format!("?access_token={listening}"), None).await.unwrap();
    socket.send(Message::text("{\"protocol\":\"json\",\"version\":1}\u{1e}")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("{}\u{1e}"));
    socket.send(Message::text("{\"type\":6}\u{1e}")).await.unwrap();
    make_folder(&world, &token).await;
    let told = loop {
        let message = socket.next().await.unwrap().unwrap();
        let text = message.to_text().unwrap().strip_suffix('\u{1e}').unwrap();
        let message: serde_json::Value = serde_json::from_str(text).unwrap();
        match message["type"].as_i64().unwrap() {
            6 => assert_eq!(keys(&message), names("type")),
            _ => break message,
        }
    };
    assert_eq!(keys(&told), names("type target arguments"));
    assert_eq!((&told["type"], &told["target"]), (&json!(1), &json!("ReceiveMessage")));
    let told = &told["arguments"][0];
    assert_eq!(keys(told), names("contextId type payload"));
    assert_eq!((&told["contextId"], &told["type"]), (&json!(DEVICE), &json!(7)));
    assert_eq!(keys(&told["payload"]), names("id userId revisionDate"));
    assert_eq!(told["payload"]["userId"], json!(Person::Member.id()));

    socket.send(Message::text("{\"type\":7}\u{1e}")).await.unwrap();
    let ping = Message::text("{\"type\":6}\u{1e}");
    let mut end = socket.next().await.unwrap().unwrap();
    while end == ping {
        end = socket.next().await.unwrap().unwrap();
    }
    assert_eq!(end, Message::text("{\"type\":7}\u{1e}"));
}

#[tokio::test]
async fn the_end_of_the_sessions_is_told_and_ends_the_connections() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let mut ear = Ear::of(&world, &token_from(&world, Person::Member, OTHER_DEVICE).await).await;
    let secret = json!({"masterPasswordHash": Person::Member.password()});
    let (status, _) = world.send(Method::POST, "/api/accounts/security-stamp", Some(&token), secret).await;
    assert_eq!(status, StatusCode::OK);
    let told = ear.next().await.unwrap();
    assert_eq!((told.kind, told.context.as_deref()), (11, Some(DEVICE)));
    assert_eq!(ear.next().await, None);
}

#[tokio::test]
async fn a_service_that_stops_sends_its_listeners_away() {
    let world = World::start().await;
    let mut ear = Ear::of(&world, &world.access_token(Person::Member).await).await;
    let (_, heard) = tokio::join!(world.running.stop(), ear.next());
    assert_eq!(heard, None);
}
