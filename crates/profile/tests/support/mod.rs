//! A person, a provider with two clients, and a vault, made with the real ceremonies and written as a server would.
#![allow(dead_code, clippy::unwrap_used)] // Each test file uses its part of this.

pub mod one_change;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime};

use portico_crypto::{Kdf, PrivateKey, SymmetricKey, ceremony};
use portico_profile::*;
use portico_protocol::SecretText;
use portico_protocol::provider::ProviderOrganizationDetails;
use portico_protocol::server::ServerAddress;
use portico_vault::{ItemKind, NewItem, NewWebsite, SealWith, Secret, seal_item};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;
use zeroize::Zeroizing;

pub const PASSWORD: &str = "correct horse battery staple";
pub const EMAIL: &str = "Marguerite@Example.org";
pub const SALT: &str = "marguerite@example.org";
pub const ACCOUNT: Uuid = Uuid::from_u128(0xacc0);
pub const PROVIDER: Uuid = Uuid::from_u128(0xb0);
pub const NORTH: Uuid = Uuid::from_u128(0xc1);
pub const SOUTH: Uuid = Uuid::from_u128(0xc2);
pub const FOLDER: Uuid = Uuid::from_u128(0xf0);

/// A clock that stands still until it is moved.
pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::SeqCst) as u64)
    }
}

impl TestClock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

/// The server's side.
pub struct World {
    pub account: ceremony::NewAccount,
    pub kdf: Kdf,
    pub provider_key: ceremony::NewProviderKey,
    pub north: ceremony::NewOrganization,
    pub south: ceremony::NewOrganization,
    pub items: Vec<Value>,
}

/// A keychain in memory, which can be made to fail.
#[derive(Default)]
pub struct MemoryKeychain(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    secrets: HashMap<String, Vec<u8>>,
    obstacle: Option<KeychainObstacle>,
    refuses_writing: bool,
}

impl OsKeychain for MemoryKeychain {
    fn obstacle(&self) -> Option<KeychainObstacle> {
        self.0.lock().unwrap().obstacle
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(self.0.lock().unwrap().secrets.get(name).cloned().map(Zeroizing::new))
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        let mut kept = self.0.lock().unwrap();
        if kept.refuses_writing {
            return Err(KeychainError("refused".to_owned()));
        }
        kept.secrets.insert(name.to_owned(), secret.to_vec());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), KeychainError> {
        self.0.lock().unwrap().secrets.remove(name);
        Ok(())
    }
}

impl MemoryKeychain {
    pub fn is_empty(&self) -> bool {
        self.0.lock().unwrap().secrets.is_empty()
    }

    pub fn obstruct(&self, obstacle: Option<KeychainObstacle>) {
        self.0.lock().unwrap().obstacle = obstacle;
    }

    pub fn refuse_writing(&self, refuses: bool) {
        self.0.lock().unwrap().refuses_writing = refuses;
    }
}

/// This machine's side.
pub struct Machine {
    pub folder: TempDir,
    pub clock: Arc<TestClock>,
    /// Used by the profiles that a test gives it to.
    pub keychain: Arc<MemoryKeychain>,
    pub profile: Profile,
}

/// RSA pairs take a tenth of a second; nobody here needs more than one.
pub fn pair() -> &'static PrivateKey {
    static PAIR: OnceLock<PrivateKey> = OnceLock::new();
    PAIR.get_or_init(PrivateKey::generate)
}

impl World {
    pub fn new() -> Self {
        let kdf = Kdf::pbkdf2(5000).unwrap();
        let account = ceremony::make_account_with(PASSWORD, SALT, &kdf, pair());
        let provider_key = ceremony::make_provider_key(pair().public_key());
        let north = ceremony::make_client_organization_with(&provider_key.key, "Northern offices", pair());
        let south = ceremony::make_client_organization_with(&provider_key.key, "Southern offices", pair());
        Self { account, kdf, provider_key, north, south, items: Vec::new() }
    }

    /// Adds a login to the own vault, or to an organization.
    pub fn add_login(&mut self, n: u128, name: &str, organization: Option<(Uuid, &SymmetricKey)>) -> Uuid {
        let id = Uuid::from_u128(0x17e0_0000 + n);
        let owner = organization.map_or(&self.account.user_key, |(_, key)| key);
        let item = login(id, name, owner, organization.map(|(id, _)| id));
        self.items.push(item);
        id
    }

    /// The answer of `GET /sync`.
    pub fn sync(&self) -> Value {
        self.sync_of(&[(NORTH, "Northwind Traders", &self.north), (SOUTH, "Southridge Video", &self.south)])
    }

    pub fn sync_of(&self, clients: &[(Uuid, &str, &ceremony::NewOrganization)]) -> Value {
        let user_key = &self.account.user_key;
        let client = |(id, name, organization): &(Uuid, &str, &ceremony::NewOrganization)| {
            json!({"object": "profileProviderOrganization", "id": id, "name": name, "enabled": true, "useGroups": true,
                "key": organization.wrapped_key, "providerId": PROVIDER, "status": 2, "type": 0, "novelty": {"a": 1}})
        };
        json!({
            "object": "sync",
            "profile": {
                "object": "profile", "id": ACCOUNT, "name": "Marguerite Yourcenar", "email": EMAIL,
                "key": self.account.wrapped_user_key, "privateKey": self.account.wrapped_private_key,
                "organizations": [], "providers": [{
                    "object": "profileProvider", "id": PROVIDER, "name": "Hadrian Managed Services",
                    "key": self.provider_key.wrapped_key, "status": 2, "type": 0, "enabled": true
                }],
                "providerOrganizations": clients.iter().map(client).collect::<Vec<_>>(),
            },
            "folders": [{"object": "folder", "id": FOLDER, "name": user_key.seal_text("Household/Bills"),
                "revisionDate": "2026-08-20T14:16:19.1234567Z"}],
            "collections": [], "ciphers": self.items, "policies": [], "sends": [], "domains": null,
            "userDecryption": {"masterPasswordUnlock": {
                "kdf": {"kdfType": 0, "iterations": 5000, "memory": null, "parallelism": null},
                "masterKeyEncryptedUserKey": self.account.wrapped_user_key, "salt": SALT
            }},
        })
    }

    pub fn new_account(&self) -> NewAccount {
        NewAccount {
            id: ACCOUNT,
            server: ServerAddress::parse("https://vault.example.org").unwrap(),
            email: EMAIL.to_owned(),
            kdf: self.kdf,
            salt: SALT.to_owned(),
            wrapped_user_key: self.account.wrapped_user_key.clone(),
            session: tokens("first"),
            password_notice: None,
        }
    }

    pub fn user_key(&self) -> SymmetricKey {
        copy(&self.account.user_key)
    }

    pub fn provider_picture(&self) -> ProviderPicture {
        ProviderPicture {
            provider: from(
                json!({"object": "provider", "id": PROVIDER, "name": "Hadrian Managed Services", "type": 0}),
            ),
            clients: vec![
                self.client_row(NORTH, "Northwind Traders", &self.north, 12),
                self.client_row(SOUTH, "Southridge Video", &self.south, 5),
            ],
            members: Some(vec![from(
                json!({"object": "providerUserUserDetails", "id": Uuid::from_u128(0xb1),
                "userId": ACCOUNT, "type": 0, "status": 2, "name": "Marguerite Yourcenar", "email": EMAIL}),
            )]),
        }
    }

    pub fn client_row(
        &self,
        id: Uuid,
        name: &str,
        organization: &ceremony::NewOrganization,
        used: i32,
    ) -> ProviderOrganizationDetails {
        from(
            json!({"object": "providerOrganizationOrganizationDetail", "id": Uuid::from_u128(id.as_u128() + 0x100),
            "providerId": PROVIDER, "organizationId": id, "organizationName": name, "key": organization.wrapped_key,
            "userCount": used - 1, "seats": 20, "occupiedSeats": used, "remainingSeats": 20 - used,
            "plan": "Enterprise (Monthly)"}),
        )
    }

    /// A client with `members` members, one group and one collection.
    pub fn client_picture(&self, id: Uuid, name: &str, members: u128) -> ClientPicture {
        let organization = if id == NORTH { &self.north } else { &self.south };
        let (group, collection) = (Uuid::from_u128(0x6000), Uuid::from_u128(0x7000));
        let member = |n: u128| {
            from(
                json!({"object": "organizationUserUserDetails", "id": Uuid::from_u128(n << 64), "userId": Uuid::from_u128(n),
                "type": 2, "status": 2, "name": format!("Antinous {n}"), "email": format!("antinous{n}@example.net"),
                "groups": [group], "collections": [], "permissions": {}, "somethingNew": n as u64}),
            )
        };
        ClientPicture {
            organization: from(
                json!({"object": "organization", "id": id, "name": name, "planType": 19, "seats": 20,
                "useGroups": true, "plan": {"object": "plan", "name": "Enterprise (Monthly)"}, "aMemberOfTomorrow": [1, 2]}),
            ),
            members: (1..=members).map(member).collect(),
            groups: vec![from(
                json!({"object": "groupDetails", "id": group, "organizationId": id, "name": "Bookkeeping",
                "collections": [{"id": collection, "readOnly": true, "hidePasswords": false, "manage": false}]}),
            )],
            collections: vec![from(json!({"object": "collection", "id": collection, "organizationId": id,
                "name": organization.collection_name, "type": 0}))],
            policies: vec![from(json!({"object": "policy", "organizationId": id, "type": 0, "data": null,
                "enabled": true, "canToggleState": true}))],
        }
    }
}

impl Machine {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(1_800_000_000)));
        let profile = Profile::open_with_clock(folder.path().join("profile"), clock.clone()).unwrap();
        Self { folder, clock, keychain: Arc::default(), profile }
    }

    /// A machine with the account of `world`.
    pub fn with_account(world: &World) -> (Self, Unlocked) {
        let machine = Self::new();
        let unlocked = machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
        (machine, unlocked)
    }

    pub fn unlock(&self) -> Unlocked {
        self.profile.unlock(ACCOUNT, PASSWORD).unwrap()
    }

    pub fn cache_file(&self) -> std::path::PathBuf {
        self.profile.folder().join("accounts").join(ACCOUNT.to_string()).join("cache.sqlite3")
    }
}

/// Takes in everything of `world`.
pub fn full_sync(world: &World, unlocked: &Unlocked) -> HeadNumber {
    full_sync_of(world, &world.sync(), unlocked)
}

/// As [`full_sync`], with an answer made before: each sealing of a name gives another text.
pub fn full_sync_of(world: &World, sync: &Value, unlocked: &Unlocked) -> HeadNumber {
    let mut intake = unlocked.begin_intake().unwrap();
    intake.vault(&bytes(sync), Some("2026-08-20T14:16:19.1234567Z")).unwrap();
    intake.provider(world.provider_picture());
    intake.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 40))).unwrap();
    intake.client(SOUTH, read(world.client_picture(SOUTH, "Southridge Video", 5))).unwrap();
    intake.commit().unwrap()
}

pub fn read(picture: ClientPicture) -> ClientOutcome {
    ClientOutcome::Read(Box::new(picture))
}

/// A login as a server sends it.
pub fn login(id: Uuid, name: &str, owner: &SymmetricKey, organization: Option<Uuid>) -> Value {
    let mut new = NewItem::new(ItemKind::LOGIN, name);
    new.organization_id = organization;
    new.notes = Some(Secret::from(format!("a note about {name}")));
    new.values = vec![
        ("username", Secret::from(format!("user of {name}"))),
        ("password", Secret::from(format!("password of {name}"))),
    ];
    let uri = format!("https://{}.example.com/login", name.to_lowercase().replace(' ', "-"));
    new.websites = vec![NewWebsite { uri, match_rule: None }];
    let mut item = serde_json::to_value(seal_item(&new, owner, SealWith::ItemKey).unwrap()).unwrap();
    let server = json!({"object": "cipherDetails", "id": id, "edit": true, "viewPassword": true, "collectionIds": [],
        "revisionDate": "2026-08-20T14:16:19.1234567Z", "creationDate": "2026-08-01T00:00:00Z", "deletedDate": null});
    item.as_object_mut().unwrap().extend(server.as_object().unwrap().clone());
    item
}

pub fn tokens(mark: &str) -> SessionTokens {
    SessionTokens {
        access_token: SecretText::new(format!("access token {mark}")),
        refresh_token: Some(SecretText::new(format!("refresh token {mark}"))),
        expires_at: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_003_600),
        remember_token: None,
        api_key: None,
    }
}

pub fn copy(key: &SymmetricKey) -> SymmetricKey {
    SymmetricKey::from_array(key.expose())
}

pub fn bytes(json: &Value) -> Vec<u8> {
    serde_json::to_vec(json).unwrap()
}

pub fn from<T: serde::de::DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).unwrap()
}

/// Every file below `folder` in which `text` stands.
pub fn files_with(folder: &Path, text: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if std::fs::read(&path).unwrap().windows(text.len()).any(|window| window == text.as_bytes()) {
            found.push(path);
        }
    }
    found
}
