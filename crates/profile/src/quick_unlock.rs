//! Unlocking without the master password, where the person asked for it: by the keychain alone (device slot), or by a
//! PIN together with the keychain (PIN slot).

use std::cell::Cell;
use std::time::Duration;

use portico_cache::{
    BeginWriteError, Cache, ClosedCache, KeychainSecret, RandomnessError, SlotKind, SlotSecret,
    UnlockCacheError, WriteError, WriterLock,
};
use portico_crypto::{Argon2Costs, Kdf, PinKey, SymmetricKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::errors::ReadError;
use crate::folder::{PATIENCE, Profile};
use crate::os_keychain::{Kept, KeychainError};
use crate::unlock::UnlockError;
use crate::unlocked::Unlocked;

/// Wrong tries after which a PIN is gone.
pub const PIN_TRIES: u8 = 5;
/// Fewest characters of a PIN.
pub const SHORTEST_PIN: usize = 4;
/// Most characters of a PIN: longer is a pass phrase, and the master password is one.
pub const LONGEST_PIN: usize = 64;

/// Ways to unlock an account beside its master password.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnlockWays {
    /// The keychain alone.
    pub device: bool,
    /// A PIN together with the keychain.
    pub pin: bool,
}

/// A device or PIN slot was not made or not taken away.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    #[error("a PIN has between {SHORTEST_PIN} and {LONGEST_PIN} characters")]
    PinLength,
    /// RemoveUnlockWithPin (protocol.md §4.8).
    #[error("a policy of an organization forbids unlocking with a PIN")]
    ForbiddenByPolicy,
    /// Taking a slot away: it is gone from the file, and its secret, which opens nothing now, stays in the keychain.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    #[error("another process writes to the account")]
    Busy,
    #[error("the account's file cannot be read")]
    Read(#[from] ReadError),
    #[error("the account's file cannot be written")]
    Write(#[from] WriteError),
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

impl From<BeginWriteError> for SlotError {
    fn from(_: BeginWriteError) -> Self {
        Self::Busy
    }
}

/// What stands beside a PIN slot, bound into it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PinParameters {
    salt: Uuid,
    iterations: u32,
    /// MiB.
    memory: u32,
    parallelism: u32,
}

impl PinParameters {
    /// Three passes over 64 MiB in four lanes: what Argon2id accounts were made with for years.
    fn new() -> Self {
        Self { salt: Uuid::new_v4(), iterations: 3, memory: 64, parallelism: 4 }
    }

    /// Read from a file that anybody may have written: costs out of bounds are damage.
    fn costs(&self) -> Option<Argon2Costs> {
        match Kdf::argon2id(self.iterations, self.memory, self.parallelism) {
            Ok(Kdf::Argon2id(costs)) => Some(costs),
            _ => None,
        }
    }

    fn secret(&self, pin: &str, kept: &KeychainSecret, account: Uuid) -> Option<SlotSecret> {
        let key = PinKey::derive(pin, &self.salt.to_string(), &self.costs()?);
        Some(SlotSecret::from_pin(key.expose(), kept, account))
    }
}

/// What became of a PIN that was typed, in the order of what a later comparison may change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Compared {
    /// The slot could not be read: nothing was learnt about the PIN.
    Not,
    Wrong,
    Right,
}

impl Profile {
    /// The ways that can be taken now, by what the file and the keychain say.
    pub fn unlock_ways(&self, account: Uuid) -> UnlockWays {
        if self.keychain().obstacle().is_some() || self.is_signed_out(account) {
            return UnlockWays::default();
        }
        ClosedCache::open(&self.cache_path(account)).map(|closed| ways_of(&closed)).unwrap_or_default()
    }

    /// Unlocks with what lies in the keychain. Damage as in [`Profile::unlock`].
    ///
    /// # Errors
    /// [`UnlockError::NoSlot`] when the slot or its secret is not there.
    pub fn unlock_with_device(&self, account: Uuid) -> Result<Unlocked, UnlockError> {
        self.check_closed(account)?;
        let kept = self.kept(account, Kept::Device)?.ok_or(UnlockError::NoSlot)?;
        let kept = KeychainSecret::from_slice(&kept).ok_or(UnlockError::NoSlot)?;
        let secret = SlotSecret::from_device(&kept, account);
        self.reading_round_damage(account, |closed| {
            open_slot(closed, SlotKind::DEVICE, &secret, UnlockError::NoSlot)
        })
    }

    /// Unlocks with a PIN. Each try is counted in the keychain before it is made, so that ending the program gives none
    /// back; the last wrong one destroys the secret, and with it the slot. Damage as in [`Profile::unlock`]: it costs no
    /// tries, whoever types the right PIN has them all.
    ///
    /// # Errors
    /// [`UnlockError::WrongPin`]; [`UnlockError::PinRemoved`] after the last wrong try; [`UnlockError::NoSlot`].
    pub fn unlock_with_pin(&self, account: Uuid, pin: &str) -> Result<Unlocked, UnlockError> {
        self.check_closed(account)?;
        // Two processes trying at once would count one try for two.
        let _counting = WriterLock::acquire(&self.cache_path(account).with_file_name("pin.lock"), PATIENCE)
            .map_err(|_| UnlockError::Busy)?;
        let kept = self.kept(account, Kept::Pin)?.ok_or(UnlockError::NoSlot)?;
        let (tries, bytes) = kept.split_first().ok_or(UnlockError::NoSlot)?;
        let kept_secret = KeychainSecret::from_slice(bytes).ok_or(UnlockError::NoSlot)?;
        let (before, tries) = (*tries, tries.saturating_add(1));
        if tries > PIN_TRIES {
            self.remove_pin(account)?;
            return Err(UnlockError::PinRemoved);
        }
        self.keep_pin(account, tries, &kept_secret)?;
        let compared = Cell::new(Compared::Not);
        let outcome = self.reading_round_damage(account, |closed| {
            let secret =
                pin_parameters(&closed)?.secret(pin, &kept_secret, account).ok_or(UnlockError::Damaged)?;
            let wrong = UnlockError::WrongPin { tries_left: PIN_TRIES - tries };
            compared.set(compared.get().max(Compared::Wrong));
            let opened = open_slot(closed, SlotKind::PIN, &secret, wrong)?;
            compared.set(Compared::Right);
            Ok(opened)
        });
        // Not by the outcome: whoever damages the file on purpose must not have a wrong PIN end as something else.
        match compared.get() {
            Compared::Wrong if tries == PIN_TRIES => {
                self.remove_pin(account)?;
                return Err(UnlockError::PinRemoved);
            }
            Compared::Wrong => {}
            Compared::Right => self.keep_pin(account, 0, &kept_secret)?,
            Compared::Not => self.keep_pin(account, before, &kept_secret)?,
        }
        outcome
    }

    /// What no recovery changes is told before the keychain is asked; damage is told, or settled, after.
    fn check_closed(&self, account: Uuid) -> Result<(), UnlockError> {
        match self.closed(account) {
            Ok(_) | Err(UnlockError::Damaged) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The secret first: without it the slot opens in no copy of the file.
    fn remove_pin(&self, account: Uuid) -> Result<(), UnlockError> {
        self.forget_kept(account, Kept::Pin)?;
        let path = self.cache_path(account);
        // While a sync of another process writes, or the file is damaged, the slot stays in the header, and nothing
        // opens it.
        if let Ok(lock) = WriterLock::acquire(&path.with_extension("lock"), PATIENCE)
            && let Ok(closed) = ClosedCache::open(&path)
        {
            closed.remove_slots(&[SlotKind::PIN], &lock).map_err(|error| match error {
                WriteError::Read(error) => UnlockError::from(ReadError::from(error)),
                WriteError::Database(error) => {
                    UnlockError::Read(portico_cache::ReadError::Database(error).into())
                }
                _ => UnlockError::Damaged,
            })?;
        }
        Ok(())
    }

    fn keep_pin(&self, account: Uuid, tries: u8, secret: &KeychainSecret) -> Result<(), KeychainError> {
        self.keep(account, Kept::Pin, pin_entry(tries, secret).as_slice())
    }
}

impl Unlocked {
    /// The ways that are set up for this account.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn unlock_ways(&self) -> Result<UnlockWays, ReadError> {
        let header = self.opened.cache.header()?;
        let has = |kind| header.slot_parameters(kind).is_some();
        Ok(UnlockWays { device: has(SlotKind::DEVICE), pin: has(SlotKind::PIN) })
    }

    /// Sets the device slot up: from now on this person's session on this computer unlocks the account.
    ///
    /// # Errors
    /// See [`SlotError`].
    pub fn allow_device(&self) -> Result<(), SlotError> {
        let kept = KeychainSecret::generate()?;
        let secret = SlotSecret::from_device(&kept, self.account());
        let mut writer = self.opened.cache.writer(SLOT_PATIENCE)?;
        self.keeping.keep(Kept::Device, kept.expose())?;
        Ok(writer.set_keychain_slot(SlotKind::DEVICE, "{}".to_owned(), &secret, self.user_key().expose())?)
    }

    /// Sets the PIN slot up, or changes the PIN. Costs one derivation.
    ///
    /// # Errors
    /// See [`SlotError`].
    pub fn set_pin(&self, pin: &str) -> Result<(), SlotError> {
        if !(SHORTEST_PIN..=LONGEST_PIN).contains(&pin.chars().count()) {
            return Err(SlotError::PinLength);
        }
        if self.picture().lock_policies()?.pin_forbidden {
            return Err(SlotError::ForbiddenByPolicy);
        }
        let (kept, parameters) = (KeychainSecret::generate()?, PinParameters::new());
        let secret = parameters.secret(pin, &kept, self.account());
        let secret = secret.unwrap_or_else(|| unreachable!("the costs of new PINs are within bounds"));
        let mut writer = self.opened.cache.writer(SLOT_PATIENCE)?;
        self.keeping.keep(Kept::Pin, pin_entry(0, &kept).as_slice())?;
        let parameters = serde_json::json!(parameters).to_string();
        Ok(writer.set_keychain_slot(SlotKind::PIN, parameters, &secret, self.user_key().expose())?)
    }

    /// Takes the device slot away.
    ///
    /// # Errors
    /// See [`SlotError`].
    pub fn remove_device(&self) -> Result<(), SlotError> {
        self.remove_slot(SlotKind::DEVICE, Kept::Device)
    }

    /// Takes the PIN slot away.
    ///
    /// # Errors
    /// See [`SlotError`].
    pub fn remove_pin(&self) -> Result<(), SlotError> {
        self.remove_slot(SlotKind::PIN, Kept::Pin)
    }

    fn remove_slot(&self, kind: SlotKind, kept: Kept) -> Result<(), SlotError> {
        // The secret, which is what counts, first; that it could not be taken is told after the slot is gone too.
        let forgotten = self.keeping.forget(kept);
        self.opened.cache.writer(SLOT_PATIENCE)?.remove_slots(&[kind])?;
        Ok(forgotten?)
    }
}

/// A sync may be writing for minutes; a person at a switch waits for seconds.
const SLOT_PATIENCE: Duration = Duration::from_secs(5);

fn ways_of(closed: &ClosedCache) -> UnlockWays {
    let has = |kind| closed.header().slot_parameters(kind).is_some();
    UnlockWays { device: has(SlotKind::DEVICE), pin: has(SlotKind::PIN) }
}

fn pin_parameters(closed: &ClosedCache) -> Result<PinParameters, UnlockError> {
    let parameters = closed.header().slot_parameters(SlotKind::PIN).ok_or(UnlockError::NoSlot)?;
    serde_json::from_str(parameters).map_err(|_| UnlockError::Damaged)
}

fn open_slot(
    closed: ClosedCache,
    kind: SlotKind,
    secret: &SlotSecret,
    wrong: UnlockError,
) -> Result<(Cache, Option<SymmetricKey>), UnlockError> {
    let (cache, user_key) = closed.unlock_with_keychain_slot(kind, secret).map_err(|error| match error {
        UnlockCacheError::WrongKey => wrong,
        UnlockCacheError::NoSuchSlot | UnlockCacheError::SessionExpired => UnlockError::NoSlot,
    })?;
    Ok((cache, Some(SymmetricKey::from_array(&user_key))))
}

fn pin_entry(tries: u8, secret: &KeychainSecret) -> Zeroizing<[u8; 33]> {
    let mut entry = Zeroizing::new([0; 33]);
    entry[0] = tries;
    entry[1..].copy_from_slice(secret.expose());
    entry
}
