//! The official client writes and ours reads; ours seals and the official client reads. For accounts of both key
//! derivations, and with a personal API key.

use portico_crypto::Kdf;
use portico_protocol::Date;
use portico_protocol::cipher::{FieldType, UriMatch};
use portico_tests::person::{Person, register};
use portico_vault::{
    ItemKind, ItemOverview, NewField, NewItem, NewPasskey, NewWebsite, SealWith, Secret, seal_item,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::bw::Bw;
use crate::world::{OwnClient, World, code_of, fields_by_theirs, text};

const PASSWORD: &str = "Correct horse battery 9";

#[tokio::test(flavor = "multi_thread")]
async fn what_the_official_client_writes_ours_reads_with_pbkdf2() {
    written_by_theirs("nadia@brightwater.example", &Kdf::pbkdf2(600_000).unwrap(), whole_passkey()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_official_client_writes_ours_reads_with_argon2id() {
    written_by_theirs("omar@brightwater.example", &Kdf::argon2id(2, 32, 2).unwrap(), bare_passkey()).await;
}

async fn written_by_theirs(email: &str, kdf: &Kdf, passkey: Value) {
    let world = World::start().await;
    register(world.plain(), email, PASSWORD, kdf).await;
    let mut bw = world.bw();
    bw.login(email, PASSWORD);

    let folder = text(&bw.send(&["create", "folder"], &json!({"name": "Home & garden"}))["id"]);
    let written = login_item(&folder, passkey);
    let login = text(&bw.send(&["create", "item"], &written)["id"]);
    let card = text(&bw.send(&["create", "item"], &card_item())["id"]);
    let note = text(&bw.send(&["create", "item"], &note_item("Thrown away"))["id"]);
    let gone = text(&bw.send(&["create", "item"], &note_item("Gone for good"))["id"]);

    let mut edited = bw.told(&["get", "item", &login]);
    same_login(&edited, &written);
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
    own.has(&card, &card_item());
    own.has(&note, &note_item("Thrown away"));

    bw.told(&["restore", "item", &note]);
    assert_eq!(bw.list(&["items", "--trash"]).len(), 0);
    exported_and_imported(&world, &bw, &own, email).await;
    bw.told(&["delete", "folder", &folder]);
    bw.told(&["sync"]);
    let told = bw.told(&["get", "item", &login]);
    assert_eq!(told["folderId"], Value::Null);
    // What was sent, and the password from before, which the official client kept.
    assert_eq!(told["passwordHistory"][0]["password"], "p\"ä\\ss🔑");
    edited["passwordHistory"] = told["passwordHistory"].clone();
    own.has(&login, &edited);
}

/// The export of one vault is the import of another, beside a table of logins and notes.
async fn exported_and_imported(world: &World, bw: &Bw, own: &OwnClient, email: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export.json");
    let file = file.to_str().unwrap();
    bw.told(&["export", "--format", "json", "--output", file]);
    let exported: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let exported = exported["items"].as_array().unwrap();
    assert_eq!(exported.len(), 3);
    for item in exported {
        own.has(&text(&item["id"]), item);
    }

    let other = format!("copy.{email}");
    register(world.plain(), &other, PASSWORD, &Kdf::pbkdf2(600_000).unwrap()).await;
    let mut second = world.bw();
    second.login(&other, PASSWORD);
    second.told(&["import", "bitwardenjson", file]);
    let table = folder.path().join("table.csv");
    std::fs::write(&table, TABLE).unwrap();
    second.told(&["import", "bitwardencsv", table.to_str().unwrap()]);

    let own = world.own_client_of(&other, PASSWORD).await;
    let picture = own.unlocked.picture();
    let expected: Vec<Value> = exported.iter().cloned().chain(of_table()).collect();
    assert_eq!(picture.items().len(), expected.len());
    let folders = &picture.names().unwrap().folders;
    for item in &expected {
        let named = |row: &&ItemOverview| row.name.value().map(String::as_str) == item["name"].as_str();
        let row = picture.items().iter().find(named).unwrap_or_else(|| panic!("{} is missing", item["name"]));
        own.has(&row.id.to_string(), item);
        assert_eq!((row.favorite, row.reprompt), (item["favorite"] == true, item["reprompt"] == 1));
        let folder = folders.iter().find(|(id, _)| Some(*id) == row.folder_id);
        let folder = folder.map(|(_, name)| name.value().unwrap().as_str());
        let expected = if item["folderId"].is_null() { None } else { Some("Home & garden") };
        assert_eq!(folder, expected, "folder of {}", item["name"]);
    }
}

/// As the official client exports it.
const TABLE: &str = "\
folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp
Home & garden,1,login,\"Café, \"\"intern\"\"\",\"first line
second line – déjà vu\",\"Customer number: 4711
Ratio: 4: 3\",1,\"https://café.example/a?b=c,ssh://switch.example:22\",zoë,\"p,\"\"ä\\ß🔑 \"\"\",otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=8
,,note,Alarm,\"4711, then *\",,0,,,,
";

/// The rows of [`TABLE`].
fn of_table() -> [Value; 2] {
    [
        json!({
            "name": "Café, \"intern\"", "notes": "first line\nsecond line – déjà vu", "favorite": true, "reprompt": 1,
            "folderId": "Home & garden",
            "fields": [
                {"name": "Customer number", "value": "4711", "type": 0},
                {"name": "Ratio: 4", "value": "3", "type": 0},
            ],
            "login": {
                "uris": [{"uri": "https://café.example/a?b=c"}, {"uri": "ssh://switch.example:22"}],
                "username": "zoë", "password": "p,\"ä\\ß🔑 \"",
                "totp": "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=8",
            },
        }),
        json!({"name": "Alarm", "notes": "4711, then *", "favorite": false, "reprompt": 0}),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ours_seals_the_official_client_reads_and_a_key_signs_in() {
    let world = World::start().await;
    let email = "ines@brightwater.example";
    register(world.plain(), email, PASSWORD, &Kdf::pbkdf2(600_000).unwrap()).await;
    let person = Person::signed_in(world.plain(), email, PASSWORD).await;
    let mut written = Vec::new();
    for (with, passkey) in [(SealWith::ItemKey, whole_passkey()), (SealWith::OwnerKey, bare_passkey())] {
        let item = login_item("", passkey);
        let body = serde_json::to_value(seal_item(&as_ours(&item), &person.user_key, with).unwrap()).unwrap();
        written.push((text(&person.call(Method::POST, "api/ciphers", body).await["id"]), item));
    }

    let key = person.call(Method::GET, "api/accounts/profile", Value::Null).await;
    let user = format!("user.{}", text(&key["id"]));
    let secret = json!({"masterPasswordHash": person.hash});
    let key = person.call(Method::POST, "api/accounts/api-key", secret).await;
    let mut bw = world.bw();
    bw.login_with_api_key(&user, &text(&key["apiKey"]), PASSWORD);
    let own = world.own_client_of(email, PASSWORD).await;
    for (id, item) in &written {
        same_login(&bw.told(&["get", "item", id]), item);
        own.has(id, item);
    }
    let (id, item) = &written[0];
    // The code may turn while the official client starts: it is the one of before or of after.
    let code = || code_of(item["login"]["totp"].as_str().unwrap());
    let (before, told, after) = (code(), bw.get("totp", id), code());
    assert!(told == before || told == after, "{told} is neither {before} nor {after}");
}

/// What the official client tells of a login has to be what was written.
#[track_caller]
fn same_login(told: &Value, written: &Value) {
    assert_eq!((&told["name"], &told["type"]), (&written["name"], &written["type"]));
    assert_eq!(fields_by_theirs(told), fields_by_theirs(written));
    let dates = |item: &Value| {
        let passkeys = item["login"]["fido2Credentials"].as_array().unwrap();
        passkeys.iter().map(|passkey| passkey["creationDate"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(dates(told), dates(written));
}

/// An item of our own with what the official client's JSON of a login says.
fn as_ours(told: &Value) -> NewItem {
    let secret = |value: &Value| value.as_str().map(Secret::from);
    let values = |of: &Value, names: &[&'static str]| {
        names.iter().filter_map(|name| Some((*name, secret(&of[*name])?))).collect::<Vec<_>>()
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let number = |value: &Value| value.as_i64().map(|number| i32::try_from(number).unwrap());
    let login = &told["login"];
    let website =
        |one: &Value| NewWebsite { uri: text(&one["uri"]), match_rule: number(&one["match"]).map(UriMatch) };
    let passkey = |one: &Value| NewPasskey {
        values: values(one, &PASSKEY),
        creation_date: Date(text(&one["creationDate"])),
    };
    let field = |one: &Value| NewField {
        kind: FieldType(number(&one["type"]).unwrap()),
        name: text(&one["name"]),
        value: secret(&one["value"]),
        linked_id: number(&one["linkedId"]),
    };
    let earlier = |one: &Value| (secret(&one["password"]).unwrap(), Date(text(&one["lastUsedDate"])));
    NewItem {
        notes: secret(&told["notes"]),
        values: values(login, &["username", "password", "totp"]),
        websites: list(&login["uris"]).iter().map(website).collect(),
        passkeys: list(&login["fido2Credentials"]).iter().map(passkey).collect(),
        fields: list(&told["fields"]).iter().map(field).collect(),
        password_history: list(&told["passwordHistory"]).iter().map(earlier).collect(),
        ..NewItem::new(ItemKind::LOGIN, text(&told["name"]))
    }
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

/// A login with everything that the official client makes of one. It has one passkey, since that client tells the private
/// key of the first as that of all.
fn login_item(folder: &str, passkey: Value) -> Value {
    json!({
        "organizationId": null, "collectionIds": null, "folderId": folder, "type": 1, "name": "Registrar",
        "notes": "Renewals in March – ask Zoë\nsecond line", "favorite": true, "reprompt": 0,
        "fields": [
            {"name": "Customer number", "value": "4711", "type": 1, "linkedId": null},
            {"name": "Branch", "value": "Bergen – Nordnes", "type": 0, "linkedId": null},
            {"name": "Renews itself", "value": "true", "type": 2, "linkedId": null},
            {"name": "Mail", "value": null, "type": 3, "linkedId": 100},
        ],
        "login": {
            "uris": [
                {"match": null, "uri": "https://registrar.example/login"},
                {"match": 3, "uri": "https://café.example:8443/a?b=c#d"},
            ],
            "username": "domains@brightwater.example", "password": "p\"ä\\ss🔑", "totp": "JBSWY3DPEHPK3PXP",
            "fido2Credentials": [passkey],
        },
        "secureNote": null, "card": null, "identity": null,
    })
}

const PASSKEY: [&str; 12] = [
    "credentialId",
    "keyType",
    "keyAlgorithm",
    "keyCurve",
    "keyValue",
    "rpId",
    "rpName",
    "userHandle",
    "userName",
    "userDisplayName",
    "counter",
    "discoverable",
];

/// A passkey with every member (protocol.md §3.5).
fn whole_passkey() -> Value {
    json!({
        "credentialId": "1f2c0c53-3a4e-4f0f-9c3e-6a5f1f0e7b21", "keyType": "public-key", "keyAlgorithm": "ECDSA",
        "keyCurve": "P-256",
        "keyValue": "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqNm5ndiGCwAR2VCJ6ZtVcLkS3dvQwXZvTYaX1gkJtAuhRANCAAQ",
        "rpId": "registrar.example", "rpName": "Registrar – für alle", "userHandle": "3q2-7wAB_w",
        "userName": "domains@brightwater.example", "userDisplayName": "Zoë 🔑", "counter": "7",
        "discoverable": "true", "creationDate": "2026-03-01T09:30:15.250Z",
    })
}

/// One with nothing but what it cannot be without.
fn bare_passkey() -> Value {
    json!({
        "credentialId": "b64.AQIDBAUGBwgJ-_8", "keyType": "public-key", "keyAlgorithm": "ECDSA", "keyCurve": "P-256",
        "keyValue": "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7o6yH6pXl0xJtq0m3uQ4a2C5Vw8bTn1Zr9sD-kEfY_ehRANCAAR",
        "rpId": "login.registrar.example", "counter": "0", "discoverable": "false",
        "creationDate": "2024-02-29T23:59:59.000Z",
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
