//! Answers of Vaultwarden before 1.32: PascalCase to the bottom but for permissions, no unlock data beside the key, a
//! plan that is a word, seats that are counted, two numbers that have changed their names since.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::*;

pub fn prelogin() -> Value {
    json!({"Kdf": 0, "KdfIterations": 5000, "KdfMemory": null, "KdfParallelism": null})
}

pub fn refusal(message: &str) -> Value {
    json!({"Message": message, "error": "", "error_description": "", "ValidationErrors": {"": [message]},
        "ErrorModel": {"Message": message, "Object": "error"}, "ExceptionMessage": null,
        "ExceptionStackTrace": null, "InnerExceptionMessage": null, "Object": "error"})
}

pub fn second_step() -> Value {
    // Numbers, and no description for each.
    json!({"error": "invalid_grant", "error_description": "Two factor required.", "TwoFactorProviders": [0],
        "TwoFactorProviders2": {"0": null}})
}

pub fn granted(world: &World) -> Value {
    let mut granted = renewed(world);
    granted["UserDecryptionOptions"] = json!({"HasMasterPassword": true, "Object": "userDecryptionOptions"});
    granted["ForcePasswordReset"] = json!(false);
    granted
}

/// Renewing a token brought the keys as well.
pub fn renewed(world: &World) -> Value {
    json!({"access_token": access_token(), "expires_in": 7200, "token_type": "Bearer", "refresh_token": "opaque",
        "Key": world.account.wrapped_user_key, "PrivateKey": world.account.wrapped_private_key, "Kdf": 0,
        "KdfIterations": 5000, "KdfMemory": null, "KdfParallelism": null, "ResetMasterPassword": false,
        "scope": "api offline_access", "unofficialServer": true})
}

pub fn vault(world: &World) -> Value {
    let account = &world.account;
    json!({
        "Profile": {"_Status": 0, "Id": USER, "Name": "Maya", "Email": EMAIL.to_uppercase(), "EmailVerified": true,
            "Premium": true, "MasterPasswordHint": null, "Culture": "en-US", "TwoFactorEnabled": true,
            "Key": account.wrapped_user_key, "PrivateKey": account.wrapped_private_key, "SecurityStamp": "stamp",
            "Organizations": [membership(world)], "Providers": [], "ProviderOrganizations": [],
            "ForcePasswordReset": false, "AvatarColor": null, "Object": "profile"},
        "Folders": [{"Id": FOLDER, "RevisionDate": "2022-01-02T03:04:05.678901Z", "Name": world.own("Home"),
            "Object": "folder"}],
        "Collections": [{"ExternalId": null, "Id": COLLECTION, "OrganizationId": ORGANIZATION,
            "Name": world.organization.collection_name, "Object": "collectionDetails", "ReadOnly": false,
            "HidePasswords": false}],
        "Policies": [],
        "Ciphers": [login(world), note(world), card(world)],
        "Domains": {"EquivalentDomains": [], "GlobalEquivalentDomains": [], "Object": "domains"},
        "Sends": [],
        "unofficialServer": true,
        "Object": "sync",
    })
}

fn membership(world: &World) -> Value {
    json!({"Id": ORGANIZATION, "Identifier": null, "Name": "Harbour Dental", "Seats": 10, "MaxCollections": 10,
        "UsersGetPremium": true, "Use2fa": true, "UseDirectory": false, "UseEvents": false, "UseGroups": false,
        "UseTotp": true, "UsePolicies": true, "UseApi": true, "SelfHost": true, "HasPublicAndPrivateKeys": true,
        "ResetPasswordEnrolled": false, "SsoBound": false, "UseSso": false, "UseKeyConnector": false,
        "ProviderId": null, "ProviderName": null,
        "Permissions": {"accessEventLogs": false, "accessImportExport": false, "manageUsers": false},
        "MaxStorageGb": 10, "PlanProductType": 3, "UserId": USER, "Key": world.organization.wrapped_key,
        "Status": 2, "Type": 0, "Enabled": true, "Object": "profileOrganization"})
}

fn login(world: &World) -> Value {
    let payload = json!({"Username": world.own("admin"), "Password": world.own("hunter2"), "Totp": null,
        "Uri": world.own("https://router.example"),
        "Uris": [{"Uri": world.own("https://router.example"), "Match": null}],
        "PasswordRevisionDate": null, "AutofillOnPageLoad": null});
    let fields = json!([{"Type": 1, "Name": world.own("PIN"), "Value": world.own("4711"), "LinkedId": null}]);
    let history = json!([{"Password": world.own("hunter1"), "LastUsedDate": "2021-01-02T03:04:05.678Z"}]);
    let mut data = payload.clone();
    data["Fields"] = fields.clone();
    json!({"Object": "cipherDetails", "Id": LOGIN, "Type": 1, "RevisionDate": "2022-01-02T03:04:05.678901Z",
        "DeletedDate": null, "FolderId": FOLDER, "Favorite": true, "Reprompt": 0, "OrganizationId": null,
        "Attachments": null, "OrganizationUseTotp": true, "CollectionIds": [], "Name": world.own("Router"),
        "Notes": null, "Fields": fields, "Data": data, "Edit": true, "ViewPassword": true,
        "PasswordHistory": history, "Login": payload, "SecureNote": null, "Card": null, "Identity": null})
}

fn note(world: &World) -> Value {
    json!({"Object": "cipherDetails", "Id": NOTE, "Type": 2, "RevisionDate": "2022-01-02T03:04:05.678901Z",
        "DeletedDate": "2022-02-03T04:05:06.000000Z", "FolderId": null, "Favorite": false, "Reprompt": 0,
        "OrganizationId": null, "Attachments": null, "OrganizationUseTotp": true, "CollectionIds": [],
        "Name": world.own("Wi-Fi"), "Notes": world.own("The key is under the mat."), "Fields": null,
        "Data": {"Type": 0}, "Edit": true, "ViewPassword": true, "PasswordHistory": null, "Login": null,
        "SecureNote": {"Type": 0}, "Card": null, "Identity": null})
}

fn card(world: &World) -> Value {
    let payload = json!({"CardholderName": null, "Brand": world.shared("Visa"), "Number": world.shared("4111111111111111"),
        "ExpMonth": null, "ExpYear": null, "Code": world.shared("123")});
    json!({"Object": "cipherDetails", "Id": CARD, "Type": 3, "RevisionDate": "2022-01-02T03:04:05.678901Z",
        "DeletedDate": null, "FolderId": null, "Favorite": false, "Reprompt": 0, "OrganizationId": ORGANIZATION,
        "Attachments": null, "OrganizationUseTotp": true, "CollectionIds": [COLLECTION],
        "Name": world.shared("Till"), "Notes": null, "Fields": [], "Data": payload, "Edit": true,
        "ViewPassword": true, "PasswordHistory": [], "Login": null, "SecureNote": null, "Card": payload,
        "Identity": null})
}

pub fn answer(path: &str, world: &World) -> Option<Value> {
    let rest = path.strip_prefix(&format!("/api/organizations/{ORGANIZATION}"))?;
    let list = |data: Value| Some(json!({"Data": data, "Object": "list", "ContinuationToken": null}));
    match rest {
        "" => Some(json!({"Id": ORGANIZATION, "Identifier": null, "Name": "Harbour Dental", "Seats": 10,
            "MaxCollections": 10, "MaxStorageGb": 10, "Use2fa": true, "UseDirectory": false, "UseEvents": false,
            "UseGroups": false, "UseTotp": true, "UsePolicies": true, "SelfHost": true, "UseApi": true,
            "HasPublicAndPrivateKeys": true, "ResetPasswordEnrolled": false, "BusinessName": null,
            "BusinessAddress1": null, "BusinessCountry": null, "BusinessTaxNumber": null, "BillingEmail": EMAIL,
            "Plan": "TeamsAnnually", "PlanType": 5, "UsersGetPremium": true, "Object": "organization"})),
        "/users?includeGroups=true&includeCollections=true" => list(json!([
            member(1, USER, "Maya", EMAIL, 2, 0, json!([])),
            member(
                2,
                Uuid::from_u128(10),
                "Tom",
                "tom@harbour.example",
                -1,
                3,
                json!([{"Id": COLLECTION, "ReadOnly": true, "HidePasswords": false}])
            ),
            member(3, Uuid::from_u128(11), "nadia@harbour.example", "nadia@harbour.example", 0, 2, json!([])),
        ])),
        "/collections" => list(json!([{"ExternalId": null, "Id": COLLECTION, "OrganizationId": ORGANIZATION,
            "Name": world.organization.collection_name, "Object": "collection"}])),
        "/policies" => list(json!([{"Id": Uuid::from_u128(0xa1), "OrganizationId": ORGANIZATION, "Type": 0,
            "Data": null, "Enabled": true, "Object": "policy"}])),
        _ => None,
    }
}

fn member(
    number: u128,
    user: Uuid,
    name: &str,
    email: &str,
    status: i32,
    role: i32,
    collections: Value,
) -> Value {
    json!({"Id": Uuid::from_u128(0x200 + number), "UserId": user, "Name": name, "Email": email, "ExternalId": null,
        "Collections": collections, "Status": status, "Type": role, "AccessAll": false, "TwoFactorEnabled": false,
        "ResetPasswordEnrolled": false, "Object": "organizationUserUserDetails"})
}
