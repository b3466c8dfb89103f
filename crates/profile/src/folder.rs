//! The folder that holds everything: accounts, their caches, the settings.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use portico_cache::{BeginWriteError, ClosedCache, OpenCacheError, SlotKind, remove_file_and_journal};
use portico_protocol::server::ServerAddress;
use uuid::Uuid;

use crate::backup;
use crate::clock::{Clock, SystemClock};
use crate::log_out;
use crate::os_keychain::{Kept, KeychainError, NoKeychain, OsKeychain};
use crate::recovery::open_copy;
use crate::settings::{Settings, SettingsError};

/// A profile: one folder, any number of accounts.
pub struct Profile {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    settings: Arc<Mutex<Settings>>,
    settings_set_aside: Option<String>,
    keychain: Arc<dyn OsKeychain>,
}

/// What the lock screen knows of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSummary {
    /// The user id on the server.
    pub id: Uuid,
    /// Where it belongs.
    pub server: ServerAddress,
    /// As the person signed in.
    pub email: String,
    /// Whether a picture of it is kept.
    pub has_picture: bool,
    /// When the newest picture was last read from the server, or a part of it, as the file says in clear; none where it
    /// does not say.
    pub read_at: Option<SystemTime>,
    /// Signed out, the sealed archive kept.
    pub signed_out: bool,
}

/// Why the profile folder, or an account in it, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error("the profile folder cannot be used")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("no such account in this profile")]
    NoSuchAccount,
    /// Another process writes to the account.
    #[error("the account is in use by another process")]
    Busy,
    #[error("the account's file cannot be used")]
    Cache(#[source] OpenCacheError),
    #[error("the account's file cannot be written")]
    Write(#[from] portico_cache::WriteError),
}

impl From<BeginWriteError> for ProfileError {
    fn from(error: BeginWriteError) -> Self {
        match error {
            BeginWriteError::Lock(portico_cache::LockError::Io(error)) => Self::Io(error),
            _ => Self::Busy,
        }
    }
}

pub(crate) const SIGNED_OUT: &str = "signed-out";

impl Profile {
    /// Opens the folder, making it (readable by its owner only) when it is not there.
    ///
    /// # Errors
    /// [`ProfileError::Io`] or [`ProfileError::Settings`].
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, ProfileError> {
        Self::open_with_clock(folder, Arc::new(SystemClock))
    }

    /// As [`Profile::open`], with another clock.
    ///
    /// # Errors
    /// As [`Profile::open`].
    pub fn open_with_clock(folder: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Result<Self, ProfileError> {
        let folder = folder.into();
        make_private_folder(&folder.join("accounts"))?;
        log_out::finish_removals(&folder.join("accounts"));
        backup::remove_what_was_not_put_back(&folder);
        backup::remove_unfinished_backups(&folder);
        let today = time::OffsetDateTime::from(clock.now()).date();
        let (settings, settings_set_aside) = Settings::at_start(&folder, today)?;
        Ok(Self {
            folder,
            clock,
            settings: Arc::new(Mutex::new(settings)),
            settings_set_aside,
            keychain: Arc::new(NoKeychain),
        })
    }

    /// With the keychain of this computer, for unlocking without the master password and for telling an older file.
    #[must_use]
    pub fn with_keychain(self, keychain: Arc<dyn OsKeychain>) -> Self {
        Self { keychain, ..self }
    }

    /// The keychain, or a stand-in that says why there is none.
    pub fn keychain(&self) -> Arc<dyn OsKeychain> {
        Arc::clone(&self.keychain)
    }

    /// Where everything lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The settings as last read or saved.
    pub fn settings(&self) -> Settings {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The name that an unusable settings file was given when this profile was opened, if there was one.
    pub fn settings_set_aside(&self) -> Option<&str> {
        self.settings_set_aside.as_deref()
    }

    /// Accounts whose file cannot be used, with the reason; the others are in [`Profile::accounts`].
    ///
    /// # Errors
    /// [`ProfileError::Io`] when the folder cannot be listed.
    pub fn unusable_accounts(&self) -> Result<Vec<(Uuid, OpenCacheError)>, ProfileError> {
        let mut unusable = Vec::new();
        for id in self.account_ids()? {
            match self.listed(id) {
                // A folder without a file is no account: a sign-in that did not come to its end.
                Ok(_) | Err(OpenCacheError::NotFound) => {}
                Err(error) => unusable.push((id, error)),
            }
        }
        Ok(unusable)
    }

    /// Changes the settings. The file is read again first, and nobody else writes it meanwhile: another process may have
    /// changed it.
    ///
    /// # Errors
    /// See [`SettingsError`]; then the old ones stay.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) -> Result<(), SettingsError> {
        let today = time::OffsetDateTime::from(self.clock.now()).date();
        let lock = Settings::lock(&self.folder)?;
        let (mut settings, _) = Settings::load_or_create(&self.folder, today, &lock)?;
        change(&mut settings);
        settings.save(&self.folder, &lock)?;
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = settings;
        Ok(())
    }

    /// The accounts of this profile, in the order of the settings, then by e-mail. One whose file cannot be read is left out here and told by
    /// [`Profile::unlock`].
    ///
    /// # Errors
    /// [`ProfileError::Io`] when the folder cannot be listed.
    pub fn accounts(&self) -> Result<Vec<AccountSummary>, ProfileError> {
        let mut accounts = Vec::new();
        for id in self.account_ids()? {
            if let Ok(account) = self.listed(id) {
                accounts.extend(account);
            }
        }
        let order = self.settings().account_order;
        let place = |id: Uuid| order.iter().position(|known| *known == id).unwrap_or(usize::MAX);
        accounts.sort_by(|a, b| (place(a.id), &a.email, a.id).cmp(&(place(b.id), &b.email, b.id)));
        Ok(accounts)
    }

    /// From a copy where the file itself does not open: a recovery, which an unlock makes, may open it.
    fn listed(&self, id: Uuid) -> Result<Option<AccountSummary>, OpenCacheError> {
        let path = self.cache_path(id);
        match ClosedCache::open(&path) {
            Err(OpenCacheError::Damaged) => {}
            opened => return opened.map(|closed| self.summary(id, &closed)),
        }
        let copy = path.with_extension("listed");
        let listed = open_copy(&path, &copy, id).map(|closed| self.summary(id, &closed));
        let _ = remove_file_and_journal(&copy);
        listed
    }

    /// Ids of all account folders, readable or not.
    ///
    /// # Errors
    /// As [`Profile::accounts`].
    pub fn account_ids(&self) -> Result<Vec<Uuid>, ProfileError> {
        let mut ids = Vec::new();
        for folder in std::fs::read_dir(self.folder.join("accounts"))? {
            ids.extend(folder?.file_name().to_str().and_then(|name| Uuid::try_parse(name).ok()));
        }
        ids.sort();
        Ok(ids)
    }

    /// Ends every session that was handed out for `PORTICO_SESSION`. Needs no key.
    ///
    /// # Errors
    /// As [`Profile::remove`].
    pub fn end_sessions(&self, id: Uuid) -> Result<(), ProfileError> {
        let path = self.cache_path(id);
        let lock = portico_cache::WriterLock::acquire(&path.with_extension("lock"), PATIENCE)
            .map_err(BeginWriteError::Lock)?;
        let closed = ClosedCache::open(&path).map_err(|error| match error {
            OpenCacheError::NotFound => ProfileError::NoSuchAccount,
            other => ProfileError::Cache(other),
        })?;
        Ok(closed.remove_slots(&[SlotKind::SESSION], &lock)?)
    }

    pub(crate) fn summary(&self, id: Uuid, closed: &ClosedCache) -> Option<AccountSummary> {
        let header = closed.header();
        Some(AccountSummary {
            id,
            server: ServerAddress::parse(&header.server).ok()?,
            email: header.email.clone(),
            has_picture: closed.has_head(),
            read_at: header.read_at.map(SystemTime::from),
            signed_out: self.is_signed_out(id),
        })
    }

    pub(crate) fn is_signed_out(&self, id: Uuid) -> bool {
        self.account_folder(id).join(SIGNED_OUT).exists()
    }

    pub(crate) fn mark_signed_in(&self, id: Uuid) -> Result<(), std::io::Error> {
        match std::fs::remove_file(self.account_folder(id).join(SIGNED_OUT)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    pub(crate) fn account_folder(&self, id: Uuid) -> PathBuf {
        self.folder.join("accounts").join(id.to_string())
    }

    pub(crate) fn cache_path(&self, id: Uuid) -> PathBuf {
        self.account_folder(id).join("cache.sqlite3")
    }

    pub(crate) fn kept(
        &self,
        account: Uuid,
        what: Kept,
    ) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, KeychainError> {
        self.keeping(account).read(what)
    }

    pub(crate) fn keep(&self, account: Uuid, what: Kept, secret: &[u8]) -> Result<(), KeychainError> {
        self.keeping(account).keep(what, secret)
    }

    pub(crate) fn forget_kept(&self, account: Uuid, what: Kept) -> Result<(), KeychainError> {
        self.keeping(account).forget(what)
    }

    pub(crate) fn shared_settings(&self) -> Arc<Mutex<Settings>> {
        Arc::clone(&self.settings)
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }
}

/// How long short writes wait for another writer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn make_private_folder(folder: &Path) -> Result<(), std::io::Error> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
