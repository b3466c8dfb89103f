//! The demo provider behind TLS, as the official client asks for it: it takes no plain http, even on loopback.

use std::collections::BTreeMap;
use std::path::PathBuf;

use portico_client::{
    ApiClient, AttachmentDestination, CancellationToken, SignInOutcome, SignInRequest, SyncOptions,
    TwoFactorAnswer, connect, save_attachment, sign_in, sync,
};
use portico_demo::{DemoAccount, DemoAccounts, DemoSize, seed};
use portico_profile::{Authority, Profile, SaveAs, Unlocked};
use portico_protocol::identity::TwoFactorProvider;
use portico_protocol::server::ServerAddress;
use portico_protocol::{Date, SecretText};
use portico_service::{Config, Mail, Running, Store, running, tls};
use portico_tests::fields::{Told, expected_fields, fields_of};
use portico_vault::Item;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use url::Url;

use crate::bw::Bw;

/// A seeded service behind TLS; it ends with this value.
pub struct World {
    pub accounts: DemoAccounts,
    base: Url,
    /// The same data behind plain HTTP, for requests that the test makes itself.
    plain: Running,
    authority: PathBuf,
    _folder: TempDir,
    _stop: oneshot::Sender<()>,
}

impl World {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("service.sqlite3")).unwrap();
        let size = DemoSize { clients: 3, items: 60, ..DemoSize::default() };
        let accounts = seed(&store, &size).unwrap();
        let authority = tls::local_authority(folder.path()).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = Url::parse(&format!("https://{}", listener.local_addr().unwrap())).unwrap();
        let file = authority.authority_file().to_owned();
        let plain = running::start(store.clone(), Config::without_delay()).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(async move {
            let ended = async {
                let _ = stopped.await;
            };
            tls::serve_tls(listener, &authority, store, Config::without_delay(), ended).await.unwrap();
        });
        Self { accounts, base, plain, authority: file, _folder: folder, _stop: stop }
    }

    /// A fresh official client that knows this service.
    pub fn bw(&self) -> Bw {
        Bw::at(&self.base, &self.authority)
    }

    pub fn account(&self, role: &str) -> &DemoAccount {
        self.accounts.with_role(role).unwrap()
    }

    /// Where the test itself asks.
    pub fn plain(&self) -> &Url {
        self.plain.base_url()
    }

    pub async fn outbox(&self) -> Vec<Mail> {
        self.plain.outbox().await.unwrap()
    }

    /// Our own client, signed in to an account of the demo and synced.
    pub async fn own_client(&self, account: &DemoAccount) -> OwnClient {
        let code = account.authenticator_secret.map(|secret| TwoFactorAnswer {
            provider: TwoFactorProvider::AUTHENTICATOR,
            code: SecretText::new(code_of(secret)),
            remember: false,
        });
        self.signed_in(account.email, account.password, code).await
    }

    /// Our own client, signed in with nothing but a password and synced.
    pub async fn own_client_of(&self, email: &str, password: &str) -> OwnClient {
        self.signed_in(email, password, None).await
    }

    async fn signed_in(&self, email: &str, password: &str, code: Option<TwoFactorAnswer>) -> OwnClient {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let address = ServerAddress::parse(self.base.as_str()).unwrap();
        let authority = Authority::read(&self.authority).unwrap();
        let client = connect(&profile, &address, None, Some(authority)).unwrap();
        let request = SignInRequest {
            two_factor: code,
            ..SignInRequest::new(address, email.to_owned(), SecretText::new(password.to_owned()))
        };
        let stop = CancellationToken::new();
        let SignInOutcome::SignedIn(unlocked) = sign_in(&client, &profile, &request, &stop).await.unwrap()
        else {
            panic!("a code was asked for")
        };
        sync(&client, &unlocked, &SyncOptions::default(), &|_| {}, &stop).await.unwrap();
        OwnClient { unlocked: *unlocked, client, folder }
    }
}

/// An account in our own client; its folder goes with it.
pub struct OwnClient {
    pub unlocked: Unlocked,
    client: ApiClient,
    folder: TempDir,
}

impl OwnClient {
    /// An item has the name, the fields and the dates of passkeys that the official client's JSON says, and no other.
    #[track_caller]
    pub fn has(&self, id: &str, told: &Value) {
        let item = self.unlocked.picture().item(id.parse().unwrap()).unwrap();
        assert_eq!(item.overview().name.value().map(String::as_str), told["name"].as_str());
        let name = &told["name"];
        let (ours, theirs) = (fields_by_ours(&item), fields_by_theirs(told));
        for field in ours.keys().chain(theirs.keys()) {
            assert_eq!(ours.get(field), theirs.get(field), "{field} of {name}");
        }
        let dates: Vec<_> = item.passkey_dates().iter().map(|date| date.unwrap()).collect();
        let passkeys = told["login"]["fido2Credentials"].as_array().map(Vec::as_slice).unwrap_or_default();
        let moment = |passkey: &Value| Date(text(&passkey["creationDate"])).parse().unwrap();
        assert_eq!(dates, passkeys.iter().map(moment).collect::<Vec<_>>(), "passkeys of {name}");
    }

    /// What our own client keeps of the file that an item has under this name.
    pub async fn saved(&self, item: &str, name: &str) -> Vec<u8> {
        let picture = self.unlocked.picture();
        let id = item.parse().unwrap();
        let item = picture.item(id).unwrap();
        let has_name = |name_there: Option<&String>| name_there.is_some_and(|there| there == name);
        let found = item.attachments().iter().find(|file| has_name(file.file_name.value()));
        let id_of_file = &found.unwrap_or_else(|| panic!("no file {name}: {:?}", item.attachments())).id;
        let sealed = picture.attachment(id, id_of_file).unwrap();
        let file = self.folder.path().join("saved");
        let how = SaveAs { replace: true, accept_unauthenticated: false };
        let to = AttachmentDestination { file: file.clone(), how, waiting: self.folder.path() };
        let stop = CancellationToken::new();
        let length = save_attachment(&self.client, &self.unlocked, sealed, to, &|_| {}, &stop).await.unwrap();
        let saved = std::fs::read(file).unwrap();
        assert_eq!(length, saved.len() as u64);
        saved
    }
}

/// Every field as our own client opens it.
pub fn fields_by_ours(item: &Item) -> BTreeMap<String, Told> {
    fields_of(item).into_iter().map(by_milliseconds).collect()
}

/// Every field as the official client's JSON says it.
pub fn fields_by_theirs(told: &Value) -> BTreeMap<String, Told> {
    expected_fields(told).into_iter().map(by_milliseconds).collect()
}

/// The official client's dates are no more exact.
fn by_milliseconds((id, mut field): (String, Told)) -> (String, Told) {
    field.last_used = field.last_used.map(|date| {
        let moment = Date(date).parse().unwrap();
        Date::from(moment.truncate_to_millisecond()).0
    });
    (id, field)
}

/// The code of an authenticator app now.
pub fn code_of(secret: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    portico_vault::totp(secret, now).unwrap().code.expose().to_owned()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
