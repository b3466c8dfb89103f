//! One window for each profile. A start finds the window that is there by what the running program is called among programs,
//! and hands over to it. Where it finds none, because that one is in another session or there is no bus, the profile itself
//! says whether it is open.

use std::{path::Path, time::Duration};

use portico_profile::{HoldWindowError, Profile, StorageFault, WindowLock};

/// How long a window that is just ending may take to be gone.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// What the running program is called: the profile's path is in it, as a hash. It is the path without links and detours,
/// of which there is one for each folder.
pub fn name(profile: &Path) -> String {
    let path = profile.canonicalize().unwrap_or_else(|_| profile.to_owned());
    let digest = ring::digest::digest(&ring::digest::SHA256, path.as_os_str().as_encoded_bytes());
    let short: String = digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("eu.portico.desktop.p{short}")
}

/// Holds the profile. Nothing is held where nothing can be written: what is kept there can be read all the same, and two
/// windows that write nothing do no harm.
pub fn hold(profile: &Profile, patience: Duration) -> Result<Option<WindowLock>, HoldWindowError> {
    match profile.hold_for_window(patience) {
        Ok(held) => Ok(Some(held)),
        Err(error)
            if matches!(StorageFault::of(&error), Some(StorageFault::Full | StorageFault::ReadOnly)) =>
        {
            tracing::warn!(%error, "the profile is not held");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_name_by_whatever_way_it_is_reached() {
        let folder = tempfile::tempdir().expect("a folder");
        let (profile, link) = (folder.path().join("profile"), folder.path().join("link"));
        std::fs::create_dir(&profile).expect("made");
        std::os::unix::fs::symlink(&profile, &link).expect("linked");
        assert_eq!(name(&profile), name(&link));
        assert_eq!(name(&profile), name(&link.join("..").join("profile")));
        assert_ne!(name(&profile), name(folder.path()));
    }
}
