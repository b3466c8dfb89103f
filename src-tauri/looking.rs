//! The client on the page is read again when it is opened and when the person comes back to the window (design §3). Nobody
//! asked for it: nothing shows it but the client's own figures, and its reason where it could not be read.

use std::sync::Arc;

use portico_client::{SyncScope, is_opened_due};
use tauri::AppHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    dto::{
        error::ErrorCode,
        sync::{Connection, SyncStatus},
    },
    held::held,
    live::LOOK_EVERY,
    shell::Open,
    syncing,
};

/// What a sync is to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Everything,
    /// One client again, as the person or a hint of the server asks.
    Client(Uuid),
    /// The client that the person opened or came back to.
    Opened(Uuid),
}

impl Wanted {
    /// Whether nobody asked for it: then neither a bar nor a banner shows it.
    pub fn is_quiet(self) -> bool {
        matches!(self, Self::Opened(_))
    }

    pub fn scope(self) -> SyncScope {
        match self {
            Self::Everything => SyncScope::Everything,
            Self::Client(client) => SyncScope::Clients(vec![client]),
            Self::Opened(client) => SyncScope::Opened(client),
        }
    }
}

/// A sync that runs.
pub struct Running {
    pub wanted: Wanted,
    pub stop: CancellationToken,
}

impl Running {
    /// Something else is wanted in the meantime. What was asked for waits for no quiet look; a look waits for anything, and
    /// the newest one counts.
    pub fn be_followed(&self, follows: &mut Option<Wanted>, wanted: Wanted) {
        let by_asked = follows.is_some_and(|wanted| !wanted.is_quiet());
        if wanted.is_quiet() {
            if !by_asked {
                *follows = Some(wanted);
            }
        } else if self.wanted.is_quiet() {
            // Everything is more than a client.
            if !by_asked || wanted == Wanted::Everything {
                *follows = Some(wanted);
            }
            self.stop.cancel();
        }
    }
}

/// A person opened this client, or came back to it: it is read again, unless that was tried a minute ago, or the server
/// cannot be asked now.
pub fn look_at_client(app: &AppHandle, open: &Arc<Open>, organization: Uuid) {
    open.looks_at(organization);
    if is_due(open, organization) {
        syncing::begin_or_follow(app, open, Wanted::Opened(organization));
    }
}

/// Begins what waited for the end of a sync. It may have read the client that is to be looked at.
pub fn go_on(app: &AppHandle, open: &Arc<Open>) {
    let next = held(&open.follows).take();
    match next {
        Some(Wanted::Opened(client)) => look_at_client(app, open, client),
        Some(wanted) => syncing::begin_or_follow(app, open, wanted),
        None => {}
    }
}

fn is_due(open: &Open, organization: Uuid) -> bool {
    let Some(api) = open.api() else { return false };
    if !may_ask(&open.status()) {
        return false;
    }
    match is_opened_due(&api, &open.unlocked, organization, LOOK_EVERY) {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(%error, "whether the client is to be read again cannot be told");
            false
        }
    }
}

/// Whether the server answers, as far as is known, and the person need not do something first.
fn may_ask(status: &SyncStatus) -> bool {
    let reached = matches!(status.connection, Connection::Online | Connection::Unknown);
    reached && !status.failure.as_ref().is_some_and(|failure| is_told(failure.code))
}

/// Whether this is about more than the client: the person has to do something, and is told as after any sync.
pub fn is_told(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::SignInAgain
            | ErrorCode::PasswordChanged
            | ErrorCode::KdfChanged
            | ErrorCode::KeyRotated
            | ErrorCode::Damaged
            | ErrorCode::DiskFull
            | ErrorCode::ReadOnly
            | ErrorCode::Storage
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dto::error::AppError, open_account::idle_status};

    const ALDER: Uuid = Uuid::from_u128(1);
    const BIRCH: Uuid = Uuid::from_u128(2);

    /// What follows a sync of `runs`, after these were wanted one after the other, and whether it was stopped for them.
    fn follows(runs: Wanted, wanted: &[Wanted]) -> (Option<Wanted>, bool) {
        let running = Running { wanted: runs, stop: CancellationToken::new() };
        let mut follows = None;
        for wanted in wanted {
            running.be_followed(&mut follows, *wanted);
        }
        (follows, running.stop.is_cancelled())
    }

    #[test]
    fn a_look_waits_for_the_sync_that_runs_and_the_newest_counts() {
        for runs in [Wanted::Everything, Wanted::Client(ALDER), Wanted::Opened(ALDER)] {
            let looks = [Wanted::Opened(ALDER), Wanted::Opened(BIRCH)];
            assert_eq!(follows(runs, &looks), (Some(Wanted::Opened(BIRCH)), false), "{runs:?}");
        }
    }

    #[test]
    fn what_is_asked_for_waits_for_no_look() {
        let (everything, alder, birch) = (Wanted::Everything, Wanted::Client(ALDER), Wanted::Client(BIRCH));
        let look = Wanted::Opened(ALDER);
        assert_eq!(follows(look, &[everything]), (Some(everything), true));
        assert_eq!(follows(look, &[everything, look]), (Some(everything), true));
        assert_eq!(follows(look, &[look, birch]), (Some(birch), true));
        assert_eq!(follows(look, &[alder, birch]), (Some(alder), true));
        assert_eq!(follows(look, &[alder, everything]), (Some(everything), true));
        // As ever: one that was asked for is not begun twice.
        assert_eq!(follows(everything, &[everything, alder]), (None, false));
    }

    #[test]
    fn nobody_is_asked_who_does_not_answer_or_wants_the_person_first() {
        let status = |connection, failure: Option<ErrorCode>| SyncStatus {
            connection,
            failure: failure.map(AppError::of),
            ..idle_status()
        };
        assert!(may_ask(&status(Connection::Online, None)));
        assert!(may_ask(&status(Connection::Unknown, None)));
        assert!(may_ask(&status(Connection::Online, Some(ErrorCode::Refused))), "that may have passed");
        assert!(!may_ask(&status(Connection::Offline, None)));
        assert!(!may_ask(&status(Connection::Unsafe(ErrorCode::Certificate), None)));
        assert!(!may_ask(&status(Connection::Online, Some(ErrorCode::SignInAgain))));
    }
}
