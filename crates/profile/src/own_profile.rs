//! The account's profile by itself, without the vault: after an action it says which providers and client organizations
//! there are now, and under which keys. Items, folders and the rest stay as they were read.

use portico_protocol::account::ProfileResponse;

use crate::changed_elsewhere::ChangedElsewhere;
use crate::errors::ReadError;
use crate::intake::{Intake, IntakeError, TakenVault};
use crate::keychain::KeyChain;
use crate::vault_object;

impl Intake<'_> {
    /// Takes in the answer of `GET /accounts/profile` (protocol.md §3.2). Returns whether there is a vault for it to
    /// belong to: without one, or where it hangs on a key from before a rotation, `GET /sync` has to be taken in whole.
    ///
    /// # Errors
    /// As [`Intake::vault`].
    pub fn profile(&mut self, body: &[u8]) -> Result<bool, IntakeError> {
        let taken = self.take_profile(body);
        self.marking(taken)
    }

    fn take_profile(&mut self, body: &[u8]) -> Result<bool, IntakeError> {
        let profile: ProfileResponse = serde_json::from_slice(body).map_err(IntakeError::NotAVault)?;
        if profile.id != self.unlocked.account() {
            return Err(IntakeError::OtherAccount);
        }
        self.check_wrapped_key(&profile)?;
        self.check_stamp(profile.security_stamp.as_deref())?;
        if self.vault.is_some() {
            // The vault of this intake brought its own, which is not older.
            return Ok(true);
        }
        let root = self.before.head.as_ref().and_then(|head| head.vault);
        let Some(root) = root.filter(|_| !self.lost().vault && !self.before.is_of_earlier_key()) else {
            return Ok(false);
        };
        let cache = &self.unlocked.opened.cache;
        let root = vault_object::put_profile(&mut self.writer, cache, root, &profile)?;
        let (items, keys) = (self.before.shared_items(), KeyChain::new(&profile));
        self.vault = Some(TakenVault { root, items, profile, keys });
        Ok(true)
    }

    /// The profile carries the wrapped user key without its costs; another one means a new password, other costs or a new key.
    fn check_wrapped_key(&self, profile: &ProfileResponse) -> Result<(), IntakeError> {
        let header = self.unlocked.opened.cache.header().map_err(ReadError::from)?;
        if profile.key.as_deref().is_none_or(|wrapped| wrapped == header.wrapped_user_key) {
            return Ok(());
        }
        Err(self.keys_changed(profile.key.as_deref(), profile, ChangedElsewhere::Kdf))
    }
}
