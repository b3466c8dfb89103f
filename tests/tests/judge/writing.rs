//! The official client writes and ours reads; ours seals and the official client reads. For accounts of both key
//! derivations, and with a personal API key.

use portico_crypto::Kdf;
use portico_tests::person::{Person, register};
use portico_vault::{FieldId, ItemKind, NewItem, NewWebsite, SealWith, Secret, seal_item};
use reqwest::Method;
use serde_json::{Value, json};

use crate::bw::Bw;
use crate::world::{OwnClient, World, text};

const PASSWORD: &str = "Correct horse battery 9";

#[tokio::test(flavor = "multi_thread")]
async fn what_the_official_client_writes_ours_reads_with_pbkdf2() {
    written_by_theirs("nadia@brightwater.example", &Kdf::pbkdf2(600_000).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_official_client_writes_ours_reads_with_argon2id() {
    written_by_theirs("omar@brightwater.example", &Kdf::argon2id(2, 32, 2).unwrap()).await;
}

async fn written_by_theirs(email: &str, kdf: &Kdf) {
    let world = World::start().await;
    register(world.plain(), email, PASSWORD, kdf).await;
    let mut bw = world.bw();
    bw.login(email, PASSWORD);

    let folder = text(&bw.send(&["create", "folder"], &json!({"name": "Home & garden"}))["id"]);
    let login = text(&bw.send(&["create", "item"], &login_item(&folder))["id"]);
    let card = text(&bw.send(&["create", "item"], &card_item())["id"]);
    let note = text(&bw.send(&["create", "item"], &note_item("Thrown away"))["id"]);
    let gone = text(&bw.send(&["create", "item"], &note_item("Gone for good"))["id"]);

    let mut edited = bw.told(&["get", "item", &login]);
    edited["name"] = json!("Registrar (new)");
    edited["login"]["password"] = json!("second password");
    bw.send(&["edit", "item", &login], &edited);
    bw.told(&["delete", "item", &note]);
    bw.told(&["delete", "item", &gone, "--permanent"]);
    assert_eq!(bw.list(&["items", "--trash"]).len(), 1);

    let own = world.own_client_of(email, PASSWORD).await;
    let picture = own.unlocked.picture();
    assert_eq!(picture.items().len(), 3);
    let overview = |id: &str| picture.items().iter().find(|item| item.id.to_string() == id).unwrap();
    assert_eq!(overview(&login).name.value().unwrap(), "Registrar (new)");
    assert_eq!(overview(&login).folder_id.unwrap().to_string(), folder);
    assert!(overview(&login).favorite && overview(&note).deleted_date.is_some());
    let (_, folder_name) = &picture.names().unwrap().folders[0];
    assert_eq!(folder_name.value().unwrap(), "Home & garden");
    assert_eq!(revealed(&own, &login, "login.password"), "second password");
    assert_eq!(revealed(&own, &login, "login.username"), "domains@brightwater.example");
    assert_eq!(revealed(&own, &login, "passwordHistory.0"), "first password");
    assert_eq!(revealed(&own, &login, "fields.0"), "4711");
    assert_eq!(revealed(&own, &card, "card.number"), "4111111111111111");

    bw.told(&["restore", "item", &note]);
    assert_eq!(bw.list(&["items", "--trash"]).len(), 0);
    bw.told(&["delete", "folder", &folder]);
    bw.told(&["sync"]);
    assert_eq!(bw.told(&["get", "item", &login])["folderId"], Value::Null);
    exported_and_imported(&world, &bw, email).await;
}

/// The export of one vault is the import of another.
async fn exported_and_imported(world: &World, bw: &Bw, email: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export.json");
    let file = file.to_str().unwrap();
    bw.told(&["export", "--format", "json", "--output", file]);
    let exported: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(exported["items"].as_array().unwrap().len(), 3);

    let other = format!("copy.{email}");
    register(world.plain(), &other, PASSWORD, &Kdf::pbkdf2(600_000).unwrap()).await;
    let mut second = world.bw();
    second.login(&other, PASSWORD);
    second.told(&["import", "bitwardenjson", file]);
    let own = world.own_client_of(&other, PASSWORD).await;
    let picture = own.unlocked.picture();
    let mut names: Vec<_> = picture.items().iter().map(|item| item.name.value().unwrap().clone()).collect();
    names.sort();
    assert_eq!(names, ["Company card", "Registrar (new)", "Thrown away"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ours_seals_the_official_client_reads_and_a_key_signs_in() {
    let world = World::start().await;
    let email = "ines@brightwater.example";
    register(world.plain(), email, PASSWORD, &Kdf::pbkdf2(600_000).unwrap()).await;
    let person = Person::signed_in(world.plain(), email, PASSWORD).await;
    let item = NewItem {
        notes: Some(Secret::from("renewed in March – ask Zoë")),
        values: vec![
            ("username", Secret::from("ines")),
            ("password", Secret::from("p\"ä\\ss🔑")),
            ("totp", Secret::from("JBSWY3DPEHPK3PXP")),
        ],
        websites: vec![NewWebsite { uri: "https://café.example/login".to_owned(), match_rule: None }],
        ..NewItem::new(ItemKind::LOGIN, "Café, intern")
    };
    let mut ids = Vec::new();
    for with in [SealWith::ItemKey, SealWith::OwnerKey] {
        let body = serde_json::to_value(seal_item(&item, &person.user_key, with).unwrap()).unwrap();
        ids.push(text(&person.call(Method::POST, "api/ciphers", body).await["id"]));
    }

    let key = person.call(Method::GET, "api/accounts/profile", Value::Null).await;
    let user = format!("user.{}", text(&key["id"]));
    let secret = json!({"masterPasswordHash": person.hash});
    let key = person.call(Method::POST, "api/accounts/api-key", secret).await;
    let mut bw = world.bw();
    bw.login_with_api_key(&user, &text(&key["apiKey"]), PASSWORD);
    for id in &ids {
        let told = bw.told(&["get", "item", id]);
        assert_eq!(told["name"], "Café, intern");
        assert_eq!(told["notes"], "renewed in March – ask Zoë");
        assert_eq!(told["login"]["username"], "ines");
        assert_eq!(told["login"]["password"], "p\"ä\\ss🔑");
        assert_eq!(told["login"]["uris"][0]["uri"], "https://café.example/login");
    }
    assert_eq!(bw.get("totp", &ids[0]).len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_goes_into_the_archive_and_back() {
    let world = World::start().await;
    let email = "yusuf@brightwater.example";
    register(world.plain(), email, PASSWORD, &Kdf::pbkdf2(600_000).unwrap()).await;
    let mut bw = world.bw();
    bw.login(email, PASSWORD);
    let note = text(&bw.send(&["create", "item"], &note_item("Old supplier"))["id"]);
    bw.send(&["create", "item"], &note_item("Current supplier"));

    bw.told(&["archive", "item", &note]);
    assert_eq!(names(&bw.list(&["items"])), ["Current supplier"]);
    assert_eq!(names(&bw.list(&["items", "--archived"])), ["Old supplier"]);
    assert!(bw.ask(&["archive", "item", &note]).is_err(), "it is there already");
    let archived = async || {
        let own = world.own_client_of(email, PASSWORD).await;
        let picture = own.unlocked.picture();
        let item = picture.items().iter().find(|item| item.id.to_string() == note).unwrap();
        (item.archived_date.is_some(), item.deleted_date.is_some())
    };
    assert_eq!(archived().await, (true, false));

    // Out of the trash it comes back to where it was, and from there to the others.
    bw.told(&["delete", "item", &note]);
    assert_eq!(archived().await, (true, true));
    bw.told(&["restore", "item", &note]);
    assert_eq!(archived().await, (true, false));
    bw.told(&["restore", "item", &note]);
    assert_eq!(archived().await, (false, false));
    bw.told(&["sync"]);
    assert_eq!(names(&bw.list(&["items"])), ["Current supplier", "Old supplier"]);
    assert_eq!(bw.list(&["items", "--archived"]), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_gets_another_name_and_items_go_in_and_out_of_it() {
    let world = World::start().await;
    let email = "greta@brightwater.example";
    register(world.plain(), email, PASSWORD, &Kdf::pbkdf2(600_000).unwrap()).await;
    let mut bw = world.bw();
    bw.login(email, PASSWORD);
    let folder = text(&bw.send(&["create", "folder"], &json!({"name": "Suppliers"}))["id"]);
    let note = text(&bw.send(&["create", "item"], &note_item("Printer lease"))["id"]);
    let mut filed = bw.told(&["get", "item", &note]);
    filed["folderId"] = json!(folder);
    bw.send(&["edit", "item", &note], &filed);
    bw.send(&["edit", "folder", &folder], &json!({"name": "Suppliers/Old"}));
    assert_eq!(bw.told(&["get", "folder", &folder])["name"], "Suppliers/Old");
    assert_eq!(names(&bw.list(&["items", "--folderid", &folder])), ["Printer lease"]);

    let own = world.own_client_of(email, PASSWORD).await;
    let picture = own.unlocked.picture();
    let folders = &picture.names().unwrap().folders;
    assert_eq!(folders[0].1.value().unwrap(), "Suppliers/Old");
    assert_eq!(picture.items()[0].folder_id, Some(folders[0].0));
}

fn login_item(folder: &str) -> Value {
    json!({
        "organizationId": null, "collectionIds": null, "folderId": folder, "type": 1, "name": "Registrar",
        "notes": "Renewals in March", "favorite": true, "reprompt": 0,
        "fields": [{"name": "Customer number", "value": "4711", "type": 1}],
        "login": {
            "uris": [{"match": null, "uri": "https://registrar.example/login"}],
            "username": "domains@brightwater.example", "password": "first password", "totp": "JBSWY3DPEHPK3PXP",
        },
        "secureNote": null, "card": null, "identity": null,
    })
}

fn card_item() -> Value {
    json!({
        "organizationId": null, "folderId": null, "type": 3, "name": "Company card", "notes": null,
        "favorite": false, "reprompt": 0, "fields": [], "login": null, "secureNote": null, "identity": null,
        "card": {
            "cardholderName": "Nadia Haddad", "brand": "visa", "number": "4111111111111111", "expMonth": "4",
            "expYear": "2031", "code": "123",
        },
    })
}

pub fn note_item(name: &str) -> Value {
    json!({
        "organizationId": null, "folderId": null, "type": 2, "name": name, "notes": "a note", "favorite": false,
        "reprompt": 0, "fields": [], "login": null, "secureNote": {"type": 0}, "card": null, "identity": null,
    })
}

/// Sorted.
fn names(rows: &[Value]) -> Vec<String> {
    let mut names: Vec<String> = rows.iter().map(|row| text(&row["name"])).collect();
    names.sort();
    names
}

fn revealed(own: &OwnClient, item: &str, field: &str) -> String {
    let item = own.unlocked.picture().item(item.parse().unwrap()).unwrap();
    item.reveal(&FieldId::from(field)).unwrap_or_else(|error| panic!("{field}: {error}")).expose().to_owned()
}
