//! From a locked account to an [`Unlocked`] one, with no network: by master password, or by a session key.

use portico_cache::{
    ClearHeader, ClosedCache, OpenCacheError, SessionKey, SlotSecret, UnixSeconds, UnlockCacheError,
};
use portico_crypto::{Kdf, MasterKey, OpenError, SymmetricKey};
use portico_protocol::account::{KdfParameters, KdfType};
use portico_protocol::server::ServerAddress;
use uuid::Uuid;

use crate::errors::ReadError;
use crate::folder::Profile;
use crate::kinds::USER_KEY_CELL;
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
    #[error("the account's file is damaged")]
    Damaged,
    /// The file, or the account's encryption, is of a newer kind than this program knows.
    #[error("a newer version of the program is needed")]
    Newer,
    #[error("the account's file is in use")]
    Busy,
    /// The session key belongs to no session here, or the session ended.
    #[error("the session has ended")]
    SessionEnded,
    #[error("the account's file cannot be read")]
    Read(#[source] ReadError),
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
    /// Unlocks with the master password. Costs one key derivation; asks no server.
    ///
    /// # Errors
    /// [`UnlockError::WrongPassword`] only when the file is whole and the password does not open the user key.
    pub fn unlock(&self, account: Uuid, password: &str) -> Result<Unlocked, UnlockError> {
        let closed = self.closed(account)?;
        let user_key = open_user_key(&closed, password)?;
        let secret = SlotSecret::from_user_key(user_key.expose(), account);
        let (server, email) = server_and_email(&closed)?;
        // The password is right here: a slot that does not open was changed.
        let cache = closed.unlock_with_account(&secret).map_err(|_| UnlockError::Damaged)?;
        Ok(Unlocked::new(self, cache, user_key, &server, &email)?)
    }

    /// Unlocks with the key of a session (`PORTICO_SESSION`) that has not ended.
    ///
    /// # Errors
    /// [`UnlockError::SessionEnded`] for an unknown, removed or expired session.
    pub fn unlock_with_session(&self, account: Uuid, key: &SessionKey) -> Result<Unlocked, UnlockError> {
        let closed = self.closed(account)?;
        let (server, email) = server_and_email(&closed)?;
        let now = UnixSeconds::from(self.clock().now());
        let cache = closed.unlock_with_session(key, now).map_err(|error| match error {
            UnlockCacheError::NoSuchSlot | UnlockCacheError::WrongKey | UnlockCacheError::SessionExpired => {
                UnlockError::SessionEnded
            }
        })?;
        let user_key =
            cache.cell(USER_KEY_CELL).map_err(ReadError::from)?.ok_or(UnlockError::SessionEnded)?;
        let user_key = SymmetricKey::from_bytes(&user_key).map_err(|_| UnlockError::Damaged)?;
        Ok(Unlocked::new(self, cache, user_key, &server, &email)?)
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

    fn closed(&self, account: Uuid) -> Result<ClosedCache, UnlockError> {
        let closed = ClosedCache::open(&self.cache_path(account))?;
        if closed.header().account != account {
            return Err(UnlockError::Damaged);
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

fn kdf_of(header: &ClearHeader) -> Result<Kdf, UnlockError> {
    let parameters = KdfParameters {
        kdf_type: KdfType(header.kdf.kdf_type),
        iterations: header.kdf.iterations,
        memory: header.kdf.memory,
        parallelism: header.kdf.parallelism,
    };
    Kdf::try_from(parameters).map_err(|_| UnlockError::Damaged)
}

fn server_and_email(closed: &ClosedCache) -> Result<(ServerAddress, String), UnlockError> {
    let header = closed.header();
    let server = ServerAddress::parse(&header.server).map_err(|_| UnlockError::Damaged)?;
    Ok((server, header.email.clone()))
}
