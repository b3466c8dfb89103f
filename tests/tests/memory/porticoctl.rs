//! `porticoctl`, whose processes end by themselves: the service that goes on, and a listing that is held in the middle.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use portico_client::{CancellationToken, SignInOutcome, SignInRequest, SyncOptions, connect, sign_in, sync};
use portico_profile::{Profile, Unlocked};
use portico_protocol::{SecretText, server::ServerAddress};
use portico_tests::memory::{Needle, Process};
use portico_tests::porticoctl::porticoctl;
use serde_json::Value;

use crate::keys::keys_of;
use crate::needles::{has, secrets_only, texts_of};

const PATIENCE: Duration = Duration::from_secs(60);
/// What a pipe holds before its writer has to wait (pipe(7)), less the page that may be left over.
const FULL_PIPE: u64 = 60_000;

/// Ends the program whatever becomes of the test.
struct Running(Child);

impl Running {
    fn process(&self) -> Process {
        Process { id: self.0.id(), name: "porticoctl".to_owned() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A demo provider that another process made and that this one serves, and its end user as our client knows them.
struct World {
    folder: tempfile::TempDir,
    service: Running,
    address: String,
    email: String,
    password: String,
}

impl World {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("service");
        let seed = ["demo", "seed", "--clients", "3", "--items", "600", "--data"];
        let seeded = porticoctl().args(seed).arg(&data).output().unwrap();
        assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
        let demo: Value = serde_json::from_slice(&seeded.stdout).unwrap();
        let accounts = demo["accounts"].as_array().unwrap();
        let is_end_user =
            |account: &&Value| account["roles"].as_array().unwrap().contains(&"end user".into());
        let account = accounts.iter().find(is_end_user).unwrap();
        let text = |key: &str| account[key].as_str().unwrap().to_owned();

        let serve = ["service", "serve", "--data"];
        let child = porticoctl().args(serve).arg(&data).stdout(Stdio::piped()).spawn().unwrap();
        let mut service = Running(child);
        let mut line = String::new();
        BufReader::new(service.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening ").unwrap().to_owned();
        Self { service, address, email: text("email"), password: text("password"), folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn read_by_our_client(&self) -> Unlocked {
        let profile = Profile::open(self.path("reader")).unwrap();
        let server = ServerAddress::parse(&self.address).unwrap();
        let api = connect(&profile, &server, None, None).unwrap();
        let request = SignInRequest::new(server, self.email.clone(), SecretText::new(self.password.clone()));
        let outcome = sign_in(&api, &profile, &request, &CancellationToken::new()).await.unwrap();
        let SignInOutcome::SignedIn(unlocked) = outcome else { panic!("a code was asked for") };
        sync(&api, &unlocked, &SyncOptions::default(), &|_| {}, &CancellationToken::new()).await.unwrap();
        *unlocked
    }

    fn keys(&self, unlocked: &Unlocked) -> Vec<Needle> {
        let database = rusqlite::Connection::open(self.path("service").join("service.sqlite3")).unwrap();
        database.busy_timeout(Duration::from_secs(10)).unwrap();
        keys_of(&self.email, &self.password, &database, unlocked)
    }
}

/// It hands out everything that a client asks for, and takes a sign-in by password, but opens nothing.
#[tokio::test(flavor = "multi_thread")]
async fn the_service_holds_nothing_of_what_it_keeps_sealed() {
    let world = World::start();
    let unlocked = world.read_by_our_client().await;
    let mut needles = texts_of(&unlocked);
    needles.extend(Needle::text("master password", &world.password));
    needles.extend(world.keys(&unlocked));
    // Another one, to which nobody has come yet.
    let before = World::start();
    let search = secrets_only(needles, &[before.service.process()]);
    drop(before);

    let service = [world.service.process()];
    let mut found = search.find(&service);
    // Names of people and organizations lie in its file in clear (protocol.md §1, §4).
    let email = portico_tests::memory::Search::new(Needle::text("e-mail", &world.email).into());
    assert!(has(&email.find(&service), "e-mail"), "the search sees the service's memory");
    found.retain(|found| !["client", "person"].iter().any(|clear| found.what.starts_with(clear)));
    assert!(found.is_empty(), "{found:#?}");
}

/// Held while it writes to a pipe that nobody reads: the names are there, because they are being listed.
#[tokio::test(flavor = "multi_thread")]
async fn a_listing_holds_names_and_neither_passwords_nor_the_master_password() {
    let world = World::start();
    let unlocked = world.read_by_our_client().await;
    let mut needles = texts_of(&unlocked);
    needles.extend(Needle::text("master password", &world.password));
    needles.extend(world.keys(&unlocked));
    let search = secrets_only(needles, &[world.service.process()]);

    let (profile, password) = (world.path("profile"), world.path("password"));
    std::fs::write(&password, &world.password).unwrap();
    let run = |words: &[&str]| {
        let mut command = porticoctl();
        command.arg("--profile").arg(&profile).args(words).arg("--password-file").arg(&password);
        command
    };
    let done = |words: &[&str]| {
        let output = run(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    done(&["login", "--server", &world.address, "--email", &world.email]);
    done(&["sync"]);

    let mut listing = Running(run(&["items", "list", "--json"]).stdout(Stdio::piped()).spawn().unwrap());
    let out = listing.0.stdout.take().unwrap();
    let begun = Instant::now();
    while rustix::io::ioctl_fionread(&out).unwrap() < FULL_PIPE {
        assert!(begun.elapsed() < PATIENCE, "the listing does not fill a pipe");
        assert!(listing.0.try_wait().unwrap().is_none(), "the listing is too short");
        std::thread::sleep(Duration::from_millis(10));
    }
    let found = search.find(&[listing.process()]);
    for kind in ["item name", "user key"] {
        assert!(has(&found, kind), "no {kind} while it lists");
    }
    let secrets = [
        "hidden field",
        "master password",
        "master key",
        "stretched master key",
        "hash of the master password",
    ];
    for kind in secrets {
        assert!(!has(&found, kind), "{kind}: {found:#?}");
    }
}
