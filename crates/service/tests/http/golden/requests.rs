//! Every documented request (`crates/protocol/tests/golden/requests.json`), sent as it is documented by somebody who may:
//! all of them are served.

use std::collections::{BTreeMap, BTreeSet};

use portico_service::{ClientItems, NewProvider, ProviderKind};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::documented::{self, Request};
use super::{OWN, OWN_TOO, world};
use crate::providers::desk::{INVITED, PENDING, SERVICE_USER, query};
use crate::support::*;

/// Who asks, in an order in which each can be served.
const VAULT: [(&str, Person); 31] = [
    ("prelogin", Person::Plain),
    ("olderPrelogin", Person::Plain),
    ("verifyPassword", Person::Plain),
    ("folder", Person::CustomBare),
    ("renamedFolder", Person::CustomBare),
    ("secureNote", Person::CustomBare),
    ("card", Person::CustomBare),
    ("identity", Person::CustomBare),
    ("sshKey", Person::CustomBare),
    ("bankAccount", Person::CustomBare),
    ("driversLicense", Person::CustomBare),
    ("passport", Person::CustomBare),
    ("login", Person::CustomBare),
    ("changedItem", Person::CustomBare),
    ("marks", Person::CustomBare),
    ("movedItems", Person::CustomBare),
    ("archivedItems", Person::CustomBare),
    ("unarchivedItems", Person::CustomBare),
    ("trashedItems", Person::CustomBare),
    ("restoredItems", Person::CustomBare),
    ("sharedItems", Person::CustomBare),
    ("announcedFile", Person::CustomBare),
    ("itemWithCollections", Person::CustomBare),
    ("itemCollections", Person::CustomBare),
    ("manyItemCollections", Person::CustomBare),
    ("imported", Person::CustomBare),
    ("purged", Person::CustomBare),
    ("importedIntoOrganization", Person::Owner),
    ("organizationFounding", Person::Plain),
    // Who pays is the provider's to say.
    ("organizationChange", Person::ProviderAdmin),
    ("collectionManagement", Person::Owner),
];

const ORGANIZATION: [(&str, Person); 11] = [
    ("collection", Person::Owner),
    ("bulkAccess", Person::Owner),
    ("group", Person::Owner),
    ("memberInvitation", Person::Owner),
    ("memberChange", Person::Owner),
    ("memberConfirmation", Person::Owner),
    ("memberConfirmations", Person::Owner),
    ("revokedMembers", Person::Owner),
    ("restoredMembers", Person::Owner),
    ("policy", Person::Owner),
    ("flatPolicy", Person::Owner),
];

const PROVIDER: [(&str, Person); 15] = [
    ("providerChange", Person::ProviderAdmin),
    ("providerInvitation", Person::ProviderAdmin),
    ("providerUserKeys", Person::ProviderAdmin),
    ("providerConfirmation", Person::ProviderAdmin),
    ("providerUserIds", Person::ProviderAdmin),
    ("providerRole", Person::ProviderAdmin),
    ("removedProviderUsers", Person::ProviderAdmin),
    ("billingAddress", Person::ProviderAdmin),
    ("paymentMethod", Person::ProviderAdmin),
    ("bitPay", Person::ProviderAdmin),
    ("client", Person::ProviderAdmin),
    ("clientChange", Person::ProviderAdmin),
    ("olderClient", Person::ProviderAdmin),
    ("existingClient", Person::ProviderAdmin),
    ("providerAcceptance", Person::Invited),
];

#[tokio::test]
async fn what_is_documented_is_served() {
    let world = world().await;
    let mut asking = Asking::new(&world);
    for (name, person) in VAULT.into_iter().chain(ORGANIZATION) {
        let told = asking.ask(name, person).await;
        let id = told["id"].as_str().unwrap_or_default().to_owned();
        match name {
            "folder" => _ = asking.stands_for.insert("folder", id),
            "login" => _ = asking.stands_for.insert("item", id),
            _ => {}
        }
    }
    for (name, person) in PROVIDER {
        asking.ask(name, person).await;
        if name == "providerUserIds" {
            let mail = world.mail("providerInvitation", &Person::Invited.email()).await;
            asking.stands_for.insert("token", mail.fields["token"].clone());
        }
    }
    // Who accepted is confirmed with many; what is taken on in the older way is another organization.
    asking.stands_for.insert("acceptedProviderUser", INVITED.to_string());
    asking.ask("providerConfirmations", Person::ProviderAdmin).await;
    asking.stands_for.insert("ownOrganization", OWN_TOO.to_string());
    asking.ask("existingOrganization", Person::ProviderAdmin).await;

    let new = NewProvider {
        kind: ProviderKind::Msp { teams_minimum: 1, enterprise_minimum: 1 },
        owner_email: Person::ProviderAdmin.email(),
        client_items: ClientItems::Read,
    };
    let made = world.store.create_provider(&new, Some(world.running.base_url())).unwrap();
    let token = query(&made.link).into_iter().find(|(name, _)| name == "token").unwrap().1;
    asking.stands_for.extend([("provider", made.id.to_string()), ("token", token)]);
    asking.ask("providerSetup", Person::ProviderAdmin).await;

    let never: Vec<_> = asking.documented.keys().filter(|name| !asking.asked.contains(*name)).collect();
    assert!(never.is_empty(), "never asked: {never:?}");
}

struct Asking<'a> {
    world: &'a World,
    documented: BTreeMap<String, Request>,
    asked: BTreeSet<String>,
    stands_for: BTreeMap<&'static str, String>,
}

impl<'a> Asking<'a> {
    fn new(world: &'a World) -> Self {
        let ids: [(&str, Uuid); 11] = [
            ("organization", id::CLIENT),
            ("collection", id::WIKI),
            ("group", id::GROUP),
            ("sharedItem", id::WIKI_LOGIN),
            ("member", Person::Member.member_id()),
            ("accepted", Person::Pending.member_id()),
            ("provider", id::PROVIDER),
            ("providerOrganization", id::LINK),
            ("serviceUser", SERVICE_USER),
            ("ownOrganization", OWN),
            ("acceptedProviderUser", PENDING),
        ];
        let mut stands_for: BTreeMap<_, _> = ids.map(|(name, id)| (name, id.to_string())).into();
        stands_for.insert("invitedProviderUser", INVITED.to_string());
        stands_for.insert("enc", enc("text"));
        stands_for.insert("ukey", ukey());
        stands_for.insert("publicKey", "QUFB".repeat(98));
        let documented = documented::all().into_iter().map(|request| (request.name.clone(), request));
        Self { world, documented: documented.collect(), asked: BTreeSet::new(), stands_for }
    }

    async fn ask(&mut self, name: &str, person: Person) -> Value {
        self.stands_for.extend([("user", person.id().to_string()), ("password", person.password())]);
        let request = &self.documented[name];
        let stand_in = |name: &str| {
            self.stands_for.get(name).unwrap_or_else(|| panic!("nothing stands for {name}")).clone()
        };
        let (method, path) = request.route.split_once(' ').unwrap();
        let parts: Vec<&str> = path.split(['{', '}']).collect();
        let path: String = parts
            .iter()
            .enumerate()
            .map(|(at, part)| if at % 2 == 1 { stand_in(part) } else { (*part).to_owned() })
            .collect();
        let body = documented::filled(&request.body, &stand_in);
        let method: Method = method.parse().unwrap();
        // Roles change on the way: each asks with claims of now.
        let token = self.world.access_token(person).await;
        let (status, told) = self.world.send(method, &path, Some(&token), body).await;
        assert_eq!(status, StatusCode::OK, "{name}: {told}");
        self.asked.insert(name.to_owned());
        told
    }
}
