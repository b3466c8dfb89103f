//! The official client sends texts and files, and another one without an account receives them (protocol.md §2.10).

use std::path::Path;

use portico_crypto::Kdf;
use portico_tests::person::register;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::bw::{Bw, Refused};
use crate::world::{World, text};

const EMAIL: &str = "nadia@brightwater.example";
const PASSWORD: &str = "Correct horse battery 9";

/// Nadia, signed in with the official client.
async fn sender(world: &World) -> Bw {
    register(world.plain(), EMAIL, PASSWORD, &Kdf::pbkdf2(600_000).unwrap()).await;
    let mut bw = world.bw();
    bw.login(EMAIL, PASSWORD);
    bw
}

fn text_send(more: Value) -> Value {
    let mut send = json!({
        "object": "send", "name": "Door code", "notes": "For Friday", "type": 0,
        "text": {"text": "4711 then star", "hidden": false}, "file": null, "maxAccessCount": null,
        "deletionDate": in_days(7), "expirationDate": null, "password": null, "emails": null, "disabled": false,
        "hideEmail": false,
    });
    send.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    send
}

fn in_days(days: i64) -> String {
    (OffsetDateTime::now_utc() + Duration::days(days)).format(&Rfc3339).unwrap()
}

fn create(bw: &Bw, more: Value) -> Value {
    bw.send(&["send", "create"], &text_send(more))
}

fn list(bw: &Bw) -> Vec<Value> {
    bw.told(&["send", "list"])["data"].as_array().unwrap().clone()
}

/// What somebody with nothing but the link reads, or why not.
fn received(recipient: &Bw, send: &Value, words: &[&str]) -> Result<Value, String> {
    let url = text(&send["accessUrl"]);
    let mut all = vec!["send", "receive", url.as_str(), "--obj"];
    all.extend(words);
    recipient.ask(&all).map_err(|Refused(message)| message)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_sent_received_changed_and_taken_back() {
    let world = World::start().await;
    let bw = sender(&world).await;
    let recipient = world.bw();
    let send = create(&bw, json!({}));
    assert_eq!((&send["name"], &send["text"]["text"]), (&json!("Door code"), &json!("4711 then star")));
    assert_eq!(list(&bw).len(), 1);
    let id = text(&send["id"]);
    assert_eq!(bw.told(&["send", "get", &id])["notes"], "For Friday");

    let got = received(&recipient, &send, &[]).unwrap();
    assert_eq!((&got["name"], &got["text"]["text"]), (&json!("Door code"), &json!("4711 then star")));
    bw.told(&["sync"]);
    assert_eq!(bw.told(&["send", "get", &id])["accessCount"], 1);

    let mut changed = bw.told(&["send", "get", &id]);
    changed["name"] = json!("Door code (new)");
    changed["text"]["text"] = json!("0815");
    changed["maxAccessCount"] = json!(3);
    bw.send(&["send", "edit"], &changed);
    let got = received(&recipient, &send, &[]).unwrap();
    assert_eq!((&got["name"], &got["text"]["text"]), (&json!("Door code (new)"), &json!("0815")));
    received(&recipient, &send, &[]).unwrap();
    assert_eq!(received(&recipient, &send, &[]).unwrap_err(), "Not found.", "three were allowed");

    // Our own client syncs beside it and passes over what it does not show.
    let own = world.own_client_of(EMAIL, PASSWORD).await;
    assert_eq!(own.unlocked.picture().items().len(), 0);

    bw.told(&["send", "delete", &id]);
    assert_eq!(list(&bw).len(), 0);
    bw.told(&["sync"]);
    assert_eq!(list(&bw).len(), 0);
    assert_eq!(received(&recipient, &send, &[]).unwrap_err(), "Not found.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_asked_for_until_it_is_removed() {
    let world = World::start().await;
    let bw = sender(&world).await;
    let recipient = world.bw();
    let send = create(&bw, json!({"password": "open sesame"}));
    assert_eq!(send["passwordSet"], true);
    assert_eq!(received(&recipient, &send, &[]).unwrap_err(), "Password required");
    // By a file: `bw send` has a `--password` of its own, which takes it from `receive`.
    let folder = tempfile::tempdir().unwrap();
    let typed = |password: &str| {
        let file = folder.path().join("password");
        std::fs::write(&file, password).unwrap();
        received(&recipient, &send, &["--passwordfile", file.to_str().unwrap()])
    };
    assert_eq!(typed("open barley").unwrap_err(), "Invalid password");
    let got = typed("open sesame").unwrap();
    assert_eq!(got["text"]["text"], "4711 then star");

    bw.told(&["send", "remove-password", &text(&send["id"])]);
    // A fresh client, which has no token from before.
    let got = received(&world.bw(), &send, &[]).unwrap();
    assert_eq!(got["text"]["text"], "4711 then star");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_arrives_as_it_was_sent() {
    let world = World::start().await;
    let bw = sender(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let content: Vec<u8> = (0..300_000_usize).map(|at| (at * 31 + at / 251) as u8).collect();
    let sent = folder.path().join("floor plan.pdf");
    std::fs::write(&sent, &content).unwrap();
    let body = text_send(json!({"type": 1, "text": null, "file": {"fileName": sent.to_str().unwrap()}}));
    let send = bw.send(&["send", "create"], &body);
    assert_eq!(send["file"]["fileName"], "floor plan.pdf");

    let fetched = folder.path().join("fetched.pdf");
    let output = fetched.to_str().unwrap();
    let url = text(&send["accessUrl"]);
    world.bw().told(&["send", "receive", &url, "--output", output]);
    assert!(std::fs::read(Path::new(output)).unwrap() == content);
    bw.told(&["send", "delete", &text(&send["id"])]);
    assert_eq!(list(&bw).len(), 0);
}
