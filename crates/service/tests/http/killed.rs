//! The process dies at any moment; what it had answered is kept.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use portico_service::{Config, Store, running};
use reqwest::StatusCode;
use serde_json::json;

use crate::attachments::{files_beside, form};
use crate::support::*;

const FILE: &str = "PORTICO_SERVICE_TEST_FILE";

/// Run as a test it does nothing; run by the test below it is the service.
#[tokio::test]
async fn service_process() {
    let Ok(file) = std::env::var(FILE) else { return };
    let running = running::start(Store::open(file).unwrap(), Config::without_delay()).await.unwrap();
    println!("listening {}", running.base_url());
    std::future::pending::<()>().await;
}

pub struct Process {
    child: Child,
    pub base: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn start(file: &Path) -> Process {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["killed::service_process", "--exact", "--nocapture"])
        .env(FILE, file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let listening = lines
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("listening ")?.1.trim().trim_end_matches('/').to_owned()));
    Process { base: listening.unwrap(), child }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_survives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.sqlite3");
    fill(&Store::open(&file).unwrap());
    let http = http_client();
    let mut kept: Vec<String> = Vec::new();
    for round in 0..4 {
        let process = start(&file);
        let base = process.base.clone();
        for token in &kept {
            let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
            let answer =
                http.post(format!("{base}/identity/connect/token")).form(&form).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "round {round}: a session was lost");
        }
        let (answered, answers) = std::sync::mpsc::channel();
        let client = http.clone();
        let signing_in = tokio::spawn(async move {
            loop {
                let request = client
                    .post(format!("{base}/identity/connect/token"))
                    .header("Bitwarden-Client-Version", "2026.8.0")
                    .form(&password_grant(Person::Member));
                let Ok(answer) = request.send().await else { return };
                let Ok(body) = answer.json::<serde_json::Value>().await else { return };
                answered.send(body["refresh_token"].as_str().unwrap().to_owned()).unwrap();
            }
        });
        // At another point of the work each time, with a write under way.
        kept.push(tokio::task::block_in_place(|| answers.recv_timeout(Duration::from_secs(60))).unwrap());
        tokio::time::sleep(Duration::from_millis(37 * round)).await;
        drop(process);
        signing_in.await.unwrap();
        kept.extend(answers.try_iter());
    }
    let database = rusqlite::Connection::open(&file).unwrap();
    let sound: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let sessions: usize = database
        .query_row("SELECT count(*) FROM refresh_tokens", [], |row| row.get::<_, i64>(0))
        .unwrap() as usize;
    assert!(sessions >= kept.len(), "{sessions} kept of {} answered", kept.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_and_the_mails_survive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.sqlite3");
    fill(&Store::open(&file).unwrap());
    let http = http_client();
    let sign_in = async |base: &str, person: Person, hash: &str| {
        let mut form = password_grant(person);
        form[2].1 = hash.into();
        let request = http
            .post(format!("{base}/identity/connect/token"))
            .header("Bitwarden-Client-Version", "2026.8.0")
            .form(&form);
        answer(request).await
    };
    let mut hash = Person::Member.password();
    let mut mails = 0;
    for round in 0..3 {
        let process = start(&file);
        let base = process.base.clone();
        let (status, session) = sign_in(&base, Person::Member, &hash).await;
        assert_eq!(status, StatusCode::OK, "round {round}: the password that was answered for is lost");
        let (_, admin) = sign_in(&base, Person::ProviderAdmin, &Person::ProviderAdmin.password()).await;
        let client = http.clone();
        let asking = tokio::spawn({
            let base = base.clone();
            async move {
                let mut answered = 0;
                loop {
                    let invite =
                        json!({"emails": [format!("{round}-{answered}@kestrel.example")], "type": 1});
                    let request = client
                        .post(format!("{base}/api/providers/{}/users/invite", id::PROVIDER))
                        .bearer_auth(admin["access_token"].as_str().unwrap())
                        .json(&invite);
                    match request.send().await {
                        Ok(answer) if answer.status() == StatusCode::OK => answered += 1,
                        _ => return answered,
                    }
                }
            }
        });
        let new = format!("round {round}");
        let change = json!({"masterPasswordHash": hash, "newMasterPasswordHash": new, "key": enc("newkey")});
        let request = http
            .post(format!("{base}/api/accounts/password"))
            .bearer_auth(session["access_token"].as_str().unwrap())
            .json(&change);
        assert_eq!(answer(request).await.0, StatusCode::OK);
        // At once, with mails being written.
        drop(process);
        mails += asking.await.unwrap();
        hash = new;
    }
    let kept = Store::open(&file).unwrap().outbox().unwrap();
    let kept = kept.iter().filter(|mail| mail.kind == "providerInvitation").count();
    assert!(kept >= mails, "{kept} kept of {mails} answered");
    let process = start(&file);
    assert_eq!(sign_in(&process.base, Person::Member, &hash).await.0, StatusCode::OK);
    assert_eq!(sign_in(&process.base, Person::Member, "round 1").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_acknowledged_is_whole_and_no_half_file_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.sqlite3");
    fill(&Store::open(&file).unwrap());
    let http = http_client();
    let content: Vec<u8> = (0..700_000_usize).map(|at| (at * 31 + at / 251) as u8).collect();
    let path = format!("/api/ciphers/{}/attachment", id::WIKI_LOGIN);
    let mut kept: Vec<String> = Vec::new();
    for round in 0..4 {
        let process = start(&file);
        let base = process.base.clone();
        let sign_in = http
            .post(format!("{base}/identity/connect/token"))
            .header("Bitwarden-Client-Version", "2026.8.0")
            .form(&password_grant(Person::CustomBare));
        let (_, session) = answer(sign_in).await;
        let token = session["access_token"].as_str().unwrap().to_owned();
        let get = async |url: String| http.get(url).bearer_auth(&token).send().await.unwrap();
        for id in &kept {
            let link: serde_json::Value = get(format!("{base}{path}/{id}")).await.json().await.unwrap();
            // The process listens elsewhere each time, and the link names where it does now.
            let bytes = get(link["url"].as_str().unwrap().to_owned()).await.bytes().await.unwrap();
            assert!(bytes == content, "round {round}: {id} is not what was sent");
        }
        let item: serde_json::Value =
            get(format!("{base}/api/ciphers/{}", id::WIKI_LOGIN)).await.json().await.unwrap();
        let listed = item["attachments"].as_array().unwrap().len();
        assert_eq!(files_beside(&file).len(), listed, "round {round}: what is not listed was swept away");
        assert!(listed > kept.len(), "round {round}: the world's own file is there, too");

        let (answered, answers) = std::sync::mpsc::channel();
        let (client, url, content) = (http.clone(), format!("{base}{path}"), content.clone());
        let sending = tokio::spawn(async move {
            let mut known = listed;
            loop {
                let request = client.post(&url).bearer_auth(&token);
                let request = form(request, Some(&enc("k")), &enc("n"), &content);
                let Ok(answer) = request.send().await else { return };
                let Ok(item) = answer.json::<serde_json::Value>().await else { return };
                let files = item["attachments"].as_array().unwrap();
                known += 1;
                assert!(files.len() >= known);
                answered.send(files.last().unwrap()["id"].as_str().unwrap().to_owned()).unwrap();
            }
        });
        kept.push(tokio::task::block_in_place(|| answers.recv_timeout(Duration::from_secs(60))).unwrap());
        tokio::time::sleep(Duration::from_millis(11 * round)).await;
        drop(process);
        sending.await.unwrap();
        kept.extend(answers.try_iter());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_and_how_often_they_were_opened_survive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.sqlite3");
    fill(&Store::open(&file).unwrap());
    let http = http_client();
    let deletes = (time::OffsetDateTime::now_utc() + time::Duration::days(7))
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    let text = json!({"type": 0, "name": enc("name"), "key": enc("key"), "deletionDate": deletes,
        "text": {"text": enc("text"), "hidden": false}, "disabled": false});
    // Access ids of Sends whose making was answered, each opened once with an answer.
    let mut kept: Vec<String> = Vec::new();
    for round in 0..3 {
        let process = start(&file);
        let base = process.base.clone();
        let sign_in = http
            .post(format!("{base}/identity/connect/token"))
            .header("Bitwarden-Client-Version", "2026.8.0")
            .form(&password_grant(Person::Member));
        let token = answer(sign_in).await.1["access_token"].as_str().unwrap().to_owned();
        let list = answer(http.get(format!("{base}/api/sends")).bearer_auth(&token)).await.1;
        let found = list["data"].as_array().unwrap();
        for id in &kept {
            let send = found.iter().find(|send| send["accessId"] == json!(id));
            let send = send.unwrap_or_else(|| panic!("round {round}: {id} is lost"));
            assert_eq!(send["accessCount"], 1, "round {round}: an access was forgotten");
        }
        let (answered, answers) = std::sync::mpsc::channel();
        let (client, text) = (http.clone(), text.clone());
        let sending = tokio::spawn(async move {
            loop {
                let create = client.post(format!("{base}/api/sends")).bearer_auth(&token).json(&text);
                let Ok(made) = create.send().await else { return };
                let Ok(made) = made.json::<serde_json::Value>().await else { return };
                let id = made["accessId"].as_str().unwrap().to_owned();
                let open = client.post(format!("{base}/api/sends/access/{id}")).json(&json!({}));
                let Ok(opened) = open.send().await else { return };
                assert_eq!(opened.status(), StatusCode::OK);
                answered.send(id).unwrap();
            }
        });
        kept.push(tokio::task::block_in_place(|| answers.recv_timeout(Duration::from_secs(60))).unwrap());
        // With one under way.
        drop(process);
        sending.await.unwrap();
        kept.extend(answers.try_iter());
    }
    assert!(kept.len() >= 3);
}

#[tokio::test]
async fn a_file_is_opened_again_with_the_same_keys() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.sqlite3");
    fill(&Store::open(&file).unwrap());
    let first = World::over(Store::open(&file).unwrap(), Config::without_delay()).await;
    let token = first.access_token(Person::Member).await;
    let stranger = json!({"email": "nobody@brightwater.example"});
    let answer = first.post("/identity/accounts/prelogin", stranger.clone()).await;
    first.running.stop().await.unwrap();

    let second = World::over(Store::open(&file).unwrap(), Config::without_delay()).await;
    second.get("/api/sync", &token).await;
    assert_eq!(second.post("/identity/accounts/prelogin", stranger).await, answer);
}

#[test]
fn a_file_of_a_later_version_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.sqlite3");
    fill(&Store::open(&file).unwrap());
    let database = rusqlite::Connection::open(&file).unwrap();
    database.pragma_update(None, "user_version", 1000).unwrap();
    drop(database);
    let before = std::fs::read(&file).unwrap();
    let refused = Store::open(&file).err().unwrap();
    assert!(matches!(refused, portico_service::OpenStoreError::Newer { found: 1000, .. }), "{refused}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

/// What a provider was told is done is there, and done to its end: no client without its owner, its collection or its line
/// in the log.
#[tokio::test(flavor = "multi_thread")]
async fn clients_that_were_answered_for_survive_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.sqlite3");
    fill(&Store::open(&file).unwrap());
    let http = http_client();
    let mut answered: Vec<String> = Vec::new();
    for round in 0..3 {
        let process = start(&file);
        let base = process.base.clone();
        let request = http
            .post(format!("{base}/identity/connect/token"))
            .header("Bitwarden-Client-Version", "2026.8.0")
            .form(&password_grant(Person::ProviderAdmin));
        let token = answer(request).await.1["access_token"].as_str().unwrap().to_owned();
        let (done, names) = std::sync::mpsc::channel();
        let client = http.clone();
        let creating = tokio::spawn(async move {
            for number in 0.. {
                let name = format!("Client {round}.{number}");
                let mut body = crate::providers::clients::new_client(17, 2);
                body["name"] = json!(name);
                let path = format!("{base}/api/providers/{}/clients", id::PROVIDER);
                let Ok(answer) = client.post(path).bearer_auth(&token).json(&body).send().await else {
                    return;
                };
                assert_eq!(answer.status(), StatusCode::OK);
                done.send(name).unwrap();
            }
        });
        answered.push(tokio::task::block_in_place(|| names.recv_timeout(Duration::from_secs(60))).unwrap());
        tokio::time::sleep(Duration::from_millis(23 * round)).await;
        drop(process);
        creating.await.unwrap();
        answered.extend(names.try_iter());
    }
    let database = rusqlite::Connection::open(&file).unwrap();
    let kept: Vec<String> = database
        .prepare("SELECT name FROM organizations WHERE name LIKE 'Client %'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for name in &answered {
        assert!(kept.contains(name), "{name} was lost");
    }
    // Whether answered or not: whole or not at all.
    let whole: i64 = database
        .query_row(
            "SELECT count(*) FROM organizations o
             JOIN provider_organizations l ON l.organization_id = o.id
             JOIN members m ON m.organization_id = o.id AND m.type = 0 AND m.status = 0
             JOIN collection_members g ON g.member_id = m.id AND g.manage
             JOIN events e ON e.type = 1900 AND e.provider_organization_id = l.id
             WHERE o.name LIKE 'Client %'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(whole as usize, kept.len());
    let mails: i64 = database
        .query_row("SELECT count(*) FROM outbox WHERE kind = 'organizationInvitation'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mails as usize, kept.len());
}
