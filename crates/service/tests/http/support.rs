//! A small world with every role in it, a running service, and a client that knows nothing of our types.

use std::num::NonZeroU32;

use portico_service::bulk::*;
use portico_service::{ClientItems, Config, Permission, Permissions, Running, Store, running};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

/// Base32 of "12345678901234567890".
pub const TOTP_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
pub const CREATED: OffsetDateTime = datetime!(2026-01-02 3:04:05.678901 UTC);

/// Ids by meaning.
pub mod id {
    use uuid::Uuid;
    pub const CLIENT: Uuid = Uuid::from_u128(0xc1);
    pub const OTHER_CLIENT: Uuid = Uuid::from_u128(0xc2);
    pub const PROVIDER: Uuid = Uuid::from_u128(0xd1);
    pub const OTHER_PROVIDER: Uuid = Uuid::from_u128(0xd2);
    pub const LINK: Uuid = Uuid::from_u128(0xe1);
    pub const OTHER_LINK: Uuid = Uuid::from_u128(0xe2);
    pub const GROUP: Uuid = Uuid::from_u128(0x61);
    /// Reached by `Person::Member` directly, read only, and through the group with leave to edit and passwords hidden.
    pub const WIKI: Uuid = Uuid::from_u128(0x71);
    /// Reached by nobody but the owner.
    pub const SAFE: Uuid = Uuid::from_u128(0x72);
    pub const FOLDER: Uuid = Uuid::from_u128(0x81);
    pub const OWN_LOGIN: Uuid = Uuid::from_u128(0x91);
    pub const OWN_PASSPORT: Uuid = Uuid::from_u128(0x92);
    pub const WIKI_LOGIN: Uuid = Uuid::from_u128(0x93);
    pub const SAFE_NOTE: Uuid = Uuid::from_u128(0x94);
    /// `Person::Member`'s, where a test has loaded it.
    pub const SEND: Uuid = Uuid::from_u128(0x96);
    /// Kept with `WIKI_LOGIN`.
    pub const WIKI_FILE: Uuid = Uuid::from_u128(0x95);
}

/// Who there is. Everybody signs in with [`Person::password`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// An account that belongs to nothing.
    Plain,
    /// Type User of the client.
    Member,
    /// Type Custom of the client, without any permission.
    CustomBare,
    /// Type Custom of the client, who manages groups.
    CustomGroups,
    /// Type Custom of the client, who reads event logs and manages policies.
    CustomAudit,
    Admin,
    Owner,
    ServiceUser,
    ProviderAdmin,
    /// Admin of the other provider and owner of its client.
    StrangerAdmin,
    /// Accepted but not confirmed, in the client as owner and in the provider as admin.
    Pending,
    /// Was an owner of the client and is revoked.
    Revoked,
    /// Has an authenticator.
    TwoStep,
    /// Invited to work for the provider, and nothing else.
    Invited,
}

pub const EVERYBODY: [Person; 14] = [
    Person::Plain,
    Person::Member,
    Person::CustomBare,
    Person::CustomGroups,
    Person::CustomAudit,
    Person::Admin,
    Person::Owner,
    Person::ServiceUser,
    Person::ProviderAdmin,
    Person::StrangerAdmin,
    Person::Pending,
    Person::Revoked,
    Person::TwoStep,
    Person::Invited,
];

impl Person {
    pub fn id(self) -> Uuid {
        Uuid::from_u128(0x100 + self as u128)
    }

    /// Of the row that makes this person a member of the client.
    pub fn member_id(self) -> Uuid {
        Uuid::from_u128(0x200 + self as u128)
    }

    pub fn email(self) -> String {
        format!("{self:?}@brightwater.example").to_lowercase()
    }

    /// What a client would send: base64 of a hash.
    pub fn password(self) -> String {
        format!("{self:?}Hash+/=")
    }

    pub fn stamp(self) -> String {
        format!("stamp-{self:?}")
    }
}

/// An EncString of type 2 with nothing in it.
pub fn enc(text: &str) -> String {
    let text = text.bytes().map(|b| if b.is_ascii_alphanumeric() { b as char } else { 'x' });
    let body: String = text.chain("A".repeat(24).chars()).take(21).collect();
    format!("2.{}==|{body}A==|{}=", "Q".repeat(22), "M".repeat(43))
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
        password_hash: Some(person.password()),
        key: Some(enc("userkey")),
        public_key: Some("UFVCTElD".into()),
        private_key: Some(enc("private")),
        totp_secret: (person == Person::TwoStep).then(|| TOTP_SECRET.into()),
        verify_devices: false,
        security_stamp: person.stamp(),
        api_key: format!("api-key-of-{person:?}"),
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

pub fn fill(store: &Store) {
    store.set_password_rounds(NonZeroU32::MIN);
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        for person in EVERYBODY {
            load.user(&user(person))?;
        }
        load.organization(&organization(id::CLIENT, "Harbour Dental"))?;
        load.organization(&organization(id::OTHER_CLIENT, "Elsewhere"))?;
        let customs: [(Person, &[Permission]); 3] = [
            (Person::CustomBare, &[]),
            (Person::CustomGroups, &[Permission::ManageGroups]),
            (Person::CustomAudit, &[Permission::AccessEventLogs, Permission::ManagePolicies]),
        ];
        load.member(&member(Person::Owner, 0, 2, &[]))?;
        load.member(&member(Person::Admin, 1, 2, &[]))?;
        load.member(&member(Person::Member, 2, 2, &[]))?;
        for (person, permissions) in customs {
            load.member(&member(person, 4, 2, permissions))?;
        }
        load.member(&member(Person::Pending, 0, 1, &[]))?;
        load.member(&member(Person::Revoked, 0, -1, &[]))?;
        load.member(&BulkMember {
            id: Uuid::from_u128(0x2ff),
            user_id: None,
            email: Some("Invited@Harbour.example".into()),
            ..member(Person::Plain, 2, 0, &[])
        })?;
        load.member(&BulkMember {
            id: Uuid::from_u128(0x2fe),
            organization_id: id::OTHER_CLIENT,
            ..member(Person::StrangerAdmin, 0, 2, &[])
        })?;
        load.group(&BulkGroup {
            id: id::GROUP,
            organization_id: id::CLIENT,
            name: "Reception".into(),
            external_id: Some("ext-1".into()),
            members: vec![Person::Member.member_id(), Person::Admin.member_id()],
            created: CREATED,
        })?;
        let grant =
            |id, read_only, hide_passwords, manage| BulkAccess { id, read_only, hide_passwords, manage };
        load.collection(&BulkCollection {
            id: id::WIKI,
            organization_id: id::CLIENT,
            name: enc("wiki"),
            external_id: None,
            kind: 0,
            default_user_email: None,
            members: vec![
                grant(Person::Member.member_id(), true, false, false),
                grant(Person::CustomBare.member_id(), false, false, true),
            ],
            groups: vec![grant(id::GROUP, false, true, false)],
            created: CREATED,
        })?;
        load.collection(&BulkCollection {
            id: id::SAFE,
            name: enc("safe"),
            members: vec![grant(Person::Owner.member_id(), false, true, false)],
            groups: vec![],
            organization_id: id::CLIENT,
            external_id: None,
            kind: 0,
            default_user_email: None,
            created: CREATED,
        })?;
        load.policy(&BulkPolicy {
            id: Uuid::from_u128(0xa1),
            organization_id: id::CLIENT,
            kind: 1,
            enabled: true,
            data: Some(json!({"minComplexity": 3, "minLength": 14, "requireUpper": true})),
            revised: CREATED,
        })?;
        fill_provider(load)?;
        load.provider(&provider(id::OTHER_PROVIDER, "Lowland IT"))?;
        load.provider_user(&provider_user(4, id::OTHER_PROVIDER, Person::StrangerAdmin, 2, 0))?;
        load.provider_organization(&client_link(id::OTHER_LINK, id::OTHER_PROVIDER, id::OTHER_CLIENT))?;
        load.folder(&BulkFolder {
            id: id::FOLDER,
            user_id: Person::Member.id(),
            name: enc("folder"),
            revised: CREATED,
        })?;
        for item in items() {
            load.cipher(&item)?;
        }
        load.attachment(&wiki_file())?;
        load.cipher_mark(&BulkCipherMark {
            user_id: Person::Member.id(),
            cipher_id: id::WIKI_LOGIN,
            folder_id: Some(id::FOLDER),
            favorite: true,
            archived: None,
        })
    });
    loaded.unwrap();
}

/// The provider with its people and its client.
pub fn fill_provider(load: &mut Bulk<'_, '_>) -> Result<(), BulkError> {
    load.provider(&provider(id::PROVIDER, "Brightwater IT"))?;
    load.provider_user(&provider_user(1, id::PROVIDER, Person::ProviderAdmin, 2, 0))?;
    load.provider_user(&provider_user(2, id::PROVIDER, Person::ServiceUser, 2, 1))?;
    load.provider_user(&provider_user(3, id::PROVIDER, Person::Pending, 1, 0))?;
    load.provider_user(&BulkProviderUser {
        user_id: None,
        email: Some(Person::Invited.email()),
        ..provider_user(5, id::PROVIDER, Person::Invited, 0, 1)
    })?;
    load.provider_organization(&client_link(id::LINK, id::PROVIDER, id::CLIENT))
}

fn client_link(id: Uuid, provider_id: Uuid, organization_id: Uuid) -> BulkProviderOrganization {
    BulkProviderOrganization {
        id,
        provider_id,
        organization_id,
        key: Some(enc("orgkey")),
        created: CREATED,
        revised: CREATED,
    }
}

/// A running service and a plain HTTP client.
pub struct World {
    pub store: Store,
    pub running: Running,
    pub http: reqwest::Client,
}

impl World {
    pub async fn start() -> World {
        World::with(Config::without_delay()).await
    }

    pub async fn with(config: Config) -> World {
        let store = Store::in_memory().unwrap();
        fill(&store);
        World::over(store, config).await
    }

    pub async fn over(store: Store, config: Config) -> World {
        let running = running::start(store.clone(), config).await.unwrap();
        World { store, running, http: http_client() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.base_url().as_str().trim_end_matches('/'))
    }

    pub fn request(&self, method: Method, path: &str, token: Option<&str>) -> RequestBuilder {
        let request = self.http.request(method, self.url(path)).header("Device-Type", "8");
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// A successful GET.
    pub async fn get(&self, path: &str, token: &str) -> Value {
        let response = self.request(Method::GET, path, Some(token)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path, None).json(&body)).await
    }

    /// Any request with a body.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Value,
    ) -> (StatusCode, Value) {
        answer(self.request(method, path, token).json(&body)).await
    }

    /// The code of the newest mail of this kind.
    pub async fn mailed_code(&self, kind: &str) -> String {
        let mails = self.running.outbox().await.unwrap();
        mails.iter().rfind(|mail| mail.kind == kind).unwrap().fields["code"].clone()
    }

    /// How many mails of this kind there are.
    pub async fn mails(&self, kind: &str) -> usize {
        self.running.outbox().await.unwrap().iter().filter(|mail| mail.kind == kind).count()
    }

    /// The types of a person's own events, oldest first.
    pub async fn events_of(&self, token: &str) -> Vec<i64> {
        let events = self.get("/api/events", token).await;
        let mut types: Vec<_> =
            events["data"].as_array().unwrap().iter().map(|event| event["type"].as_i64().unwrap()).collect();
        types.reverse();
        types
    }

    pub async fn token(&self, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        answer(self.token_request(fields)).await
    }

    pub fn token_request(&self, fields: &[(&str, &str)]) -> RequestBuilder {
        self.request(Method::POST, "/identity/connect/token", None)
            .header("Bitwarden-Client-Version", "2026.8.0")
            .form(fields)
    }

    /// The answer to a right password.
    pub async fn sign_in(&self, person: Person) -> Value {
        let (status, body) = self.token(&fields(&password_grant(person))).await;
        assert_eq!(status, StatusCode::OK, "{person:?}: {body}");
        body
    }

    /// An access token. The two-step person's sign-in takes a code.
    pub async fn access_token(&self, person: Person) -> String {
        let mut form = password_grant(person);
        if person == Person::TwoStep {
            form.push(("twoFactorToken".into(), code_now()));
            form.push(("twoFactorProvider".into(), "0".into()));
        }
        let (status, body) = self.token(&fields(&form)).await;
        assert_eq!(status, StatusCode::OK, "{person:?}: {body}");
        body["access_token"].as_str().unwrap().to_owned()
    }
}

pub async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.bytes().await.unwrap();
    (status, if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() })
}

pub fn http_client() -> reqwest::Client {
    // The second test finds it installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub fn password_grant(person: Person) -> Vec<(String, String)> {
    [
        ("grant_type", "password".to_owned()),
        ("username", person.email()),
        ("password", person.password()),
        ("scope", "api offline_access".into()),
        ("client_id", "desktop".into()),
        ("deviceType", "8".into()),
        ("deviceIdentifier", "11111111-2222-3333-4444-555555555555".into()),
        ("deviceName", "linux".into()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// A password grant that carries more fields.
pub fn grant_with(person: Person, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut form = password_grant(person);
    form.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    form
}

/// As [`password_grant`] from another device.
pub fn grant_from(person: Person, device: &str) -> Vec<(String, String)> {
    let mut form = password_grant(person);
    form.iter_mut().find(|(name, _)| name == "deviceIdentifier").unwrap().1 = device.into();
    form
}

pub fn fields(form: &[(String, String)]) -> Vec<(&str, &str)> {
    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// RFC 6238, written here a second time on purpose.
pub fn code_now() -> String {
    code_at(OffsetDateTime::now_utc().unix_timestamp())
}

pub fn code_at(time: i64) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(b"12345678901234567890").unwrap();
    mac.update(&(time / 30).to_be_bytes());
    let tag = mac.finalize().into_bytes();
    let at = (tag[19] & 15) as usize;
    let number = u32::from_be_bytes(tag[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The keys of an object, sorted.
pub fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// The names in a text that lists them, sorted: field lists as protocol.md writes them.
pub fn names(list: &str) -> Vec<&str> {
    let mut names: Vec<&str> = list.split([',', ' ', '\n']).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names
}

/// `{"object":"error", …}` of protocol.md §0.
pub fn envelope(message: &str) -> Value {
    json!({"object": "error", "message": message, "validationErrors": null, "exceptionMessage": null,
        "exceptionStackTrace": null, "innerExceptionMessage": null})
}
