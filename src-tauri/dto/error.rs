//! Errors as the page sees them: a closed code that it words in the person's language, and what the server said.

use serde::Serialize;
use ts_rs::TS;

/// A command that failed.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AppError {
    pub code: ErrorCode,
    /// What the server said, in its own words, or the technical cause; shown behind "Details". Never a secret.
    pub detail: Option<String>,
}

/// What the page must tell apart. Only grown when the page uses the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ErrorCode {
    /// The master password does not open this account.
    WrongPassword,
    /// The server does not know this e-mail address with this password.
    WrongLogin,
    /// The personal API key is wrong, or was replaced.
    WrongApiKey,
    /// This is not the id of a person's API key.
    InvalidApiKey,
    /// The two-step or new-device code was refused.
    WrongCode,
    /// The server address cannot be used (not https, not a host).
    InvalidAddress,
    /// The e-mail address is not one.
    InvalidEmail,
    /// No answer from the server: no network, wrong host, time-out.
    Unreachable,
    /// Nobody whom this computer trusts vouches for the server.
    Certificate,
    /// The certificate of the server has run out or is not valid yet, or the clock is wrong.
    CertificateDate,
    /// The certificate belongs to another host.
    CertificateName,
    /// The certificate is revoked or not in order.
    CertificateOther,
    /// No encrypted connection that both sides accept.
    NoEncryption,
    /// The chosen file holds no certificate.
    CertificateFile,
    /// Something answered that is not a Bitwarden server.
    NotBitwarden,
    /// The server refused; `detail` has its sentence.
    Refused,
    /// Too many requests; try again after a while.
    RateLimited,
    /// The session is over (refused refresh token, all sessions ended elsewhere): sign in again.
    SignInAgain,
    /// The master password was changed elsewhere: sign in again, with the new one.
    PasswordChanged,
    /// What makes a key of the master password was changed elsewhere, and perhaps the password: sign in again.
    KdfChanged,
    /// The account's key was rotated elsewhere: sign in again.
    KeyRotated,
    /// The account signs in with a way that this version does not offer.
    UnsupportedSignIn,
    /// The account uses the first kind of encryption: the web vault renews it.
    LegacyEncryption,
    /// The server wants a newer version of the program.
    UpdateNeeded,
    /// The account uses a newer encryption format than this version knows.
    NewerEncryption,
    /// The key derivation settings the server asks for are outside of what is safe.
    UnsafeKdf,
    /// Another window or command holds the profile.
    Busy,
    /// Another window has the profile open; `detail` says which process.
    OpenElsewhere,
    /// Another program serves the demo's folder.
    ServedElsewhere,
    /// Nothing of the cache file opens.
    Damaged,
    /// A part of what is kept is damaged, and the rest is not; the next sync reads it again. `detail` names it.
    DamagedPart,
    /// The file in the account's folder is another account's.
    OtherAccount,
    /// The cache file was written by a newer version.
    NewerFile,
    /// What was asked for is not there (any more).
    NotFound,
    /// Needs the server, and there is no connection.
    Offline,
    /// Nothing is unlocked.
    Locked,
    /// The value cannot be opened.
    Unreadable,
    /// The item asks for the master password first.
    RepromptNeeded,
    /// The collection hides passwords from this person.
    PasswordHidden,
    /// What came is not the file that was stored: changed on the way, cut off, or sealed with another key.
    FileDoesNotOpen,
    /// A file of before 2018 without an authentication code: whether it was changed cannot be told.
    FileUnauthenticated,
    /// The server sends to an address from which no file is fetched.
    ForeignAddress,
    /// The server tells no address for a file.
    NoFile,
    /// Something else has this name already.
    NameTaken,
    /// There are as many as there may be.
    TooMany,
    /// A value is outside of what the program accepts.
    OutOfRange,
    /// The chosen file is no backup of an account, or damaged.
    NoBackup,
    /// The account of the backup is on this computer; `detail` is its address.
    AlreadyHere,
    /// The person cancelled.
    Cancelled,
    /// What it is about is not in the picture yet: a sync brings it.
    NotRead,
    /// The key that it takes is not here, or does not open.
    NoKey,
    /// The provider still has clients; `detail` says how many.
    HasClients,
    /// The keychain of this computer cannot be used now.
    NoKeychain,
    /// No browser opened; `detail` is the address.
    NoBrowser,
    /// A PIN is too short or too long.
    PinLength,
    /// A policy of an organization forbids it.
    ForbiddenByPolicy,
    /// The settings could not be understood; `detail` is the name of the file that they are in now.
    SettingsSetAside,
    /// The person's role does not allow it (any more); `detail` has what the server said.
    NotAllowed,
    /// The change was sent, and nothing says whether it was made. A sync looks; doing it again is harmless.
    Uncertain,
    /// This is no invitation link.
    InvalidLink,
    /// There is an account for this address, with another master password.
    AccountTaken,
    /// A master password has at least 12 characters.
    PasswordTooShort,
    /// The hint holds the master password.
    HintTellsPassword,
    /// The disk is full, or a quota or limit is reached.
    DiskFull,
    /// The folder or file may be read and not written.
    ReadOnly,
    /// The disk did not do what was asked for another reason.
    Storage,
    /// A cause nobody foresaw; it is in the log.
    Internal,
}
