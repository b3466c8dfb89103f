//! Every kind of item, with every text that the wire has for it (protocol.md §3.5): what the official client writes ours
//! reads, and what ours seals the official client reads. It makes none of the three newest kinds itself, and reads them.

use portico_crypto::Kdf;
use portico_tests::person::{Person, register};
use portico_vault::{FieldId, ItemKind, NewItem, SealWith, Secret, seal_item};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::bw::Refused;
use crate::world::{World, text};

const PASSWORD: &str = "Correct horse battery 9";

/// Number on the wire, member of the wire that carries it, and its texts.
const KINDS: [(i32, &str, &[&str]); 6] = [
    (3, "card", &["cardholderName", "brand", "number", "expMonth", "expYear", "code"]),
    (
        4,
        "identity",
        &[
            "title",
            "firstName",
            "middleName",
            "lastName",
            "address1",
            "address2",
            "address3",
            "city",
            "state",
            "postalCode",
            "country",
            "company",
            "email",
            "phone",
            "ssn",
            "username",
            "passportNumber",
            "licenseNumber",
        ],
    ),
    (5, "sshKey", &["privateKey", "publicKey", "keyFingerprint"]),
    (
        6,
        "bankAccount",
        &[
            "bankName",
            "nameOnAccount",
            "accountType",
            "accountNumber",
            "routingNumber",
            "branchNumber",
            "pin",
            "swiftCode",
            "iban",
            "bankContactPhone",
        ],
    ),
    (
        7,
        "driversLicense",
        &[
            "firstName",
            "middleName",
            "lastName",
            "dateOfBirth",
            "licenseNumber",
            "issuingCountry",
            "issuingState",
            "issueDate",
            "issuingAuthority",
            "expirationDate",
            "licenseClass",
        ],
    ),
    (
        8,
        "passport",
        &[
            "surname",
            "givenName",
            "dateOfBirth",
            "sex",
            "birthPlace",
            "nationality",
            "passportNumber",
            "passportType",
            "issuingCountry",
            "issuingAuthority",
            "issueDate",
            "expirationDate",
            "nationalIdentificationNumber",
        ],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_that_the_official_client_writes_ours_reads() {
    let world = World::start().await;
    let email = "ruth@brightwater.example";
    register(world.plain(), email, PASSWORD, &Kdf::pbkdf2(600_000).unwrap()).await;
    let mut bw = world.bw();
    bw.login(email, PASSWORD);
    let made_by_theirs = &KINDS[..3];
    let mut written = Vec::new();
    for (kind, member, names) in made_by_theirs {
        let payload: Map<String, Value> =
            names.iter().map(|name| ((*name).to_owned(), Value::from(value_of(member, name)))).collect();
        let mut item = json!({
            "organizationId": null, "folderId": null, "type": kind, "name": member, "notes": null, "favorite": false,
            "reprompt": 0, "fields": [], "login": null, "secureNote": null, "card": null, "identity": null,
        });
        item[*member] = Value::Object(payload);
        written.push(text(&bw.send(&["create", "item"], &item)["id"]));
    }
    let (newest, ..) = KINDS[3];
    let refused = json!({"type": newest, "name": "Savings", "bankAccount": {"bankName": "Harbour Bank"}});
    let Err(Refused(told)) = bw.try_send(&["create", "item"], &refused) else {
        panic!("now it makes them: compare all")
    };
    assert!(told.contains("is not available"), "{told}");

    let own = world.own_client_of(email, PASSWORD).await;
    let picture = own.unlocked.picture();
    assert_eq!(picture.items().len(), made_by_theirs.len());
    for ((kind, member, names), id) in made_by_theirs.iter().zip(&written) {
        let item = picture.item(id.parse().unwrap()).unwrap();
        assert_eq!(item.overview().kind, ItemKind(*kind));
        for name in *names {
            let field = FieldId::from(format!("{member}.{name}").as_str());
            let value = item.reveal(&field).unwrap_or_else(|error| panic!("{member}.{name}: {error}"));
            assert_eq!(value.expose(), value_of(member, name));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_that_ours_seals_the_official_client_reads() {
    let world = World::start().await;
    let email = "tomas@brightwater.example";
    register(world.plain(), email, PASSWORD, &Kdf::argon2id(2, 32, 2).unwrap()).await;
    let person = Person::signed_in(world.plain(), email, PASSWORD).await;
    let mut written = Vec::new();
    for (kind, member, names) in KINDS {
        let values = names.iter().map(|name| (*name, Secret::from(value_of(member, name)))).collect();
        let item = NewItem { values, ..NewItem::new(ItemKind(kind), member) };
        let body =
            serde_json::to_value(seal_item(&item, &person.user_key, SealWith::ItemKey).unwrap()).unwrap();
        written.push(text(&person.call(Method::POST, "api/ciphers", body).await["id"]));
    }
    let note = NewItem {
        notes: Some(Secret::from("water the plants")),
        ..NewItem::new(ItemKind::SECURE_NOTE, "Note")
    };
    let body = serde_json::to_value(seal_item(&note, &person.user_key, SealWith::ItemKey).unwrap()).unwrap();
    let note = text(&person.call(Method::POST, "api/ciphers", body).await["id"]);

    let mut bw = world.bw();
    bw.login(email, PASSWORD);
    for ((kind, member, names), id) in KINDS.iter().zip(&written) {
        let told = bw.told(&["get", "item", id]);
        assert_eq!((&told["type"], &told["name"]), (&json!(kind), &json!(member)));
        for name in *names {
            assert_eq!(told[member][name], value_of(member, name), "{member}.{name}");
        }
    }
    assert_eq!(bw.get("notes", &note), "water the plants");
}

/// A text that no other member has, with letters that encodings spoil. A date is one: the newest clients leave out what is
/// none.
fn value_of(member: &str, name: &str) -> String {
    if name == "dateOfBirth" || name.ends_with("Date") {
        return format!("20{:02}-04-02", member.len() + name.len());
    }
    format!("{member} · {name} – déjà vu 🔑")
}
