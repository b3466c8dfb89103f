//! Items as a server sends them, sealed string by string: independent of the crate's own sealing.

#![allow(dead_code)] // Each test file is a program of its own and uses a part of these.

use portico_crypto::SymmetricKey;
use serde_json::{Value, json};

pub fn key(byte: u8) -> SymmetricKey {
    let bytes: [u8; 64] = std::array::from_fn(|place| byte.wrapping_add(place as u8));
    SymmetricKey::from_array(&bytes)
}

/// Every member that `cipherDetails` has, unset as a server leaves it (protocol.md §3.5).
pub fn bare(id: u128, kind: i32, name: &str, key: &SymmetricKey) -> Value {
    json!({
        "object": "cipherDetails", "id": uuid::Uuid::from_u128(id).to_string(), "organizationId": null,
        "type": kind, "data": "{\"Name\":\"2.x\"}", "name": key.seal_text(name), "notes": null,
        "login": null, "card": null, "identity": null, "secureNote": null, "sshKey": null,
        "bankAccount": null, "driversLicense": null, "passport": null,
        "fields": null, "passwordHistory": null, "attachments": null, "organizationUseTotp": false,
        "revisionDate": "2026-08-20T14:16:19.1234567Z", "creationDate": "2026-01-02T03:04:05Z",
        "deletedDate": null, "archivedDate": null, "reprompt": 0, "key": null, "folderId": null,
        "favorite": false, "edit": true, "viewPassword": true,
        "permissions": {"delete": true, "restore": true}, "collectionIds": []
    })
}

/// Seals every string of `members`.
pub fn sealed(key: &SymmetricKey, members: &[(&str, &str)]) -> Value {
    Value::Object(
        members.iter().map(|(name, text)| ((*name).to_owned(), json!(key.seal_text(text)))).collect(),
    )
}

pub fn login(id: u128, name: &str, username: &str, key: &SymmetricKey) -> Value {
    let mut item = bare(id, 1, name, key);
    item["login"] = sealed(key, &[("username", username), ("password", "correct horse")]);
    item["login"]["uris"] =
        json!([{"uri": key.seal_text("https://www.example.com/login?user=me"), "match": null}]);
    item
}
