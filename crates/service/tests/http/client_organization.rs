use serde_json::{Value, json};

use crate::support::*;

async fn list(world: &World, path: &str, person: Person) -> Vec<Value> {
    let path = format!("/api/organizations/{}{path}", id::CLIENT);
    let body = world.get(&path, &world.access_token(person).await).await;
    assert_eq!(keys(&body), names("object data continuationToken"), "{path}");
    assert_eq!((&body["object"], &body["continuationToken"]), (&json!("list"), &Value::Null));
    body["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_organization_tells_what_it_is() {
    let world = World::start().await;
    let token = world.access_token(Person::ServiceUser).await;
    let organization = world.get(&format!("/api/organizations/{}", id::CLIENT), &token).await;
    assert_eq!(
        keys(&organization),
        names(
            "object id name businessName businessAddress1 businessAddress2 businessAddress3 businessCountry
             businessTaxNumber billingEmail plan secretsManagerPlan planType seats maxAutoscaleSeats maxCollections
             maxStorageGb usePolicies useSso useKeyConnector useScim useGroups useDirectory useEvents useTotp use2fa
             useApi useResetPassword useSecretsManager usePasswordManager usersGetPremium useCustomPermissions
             useActivateAutofillPolicy useRiskInsights useOrganizationDomains useAdminSponsoredFamilies
             useAutomaticUserConfirmation useDisableSMAdsForUsers useDisableSmAdsForUsers usePhishingBlocker
             useMyItems useInviteLinks usePam selfHost hasPublicAndPrivateKeys smSeats smServiceAccounts
             maxAutoscaleSmSeats maxAutoscaleSmServiceAccounts limitCollectionCreation limitCollectionDeletion
             limitItemDeletion allowAdminAccessToAllCollectionItems"
        )
    );
    assert_eq!(organization["object"], "organization");
    assert_eq!(organization["name"], "Harbour Dental");
    assert_eq!(organization["planType"], 19);
    assert_eq!(organization["plan"]["name"], "Enterprise (Monthly)");
    assert_eq!(organization["plan"]["isAnnual"], false);
    assert_eq!(organization["billingEmail"], "billing@brightwater.example");
    let key = world.get(&format!("/api/organizations/{}/public-key", id::CLIENT), &token).await;
    assert_eq!(key, json!({"object": "organizationPublicKey", "publicKey": "T1JH"}));
}

#[tokio::test]
async fn members_come_with_groups_and_collections_when_asked() {
    let world = World::start().await;
    let members =
        list(&world, "/users?includeGroups=true&includeCollections=true", Person::ServiceUser).await;
    assert_eq!(members.len(), 9, "revoked and invited ones too");
    for member in &members {
        assert_eq!(
            keys(member),
            names(
                "object id userId type status externalId accessSecretsManager accessPam permissions
                 resetPasswordEnrolled usesKeyConnector hasMasterPassword name email avatarColor twoFactorEnabled
                 ssoBound claimedByOrganization collections groups revocationReason creationDate"
            )
        );
        assert_eq!(member["object"], "organizationUserUserDetails");
    }
    let of = |id: uuid::Uuid| members.iter().find(|member| member["id"] == json!(id)).unwrap();
    let member = of(Person::Member.member_id());
    assert_eq!(member["userId"], json!(Person::Member.id()));
    assert_eq!(member["groups"], json!([id::GROUP]));
    assert_eq!(
        member["collections"],
        json!([{"id": id::WIKI, "readOnly": true, "hidePasswords": false, "manage": false}]),
        "direct grants only"
    );
    assert_eq!((&member["type"], &member["status"]), (&json!(2), &json!(2)));
    assert_eq!(member["hasMasterPassword"], true);
    let revoked = of(Person::Revoked.member_id());
    assert_eq!((&revoked["status"], &revoked["revocationReason"]), (&json!(-1), &json!(1)));
    let invited = of(uuid::Uuid::from_u128(0x2ff));
    assert_eq!(
        (&invited["userId"], &invited["name"], &invited["email"], &invited["status"]),
        (&Value::Null, &Value::Null, &json!("invited@harbour.example"), &json!(0))
    );

    let bare = list(&world, "/users", Person::ServiceUser).await;
    assert!(bare.iter().all(|member| member["groups"] == json!([]) && member["collections"] == json!([])));
}

#[tokio::test]
async fn any_member_knows_the_others_names() {
    let world = World::start().await;
    let members = list(&world, "/users/mini-details", Person::Member).await;
    assert_eq!(members.len(), 9);
    assert_eq!(keys(&members[0]), names("object id userId type status name email"));
    assert_eq!(members[0]["object"], "organizationUserUserMiniDetails");
}

#[tokio::test]
async fn groups_come_with_their_collections_to_those_who_manage() {
    let world = World::start().await;
    let group = json!({"object": "group", "id": id::GROUP, "organizationId": id::CLIENT, "name": "Reception",
        "externalId": "ext-1"});
    assert_eq!(list(&world, "/groups", Person::Member).await, std::slice::from_ref(&group));
    let mut details = group;
    details["object"] = json!("groupDetails");
    details["collections"] =
        json!([{"id": id::WIKI, "readOnly": false, "hidePasswords": true, "manage": false}]);
    assert_eq!(list(&world, "/groups/details", Person::ServiceUser).await, [details]);
}

fn wiki() -> Value {
    json!({"object": "collection", "id": id::WIKI, "organizationId": id::CLIENT, "name": enc("wiki"),
        "externalId": null, "type": 0, "defaultUserCollectionEmail": null})
}

#[tokio::test]
async fn collections_are_listed_to_those_who_administer_or_manage_them() {
    let world = World::start().await;
    let ids = async |person| -> Vec<Value> {
        list(&world, "/collections", person).await.iter().map(|collection| collection["id"].clone()).collect()
    };
    let all = [json!(id::WIKI), json!(id::SAFE)];
    for person in [Person::ServiceUser, Person::Owner, Person::Admin, Person::CustomGroups] {
        assert_eq!(ids(person).await, all, "{person:?}");
    }
    assert_eq!(ids(Person::Member).await, [] as [Value; 0], "reaches one, manages none");
    assert_eq!(list(&world, "/collections", Person::CustomBare).await, [wiki()]);
}

#[tokio::test]
async fn collection_details_say_who_reaches_what() {
    let world = World::start().await;
    let mut expected = wiki();
    let selection = |id: uuid::Uuid, read_only: bool, hide_passwords: bool, manage: bool| json!({"id": id, "readOnly": read_only, "hidePasswords": hide_passwords, "manage": manage});
    for (key, value) in [
        ("object", json!("collectionAccessDetails")),
        ("groups", json!([selection(id::GROUP, false, true, false)])),
        (
            "users",
            json!([
                selection(Person::Member.member_id(), true, false, false),
                selection(Person::CustomBare.member_id(), false, false, true)
            ]),
        ),
        ("assigned", json!(false)),
        ("readOnly", json!(false)),
        ("hidePasswords", json!(false)),
        ("manage", json!(false)),
        ("unmanaged", json!(false)),
        ("hasEnabledAccessRule", json!(false)),
    ] {
        expected[key] = value;
    }
    let details = list(&world, "/collections/details", Person::ServiceUser).await;
    assert_eq!(details[0], expected);
    assert_eq!((&details[1]["id"], &details[1]["unmanaged"]), (&json!(id::SAFE), &json!(true)));

    let own = list(&world, "/collections/details", Person::CustomBare).await;
    assert_eq!(own.len(), 1);
    assert_eq!((&own[0]["assigned"], &own[0]["manage"]), (&json!(true), &json!(true)));
    assert_eq!(list(&world, "/collections/details", Person::Member).await, [] as [Value; 0]);
}

#[tokio::test]
async fn every_policy_has_a_state() {
    let world = World::start().await;
    let policies = list(&world, "/policies", Person::ServiceUser).await;
    assert_eq!(policies.len(), 23);
    for (kind, policy) in policies.iter().enumerate() {
        assert_eq!(keys(policy), names("object organizationId type data enabled canToggleState"));
        assert_eq!((&policy["object"], &policy["type"]), (&json!("policy"), &json!(kind)));
        assert_eq!(policy["enabled"], kind == 1);
    }
    assert_eq!(policies[1]["data"], json!({"minComplexity": 3, "minLength": 14, "requireUpper": true}));
    assert_eq!(policies[0]["data"], Value::Null);
}
