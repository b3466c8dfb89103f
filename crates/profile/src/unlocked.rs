//! An unlocked account.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use portico_cache::{BeginWriteError, Cache, Retention, SessionKey, UnixSeconds, WriteError};
use portico_crypto::SymmetricKey;
use portico_protocol::server::ServerAddress;
use uuid::Uuid;

use crate::clock::Clock;
use crate::errors::ReadError;
use crate::folder::Profile;
use crate::intake::{BeginIntakeError, Intake};
use crate::kinds::{SESSION_CELL, USER_KEY_CELL};
use crate::picture::{HeadSummary, Opened, Picture};
use crate::session::SessionTokens;

/// An unlocked account: owns its keys and all that was opened. Dropping it, with every [`Picture`] taken from it, is
/// the lock.
pub struct Unlocked {
    account: Uuid,
    server: ServerAddress,
    email: String,
    pub(crate) opened: Arc<Opened>,
    picture: RwLock<Arc<Picture>>,
    session: RwLock<Option<Arc<SessionTokens>>>,
    clock: Arc<dyn Clock>,
    retention: Retention,
}

/// The tokens or sessions of an account could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("the account's file cannot be written")]
    Write(#[from] WriteError),
    #[error("another process writes to the account")]
    Busy,
    #[error("the tokens cannot be encoded")]
    Encode(#[from] postcard::Error),
    #[error("the operating system gave no randomness")]
    Randomness(#[from] portico_cache::RandomnessError),
}

impl Unlocked {
    pub(crate) fn new(
        profile: &Profile,
        cache: Cache,
        user_key: SymmetricKey,
        server: &ServerAddress,
        email: &str,
    ) -> Result<Self, ReadError> {
        let account = cache.account();
        let opened = Arc::new(Opened { cache, user_key });
        let session = opened.cache.cell(SESSION_CELL)?.and_then(|bytes| SessionTokens::from_bytes(&bytes));
        let picture = Picture::load_newest(Arc::clone(&opened))?;
        Ok(Self {
            account,
            server: server.clone(),
            email: email.to_owned(),
            opened,
            picture: RwLock::new(Arc::new(picture)),
            session: RwLock::new(session.map(Arc::new)),
            clock: profile.clock(),
            retention: profile.settings().retention(),
        })
    }

    /// The user id.
    pub fn account(&self) -> Uuid {
        self.account
    }

    pub fn server(&self) -> &ServerAddress {
        &self.server
    }

    /// As the person signed in.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// The key from which everything of the account opens.
    pub fn user_key(&self) -> &SymmetricKey {
        &self.opened.user_key
    }

    /// What is known now. Take it for one answer and let it go.
    pub fn picture(&self) -> Arc<Picture> {
        Arc::clone(&self.picture.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks whether another process moved the head, and shows it. Returns whether anything changed.
    ///
    /// # Errors
    /// See [`ReadError`]; then the old picture stays.
    pub fn refresh(&self) -> Result<bool, ReadError> {
        let head = self.opened.cache.newest_head()?;
        let known = self.picture();
        if head == known.head {
            return Ok(false);
        }
        let same_vault =
            head.as_ref().and_then(|head| head.vault) == known.head.as_ref().and_then(|head| head.vault);
        let items = same_vault.then(|| known.shared_items());
        self.show(Picture::load(Arc::clone(&self.opened), head, items)?);
        Ok(true)
    }

    /// The kept heads, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn heads(&self) -> Result<Vec<HeadSummary>, ReadError> {
        Ok(self.opened.cache.heads()?.iter().filter_map(HeadSummary::of).collect())
    }

    /// Takes in what was read from the server. One at a time, over all processes.
    ///
    /// # Errors
    /// [`BeginIntakeError::Busy`] when another process writes.
    pub fn begin_intake(&self) -> Result<Intake<'_>, BeginIntakeError> {
        Intake::begin(self)
    }

    /// The tokens; `None` when signed out.
    pub fn session(&self) -> Option<Arc<SessionTokens>> {
        self.session.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the tokens, on disk first.
    ///
    /// # Errors
    /// See [`SessionError`]; then the old ones stay.
    pub fn set_session(&self, tokens: SessionTokens) -> Result<(), WriteError> {
        let bytes = tokens.to_bytes().map_err(|_| WriteError::TooLarge(0))?;
        self.opened.cache.set_cell(SESSION_CELL, &bytes)?;
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(tokens));
        Ok(())
    }

    /// Forgets the tokens: the server refused them, and the person has to sign in again. Nothing else is lost.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn clear_session(&self) -> Result<(), WriteError> {
        self.opened.cache.clear_cell(SESSION_CELL)?;
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    /// Makes a key for `PORTICO_SESSION` that opens the account for `lifetime`, or until
    /// [`Profile::end_sessions`](crate::Profile::end_sessions).
    ///
    /// # Errors
    /// [`SessionError::Busy`] while another process writes.
    pub fn open_session(&self, lifetime: Duration) -> Result<SessionKey, SessionError> {
        let key = SessionKey::generate()?;
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let expires = UnixSeconds::from(self.clock.now()).plus(seconds);
        let mut writer = self.opened.cache.writer(Duration::from_secs(2)).map_err(|error| match error {
            BeginWriteError::Lock(_) | BeginWriteError::Open => SessionError::Busy,
        })?;
        self.keep_user_key()?;
        writer.add_session_slot(&key, expires)?;
        Ok(key)
    }

    /// Bytes of the account's file.
    pub fn size_on_disk(&self) -> u64 {
        self.opened.cache.size_on_disk()
    }

    pub(crate) fn keep_user_key(&self) -> Result<(), WriteError> {
        self.opened.cache.set_cell(USER_KEY_CELL, self.opened.user_key.expose())
    }

    pub(crate) fn show(&self, picture: Picture) {
        *self.picture.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(picture);
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    pub(crate) fn retention(&self) -> Retention {
        self.retention
    }
}

const _: fn() = || {
    fn crosses_threads<T: Send + Sync>() {}
    crosses_threads::<Unlocked>();
    // A sync holds it across requests.
    fn moves_between_threads<T: Send>() {}
    moves_between_threads::<Intake<'_>>();
};
