//! Taking in beside the reading: to seal and to write is work for a processor, to read is mostly to wait. In one task each
//! answer would wait until the one before it was taken in (measured with the demo: a third of a first sync).

use portico_estate::StaleReason;
use portico_profile::{BillingRead, ClientPicture, EventStream, EventsRead};
use portico_protocol::account::ProfileResponse;
use portico_protocol::events::EventResponse;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use uuid::Uuid;

use super::gather::Takes;
use super::progress::FailedLog;
use crate::api_error::ApiError;
use crate::aside::aside;
use crate::http::Room;
use crate::mend::{self, Mended};

/// Something that was read of an organization or a provider.
pub(super) enum Piece {
    /// An organization, or why it could not be read; with what it is held in.
    Client(Uuid, Box<Result<ClientPicture, StaleReason>>, Option<Room>),
    /// Its log, after it.
    Log(EventStream, Result<EventsRead, ApiError>),
    /// What a provider pays.
    Bill(Uuid, Vec<BillingRead>),
    /// The vault, before all clients: what they are opened with comes with it. With the account's revision.
    Vault(Box<Vault>, Option<i64>),
}

/// What came of the logs.
#[derive(Debug, Default)]
pub(crate) struct LogsIn {
    /// Events that were not known.
    pub events: u32,
    /// Logs that could not be read.
    pub failed: Vec<FailedLog>,
}

impl LogsIn {
    /// Takes in a log, or notes why it could not be read: nothing else depends on it. Returns what of it was not known.
    pub(super) fn take<T: Takes>(
        &mut self,
        take: &mut T,
        stream: EventStream,
        log: Result<EventsRead, ApiError>,
    ) -> Result<Vec<EventResponse>, T::Error> {
        match log {
            Ok(read) => {
                let fresh = take.events(stream, read)?;
                self.events = self.events.saturating_add(u32::try_from(fresh.len()).unwrap_or(u32::MAX));
                Ok(fresh)
            }
            Err(error) => {
                take.log_failed(stream, &error);
                self.failed.push(FailedLog { stream, error });
                Ok(Vec::new())
            }
        }
    }
}

/// Where who reads puts the pieces.
pub(super) struct Pieces(Sender<Piece>);

impl Pieces {
    /// `false` when nobody takes pieces any more: there is nothing left to read for, and [`beside`] tells why.
    #[must_use]
    pub(super) async fn put(&self, piece: Piece) -> bool {
        self.0.send(piece).await.is_ok()
    }
}

/// Pieces that wait; a large client is some megabytes.
const WAITING: usize = 4;

/// Where pieces are put, and where they are taken from.
pub(super) fn pieces() -> (Pieces, Receiver<Piece>) {
    let (put, taken) = channel(WAITING);
    (Pieces(put), taken)
}

/// Runs `reading` and takes in what it puts: on a thread of its own where the runtime has several, else in turns. Returns
/// besides how many entries of the vault were odd.
pub(super) async fn beside<T: Takes, R>(
    take: &mut T,
    logs: &mut LogsIn,
    pieces: Receiver<Piece>,
    reading: impl Future<Output = R>,
) -> Result<(R, u32), T::Error> {
    let taking = take_all(take, logs, pieces);
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => aside(|| {
            std::thread::scope(|scope| {
                let taking = scope.spawn(|| runtime.block_on(taking));
                let read = runtime.block_on(reading);
                let odd = taking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
                Ok((read, odd))
            })
        }),
        _ => {
            let (read, taken) = tokio::join!(reading, taking);
            taken.map(|odd| (read, odd))
        }
    }
}

async fn take_all<T: Takes>(
    take: &mut T,
    logs: &mut LogsIn,
    mut pieces: Receiver<Piece>,
) -> Result<u32, T::Error> {
    let mut odd = 0;
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Client(id, outcome, room) => {
                take.client(id, *outcome)?;
                drop(room);
            }
            Piece::Log(stream, log) => drop(logs.take(take, stream, log)?),
            Piece::Bill(provider, read) => take.bill(provider, read),
            Piece::Vault(vault, revision) => odd += vault.odd + take_vault(take, vault.body, revision)?,
        }
    }
    Ok(odd)
}

/// Takes the vault in; what is odd in it is mended only where it was in the way, since to look for it costs a reading of the
/// whole answer. Returns how many entries were odd.
fn take_vault<T: Takes>(take: &mut T, body: Vec<u8>, revision: Option<i64>) -> Result<u32, T::Error> {
    match take.vault(&body, revision) {
        Err(error) if T::is_unreadable(&error) => {
            let Mended { read, odd } = mend::sync(body);
            Ok(odd + take.vault(&read, revision)?)
        }
        taken => taken,
    }
}

/// The answer to `GET /sync`.
pub(super) struct Vault {
    pub(super) body: Vec<u8>,
    pub(super) profile: ProfileResponse,
    /// Entries that were left out, or carried without a member.
    pub(super) odd: u32,
}
