//! Fetching a file that hangs on an item (protocol.md §4.2).
//!
//! The server is asked for a fresh address, since those of a sync are old. It may lead to another host, where a storage
//! provider keeps the files. Nothing of ours goes with the request but what the address itself holds, and what comes back
//! has to open.

use std::path::{Path, PathBuf};

use portico_profile::{AttachmentFileError, IncomingAttachment, SaveAs, SealedAttachment, Unlocked};
use portico_protocol::cipher::AttachmentResponse;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::api_error::ApiError;
use crate::http::{ApiClient, ONE_TRY, SMALL_ANSWER};
use crate::refresh::{Authorized, Reading};
use crate::sync::mismatch;

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttachmentProgress {
    /// Bytes that are here.
    pub done: u64,
    /// Bytes in all, as far as anybody told.
    pub total: Option<u64>,
}

/// Where a file goes.
pub struct AttachmentDestination<'a> {
    /// Its whole path.
    pub file: PathBuf,
    /// How it is kept there.
    pub how: SaveAs,
    /// Where the sealed file waits until it is complete: a private folder on this machine.
    pub waiting: &'a Path,
}

/// A file was not fetched, or not kept.
#[derive(Debug, thiserror::Error)]
pub enum SaveAttachmentError {
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The server sends to an address from which no file is fetched: without https, or on this machine.
    #[error("the server sends to {host} for the file, from where none is fetched")]
    ForeignAddress {
        /// Scheme and host.
        host: String,
    },
    /// The server tells no address for the file, as for one that was announced and never uploaded.
    #[error("the server has no address for this file; perhaps it was never uploaded in full")]
    NoAddress,
    #[error(transparent)]
    File(AttachmentFileError),
}

impl From<AttachmentFileError> for SaveAttachmentError {
    fn from(error: AttachmentFileError) -> Self {
        match error {
            AttachmentFileError::Stopped => Self::Api(ApiError::Cancelled),
            error => Self::File(error),
        }
    }
}

/// Fetches `attachment` in the name of the unlocked account, opens it and keeps it at `destination`. Returns the bytes
/// of the opened file. `progress` hears of every piece that came.
///
/// # Errors
/// See [`SaveAttachmentError`]; nothing new stands at the destination then.
pub async fn save_attachment(
    client: &ApiClient,
    unlocked: &Unlocked,
    attachment: SealedAttachment,
    destination: AttachmentDestination<'_>,
    progress: &(dyn Fn(AttachmentProgress) + Sync),
    stop: &CancellationToken,
) -> Result<u64, SaveAttachmentError> {
    let asking = Authorized { client, session: unlocked, room: None };
    save(&asking, attachment, destination, progress, stop).await
}

async fn save(
    asking: &Authorized<'_>,
    attachment: SealedAttachment,
    destination: AttachmentDestination<'_>,
    progress: &(dyn Fn(AttachmentProgress) + Sync),
    stop: &CancellationToken,
) -> Result<u64, SaveAttachmentError> {
    let address = fresh_address(asking, &attachment, stop).await?;
    let known = attachment.size;
    // The server's figure is that of the sealed file; a little room for those that count otherwise.
    let max_bytes = known.map_or(LARGEST, |size| size.saturating_add(LEEWAY).min(LARGEST));
    let mut download = asking.client.open_download(address, max_bytes, stop).await?;
    let total = download.announced.or(known);
    let mut incoming = attachment.receive(destination.waiting).map_err(AttachmentFileError::Io)?;
    let (mut waiting, mut done) = (Vec::with_capacity(AT_ONCE), 0);
    while let Some(piece) = download.piece(stop).await? {
        waiting.extend_from_slice(&piece);
        done += piece.len() as u64;
        progress(AttachmentProgress { done, total });
        if waiting.len() >= AT_ONCE {
            incoming = take(incoming, std::mem::replace(&mut waiting, Vec::with_capacity(AT_ONCE))).await?;
        }
    }
    incoming = take(incoming, waiting).await?;
    let (stopping, AttachmentDestination { file, how, .. }) = (stop.clone(), destination);
    let saved = blocking(move || incoming.save(&file, how, &|| stopping.is_cancelled())).await?;
    Ok(saved)
}

/// The largest file that is fetched, in bytes; the cloud's limit is 500 MB.
const LARGEST: u64 = 2 << 30;
/// By how much a file may be larger than the server said.
const LEEWAY: u64 = 1 << 20;
/// Written at once, in bytes.
const AT_ONCE: usize = 1 << 20;

/// Checks and writes where a disk may be waited for.
async fn take(
    mut incoming: IncomingAttachment,
    piece: Vec<u8>,
) -> Result<IncomingAttachment, AttachmentFileError> {
    blocking(move || incoming.take(&piece).map(|()| incoming)).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AttachmentFileError> + Send + 'static,
) -> Result<T, AttachmentFileError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| AttachmentFileError::Io(error.into()))?
}

async fn fresh_address(
    asking: &Authorized<'_>,
    attachment: &SealedAttachment,
    stop: &CancellationToken,
) -> Result<Url, SaveAttachmentError> {
    // An id is the server's word too, and becomes part of a path.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if attachment.id.is_empty() || attachment.id.len() > 128 || !attachment.id.bytes().all(is_plain) {
        return Err(mismatch(asking).into());
    }
    let path = format!("/ciphers/{}/attachment/{}", attachment.item, attachment.id);
    let reading = Reading { max_bytes: SMALL_ANSWER, tries: ONE_TRY };
    let answer: AttachmentResponse = asking.get(&path, reading, stop).await?;
    if answer.id != attachment.id {
        return Err(mismatch(asking).into());
    }
    let told = answer.url.filter(|url| !url.is_empty()).ok_or(SaveAttachmentError::NoAddress)?;
    address_of(asking.client, &told)
}

/// The address that was told, if a file is fetched from there.
fn address_of(client: &ApiClient, told: &str) -> Result<Url, SaveAttachmentError> {
    let foreign = |host: String| SaveAttachmentError::ForeignAddress { host };
    // A relative address is relative to the API.
    let base = format!("{}/", client.urls().api.trim_end_matches('/'));
    let address = Url::parse(&base).and_then(|base| base.join(told));
    let mut address = address.map_err(|_| foreign("an address that cannot be read".to_owned()))?;
    address.set_fragment(None);
    if client.may_fetch(&address) {
        return Ok(address);
    }
    let origin = address.origin();
    Err(foreign(if origin.is_tuple() {
        origin.ascii_serialization()
    } else {
        format!("{}:", address.scheme())
    }))
}

#[cfg(test)]
mod tests;
