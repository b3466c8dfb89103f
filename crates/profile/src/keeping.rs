//! What an account keeps in the operating system's keychain, and the number there that tells an older file.

use std::sync::Arc;

use portico_cache::HeadNumber;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::errors::ReadError;
use crate::folder::Profile;
use crate::os_keychain::{Kept, KeychainError, OsKeychain, head_bytes, head_of, name_of};
use crate::unlocked::Unlocked;

/// One account's part of the keychain.
pub(crate) struct Keeping {
    keychain: Arc<dyn OsKeychain>,
    installation: Uuid,
    account: Uuid,
}

impl Keeping {
    pub(crate) fn read(&self, what: Kept) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        self.keychain.read(&self.name(what))
    }

    pub(crate) fn keep(&self, what: Kept, secret: &[u8]) -> Result<(), KeychainError> {
        self.keychain.write(&self.name(what), secret)
    }

    pub(crate) fn forget(&self, what: Kept) -> Result<(), KeychainError> {
        self.keychain.remove(&self.name(what))
    }

    fn name(&self, what: Kept) -> String {
        name_of(self.installation, self.account, what)
    }
}

/// The file is older than one that this computer has seen: somebody put an older copy in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OlderFile {
    /// The newest head that was ever seen here.
    pub seen: HeadNumber,
    /// The newest head in the file.
    pub found: Option<HeadNumber>,
}

impl Profile {
    pub(crate) fn keeping(&self, account: Uuid) -> Keeping {
        let keychain = self.keychain();
        Keeping { keychain, installation: self.settings().device_id, account }
    }

    /// What lies in the keychain for an account that is going away, or whose slots are.
    pub(crate) fn forget_slots(&self, account: Uuid) {
        let keeping = self.keeping(account);
        for what in [Kept::Device, Kept::Pin] {
            // What stays opens nothing: the slots are gone, or their file is.
            if let Err(error) = keeping.forget(what) {
                tracing::warn!(%account, %error, "a slot's secret stays in the keychain");
            }
        }
    }

    /// For a file that begins anew.
    pub(crate) fn forget_head(&self, account: Uuid) {
        if let Err(error) = self.keeping(account).forget(Kept::Head) {
            tracing::warn!(%account, %error, "the number of the newest picture stays in the keychain");
        }
    }
}

impl Unlocked {
    /// Compares the file with the number in the keychain, where there is one; asks the keychain once. A number that was
    /// kept for another file says nothing of this one: programs without a keychain (`porticoctl`) and people remove files
    /// and leave the number behind.
    ///
    /// # Errors
    /// See [`ReadError`]; a keychain that does not answer says nothing.
    pub fn older_file(&self) -> Result<Option<OlderFile>, ReadError> {
        let Ok(Some(kept)) = self.keeping.read(Kept::Head) else { return Ok(None) };
        let Some(seen) = head_of(&kept, self.opened.cache.file_id()) else { return Ok(None) };
        let found = self.opened.cache.newest_head()?.map(|head| head.number);
        Ok((found < Some(seen)).then_some(OlderFile { seen, found }))
    }

    /// Keeps the newest head's number in the keychain, where there is one: after a sync.
    ///
    /// # Errors
    /// [`KeychainError`]; then the number from before stays.
    pub fn keep_head_number(&self) -> Result<(), KeychainError> {
        match self.picture().head() {
            Some(head) if self.keeping.keychain.obstacle().is_none() => {
                self.keeping.keep(Kept::Head, &head_bytes(head.number, self.opened.cache.file_id()))
            }
            _ => Ok(()),
        }
    }
}
