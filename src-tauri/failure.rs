//! From the core's errors to the closed list of codes that the page words.

use portico_client::{ApiError, CertificateFault, ConnectError, SaveAttachmentError, SignInError};
use portico_profile::{
    AttachmentFileError, CreateAccountError, HoldWindowError, ItemError, KeepPlacesError, PinError,
    ProfileError, ReadError, SaveFilterError, StorageFault, TagError, UnlockError,
};

use crate::dto::error::{AppError, ErrorCode};

/// What a command answers.
pub type Answer<T> = Result<T, AppError>;

impl AppError {
    /// A code without a sentence from the server.
    pub fn of(code: ErrorCode) -> Self {
        Self { code, detail: None }
    }

    pub fn told(code: ErrorCode, cause: &dyn std::error::Error) -> Self {
        Self { code, detail: Some(cause.to_string()) }
    }

    /// What the disk did not do.
    pub fn storage(error: &(dyn std::error::Error + 'static)) -> Self {
        let code = match StorageFault::of(error) {
            Some(StorageFault::Full) => ErrorCode::DiskFull,
            Some(StorageFault::ReadOnly) => ErrorCode::ReadOnly,
            Some(StorageFault::Unusable) | None => ErrorCode::Storage,
        };
        Self { code, ..Self::internal(error) }
    }

    /// A cause nobody foresaw: once in the log, with its sources.
    pub fn internal(cause: &dyn std::error::Error) -> Self {
        tracing::error!(cause = chain(cause), "unforeseen");
        Self { code: ErrorCode::Internal, detail: Some(cause.to_string()) }
    }
}

/// An error with its sources, in one line.
pub fn chain(cause: &dyn std::error::Error) -> String {
    let mut chain = cause.to_string();
    let mut source = cause.source();
    while let Some(next) = source {
        chain.push_str(": ");
        chain.push_str(&next.to_string());
        source = next.source();
    }
    chain
}

impl From<ApiError> for AppError {
    fn from(error: ApiError) -> Self {
        Self::from(&error)
    }
}

impl From<&ApiError> for AppError {
    fn from(error: &ApiError) -> Self {
        let code = match error {
            ApiError::Unreachable { .. } | ApiError::TimedOut { .. } => ErrorCode::Unreachable,
            ApiError::Tls { .. } => {
                error.certificate_fault().map_or(ErrorCode::NoEncryption, ErrorCode::from)
            }
            ApiError::Redirected { .. } | ApiError::NotBitwarden { .. } | ApiError::TooLarge { .. } => {
                ErrorCode::NotBitwarden
            }
            // The page has words around what the server said; without any it has its own.
            ApiError::Status { message, .. } => {
                let detail = message.as_ref().map(|text| text.as_str().to_owned());
                return Self { code: ErrorCode::Refused, detail };
            }
            ApiError::RateLimited { .. } => ErrorCode::RateLimited,
            ApiError::SignedOut => ErrorCode::SignInAgain,
            ApiError::Cancelled => return Self::of(ErrorCode::Cancelled),
        };
        Self::told(code, error)
    }
}

impl From<CertificateFault> for ErrorCode {
    fn from(fault: CertificateFault) -> Self {
        match fault {
            CertificateFault::UnknownIssuer => Self::Certificate,
            CertificateFault::Date => Self::CertificateDate,
            CertificateFault::Name => Self::CertificateName,
            CertificateFault::Other => Self::CertificateOther,
            CertificateFault::NoCommonEncryption => Self::NoEncryption,
        }
    }
}

impl From<ConnectError> for AppError {
    fn from(error: ConnectError) -> Self {
        let code = match error {
            ConnectError::CertificateFile { .. }
            | ConnectError::NoCertificate { .. }
            | ConnectError::KeptAuthority(_) => ErrorCode::CertificateFile,
            ConnectError::NotRunning
            | ConnectError::Address(_)
            | ConnectError::PlainHttp
            | ConnectError::Certificates(_)
            | ConnectError::Http(_) => ErrorCode::InvalidAddress,
        };
        Self::told(code, &error)
    }
}

impl From<SignInError> for AppError {
    fn from(error: SignInError) -> Self {
        // Keeping the account failed for one of its own reasons.
        if let SignInError::Keep(error) = error {
            return error.into();
        }
        let code = match &error {
            SignInError::Api(api) => return Self::from(api),
            SignInError::InvalidEmail => return Self::of(ErrorCode::InvalidEmail),
            SignInError::WrongPassword => return Self::of(ErrorCode::WrongLogin),
            SignInError::WrongMasterPassword => return Self::of(ErrorCode::WrongPassword),
            SignInError::WrongApiKey => return Self::of(ErrorCode::WrongApiKey),
            SignInError::WrongCode => return Self::of(ErrorCode::WrongCode),
            SignInError::UnsupportedTwoFactor { .. }
            | SignInError::SsoRequired { .. }
            | SignInError::NoMasterPassword => ErrorCode::UnsupportedSignIn,
            SignInError::LegacyEncryption => ErrorCode::LegacyEncryption,
            SignInError::NewerEncryption => ErrorCode::NewerEncryption,
            SignInError::UpdateRequired => ErrorCode::UpdateNeeded,
            SignInError::Kdf(_) | SignInError::KdfLowered { .. } => ErrorCode::UnsafeKdf,
            SignInError::Refused { message } => {
                return Self {
                    code: ErrorCode::Refused,
                    detail: message.as_ref().map(|text| text.as_str().to_owned()),
                };
            }
            _ => return Self::internal(&error),
        };
        Self::told(code, &error)
    }
}

impl From<UnlockError> for AppError {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::WrongPassword => Self::of(ErrorCode::WrongPassword),
            UnlockError::NoSuchAccount => Self::of(ErrorCode::NotFound),
            UnlockError::SignedOut | UnlockError::SessionEnded => Self::of(ErrorCode::SignInAgain),
            UnlockError::Damaged => Self::of(ErrorCode::Damaged),
            UnlockError::OtherAccount => Self::of(ErrorCode::OtherAccount),
            UnlockError::Recover(_) => Self::storage(&error),
            UnlockError::Newer => Self::of(ErrorCode::NewerFile),
            UnlockError::Busy => Self::of(ErrorCode::Busy),
            UnlockError::NoSlot => Self::of(ErrorCode::NotFound),
            // An answer of its own where a PIN is asked for.
            UnlockError::WrongPin { .. } | UnlockError::PinRemoved => Self::of(ErrorCode::WrongPassword),
            UnlockError::Keychain(_) => Self::told(ErrorCode::NoKeychain, &error),
            UnlockError::Read(error) => error.into(),
        }
    }
}

impl From<ReadError> for AppError {
    fn from(error: ReadError) -> Self {
        if let ReadError::LostClient { name } = error {
            return Self { code: ErrorCode::DamagedPart, detail: Some(name) };
        }
        if error.is_damage() {
            tracing::warn!(%error, "a part of what is kept is damaged");
            Self::of(ErrorCode::DamagedPart)
        } else if StorageFault::of(&error).is_some() {
            Self::storage(&error)
        } else if matches!(error, ReadError::Newer(_)) {
            Self::of(ErrorCode::NewerFile)
        } else {
            Self::internal(&error)
        }
    }
}

impl From<PinError> for AppError {
    fn from(error: PinError) -> Self {
        match error {
            PinError::Read(error) => error.into(),
            PinError::Write(_) => Self::told(ErrorCode::Storage, &error),
            PinError::Busy(_) => Self::of(ErrorCode::Busy),
        }
    }
}

impl From<KeepPlacesError> for AppError {
    fn from(error: KeepPlacesError) -> Self {
        match error {
            KeepPlacesError::TooLong => Self::of(ErrorCode::TooMany),
            KeepPlacesError::Write(_) => Self::told(ErrorCode::Storage, &error),
        }
    }
}

impl From<ItemError> for AppError {
    fn from(error: ItemError) -> Self {
        match error {
            ItemError::NotFound | ItemError::Restricted => Self::of(ErrorCode::NotFound),
            ItemError::Key(_) | ItemError::Attachment(_) => Self::told(ErrorCode::Unreadable, &error),
            ItemError::Read(error) => error.into(),
        }
    }
}

impl From<SaveAttachmentError> for AppError {
    fn from(error: SaveAttachmentError) -> Self {
        let code = match &error {
            SaveAttachmentError::Api(api) => return Self::from(api),
            SaveAttachmentError::ForeignAddress { .. } => ErrorCode::ForeignAddress,
            SaveAttachmentError::NoAddress => ErrorCode::NoFile,
            SaveAttachmentError::File(AttachmentFileError::DoesNotOpen(_)) => ErrorCode::FileDoesNotOpen,
            SaveAttachmentError::File(AttachmentFileError::Unauthenticated) => ErrorCode::FileUnauthenticated,
            SaveAttachmentError::File(AttachmentFileError::Exists) => ErrorCode::NameTaken,
            SaveAttachmentError::File(AttachmentFileError::Stopped) => ErrorCode::Cancelled,
            SaveAttachmentError::File(AttachmentFileError::Io(_)) => ErrorCode::Storage,
        };
        Self::told(code, &error)
    }
}

impl From<SaveFilterError> for AppError {
    fn from(error: SaveFilterError) -> Self {
        match error {
            SaveFilterError::NoName | SaveFilterError::NotFound => Self::of(ErrorCode::NotFound),
            SaveFilterError::NameTaken => Self::of(ErrorCode::NameTaken),
            SaveFilterError::TooMany(_) => Self::of(ErrorCode::TooMany),
            SaveFilterError::Read(error) => error.into(),
            SaveFilterError::Write(_) => Self::told(ErrorCode::Storage, &error),
            SaveFilterError::Busy(_) => Self::of(ErrorCode::Busy),
        }
    }
}

impl From<TagError> for AppError {
    fn from(error: TagError) -> Self {
        match error {
            TagError::NoName | TagError::NotFound => Self::of(ErrorCode::NotFound),
            TagError::TooMany(_) => Self::of(ErrorCode::TooMany),
            TagError::Read(error) => error.into(),
            TagError::Write(_) => Self::told(ErrorCode::Storage, &error),
            TagError::Busy(_) => Self::of(ErrorCode::Busy),
        }
    }
}

impl From<ProfileError> for AppError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::NoSuchAccount => Self::of(ErrorCode::NotFound),
            ProfileError::Busy => Self::of(ErrorCode::Busy),
            ProfileError::Io(_) | ProfileError::Settings(_) | ProfileError::Write(_) => Self::storage(&error),
            ProfileError::Cache(error) => UnlockError::from(error).into(),
        }
    }
}

impl From<HoldWindowError> for AppError {
    fn from(error: HoldWindowError) -> Self {
        match error {
            HoldWindowError::Open { .. } => Self::told(ErrorCode::OpenElsewhere, &error),
            HoldWindowError::Io(_) => Self::storage(&error),
        }
    }
}

impl From<CreateAccountError> for AppError {
    fn from(error: CreateAccountError) -> Self {
        match error {
            CreateAccountError::Busy => Self::of(ErrorCode::Busy),
            CreateAccountError::WrongPreviousKey => Self::of(ErrorCode::WrongPassword),
            CreateAccountError::Newer { .. } => Self::of(ErrorCode::NewerFile),
            CreateAccountError::Read(error) => error.into(),
            CreateAccountError::Io(_) | CreateAccountError::Create(_) | CreateAccountError::Write(_) => {
                Self::storage(&error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use portico_client::{ServerMessage, SyncError};
    use portico_profile::{IntakeError, UnlockError};

    use super::*;

    #[test]
    fn a_key_of_a_type_that_is_not_known_is_no_rotation() {
        let newer = SyncError::from(IntakeError::NewerKey { kind: 9 });
        assert_eq!(AppError::from(newer).code, ErrorCode::NewerEncryption);
    }

    #[test]
    fn what_the_disk_did_not_do_is_told_apart() {
        for (kind, code) in [
            (io::ErrorKind::StorageFull, ErrorCode::DiskFull),
            (io::ErrorKind::QuotaExceeded, ErrorCode::DiskFull),
            (io::ErrorKind::PermissionDenied, ErrorCode::ReadOnly),
            (io::ErrorKind::ReadOnlyFilesystem, ErrorCode::ReadOnly),
            (io::ErrorKind::IsADirectory, ErrorCode::Storage),
            (io::ErrorKind::Other, ErrorCode::Storage),
        ] {
            assert_eq!(AppError::from(ProfileError::Io(kind.into())).code, code, "{kind}");
            let recovery = UnlockError::Recover(Box::new(io::Error::from(kind)));
            assert_eq!(AppError::from(recovery).code, code, "{kind}");
        }
    }

    #[test]
    fn a_refusal_carries_what_the_server_said_and_nothing_of_the_wire() {
        let refused = |message: Option<&str>| {
            AppError::from(ApiError::Status {
                host: "127.0.0.1:43455".to_owned(),
                code: 404,
                message: message.and_then(ServerMessage::new),
            })
        };
        let told = refused(Some("Resource not found."));
        assert_eq!((told.code, told.detail.as_deref()), (ErrorCode::Refused, Some("Resource not found.")));
        assert_eq!(refused(None).detail, None);
    }

    #[test]
    fn damage_is_told_apart_and_a_lost_client_is_named() {
        let of = |error: UnlockError| AppError::from(error).code;
        assert_eq!(of(UnlockError::Damaged), ErrorCode::Damaged);
        assert_eq!(of(UnlockError::OtherAccount), ErrorCode::OtherAccount);
        assert_eq!(of(UnlockError::Newer), ErrorCode::NewerFile);
        let lost = AppError::from(ReadError::LostClient { name: "Fabrikam".to_owned() });
        assert_eq!((lost.code, lost.detail.as_deref()), (ErrorCode::DamagedPart, Some("Fabrikam")));
        assert_eq!(AppError::from(ReadError::Content("policies")).code, ErrorCode::DamagedPart);
    }
}
