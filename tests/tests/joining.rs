//! Somebody joins an organization with real keys: invited, registered by the invitation, accepted, confirmed. Their
//! client then opens what the organization shares with them.
#![allow(clippy::unwrap_used)] // A test may panic.

mod demo;

use demo::{Demo, read_all};
use portico_crypto::ceremony::wrap_for_member;
use portico_crypto::{Kdf, PublicKey};
use portico_demo::{DemoAccount, DemoSize};
use portico_profile::Profile;
use portico_tests::person::{Person, register_with};
use portico_vault::Opened;
use reqwest::Method;
use serde_json::{Value, json};

const EMAIL: &str = "newcomer@abbottlane.example";
const PASSWORD: &str = "a brand new master password";

fn harriet(demo: &Demo) -> &DemoAccount {
    demo.accounts.accounts.iter().find(|account| account.name == "Harriet Abbott").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_newcomer_opens_what_the_organization_shares() {
    let size = DemoSize { clients: 6, members: Some(12), items: 40, ..DemoSize::default() };
    let mut demo = Demo::start(&size).await;
    let DemoAccount { email, password, authenticator_secret, .. } = harriet(&demo);
    let owner = Person::with_code(demo.base(), email, password, *authenticator_secret).await;
    let (organization, key) = owner.organization().await;
    let api = format!("api/organizations/{organization}");

    // The owner lets admins manage everything, makes a group, and gives it every collection.
    let settings = json!({"limitCollectionCreation": false, "limitCollectionDeletion": false,
        "limitItemDeletion": false, "allowAdminAccessToAllCollectionItems": true});
    owner.call(Method::PUT, &format!("{api}/collection-management"), settings).await;
    let collections = owner.call(Method::GET, &format!("{api}/collections"), Value::Null).await;
    let shared: Vec<&Value> =
        collections["data"].as_array().unwrap().iter().filter(|collection| collection["type"] == 0).collect();
    assert!(!shared.is_empty());
    let grants: Vec<Value> = shared
        .iter()
        .map(|collection| json!({"id": collection["id"], "readOnly": true, "hidePasswords": false, "manage": false}))
        .collect();
    let group = json!({"name": "Newcomers", "collections": grants, "users": []});
    let group = owner.call(Method::POST, &format!("{api}/groups"), group).await;

    let invitation = json!({"emails": [EMAIL], "type": 2, "collections": [], "groups": [group["id"]]});
    owner.call(Method::POST, &format!("{api}/users/invite"), invitation).await;
    let mails = demo.outbox().await;
    let mail = mails.iter().rfind(|mail| mail.to == EMAIL).unwrap();
    let (member, token) = (&mail.fields["organizationUserId"], &mail.fields["token"]);

    let by = json!({"orgInviteToken": token, "organizationUserId": member});
    register_with(demo.base(), EMAIL, PASSWORD, &Kdf::pbkdf2(600_000).unwrap(), by).await;
    let newcomer = Person::signed_in(demo.base(), EMAIL, PASSWORD).await;
    newcomer.call(Method::POST, &format!("{api}/users/{member}/accept"), json!({"token": token})).await;

    let keys = owner.call(Method::POST, &format!("{api}/users/public-keys"), json!({"ids": [member]})).await;
    let theirs = PublicKey::from_base64(keys["data"][0]["key"].as_str().unwrap()).unwrap();
    assert_eq!(theirs.spki(), newcomer.private_key.public_key().spki());
    let wrapped = json!({"key": wrap_for_member(&key, &theirs)});
    owner.call(Method::POST, &format!("{api}/users/{member}/confirm"), wrapped).await;

    let (same, their_key) = newcomer.organization().await;
    assert_eq!((same, their_key.expose()), (organization.clone(), key.expose()));
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let account = DemoAccount {
        email: EMAIL,
        password: PASSWORD,
        name: "Newcomer".into(),
        roles: vec!["end user"],
        items: 0,
        authenticator_secret: None,
    };
    let unlocked = demo.sign_in_as(&profile, &account).await;
    demo.sync(&profile, &unlocked).await.unwrap();
    demo.stop().await;
    let picture = unlocked.picture();
    let readable = read_all(&picture);
    assert!(readable.items > 0, "nothing is shared in the demo's client");
    for item in picture.items() {
        assert!(matches!(&item.name, Opened::Value(name) if !name.is_empty()), "{:?}", item.name);
        assert_eq!(item.organization_id.map(|id| id.to_string()), Some(organization.clone()));
    }
}
