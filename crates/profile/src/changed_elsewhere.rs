//! What was changed elsewhere, so that what is here opens as before and the person has to sign in again for more.

use std::fmt;

/// What was changed elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedElsewhere {
    /// Every session of the account was ended.
    Sessions,
    /// The master password; what makes a key of it is what it was.
    Password,
    /// What makes a key of the master password: its KDF or its salt. Whether the password is another one as well cannot
    /// be told from outside.
    Kdf,
    /// The account's key itself.
    UserKey,
}

impl fmt::Display for ChangedElsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sessions => "the account's sessions were ended elsewhere",
            Self::Password => "the master password was changed elsewhere",
            Self::Kdf => {
                "the KDF settings of the master password, or the password itself, were changed elsewhere"
            }
            Self::UserKey => "the account's encryption key was rotated elsewhere",
        })
    }
}
