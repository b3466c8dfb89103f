//! The official client in an organization: collections, items that move there, and a member who is confirmed.

use std::collections::BTreeSet;

use portico_crypto::Kdf;
use portico_tests::person::{Person, register_with};
use portico_vault::FieldId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::attachments::{attach, content, saved_by_theirs};
use crate::world::{World, text};

const NEWCOMER: &str = "newcomer@brightwater.example";
const PASSWORD: &str = "A brand new password 7";

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_shares_an_item_and_confirms_a_member_who_then_reads_it() {
    let world = World::start().await;
    let owner = world.account("provider admin");
    let mut bw = world.bw();
    bw.login(owner.email, owner.password);
    let admin = Person::signed_in(world.plain(), owner.email, owner.password).await;
    let (organization, _) = admin.organization().await;
    let api = format!("api/organizations/{organization}");
    let me = bw
        .list(&["org-members", "--organizationid", &organization])
        .into_iter()
        .find(|member| member["email"] == owner.email)
        .unwrap();

    let collection = json!({
        "organizationId": organization, "name": "Handover", "externalId": null, "groups": [],
        "users": [{"id": me["id"], "readOnly": false, "hidePasswords": false, "manage": true}],
    });
    let words = ["create", "org-collection", "--organizationid", &organization];
    let collection = text(&bw.send(&words, &collection)["id"]);
    bw.told(&["sync"]);

    let item = json!({
        "organizationId": null, "folderId": null, "type": 1, "name": "Shared router", "notes": null,
        "favorite": false, "reprompt": 0, "fields": [], "secureNote": null, "card": null, "identity": null,
        "login": {"uris": [], "username": "root", "password": "shared secret", "totp": null},
    });
    let item = text(&bw.send(&["create", "item"], &item)["id"]);
    let folder = tempfile::tempdir().unwrap();
    let backup = content(20_000, 3);
    attach(&bw, &item, &folder.path().join("router.cfg"), &backup);
    bw.send(&["move", &item, &organization], &json!([collection]));
    let moved = bw.told(&["get", "item", &item]);
    assert_eq!(
        (&moved["organizationId"], &moved["collectionIds"]),
        (&json!(organization), &json!([collection]))
    );

    // Somebody is invited to that collection, registers, and accepts.
    let grant = json!({"id": collection, "readOnly": true, "hidePasswords": false, "manage": false});
    let invitation = json!({"emails": [NEWCOMER], "type": 2, "collections": [grant], "groups": [], "accessSecretsManager": false});
    admin.call(Method::POST, &format!("{api}/users/invite"), invitation).await;
    let mail = world.outbox().await.into_iter().rfind(|mail| mail.to == NEWCOMER).unwrap();
    let (member, token) = (&mail.fields["organizationUserId"], &mail.fields["token"]);
    let by = json!({"orgInviteToken": token, "organizationUserId": member});
    register_with(world.plain(), NEWCOMER, PASSWORD, &Kdf::pbkdf2(600_000).unwrap(), by).await;
    let newcomer = Person::signed_in(world.plain(), NEWCOMER, PASSWORD).await;
    newcomer.call(Method::POST, &format!("{api}/users/{member}/accept"), json!({"token": token})).await;

    bw.told(&["confirm", "org-member", member.as_str(), "--organizationid", &organization]);
    let mut theirs = world.bw();
    theirs.login(NEWCOMER, PASSWORD);
    assert_eq!(theirs.get("password", &item), "shared secret");
    let own = world.own_client_of(NEWCOMER, PASSWORD).await;
    let picture = own.unlocked.picture();
    assert_eq!(picture.items().len(), 1);
    assert_eq!(picture.items()[0].name.value().unwrap(), "Shared router");
    let shared = picture.item(item.parse().unwrap()).unwrap();
    assert_eq!(shared.reveal(&FieldId::from("login.password")).unwrap().expose(), "shared secret");
    // The file went along, and opens with what the newcomer was given.
    assert!(own.saved(&item, "router.cfg").await == backup);
    assert!(saved_by_theirs(&theirs, &item, "router.cfg") == backup);

    // Read only for them, and gone for everybody when the owner deletes it.
    let refused = theirs.ask(&["delete", "item", &item]);
    assert!(refused.is_err(), "{refused:?}");
    bw.told(&["delete", "item", &item]);
    bw.told(&["restore", "item", &item]);
    bw.told(&["delete", "item", &item, "--permanent"]);
    theirs.told(&["sync"]);
    assert_eq!(theirs.list(&["items"]), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_of_an_organization_changes_its_collections_and_the_vault_goes_out_and_in() {
    let world = World::start().await;
    let owner = world.account("provider admin");
    let mut bw = world.bw();
    bw.login(owner.email, owner.password);
    let admin = Person::signed_in(world.plain(), owner.email, owner.password).await;
    let (organization, _) = admin.organization().await;
    let in_it = ["--organizationid", organization.as_str()];
    let me =
        bw.list(&["org-members", in_it[0], in_it[1]]).into_iter().find(|row| row["email"] == owner.email);
    let grant = json!({"id": me.unwrap()["id"], "readOnly": false, "hidePasswords": false, "manage": true});
    let collection = |name: &str| json!({"organizationId": organization, "name": name, "externalId": null, "groups": [], "users": [grant]});
    let made = ["Printers", "Switches"].map(|name| {
        text(&bw.send(&["create", "org-collection", in_it[0], in_it[1]], &collection(name))["id"])
    });
    bw.told(&["sync"]);

    // Made where it belongs, then in both, then in the other only.
    let item = json!({
        "organizationId": organization, "collectionIds": [made[0]], "folderId": null, "type": 1, "name": "Core switch",
        "notes": null, "favorite": false, "reprompt": 0, "fields": [], "secureNote": null, "card": null,
        "identity": null, "login": {"uris": [], "username": "admin", "password": "vlan 12", "totp": null},
    });
    let item = text(&bw.send(&["create", "item"], &item)["id"]);
    for collections in [vec![&made[0], &made[1]], vec![&made[1]]] {
        bw.send(&["edit", "item-collections", &item], &json!(collections));
        bw.told(&["sync"]);
        let own = world.own_client(owner).await;
        let picture = own.unlocked.picture();
        let ours = picture.items().iter().find(|row| row.id.to_string() == item).unwrap();
        let ours: BTreeSet<String> = ours.collection_ids.iter().map(ToString::to_string).collect();
        assert_eq!(ours, collections.iter().map(|id| (*id).clone()).collect());
        let told = bw.told(&["get", "item", &item]);
        let told: BTreeSet<String> = told["collectionIds"].as_array().unwrap().iter().map(text).collect();
        assert_eq!(told, ours);
    }
    bw.send(&["edit", "org-collection", &made[1], in_it[0], in_it[1]], &collection("Network/Switches"));
    assert_eq!(bw.told(&["get", "org-collection", &made[1], in_it[0], in_it[1]])["name"], "Network/Switches");

    // What the organization exports, it imports: as a new collection with a new item in it.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export.json");
    let file = file.to_str().unwrap();
    bw.told(&["export", "--format", "json", "--output", file, in_it[0], in_it[1]]);
    let mut exported: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let of_switch = |item: &Value| item["collectionIds"] == json!([made[1]]);
    exported["items"].as_array_mut().unwrap().retain(of_switch);
    exported["collections"].as_array_mut().unwrap().retain(|collection| collection["id"] == made[1]);
    assert_eq!(exported["items"][0]["login"]["password"], "vlan 12");
    exported["items"][0]["name"] = json!("Core switch, copied");
    // A collection with an id that the organization knows would be the one that is there.
    let elsewhere = json!(uuid::Uuid::new_v4());
    exported["items"][0]["collectionIds"] = json!([elsewhere]);
    exported["collections"][0]["id"] = elsewhere;
    exported["collections"][0]["name"] = json!("Taken in");
    std::fs::write(file, exported.to_string()).unwrap();
    bw.told(&["import", "bitwardenjson", file, in_it[0], in_it[1]]);
    let own = world.own_client(owner).await;
    let picture = own.unlocked.picture();
    let copy =
        picture.items().iter().find(|row| row.name.value().is_some_and(|name| name == "Core switch, copied"));
    let copy = copy.expect("the import is there");
    assert_eq!(copy.organization_id.unwrap().to_string(), organization);
    let names = &picture.names().unwrap().collections;
    let into = names.iter().find(|one| copy.collection_ids.contains(&one.id)).unwrap();
    assert_eq!(into.name.value().unwrap(), "Taken in");

    bw.told(&["delete", "org-collection", &made[0], in_it[0], in_it[1]]);
    let left: BTreeSet<String> =
        bw.list(&["org-collections", in_it[0], in_it[1]]).iter().map(|row| text(&row["name"])).collect();
    assert!(left.contains("Network/Switches") && left.contains("Taken in") && !left.contains("Printers"));
}
