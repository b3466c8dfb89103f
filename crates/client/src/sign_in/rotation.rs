//! A sign-in to an account whose user key was rotated elsewhere while what is kept here was locked.

use portico_crypto::SymmetricKey;
use portico_profile::{CreateAccountError, NewAccount, Profile, UnlockError, Unlocked};
use uuid::Uuid;

/// The server let the person in; the history on this machine is sealed under the user key from before. That key brings it
/// along: where the password stayed it is known, otherwise the previous password gives it, once; or the history is set
/// aside. Dropping this changes nothing on this machine.
pub struct RotatedKey {
    account: NewAccount,
    user_key: SymmetricKey,
    known: Option<PreviousKey>,
}

/// A user key from before a rotation.
pub struct PreviousKey(SymmetricKey);

impl PreviousKey {
    /// Of an account that is open while the rotation is noticed.
    pub fn of(unlocked: &Unlocked) -> Self {
        Self(SymmetricKey::from_array(unlocked.user_key().expose()))
    }
}

impl RotatedKey {
    pub(super) fn new(account: NewAccount, user_key: SymmetricKey, known: Option<SymmetricKey>) -> Self {
        Self { account, user_key, known: known.map(PreviousKey) }
    }

    /// The key from before, where the password of now opens it too.
    pub fn take_known(&mut self) -> Option<PreviousKey> {
        self.known.take()
    }

    /// Whose it is.
    pub fn account(&self) -> Uuid {
        self.account.id
    }

    /// The user key from before, by the master password of then. Costs one key derivation.
    ///
    /// # Errors
    /// [`UnlockError::WrongPassword`]; then ask again.
    pub fn previous_key(&self, profile: &Profile, password: &str) -> Result<PreviousKey, UnlockError> {
        profile.previous_user_key(self.account.id, password).map(PreviousKey)
    }

    /// Seals everything kept anew under a new data key, and unlocks. Nobody may have the account open.
    ///
    /// # Errors
    /// See [`Profile::carry_over`]; then everything is as it was, and the sign-in has to be repeated.
    pub fn carry_over(
        self,
        profile: &Profile,
        previous: &PreviousKey,
    ) -> Result<Unlocked, CreateAccountError> {
        profile.carry_over(self.account, self.user_key, &previous.0)
    }

    /// Sets the old file aside beside a new one, and unlocks.
    ///
    /// # Errors
    /// See [`Profile::create_account`].
    pub fn set_aside(self, profile: &Profile) -> Result<Unlocked, CreateAccountError> {
        profile.create_account(self.account, self.user_key)
    }
}
