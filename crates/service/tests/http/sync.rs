use reqwest::Method;
use serde_json::{Value, json};

use crate::support::*;

/// protocol.md §3.3: what entries of `organizations` and `providerOrganizations` share.
const ORGANIZATION: &str = "object id name enabled identifier productTierType usePolicies useSso useKeyConnector useScim
    useGroups useDirectory useEvents useTotp use2fa useApi useResetPassword useSecretsManager usePasswordManager
    usersGetPremium useCustomPermissions useActivateAutofillPolicy useRiskInsights useOrganizationDomains
    useAdminSponsoredFamilies useAutomaticUserConfirmation useDisableSMAdsForUsers usePhishingBlocker useMyItems
    useInviteLinks usePam selfHost seats maxCollections maxStorageGb key hasPublicAndPrivateKeys ssoBound
    resetPasswordEnrolled limitCollectionCreation limitCollectionDeletion limitItemDeletion
    allowAdminAccessToAllCollectionItems providerId providerName providerType ssoEnabled keyConnectorEnabled
    keyConnectorUrl ssoMemberDecryptionType accessSecretsManager accessPam userId status type permissions";
const MEMBERS_ONLY: &str = "organizationUserId userIsClaimedByOrganization familySponsorshipFriendlyName
    familySponsorshipAvailable familySponsorshipLastSyncDate familySponsorshipValidUntil familySponsorshipToDelete
    isAdminInitiated";

async fn sync_of(world: &World, person: Person) -> Value {
    world.get("/api/sync?excludeDomains=true", &world.access_token(person).await).await
}

#[tokio::test]
async fn a_sync_has_every_member_that_clients_read_unguarded() {
    let world = World::start().await;
    let sync = sync_of(&world, Person::Plain).await;
    assert_eq!(
        keys(&sync),
        names("object profile folders collections ciphers domains policies policiesNew sends userDecryption")
    );
    assert_eq!(sync["object"], "sync");
    assert_eq!(sync["domains"], Value::Null, "excluded");
    for list in ["folders", "collections", "ciphers", "policies", "policiesNew", "sends"] {
        assert_eq!(sync[list], json!([]), "{list}");
    }
    let token = world.access_token(Person::Plain).await;
    let with_domains = world.get("/api/sync", &token).await;
    assert_eq!(
        with_domains["domains"],
        json!({"object": "domains", "equivalentDomains": [], "globalEquivalentDomains": []})
    );
    assert_eq!(
        sync["userDecryption"]["masterPasswordUnlock"],
        json!({
            "kdf": {"kdfType": 0, "iterations": 600_000, "memory": null, "parallelism": null},
            "masterKeyEncryptedUserKey": enc("userkey"),
            "masterKeyWrappedUserKey": enc("userkey"),
            "salt": "plain@brightwater.example",
        })
    );
}

#[tokio::test]
async fn the_profile_is_complete() {
    let world = World::start().await;
    let sync = sync_of(&world, Person::TwoStep).await;
    let profile = &sync["profile"];
    assert_eq!(
        keys(profile),
        names(
            "object id name email emailVerified premium premiumFromOrganization culture twoFactorEnabled key privateKey
             accountKeys securityStamp forcePasswordReset usesKeyConnector avatarColor creationDate verifyDevices
             organizations organizationsNew providers providerOrganizations"
        )
    );
    assert_eq!(profile["object"], "profile");
    assert_eq!(profile["id"], json!(Person::TwoStep.id()));
    assert_eq!(profile["email"], "twostep@brightwater.example");
    assert_eq!(profile["twoFactorEnabled"], true);
    assert_eq!(profile["culture"], "en-US");
    assert_eq!(profile["key"], enc("userkey"));
    assert_eq!(profile["privateKey"], enc("private"));
    assert_eq!(
        profile["accountKeys"],
        json!({
            "object": "privateKeys",
            "signatureKeyPair": null,
            "publicKeyEncryptionKeyPair":
                {"object": "publicKeyEncryptionKeyPair", "wrappedPrivateKey": enc("private"),
                    "publicKey": "UFVCTElD", "signedPublicKey": null},
            "securityState": null,
        })
    );
    assert_eq!(profile["securityStamp"], "stamp-TwoStep");
    assert_eq!(profile["creationDate"], "2026-01-02T03:04:05.678901Z");
    for list in ["organizations", "organizationsNew", "providers", "providerOrganizations"] {
        assert_eq!(profile[list], json!([]), "{list}");
    }
    let token = world.access_token(Person::Member).await;
    assert_eq!(
        world.get("/api/accounts/profile", &token).await,
        world.get("/api/sync", &token).await["profile"]
    );
}

#[tokio::test]
async fn a_member_sees_the_organization_and_who_manages_it() {
    let world = World::start().await;
    let sync = sync_of(&world, Person::CustomAudit).await;
    let organization = &sync["profile"]["organizations"][0];
    assert_eq!(keys(organization), names(&format!("{ORGANIZATION} {MEMBERS_ONLY}")));
    for (key, value) in [
        ("object", json!("profileOrganization")),
        ("id", json!(id::CLIENT)),
        ("name", json!("Harbour Dental")),
        ("enabled", json!(true)),
        ("productTierType", json!(3)),
        ("useGroups", json!(true)),
        ("usePolicies", json!(true)),
        ("useEvents", json!(true)),
        ("useSecretsManager", json!(false)),
        ("seats", json!(10)),
        ("key", json!(ukey())),
        ("hasPublicAndPrivateKeys", json!(true)),
        ("limitCollectionCreation", json!(true)),
        ("limitItemDeletion", json!(true)),
        ("providerId", json!(id::PROVIDER)),
        ("providerName", json!("Brightwater IT")),
        ("providerType", json!(0)),
        ("userId", json!(Person::CustomAudit.id())),
        ("organizationUserId", json!(Person::CustomAudit.member_id())),
        ("status", json!(2)),
        ("type", json!(4)),
    ] {
        assert_eq!(organization[key], value, "{key}");
    }
    assert_eq!(
        organization["permissions"],
        json!({
            "accessEventLogs": true, "accessImportExport": false, "accessReports": false, "createNewCollections": false,
            "editAnyCollection": false, "deleteAnyCollection": false, "manageGroups": false, "managePolicies": true,
            "manageSso": false, "manageUsers": false, "manageResetPassword": false, "manageScim": false,
            "manageAccessRules": false,
        })
    );
    assert_eq!(sync["profile"]["premiumFromOrganization"], true);
    assert_eq!(
        sync["policies"],
        json!([{
            "object": "policy", "id": "00000000-0000-0000-0000-0000000000a1", "organizationId": id::CLIENT, "type": 1,
            "data": {"minComplexity": 3, "minLength": 14, "requireUpper": true}, "enabled": true,
            "revisionDate": "2026-01-02T03:04:05.678901Z",
        }])
    );
}

#[tokio::test]
async fn who_was_only_accepted_is_in_the_newer_list_alone_and_who_was_revoked_in_neither() {
    let world = World::start().await;
    let pending = sync_of(&world, Person::Pending).await;
    assert_eq!(pending["profile"]["organizations"], json!([]));
    assert_eq!(pending["profile"]["organizationsNew"][0]["id"], json!(id::CLIENT));
    assert_eq!(pending["profile"]["organizationsNew"][0]["status"], 1);
    assert_eq!(pending["profile"]["organizationsNew"][0]["key"], Value::Null);
    assert_eq!(pending["policies"], json!([]));
    assert_eq!(pending["policiesNew"][0]["organizationId"], json!(id::CLIENT));
    assert_eq!(pending["profile"]["providers"], json!([]), "accepted is not confirmed");
    assert_eq!(pending["profile"]["providerOrganizations"], json!([]));

    let revoked = sync_of(&world, Person::Revoked).await;
    assert_eq!(revoked["profile"]["organizationsNew"], json!([]));
    assert_eq!(revoked["policiesNew"], json!([]));
}

#[tokio::test]
async fn a_provider_user_sees_provider_and_clients_and_no_items() {
    let world = World::start().await;
    let sync = sync_of(&world, Person::ServiceUser).await;
    assert_eq!(
        sync["profile"]["providers"],
        json!([{
            "object": "profileProvider", "id": id::PROVIDER, "name": "Brightwater IT", "key": ukey(), "status": 2,
            "type": 1, "enabled": true, "userId": Person::ServiceUser.id(), "useEvents": true, "providerStatus": 2,
            "providerType": 0,
            "permissions": {
                "accessEventLogs": false, "accessImportExport": false, "accessReports": false,
                "createNewCollections": false, "editAnyCollection": false, "deleteAnyCollection": false,
                "manageGroups": false, "managePolicies": false, "manageSso": false, "manageUsers": false,
                "manageResetPassword": false, "manageScim": false, "manageAccessRules": false,
            },
        }])
    );
    let clients = sync["profile"]["providerOrganizations"].as_array().unwrap();
    assert_eq!(clients.len(), 1, "not the other provider's");
    let client = &clients[0];
    assert_eq!(keys(client), names(ORGANIZATION));
    for (key, value) in [
        ("object", json!("profileProviderOrganization")),
        ("id", json!(id::CLIENT)),
        ("key", json!(enc("orgkey"))),
        ("status", json!(2)),
        ("type", json!(0)),
        ("providerId", json!(id::PROVIDER)),
        ("userId", json!(Person::ServiceUser.id())),
    ] {
        assert_eq!(client[key], value, "{key}");
    }
    assert_eq!(sync["profile"]["organizations"], json!([]));
    assert_eq!(sync["ciphers"], json!([]), "a client's items are not the provider's");
    assert_eq!(sync["collections"], json!([]));
}

fn find(list: &Value, id: uuid::Uuid) -> &Value {
    list.as_array().unwrap().iter().find(|one| one["id"] == json!(id)).unwrap()
}

#[tokio::test]
async fn items_come_as_written_with_what_this_person_may_do() {
    let world = World::start().await;
    let sync = sync_of(&world, Person::Member).await;
    let ciphers = &sync["ciphers"];
    assert_eq!(ciphers.as_array().unwrap().len(), 3, "two own, one of the client, not the safe");

    let own = find(ciphers, id::OWN_LOGIN);
    assert_eq!(
        keys(own),
        names(
            "object id organizationId type data name notes login card identity secureNote sshKey bankAccount
             driversLicense passport fields passwordHistory attachments organizationUseTotp revisionDate creationDate
             deletedDate reprompt key folderId favorite edit viewPassword archivedDate permissions collectionIds"
        )
    );
    assert_eq!(own["object"], "cipherDetails");
    assert_eq!(own["type"], 1);
    assert_eq!(own["organizationId"], Value::Null);
    assert_eq!(own["login"]["password"], enc("p"));
    assert_eq!(own["login"]["uris"], json!([{"uri": enc("u"), "uriChecksum": null, "match": null}]));
    assert_eq!(own["card"], Value::Null);
    assert_eq!(own["fields"], json!([{"type": 1, "name": enc("f"), "value": enc("v"), "linkedId": null}]));
    assert_eq!(own["key"], enc("itemkey"));
    assert_eq!((&own["edit"], &own["viewPassword"]), (&json!(true), &json!(true)));
    assert_eq!(own["permissions"], json!({"delete": true, "restore": true}));
    assert_eq!(own["collectionIds"], json!([]));
    assert_eq!(own["favorite"], false);

    let passport = find(ciphers, id::OWN_PASSPORT);
    assert_eq!(passport["passport"]["surname"], enc("s"));
    assert_eq!(passport["login"], Value::Null);
    assert_eq!(passport["deletedDate"], "2026-01-02T03:04:05.678901Z", "the trash is part of a sync");

    let wiki = find(ciphers, id::WIKI_LOGIN);
    assert_eq!(wiki["organizationId"], json!(id::CLIENT));
    assert_eq!(wiki["collectionIds"], json!([id::WIKI]));
    assert_eq!(wiki["edit"], false, "the direct grant is read only, and stands in place of the group's");
    assert_eq!(wiki["viewPassword"], true, "hidden by the group, shown by the direct grant");
    assert_eq!(wiki["permissions"], json!({"delete": false, "restore": false}));
    assert_eq!(wiki["folderId"], json!(id::FOLDER));
    assert_eq!(wiki["favorite"], true);
    assert_eq!(wiki["organizationUseTotp"], true);

    assert_eq!(
        sync["folders"],
        json!([{"object": "folder", "id": id::FOLDER, "name": enc("folder"),
                "revisionDate": "2026-01-02T03:04:05.678901Z"}])
    );
    assert_eq!(
        sync["collections"],
        json!([{"object": "collectionDetails", "id": id::WIKI, "organizationId": id::CLIENT, "name": enc("wiki"),
                "externalId": null, "type": 0, "defaultUserCollectionEmail": null, "readOnly": true,
                "hidePasswords": false, "manage": false, "hasEnabledAccessRule": false}])
    );
}

#[tokio::test]
async fn a_mark_is_one_persons_and_hidden_passwords_stay_hidden() {
    let world = World::start().await;
    let admin = sync_of(&world, Person::Admin).await;
    let wiki = find(&admin["ciphers"], id::WIKI_LOGIN);
    assert_eq!((&wiki["favorite"], &wiki["folderId"]), (&json!(false), &Value::Null));
    assert_eq!(wiki["viewPassword"], false, "through the group only");

    let owner = sync_of(&world, Person::Owner).await;
    let safe = find(&owner["ciphers"], id::SAFE_NOTE);
    assert_eq!((&safe["edit"], &safe["viewPassword"]), (&json!(true), &json!(false)));
    assert_eq!(safe["permissions"]["delete"], false, "only managers delete here");
    assert_eq!(safe["secureNote"], json!({"type": 0}));
    assert_eq!(
        owner["ciphers"].as_array().unwrap().len(),
        1,
        "an owner reaches items by collections like anybody"
    );

    let manager = sync_of(&world, Person::CustomBare).await;
    assert_eq!(find(&manager["ciphers"], id::WIKI_LOGIN)["permissions"]["delete"], true);
}

#[tokio::test]
async fn old_clients_are_spared_types_they_cannot_read() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let types = async |version: &str| -> Vec<i64> {
        let request =
            world.request(Method::GET, "/api/sync", Some(&token)).header("Bitwarden-Client-Version", version);
        let sync = answer(request).await.1;
        sync["ciphers"].as_array().unwrap().iter().map(|cipher| cipher["type"].as_i64().unwrap()).collect()
    };
    assert_eq!(types("2024.12.0").await, [1, 1]);
    assert_eq!(types("2026.8.0").await, [1, 8, 1]);
}
