//! The official client in an organization: collections, items that move there, and a member who is confirmed.

use portico_crypto::Kdf;
use portico_tests::person::{Person, register_with};
use reqwest::Method;
use serde_json::{Value, json};

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

    // Read only for them, and gone for everybody when the owner deletes it.
    let refused = theirs.ask(&["delete", "item", &item]);
    assert!(refused.is_err(), "{refused:?}");
    bw.told(&["delete", "item", &item]);
    bw.told(&["restore", "item", &item]);
    bw.told(&["delete", "item", &item, "--permanent"]);
    theirs.told(&["sync"]);
    assert_eq!(theirs.list(&["items"]), Vec::<Value>::new());
}
