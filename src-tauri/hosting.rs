//! The embedded provider service inside the program: on loopback, only while an account of it is open, on a port that the
//! system chose the first time. It is kept: links in mails and the accounts of others who were invited name it.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use portico_demo::DemoSize;
use portico_service::{
    Config, Mail, Running, ServedFolder, ServedFolderError, Store, StoreError, open_lock_file, running,
};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::{Host, Url};

use crate::dto::error::{AppError, ErrorCode};

/// The id of the demo's service in `embedded:<id>`.
pub const DEMO: &str = "demo";

/// At most one service runs: that of the accounts that are open.
pub struct Hosting {
    folder: PathBuf,
    running: Mutex<Option<Hosted>>,
}

struct Hosted {
    service: Running,
    _held: ServedFolder,
}

/// Why there is no service.
#[derive(Debug, thiserror::Error)]
pub enum HostingError {
    #[error("the demo's folder cannot be written")]
    Folder(#[from] std::io::Error),
    #[error("the demo's data cannot be opened")]
    Store(#[from] portico_service::OpenStoreError),
    #[error("the demo could not be made")]
    Seed(#[from] portico_demo::SeedError),
    /// Another program serves the folder.
    #[error(transparent)]
    Served(#[from] ServedFolderError),
    #[error("the service does not start")]
    Serve(#[from] portico_service::ServeError),
    #[error("interrupted")]
    Interrupted(#[from] tauri::Error),
}

impl From<HostingError> for AppError {
    fn from(error: HostingError) -> Self {
        match error {
            HostingError::Served(ServedFolderError::Already(_)) => {
                Self::told(ErrorCode::ServedElsewhere, &error)
            }
            _ => Self::internal(&error),
        }
    }
}

impl Hosting {
    pub fn new(profile: &Path) -> Self {
        Self { folder: beside(profile), running: Mutex::new(None) }
    }

    /// True when the demo was made before.
    pub fn is_seeded(&self) -> bool {
        self.file().is_file()
    }

    /// Makes the demo provider if it is not there. Takes some seconds of both cores. Whoever comes while it is being
    /// made, in whatever process, waits for that.
    pub async fn seed(&self) -> Result<(), HostingError> {
        if self.is_seeded() {
            return Ok(());
        }
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        let (made, file) = (self.folder.join("seeding.sqlite3"), self.file());
        let (accounts, lock) = (self.accounts_file(), self.folder.join("seeding.lock"));
        tauri::async_runtime::spawn_blocking(move || {
            let lock = open_lock_file(&lock)?;
            lock.lock()?;
            if file.is_file() {
                return Ok(());
            }
            for ending in ["", "-wal", "-shm"] {
                // Left by a program that was killed while it made the demo; where there is none, that is fine.
                let _ = std::fs::remove_file(format!("{}{ending}", made.display()));
            }
            let (files, place) = (Store::files_folder(&made), Store::files_folder(&file));
            for left in [&files, &place] {
                let _ = std::fs::remove_dir_all(left);
            }
            let store = Store::open(&made)?;
            let made_for = portico_demo::seed(&store, &DemoSize::default())?;
            drop(store);
            std::fs::write(accounts, serde_json::to_vec(&made_for).map_err(std::io::Error::other)?)?;
            if files.is_dir() {
                std::fs::rename(&files, &place)?;
            }
            // Only a complete demo gets the name under which it is found.
            std::fs::rename(&made, &file)?;
            Ok(())
        })
        .await?
    }

    /// Starts the service, or tells where it runs already.
    pub async fn start(&self) -> Result<Url, HostingError> {
        let mut running = self.running.lock().await;
        if let Some(running) = running.as_ref() {
            return Ok(running.service.base_url().clone());
        }
        let held = ServedFolder::hold(&self.folder)?;
        let store = Store::open(self.file())?;
        let kept = self.port();
        let started = running::start_at(store, config(), kept.unwrap_or(0)).await?;
        let url = started.base_url().clone();
        if let Some(port) = url.port().filter(|port| kept != Some(*port))
            && let Err(error) = std::fs::write(self.port_file(), port.to_string())
        {
            tracing::warn!(%error, "the demo's port is not kept");
        }
        *running = Some(Hosted { service: started, _held: held });
        Ok(url)
    }

    /// The mails that it would have sent, oldest first; none while it does not run.
    pub async fn outbox(&self) -> Result<Vec<Mail>, StoreError> {
        match self.running.lock().await.as_ref() {
            Some(running) => running.service.outbox().await,
            None => Ok(Vec::new()),
        }
    }

    /// Whether the service listens there now.
    pub fn listens_at(&self, url: &Url) -> bool {
        // Whoever starts or stops it at this moment changes where it listens.
        let Ok(running) = self.running.try_lock() else { return false };
        running.as_ref().is_some_and(|running| running.service.base_url().origin() == url.origin())
    }

    /// Whether the service listens there, now or when it runs next.
    pub fn is_own(&self, url: &Url) -> bool {
        url.host() == Some(Host::Ipv4(Ipv4Addr::LOCALHOST))
            && url.port().is_some()
            && url.port() == self.port()
    }

    /// Where it listened last.
    fn port(&self) -> Option<u16> {
        std::fs::read_to_string(self.port_file()).ok()?.trim().parse().ok()
    }

    /// Stops the service and waits until its port is closed.
    pub async fn stop(&self) {
        // Whoever starts it meanwhile waits until its folder is let go of.
        let mut running = self.running.lock().await;
        if let Some(running) = running.take()
            && let Err(error) = running.service.stop().await
        {
            tracing::warn!(%error, "the embedded service did not stop cleanly");
        }
    }

    /// The person whom the demo is shown to. Everybody may know the password: nothing real is behind it.
    pub fn account(&self) -> Result<DemoLogin, HostingError> {
        let known: DemoLogins =
            serde_json::from_slice(&std::fs::read(self.accounts_file())?).map_err(std::io::Error::from)?;
        known
            .accounts
            .into_iter()
            .next()
            .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidData).into())
    }

    fn accounts_file(&self) -> PathBuf {
        self.folder.join("accounts.json")
    }

    fn port_file(&self) -> PathBuf {
        self.folder.join("port")
    }

    fn file(&self) -> PathBuf {
        self.folder.join("service.sqlite3")
    }
}

/// Where the demo's server keeps its data: beside the profile, in which nothing readable is ever kept. What an earlier
/// version kept in the profile is taken over.
fn beside(profile: &Path) -> PathBuf {
    let before = profile.join("embedded").join(DEMO);
    // A profile at the root of a disk has nothing beside it.
    let Some(name) = profile.file_name() else { return before };
    let mut name = name.to_owned();
    name.push("-demo");
    let folder = profile.with_file_name(name);
    if before.is_dir() && !folder.exists() {
        if let Err(error) = std::fs::rename(&before, &folder) {
            tracing::warn!(%error, "the demo's data stay in the profile");
            return before;
        }
        // Empty now; where somebody else put something into it, it stays.
        let _ = std::fs::remove_dir(profile.join("embedded"));
    }
    folder
}

/// Nobody registers at the demo: it has its people.
fn config() -> Config {
    Config { registration: false, ..Config::without_delay() }
}

#[derive(Deserialize)]
struct DemoLogins {
    accounts: Vec<DemoLogin>,
}

/// Whom the demo lets in.
#[derive(Deserialize)]
pub struct DemoLogin {
    pub email: String,
    pub password: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two windows, or two clicks.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_demo_that_is_asked_for_twice_at_once_is_made_once() {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let profile = folder.path().join("profile");
        let (one, other) = (Hosting::new(&profile), Hosting::new(&profile));
        let (first, second) = tokio::join!(one.seed(), other.seed());
        assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
        let logins = std::fs::read(one.accounts_file()).unwrap_or_default();
        let store = Store::open(one.file()).unwrap_or_else(|error| panic!("{error}"));
        drop(store);
        let (again, _) = tokio::join!(other.seed(), one.seed());
        assert!(again.is_ok());
        assert_eq!(std::fs::read(one.accounts_file()).unwrap_or_default(), logins, "and stays");
        assert!(!one.folder.join("seeding.sqlite3").exists());
        assert!(!profile.exists(), "nothing of it is in the profile");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_lock_that_is_a_link_is_refused_and_what_it_leads_to_stays() {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let (hosting, theirs) = (Hosting::new(&folder.path().join("profile")), folder.path().join("theirs"));
        let linked = std::fs::write(&theirs, "what is theirs")
            .and_then(|()| std::fs::create_dir(&hosting.folder))
            .and_then(|()| std::os::unix::fs::symlink(&theirs, hosting.folder.join("seeding.lock")));
        linked.unwrap_or_else(|error| panic!("{error}"));
        assert!(matches!(hosting.seed().await, Err(HostingError::Folder(_))));
        assert_eq!(std::fs::read_to_string(&theirs).unwrap_or_default(), "what is theirs");
        assert!(!hosting.is_seeded());
    }

    /// Links in mails and other accounts name the port.
    #[tokio::test(flavor = "multi_thread")]
    async fn the_demo_listens_where_it_did_before_unless_another_does() {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let hosting = Hosting::new(&folder.path().join("profile"));
        let seeded = hosting.seed().await;
        seeded.unwrap_or_else(|error| panic!("{error}"));
        let start = async || hosting.start().await.unwrap_or_else(|error| panic!("{error}"));
        let first = start().await;
        assert!(hosting.is_own(&first));
        hosting.stop().await;
        assert_eq!(start().await, first);
        hosting.stop().await;
        assert!(hosting.is_own(&first), "while it does not run");

        let address = (Ipv4Addr::LOCALHOST, first.port().unwrap_or_default());
        let other = std::net::TcpListener::bind(address).unwrap_or_else(|error| panic!("{error}"));
        let second = start().await;
        assert!(second != first && hosting.is_own(&second) && !hosting.is_own(&first));
        drop(other);
        hosting.stop().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_another_program_serves_is_not_served_here_too() {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let hosting = Hosting::new(&folder.path().join("profile"));
        std::fs::create_dir(&hosting.folder).unwrap_or_else(|error| panic!("{error}"));
        drop(Store::open(hosting.file()).unwrap_or_else(|error| panic!("{error}")));
        let hold = || ServedFolder::hold(&hosting.folder);
        let other = hold().unwrap_or_else(|error| panic!("{error}"));
        let refused = hosting.start().await;
        let Err(error) = refused else { panic!("it is served twice") };
        assert_eq!(AppError::from(error).code, ErrorCode::ServedElsewhere);
        drop(other);
        for _ in 0..2 {
            hosting.start().await.unwrap_or_else(|error| panic!("{error}"));
            assert!(matches!(hold(), Err(ServedFolderError::Already(_))), "held while it runs");
            hosting.stop().await;
        }
        assert!(hold().is_ok(), "and let go of");
    }

    #[test]
    fn what_an_earlier_version_kept_in_the_profile_is_taken_over() {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let profile = folder.path().join("profile");
        let before = profile.join("embedded").join(DEMO);
        let made = std::fs::create_dir_all(&before)
            .and_then(|()| std::fs::write(before.join("service.sqlite3"), "the demo"));
        made.unwrap_or_else(|error| panic!("{error}"));
        let hosting = Hosting::new(&profile);
        assert!(hosting.is_seeded());
        assert_eq!(hosting.folder, folder.path().join("profile-demo"));
        assert!(!profile.join("embedded").exists());
        assert!(Hosting::new(&profile).is_seeded(), "and found again");
    }
}
