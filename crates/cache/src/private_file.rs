//! Files that are their owner's alone, whatever the umask of the process: nobody else reads them, and a link that somebody
//! put in the place of one leads nowhere.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Opens a file that stays under its name, made empty where there is none. One that others may read, as older versions
/// left it under a wide umask, is closed to them. A link is refused; on Windows, where it takes rights to make one, it is
/// followed.
///
/// # Errors
/// When it cannot be made or opened, or is a link.
pub fn open_lasting(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, no_link());
    let file = for_owner(&mut options).open(path)?;
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

/// Makes a new file in place of whatever has its name: a link goes, and what it led to stays.
///
/// # Errors
/// When what is there cannot be removed, or nothing be made.
pub fn create(path: &Path) -> io::Result<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    for_owner(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// [`create`], with this content.
///
/// # Errors
/// As [`create`], and when it cannot be written.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    create(path)?.write_all(content)
}

fn for_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(unix)]
fn no_link() -> i32 {
    rustix::fs::OFlags::NOFOLLOW.bits().cast_signed()
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_link_is_not_followed_and_a_wide_file_is_closed() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        fs::write(at("theirs"), "what is theirs")?;
        symlink(at("theirs"), at("link"))?;
        symlink(at("nothing"), at("dangling"))?;
        assert!(open_lasting(&at("link")).is_err() && open_lasting(&at("dangling")).is_err());
        write(&at("link"), b"ours")?;
        write(&at("dangling"), b"ours")?;
        assert_eq!(fs::read(at("theirs"))?, b"what is theirs");
        assert!(!at("nothing").exists() && !at("link").is_symlink());
        assert_eq!(fs::read(at("dangling"))?, b"ours");

        let mode = |name: &str| Ok::<_, io::Error>(fs::metadata(at(name))?.permissions().mode() & 0o777);
        fs::set_permissions(at("theirs"), fs::Permissions::from_mode(0o666))?;
        drop(open_lasting(&at("theirs"))?);
        drop(open_lasting(&at("new"))?);
        assert_eq!((mode("theirs")?, mode("new")?, mode("link")?), (0o600, 0o600, 0o600));
        assert_eq!(fs::read(at("theirs"))?, b"what is theirs", "its content stays");
        Ok(())
    }
}
