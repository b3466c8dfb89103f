//! From a locked account to an [`Unlocked`] one, with no network: by master password, or by a session key; and what every
//! way of unlocking does about damage.

use portico_cache::{
    Cache, ClearHeader, ClosedCache, LockError, OpenCacheError, SessionKey, SlotSecret, UnixSeconds,
    UnlockCacheError,
};
use portico_crypto::{Kdf, MasterKey, OpenError, SymmetricKey};
use portico_protocol::account::{KdfParameters, KdfType};
use portico_protocol::server::ServerAddress;
use uuid::Uuid;

use crate::errors::ReadError;
use crate::folder::Profile;
use crate::kinds::USER_KEY_CELL;
use crate::recovery::{RecoverAccountError, open_copy};
use crate::unlocked::Unlocked;

/// Why an account was not unlocked.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    #[error("the master password is wrong")]
    WrongPassword,
    #[error("no such account in this profile")]
    NoSuchAccount,
    /// The archive is kept, and opens after signing in.
    #[error("the account is signed out")]
    SignedOut,
    /// Nothing of it opens. A sign-in sets it aside and takes over what it can.
    #[error("the account's file is damaged")]
    Damaged,
    /// Somebody copied it here: it is left as it is.
    #[error("the file in the account's folder belongs to another account")]
    OtherAccount,
    /// The file, or the account's encryption, is of a newer kind than this program knows.
    #[error("a newer version of the program is needed")]
    Newer,
    #[error("the account's file is in use")]
    Busy,
    /// The session key belongs to no session here, or the session ended.
    #[error("the session has ended")]
    SessionEnded,
    /// There is no device or PIN slot, or what opens it is not in the keychain any more.
    #[error("this account is not set up to unlock that way")]
    NoSlot,
    #[error("the PIN is wrong")]
    WrongPin {
        /// How many more tries there are; at least one.
        tries_left: u8,
    },
    /// It was wrong too often. The master password still unlocks.
    #[error("the PIN was wrong too often and is removed")]
    PinRemoved,
    #[error(transparent)]
    Keychain(#[from] crate::os_keychain::KeychainError),
    #[error("the account's file cannot be read")]
    Read(#[source] ReadError),
    /// The damaged file is where it was; what still opens of it found no place.
    #[error("the account's file is damaged, and what still opens of it cannot be written")]
    Recover(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<OpenCacheError> for UnlockError {
    fn from(error: OpenCacheError) -> Self {
        match error {
            OpenCacheError::NotFound => Self::NoSuchAccount,
            OpenCacheError::Newer { .. } => Self::Newer,
            OpenCacheError::Damaged => Self::Damaged,
            OpenCacheError::Busy => Self::Busy,
            OpenCacheError::Database(error) => Self::Read(portico_cache::ReadError::Database(error).into()),
        }
    }
}

impl From<ReadError> for UnlockError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Newer(_) => Self::Newer,
            ReadError::Store(portico_cache::ReadError::Busy) => Self::Busy,
            error if error.is_damage() => Self::Damaged,
            error => Self::Read(error),
        }
    }
}

impl Profile {
    /// Unlocks with the master password. Costs one key derivation; asks no server. Of a damaged file, what still opens is
    /// taken over into a new one, and [`Unlocked::recovered`] says so.
    ///
    /// # Errors
    /// [`UnlockError::WrongPassword`] only when the clear header is whole and the password does not open the user key.
    pub fn unlock(&self, account: Uuid, password: &str) -> Result<Unlocked, UnlockError> {
        self.reading_round_damage(account, |closed| {
            let user_key = open_user_key(&closed, password)?;
            let secret = SlotSecret::from_user_key(user_key.expose(), account);
            // The password is right here: a slot that does not open was changed.
            let cache = closed.unlock_with_account(&secret).map_err(|_| UnlockError::Damaged)?;
            Ok((cache, Some(user_key)))
        })
    }

    /// Unlocks with the key of a session (`PORTICO_SESSION`) that has not ended. Damage as in [`Profile::unlock`].
    ///
    /// # Errors
    /// [`UnlockError::SessionEnded`] for an unknown, removed or expired session.
    pub fn unlock_with_session(&self, account: Uuid, key: &SessionKey) -> Result<Unlocked, UnlockError> {
        let now = UnixSeconds::from(self.clock().now());
        self.reading_round_damage(account, |closed| {
            let cache = closed.unlock_with_session(key, now).map_err(|error| match error {
                UnlockCacheError::NoSuchSlot
                | UnlockCacheError::WrongKey
                | UnlockCacheError::SessionExpired => UnlockError::SessionEnded,
            })?;
            Ok((cache, None))
        })
    }

    /// `open` is asked for the file, and where that is damaged or marked so, for a copy to recover from.
    pub(crate) fn reading_round_damage(
        &self,
        account: Uuid,
        open: impl Fn(ClosedCache) -> Result<(Cache, Option<SymmetricKey>), UnlockError>,
    ) -> Result<Unlocked, UnlockError> {
        let as_it_is = || {
            let closed = self.closed(account)?;
            let (server, email) = server_and_email(&closed)?;
            let (cache, user_key) = open(closed)?;
            let user_key = match user_key {
                Some(user_key) => user_key,
                None => kept_user_key(&cache)?,
            };
            Ok(Unlocked::new(self, cache, user_key, &server, &email)?)
        };
        let marked = self.is_marked_damaged(account);
        if !marked {
            match as_it_is() {
                Err(UnlockError::Damaged) => {}
                outcome => return outcome,
            }
        }
        let recovered = self.recover(account, |path, copy| {
            let (cache, _) = open(open_copy(path, copy, account)?)?;
            Ok(cache)
        });
        match recovered {
            Ok(recovered) => Ok(as_it_is()?.after(recovered)),
            // Parts of it can be read: better than nothing, until it can be made anew.
            Err(_) if marked => as_it_is(),
            Err(RecoverAccountError::Open(error)) => Err(error),
            Err(RecoverAccountError::Lock(LockError::Busy { .. })) => Err(UnlockError::Busy),
            Err(error) => Err(UnlockError::Recover(Box::new(error))),
        }
    }

    /// Whether `password` is the master password of a whole file: for a question asked again before something is
    /// shown. Costs one key derivation.
    ///
    /// # Errors
    /// As [`Profile::unlock`].
    pub fn check_password(&self, account: Uuid, password: &str) -> Result<(), UnlockError> {
        open_user_key(&self.closed(account)?, password).map(drop)
    }

    /// The key derivation of the last sign-in, which stands in clear: a server that suddenly asks for cheaper costs is
    /// to be noticed before the password is hashed for it. Signed out or not.
    ///
    /// # Errors
    /// [`UnlockError::NoSuchAccount`], or why the file cannot be used.
    pub fn kdf(&self, account: Uuid) -> Result<Kdf, UnlockError> {
        kdf_of(ClosedCache::open(&self.cache_path(account))?.header())
    }

    pub(crate) fn closed(&self, account: Uuid) -> Result<ClosedCache, UnlockError> {
        let closed = ClosedCache::open(&self.cache_path(account))?;
        if closed.header().account != account {
            return Err(UnlockError::OtherAccount);
        }
        if self.is_signed_out(account) {
            return Err(UnlockError::SignedOut);
        }
        Ok(closed)
    }
}

pub(crate) fn open_user_key(closed: &ClosedCache, password: &str) -> Result<SymmetricKey, UnlockError> {
    let header = closed.header();
    let kdf = kdf_of(header)?;
    let master_key = MasterKey::derive(password, &header.salt, &kdf);
    master_key.open_user_key(&header.wrapped_user_key).map_err(|error| match error {
        // The header's checksum held, so this is what the server sent: another password made it.
        OpenError::Mac => UnlockError::WrongPassword,
        error if error.needs_newer_format() => UnlockError::Newer,
        _ => UnlockError::Damaged,
    })
}

/// For a session, which holds the data key only.
fn kept_user_key(cache: &Cache) -> Result<SymmetricKey, UnlockError> {
    match cache.cell(USER_KEY_CELL) {
        Ok(Some(bytes)) => SymmetricKey::from_bytes(&bytes).map_err(|_| UnlockError::Damaged),
        // Without it the session is worth nothing, and the master password unlocks as ever.
        Ok(None) | Err(portico_cache::ReadError::Damaged("cell")) => Err(UnlockError::SessionEnded),
        Err(error) => Err(ReadError::from(error).into()),
    }
}

fn kdf_of(header: &ClearHeader) -> Result<Kdf, UnlockError> {
    let parameters = KdfParameters {
        kdf_type: KdfType(header.kdf.kdf_type),
        iterations: header.kdf.iterations,
        memory: header.kdf.memory,
        parallelism: header.kdf.parallelism,
    };
    Kdf::try_from(parameters).map_err(|_| UnlockError::Damaged)
}

pub(crate) fn server_and_email(closed: &ClosedCache) -> Result<(ServerAddress, String), UnlockError> {
    let header = closed.header();
    let server = ServerAddress::parse(&header.server).map_err(|_| UnlockError::Damaged)?;
    Ok((server, header.email.clone()))
}
