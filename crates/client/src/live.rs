//! What happens elsewhere, told while it happens: the notifications hub (protocol.md §6.1), and looking where a server tells
//! nothing.

mod hub;
mod message;
mod poll;
mod told;

use std::time::Duration;

use portico_profile::Unlocked;
use portico_protocol::SecretText;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::api_error::ApiError;
use crate::http::{ApiClient, ONE_TRY};
use crate::pace::backoff;
use crate::reach::Heard;
use crate::refresh::Authorized;
use hub::{Connection, HubEnd};
use told::Gathered;

pub use poll::poll_provider;

/// What the server tells, as a hint at what to read again. It carries nothing that could be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Live {
    /// The hub listens to us: whatever happened before has to be looked for.
    Connected,
    /// The connection is lost; it is made again by itself.
    Disconnected,
    /// The server pushes nothing. Nothing more will come.
    NotOffered,
    /// The own vault, or what the person belongs to.
    Vault,
    /// The keys of the account or of an organization.
    Keys,
    /// One organization: its status, its settings, its policies.
    Organization(Uuid),
    /// One provider: itself, its team or its clients. Our own service tells it; the official one does not.
    Provider(Uuid),
    /// The session was ended elsewhere.
    LoggedOut,
}

/// Listens to the server until `stop`, or until there is no token any more, and says what it tells. Hints that come
/// together are told once each. `token`: an access token for the connection that is about to be made, and whether the one
/// before it was refused; see [`live_token`]. It is asked for each connection, so that a listener that waits need hold no
/// keys.
pub async fn listen<F>(
    client: &ApiClient,
    token: impl Fn(bool) -> F + Send + Sync,
    tell: impl Fn(Live) + Send + Sync,
    stop: &CancellationToken,
) where
    F: Future<Output = Option<SecretText>> + Send,
{
    let mut failures = 0;
    let mut refused = false;
    while !stop.is_cancelled() {
        let Some(access) = token(refused).await else { return };
        let begun = Instant::now();
        let end = match hub::connect(client, &access, stop).await {
            Ok(connection) => {
                drop(access);
                client.ear().hear(Heard::Answer);
                tell(Live::Connected);
                let end = gather(connection, client.device().identifier, &tell, stop).await;
                if !matches!(end, HubEnd::Stopped) {
                    tell(Live::Disconnected);
                }
                end
            }
            Err(end) => end,
        };
        match end {
            HubEnd::Stopped => return,
            HubEnd::NotOffered => return tell(Live::NotOffered),
            // A second refusal in a row is no matter of an old token.
            HubEnd::Refused if !refused => refused = true,
            HubEnd::Refused | HubEnd::Lost => {
                refused = false;
                if matches!(end, HubEnd::Lost) {
                    client.ear().hear(Heard::Silence);
                }
                failures = if begun.elapsed() > STOOD { 0 } else { failures + 1 };
                let wait = backoff(FIRST_PAUSE, failures, LONGEST_PAUSE);
                tracing::debug!(?wait, "the hub is lost");
                if stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_none() {
                    return;
                }
            }
        }
    }
}

/// An access token for [`listen`]: a new one where the old one was refused or ends soon. `None` when the account is signed
/// out; where the server cannot be reached, the old one, with which the connection fails and is tried again.
pub async fn live_token(
    client: &ApiClient,
    unlocked: &Unlocked,
    refused: bool,
    stop: &CancellationToken,
) -> Option<SecretText> {
    let session = unlocked.session()?;
    let ends_soon = session.expires_at < std::time::SystemTime::now() + ENDS_SOON;
    if refused || ends_soon {
        let asking = Authorized { client, session: unlocked, room: None };
        match asking.renew(ONE_TRY, stop).await {
            Err(ApiError::SignedOut | ApiError::Cancelled) => return None,
            Err(error) => tracing::debug!(%error, "the token for the hub could not be renewed"),
            Ok(()) => {}
        }
    }
    let session = unlocked.session()?;
    Some(session.access_token.copy())
}

/// As the official clients renew (protocol.md §1.6).
const ENDS_SOON: Duration = Duration::from_secs(5 * 60);
/// A connection that stood for so long was a good one: the next is tried at once.
const STOOD: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// As the official clients (protocol.md §6.1).
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// Hints that come within this are told together: one change of many items is one reading.
const TOGETHER: Duration = Duration::from_millis(250);
/// However many come, they are not held back longer.
const AT_LATEST: Duration = Duration::from_secs(1);

async fn gather(
    mut connection: Connection,
    own_device: Uuid,
    tell: &(impl Fn(Live) + Send + Sync),
    stop: &CancellationToken,
) -> HubEnd {
    let mut gathered = Gathered::new(TOGETHER, AT_LATEST);
    loop {
        let due = gathered.due();
        let next = async {
            match due {
                Some(due) => tokio::time::timeout_at(due, connection.next()).await.ok(),
                None => Some(connection.next().await),
            }
        };
        // What a timeout leaves of a message is kept by the connection.
        match stop.run_until_cancelled(next).await {
            None => return HubEnd::Stopped,
            Some(None) => gathered.take().into_iter().for_each(tell),
            Some(Some(Ok(notification))) => {
                told::hints(&notification, own_device).into_iter().for_each(|hint| gathered.add(hint));
            }
            Some(Some(Err(end))) => {
                gathered.take().into_iter().for_each(tell);
                return end;
            }
        }
    }
}

pub(crate) fn fuzz(frame: &[u8]) -> Option<usize> {
    let frame = message::handshake_answer(frame).unwrap_or(frame);
    message::messages(frame).ok().map(|messages| messages.len())
}

#[cfg(test)]
mod tests;
