//! The demo provider on a real service, a profile beside it, and what both know.
#![allow(dead_code, clippy::unwrap_used)] // Each test file uses its part of this; a test may panic.

use std::path::{Path, PathBuf};

use portico_client::{
    ApiClient, CancellationToken, SignInOutcome, SignInRequest, SyncError, SyncOptions, SyncReport,
    TwoFactorAnswer, connect, sign_in, sync,
};
use portico_demo::{DemoAccount, DemoAccounts, DemoSize, seed};
use portico_profile::{Picture, Profile, Unlocked};
use portico_protocol::SecretText;
use portico_protocol::identity::TwoFactorProvider;
use portico_protocol::server::ServerAddress;
use portico_service::running::{Running, start};
use portico_service::{Config, Store};
use tempfile::TempDir;
use url::Url;

/// A seeded service that runs until it is stopped or dropped.
pub struct Demo {
    pub accounts: DemoAccounts,
    folder: TempDir,
    service: Option<Running>,
    base: Url,
}

pub const PROVIDER_ADMIN: &str = "provider admin";

impl Demo {
    pub async fn start(size: &DemoSize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("service.sqlite3")).unwrap();
        let accounts = seed(&store, size).unwrap();
        let service = start(store, Config::without_delay()).await.unwrap();
        let base = service.base_url().clone();
        Self { accounts, folder, service: Some(service), base }
    }

    pub async fn stop(&mut self) {
        self.service.take().unwrap().stop().await.unwrap();
    }

    /// Where the service's own files are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The mails that the service would have sent.
    pub async fn outbox(&self) -> Vec<portico_service::Mail> {
        self.service.as_ref().unwrap().outbox().await.unwrap()
    }

    pub fn base(&self) -> &Url {
        &self.base
    }

    pub fn account(&self, role: &str) -> &DemoAccount {
        self.accounts.with_role(role).unwrap()
    }

    pub fn client(&self, profile: &Profile) -> ApiClient {
        connect(profile, &address(), Some(&self.base), None).unwrap()
    }

    /// Looks into, or changes, what the service knows, behind its back.
    pub fn database(&self) -> rusqlite::Connection {
        let database = rusqlite::Connection::open(self.database_file()).unwrap();
        database.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        database
    }

    pub fn database_file(&self) -> PathBuf {
        self.folder.path().join("service.sqlite3")
    }

    /// How many mails of a kind the service has put into its outbox.
    pub async fn mails(&self, kind: &str) -> usize {
        let outbox = self.service.as_ref().unwrap().outbox().await.unwrap();
        outbox.iter().filter(|mail| mail.kind == kind).count()
    }

    /// The code in the last mail of a kind.
    pub async fn mailed(&self, kind: &str) -> String {
        let outbox = self.service.as_ref().unwrap().outbox().await.unwrap();
        outbox.iter().rfind(|mail| mail.kind == kind).unwrap().fields["code"].clone()
    }

    /// How often the audit logs say that somebody opened a client's vault (protocol.md §4.9, §5.10).
    pub fn vault_accesses(&self) -> (u32, u32) {
        let count = |kind: u32| {
            let sql = "SELECT count(*) FROM events WHERE type = ?1";
            self.database().query_row(sql, [kind], |row| row.get(0)).unwrap()
        };
        (count(1603), count(1903))
    }

    pub async fn sign_in(&self, profile: &Profile, role: &str) -> Unlocked {
        self.sign_in_as(profile, self.account(role)).await
    }

    /// With the code of the authenticator app, for whom one is asked.
    pub async fn sign_in_as(&self, profile: &Profile, account: &DemoAccount) -> Unlocked {
        self.sign_in_by(&self.client(profile), profile, account).await
    }

    /// By a client that goes on being used, as the window's does.
    pub async fn sign_in_by(&self, client: &ApiClient, profile: &Profile, account: &DemoAccount) -> Unlocked {
        let request = SignInRequest {
            two_factor: account.authenticator_secret.map(code_of),
            ..SignInRequest::new(
                address(),
                account.email.to_owned(),
                SecretText::new(account.password.to_owned()),
            )
        };
        let outcome = sign_in(client, profile, &request, &CancellationToken::new()).await;
        match outcome.unwrap() {
            SignInOutcome::SignedIn(unlocked) => *unlocked,
            SignInOutcome::KeyRotated(mut rotated) => {
                let previous = rotated.take_known().expect("the password stayed");
                rotated.carry_over(profile, &previous).unwrap()
            }
            _ => panic!("a code was asked for"),
        }
    }

    pub async fn sync(&self, profile: &Profile, unlocked: &Unlocked) -> Result<SyncReport, SyncError> {
        let client = self.client(profile);
        sync(&client, unlocked, &SyncOptions::default(), &|_| {}, &CancellationToken::new()).await
    }
}

/// What the authenticator app with this seed shows now.
pub fn code_of(seed: &str) -> TwoFactorAnswer {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let code = portico_vault::totp(seed, now).unwrap().code;
    TwoFactorAnswer {
        provider: TwoFactorProvider::AUTHENTICATOR,
        code: SecretText::new(code.expose().to_owned()),
        remember: false,
    }
}

pub fn address() -> ServerAddress {
    ServerAddress::parse("embedded:demo").unwrap()
}

/// Reads everything that a picture has to show, as far down as it goes, and says how much that was. Panics at what
/// cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readable {
    pub clients: usize,
    pub members: usize,
    pub collections: usize,
    /// Organizations that the person administers as a member; their members and collections are not counted above.
    pub own: usize,
    pub items: usize,
}

pub fn read_all(picture: &Picture) -> Readable {
    let mut readable = Readable { clients: 0, members: 0, collections: 0, own: 0, items: 0 };
    for provider in picture.providers().unwrap() {
        for row in &provider.rows {
            let client = picture.client(row.organization_id).unwrap().expect("a client of the list is there");
            assert_eq!(client.organization.id, row.organization_id);
            assert!(client.collections.iter().all(|collection| collection.name.text().is_some()));
            readable.clients += 1;
            readable.members += client.members.len();
            readable.collections += client.collections.len();
        }
    }
    for own in picture.organizations().unwrap().iter().filter(|own| own.is_administered_as_member()) {
        let structure = picture.client(own.id).unwrap().expect("an own organization is there");
        assert_eq!(structure.organization.id, own.id);
        assert!(structure.collections.iter().all(|collection| collection.name.text().is_some()));
        readable.own += 1;
    }
    for overview in picture.items() {
        let item = picture.item(overview.id).unwrap();
        assert_eq!(item.overview(), overview);
        readable.items += 1;
    }
    assert_eq!(picture.search_texts().unwrap().len(), readable.clients + readable.own);
    readable
}
