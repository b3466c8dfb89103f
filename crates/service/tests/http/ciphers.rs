//! Items: made, changed, seen (protocol.md §3.5, §4.1).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::*;

const PLAIN: &str =
    "object id organizationId type data name notes login card identity secureNote sshKey bankAccount
    driversLicense passport fields passwordHistory attachments organizationUseTotp revisionDate creationDate
    deletedDate reprompt key folderId favorite edit viewPassword archivedDate permissions";
pub const MINI: &str =
    "object id organizationId type data name notes login card identity secureNote sshKey bankAccount
    driversLicense passport fields passwordHistory attachments organizationUseTotp revisionDate creationDate
    deletedDate reprompt key";

/// A login as a client sends it.
pub fn login_request() -> Value {
    json!({
        "type": 1, "name": enc("name"), "notes": enc("notes"), "key": enc("key"), "favorite": true, "reprompt": 1,
        "login": {
            "username": enc("user"), "password": enc("pass"), "totp": enc("totp"), "uri": enc("uri"),
            "uris": [{"uri": enc("uri"), "uriChecksum": enc("sum"), "match": 3}],
            "passwordRevisionDate": "2026-08-20T14:16:19.1234567Z", "autofillOnPageLoad": false,
            "fido2Credentials": null,
        },
        "fields": [{"type": 1, "name": enc("field"), "value": enc("value"), "linkedId": null}],
        "passwordHistory": [{"password": enc("old"), "lastUsedDate": "2026-01-01T00:00:00Z"}],
    })
}

async fn create(world: &World, token: &str, body: Value) -> (StatusCode, Value) {
    world.send(Method::POST, "/api/ciphers", Some(token), body).await
}

fn uuid_of(item: &Value) -> Uuid {
    item["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_new_item_comes_back_as_it_was_sent() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let (status, item) = create(&world, &token, login_request()).await;
    assert_eq!(status, StatusCode::OK, "{item}");
    assert_eq!(keys(&item), names(PLAIN));
    for (member, value) in [
        ("object", json!("cipher")),
        ("organizationId", Value::Null),
        ("type", json!(1)),
        ("data", Value::Null),
        ("name", json!(enc("name"))),
        ("notes", json!(enc("notes"))),
        ("key", json!(enc("key"))),
        ("reprompt", json!(1)),
        ("favorite", json!(true)),
        ("folderId", Value::Null),
        ("edit", json!(true)),
        ("viewPassword", json!(true)),
        ("permissions", json!({"delete": true, "restore": true})),
        ("deletedDate", Value::Null),
        ("archivedDate", Value::Null),
        ("attachments", Value::Null),
        ("card", Value::Null),
        ("fields", login_request()["fields"].clone()),
        ("passwordHistory", login_request()["passwordHistory"].clone()),
        ("login", login_request()["login"].clone()),
    ] {
        assert_eq!(item[member], value, "{member}");
    }
    assert_eq!(item["revisionDate"], item["creationDate"]);

    let read = world.get(&format!("/api/ciphers/{}", uuid_of(&item)), &token).await;
    assert_eq!(read, item);
    let mut details = item.clone();
    details["object"] = json!("cipherDetails");
    details["collectionIds"] = json!([]);
    let path = format!("/api/ciphers/{}/details", uuid_of(&item));
    assert_eq!(world.get(&path, &token).await, details);
    for list in ["/api/ciphers", "/api/sync"] {
        let answer = world.get(list, &token).await;
        let items = if list == "/api/sync" { &answer["ciphers"] } else { &answer["data"] };
        assert!(items.as_array().unwrap().contains(&details), "{list}");
    }
}

#[tokio::test]
async fn the_older_address_of_a_login_is_the_first_of_the_newer() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let address = |uri: &str| json!({"uri": enc(uri), "uriChecksum": null, "match": null});
    for (uri, uris, told, listed) in [
        (
            Value::Null,
            json!([address("a"), address("b")]),
            json!(enc("a")),
            json!([address("a"), address("b")]),
        ),
        (json!(enc("x")), json!([address("a")]), json!(enc("a")), json!([address("a")])),
        (json!(enc("x")), Value::Null, json!(enc("x")), json!([address("x")])),
        (Value::Null, Value::Null, Value::Null, Value::Null),
    ] {
        let mut request = login_request();
        (request["login"]["uri"], request["login"]["uris"]) = (uri, uris);
        let login = create(&world, &token, request).await.1["login"].clone();
        assert_eq!((&login["uri"], &login["uris"]), (&told, &listed));
    }
}

/// Every type with every text that it may have: protocol.md §3.5, word for word.
#[tokio::test]
async fn every_type_keeps_its_own_members_and_no_others() {
    let world = World::start().await;
    let token = world.access_token(Person::Plain).await;
    for (kind, member, texts) in [
        (3, "card", "cardholderName, brand, number, expMonth, expYear, code"),
        (
            4,
            "identity",
            "title, firstName, middleName, lastName, address1, address2, address3, city, state, postalCode, country,
             company, email, phone, ssn, username, passportNumber, licenseNumber",
        ),
        (5, "sshKey", "privateKey, publicKey, keyFingerprint"),
        (
            6,
            "bankAccount",
            "bankName, nameOnAccount, accountType, accountNumber, routingNumber, branchNumber, pin, swiftCode, iban,
             bankContactPhone",
        ),
        (
            7,
            "driversLicense",
            "firstName, middleName, lastName, dateOfBirth, licenseNumber, issuingCountry, issuingState, issueDate,
             issuingAuthority, expirationDate, licenseClass",
        ),
        (
            8,
            "passport",
            "surname, givenName, dateOfBirth, sex, birthPlace, nationality, passportNumber, passportType,
             issuingCountry, issuingAuthority, issueDate, expirationDate, nationalIdentificationNumber",
        ),
    ] {
        let content: Value = names(texts).into_iter().map(|name| (name.to_owned(), json!(enc(name)))).collect();
        let mut sent = content.clone();
        sent["strange"] = json!("in clear");
        let body = json!({"type": kind, "name": enc("n"), member: sent, "login": {"username": enc("no")}});
        let (status, item) = create(&world, &token, body).await;
        assert_eq!((status, &item[member]), (StatusCode::OK, &content), "{member}");
        assert_eq!(item["login"], Value::Null);
        let bare = json!({"type": kind, "name": enc("n"), member: {}});
        let (_, item) = create(&world, &token, bare).await;
        assert_eq!(keys(&item[member]), names(texts), "what is unset is null, not absent");
    }
    let (_, note) =
        create(&world, &token, json!({"type": 2, "name": enc("n"), "secureNote": {"type": 0}})).await;
    assert_eq!(note["secureNote"], json!({"type": 0}));
    let passkey: Value = names(
        "credentialId, keyType, keyAlgorithm, keyCurve, keyValue, rpId, rpName, userHandle, userName, userDisplayName,
         counter, discoverable",
    )
    .into_iter()
    .map(|name| (name.to_owned(), json!(enc(name))))
    .chain([("creationDate".to_owned(), json!("2026-08-20T14:16:19.123Z"))])
    .collect();
    let body = json!({"type": 1, "name": enc("n"), "login": {"fido2Credentials": [passkey]}});
    assert_eq!(create(&world, &token, body).await.1["login"]["fido2Credentials"], json!([passkey]));
}

#[tokio::test]
async fn the_newer_form_and_the_other_habit_of_writing_keys_mean_the_same() {
    let world = World::start().await;
    let token = world.access_token(Person::Plain).await;
    let data = json!({
        "Name": enc("name"), "Notes": enc("notes"), "Username": enc("user"), "Password": enc("pass"),
        "Uris": [{"Uri": enc("uri"), "Match": 1}], "Fields": [{"Type": 0, "Name": enc("f"), "Value": enc("v")}],
    });
    let body =
        json!({"Type": 1, "Name": enc("other"), "Login": {"Username": enc("no")}, "Data": data.to_string()});
    let (status, item) = create(&world, &token, body).await;
    assert_eq!(status, StatusCode::OK, "{item}");
    assert_eq!((&item["name"], &item["notes"]), (&json!(enc("name")), &json!(enc("notes"))));
    assert_eq!(item["login"]["username"], enc("user"));
    assert_eq!(item["login"]["uris"], json!([{"uri": enc("uri"), "uriChecksum": null, "match": 1}]));
    assert_eq!(item["fields"], json!([{"type": 0, "name": enc("f"), "value": enc("v"), "linkedId": null}]));
    let data = json!({"Username": enc("user"), "Fields": null}).to_string();
    let body =
        json!({"type": 1, "name": enc("beside"), "notes": enc("n"), "fields": [{"type": 0}], "data": data});
    let (status, item) = create(&world, &token, body).await;
    assert_eq!(status, StatusCode::OK, "{item}");
    assert_eq!((&item["name"], &item["login"]["username"]), (&json!(enc("beside")), &json!(enc("user"))));
    assert_eq!((&item["notes"], &item["fields"]), (&json!(enc("n")), &Value::Null), "what it says counts");
    let body =
        json!({"Type": 4, "Name": enc("n"), "Identity": {"SSN": enc("ssn"), "FirstName": enc("first")}});
    let (_, item) = create(&world, &token, body).await;
    assert_eq!(item["identity"]["ssn"], enc("ssn"));
    // Sealed texts come alone: beside a name they would take its place.
    let sealed = format!("7.{}", "AAAA".repeat(60));
    for data in ["", "[]", "{", "in clear", "7.", "2.x|y", "{\"Name\": 5}", "abcdefghijklmnop", &sealed] {
        let body = json!({"type": 1, "name": enc("n"), "data": data});
        assert_eq!(create(&world, &token, body).await.0, StatusCode::BAD_REQUEST, "{data}");
    }
}

/// Items of the second version of account encryption (protocol.md §2.9): what the server knows nothing of, it keeps.
#[tokio::test]
async fn an_opaque_item_is_given_back_as_it_came() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    for sealed in [format!("7.{}", "AAAA".repeat(60)), "pGF2AWFk".repeat(40)] {
        let body = json!({"type": 1, "name": null, "login": null, "data": sealed, "favorite": true, "key": enc("key")});
        let (status, item) = create(&world, &token, body).await;
        assert_eq!(status, StatusCode::OK, "{item}");
        assert_eq!(keys(&item), names(PLAIN));
        assert_eq!(
            (&item["data"], &item["key"], &item["type"]),
            (&json!(sealed), &json!(enc("key")), &json!(1))
        );
        for nothing in ["name", "notes", "login", "fields", "passwordHistory"] {
            assert_eq!(item[nothing], Value::Null, "{nothing}");
        }
        let path = format!("/api/ciphers/{}", uuid_of(&item));
        let sync = world.get("/api/sync", &token).await;
        let synced =
            sync["ciphers"].as_array().unwrap().iter().find(|other| other["id"] == item["id"]).unwrap();
        assert_eq!((&synced["data"], &synced["login"]), (&json!(sealed), &Value::Null));

        // Changed into one, and back into one with members.
        let other = format!("7.{}", "BBBB".repeat(10));
        let body = json!({"type": 1, "data": other, "key": enc("key")});
        assert_eq!(world.send(Method::PUT, &path, Some(&token), body).await.1["data"], json!(other));
        let (_, back) = world.send(Method::PUT, &path, Some(&token), login_request()).await;
        assert_eq!((&back["data"], &back["name"]), (&Value::Null, &json!(enc("name"))));
        assert_eq!(back["login"]["username"], enc("user"));
    }
    // Single members of the newer type are kept, too.
    let mut body = login_request();
    body["name"] = json!("7.AAAA");
    body["login"]["password"] = json!("7.BBBB");
    let (status, item) = create(&world, &token, body).await;
    assert_eq!(status, StatusCode::OK, "{item}");
    assert_eq!((&item["name"], &item["login"]["password"]), (&json!("7.AAAA"), &json!("7.BBBB")));

    // Who may edit an item but not see its passwords cannot put a sealed one over it.
    let admin = world.access_token(Person::Admin).await;
    let path = format!("/api/ciphers/{}", id::WIKI_LOGIN);
    let body = json!({"type": 1, "organizationId": id::CLIENT, "data": "7.AAAA", "key": enc("key")});
    let refused = world.send(Method::PUT, &path, Some(&admin), body).await;
    assert_eq!(refused, (StatusCode::BAD_REQUEST, envelope("You do not have permission to edit this item.")));
    let body = json!({"type": 1, "data": "A".repeat(500_001 + 3)});
    assert_ne!(create(&world, &token, body).await.0, StatusCode::OK, "bounded");
}

#[tokio::test]
async fn what_is_no_item_is_refused_by_its_field() {
    let world = World::start().await;
    let token = world.access_token(Person::Plain).await;
    let long = |characters: usize| {
        let body = "A".repeat(characters.next_multiple_of(4));
        format!("2.{}==|{body}|{}=", "Q".repeat(22), "M".repeat(43))
    };
    let with = |path: &[&str], value: Value| {
        let mut body = login_request();
        let mut at = &mut body;
        for key in path {
            at = match key.parse::<usize>() {
                Ok(index) => &mut at[index],
                Err(_) => &mut at[*key],
            };
        }
        *at = value;
        body
    };
    for (body, field) in [
        (with(&["name"], json!("in clear")), "Name"),
        (with(&["name"], Value::Null), "Name"),
        (with(&["name"], json!(long(1000))), "Name"),
        (with(&["notes"], json!(long(10_000))), "Notes"),
        (with(&["key"], json!("2.AAAA")), "Key"),
        (with(&["type"], json!(9)), "Type"),
        (with(&["type"], json!(0)), "Type"),
        (with(&["type"], json!(3)), "Card"),
        (with(&["login"], Value::Null), "Login"),
        (with(&["login"], json!([])), "Login"),
        (with(&["login", "password"], json!(long(5000))), "Login.Password"),
        (with(&["login", "password"], json!({"a": 1})), "Login.Password"),
        (with(&["login", "username"], json!("")), "Login.Username"),
        (with(&["login", "totp"], json!("8.QUJD")), "Login.Totp"),
        (with(&["login", "totp"], json!("2.QUI=|QUI=|QUI=|QUI=")), "Login.Totp"),
        (with(&["login", "uris"], json!({})), "Login.Uris"),
        (with(&["login", "uris", "0", "uri"], json!("https://a.example")), "Login.Uris.Uri"),
        (with(&["login", "uris", "0", "match"], json!("exact")), "Login.Uris"),
        (with(&["login", "passwordRevisionDate"], json!("yesterday")), "Login.PasswordRevisionDate"),
        (with(&["fields", "0", "value"], json!(long(5000))), "Fields.Value"),
        (with(&["fields"], json!(["x"])), "Fields"),
        (with(&["passwordHistory", "0", "password"], Value::Null), "PasswordHistory"),
        (with(&["passwordHistory", "0", "lastUsedDate"], Value::Null), "PasswordHistory"),
        (with(&["reprompt"], json!(2)), "Reprompt"),
        (with(&["archivedDate"], json!("never")), "ArchivedDate"),
    ] {
        let (status, refused) = create(&world, &token, body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{field}");
        assert_eq!(refused["message"], "The model state is invalid.", "{field}");
        assert_eq!(keys(&refused["validationErrors"]), [field]);
    }
    // Types 0 to 7 are the ones there are.
    for good in ["0.QUJDREVGR0hJSktMTU5PUA==|QUJDREVGR0hJSktMTU5PUA==", "7.QUJD"] {
        assert_eq!(create(&world, &token, with(&["name"], json!(good))).await.0, StatusCode::OK, "{good}");
    }
    for body in [json!([]), json!("x"), json!({"type": "login"}), json!({"type": 1, "folderId": "x"})] {
        assert_eq!(create(&world, &token, body).await.0, StatusCode::BAD_REQUEST);
    }
    let many: Vec<Value> = (0..2100).map(|_| login_request()["fields"][0].clone()).collect();
    let (status, refused) = create(&world, &token, with(&["fields"], json!(many))).await;
    assert_eq!((status, refused), (StatusCode::BAD_REQUEST, envelope("The item is too large.")));
    let huge = with(&["notes"], json!("A".repeat(600 * 1024)));
    assert_eq!(create(&world, &token, huge).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let deep = format!("{{\"type\": 1, \"login\": {}1{}}}", "[".repeat(5000), "]".repeat(5000));
    let request = world.request(Method::POST, "/api/ciphers", Some(&token)).body(deep);
    assert_eq!(answer(request).await.0, StatusCode::BAD_REQUEST);
    let kept = world.get("/api/ciphers", &token).await;
    assert_eq!(kept["data"].as_array().unwrap().len(), 2, "what was refused left nothing");
}

#[tokio::test]
async fn an_edit_is_whole_and_refused_where_it_does_not_fit() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let (_, item) = create(&world, &token, login_request()).await;
    let path = format!("/api/ciphers/{}", uuid_of(&item));
    let put = async |body: Value| world.send(Method::PUT, &path, Some(&token), body).await;
    let with = |member: &str, value: Value| {
        let mut body = login_request();
        body[member] = value;
        body
    };
    for (body, message) in [
        (
            with("lastKnownRevisionDate", json!("2026-01-01T00:00:00Z")),
            "The item cannot be saved because it is out of date. To edit this item, first sync your vault, or log \
             out and back in.",
        ),
        (
            with("encryptedFor", json!(Person::Owner.id())),
            "Cipher was not encrypted for the current user. Please try again.",
        ),
        (
            json!({"type": 2, "name": enc("n"), "secureNote": {"type": 0}}),
            "The type of an item cannot be changed.",
        ),
        (
            with("organizationId", json!(id::CLIENT)),
            "Organization mismatch. Re-sync if you recently moved this item, then try again.",
        ),
        (with("folderId", json!(Uuid::from_u128(0xdead))), "Invalid folder."),
    ] {
        assert_eq!(put(body).await, (StatusCode::BAD_REQUEST, envelope(message)), "{message}");
    }
    assert_eq!(world.get(&path, &token).await, item, "a refused edit changes nothing");

    let mut body = with("lastKnownRevisionDate", item["revisionDate"].clone());
    body["encryptedFor"] = json!(Person::Member.id());
    body["folderId"] = json!(id::FOLDER);
    body["favorite"] = json!(false);
    body["notes"] = Value::Null;
    body["login"]["password"] = json!(enc("new"));
    let (status, edited) = put(body).await;
    assert_eq!(status, StatusCode::OK, "{edited}");
    assert_eq!(keys(&edited), names(PLAIN));
    assert_eq!((&edited["notes"], &edited["favorite"]), (&Value::Null, &json!(false)));
    assert_eq!((&edited["login"]["password"], &edited["folderId"]), (&json!(enc("new")), &json!(id::FOLDER)));
    assert_eq!(edited["creationDate"], item["creationDate"]);
    assert!(edited["revisionDate"].as_str() > item["revisionDate"].as_str());

    let marks = json!({"folderId": null, "favorite": true});
    let (_, marked) = world.send(Method::PUT, &format!("{path}/partial"), Some(&token), marks).await;
    assert_eq!((&marked["folderId"], &marked["favorite"]), (&Value::Null, &json!(true)));
    assert_eq!(marked["revisionDate"], edited["revisionDate"], "marks are no change of the item");
    let (status, old) = world.send(Method::POST, &path, Some(&token), login_request()).await;
    assert_eq!((status, &old["notes"]), (StatusCode::OK, &json!(enc("notes"))), "the form of old clients");
}

#[tokio::test]
async fn an_item_of_an_organization_is_made_where_its_maker_may_write() {
    let world = World::start().await;
    let manager = world.access_token(Person::CustomBare).await;
    let create = async |token: &str, organization: Uuid, collections: Value| {
        let mut cipher = login_request();
        cipher["organizationId"] = json!(organization);
        let body = json!({"cipher": cipher, "collectionIds": collections});
        world.send(Method::POST, "/api/ciphers/create", Some(token), body).await
    };
    let (status, item) = create(&manager, id::CLIENT, json!([id::WIKI])).await;
    assert_eq!(status, StatusCode::OK, "{item}");
    assert_eq!((&item["object"], &item["organizationId"]), (&json!("cipher"), &json!(id::CLIENT)));
    assert_eq!((&item["edit"], &item["organizationUseTotp"]), (&json!(true), &json!(true)));
    let member = world.access_token(Person::Member).await;
    let seen = world.get(&format!("/api/ciphers/{}/details", uuid_of(&item)), &member).await;
    assert_eq!((&seen["edit"], &seen["collectionIds"]), (&json!(false), &json!([id::WIKI])));
    assert_eq!((&seen["favorite"], &seen["permissions"]["delete"]), (&json!(false), &json!(false)));

    let missing = envelope("Resource not found.");
    let elsewhere = envelope("Specified CollectionId does not exist on the specified Organization.");
    let stranger = world.access_token(Person::StrangerAdmin).await;
    let staff = world.access_token(Person::ProviderAdmin).await;
    for (token, collections, status, body) in [
        (&manager, json!([]), 400, envelope("You must select at least one collection.")),
        (&manager, json!([Uuid::from_u128(0xdead)]), 400, elsewhere),
        (&manager, json!([id::WIKI, id::SAFE]), 404, missing.clone()),
        (&member, json!([id::WIKI]), 404, missing.clone()),
        (&stranger, json!([id::WIKI]), 404, missing.clone()),
        (&staff, json!([id::WIKI]), 404, missing.clone()),
    ] {
        let refused = create(token, id::CLIENT, collections).await;
        assert_eq!((refused.0.as_u16(), refused.1), (status, body));
    }
    let owner = world.access_token(Person::Owner).await;
    let unreached = json!([id::WIKI]);
    assert_eq!(create(&owner, id::CLIENT, unreached.clone()).await.0, StatusCode::NOT_FOUND);
    let settings = json!({"limitCollectionCreation": true, "limitCollectionDeletion": true,
        "limitItemDeletion": true, "allowAdminAccessToAllCollectionItems": true});
    let path = format!("/api/organizations/{}/collection-management", id::CLIENT);
    assert_eq!(world.send(Method::PUT, &path, Some(&owner), settings).await.0, StatusCode::OK);
    let (status, item) = create(&owner, id::CLIENT, unreached.clone()).await;
    assert_eq!((status, &item["organizationId"]), (StatusCode::OK, &json!(id::CLIENT)), "{item}");
    assert_eq!(create(&member, id::CLIENT, json!([id::SAFE])).await.0, StatusCode::NOT_FOUND);
    assert_eq!(create(&staff, id::CLIENT, unreached).await.0, StatusCode::NOT_FOUND);
    let mut own = login_request();
    own["organizationId"] = json!(id::CLIENT);
    assert_eq!(
        world.send(Method::POST, "/api/ciphers", Some(&manager), own).await.0,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn who_sees_no_passwords_changes_none() {
    let world = World::start().await;
    // Reaches the wiki through the group, with passwords hidden.
    let admin = world.access_token(Person::Admin).await;
    let path = format!("/api/ciphers/{}", id::WIKI_LOGIN);
    let mut body = login_request();
    body["organizationId"] = json!(id::CLIENT);
    body["fields"] = json!([
        {"type": 0, "name": enc("shown"), "value": enc("new"), "linkedId": null},
        {"type": 1, "name": enc("hidden"), "value": enc("forged"), "linkedId": null},
    ]);
    let (status, edited) = world.send(Method::PUT, &path, Some(&admin), body.clone()).await;
    assert_eq!(status, StatusCode::OK, "{edited}");
    assert_eq!(edited["viewPassword"], false);
    assert_eq!(edited["login"]["username"], enc("user"));
    assert_eq!(edited["login"]["password"], enc("p"), "as before");
    assert_eq!(edited["login"]["totp"], Value::Null, "as before");
    assert_eq!(
        edited["fields"],
        json!([{"type": 0, "name": enc("shown"), "value": enc("new"), "linkedId": null},
               {"type": 1, "name": enc("f"), "value": enc("v"), "linkedId": null}])
    );
    body["key"] = Value::Null;
    let (status, refused) = world.send(Method::PUT, &path, Some(&admin), body.clone()).await;
    let message = "You do not have permission to add cipher key encryption.";
    assert_eq!((status, refused), (StatusCode::BAD_REQUEST, envelope(message)));

    let manager = world.access_token(Person::CustomBare).await;
    body["key"] = json!(enc("key"));
    let (_, edited) = world.send(Method::PUT, &path, Some(&manager), body).await;
    assert_eq!(edited["login"]["password"], enc("pass"), "who sees it changes it");
}

#[tokio::test]
async fn administrators_get_the_short_forms() {
    let world = World::start().await;
    let admin = world.access_token(Person::Admin).await;
    let read = world.get(&format!("/api/ciphers/{}/admin", id::WIKI_LOGIN), &admin).await;
    assert_eq!(keys(&read), names(&format!("{MINI} collectionIds")));
    assert_eq!((&read["object"], &read["collectionIds"]), (&json!("cipherMiniDetails"), &json!([id::WIKI])));
    let mut body = login_request();
    body["organizationId"] = json!(id::CLIENT);
    let path = format!("/api/ciphers/{}/admin", id::WIKI_LOGIN);
    let (status, edited) = world.send(Method::PUT, &path, Some(&admin), body).await;
    assert_eq!((status, &edited["object"]), (StatusCode::OK, &json!("cipherMini")));
    assert_eq!(keys(&edited), names(MINI));
    let owner = world.access_token(Person::Owner).await;
    let all =
        world.get(&format!("/api/ciphers/organization-details?organizationId={}", id::CLIENT), &owner).await;
    let ids: Vec<&Value> = all["data"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
    assert_eq!(ids, [&json!(id::WIKI_LOGIN), &json!(id::SAFE_NOTE)]);
    assert_eq!(keys(&all["data"][0]), names(&format!("{MINI} collectionIds")));
    let assigned = format!("/api/ciphers/organization-details/assigned?organizationId={}", id::CLIENT);
    let mine = world.get(&assigned, &owner).await;
    assert_eq!(mine["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&mine["data"][0]["id"], &mine["data"][0]["object"]),
        (&json!(id::SAFE_NOTE), &json!("cipherDetails"))
    );
}

/// As rbw 1.15 spells an identity, and as `data` of the official clients does.
#[tokio::test]
async fn the_capitals_that_a_name_begins_with_are_one() {
    let world = World::start().await;
    let token = world.access_token(Person::Plain).await;
    let person = json!({"FirstName": enc("first"), "SSN": enc("ssn"), "Address1": enc("street")});
    let mut data = person.clone();
    data["Name"] = json!(enc("name"));
    for item in [
        json!({"type": 4, "Name": enc("name"), "Identity": person}),
        json!({"type": 4, "name": enc("name"), "data": data.to_string()}),
    ] {
        let (status, made) = world.send(Method::POST, "/api/ciphers", Some(&token), item).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let identity = &made["identity"];
        assert_eq!((&identity["ssn"], &identity["address1"]), (&json!(enc("ssn")), &json!(enc("street"))));
    }
}

#[tokio::test]
async fn an_empty_text_in_the_place_of_an_id_is_none() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let mut request = login_request();
    (request["folderId"], request["organizationId"]) = (json!(""), json!(" "));
    let (status, item) = create(&world, &token, request).await;
    assert_eq!(
        (status, &item["folderId"], &item["organizationId"]),
        (StatusCode::OK, &Value::Null, &Value::Null)
    );
    let put = async |path: &str, body: Value| {
        world.send(Method::PUT, &format!("/api/ciphers/{path}"), Some(&token), body).await
    };
    let of_item = |action: &str| format!("{}/{action}", uuid_of(&item));
    let (_, marked) = put(&of_item("partial"), json!({"folderId": id::FOLDER, "favorite": false})).await;
    assert_eq!(marked["folderId"], json!(id::FOLDER));
    let (_, marked) = put(&of_item("partial"), json!({"folderId": "", "favorite": false})).await;
    assert_eq!(marked["folderId"], Value::Null);
    assert_eq!(put("move", json!({"ids": [item["id"]], "folderId": ""})).await, DONE);
    assert_eq!(put("delete", json!({"ids": [item["id"]], "organizationId": ""})).await, DONE);
    let (status, _) = put("move", json!({"ids": [item["id"]], "folderId": "no id"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
