//! The process dies in the middle of writing items, folders, members, groups and policies: what it had answered is kept, and
//! nothing is kept by half.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portico_service::Store;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::killed::start;
use crate::support::*;

/// What was acknowledged last, by kind and name.
type Answered = Arc<Mutex<BTreeMap<(&'static str, String), Value>>>;

/// Somebody who writes until nobody answers.
#[derive(Clone)]
struct Writer {
    http: reqwest::Client,
    base: String,
    token: String,
    answered: Answered,
}

impl Writer {
    async fn sign_in(http: &reqwest::Client, base: &str, person: Person, answered: &Answered) -> Writer {
        let request = http
            .post(format!("{base}/identity/connect/token"))
            .header("Bitwarden-Client-Version", "2026.8.0")
            .form(&password_grant(person));
        let (status, session) = answer(request).await;
        assert_eq!(status, StatusCode::OK, "{person:?}");
        let token = session["access_token"].as_str().unwrap().to_owned();
        Writer { http: http.clone(), base: base.to_owned(), token, answered: answered.clone() }
    }

    /// The answer, if there is one.
    async fn send(&self, method: Method, path: &str, body: &Value) -> Option<Value> {
        let request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token);
        let response = request.json(body).send().await.ok()?;
        let status = response.status();
        let text = response.bytes().await.ok()?;
        assert_eq!(status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&text));
        Some(serde_json::from_slice(&text).unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        answer(self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token)).await.1
    }

    /// Puts down that `kind` of `name` was answered for; null where it was deleted.
    fn keep(&self, kind: &'static str, name: &str, is: Value) {
        self.answered.lock().unwrap().insert((kind, name.to_owned()), is);
    }

    /// Before something is asked for that makes an earlier answer void, whether it is carried out or not.
    fn forget(&self, kind: &'static str, name: &str) {
        self.answered.lock().unwrap().remove(&(kind, name.to_owned()));
    }
}

/// Who was invited before.
const INVITED: Uuid = Uuid::from_u128(0x2ff);

fn of_client(path: &str) -> String {
    format!("/api/organizations/{}{path}", id::CLIENT)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Makes one, changes it, and makes two more, of which one goes: until nobody answers.
async fn write_items(writer: Writer, round: u32) -> Option<()> {
    for number in 0.. {
        let mut item = crate::ciphers::login_request();
        item["name"] = json!(enc(&format!("i{round}x{number}")));
        let made = writer.send(Method::POST, "/api/ciphers", &item).await?;
        let id = text(&made["id"]);
        writer.keep("item", &id, item["name"].clone());
        let path = format!("/api/ciphers/{id}");
        item["name"] = json!(enc(&format!("changed{round}x{number}")));
        writer.forget("item", &id);
        writer.send(Method::PUT, &path, &item).await?;
        writer.keep("item", &id, item["name"].clone());
        if number % 3 == 2 {
            writer.forget("item", &id);
            writer.send(Method::DELETE, "/api/ciphers", &json!({"ids": [id]})).await?;
            writer.keep("item", &id, Value::Null);
        }
    }
    None
}

async fn write_folders(writer: Writer, round: u32) -> Option<()> {
    for number in 0.. {
        let name = json!({"name": enc(&format!("f{round}x{number}"))});
        let made = writer.send(Method::POST, "/api/folders", &name).await?;
        let id = text(&made["id"]);
        writer.keep("folder", &id, name["name"].clone());
        if number % 3 == 2 {
            writer.forget("folder", &id);
            writer.send(Method::DELETE, &format!("/api/folders/{id}"), &Value::Null).await?;
            writer.keep("folder", &id, Value::Null);
        }
    }
    None
}

async fn write_members(writer: Writer, round: u32) -> Option<()> {
    for number in 0.. {
        let email = format!("m{round}x{number}@harbour.example");
        let invite = json!({"emails": [email], "type": 2, "groups": [id::GROUP], "accessSecretsManager": false,
            "collections": [{"id": id::WIKI, "readOnly": true, "hidePasswords": false, "manage": false}]});
        writer.send(Method::POST, &of_client("/users/invite"), &invite).await?;
        writer.keep("member", &email, json!(2));
        // Another role, the same person each time.
        let role = json!({"type": if number % 2 == 0 { 4 } else { 2 }, "permissions": {}, "collections": []});
        let path = of_client(&format!("/users/{}", Person::CustomAudit.member_id()));
        let name = Person::CustomAudit.email();
        writer.forget("member", &name);
        writer.send(Method::PUT, &path, &role).await?;
        writer.keep("member", &name, role["type"].clone());
    }
    None
}

async fn write_groups(writer: Writer, round: u32) -> Option<()> {
    for number in 0.. {
        let name = format!("g{round}x{number}");
        let group = json!({"name": name, "users": [Person::Member.member_id()],
            "collections": [{"id": id::WIKI, "readOnly": true, "hidePasswords": false, "manage": false}]});
        let made = writer.send(Method::POST, &of_client("/groups"), &group).await?;
        writer.keep("group", &name, json!(true));
        if number % 3 == 2 {
            writer.forget("group", &name);
            let path = of_client(&format!("/groups/{}", text(&made["id"])));
            writer.send(Method::DELETE, &path, &Value::Null).await?;
            writer.keep("group", &name, Value::Null);
        }
    }
    None
}

async fn write_policies(writer: Writer) -> Option<()> {
    for number in 0.. {
        let length = 12 + number % 100;
        let policy = json!({"policy": {"enabled": true, "data": {"minLength": length}}, "metadata": null});
        writer.forget("policy", "1");
        writer.send(Method::PUT, &of_client("/policies/1"), &policy).await?;
        writer.keep("policy", "1", json!(length));
    }
    None
}

/// What the service tells after it was started again.
async fn told(member: &Writer, staff: &Writer) -> BTreeMap<(&'static str, String), Value> {
    let mut all = BTreeMap::new();
    let mut take = |kind, list: &Value, key: &str, value: &dyn Fn(&Value) -> Value| {
        for one in list.as_array().unwrap() {
            all.insert((kind, text(&one[key])), value(one));
        }
    };
    let sync = member.get("/api/sync").await;
    take("item", &sync["ciphers"], "id", &|item| item["name"].clone());
    take("folder", &sync["folders"], "id", &|folder| folder["name"].clone());
    let members = staff.get(&of_client("/users?includeGroups=true&includeCollections=true")).await;
    take("member", &members["data"], "email", &|member| member["type"].clone());
    let groups = staff.get(&of_client("/groups/details")).await;
    take("group", &groups["data"], "name", &|_| json!(true));
    let policy = staff.get(&of_client("/policies/1")).await;
    all.insert(("policy", "1".into()), policy["data"]["minLength"].clone());

    // Answered or not: whole or not at all.
    let grants = |list: &Value, is_ours: fn(&Value) -> bool| -> BTreeSet<String> {
        let made = list.as_array().unwrap().iter().filter(|one| is_ours(one));
        made.map(|one| json!([one["collections"].as_array().unwrap().len(), one["groups"]]).to_string())
            .collect()
    };
    let invited = grants(&members["data"], |one| one["status"] == 0 && one["id"] != json!(INVITED));
    let whole = json!([1, [id::GROUP]]).to_string();
    assert!(invited.iter().all(|one| *one == whole), "{invited:?}");
    let made = grants(&groups["data"], |one| one["id"] != json!(id::GROUP));
    let whole = json!([1, null]).to_string();
    assert!(made.iter().all(|one| *one == whole), "{made:?}");
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_that_was_answered_survives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.sqlite3");
    fill(&Store::open(&file).unwrap());
    let http = http_client();
    let database = rusqlite::Connection::open(&file).unwrap();
    database.execute("UPDATE organizations SET seats = 100000", []).unwrap();
    drop(database);
    let answered = Answered::default();
    for round in 0..5 {
        let process = start(&file);
        let member = Writer::sign_in(&http, &process.base, Person::Member, &answered).await;
        let staff = Writer::sign_in(&http, &process.base, Person::ServiceUser, &answered).await;
        check(&answered, &told(&member, &staff).await, round);
        let before = answered.lock().unwrap().len();
        let writing = [
            tokio::spawn(write_items(member.clone(), round)),
            tokio::spawn(write_folders(member, round)),
            tokio::spawn(write_members(staff.clone(), round)),
            tokio::spawn(write_groups(staff.clone(), round)),
            tokio::spawn(write_policies(staff)),
        ];
        // Until each of them has been answered for something; then at another point of the work each time.
        let has_begun = || {
            let answered = answered.lock().unwrap();
            let kinds: BTreeSet<_> = answered.keys().map(|(kind, _)| *kind).collect();
            kinds.len() >= 4 && answered.len() > before + 10
        };
        let begun = tokio::time::timeout(Duration::from_secs(60), async {
            while !has_begun() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        begun.await.expect("writes are answered");
        tokio::time::sleep(Duration::from_millis(41 * u64::from(round))).await;
        drop(process);
        for one in writing {
            one.await.unwrap();
        }
    }
    for (kind, least) in [("item", 10), ("folder", 10), ("member", 10), ("group", 10)] {
        let answered = answered.lock().unwrap();
        let count = answered.keys().filter(|(one, _)| *one == kind).count();
        assert!(count >= least, "{count} of {kind}");
    }
    let process = start(&file);
    let member = Writer::sign_in(&http, &process.base, Person::Member, &answered).await;
    let staff = Writer::sign_in(&http, &process.base, Person::ServiceUser, &answered).await;
    check(&answered, &told(&member, &staff).await, 5);
    let database = rusqlite::Connection::open(&file).unwrap();
    let sound: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let loose: i64 =
        database.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(loose, 0);
}

fn check(answered: &Answered, told: &BTreeMap<(&'static str, String), Value>, round: u32) {
    for (what, is) in &*answered.lock().unwrap() {
        let found = told.get(what).unwrap_or(&Value::Null);
        assert_eq!(found, is, "round {round}: {what:?} was answered for");
    }
}
