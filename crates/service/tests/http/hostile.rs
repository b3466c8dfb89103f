//! Whatever a request holds, it is answered by a rule and not by a fault of the service's own.

use portico_service::bulk::BulkError;
use portico_service::{Config, Store, rules};
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::ciphers::login_request;
use crate::support::*;

/// Every member of a body that some route reads.
const MEMBERS: &str = "id ids name email emails type status key keys keyPair publicKey encryptedPrivateKey permissions
    collections groups users groupIds collectionIds cipherIds cipher ciphers folders folderRelationships
    collectionRelationships folderId organizationId favorite reprompt notes fields passwordHistory login secureNote card
    identity sshKey data attachments2 lastKnownRevisionDate archivedDate encryptedFor removeCollections fileName fileSize
    adminRequest externalId token resetPasswordKey newMasterPasswordHash masterPasswordHash otp secret enabled policy
    metadata planType additionalSeats billingEmail businessName collectionName ownerEmail clientOwnerEmail
    organizationCreateRequest seats assignedSeats country postalCode line1 taxId paymentMethod billingAddress amount
    redirectUrl limitCollectionCreation equivalentDomains excludedGlobalEquivalentDomains avatarColor verifyDevices
    pushToken text file fileLength password deletionDate expirationDate maxAccessCount hideEmail disabled
    accountUnlockData accountKeys accountData kdf kdfIterations kdfMemory kdfParallelism authenticationData unlockData
    userKeyId defaultUserCollectionName accessSecretsManager date cipherId";

fn values() -> Vec<Value> {
    let other = id::OTHER_CLIENT;
    let date = "9999-12-31T23:59:59.9999999-23:59";
    vec![
        Value::Null,
        json!(""),
        json!("\u{0}"),
        json!(-1),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!(true),
        json!([]),
        json!({}),
        json!([[]]),
        json!(other),
        json!([other]),
        json!([{"id": other, "readOnly": false, "hidePasswords": false, "manage": true, "key": ukey()}]),
        json!(date),
        json!(enc("x")),
        json!(ukey()),
        json!("9".repeat(9_000)),
        json!("a@b.example"),
        json!(i32::MAX),
    ]
}

/// A body whose members are one value after the other, from `from` on.
fn body(values: &[Value], from: usize) -> Value {
    let members = MEMBERS.split_whitespace().enumerate();
    let member =
        |(place, name): (usize, &str)| (name.to_owned(), values[(from + place * 7) % values.len()].clone());
    Value::Object(members.map(member).collect::<Map<_, _>>())
}

/// Requests that are served as they are, and who sends them.
pub fn served() -> Vec<(Person, Method, String, Value)> {
    let client = |path: &str| format!("/api/organizations/{}{path}", id::CLIENT);
    let provider = |path: &str| format!("/api/providers/{}{path}", id::PROVIDER);
    let item = |path: &str| format!("/api/ciphers/{}{path}", id::WIKI_LOGIN);
    let mut shared = login_request();
    shared["organizationId"] = json!(id::CLIENT);
    let grant = |id| json!({"id": id, "readOnly": false, "hidePasswords": false, "manage": true});
    let pair = json!({"publicKey": "A".repeat(392), "encryptedPrivateKey": enc("private")});
    let (post, put) = (Method::POST, Method::PUT);
    let in_a_week = (time::OffsetDateTime::now_utc() + time::Duration::days(7))
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    let policy = |data: Value| json!({"policy": {"enabled": true, "data": data}, "metadata": null});
    vec![
        (Person::Member, post.clone(), "/api/ciphers".into(), login_request()),
        (
            Person::CustomBare,
            post.clone(),
            "/api/ciphers/create".into(),
            json!({"cipher": {"type": 2, "name": enc("n"), "secureNote": {"type": 0}, "organizationId": id::CLIENT},
                "collectionIds": [id::WIKI]}),
        ),
        (Person::CustomBare, put.clone(), item(""), shared),
        (Person::CustomBare, put.clone(), item("/collections_v2"), json!({"collectionIds": [id::WIKI]})),
        (
            Person::CustomBare,
            post.clone(),
            item("/attachment/v2"),
            json!({"key": enc("k"), "fileName": enc("f"), "fileSize": 64, "adminRequest": false}),
        ),
        (
            Person::CustomBare,
            post.clone(),
            "/api/ciphers/bulk-collections".into(),
            json!({"organizationId": id::CLIENT, "cipherIds": [id::WIKI_LOGIN], "collectionIds": [id::WIKI],
                "removeCollections": false}),
        ),
        (
            Person::Member,
            post.clone(),
            "/api/ciphers/import".into(),
            json!({"folders": [{"id": id::FOLDER, "name": enc("f")}], "ciphers": [{"type": 2, "name": enc("n"),
                "secureNote": {"type": 0}}], "folderRelationships": [{"key": 0, "value": 0}]}),
        ),
        (
            Person::Owner,
            post.clone(),
            format!("/api/ciphers/import-organization?organizationId={}", id::CLIENT),
            json!({"collections": [{"id": id::WIKI, "name": enc("c"), "externalId": "x"}], "ciphers": [{"type": 2,
                "name": enc("n"), "secureNote": {"type": 0}}], "collectionRelationships": [{"key": 0, "value": 0}]}),
        ),
        (
            Person::Member,
            put.clone(),
            "/api/settings/domains".into(),
            json!({"equivalentDomains": [["a.example"]],
            "excludedGlobalEquivalentDomains": [1]}),
        ),
        (
            Person::Member,
            post.clone(),
            "/api/sends".into(),
            json!({"type": 0, "name": enc("n"), "key": enc("k"), "text": {"text": enc("t"), "hidden": false},
                "deletionDate": in_a_week, "expirationDate": null, "maxAccessCount": 5, "password": null,
                "emails": "a@b.example", "disabled": false, "hideEmail": false}),
        ),
        (
            Person::Owner,
            post.clone(),
            client("/groups"),
            json!({"name": "g", "externalId": "x", "users": [Person::Member.member_id()], "collections": []}),
        ),
        (
            Person::ServiceUser,
            put.clone(),
            client(&format!("/groups/{}", id::GROUP)),
            json!({"name": "g", "externalId": "x", "users": [Person::Member.member_id()],
                "collections": [grant(id::WIKI)]}),
        ),
        (
            Person::ServiceUser,
            put.clone(),
            client(&format!("/collections/{}", id::WIKI)),
            json!({"name": enc("c"), "externalId": "x", "users": [grant(Person::CustomBare.member_id())],
                "groups": [grant(id::GROUP)]}),
        ),
        (
            Person::ServiceUser,
            post.clone(),
            client("/collections/bulk-access"),
            json!({"collectionIds": [id::SAFE], "users": [grant(Person::Member.member_id())], "groups": []}),
        ),
        (
            Person::ServiceUser,
            put.clone(),
            client(&format!("/users/{}", Person::Member.member_id())),
            json!({"type": 4, "permissions": {"manageUsers": true}, "collections": [grant(id::WIKI)],
                "groups": [id::GROUP], "accessSecretsManager": false}),
        ),
        (
            Person::ServiceUser,
            post.clone(),
            client("/users/invite"),
            json!({"emails": ["a@b.example"], "type": 4, "permissions": {"manageUsers": true},
                "collections": [grant(id::WIKI)], "groups": [id::GROUP], "accessSecretsManager": false}),
        ),
        (
            Person::ServiceUser,
            post.clone(),
            client("/users/confirm"),
            json!({"keys": [{"id": Person::Pending.member_id(), "key": ukey()}], "defaultUserCollectionName": enc("m")}),
        ),
        (Person::ServiceUser, put.clone(), client("/policies/1"), policy(json!({"minLength": 12}))),
        (
            Person::ServiceUser,
            put.clone(),
            client("/policies/2"),
            policy(json!({"minLength": 14, "overridePasswordType": "password"})),
        ),
        (Person::ServiceUser, put.clone(), client("/policies/15"), policy(json!([3]))),
        (
            Person::ServiceUser,
            put.clone(),
            client(""),
            json!({"name": "n", "businessName": "b", "billingEmail": "a@b.example", "keys": pair}),
        ),
        (
            Person::Plain,
            post.clone(),
            "/api/organizations".into(),
            json!({"name": "n", "businessName": "b", "billingEmail": "a@b.example", "planType": 20, "key": ukey(),
                "keys": pair, "collectionName": enc("c"), "additionalSeats": 5}),
        ),
        (
            Person::ProviderAdmin,
            post,
            provider("/clients"),
            json!({"name": "n", "ownerEmail": "a@b.example", "planType": 19, "seats": 5, "key": enc("k"),
                "keyPair": pair, "collectionName": enc("c")}),
        ),
        (
            Person::ProviderAdmin,
            put,
            provider(&format!("/clients/{}", id::LINK)),
            json!({"name": "n", "assignedSeats": 5}),
        ),
    ]
}

/// The place of every member and of every entry of `body`, however deep.
pub fn places(body: &Value) -> Vec<String> {
    let inner = |key: String, value: &Value| {
        let deeper = places(value).into_iter().map(|place| format!("/{key}{place}")).collect::<Vec<_>>();
        [vec![format!("/{key}")], deeper].concat()
    };
    match body {
        Value::Object(members) => members.iter().flat_map(|(key, value)| inner(key.clone(), value)).collect(),
        Value::Array(entries) => {
            entries.iter().enumerate().flat_map(|(place, value)| inner(place.to_string(), value)).collect()
        }
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_request_with_one_thing_wrong_is_refused_or_served() {
    let values = values();
    for (person, method, path, body) in served() {
        let world = World::start().await;
        let token = world.access_token(person).await;
        let send = async |body: &Value| {
            let request = world.request(method.clone(), &path, Some(&token)).json(body);
            request.send().await.unwrap().status()
        };
        for place in places(&body) {
            for value in &values {
                let mut bent = body.clone();
                *bent.pointer_mut(&place).unwrap() = value.clone();
                let status = send(&bent).await;
                assert!(
                    status == StatusCode::OK || status.is_client_error(),
                    "{method} {path}: {place} is {value}: {status}"
                );
            }
        }
    }
    // Not by chance: as they are, all of them are taken.
    for (person, method, path, body) in served() {
        let world = World::start().await;
        let token = world.access_token(person).await;
        let (status, answer) = world.send(method, &path, Some(&token), body).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
    }
}

fn path(template: &str) -> String {
    let ids = [
        ("{provider}", id::PROVIDER),
        ("{organization}", id::CLIENT),
        ("{named}", id::CLIENT),
        ("{user}", Person::Member.id()),
        ("{member}", Person::CustomBare.member_id()),
        ("{group}", id::GROUP),
        ("{collection}", id::WIKI),
        ("{providerOrganization}", id::LINK),
        ("{providerUser}", uuid::Uuid::from_u128(0x302)),
        ("{cipher}", id::WIKI_LOGIN),
        ("{attachment}", id::WIKI_FILE),
        ("{folder}", id::FOLDER),
        ("{send}", id::SEND),
        ("{file}", id::SEND),
    ];
    let path = ids.iter().fold(template.to_owned(), |path, (name, id)| path.replace(name, &id.to_string()));
    path.replace("{policy}", "5").replace("{access}", SEND_ACCESS_ID).replace("{identifier}", "%00")
}

/// The path with a query in which members from `skip` on are `value`.
fn asking(path: &str, value: &Value, skip: usize) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let names = ["start", "end", "continuationToken", "organizationId", "includeGroups", "token"];
    let pairs = names.iter().skip(skip).map(|name| (name, &text));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{path}{}{query}", if path.contains('?') { '&' } else { '?' })
}

#[tokio::test]
async fn no_body_and_no_query_makes_the_service_fail() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let world = World::over(store.clone(), Config::without_delay()).await;
    let values = values();
    let mut faults = Vec::new();
    for route in rules() {
        let person = match route.path.contains("{provider}") {
            true => Person::ProviderAdmin,
            false => Person::Owner,
        };
        // What was sent before may have ended the sessions, or the provider.
        let _: Result<(), BulkError> = store.bulk(fill_provider);
        let token = world.access_token(person).await;
        let path = path(route.path);
        for from in 0..values.len() {
            let requests = if route.method == Method::GET {
                vec![world.request(Method::GET, &asking(&path, &values[from], from % 5), Some(&token))]
            } else {
                vec![world.request(route.method.clone(), &path, Some(&token)).json(&body(&values, from))]
            };
            for request in requests {
                let status = request.send().await.unwrap().status();
                if status == StatusCode::INTERNAL_SERVER_ERROR {
                    faults.push(format!("{} {path}: {from}", route.method));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
