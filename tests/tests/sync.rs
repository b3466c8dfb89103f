//! A whole sync against the real service: what it reads, what it leaves in logs and on disk, and what stays when it is
//! stopped or the service is gone.
#![allow(clippy::unwrap_used)] // A test may panic.

mod demo;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use demo::{Demo, PROVIDER_ADMIN, read_all};
use portico_client::{
    CancellationToken, SignInError, SignInOutcome, SignInRequest, SyncError, SyncOptions, SyncPhase,
    SyncProgress, SyncScope, TwoFactorAnswer, open_collections, sign_in, sync,
};
use portico_crypto::{Kdf, MasterKey, SymmetricKey};
use portico_demo::DemoSize;
use portico_profile::{Profile, Unlocked};
use portico_protocol::SecretText;
use portico_protocol::identity::TwoFactorProvider;
use portico_vault::{FieldId, Opened, Shown};

fn small() -> DemoSize {
    DemoSize { clients: 6, members: Some(12), items: 40, ..DemoSize::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_demo_is_read_and_no_log_says_that_a_vault_was_opened() {
    let demo = Demo::start(&DemoSize::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = demo.sign_in(&profile, PROVIDER_ADMIN).await;
    let accesses = demo.vault_accesses();

    let report = demo.sync(&profile, &unlocked).await.unwrap();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    // The clients, and the provider's own organization, of which the person is an owner.
    assert_eq!((report.clients_read, report.vault_read), (25, true));
    let readable = read_all(&unlocked.picture());
    assert_eq!((readable.clients, readable.members), (demo.accounts.clients, demo.accounts.members));
    assert_eq!(readable.own, 1);
    assert_eq!(readable.items, demo.account(PROVIDER_ADMIN).items);
    assert_eq!(demo.vault_accesses(), accesses, "a sync opens no vault");

    // A second one has nothing to write and still opens no vault.
    let again = demo.sync(&profile, &unlocked).await.unwrap();
    assert_eq!((again.head, again.vault_read, again.clients_read), (report.head, false, 25));
    assert_eq!(demo.vault_accesses(), accesses);

    // What would have been logged is logged when a person opens a client's collections.
    let client = unlocked.picture().providers().unwrap()[0].rows[0].organization_id;
    let opened =
        open_collections(&demo.client(&profile), &unlocked, client, &CancellationToken::new()).await.unwrap();
    assert_eq!(opened.len(), unlocked.picture().client(client).unwrap().unwrap().collections.len());
    assert_eq!(demo.vault_accesses(), (accesses.0 + 1, accesses.1 + 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_user_without_a_provider_syncs_a_vault() {
    let demo = Demo::start(&small()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = demo.sign_in(&profile, "end user").await;
    let report = demo.sync(&profile, &unlocked).await.unwrap();
    assert_eq!((report.clients_read, report.vault_read), (0, true));
    let readable = read_all(&unlocked.picture());
    assert_eq!((readable.clients, readable.items), (0, demo.account("end user").items));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authenticator_code_is_asked_for_once_where_the_machine_is_remembered() {
    let demo = Demo::start(&small()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let client = demo.client(&profile);
    let account =
        demo.accounts.accounts.iter().find(|account| account.authenticator_secret.is_some()).unwrap();
    let mut request = SignInRequest::new(
        demo::address(),
        account.email.to_owned(),
        SecretText::new(account.password.to_owned()),
    );
    let stop = CancellationToken::new();
    match sign_in(&client, &profile, &request, &stop).await.unwrap() {
        SignInOutcome::TwoFactorRequired(challenge) => {
            assert_eq!(challenge.providers, [TwoFactorProvider::AUTHENTICATOR])
        }
        _ => panic!("no code was asked for"),
    }
    assert!(profile.accounts().unwrap().is_empty(), "nothing is kept before the code");

    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let code = portico_vault::totp(account.authenticator_secret.unwrap(), now).unwrap();
    request.two_factor = Some(TwoFactorAnswer {
        provider: TwoFactorProvider::AUTHENTICATOR,
        code: SecretText::new(code.code.expose().to_owned()),
        remember: true,
    });
    let outcome = sign_in(&client, &profile, &request, &stop).await.unwrap();
    let SignInOutcome::SignedIn(unlocked) = outcome else { panic!("not signed in") };
    drop(unlocked);

    // The remembered token is sealed in the account, and the password opens it.
    request.two_factor = None;
    for _ in 0..2 {
        let outcome = sign_in(&client, &profile, &request, &stop).await.unwrap();
        let SignInOutcome::SignedIn(unlocked) = outcome else { panic!("a code was asked for again") };
        assert!(unlocked.session().unwrap().remember_token.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_suddenly_asks_for_cheaper_derivation_needs_a_yes() {
    let demo = Demo::start(&small()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    drop(demo.sign_in(&profile, PROVIDER_ADMIN).await);
    demo.database().execute("UPDATE users SET kdf_iterations = 5000", []).unwrap();
    let account = demo.account(PROVIDER_ADMIN);
    let request = |accept_cheaper_kdf| SignInRequest {
        accept_cheaper_kdf,
        ..SignInRequest::new(
            demo::address(),
            account.email.to_owned(),
            SecretText::new(account.password.to_owned()),
        )
    };
    let (client, stop) = (demo.client(&profile), CancellationToken::new());
    let outcome = sign_in(&client, &profile, &request(false), &stop).await;
    assert!(matches!(outcome, Err(SignInError::KdfLowered { .. })));
    // With a yes the hash is sent, and it is not the one that the account was made with.
    let outcome = sign_in(&client, &profile, &request(true), &stop).await;
    assert!(matches!(outcome, Err(SignInError::WrongPassword)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_rotated_elsewhere_asks_to_sign_in_again_and_keeps_the_history() {
    let demo = Demo::start(&small()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = demo.sign_in(&profile, PROVIDER_ADMIN).await;
    let first = demo.sync(&profile, &unlocked).await.unwrap();
    rotate_user_key(&demo, &unlocked);

    let outcome = demo.sync(&profile, &unlocked).await;
    assert!(
        matches!(outcome, Err(SyncError::SignInAgain(portico_profile::ChangedElsewhere::UserKey))),
        "{outcome:?}"
    );
    assert_eq!(read_all(&unlocked.picture()).clients, 6, "what is here stays readable");
    drop(unlocked);

    let unlocked = demo.sign_in(&profile, PROVIDER_ADMIN).await;
    assert!(unlocked.heads().unwrap().iter().any(|head| head.number == first.head), "history came along");
    assert_eq!(demo.sync(&profile, &unlocked).await.unwrap().clients_read, 7);
}

/// What "rotate account encryption key" does in the web vault, as far as keys go.
fn rotate_user_key(demo: &Demo, unlocked: &Unlocked) {
    let account = demo.account(PROVIDER_ADMIN);
    let database = demo.database();
    let private_key: String = database
        .query_row("SELECT private_key FROM users WHERE email = ?1", [account.email], |row| row.get(0))
        .unwrap();
    let private_key = unlocked.user_key().open_private_key(&private_key).unwrap();
    let (fresh, master_key) =
        (SymmetricKey::generate(), MasterKey::derive(account.password, account.email, &Kdf::DEFAULT));
    let sql = "UPDATE users SET user_key = ?1, private_key = ?2, account_revised = account_revised + 1000
               WHERE email = ?3";
    let wrapped = (master_key.seal_user_key(&fresh), fresh.seal_private_key(&private_key), account.email);
    assert_eq!(database.execute(sql, wrapped).unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_service_gone_everything_is_still_readable() {
    let mut demo = Demo::start(&small()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = demo.sign_in(&profile, PROVIDER_ADMIN).await;
    demo.sync(&profile, &unlocked).await.unwrap();
    let (online, account) = (read_all(&unlocked.picture()), unlocked.account());
    drop(unlocked);
    demo.stop().await;

    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = profile.unlock(account, demo.account(PROVIDER_ADMIN).password).unwrap();
    assert_eq!(read_all(&unlocked.picture()), online);
    assert!(online.clients == 6 && online.members == 72 && online.items > 100, "{online:?}");

    let error = demo.sync(&profile, &unlocked).await.unwrap_err();
    assert!(error.api().is_some_and(portico_client::ApiError::is_unreachable), "{error:?}");
    assert_eq!(read_all(&unlocked.picture()), online, "a sync that finds nobody changes nothing");
}

/// Renames every client and its groups on the server, as if time had passed there.
fn rename_clients(demo: &Demo, to: &str) {
    let database = demo.database();
    let sql =
        "UPDATE organizations SET name = ?1 WHERE id IN (SELECT organization_id FROM provider_organizations)";
    assert_eq!(database.execute(sql, [to]).unwrap(), demo.accounts.clients);
}

fn client_names(unlocked: &Unlocked) -> BTreeSet<String> {
    let picture = unlocked.picture();
    let providers = picture.providers().unwrap();
    let rows = providers.iter().flat_map(|provider| &provider.rows);
    rows.map(|row| {
        let structure = picture.client(row.organization_id).unwrap().unwrap();
        assert_eq!(structure.organization.name, row.name, "list and client are of one picture");
        row.name.clone()
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_sync_leaves_the_last_picture_and_the_next_one_brings_the_new() {
    let demo = Demo::start(&small()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = demo.sign_in(&profile, PROVIDER_ADMIN).await;
    let first = demo.sync(&profile, &unlocked).await.unwrap();
    let (names, readable) = (client_names(&unlocked), read_all(&unlocked.picture()));
    rename_clients(&demo, "Renamed meanwhile");

    let stops = [
        (SyncPhase::Connecting, 0),
        (SyncPhase::Vault, 0),
        (SyncPhase::Provider, 0),
        (SyncPhase::Clients, 1),
        (SyncPhase::Clients, 5),
        (SyncPhase::Saving, 0),
    ];
    for (phase, done) in stops {
        let stop = CancellationToken::new();
        let stop_there = |step: SyncProgress| {
            if step.phase == phase && step.done == done {
                stop.cancel();
            }
        };
        let options = SyncOptions { full: true, ..SyncOptions::default() };
        let outcome = sync(&demo.client(&profile), &unlocked, &options, &stop_there, &stop).await;
        assert!(outcome.unwrap_err().is_cancelled(), "{phase:?}");
        assert_eq!(unlocked.picture().head().unwrap().number, first.head);
        assert_eq!(client_names(&unlocked), names, "{phase:?}");
        assert!(!unlocked.refresh().unwrap(), "on disk nothing moved either");
    }
    let account = demo.account(PROVIDER_ADMIN);
    let reopened = profile.unlock(unlocked.account(), account.password).unwrap();
    assert_eq!((client_names(&reopened), read_all(&reopened.picture())), (names, readable));

    demo.sync(&profile, &unlocked).await.unwrap();
    assert_eq!(client_names(&unlocked), BTreeSet::from(["Renamed meanwhile".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_can_be_tried_again() {
    let demo = Demo::start(&small()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = demo.sign_in(&profile, PROVIDER_ADMIN).await;
    demo.sync(&profile, &unlocked).await.unwrap();
    let rows = unlocked.picture().providers().unwrap()[0].rows.clone();
    let (wanted, other) = (rows[0].organization_id, rows[1].organization_id);
    let sql = "UPDATE members SET external_id = 'moved' WHERE organization_id IN (?1, ?2)";
    let bytes = |id: &uuid::Uuid| id.as_bytes().to_vec();
    demo.database().execute(sql, rusqlite::params![bytes(&wanted), bytes(&other)]).unwrap();

    let read = AtomicU32::new(0);
    let count = |step: SyncProgress| {
        read.fetch_max(step.total, Ordering::SeqCst);
    };
    let options = SyncOptions { scope: SyncScope::Clients(vec![wanted]), ..SyncOptions::default() };
    let report = sync(&demo.client(&profile), &unlocked, &options, &count, &CancellationToken::new()).await;
    assert_eq!((report.unwrap().clients_read, read.into_inner()), (1, 1));
    let moved = |id| {
        let client = unlocked.picture().client(id).unwrap().unwrap();
        client.members.iter().all(|member| member.external_id.as_deref() == Some("moved"))
    };
    assert!(moved(wanted) && !moved(other));
    assert_eq!(read_all(&unlocked.picture()).clients, 6, "the others are still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_syncs_do_not_run_at_once() {
    let demo = Demo::start(&small()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = demo.sign_in(&profile, PROVIDER_ADMIN).await;
    let (one, other) = tokio::join!(demo.sync(&profile, &unlocked), demo.sync(&profile, &unlocked));
    assert!(one.is_ok() && matches!(other, Err(SyncError::Busy)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_readable_is_on_disk() {
    let demo = Demo::start(&DemoSize::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = demo.sign_in(&profile, PROVIDER_ADMIN).await;
    demo.sync(&profile, &unlocked).await.unwrap();
    let account = demo.account(PROVIDER_ADMIN);

    let mut known = known_to_the_server(&demo);
    known.extend(opened_by(&unlocked));
    known.insert(account.password.to_owned());
    let session = unlocked.session().unwrap();
    known.insert(session.access_token.expose().to_owned());
    known.insert(session.refresh_token.as_ref().unwrap().expose().to_owned());
    // The lock screen shows server and e-mail: these, and what is part of them, are the exception.
    known.retain(|text| text.len() >= SHORTEST && !account.email.contains(&text.to_lowercase()));
    assert!(known.len() > 3000, "{}", known.len());
    // Words of our own file names and settings are no leak.
    let empty = tempfile::tempdir().unwrap();
    Profile::open(empty.path()).unwrap();
    for ours in Needles::new(known.clone()).found_in(empty.path()) {
        known.remove(&ours);
    }
    let needles = Needles::new(known);

    // The service keeps names in clear: what is looked for can be found.
    assert!(needles.found_in(demo.folder()).len() > 1000);
    assert_eq!(needles.found_in(folder.path()), BTreeSet::new(), "while unlocked");
    drop((session, unlocked));
    assert_eq!(needles.found_in(folder.path()), BTreeSet::new(), "while locked");
    assert!(Needles::new([account.email.to_owned()].into()).found_in(folder.path()).len() == 1);
}

/// Names, e-mails and the like that the service keeps in clear.
fn known_to_the_server(demo: &Demo) -> BTreeSet<String> {
    let database = demo.database();
    let mut known = BTreeSet::new();
    for (table, columns) in [
        ("users", &["email", "name"][..]),
        ("organizations", &["name", "business_name", "billing_email", "identifier"]),
        ("providers", &["name", "business_name", "billing_email", "business_address1"]),
        ("members", &["email", "external_id"]),
        ("provider_users", &["email"]),
        ("groups", &["name", "external_id"]),
    ] {
        for column in columns {
            let sql = format!("SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL");
            let mut statement = database.prepare(&sql).unwrap();
            known.extend(statement.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap));
        }
    }
    known
}

/// Everything that the account's keys open: collection names, folder names, and every field of every item.
fn opened_by(unlocked: &Unlocked) -> BTreeSet<String> {
    let picture = unlocked.picture();
    let mut known = BTreeSet::new();
    for row in picture.providers().unwrap().iter().flat_map(|provider| &provider.rows) {
        let client = picture.client(row.organization_id).unwrap().unwrap();
        known.extend(client.collections.iter().filter_map(|it| it.name.text().map(str::to_owned)));
    }
    let names = picture.names().unwrap();
    let mut texts: Vec<_> = names.folders.iter().map(|(_, name)| name.clone()).collect();
    texts.extend(names.collections.iter().map(|collection| collection.name.clone()));
    for overview in picture.items() {
        texts.extend([Some(overview.name.clone()), overview.subtitle.clone()].into_iter().flatten());
        known.extend(overview.hosts.iter().cloned());
        let item = picture.item(overview.id).unwrap();
        let fields: Vec<FieldId> = item.fields().map(|field| field.id.clone()).collect();
        for id in fields {
            match item.field(&id).map(|field| field.shown) {
                Some(Shown::Text(text)) => known.extend([text.to_owned()]),
                Some(Shown::Hidden) => {
                    known.extend(item.reveal(&id).map(|secret| secret.expose().to_owned()))
                }
                _ => {}
            }
        }
    }
    known.extend(texts.into_iter().filter_map(|text| match text {
        Opened::Value(text) => Some(text),
        Opened::Unreadable(_) => None,
    }));
    known
}

/// Shorter texts would be found by chance: among some megabytes of noise, six given bytes turn up once in ten thousand
/// runs of this test.
const SHORTEST: usize = 6;

/// Texts to look for, as they are, in small letters (as folded search text has them), and in UTF-16.
struct Needles(HashMap<[u8; SHORTEST], Vec<(Vec<u8>, String)>>);

impl Needles {
    fn new(texts: BTreeSet<String>) -> Self {
        let mut needles: HashMap<_, Vec<_>> = HashMap::new();
        for text in texts {
            let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for bytes in [text.as_bytes().to_vec(), text.to_lowercase().into_bytes(), wide] {
                let start: [u8; SHORTEST] = bytes[..SHORTEST].try_into().unwrap();
                needles.entry(start).or_default().push((bytes, text.clone()));
            }
        }
        Self(needles)
    }

    /// What is found in the files below `folder` and in their names.
    fn found_in(&self, folder: &Path) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                self.look(path.file_name().unwrap().as_encoded_bytes(), &mut found);
                if path.is_dir() {
                    folders.push(path);
                } else {
                    self.look(&std::fs::read(&path).unwrap(), &mut found);
                }
            }
        }
        found
    }

    fn look(&self, bytes: &[u8], found: &mut BTreeSet<String>) {
        for (at, window) in bytes.windows(SHORTEST).enumerate() {
            for (needle, text) in self.0.get(window).into_iter().flatten() {
                if bytes[at..].starts_with(needle) {
                    found.insert(text.clone());
                }
            }
        }
    }
}
