//! Making an account on this machine after a first sign-in, or bringing a known one up to date after another.

use std::path::Path;
use std::time::Duration;

use portico_cache::{
    BeginWriteError, Cache, ClearHeader, ClearKdf, ClosedCache, CreateCacheError, LockError, OpenCacheError,
    RecoverError, ResealError, SlotSecret, UnixSeconds, WriterLock,
};
use portico_crypto::{Kdf, SymmetricKey};
use portico_protocol::account::{KdfParameters, KdfType};
use portico_protocol::server::ServerAddress;
use uuid::Uuid;

use crate::earlier_key;
use crate::errors::ReadError;
use crate::folder::{PATIENCE, Profile, make_private_folder};
use crate::kinds::{KEPT_CELLS, SECURITY_STAMP_CELL, SESSION_CELL};
use crate::password_notice::{self, PasswordNotice};
use crate::recovery::{RecoverAccountError, Recovered};
use crate::session::SessionTokens;
use crate::unlock::{UnlockError, open_user_key};
use crate::unlocked::Unlocked;

/// What a sign-in brought.
pub struct NewAccount {
    /// The user id: claim `sub` of the access token.
    pub id: Uuid,
    /// Where it signed in; bound into the file, and moved with the next sign-in elsewhere.
    pub server: ServerAddress,
    /// As the person signed in, or as the server says it.
    pub email: String,
    /// How the password became the master key.
    pub kdf: Kdf,
    /// The KDF salt (protocol.md §2.1).
    pub salt: String,
    /// The user key under the stretched master key, as the server sent it.
    pub wrapped_user_key: String,
    /// The tokens.
    pub session: SessionTokens,
    /// What the server has against the master password.
    pub password_notice: Option<PasswordNotice>,
}

/// Why an account was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum CreateAccountError {
    #[error("the account's folder cannot be made")]
    Io(#[from] std::io::Error),
    #[error("the account's file cannot be made")]
    Create(#[from] CreateCacheError),
    #[error("the account's file cannot be written")]
    Write(#[from] portico_cache::WriteError),
    #[error("the account is in use by another process")]
    Busy,
    /// The account is here already, in a file that a newer program wrote.
    #[error("a newer program wrote the account's file (format {found})")]
    Newer { found: u64 },
    /// The key given as the previous one does not open what is kept.
    #[error("the previous key does not open what is kept")]
    WrongPreviousKey,
    #[error("the account's file cannot be read")]
    Read(#[from] ReadError),
}

impl From<LockError> for CreateAccountError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Busy { .. } => Self::Busy,
            LockError::Io(error) => error.into(),
        }
    }
}

/// How long whoever puts a file in an account's place waits for others who do. Each of them writes several times, and may
/// wait for a writer besides; to give up is dear, as the server takes the code of a sign-in once.
const PATIENCE_TO_ARRIVE: Duration = Duration::from_secs(30);

impl Profile {
    /// Takes an account in. Is it here already, its clear part and its tokens are brought up to date and its history
    /// stays; is its file damaged, what still opens of it is taken over ([`Unlocked::recovered`]). A file that is set
    /// aside, because it is damaged or because the user key does not open it (the key was rotated elsewhere), stays beside
    /// the new one.
    ///
    /// # Errors
    /// See [`CreateAccountError`].
    pub fn create_account(
        &self,
        account: NewAccount,
        user_key: SymmetricKey,
    ) -> Result<Unlocked, CreateAccountError> {
        let _turn = self.turn_to_arrive(account.id)?;
        let path = self.cache_path(account.id);
        let secret = SlotSecret::from_user_key(user_key.expose(), account.id);
        let (cache, recovered) = match self.known_cache(&account, &secret)? {
            Some(known) => known,
            None => (Cache::create(&path, header_of(&account), &secret)?, None),
        };
        let unlocked = self.take_over(cache, account, user_key)?;
        Ok(match recovered {
            Some(recovered) => unlocked.after(recovered),
            None => unlocked,
        })
    }

    /// Takes an account in whose user key was rotated elsewhere, with everything kept: the file is sealed anew under a
    /// new data key. `previous` is the user key from before: of the unlocked account, or from
    /// [`Profile::previous_user_key`]. Let every [`Unlocked`] of the account go first.
    ///
    /// # Errors
    /// [`CreateAccountError::Busy`] while anybody has the account open; [`CreateAccountError::WrongPreviousKey`].
    pub fn carry_over(
        &self,
        account: NewAccount,
        user_key: SymmetricKey,
        previous: &SymmetricKey,
    ) -> Result<Unlocked, CreateAccountError> {
        let _turn = self.turn_to_arrive(account.id)?;
        let closed = self.open_known(account.id)?.ok_or(CreateAccountError::WrongPreviousKey)?;
        let old = SlotSecret::from_user_key(previous.expose(), account.id);
        let cache = closed.unlock_with_account(&old).map_err(|_| CreateAccountError::WrongPreviousKey)?;
        // Rotated twice before a sync: the vault hangs on the first key still.
        let head = cache.newest_head().map_err(ReadError::from)?;
        let of_vault = earlier_key::of(&cache, head.as_ref())?;
        let secret = SlotSecret::from_user_key(user_key.expose(), account.id);
        let now = UnixSeconds::from(self.clock().now());
        let cache =
            cache.reseal(header_of(&account), &secret, &KEPT_CELLS, now).map_err(|error| match error {
                ResealError::InUse | ResealError::Begin(_) => CreateAccountError::Busy,
                ResealError::Create(error) => CreateAccountError::Create(error),
                ResealError::Read(error) => CreateAccountError::Read(error.into()),
                ResealError::Write(error) => CreateAccountError::Write(error),
            })?;
        // The new file has an account slot and no other.
        self.forget_slots(account.id);
        // Killed just before this, the items do not open until the next sync.
        earlier_key::keep(&cache, of_vault.as_ref().unwrap_or(previous))?;
        self.take_over(cache, account, user_key)
    }

    /// The user key that the kept file was made with, by the master password of then.
    ///
    /// # Errors
    /// As [`Profile::unlock`].
    pub fn previous_user_key(&self, account: Uuid, password: &str) -> Result<SymmetricKey, UnlockError> {
        open_user_key(&ClosedCache::open(&self.cache_path(account))?, password)
    }

    /// Whether what is kept of an account is whole and of another user key than this one: the key was rotated elsewhere,
    /// and the previous password is what brings the history along. Signed out or not.
    ///
    /// # Errors
    /// [`UnlockError::Newer`] and [`UnlockError::Busy`]; a damaged file is none that could be brought along.
    pub fn is_of_another_user_key(
        &self,
        account: Uuid,
        user_key: &SymmetricKey,
    ) -> Result<bool, UnlockError> {
        let closed = match ClosedCache::open(&self.cache_path(account)) {
            Err(OpenCacheError::NotFound | OpenCacheError::Damaged) => return Ok(false),
            opened => opened?,
        };
        let secret = SlotSecret::from_user_key(user_key.expose(), account);
        Ok(closed.unlock_with_account(&secret).is_err())
    }

    /// Held while an account's file is put in its place: of two processes that make one at the same moment, one would put
    /// its own in the place of the other's, under which that one keeps what nobody can read any more. Makes the folder.
    pub(crate) fn turn_to_arrive(&self, account: Uuid) -> Result<WriterLock, LockError> {
        let folder = self.account_folder(account);
        make_private_folder(&folder)?;
        WriterLock::acquire(&folder.join("arriving.lock"), PATIENCE_TO_ARRIVE)
    }

    fn take_over(
        &self,
        cache: Cache,
        account: NewAccount,
        user_key: SymmetricKey,
    ) -> Result<Unlocked, CreateAccountError> {
        self.mark_signed_in(account.id)?;
        self.list_last(account.id);
        let unlocked = Unlocked::new(self, cache, user_key, &account.server, &account.email)?;
        unlocked.keep_user_key()?;
        // The tokens are of the stamp of now, which the next sync learns.
        unlocked.opened.cache.clear_cell(SECURITY_STAMP_CELL)?;
        password_notice::keep(&unlocked.opened.cache, account.password_notice)?;
        unlocked.set_session(account.session)?;
        Ok(unlocked)
    }

    /// The cache that is here already, its clear part brought up to date. Of a damaged one, what still opens.
    fn known_cache(
        &self,
        account: &NewAccount,
        secret: &SlotSecret,
    ) -> Result<Option<(Cache, Option<Recovered>)>, CreateAccountError> {
        let path = self.cache_path(account.id);
        if !path.exists() {
            return Ok(None);
        }
        let whole = match self.open_known(account.id)? {
            Some(closed) => match closed.unlock_with_account(secret) {
                Ok(cache) if !self.is_marked_damaged(account.id) => Some(cache).filter(opens_as_a_whole),
                Ok(_) => None,
                // Sealed under another user key: there is nothing to take over.
                Err(_) => return self.set_aside(account.id).map(|()| None),
            },
            None => None,
        };
        let (cache, recovered) = match whole {
            Some(cache) => (cache, None),
            None => match self.recover_known(account, secret)? {
                Some((cache, recovered)) => (cache, Some(recovered)),
                None => return Ok(None),
            },
        };
        self.bring_up_to_date(&cache, account, secret)?;
        Ok(Some((cache, recovered)))
    }

    /// What still opens of a damaged file; one of which nothing does is set aside as it is.
    fn recover_known(
        &self,
        account: &NewAccount,
        secret: &SlotSecret,
    ) -> Result<Option<(Cache, Recovered)>, CreateAccountError> {
        let open =
            |path: &Path, copy: &Path| ClosedCache::unlock_copy(path, copy, header_of(account), secret);
        let recovered = match self.recover(account.id, open) {
            Ok(recovered) => recovered,
            Err(RecoverAccountError::Lock(LockError::Busy { .. })) => return Err(CreateAccountError::Busy),
            Err(RecoverAccountError::Lock(LockError::Io(error))) => return Err(error.into()),
            Err(RecoverAccountError::Recover(RecoverError::Create(error))) => return Err(error.into()),
            Err(RecoverAccountError::Recover(RecoverError::Write(error))) => return Err(error.into()),
            Err(RecoverAccountError::Recover(RecoverError::Io(error))) => return Err(error.into()),
            Err(RecoverAccountError::Open(_) | RecoverAccountError::Recover(RecoverError::Read(_))) => {
                return self.set_aside(account.id).map(|()| None);
            }
        };
        let cache = self.open_known(account.id)?.and_then(|closed| closed.unlock_with_account(secret).ok());
        match cache.filter(opens_as_a_whole) {
            Some(cache) => Ok(Some((cache, recovered))),
            None => self.set_aside(account.id).map(|()| None),
        }
    }

    fn bring_up_to_date(
        &self,
        cache: &Cache,
        account: &NewAccount,
        secret: &SlotSecret,
    ) -> Result<(), CreateAccountError> {
        let fresh = header_of(account);
        let mut writer = cache.writer(PATIENCE).map_err(|error| match error {
            BeginWriteError::Lock(LockError::Busy { .. }) => CreateAccountError::Busy,
            BeginWriteError::Lock(LockError::Io(error)) => error.into(),
            BeginWriteError::Open(error) => portico_cache::WriteError::Database(error).into(),
            BeginWriteError::Damaged => CreateAccountError::Read(ReadError::Content("file")),
        })?;
        if cache.header().map_err(ReadError::from)?.server == fresh.server {
            writer.update_header(|header| {
                header.email = fresh.email;
                header.kdf = fresh.kdf;
                header.salt = fresh.salt;
                header.wrapped_user_key = fresh.wrapped_user_key;
            })?;
        } else {
            // Tokens of the old address never meet the new one, however this ends.
            cache.clear_cell(SESSION_CELL)?;
            writer.change_server(fresh, secret)?;
            self.forget_slots(account.id);
        }
        Ok(())
    }

    /// What is here already and opens.
    fn open_known(&self, account: Uuid) -> Result<Option<ClosedCache>, CreateAccountError> {
        match ClosedCache::open(&self.cache_path(account)) {
            Ok(closed) => Ok(Some(closed)),
            Err(OpenCacheError::NotFound) => Ok(None),
            Err(OpenCacheError::Newer { found }) => Err(CreateAccountError::Newer { found }),
            Err(OpenCacheError::Damaged) => Ok(None),
            Err(OpenCacheError::Busy) => Err(CreateAccountError::Busy),
            Err(OpenCacheError::Database(error)) => Err(portico_cache::WriteError::Database(error).into()),
        }
    }

    /// Renames the file, with its journal, so that nothing is lost and nothing is in the way. Nobody may be writing.
    fn set_aside(&self, id: Uuid) -> Result<(), CreateAccountError> {
        let path = self.cache_path(id);
        let _lock = WriterLock::acquire(&path.with_extension("lock"), PATIENCE)?;
        let (_, free) = self.free_name_aside(id);
        tracing::warn!(account = %id, file = free, "a cache file that cannot be used any more is set aside");
        self.forget_slots(id);
        self.forget_head(id);
        // The file itself last: killed in between, no journal is left beside a name that a new file will have, and
        // the next attempt brings the file to its journal.
        for suffix in ["-wal", "-shm", ""] {
            let from = path.with_file_name(format!("cache.sqlite3{suffix}"));
            match std::fs::rename(from, path.with_file_name(format!("{free}{suffix}"))) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Heads and all: otherwise it is for a recovery.
fn opens_as_a_whole(cache: &Cache) -> bool {
    cache.check_history().is_ok() && cache.newest_head().is_ok()
}

fn header_of(account: &NewAccount) -> ClearHeader {
    ClearHeader::new(
        account.id,
        account.server.to_string(),
        account.email.clone(),
        clear_kdf(&account.kdf.parameters()),
        account.salt.clone(),
        account.wrapped_user_key.clone(),
    )
}

pub(crate) fn clear_kdf(kdf: &KdfParameters) -> ClearKdf {
    // Some servers keep telling the memory of a derivation that the account has left.
    let used = |cost: Option<u32>| cost.filter(|_| kdf.kdf_type == KdfType::ARGON2ID);
    ClearKdf {
        kdf_type: kdf.kdf_type.0,
        iterations: kdf.iterations,
        memory: used(kdf.memory),
        parallelism: used(kdf.parallelism),
    }
}
