//! Arguments and the place of the profile.

use std::{ffi::OsString, path::PathBuf};

use crate::invitations;

/// What `--help` prints.
pub const USAGE: &str = "\
Portico: a desktop window on every client organization of a provider

Usage: portico [--profile DIR] [portico://LINK]

  --profile DIR     the folder that holds everything the program keeps, instead of
                    PORTICO_PROFILE or the system's place for program data
  portico://LINK    an invitation to open, as the system hands it over
  -h, --help        print this
  -V, --version     print the version

`porticoctl` does the same from the command line.";

/// What the command line asks for.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub enum Asked {
    Usage,
    Version,
    Window(Arguments),
}

/// What the command line may say of the window. Anything else is ignored: arguments also arrive from links and file managers.
// A link holds a token: nothing but a test prints it.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub struct Arguments {
    /// Folder that holds everything the program keeps; none where the system names no place for it.
    pub profile: Option<PathBuf>,
    /// A `portico://` link, as the system hands it over. Untrusted.
    pub link: Option<String>,
}

impl Asked {
    /// `--profile DIR`, else `PORTICO_PROFILE`, else the system's place for program data.
    pub fn read(words: impl Iterator<Item = OsString>) -> Self {
        let mut words = words;
        let (mut profile, mut link) = (None, None);
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("-h" | "--help") => return Self::Usage,
                Some("-V" | "--version") => return Self::Version,
                Some("--profile") => profile = words.next().map(PathBuf::from),
                Some(word) if invitations::is_link(word) => link = Some(word.to_owned()),
                _ => {}
            }
        }
        let profile = profile
            .or_else(|| {
                std::env::var_os("PORTICO_PROFILE").filter(|value| !value.is_empty()).map(PathBuf::from)
            })
            .or_else(|| {
                Some(directories::ProjectDirs::from("eu", "Portico", "Portico")?.data_dir().to_path_buf())
            })
            .map(|profile| std::path::absolute(&profile).unwrap_or(profile));
        Self::Window(Arguments { profile, link })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<const N: usize>(words: [&str; N]) -> Asked {
        Asked::read(words.map(OsString::from).into_iter())
    }

    #[test]
    fn the_named_folder_wins_and_strangers_are_ignored() {
        let arguments =
            Arguments { profile: Some(PathBuf::from("/tmp/p")), link: Some("portico://x".to_owned()) };
        assert_eq!(read(["portico://x", "--profile", "/tmp/p", "--unknown"]), Asked::Window(arguments));
    }

    #[test]
    fn whoever_asks_for_help_or_the_version_wants_no_window() {
        assert_eq!(read(["--profile", "/tmp/p", "--help"]), Asked::Usage);
        assert_eq!(read(["-h"]), Asked::Usage);
        assert_eq!(read(["-V"]), Asked::Version);
        assert_eq!(read(["--version", "portico://x"]), Asked::Version);
        assert!(matches!(read(["--profile", "--help"]), Asked::Window(_)), "the name of a folder");
    }
}
