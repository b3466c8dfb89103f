//! A file of an item on its way from the server to where the person wants it.
//!
//! What arrives is kept sealed, in a file that has no name and goes with the process. Only when all of it is there and its
//! MAC fits is it opened, into a file beside the destination, which takes the destination's name as its last step: whoever
//! looks there sees the whole file or none.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use portico_crypto::{BinaryCheck, CheckedBinary, OpenError};
use portico_vault::AttachmentKey;
use uuid::Uuid;
use zeroize::Zeroizing;

/// A file of an item, as the vault knows it.
pub struct SealedAttachment {
    /// Its item.
    pub item: Uuid,
    /// Names it on the server.
    pub id: String,
    /// Its name as somebody wrote it, if it opens; see [`portico_vault::safe_file_name`].
    pub name: Option<String>,
    /// Bytes as stored, as far as the server told.
    pub size: Option<u64>,
    /// What opens it.
    pub key: AttachmentKey,
}

/// A file that is being received.
pub struct IncomingAttachment {
    sealed: File,
    key: AttachmentKey,
    check: BinaryCheck,
}

/// How a received file is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SaveAs {
    /// Replace a file that has the name already.
    pub replace: bool,
    /// Take a file of before 2018 that has no MAC: whether it was changed cannot be told.
    pub accept_unauthenticated: bool,
}

/// A file was not received or not kept. Nothing stands at the destination then but what stood there before.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentFileError {
    /// Changed, cut off, or sealed with another key.
    #[error("the file does not open: {0}")]
    DoesNotOpen(#[from] OpenError),
    /// A file of before 2018, without a MAC, and nobody said to take it all the same.
    #[error("the file has no authentication code: whether it was changed cannot be told")]
    Unauthenticated,
    #[error("there is a file of that name already")]
    Exists,
    #[error("stopped")]
    Stopped,
    #[error("the file cannot be written")]
    Io(#[from] io::Error),
}

/// Read and opened at a time, in bytes.
const PIECE: usize = 256 << 10;

impl SealedAttachment {
    /// Begins to receive it. `folder`: a private one on this machine, with room for the sealed file.
    ///
    /// # Errors
    /// Of the file system.
    pub fn receive(self, folder: &Path) -> io::Result<IncomingAttachment> {
        let check = self.key.key.check_binary();
        Ok(IncomingAttachment { sealed: tempfile::tempfile_in(folder)?, key: self.key, check })
    }
}

impl IncomingAttachment {
    /// Takes the next bytes that came.
    ///
    /// # Errors
    /// [`AttachmentFileError::DoesNotOpen`] as soon as the first byte tells that this is no file of ours.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), AttachmentFileError> {
        self.check.update(piece)?;
        Ok(self.sealed.write_all(piece)?)
    }

    /// Checks what came, opens it, and keeps it at `to`. Returns the bytes of the opened file. Looks at `stopped` now and
    /// then.
    ///
    /// # Errors
    /// See [`AttachmentFileError`].
    pub fn save(
        mut self,
        to: &Path,
        how: SaveAs,
        stopped: &dyn Fn() -> bool,
    ) -> Result<u64, AttachmentFileError> {
        let checked = self.check.finish()?;
        if !checked.is_authenticated() {
            // Files with a key of their own all have one: without it, this is not what was stored.
            if self.key.is_own {
                return Err(OpenError::Unauthenticated.into());
            }
            if !how.accept_unauthenticated {
                return Err(AttachmentFileError::Unauthenticated);
            }
        }
        if !how.replace && to.try_exists()? {
            return Err(AttachmentFileError::Exists);
        }
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut opened = tempfile::Builder::new().prefix(".portico-").tempfile_in(folder)?;
        let length = decrypt(&mut self.sealed, &self.key, &checked, opened.as_file_mut(), stopped)?;
        opened.as_file().sync_all()?;
        let kept = if how.replace { opened.persist(to) } else { opened.persist_noclobber(to) };
        kept.map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => AttachmentFileError::Exists,
            _ => AttachmentFileError::Io(error.error),
        })?;
        Ok(length)
    }
}

fn decrypt(
    sealed: &mut File,
    key: &AttachmentKey,
    checked: &CheckedBinary,
    into: &mut File,
    stopped: &dyn Fn() -> bool,
) -> Result<u64, AttachmentFileError> {
    sealed.seek(SeekFrom::Start(0))?;
    let mut decryption = checked.decrypt(&key.key);
    let mut piece = vec![0; PIECE];
    let mut opened = Zeroizing::new(Vec::with_capacity(PIECE + 16));
    let mut length = 0;
    loop {
        if stopped() {
            return Err(AttachmentFileError::Stopped);
        }
        let read = sealed.read(&mut piece)?;
        if read == 0 {
            break;
        }
        opened.clear();
        decryption.update(&piece[..read], &mut opened);
        into.write_all(&opened)?;
        length += opened.len() as u64;
    }
    opened.clear();
    decryption.finish(&mut opened)?;
    into.write_all(&opened)?;
    Ok(length + opened.len() as u64)
}
