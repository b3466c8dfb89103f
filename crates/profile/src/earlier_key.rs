//! The user key from before a rotation, for the vault that was sealed under it: until a sync has read the vault anew, its
//! items open with this key.

use portico_cache::{Cache, Head, WriteError};
use portico_crypto::SymmetricKey;
use zeroize::Zeroizing;

use crate::errors::ReadError;
use crate::kinds::EARLIER_KEY_CELL;

const ADDRESS: usize = 32;

/// The earlier key, where the vault of `head` needs it.
pub(crate) fn of(cache: &Cache, head: Option<&Head>) -> Result<Option<SymmetricKey>, ReadError> {
    let Some(vault) = head.and_then(|head| head.vault) else { return Ok(None) };
    let kept = match cache.cell(EARLIER_KEY_CELL) {
        Ok(Some(kept)) => kept,
        // Without it the items do not open before the next sync, which is no reason to keep anybody out.
        Ok(None) | Err(portico_cache::ReadError::Damaged("cell")) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let of_vault = |(address, _): &(&[u8], &[u8])| *address == vault.address.as_bytes();
    let key = kept.split_at_checked(ADDRESS).filter(of_vault).map(|(_, key)| SymmetricKey::from_bytes(key));
    Ok(key.and_then(Result::ok))
}

/// Keeps the key that opens the newest vault, which was sealed before the rotation.
pub(crate) fn keep(cache: &Cache, key: &SymmetricKey) -> Result<(), WriteError> {
    let Some(vault) = cache.newest_head()?.and_then(|head| head.vault) else { return Ok(()) };
    let mut kept = Zeroizing::new(Vec::with_capacity(ADDRESS + key.expose().len()));
    kept.extend_from_slice(vault.address.as_bytes());
    kept.extend_from_slice(key.expose());
    cache.set_cell(EARLIER_KEY_CELL, &kept)
}

/// The vault was read anew.
pub(crate) fn forget(cache: &Cache) -> Result<(), WriteError> {
    cache.clear_cell(EARLIER_KEY_CELL)
}
