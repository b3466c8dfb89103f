//! Arguments and the place of the profile.

use std::{ffi::OsString, path::PathBuf};

use crate::invitations;

/// What the command line may say. Anything else is ignored: arguments also arrive from links and file managers.
// A link holds a token: nothing but a test prints it.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub struct Arguments {
    /// Folder that holds everything the program keeps.
    pub profile: PathBuf,
    /// A `portico://` link, as the system hands it over. Untrusted.
    pub link: Option<String>,
}

impl Arguments {
    /// `--profile DIR`, else `PORTICO_PROFILE`, else the system's place for program data.
    pub fn read(words: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut words = words;
        let (mut profile, mut link) = (None, None);
        while let Some(word) = words.next() {
            if word == "--profile" {
                profile = words.next().map(PathBuf::from);
            } else if let Some(word) = word.to_str().filter(|word| invitations::is_link(word)) {
                link = Some(word.to_owned());
            }
        }
        let profile = profile
            .or_else(|| {
                std::env::var_os("PORTICO_PROFILE").filter(|value| !value.is_empty()).map(PathBuf::from)
            })
            .or_else(|| {
                Some(directories::ProjectDirs::from("eu", "Portico", "Portico")?.data_dir().to_path_buf())
            })?;
        Some(Self { profile: std::path::absolute(&profile).unwrap_or(profile), link })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_folder_wins_and_strangers_are_ignored() {
        let words = ["portico://x", "--profile", "/tmp/p", "--unknown"].map(OsString::from);
        let read = Arguments { profile: PathBuf::from("/tmp/p"), link: Some("portico://x".to_owned()) };
        assert_eq!(Arguments::read(words.into_iter()), Some(read));
    }
}
