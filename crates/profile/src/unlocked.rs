//! An unlocked account.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use portico_cache::{BeginWriteError, Cache, Head, Pin, PinHolder, SessionKey, UnixSeconds, WriteError};
use portico_crypto::SymmetricKey;
use portico_protocol::server::ServerAddress;
use uuid::Uuid;

use crate::clock::Clock;
use crate::errors::ReadError;
use crate::folder::Profile;
use crate::intake::{BeginIntakeError, Intake};
use crate::keeping::Keeping;
use crate::kinds::{SESSION_CELL, USER_KEY_CELL};
use crate::losses::Losses;
use crate::picture::{HeadSummary, Opened, Picture};
use crate::recovery::Recovered;
use crate::session::SessionTokens;
use crate::settings::Settings;

/// An unlocked account: owns its keys and all that was opened. Dropping it, with every [`Picture`] taken from it, is
/// the lock.
pub struct Unlocked {
    account: Uuid,
    server: ServerAddress,
    email: String,
    pub(crate) opened: Arc<Opened>,
    picture: RwLock<Arc<Picture>>,
    /// Names this account's pins among those of other windows.
    window: u32,
    session: RwLock<Option<Arc<SessionTokens>>>,
    pub(crate) keeping: Keeping,
    clock: Arc<dyn Clock>,
    settings: Arc<Mutex<Settings>>,
    recovered: Option<Recovered>,
    session_lost: bool,
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
        // A history with gaps is for a recovery; tokens that are lost are had again by signing in.
        opened.cache.check_history()?;
        let (session, session_lost) = match opened.cache.cell(SESSION_CELL) {
            Ok(bytes) => (bytes.and_then(|bytes| SessionTokens::from_bytes(&bytes)), false),
            Err(portico_cache::ReadError::Damaged("cell")) => (None, true),
            Err(error) => return Err(error.into()),
        };
        let (window, now) = (Uuid::new_v4().as_fields().0, UnixSeconds::from(profile.clock().now()));
        let head = pin_newest(&opened.cache, window, now)?;
        let picture = Picture::load(Arc::clone(&opened), head, None)?;
        Ok(Self {
            window,
            account,
            server: server.clone(),
            email: email.to_owned(),
            opened,
            picture: RwLock::new(Arc::new(picture)),
            session: RwLock::new(session.map(Arc::new)),
            keeping: profile.keeping(account),
            clock: profile.clock(),
            settings: profile.shared_settings(),
            recovered: None,
            session_lost,
        })
    }

    pub(crate) fn after(mut self, recovered: Recovered) -> Self {
        self.recovered = Some(recovered);
        self
    }

    /// What the unlock had to recover from a damaged file, if it had to.
    pub fn recovered(&self) -> Option<&Recovered> {
        self.recovered.as_ref()
    }

    /// What of the newest picture is damaged and was read round, as far as it was noticed.
    pub fn losses(&self) -> Losses {
        Losses { session: self.session_lost && self.session().is_none(), ..self.picture().losses() }
    }

    /// The user id.
    pub fn account(&self) -> Uuid {
        self.account
    }

    /// Where the account belongs.
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
        let known = self.picture();
        if self.opened.cache.newest_head()? == known.head {
            return Ok(false);
        }
        let head = pin_newest(&self.opened.cache, self.window, self.now().into())?;
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
            BeginWriteError::Lock(_) => SessionError::Busy,
            BeginWriteError::Open(error) => SessionError::Write(WriteError::Database(error)),
            BeginWriteError::Damaged => SessionError::Write(portico_cache::ReadError::Damaged("file").into()),
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

    /// Pins the newest head, so that another process's sweep leaves to this one what it reads.
    pub(crate) fn pin_newest(&self) -> Result<Option<Head>, ReadError> {
        pin_newest(&self.opened.cache, self.window, self.now().into())
    }

    /// Shows a picture whose head is pinned. Whoever still holds the one before has some minutes to finish.
    pub(crate) fn show(&self, picture: Picture) {
        let new = picture.head.as_ref().map(|head| head.number);
        let before = {
            let mut shown = self.picture.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *shown, Arc::new(picture))
        };
        let old = before.head.as_ref().map(|head| head.number).filter(|old| Some(*old) != new);
        if let Some(head) = old {
            let expires = UnixSeconds::from(self.now()).plus(FINISH_WITHIN);
            let pin = Pin { head, holder: PinHolder::Window { id: self.window, expires } };
            // Where the old head is gone already there is nothing to shorten.
            let _ = self.opened.cache.pin(pin);
        }
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// The profile's settings as they are now.
    pub fn settings(&self) -> Settings {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Unlocked {
    fn drop(&mut self) {
        let head = self.picture().head.as_ref().map(|head| head.number);
        if let Some(head) = head {
            // What fails here expires by itself.
            let _ = self.opened.cache.unpin(head, Some(self.window));
        }
    }
}

/// How long a pin holds that nobody takes back: longer than a window stays open without a sync.
const PINNED_FOR: i64 = 7 * UnixSeconds::DAY;
/// How long a question that was asked of an older picture may take.
const FINISH_WITHIN: i64 = 5 * UnixSeconds::MINUTE;

/// Pins the newest head and returns it. Between looking and pinning another process may move it: then once more.
fn pin_newest(cache: &Cache, window: u32, now: UnixSeconds) -> Result<Option<Head>, ReadError> {
    let holder = PinHolder::Window { id: window, expires: now.plus(PINNED_FOR) };
    for _ in 0..10 {
        let Some(head) = cache.newest_head()? else { return Ok(None) };
        match cache.pin(Pin { head: head.number, holder }) {
            Err(WriteError::NoSuchHead(_)) => {}
            Ok(()) => return Ok(Some(head)),
            Err(error) => {
                // A file that cannot be written now can still be read.
                tracing::warn!(%error, "the head that is shown is not pinned");
                return Ok(Some(head));
            }
        }
    }
    Err(portico_cache::ReadError::Busy.into())
}

const _: fn() = || {
    fn crosses_threads<T: Send + Sync>() {}
    crosses_threads::<Unlocked>();
    // A sync holds it across requests.
    fn moves_between_threads<T: Send>() {}
    moves_between_threads::<Intake<'_>>();
};
