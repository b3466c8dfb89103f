//! The operating system's keychain, as far as an account needs it: a few small secrets under names. The host brings
//! one; where there is none, what would lie in it is simply not offered.

use portico_cache::HeadNumber;
use uuid::Uuid;
use zeroize::Zeroizing;

/// A place for small secrets that the operating system guards. Calls may take as long as a D-Bus service takes, and
/// never ask the person anything.
pub trait OsKeychain: Send + Sync {
    /// Why it cannot be used now; `None` when it can.
    fn obstacle(&self) -> Option<KeychainObstacle>;

    /// The secret of this name; `None` when there is none.
    ///
    /// # Errors
    /// See [`KeychainError`].
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError>;

    /// Puts a secret there, in the place of one of the same name.
    ///
    /// # Errors
    /// See [`KeychainError`].
    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError>;

    /// Takes a secret away. That there is none is no error.
    ///
    /// # Errors
    /// See [`KeychainError`].
    fn remove(&self, name: &str) -> Result<(), KeychainError>;
}

/// Why there is no keychain to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeychainObstacle {
    /// This program has nothing to do with keychains.
    NotOffered,
    /// No service for secrets runs on this computer.
    NoService,
    /// It is there and locked, and would ask for a password of its own.
    Locked,
}

/// The keychain did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("the keychain of the operating system: {0}")]
pub struct KeychainError(pub String);

/// A host without a keychain.
pub(crate) struct NoKeychain;

impl OsKeychain for NoKeychain {
    fn obstacle(&self) -> Option<KeychainObstacle> {
        Some(KeychainObstacle::NotOffered)
    }

    fn read(&self, _name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(None)
    }

    fn write(&self, _name: &str, _secret: &[u8]) -> Result<(), KeychainError> {
        Err(KeychainError("not offered by this program".to_owned()))
    }

    fn remove(&self, _name: &str) -> Result<(), KeychainError> {
        Ok(())
    }
}

/// What an account keeps in the keychain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// The device slot's secret.
    Device,
    /// Wrong tries, one byte, and the PIN slot's secret.
    Pin,
    /// The newest head's number, and the file that has it.
    Head,
}

/// The name under which `what` lies. The installation is in it: two profiles may hold the same account.
pub(crate) fn name_of(installation: Uuid, account: Uuid, what: Kept) -> String {
    let what = match what {
        Kept::Device => "device",
        Kept::Pin => "pin",
        Kept::Head => "head",
    };
    format!("{installation}/{account}/{what}")
}

/// The newest head of a file, as it lies in the keychain: 8 bytes little-endian, then the file's id.
pub(crate) fn head_bytes(number: HeadNumber, file: [u8; 16]) -> Vec<u8> {
    [number.0.to_le_bytes().as_slice(), &file].concat()
}

/// The number that was kept for this file; a number of another one says nothing.
pub(crate) fn head_of(bytes: &[u8], file: [u8; 16]) -> Option<HeadNumber> {
    let (number, of) = bytes.split_first_chunk()?;
    (of == file).then(|| HeadNumber(u64::from_le_bytes(*number)))
}
