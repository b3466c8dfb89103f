//! The folder of files that people attach to items or send, beside the database.
//!
//! A file is written under a name of its own, flushed to the disk and renamed; the database learns of it afterwards.
//! Whatever happens to the process, a file that the database knows is whole, and what it does not know is swept away at
//! the next start. Names are made here for each file: nothing that came from outside stands in a path,
//! and no file is ever written over another.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::body::{Body, Bytes};
use tempfile::TempDir;
use uuid::Uuid;

use crate::lock_file::open_lock_file;
use crate::store::{Store, StoreError};

/// Bytes that are read or written at a time.
const CHUNK: usize = 256 * 1024;

/// Why a file was not stored or not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// The disk.
    #[error("a file")]
    Io(#[from] io::Error),
    /// The thread that worked on it ended early.
    #[error("the worker thread ended")]
    Worker(#[from] tokio::task::JoinError),
}

/// The folder. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Files(Arc<Place>);

enum Place {
    /// Made when the first file comes.
    Lasting(PathBuf),
    /// Of a store in memory: gone with it.
    Temporary(OnceLock<TempDir>),
}

impl Files {
    /// The folder at `path`; without one, a temporary folder.
    pub(crate) fn new(path: Option<PathBuf>) -> Files {
        Files(Arc::new(match path {
            Some(path) => Place::Lasting(path),
            None => Place::Temporary(OnceLock::new()),
        }))
    }

    fn folder(&self) -> io::Result<&Path> {
        match &*self.0 {
            Place::Lasting(folder) => {
                fs::create_dir_all(folder)?;
                Ok(folder)
            }
            Place::Temporary(made) => {
                if made.get().is_none() {
                    // Whoever comes second drops a folder that is still empty.
                    let _ = made.set(TempDir::new()?);
                }
                made.get().map(TempDir::path).ok_or_else(|| io::ErrorKind::NotFound.into())
            }
        }
    }

    /// A new file, which nobody finds before [`Incoming::keep`].
    pub(crate) async fn receive(&self) -> Result<Incoming, FileError> {
        let files = self.clone();
        off_the_async_threads(move || {
            let (name, folder) = (Uuid::new_v4(), files.folder()?);
            let part = folder.join(format!("{name}.part"));
            let file = OpenOptions::new().write(true).create_new(true).open(&part)?;
            let whole = folder.join(name.to_string());
            Ok(Incoming { name, file, part: Unfinished(Some(part)), whole, buffer: Vec::new(), length: 0 })
        })
        .await
    }

    /// Keeps `content` as a new file and returns its name; for the bulk door.
    pub(crate) fn place(&self, content: &[u8]) -> io::Result<Uuid> {
        let (name, folder) = (Uuid::new_v4(), self.folder()?);
        let part = folder.join(format!("{name}.part"));
        let mut file = OpenOptions::new().write(true).create_new(true).open(&part)?;
        file.write_all(content)?;
        finish(&file, &part, &folder.join(name.to_string()))?;
        Ok(name)
    }

    /// The content of a file and its length, read as fast as the other side takes it.
    pub(crate) async fn send(&self, name: Uuid) -> Result<(u64, Body), FileError> {
        let files = self.clone();
        let (file, length) = off_the_async_threads(move || {
            let file = File::open(files.folder()?.join(name.to_string()))?;
            let length = file.metadata()?.len();
            Ok((file, length))
        })
        .await?;
        // A thread is taken for each piece and not for the whole file: slow readers hold none.
        let pieces = futures_util::stream::try_unfold(file, |mut file| async move {
            off_the_async_threads(move || {
                let mut piece = Vec::with_capacity(CHUNK);
                (&mut file).take(CHUNK as u64).read_to_end(&mut piece)?;
                Ok((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
            })
            .await
        });
        Ok((length, Body::from_stream(pieces)))
    }

    /// Removes one file, which may be gone already.
    pub(crate) async fn remove(&self, name: Uuid) -> Result<(), FileError> {
        let files = self.clone();
        off_the_async_threads(move || remove(&files.folder()?.join(name.to_string()))).await
    }

    /// Removes the files whose attachments or Sends are gone from the database. What cannot be removed now, because somebody still
    /// reads it perhaps, stays noted for the next time: the request that deleted it has done its work.
    pub(crate) async fn remove_doomed(&self, store: &Store) {
        let (files, store) = (self.clone(), store.clone());
        let removed = off_the_async_threads(move || {
            let mut doomed: Vec<Uuid> = store.write_now(doomed).map_err(io::Error::other)?;
            if doomed.is_empty() {
                return Ok(());
            }
            let folder = files.folder()?;
            doomed.retain(|name| match remove(&folder.join(name.to_string())) {
                Ok(()) => true,
                Err(error) => {
                    tracing::warn!(%error, "a file without an owner stays for now");
                    false
                }
            });
            let forgotten: Result<(), StoreError> = store.write_now(|transaction| {
                let mut delete = transaction.prepare_cached("DELETE FROM doomed_files WHERE file = ?")?;
                for name in &doomed {
                    delete.execute([name])?;
                }
                Ok(())
            });
            forgotten.map_err(io::Error::other)
        });
        if let Err(error) = removed.await {
            tracing::warn!(%error, "files without an owner stay for now");
        }
    }

    /// At the start: removes what an earlier process left half done, unless another process serves this folder. Whoever
    /// holds the returned lock serves it.
    pub(crate) fn sweep(&self, store: &Store) -> io::Result<Option<File>> {
        let Place::Lasting(folder) = &*self.0 else { return Ok(None) };
        if !folder.is_dir() {
            return Ok(None);
        }
        let lock = open_lock_file(&folder.join("lock"))?;
        if lock.try_lock().is_err() {
            return Ok(None);
        }
        let kept: Result<Vec<Uuid>, StoreError> = store.write_now(|transaction| {
            transaction.execute("DELETE FROM attachments WHERE file IS NULL", [])?;
            transaction.execute("DELETE FROM sends WHERE text IS NULL AND file IS NULL", [])?;
            transaction.execute("DELETE FROM doomed_files", [])?;
            let mut statement = transaction.prepare(
                "SELECT file FROM attachments UNION ALL SELECT file FROM sends WHERE file IS NOT NULL",
            )?;
            let names = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(names)
        });
        let kept: std::collections::HashSet<Uuid> = kept.map_err(io::Error::other)?.into_iter().collect();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_kept = name.parse().is_ok_and(|name: Uuid| kept.contains(&name));
            if !is_kept && name != "lock" {
                remove(&entry.path())?;
            }
        }
        Ok(Some(lock))
    }
}

fn doomed(transaction: &rusqlite::Transaction<'_>) -> Result<Vec<Uuid>, StoreError> {
    let mut statement = transaction.prepare_cached("SELECT file FROM doomed_files")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// A file on its way in. Dropped without [`Incoming::keep`], it leaves nothing behind.
pub(crate) struct Incoming {
    name: Uuid,
    file: File,
    part: Unfinished,
    whole: PathBuf,
    buffer: Vec<u8>,
    length: u64,
}

struct Unfinished(Option<PathBuf>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            let _ = remove(&path);
        }
    }
}

impl Incoming {
    /// Bytes so far.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Takes one piece; pieces are gathered so that the disk is asked seldom.
    pub(crate) async fn write(mut self, piece: &[u8]) -> Result<Incoming, FileError> {
        self.length += piece.len() as u64;
        self.buffer.extend_from_slice(piece);
        if self.buffer.len() < CHUNK {
            return Ok(self);
        }
        off_the_async_threads(move || {
            self.file.write_all(&self.buffer)?;
            self.buffer.clear();
            Ok(self)
        })
        .await
    }

    /// The file is complete: once this returns its name it survives the loss of power.
    pub(crate) async fn keep(mut self) -> Result<Uuid, FileError> {
        off_the_async_threads(move || {
            self.file.write_all(&self.buffer)?;
            if let Some(part) = &self.part.0 {
                finish(&self.file, part, &self.whole)?;
            }
            self.part.0.take();
            Ok(self.name)
        })
        .await
    }
}

fn finish(file: &File, part: &Path, whole: &Path) -> io::Result<()> {
    file.sync_all()?;
    fs::rename(part, whole)?;
    // The new name lies in the folder, which is a file of its own to the disk.
    #[cfg(unix)]
    if let Some(folder) = whole.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, FileError> {
    Ok(tokio::task::spawn_blocking(work).await??)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_lock_that_is_a_link_is_refused_and_what_it_leads_to_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (place, theirs) = (folder.path().join("files"), folder.path().join("theirs"));
        fs::create_dir(&place).unwrap();
        symlink(&theirs, place.join("lock")).unwrap();
        let (files, store) = (Files::new(Some(place.clone())), Store::in_memory().unwrap());
        assert!(files.sweep(&store).is_err() && !theirs.exists());
        fs::remove_file(place.join("lock")).unwrap();
        let held = files.sweep(&store).unwrap();
        assert!(held.is_some() && files.sweep(&store).unwrap().is_none(), "held once");
    }
}
