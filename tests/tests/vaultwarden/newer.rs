//! Answers of Vaultwarden since 1.32: camelCase, `data` of an item as an object, members that it does not know left out.

use portico_crypto::uri_checksum;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::*;

pub fn prelogin() -> Value {
    json!({"kdf": 0, "kdfIterations": 5000, "kdfMemory": null, "kdfParallelism": null,
        "kdfSettings": {"kdfType": 0, "iterations": 5000, "memory": null, "parallelism": null}, "salt": EMAIL})
}

pub fn refusal(message: &str) -> Value {
    json!({"message": message, "error": "", "error_description": "", "validationErrors": {"": [message]},
        "errorModel": {"message": message, "object": "error"}, "exceptionMessage": null,
        "exceptionStackTrace": null, "innerExceptionMessage": null, "object": "error"})
}

pub fn second_step() -> Value {
    json!({"error": "invalid_grant", "error_description": "Two factor required.", "TwoFactorProviders": ["0"],
        "TwoFactorProviders2": {"0": null}, "MasterPasswordPolicy": {"Object": "masterPasswordPolicy"}})
}

pub fn granted(world: &World) -> Value {
    let account = &world.account;
    json!({"access_token": access_token(), "expires_in": 7200, "token_type": "Bearer", "refresh_token": "a.jwt.too",
        "PrivateKey": account.wrapped_private_key, "Kdf": 0, "KdfIterations": 5000, "KdfMemory": null,
        "KdfParallelism": null, "ResetMasterPassword": false, "ForcePasswordReset": false,
        "MasterPasswordPolicy": {"Object": "masterPasswordPolicy"}, "scope": "api offline_access",
        "AccountKeys": {"publicKeyEncryptionKeyPair": {"wrappedPrivateKey": account.wrapped_private_key,
            "publicKey": account.public_key, "Object": "publicKeyEncryptionKeyPair"}, "Object": "privateKeys"},
        "UserDecryptionOptions": {"HasMasterPassword": true, "Object": "userDecryptionOptions",
            "MasterPasswordUnlock": {"Kdf": {"KdfType": 0, "Iterations": 5000, "Memory": null, "Parallelism": null},
                "MasterKeyEncryptedUserKey": account.wrapped_user_key,
                "MasterKeyWrappedUserKey": account.wrapped_user_key, "Salt": EMAIL}},
        "Key": account.wrapped_user_key})
}

pub fn renewed() -> Value {
    json!({"refresh_token": "another.jwt.too", "access_token": access_token(), "expires_in": 7200,
        "token_type": "Bearer", "scope": "api offline_access"})
}

pub fn vault(world: &World) -> Value {
    let account = &world.account;
    json!({
        "profile": {"_status": 0, "id": USER, "name": "Maya", "email": EMAIL, "emailVerified": true, "premium": true,
            "premiumFromOrganization": false, "culture": "en-US", "twoFactorEnabled": true,
            "key": account.wrapped_user_key, "privateKey": account.wrapped_private_key, "securityStamp": "stamp",
            "organizations": [membership(world)], "providers": [], "providerOrganizations": [],
            "forcePasswordReset": false, "avatarColor": null, "usesKeyConnector": false,
            "creationDate": "2026-01-02T03:04:05.678901Z", "object": "profile"},
        "folders": [{"id": FOLDER, "revisionDate": "2026-01-02T03:04:05.678901Z", "name": world.own("Home"),
            "object": "folder"}],
        "collections": [{"externalId": null, "id": COLLECTION, "organizationId": ORGANIZATION,
            "name": world.organization.collection_name, "object": "collectionDetails", "readOnly": false,
            "hidePasswords": false, "manage": true}],
        "policies": [],
        "ciphers": [login(world), note(world), card(world)],
        "domains": null,
        "sends": [],
        "userDecryption": {"masterPasswordUnlock": {
            "kdf": {"kdfType": 0, "iterations": 5000, "memory": null, "parallelism": null},
            "masterKeyEncryptedUserKey": account.wrapped_user_key,
            "masterKeyWrappedUserKey": account.wrapped_user_key, "salt": EMAIL}},
        "object": "sync",
    })
}

fn membership(world: &World) -> Value {
    json!({"id": ORGANIZATION, "identifier": null, "name": "Harbour Dental", "seats": null, "maxCollections": null,
        "usersGetPremium": true, "use2fa": true, "useDirectory": false, "useEvents": false, "useGroups": false,
        "useTotp": true, "useScim": false, "usePolicies": true, "useApi": true, "selfHost": true,
        "hasPublicAndPrivateKeys": true, "resetPasswordEnrolled": false, "useResetPassword": false,
        "ssoBound": false, "useSso": false, "useKeyConnector": false, "useSecretsManager": false,
        "usePasswordManager": true, "useCustomPermissions": true, "useActivateAutofillPolicy": false,
        "organizationUserId": Uuid::from_u128(0x201), "providerId": null, "providerName": null,
        "providerType": null, "familySponsorshipFriendlyName": null, "familySponsorshipAvailable": false,
        "planProductType": 3, "productTierType": 3, "keyConnectorEnabled": false, "keyConnectorUrl": null,
        "accessSecretsManager": false, "limitCollectionCreation": true, "limitCollectionCreationDeletion": true,
        "limitCollectionDeletion": true, "allowAdminAccessToAllCollectionItems": true,
        "userIsManagedByOrganization": false, "permissions": {"accessEventLogs": false, "manageUsers": false},
        "maxStorageGb": 32767, "userId": USER, "key": world.organization.wrapped_key, "status": 2, "type": 0,
        "enabled": true, "object": "profileOrganization"})
}

/// An item with a key of its own.
fn login(world: &World) -> Value {
    let (key, wrapped) = world.item_key();
    let text = |text: &str| key.seal_text(text);
    let payload = json!({"username": text("admin"), "password": text("hunter2"), "totp": null, "uri": text("https://router.example"),
        "uris": [{"uri": text("https://router.example"), "uriChecksum": text(&uri_checksum("https://router.example")),
            "match": null}],
        "passwordRevisionDate": null, "autofillOnPageLoad": null, "fido2Credentials": null});
    let fields = json!([{"type": 1, "name": text("PIN"), "value": text("4711"), "linkedId": null}]);
    let history = json!([{"password": text("hunter1"), "lastUsedDate": "1970-01-01T00:00:00.000000Z"}]);
    let name = text("Router");
    let mut data = payload.clone();
    data["name"] = json!(name);
    data["fields"] = fields.clone();
    data["passwordHistory"] = history.clone();
    json!({"object": "cipherDetails", "id": LOGIN, "type": 1, "creationDate": "2026-01-02T03:04:05.678901Z",
        "revisionDate": "2026-01-02T03:04:05.678901Z", "deletedDate": null, "reprompt": 0, "organizationId": null,
        "key": wrapped, "attachments": null, "organizationUseTotp": true, "collectionIds": [], "name": name,
        "notes": null, "fields": fields, "data": data, "passwordHistory": history, "login": payload,
        "secureNote": null, "card": null, "identity": null, "sshKey": null, "folderId": FOLDER, "favorite": true,
        "edit": true, "viewPassword": true, "permissions": {"delete": true, "restore": true}})
}

/// In the trash, without permissions and with an empty history.
fn note(world: &World) -> Value {
    let (name, notes) = (world.own("Wi-Fi"), world.own("The key is under the mat."));
    json!({"object": "cipherDetails", "id": NOTE, "type": 2, "creationDate": "2026-01-02T03:04:05.678901Z",
        "revisionDate": "2026-01-02T03:04:05.678901Z", "deletedDate": "2026-02-03T04:05:06.000000Z", "reprompt": 0,
        "organizationId": null, "key": null, "attachments": null, "organizationUseTotp": true, "collectionIds": [],
        "name": name, "notes": notes, "fields": [], "passwordHistory": [], "login": null,
        "data": {"type": 0, "name": name, "notes": notes, "fields": [], "passwordHistory": []},
        "secureNote": {"type": 0}, "card": null, "identity": null, "sshKey": null, "folderId": null,
        "favorite": false, "edit": true, "viewPassword": true})
}

/// Of the organization.
fn card(world: &World) -> Value {
    let payload = json!({"cardholderName": null, "brand": world.shared("Visa"), "number": world.shared("4111111111111111"),
        "expMonth": null, "expYear": null, "code": world.shared("123")});
    json!({"object": "cipherDetails", "id": CARD, "type": 3, "creationDate": "2026-01-02T03:04:05.678901Z",
        "revisionDate": "2026-01-02T03:04:05.678901Z", "deletedDate": null, "reprompt": 0,
        "organizationId": ORGANIZATION, "key": null, "attachments": null, "organizationUseTotp": true,
        "collectionIds": [COLLECTION], "name": world.shared("Till"), "notes": null, "fields": [],
        "data": payload, "passwordHistory": [], "login": null, "secureNote": null, "card": payload,
        "identity": null, "sshKey": null, "folderId": null, "favorite": false, "edit": true, "viewPassword": true})
}

/// The organization's own answers.
pub fn answer(path: &str, world: &World) -> Option<Value> {
    let rest = path.strip_prefix(&format!("/api/organizations/{ORGANIZATION}"))?;
    let list = |data: Value| Some(json!({"data": data, "object": "list", "continuationToken": null}));
    match rest {
        "" => {
            Some(json!({"id": ORGANIZATION, "name": "Harbour Dental", "seats": null, "maxCollections": null,
            "maxStorageGb": 32767, "use2fa": true, "useCustomPermissions": true, "useDirectory": false,
            "useEvents": false, "useGroups": false, "useTotp": true, "usePolicies": true, "useScim": false,
            "useSso": false, "useKeyConnector": false, "usePasswordManager": true, "useSecretsManager": false,
            "selfHost": true, "useApi": true, "hasPublicAndPrivateKeys": true, "useResetPassword": false,
            "allowAdminAccessToAllCollectionItems": true, "limitCollectionCreation": true,
            "limitCollectionDeletion": true, "businessName": "Harbour Dental", "businessAddress1": null,
            "maxAutoscaleSeats": null, "secretsManagerPlan": null, "smSeats": null, "smServiceAccounts": null,
            "billingEmail": EMAIL, "planType": 6, "usersGetPremium": true, "object": "organization"}))
        }
        "/users?includeGroups=true&includeCollections=true" => list(json!([
            member(1, USER, Some("Maya"), EMAIL, 2, 0, json!([])),
            member(
                2,
                Uuid::from_u128(10),
                Some("Tom"),
                "tom@harbour.example",
                -1,
                4,
                json!([{"id": COLLECTION, "readOnly": true, "hidePasswords": false, "manage": false}])
            ),
            member(3, Uuid::from_u128(11), None, "nadia@harbour.example", 0, 2, json!([])),
        ])),
        "/collections" => list(json!([{"externalId": null, "id": COLLECTION, "organizationId": ORGANIZATION,
            "name": world.organization.collection_name, "object": "collection"}])),
        "/policies" => list(json!([{"id": Uuid::from_u128(0xa1), "organizationId": ORGANIZATION, "type": 0,
            "data": null, "enabled": true, "object": "policy"}])),
        _ => None,
    }
}

fn member(
    number: u128,
    user: Uuid,
    name: Option<&str>,
    email: &str,
    status: i32,
    role: i32,
    collections: Value,
) -> Value {
    json!({"id": Uuid::from_u128(0x200 + number), "userId": user, "name": name, "email": email, "externalId": null,
        "avatarColor": null, "groups": [], "collections": collections, "status": status, "type": role,
        "accessAll": false, "twoFactorEnabled": false, "resetPasswordEnrolled": false, "hasMasterPassword": true,
        "permissions": null, "ssoBound": false, "usesKeyConnector": false, "accessSecretsManager": false,
        "object": "organizationUserUserDetails"})
}
