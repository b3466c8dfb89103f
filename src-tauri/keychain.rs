//! The operating system's keychain: the Secret Service on Linux, Keychain Services on macOS, the Credential Manager on
//! Windows (the last two are built by CI and not yet tried by us).
//!
//! Nothing here may make the system ask the person for a password: a keychain that is locked counts as not there.

use keyring::{Entry, Error};
use portico_profile::{KeychainError, KeychainObstacle, OsKeychain};
use zeroize::Zeroizing;

/// Under this name the program's secrets stand in the system's own list.
const SERVICE: &str = "eu.portico.desktop";

/// The keychain of the person who is logged in to this computer.
pub struct SystemKeychain;

impl SystemKeychain {
    fn entry(&self, name: &str) -> Result<Entry, KeychainError> {
        if let Some(obstacle) = self.obstacle() {
            return Err(KeychainError(format!("not usable now ({obstacle:?})")));
        }
        Entry::new(SERVICE, name).map_err(|error| told(&error))
    }
}

impl OsKeychain for SystemKeychain {
    fn obstacle(&self) -> Option<KeychainObstacle> {
        #[cfg(target_os = "linux")]
        return secret_service::obstacle();
        #[cfg(not(target_os = "linux"))]
        return Entry::store_status().is_err().then_some(KeychainObstacle::NoService);
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        match self.entry(name)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(told(&error)),
        }
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        self.entry(name)?.set_secret(secret).map_err(|error| told(&error))
    }

    fn remove(&self, name: &str) -> Result<(), KeychainError> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(told(&error)),
        }
    }
}

/// Without what an error carries beside its words: some carry the value they could not decode.
fn told(error: &Error) -> KeychainError {
    KeychainError(match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "a value of another form".to_owned(),
        other => other.to_string(),
    })
}

#[cfg(target_os = "linux")]
mod secret_service {
    //! Whether the Secret Service can be used without a question to the person. The library below would unlock, or
    //! make, a keyring, and the service would ask for a password.

    use std::time::Duration;

    use portico_profile::KeychainObstacle;
    use zbus::{
        blocking::{Connection, connection::Builder},
        zvariant::{OwnedObjectPath, OwnedValue},
    };

    /// A service that hangs must not hang an unlock.
    const PATIENCE: Duration = Duration::from_secs(2);
    const NAME: &str = "org.freedesktop.secrets";

    pub(super) fn obstacle() -> Option<KeychainObstacle> {
        match is_locked() {
            Ok(Some(false)) => None,
            Ok(Some(true)) => Some(KeychainObstacle::Locked),
            Ok(None) => Some(KeychainObstacle::NoService),
            Err(error) => {
                tracing::debug!(%error, "no secret service");
                Some(KeychainObstacle::NoService)
            }
        }
    }

    /// `None` where there is no default keyring yet.
    fn is_locked() -> zbus::Result<Option<bool>> {
        let bus: Connection = Builder::session()?.method_timeout(PATIENCE).build()?;
        let service = Some("org.freedesktop.Secret.Service");
        let answer =
            bus.call_method(Some(NAME), "/org/freedesktop/secrets", service, "ReadAlias", &("default",))?;
        let keyring: OwnedObjectPath = answer.body().deserialize()?;
        if keyring.as_str() == "/" {
            return Ok(None);
        }
        let asked = ("org.freedesktop.Secret.Collection", "Locked");
        let properties = Some("org.freedesktop.DBus.Properties");
        let answer = bus.call_method(Some(NAME), &keyring, properties, "Get", &asked)?;
        let locked: OwnedValue = answer.body().deserialize()?;
        Ok(Some(bool::try_from(locked)?))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{
        path::Path,
        process::{Command, Stdio},
    };

    use super::*;

    /// Set where this very test runs again inside a session bus of its own.
    const INSIDE: &str = "PORTICO_TEST_KEYRING";

    /// Runs one test of this program again, with a bus, a home and, if asked for, an unlocked keyring of its own.
    fn again(test: &str, keyring: bool) {
        let home = tempfile::tempdir().expect("folder");
        let start = if keyring {
            "printf x | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null && "
        } else {
            ""
        };
        let this = std::env::current_exe().expect("this program");
        let script = format!("{start}exec \"$0\" --exact {test} --nocapture");
        let at = |folder: &str| home.path().join(folder);
        std::fs::create_dir_all(at("run")).expect("folder");
        let status = Command::new("dbus-run-session")
            .args(["--".as_ref(), "sh".as_ref(), "-c".as_ref(), script.as_ref(), this.as_os_str()])
            .env(INSIDE, "1")
            .env("HOME", home.path())
            .env("XDG_DATA_HOME", at("data"))
            .env("XDG_RUNTIME_DIR", at("run"))
            .env_remove("GNOME_KEYRING_CONTROL")
            .stdin(Stdio::null())
            .status()
            .expect("dbus-run-session (package dbus)");
        assert!(status.success(), "see above; needs gnome-keyring-daemon (package gnome-keyring)");
        let kept = std::fs::read_dir(at("data").join("keyrings")).into_iter().flatten().flatten();
        let made =
            kept.filter(|file| Path::new(&file.file_name()).extension().is_some_and(|end| end == "keyring"));
        assert_eq!(made.count() > 0, keyring, "a keyring is made only where a secret is kept");
    }

    fn is_inside() -> bool {
        std::env::var_os(INSIDE).is_some()
    }

    #[test]
    fn secrets_are_kept_by_a_real_secret_service() {
        if !is_inside() {
            return again("keychain::tests::secrets_are_kept_by_a_real_secret_service", true);
        }
        assert_eq!(SystemKeychain.obstacle(), None);
        assert_eq!(SystemKeychain.read("a").expect("read"), None);
        SystemKeychain.write("a", &[0, 159, 146, 150, 255]).expect("written");
        SystemKeychain.write("b", b"another").expect("written");
        SystemKeychain.write("a", &[1, 159, 146, 150, 255]).expect("replaced");
        let read = |name| SystemKeychain.read(name).expect("read").map(|secret| secret.to_vec());
        assert_eq!(read("a"), Some(vec![1, 159, 146, 150, 255]));
        SystemKeychain.remove("a").expect("removed");
        SystemKeychain.remove("a").expect("removing nothing is no error");
        assert_eq!((read("a"), read("b")), (None, Some(b"another".to_vec())));
    }

    #[test]
    fn without_a_service_nothing_is_offered_and_nobody_is_asked() {
        if !is_inside() {
            return again("keychain::tests::without_a_service_nothing_is_offered_and_nobody_is_asked", false);
        }
        assert_eq!(SystemKeychain.obstacle(), Some(KeychainObstacle::NoService));
        assert!(SystemKeychain.read("a").is_err() && SystemKeychain.write("a", b"x").is_err());
    }
}
