//! What the service sends and is sent against what `protocol.md` says: the files that our own types read in their tests
//! (`crates/protocol/tests/golden`). Of answers member by member: nothing may be missing, nothing may be there that the
//! document does not know, and what is not null has the kind that is documented.

mod provider;
mod requests;

use std::cell::RefCell;
use std::collections::BTreeSet;

use portico_service::bulk::*;
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};
use time::macros::datetime;
use uuid::Uuid;

use crate::attachments::form;
use crate::ciphers::login_request;
use crate::support::*;

#[path = "../../../../protocol/tests/golden/answers.rs"]
mod answers;
#[path = "../../../../protocol/tests/golden/requests.rs"]
mod documented;

/// Organizations of the provider's admin that could become clients.
const OWN: Uuid = Uuid::from_u128(0xb01);
const OWN_TOO: Uuid = Uuid::from_u128(0xb02);

/// The usual world, in which the provider has got a bill and its admin owns organizations.
async fn world() -> World {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        for (id, row) in [(OWN, 0xc01), (OWN_TOO, 0xc02)] {
            load.organization(&BulkOrganization { status: 1, ..organization(id, "Own") })?;
            load.member(&BulkMember {
                id: Uuid::from_u128(row),
                organization_id: id,
                ..member(Person::ProviderAdmin, 0, 2, &[])
            })?;
        }
        load.send(&text_send())?;
        load.invoice(&BulkInvoice {
            provider_id: id::PROVIDER,
            date: datetime!(2026-01-01 0:00 UTC),
            due: None,
            status: "paid".into(),
            items: vec![BulkInvoiceItem {
                client_id: Some(id::CLIENT),
                client_name: "Harbour Dental".into(),
                plan_name: "Enterprise (Monthly)".into(),
                assigned: 10,
                used: 8,
                total: 6_050,
            }],
        })
    });
    loaded.unwrap();
    World::over(store, Config::without_delay()).await
}

/// The documented answers, which of them were seen, and what is not as it is documented.
struct Golden {
    documented: Map<String, Value>,
    seen: RefCell<BTreeSet<String>>,
    differences: RefCell<BTreeSet<String>>,
}

impl Golden {
    fn is(&self, name: &str, told: &Value) {
        compare(&self.documented[name], told, name, &mut self.differences.borrow_mut());
        self.seen.borrow_mut().insert(name.to_owned());
    }

    /// A list, of which every entry is held against the document.
    fn is_list_of(&self, name: &str, told: &Value) {
        assert_eq!(keys(told), names("object data continuationToken"), "list of {name}");
        assert_eq!(told["object"], "list");
        let entries = told["data"].as_array().unwrap();
        assert!(!entries.is_empty(), "no {name} in the list");
        entries.iter().for_each(|entry| self.is(name, entry));
    }
}

/// Null in the document: it may be null and may be anything. Otherwise the same kind of value, and of an object exactly
/// the same members; one with a `?` may be null.
fn compare(documented: &Value, told: &Value, path: &str, differences: &mut BTreeSet<String>) {
    match (documented, told) {
        (Value::Null, _)
        | (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => {}
        (Value::Object(documented), Value::Object(told)) => {
            let mut unknown: BTreeSet<&str> = told.keys().map(String::as_str).collect();
            for (marked, value) in documented {
                let name = marked.strip_suffix('?').unwrap_or(marked);
                unknown.remove(name);
                match told.get(name) {
                    None => _ = differences.insert(format!("{path}.{name} is missing")),
                    Some(Value::Null) if name != marked => {}
                    Some(told) => compare(value, told, &format!("{path}.{name}"), differences),
                }
                let says_what_it_is = name.eq_ignore_ascii_case("object") && !value.is_null();
                if says_what_it_is && told.get(name) != Some(value) {
                    differences.insert(format!("{path}.{name} is {:?}", told.get(name)));
                }
            }
            differences.extend(unknown.into_iter().map(|name| format!("{path}.{name} is not documented")));
        }
        (Value::Array(documented), Value::Array(told)) => {
            let Some(one) = documented.first() else { return };
            told.iter().for_each(|entry| compare(one, entry, &format!("{path}[]"), differences));
        }
        (documented, told) => {
            differences.insert(format!("{path} is {told} instead of something like {documented}"));
        }
    }
}

#[tokio::test]
async fn what_is_sent_is_what_is_documented() {
    let world = world().await;
    let golden =
        Golden { documented: answers::all(), seen: RefCell::default(), differences: RefCell::default() };
    signing_in(&world, &golden).await;
    let member = world.access_token(Person::Member).await;
    let owner = world.access_token(Person::Owner).await;
    account(&world, &golden, &member).await;
    vault(&world, &golden, &member, &owner).await;
    of_organization(&world, &golden, &member, &owner).await;
    members(&world, &golden, &owner).await;
    provider::answers(&world, &golden).await;
    let differences = golden.differences.borrow();
    assert!(differences.is_empty(), "{differences:#?}");
    let documented: BTreeSet<String> = golden.documented.keys().cloned().collect();
    // These are parts of the others, and are held against the document there.
    let parts =
        ["permissions", "accountKeys", "login", "selection", "profileOrganization"].map(str::to_owned);
    let seen: BTreeSet<String> = golden.seen.borrow().iter().cloned().chain(parts).collect();
    let unseen: Vec<_> = documented.difference(&seen).collect();
    assert!(unseen.is_empty(), "never sent: {unseen:?}");
}

async fn signing_in(world: &World, golden: &Golden) {
    let (_, told) = world.post("/identity/accounts/prelogin", json!({"email": Person::Member.email()})).await;
    golden.is("prelogin", &told);
    let token = world.sign_in(Person::Member).await;
    golden.is("token", &token);
    let refresh =
        [("grant_type", "refresh_token"), ("refresh_token", token["refresh_token"].as_str().unwrap())];
    golden.is("renewedToken", &world.token(&[&refresh[..], &[("client_id", "desktop")]].concat()).await.1);
    let code = code_now();
    let with_code = [("twoFactorToken", &*code), ("twoFactorProvider", "0"), ("twoFactorRemember", "1")];
    let (_, told) = world.token(&fields(&grant_with(Person::TwoStep, &with_code))).await;
    golden.is("rememberingToken", &told);
    let id = format!("user.{}", Person::Member.id());
    let key = user(Person::Member).api_key;
    let (status, told) = world
        .token(&[
            ("grant_type", "client_credentials"),
            ("client_id", &id),
            ("client_secret", key.expose()),
            ("scope", "api"),
            ("deviceType", "8"),
            ("deviceIdentifier", "11111111-2222-3333-4444-555555555555"),
            ("deviceName", "linux"),
        ])
        .await;
    assert_eq!(status, StatusCode::OK, "{told}");
    golden.is("apiKeyToken", &told);

    let mut wrong = password_grant(Person::Member);
    wrong[2].1 = "wrong".into();
    golden.is("wrongPassword", &world.token(&fields(&wrong)).await.1);
    golden.is("codeWanted", &world.token(&fields(&password_grant(Person::TwoStep))).await.1);
    // Somebody who wants to be asked, from a device that was never there.
    let plain = world.access_token(Person::Plain).await;
    let asked = json!({"masterPasswordHash": Person::Plain.password(), "verifyDevices": true});
    let (status, told) = world.send(Method::PUT, "/api/accounts/verify-devices", Some(&plain), asked).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    let elsewhere = grant_from(Person::Plain, "99999999-2222-3333-4444-555555555555");
    golden.is("newDevice", &world.token(&fields(&elsewhere)).await.1);
    golden.is("config", &answer(world.request(Method::GET, "/api/config", None)).await.1);
}

async fn account(world: &World, golden: &Golden, member: &str) {
    golden.is("profile", &world.get("/api/accounts/profile", member).await);
    golden.is("keys", &world.get("/api/accounts/keys", member).await);
    let proof = json!({"masterPasswordHash": Person::Member.password()});
    let post = async |path: &str| world.send(Method::POST, path, Some(member), proof.clone()).await.1;
    golden.is("apiKey", &post("/api/accounts/api-key").await);
    // Lower case, as everything outside of the token endpoint.
    let policy = post("/api/accounts/verify-password").await;
    let upper: Map<String, Value> = policy
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name[..1].to_uppercase() + &name[1..], value.clone()))
        .collect();
    golden.is("MasterPasswordPolicy", &Value::Object(upper));
    let other = Person::Owner.id();
    golden.is("userKey", &world.get(&format!("/api/users/{other}/public-key"), member).await);
    golden.is("userKeys", &world.get(&format!("/api/users/{other}/keys"), member).await);
    let long = json!({"name": "n".repeat(60), "masterPasswordHint": null});
    let (status, told) = world.send(Method::PUT, "/api/accounts/profile", Some(member), long).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let mut named = told.clone();
    // Which member is wrong is no matter of the shape.
    named["validationErrors"] =
        json!({"PublicKey": told["validationErrors"].as_object().unwrap().values().next()});
    golden.is("error", &named);
}

async fn vault(world: &World, golden: &Golden, member: &str, owner: &str) {
    golden.is("sync", &world.get("/api/sync", member).await);
    golden.is_list_of("cipherDetails", &world.get("/api/ciphers", member).await);
    let (_, made) = world.send(Method::POST, "/api/ciphers", Some(member), login_request()).await;
    golden.is("cipher", &made);
    let path = format!("/api/ciphers/{}", made["id"].as_str().unwrap());
    golden.is("cipherDetails", &world.get(&format!("{path}/details"), member).await);
    let announced =
        json!({"key": enc("filekey"), "fileName": enc("filename"), "fileSize": 3, "adminRequest": false});
    let (_, upload) =
        world.send(Method::POST, &format!("{path}/attachment/v2"), Some(member), announced).await;
    golden.is("upload", &upload);
    let file = format!("{path}/attachment/{}", upload["attachmentId"].as_str().unwrap());
    let sent = form(world.request(Method::POST, &file, Some(member)), None, &enc("filename"), b"abc");
    assert_eq!(sent.send().await.unwrap().status(), StatusCode::OK);
    golden.is("attachment", &world.get(&file, member).await);
    golden.is("deletedAttachment", &answer(world.request(Method::DELETE, &file, Some(member))).await.1);
    golden.is_list_of("send", &world.get("/api/sends", member).await);
    let alike = json!({"equivalentDomains": [["harbour.example", "quay.example"]]});
    golden.is("domains", &world.send(Method::PUT, "/api/settings/domains", Some(member), alike).await.1);
    golden.is_list_of("folder", &world.get("/api/folders", member).await);
    golden.is_list_of("collectionDetails", &world.get("/api/collections", member).await);

    let of_organization = format!("/api/ciphers/organization-details?organizationId={}", id::CLIENT);
    golden.is_list_of("cipherMiniDetails", &world.get(&of_organization, owner).await);
    let manager = world.access_token(Person::CustomBare).await;
    let moved = json!({"collectionIds": [id::WIKI]});
    let path = format!("/api/ciphers/{}/collections_v2", id::WIKI_LOGIN);
    golden.is("optionalCipherDetails", &world.send(Method::PUT, &path, Some(&manager), moved).await.1);
    let path = format!("/api/ciphers/{}/delete", id::WIKI_LOGIN);
    assert_eq!(answer(world.request(Method::PUT, &path, Some(&manager))).await.0, StatusCode::OK);
    let back = json!({"ids": [id::WIKI_LOGIN]});
    let (_, back) = world.send(Method::PUT, "/api/ciphers/restore", Some(&manager), back).await;
    golden.is_list_of("cipherMini", &back);
}

async fn of_organization(world: &World, golden: &Golden, member: &str, owner: &str) {
    let at = format!("/api/organizations/{}", id::CLIENT);
    let get = async |path: &str, token: &str| world.get(&format!("{at}{path}"), token).await;
    golden.is("organization", &get("", owner).await);
    let provider = world.access_token(Person::ServiceUser).await;
    golden.is("organizationSubscription", &get("/subscription", &provider).await);
    golden.is("organizationPublicKey", &get("/public-key", member).await);
    golden.is("autoEnrollStatus", &get("/auto-enroll-status", member).await);
    golden.is_list_of("collection", &get("/collections", owner).await);
    golden.is_list_of("collectionAccessDetails", &get("/collections/details", owner).await);
    golden.is("selections", &get(&format!("/collections/{}/users", id::WIKI), owner).await);
    golden.is_list_of("group", &get("/groups", owner).await);
    golden.is_list_of("groupDetails", &get("/groups/details", owner).await);
    golden.is("groupMembers", &get(&format!("/groups/{}/users", id::GROUP), owner).await);
    golden.is_list_of("policyStatus", &get("/policies", owner).await);
    let (_, set) = world
        .send(
            Method::PUT,
            &format!("{at}/policies/2"),
            Some(owner),
            json!({"policy": {"enabled": true, "data": null}}),
        )
        .await;
    golden.is("policyOfSync", &set);
    golden.is_list_of("event", &get("/events", owner).await);
}

async fn members(world: &World, golden: &Golden, owner: &str) {
    let at = format!("/api/organizations/{}/users", id::CLIENT);
    let get = async |path: &str| world.get(&format!("{at}{path}"), owner).await;
    golden.is_list_of("member", &get("?includeGroups=true&includeCollections=true").await);
    golden.is_list_of("memberMini", &get("/mini-details").await);
    let accepted = json!({"ids": [Person::Pending.member_id()]});
    let post = async |path: &str, body: &Value| {
        world.send(Method::POST, &format!("{at}{path}"), Some(owner), body.clone()).await.1
    };
    golden.is_list_of("memberPublicKey", &post("/public-keys", &accepted).await);
    golden.is_list_of("bulkResult", &post("/reinvite", &accepted).await);
}
