//! What a cell holds of its own: postcard behind one byte that says which form.

use portico_cache::WriteError;
use serde::{Deserialize, Serialize};

use crate::errors::ReadError;

pub(crate) fn encode(version: u8, kept: &impl Serialize) -> Result<Vec<u8>, WriteError> {
    postcard::to_extend(kept, vec![version]).map_err(|_| WriteError::TooLarge(0))
}

/// [`ReadError::Newer`] for another form; one that this version knows no older one of.
pub(crate) fn decode<'k, T: Deserialize<'k>>(
    version: u8,
    bytes: &'k [u8],
    what: &'static str,
) -> Result<T, ReadError> {
    let Some(kept) = bytes.strip_prefix(&[version]) else { return Err(ReadError::Newer(what)) };
    postcard::from_bytes(kept).map_err(|_| ReadError::Content(what))
}
