//! Rows as the bulk door takes them.

use portico_service::bulk::*;
use portico_service::{ClientItems, Permission, Permissions};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::grants::TOTP_SECRET;
use super::people::{Person, id};

/// When everything of the world was made.
pub const CREATED: OffsetDateTime = datetime!(2026-01-02 3:04:05.678901 UTC);

/// An EncString of type 2 with nothing in it.
pub fn enc(text: &str) -> String {
    let text = text.bytes().map(|b| if b.is_ascii_alphanumeric() { b as char } else { 'x' });
    let body: String = text.chain("A".repeat(24).chars()).take(21).collect();
    format!("2.{}==|{body}A==|{}=", "Q".repeat(22), "M".repeat(43))
}

/// An EncString of type 2 with at least this many characters.
pub fn long_enc(characters: usize) -> String {
    format!("2.{}==|{}|{}=", "Q".repeat(22), "A".repeat(characters.next_multiple_of(4)), "M".repeat(43))
}

pub fn ukey() -> String {
    format!("4.{}==", "Q".repeat(342))
}

pub fn user(person: Person) -> BulkUser {
    BulkUser {
        id: person.id(),
        email: person.email().to_uppercase(),
        name: Some(format!("{person:?}")),
        kdf: BulkKdf { kind: 0, iterations: 600_000, memory: None, parallelism: None },
        salt: None,
        password_hash: Some(person.password().into()),
        key: Some(enc("userkey")),
        public_key: Some("UFVCTElD".into()),
        private_key: Some(enc("private")),
        totp_secret: (person == Person::TwoStep).then(|| TOTP_SECRET.to_owned().into()),
        verify_devices: false,
        security_stamp: person.stamp(),
        api_key: format!("api-key-of-{person:?}").into(),
        premium: false,
        avatar_color: None,
        created: CREATED,
    }
}

pub fn organization(id: Uuid, name: &str) -> BulkOrganization {
    BulkOrganization {
        id,
        name: name.into(),
        business_name: None,
        billing_email: "billing@brightwater.example".into(),
        plan_type: 19,
        status: 2,
        enabled: true,
        seats: Some(10),
        max_storage_gb: Some(1),
        use_secrets_manager: false,
        limit_collection_creation: true,
        limit_collection_deletion: false,
        limit_item_deletion: true,
        allow_admin_access_to_all_collection_items: false,
        public_key: Some("T1JH".into()),
        private_key: Some(enc("orgprivate")),
        created: CREATED,
    }
}

pub fn member(person: Person, role: i32, status: i32, permissions: &[Permission]) -> BulkMember {
    BulkMember {
        id: person.member_id(),
        organization_id: id::CLIENT,
        user_id: Some(person.id()),
        email: None,
        key: (status == 2).then(ukey),
        status,
        role,
        permissions: Permissions::of(permissions),
        external_id: None,
        reset_password_key: None,
        access_secrets_manager: false,
        revocation_reason: (status == -1).then_some(1),
        created: CREATED,
        revised: CREATED,
    }
}

pub fn provider(id: Uuid, name: &str) -> BulkProvider {
    BulkProvider {
        id,
        name: name.into(),
        business_name: Some(format!("{name} Ltd")),
        business_country: Some("IE".into()),
        billing_email: "accounts@brightwater.example".into(),
        status: 2,
        kind: 0,
        use_events: true,
        enabled: true,
        client_items: ClientItems::Read,
        seat_minimums: vec![(17, 0), (19, 4)],
        created: CREATED,
    }
}

pub fn provider_user(
    row: u128,
    provider_id: Uuid,
    person: Person,
    status: i32,
    role: i32,
) -> BulkProviderUser {
    BulkProviderUser {
        id: Uuid::from_u128(0x300 + row),
        provider_id,
        user_id: Some(person.id()),
        email: None,
        key: (status == 2).then(ukey),
        status,
        role,
        created: CREATED,
    }
}

pub fn cipher(id: Uuid, owner: BulkOwner, kind: i32, content: Value) -> BulkCipher {
    BulkCipher {
        id,
        owner,
        kind,
        name: enc("name"),
        notes: None,
        content,
        fields: Some(json!([{"type": 1, "name": enc("f"), "value": enc("v"), "linkedId": null}])),
        password_history: None,
        key: Some(enc("itemkey")),
        reprompt: 0,
        created: CREATED,
        revised: CREATED,
        deleted: None,
    }
}

/// Every item of the world.
pub fn items() -> [BulkCipher; 4] {
    let login = json!({"uris": [{"uri": enc("u"), "uriChecksum": null, "match": null}], "username": enc("n"),
        "password": enc("p"), "passwordRevisionDate": null, "totp": null, "autofillOnPageLoad": null,
        "fido2Credentials": null, "uri": null});
    let own = BulkOwner::User(Person::Member.id());
    let shared = |collection| BulkOwner::Organization { id: id::CLIENT, collections: vec![collection] };
    [
        cipher(id::OWN_LOGIN, own.clone(), 1, login.clone()),
        BulkCipher {
            deleted: Some(CREATED),
            ..cipher(id::OWN_PASSPORT, own, 8, json!({"surname": enc("s")}))
        },
        cipher(id::WIKI_LOGIN, shared(id::WIKI), 1, login),
        cipher(id::SAFE_NOTE, shared(id::SAFE), 2, json!({"type": 0})),
    ]
}

/// base64url of the bytes of `id::SEND`.
pub const SEND_ACCESS_ID: &str = "AAAAAAAAAAAAAAAAAAAAlg";

/// A text that anybody with the link may read.
pub fn text_send() -> BulkSend {
    BulkSend {
        id: id::SEND,
        user_id: Person::Member.id(),
        name: enc("sendname"),
        text: enc("text"),
        key: enc("sendkey"),
        deletes: OffsetDateTime::now_utc() + time::Duration::days(7),
        created: CREATED,
    }
}

pub fn wiki_file() -> BulkAttachment {
    BulkAttachment {
        id: id::WIKI_FILE,
        cipher_id: id::WIKI_LOGIN,
        file_name: enc("filename"),
        key: Some(enc("filekey")),
        content: b"sealed bytes".to_vec(),
        created: CREATED,
    }
}
