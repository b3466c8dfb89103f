//! Files that are held and not read: their owner's alone, whatever the umask of the process, and never at the end of a link
//! that somebody put in their place.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Held while a service runs on a folder, in whatever program: a second one would not hear of what the first one does.
pub struct ServedFolder {
    // Closing the file gives the lock back.
    _held: File,
}

/// Why a folder is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServedFolderError {
    #[error("a service runs on {} already", .0.display())]
    Already(PathBuf),
    #[error("{} cannot be used", path.display())]
    Lock { path: PathBuf, source: io::Error },
}

impl ServedFolder {
    /// Holds a folder that is there, or says at once that it is served.
    ///
    /// # Errors
    /// See [`ServedFolderError`]; also within one process.
    pub fn hold(folder: &Path) -> Result<Self, ServedFolderError> {
        let path = folder.join("service.lock");
        let opened = open_lock_file(&path).map_err(TryLockError::Error);
        match opened.and_then(|file| file.try_lock().map(|()| file)) {
            Ok(file) => Ok(Self { _held: file }),
            Err(TryLockError::WouldBlock) => Err(ServedFolderError::Already(folder.to_owned())),
            Err(TryLockError::Error(source)) => Err(ServedFolderError::Lock { path, source }),
        }
    }
}

/// Opens a lock file, made where there is none. One that others may write, as older versions left it under a wide umask, is
/// closed to them. A link is refused; on Windows, where it takes rights to make one, it is followed.
///
/// # Errors
/// When it cannot be made or opened, or is a link.
pub fn open_lock_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mut allowed = file.metadata()?.permissions();
        if allowed.mode() & 0o077 != 0 {
            allowed.set_mode(0o600);
            // Another owner's file stays as that one wants it.
            let _ = file.set_permissions(allowed);
        }
    }
    Ok(file)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_link_is_not_followed_and_a_wide_file_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("theirs"), "what is theirs").unwrap();
        fs::set_permissions(at("theirs"), fs::Permissions::from_mode(0o666)).unwrap();
        symlink(at("theirs"), at("link")).unwrap();
        symlink(at("nothing"), at("dangling")).unwrap();
        assert!(open_lock_file(&at("link")).is_err() && open_lock_file(&at("dangling")).is_err());
        let mode = |name: &str| fs::metadata(at(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("theirs"), at("nothing").exists()), (0o666, false));
        drop((open_lock_file(&at("theirs")).unwrap(), open_lock_file(&at("new")).unwrap()));
        assert_eq!((mode("theirs"), mode("new")), (0o600, 0o600));
        assert_eq!(fs::read_to_string(at("theirs")).unwrap(), "what is theirs", "its content stays");
    }
}
