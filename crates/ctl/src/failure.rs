//! Why a command did not do what it was asked, and the exit code that says so.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use portico_client::{ActionError, ApiError, ConnectError, SaveAttachmentError, SignInError, SyncError};
use portico_demo::SeedError;
use portico_estate::{SeatRefusal, WhyNot};
use portico_profile::{
    AttachmentFileError, ItemError, NoKey, PinError, ProfileError, PutBackError, ReadError, SaveFilterError,
    SessionError, SettingsError, StorageFault, TagError, UnlockError,
};
use portico_service::tls::TlsError;
use portico_service::{OpenStoreError, ServeError, StaffError, StoreError};
use portico_vault::{CodeError, RevealError};

/// Everything that can go wrong in a command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("nobody is signed in; start with: porticoctl login")]
    SignedOut,
    #[error("several accounts are signed in; choose with --account: {}", choices.join(", "))]
    WhichAccount { choices: Vec<String> },
    #[error("there is no account {text:?} in this profile")]
    NoAccount { text: String },
    #[error("this account works for no provider")]
    NoProvider,
    #[error("this account works for several providers; choose with --provider: {}", choices.join(", "))]
    WhichProvider { choices: Vec<String> },
    #[error(
        "the account is locked, and there is no terminal to ask on: {}use --password-file or --password-stdin",
        if *.session_would_do { "set PORTICO_SESSION (porticoctl unlock --raw), or " } else { "" }
    )]
    Locked { session_would_do: bool },
    #[error(
        "signing {email} out can take with it what no server has: the history, pins, tags, saved filters and event logs \
         that were kept here; use --keep-archive to leave them sealed for the next login, or --remove (porticoctl backup \
         FILE keeps a copy elsewhere)"
    )]
    KeepOrRemove { email: String },
    #[error("an organization wants this account signed out, and another process is using it; try again")]
    LogOutDue,
    #[error(
        "no master password was given, and there is no terminal to ask on: use --password-file or --password-stdin"
    )]
    NoPassword,
    #[error("no client_secret was given, and there is no terminal to ask on: use --client-secret-file")]
    NoClientSecret,
    #[error("{} has an empty first line: the password or secret belongs there", .0.display())]
    EmptyFile(PathBuf),
    #[error("the standard input has an empty first line: the password belongs there")]
    EmptyInput,
    #[error("nothing was typed")]
    NothingTyped,
    #[error("PORTICO_SESSION holds no session key")]
    NoSessionKey,
    #[error("this system names no folder for application data; use --profile")]
    NoProfileFolder,
    #[error("{text:?} is no server: {reason}")]
    NoServer { text: String, reason: String },
    #[error("this server lives inside the desktop application; open it there")]
    Embedded,
    #[error(
        "the account's key was rotated elsewhere; --previous-password-file brings the history along, \
         --set-history-aside begins anew"
    )]
    PreviousPasswordNeeded,
    #[error("the server asks for a code: use --code{}", words_of_methods(methods))]
    CodeNeeded { methods: Vec<&'static str> },
    #[error("the server mails a code; use --method email --code, and --mail-code for another mail")]
    MailedCodeNeeded,
    #[error(
        "the account asks for a two-step login that a command line cannot answer; use --apikey, or --method recovery"
    )]
    TwoStepElsewhere,
    #[error("{text:?} is no client_id of a personal API key")]
    NoClientId { text: String },
    #[error(
        "the server asks for {now} where it was {before}; if that is meant to be so, use --accept-cheaper-kdf"
    )]
    CheaperKdf { before: String, now: String },
    #[error("an organization of this account demands single sign-on; use --apikey{}", if *recovered { " (the recovery code was taken: two-step login is off now)" } else { "" })]
    SingleSignOn { recovered: bool },
    #[error("the server mailed a code because it does not know this machine; use --new-device-code")]
    NewDeviceCodeNeeded,
    #[error("no {what} is called {text:?}")]
    NotFound { what: &'static str, text: String },
    #[error("several are called {text:?}; use one of these ids: {}", ids.join(", "))]
    Ambiguous { text: String, ids: Vec<String> },
    #[error("{text:?} is only the beginning of {name:?}; what changes it needs the whole name, or the id")]
    NotWhole { text: String, name: String },
    #[error("{name} has not been read yet; sync first")]
    NeverRead { name: String },
    /// The rest was printed.
    #[error("a part of the copy on this computer is damaged, and {0} may be missing; sync reads it again")]
    Incomplete(&'static str),
    /// The rest was printed.
    #[error(
        "a part of a log on this computer is damaged, and events may be missing; sync --full reads it again, as far as the \
         server has it"
    )]
    LogIncomplete,
    #[error(
        "the account's file is damaged; the next command makes it anew from what still opens, and then it is for another sync"
    )]
    FileDamaged(#[source] SyncError),
    /// The rest was printed.
    #[error("the {0} that were kept on this computer cannot be read any more, and no server has them")]
    OwnLost(&'static str),
    #[error("{0:?} is no kind of item")]
    NoKind(String),
    #[error("the item has no field {field:?}; it has {}", known.join(", "))]
    NoField { field: String, known: Vec<String> },
    #[error("there is a file {} already; use --force", .0.display())]
    FileExists(PathBuf),
    #[error("{0:?} is no e-mail address")]
    NoEmail(String),
    #[error("{}", words_of_seats(*.0))]
    Seats(SeatRefusal),
    #[error("{}", words_of_right(*.0))]
    MayNot(WhyNot),
    #[error(
        "a provider of this kind has no clients on this plan: managed service providers have teams and enterprise, business \
         units enterprise and enterprise-annual"
    )]
    PlanNotSold,
    #[error("the server answered as if it had done it ({action}), and shows everything as it was")]
    NotDone { action: &'static str },
    /// The report was printed.
    #[error("none of the clients could be read")]
    NoClientRead(Arc<ApiError>),
    #[error("--mail-code is for codes by mail: use it with --method email")]
    MailedCodeElsewhere,
    #[error("the server offers no code by mail")]
    NoMailedCode,
    #[error(transparent)]
    Action(#[from] ActionError),
    #[error(transparent)]
    Attachment(#[from] SaveAttachmentError),
    #[error(transparent)]
    Filter(#[from] SaveFilterError),
    #[error("{}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{address} cannot be listened on")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("reading the standard input")]
    Input(#[source] io::Error),
    #[error("writing the answer")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error(transparent)]
    Restore(#[from] PutBackError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Pin(#[from] PinError),
    #[error(transparent)]
    Tag(#[from] TagError),
    #[error(transparent)]
    Item(#[from] ItemError),
    #[error(transparent)]
    Reveal(#[from] RevealError),
    #[error(transparent)]
    VerificationCode(#[from] CodeError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    SignIn(#[from] SignInError),
    #[error(transparent)]
    Sync(#[from] SyncError),
    #[error("a service runs on {} already", .0.display())]
    ServedAlready(PathBuf),
    #[error("the service's store")]
    Store(#[from] OpenStoreError),
    #[error(transparent)]
    Outbox(#[from] StoreError),
    #[error(transparent)]
    Staff(#[from] StaffError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Seed(#[from] SeedError),
}

/// The exit codes that scripts rely on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Exit {
    Refused = 1,
    Usage = 2,
    Unreachable = 3,
    Locked = 4,
    Damaged = 5,
}

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.exit() as u8)
    }

    fn exit(&self) -> Exit {
        match self {
            Failure::NoServer { .. }
            | Failure::NoKind(_)
            | Failure::NoEmail(_)
            | Failure::Staff(StaffError::NotAnAddress | StaffError::NoAddress)
            | Failure::WhichAccount { .. }
            | Failure::WhichProvider { .. }
            | Failure::MailedCodeElsewhere
            | Failure::NoProfileFolder
            | Failure::NoPassword
            | Failure::NoClientSecret
            | Failure::EmptyFile(_)
            | Failure::EmptyInput
            | Failure::KeepOrRemove { .. }
            | Failure::NoClientId { .. }
            | Failure::Seed(SeedError::Size { .. })
            | Failure::Connect(ConnectError::Address(_) | ConnectError::PlainHttp) => Exit::Usage,
            Failure::Locked { .. }
            | Failure::NothingTyped
            | Failure::LogOutDue
            | Failure::SignedOut
            | Failure::NoSessionKey
            | Failure::PreviousPasswordNeeded => Exit::Locked,
            Failure::Unlock(error) => of_unlock(error),
            Failure::SignIn(error) => of_sign_in(error),
            Failure::Sync(error) => of_sync(error),
            Failure::Action(error) => of_action(error),
            Failure::NoClientRead(error) => of_api(error),
            Failure::Attachment(SaveAttachmentError::Api(error)) => of_api(error),
            Failure::Attachment(SaveAttachmentError::File(AttachmentFileError::DoesNotOpen(_)))
            | Failure::Item(ItemError::Attachment(_)) => Exit::Damaged,
            Failure::Read(error) | Failure::Item(ItemError::Read(error)) if error.is_damage() => {
                Exit::Damaged
            }
            Failure::Incomplete(_)
            | Failure::LogIncomplete
            | Failure::FileDamaged(_)
            | Failure::OwnLost(_)
            | Failure::Restore(PutBackError::NoBackup) => Exit::Damaged,
            Failure::Reveal(RevealError::Unreadable(_)) => Exit::Damaged,
            Failure::Store(error) if error.is_damage() => Exit::Damaged,
            Failure::Serve(error) if error.is_damage() => Exit::Damaged,
            Failure::Outbox(error) if error.is_damage() => Exit::Damaged,
            Failure::VerificationCode(CodeError::Unreadable(_)) => Exit::Damaged,
            _ => Exit::Refused,
        }
    }

    /// Whether whoever read the answer has gone, as `head` does when it has enough.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Says it on the standard error, with the causes behind it.
    pub(crate) fn report(&self) {
        let mut text = format!("porticoctl: {self}");
        if let Some(fault) = StorageFault::of(self) {
            text.push_str(match fault {
                StorageFault::Full => " (the disk is full, or a limit is reached; make room and try again)",
                StorageFault::ReadOnly => " (the folder or the file cannot be written to)",
                StorageFault::Unusable => " (the disk cannot be used)",
            });
        }
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let said = error.to_string();
            if !text.ends_with(&said) {
                text.push_str(": ");
                text.push_str(&said);
            }
            cause = error.source();
        }
        eprintln!("{}", crate::output::on_one_line(&text));
    }
}

fn of_unlock(error: &UnlockError) -> Exit {
    match error {
        UnlockError::WrongPassword | UnlockError::SessionEnded | UnlockError::SignedOut => Exit::Locked,
        UnlockError::Damaged | UnlockError::OtherAccount | UnlockError::Recover(_) => Exit::Damaged,
        UnlockError::Read(error) if error.is_damage() => Exit::Damaged,
        _ => Exit::Refused,
    }
}

fn of_sign_in(error: &SignInError) -> Exit {
    match error {
        SignInError::WrongPassword
        | SignInError::WrongMasterPassword
        | SignInError::WrongCode
        | SignInError::WrongApiKey => Exit::Locked,
        SignInError::InvalidEmail => Exit::Usage,
        SignInError::Api(error) => of_api(error),
        _ => Exit::Refused,
    }
}

fn of_sync(error: &SyncError) -> Exit {
    match error {
        SyncError::SignInAgain(_) => Exit::Locked,
        SyncError::Before(error) if error.is_damage() => Exit::Damaged,
        SyncError::Take(error) if error.is_damage() => Exit::Damaged,
        error => error.api().map_or(Exit::Refused, of_api),
    }
}

fn of_action(error: &ActionError) -> Exit {
    match error {
        ActionError::Api(error) => of_api(error),
        // It cannot be told from an answer that was never given.
        ActionError::Uncertain { .. } => Exit::Unreachable,
        ActionError::Read(error) if error.is_damage() => Exit::Damaged,
        ActionError::Key(NoKey::DoesNotOpen(_)) => Exit::Damaged,
        _ => Exit::Refused,
    }
}

fn words_of_seats(refusal: SeatRefusal) -> String {
    match refusal {
        SeatRefusal::None => "a client has one seat at least".to_owned(),
        SeatRefusal::BelowOccupied { occupied } => format!("{occupied} seats are taken by its members"),
        SeatRefusal::NotUnassigned { unassigned } => {
            format!("{unassigned} seats are not assigned; a provider admin can buy more")
        }
    }
}

/// Why a role or a provider's state forbids something.
pub(crate) fn words_of_right(why: WhyNot) -> &'static str {
    match why {
        WhyNot::ServiceUser => "this takes a provider admin",
        WhyNot::Suspended => "the provider is suspended",
        WhyNot::NoLog => "the provider keeps no log",
        WhyNot::Reseller => "a reseller links no clients; the vendor's staff do",
        WhyNot::NotBillable => "the provider has no consolidated billing; use the web vault",
    }
}

/// The authenticator app is what a code comes from unless something else is said.
fn words_of_methods(methods: &[&str]) -> String {
    match methods {
        [] | ["authenticator"] => String::new(),
        methods => format!(", with --method {}", methods.join(" or ")),
    }
}

/// A server that answers as something else, or that cannot answer now, was not reached either.
fn of_api(error: &ApiError) -> Exit {
    match error {
        ApiError::SignedOut => Exit::Locked,
        // Who sends elsewhere, as the sign-in page of a network does, or without end is no such server either.
        ApiError::NotBitwarden { .. } | ApiError::Redirected { .. } | ApiError::TooLarge { .. } => {
            Exit::Unreachable
        }
        ApiError::RateLimited { .. } => Exit::Unreachable,
        ApiError::Status { code: 500.., .. } => Exit::Unreachable,
        error if error.is_without_connection() => Exit::Unreachable,
        _ => Exit::Refused,
    }
}

#[cfg(test)]
mod tests {
    use portico_profile::ChangedElsewhere;

    use super::*;

    #[test]
    fn a_script_can_tell_what_went_wrong() {
        let unreachable = || ApiError::TimedOut { host: "vault.example".into() };
        let answered = |code| ApiError::Status { host: "vault.example".into(), code, message: None };
        let redirected =
            || ApiError::Redirected { host: "vault.example".into(), to: "http://portal.example".into() };
        for (failure, exit) in [
            (Failure::Action(ActionError::Api(redirected())), Exit::Unreachable),
            (Failure::Unlock(UnlockError::WrongPassword), Exit::Locked),
            (Failure::SignIn(SignInError::WrongPassword), Exit::Locked),
            (Failure::Locked { session_would_do: true }, Exit::Locked),
            (Failure::SignedOut, Exit::Locked),
            (Failure::LogOutDue, Exit::Locked),
            (Failure::Unlock(UnlockError::Damaged), Exit::Damaged),
            (Failure::Unlock(UnlockError::OtherAccount), Exit::Damaged),
            (Failure::Unlock(UnlockError::Newer), Exit::Refused),
            (Failure::Read(ReadError::Content("client")), Exit::Damaged),
            (Failure::Read(ReadError::LostClient { name: "x".into() }), Exit::Damaged),
            (Failure::Incomplete("items"), Exit::Damaged),
            (Failure::LogIncomplete, Exit::Damaged),
            (Failure::OwnLost("tags"), Exit::Damaged),
            (Failure::Sync(SyncError::from(unreachable())), Exit::Unreachable),
            (Failure::Sync(SyncError::SignInAgain(ChangedElsewhere::Password)), Exit::Locked),
            (Failure::Sync(SyncError::Busy), Exit::Refused),
            (Failure::Action(ActionError::Api(unreachable())), Exit::Unreachable),
            (Failure::Action(ActionError::NotAllowed { message: None }), Exit::Refused),
            (Failure::Action(ActionError::Api(ApiError::SignedOut)), Exit::Locked),
            (Failure::Sync(SyncError::from(answered(502))), Exit::Unreachable),
            (Failure::Sync(SyncError::from(answered(403))), Exit::Refused),
            (Failure::NoClientRead(Arc::new(answered(403))), Exit::Refused),
            (Failure::NoClientRead(Arc::new(unreachable())), Exit::Unreachable),
            (Failure::NoAccount { text: "x".into() }, Exit::Refused),
            (Failure::Seats(SeatRefusal::BelowOccupied { occupied: 3 }), Exit::Refused),
            (Failure::NoEmail("x".into()), Exit::Usage),
            (Failure::SignIn(SignInError::Api(unreachable())), Exit::Unreachable),
            (Failure::NotFound { what: "client", text: "x".into() }, Exit::Refused),
            (Failure::NoServer { text: "ftp://x".into(), reason: String::new() }, Exit::Usage),
        ] {
            assert_eq!(failure.exit(), exit, "{failure}");
        }
    }

    #[test]
    fn a_code_is_asked_for_by_what_can_be_said() {
        for (methods, said) in [
            (&["authenticator"][..], "the server asks for a code: use --code"),
            (&["recovery"], "the server asks for a code: use --code, with --method recovery"),
            (
                &["authenticator", "email"],
                "the server asks for a code: use --code, with --method authenticator or email",
            ),
        ] {
            assert_eq!(Failure::CodeNeeded { methods: methods.to_vec() }.to_string(), said);
        }
    }
}
