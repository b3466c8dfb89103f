//! Files that hang on items, byte for byte: what the official client attaches ours saves, and what is sealed with our keys
//! the official client saves (protocol.md §2.7, §4.2).

use std::collections::BTreeSet;
use std::path::Path;

use portico_crypto::{Kdf, SymmetricKey};
use portico_tests::person::{Person, register};
use portico_vault::{ItemKind, NewItem, SealWith, seal_item};
use reqwest::Method;
use serde_json::{Value, json};

use crate::bw::Bw;
use crate::world::{World, text};
use crate::writing::note_item;

const EMAIL: &str = "kofi@brightwater.example";
const PASSWORD: &str = "Correct horse battery 9";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_back_as_it_was_whoever_attached_it() {
    let world = World::start().await;
    register(world.plain(), EMAIL, PASSWORD, &Kdf::pbkdf2(600_000).unwrap()).await;
    let mut bw = world.bw();
    bw.login(EMAIL, PASSWORD);
    let item = text(&bw.send(&["create", "item"], &note_item("With a file"))["id"]);
    let folder = tempfile::tempdir().unwrap();
    let plan = content(200_000, 1);
    attach(&bw, &item, &folder.path().join("plan – été.txt"), &plan);
    let ours = attached_by_ours(&world).await;
    bw.told(&["sync"]);

    let own = world.own_client_of(EMAIL, PASSWORD).await;
    let picture = own.unlocked.picture();
    let with_files = picture.items().iter().filter(|item| item.has_attachments).count();
    assert_eq!(with_files, 1 + ours.iter().map(|(item, ..)| item).collect::<BTreeSet<_>>().len());
    let there = picture.item(item.parse().unwrap()).unwrap();
    let [attached] = there.attachments() else { panic!("one file is attached") };
    assert_eq!(attached.file_name.value().unwrap(), "plan – été.txt");
    assert!(own.saved(&item, "plan – été.txt").await == plan, "ours saves what theirs attached");
    assert!(saved_by_theirs(&bw, &item, "plan – été.txt") == plan, "theirs saves what theirs attached");
    for (item, name, content) in &ours {
        assert!(saved_by_theirs(&bw, item, name) == *content, "theirs saves {name}");
        assert!(own.saved(item, name).await == *content, "ours saves {name}");
    }

    bw.told(&["delete", "attachment", &attached.id, "--itemid", &item]);
    bw.told(&["sync"]);
    assert_eq!(bw.told(&["get", "item", &item])["attachments"].as_array().map_or(0, Vec::len), 0);
}

/// Item, name and content of each file. The items: one with a key of its own, and one of before there were such keys. The
/// files: with a key of their own, announced and then sent, and one of before there were such keys, sent at once.
async fn attached_by_ours(world: &World) -> Vec<(String, String, Vec<u8>)> {
    let person = Person::signed_in(world.plain(), EMAIL, PASSWORD).await;
    let mut attached = Vec::new();
    for (with, name, length) in [
        // Sizes that fill the last block, and that have nothing in it.
        (SealWith::ItemKey, "recovery codes.bin", 65_536),
        (SealWith::OwnerKey, "empty.txt", 0),
    ] {
        let item = NewItem::new(ItemKind::LOGIN, format!("For {name}"));
        let sealed = seal_item(&item, &person.user_key, with).unwrap();
        let above = match &sealed.key {
            Some(own) => person.user_key.open_key(own).unwrap(),
            None => SymmetricKey::from_array(person.user_key.expose()),
        };
        let item = serde_json::to_value(sealed).unwrap();
        let item = text(&person.call(Method::POST, "api/ciphers", item).await["id"]);
        let (content, key, sealed_name) =
            (content(length, length + 2), SymmetricKey::generate(), above.seal_text(name));
        let sealed = key.seal_binary(&content);
        let announced = json!({
            "key": above.seal_key(&key), "fileName": sealed_name, "fileSize": sealed.len(), "adminRequest": false,
        });
        let path = format!("api/ciphers/{item}/attachment");
        let told = person.call(Method::POST, &format!("{path}/v2"), announced).await;
        let path = format!("{path}/{}", text(&told["attachmentId"]));
        person.send_file(&path, &sealed_name, None, &sealed).await;
        attached.push((item, name.to_owned(), content));
    }
    let (item, ..) = attached.last().unwrap().clone();
    let (name, content) = ("scan of 2016.pdf", content(54_321, 5));
    let sealed_name = person.user_key.seal_text(name);
    let path = format!("api/ciphers/{item}/attachment");
    person.send_file(&path, &sealed_name, None, &person.user_key.seal_binary(&content)).await;
    attached.push((item, name.to_owned(), content));
    attached
}

/// Has the official client attach a file.
pub fn attach(bw: &Bw, item: &str, file: &Path, content: &[u8]) -> Value {
    std::fs::write(file, content).unwrap();
    bw.told(&["create", "attachment", "--file", file.to_str().unwrap(), "--itemid", item])
}

/// What the official client keeps of a file.
pub fn saved_by_theirs(bw: &Bw, item: &str, name: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("saved");
    bw.told(&["get", "attachment", name, "--itemid", item, "--output", file.to_str().unwrap()]);
    std::fs::read(file).unwrap()
}

/// Bytes in which no piece is like another; other ones for another seed.
pub fn content(length: usize, seed: usize) -> Vec<u8> {
    (0..length).map(|at| ((at + seed) * 31 + at / 251) as u8).collect()
}
