//! Pages that open in the person's browser.

use std::time::Duration;

use url::Url;

use crate::{
    dto::error::{AppError, ErrorCode},
    failure::Answer,
};

/// How long a refusal of the system's opener is waited for. `xdg-open` tries one browser after the other before it gives up, and
/// stays as long as the browser where that runs in front of it: what is still there by then has opened the page.
const REFUSES_WITHIN: Duration = Duration::from_secs(5);

/// Opens an address. Only web addresses: an item may hold any text. Waits for the opener: not on the thread that draws.
///
/// # Errors
///
/// `InvalidAddress`; `NoBrowser` with the address where nothing opens it.
pub fn browse(address: &str) -> Answer<()> {
    let url = Url::parse(address).map_err(|_| AppError::of(ErrorCode::InvalidAddress))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(AppError::of(ErrorCode::InvalidAddress));
    }
    open::that_detached_with_timeout(url.as_str(), REFUSES_WITHIN).map_err(|error| {
        tracing::warn!(%error, "no browser opened");
        AppError { code: ErrorCode::NoBrowser, detail: Some(url.into()) }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_web_address_is_opened_by_nothing() {
        for address in ["file:///etc/passwd", "javascript:alert(1)", "vault.example", ""] {
            assert_eq!(browse(address).unwrap_err().code, ErrorCode::InvalidAddress, "{address}");
        }
    }

    /// The openers are found by `PATH`, which is the whole process's: each is tried in a process of its own, this test again.
    #[cfg(target_os = "linux")]
    #[test]
    fn an_opener_that_fails_is_told_and_one_that_stays_is_not() {
        use std::{env, fs, os::unix::fs::PermissionsExt as _, process::Command};

        const ADDRESS: &str = "https://vault.example/#/sm";
        const OPENS: &str = "PORTICO_TEST_OPENS";
        if let Some(opens) = env::var_os(OPENS) {
            let told = browse(ADDRESS).map_err(|error| (error.code, error.detail));
            let refused = Err((ErrorCode::NoBrowser, Some(ADDRESS.to_owned())));
            assert_eq!(told, if opens == "yes" { Ok(()) } else { refused });
            return;
        }
        let openers = [
            ("yes", Some("exit 0")),
            ("yes", Some("exec /bin/sleep 9")),
            ("no", Some("exit 3")),
            ("no", Some("/bin/sleep 1; exit 4")),
            ("no", None),
        ];
        for (opens, opener) in openers {
            let path = tempfile::tempdir().unwrap();
            if let Some(script) = opener {
                let file = path.path().join("xdg-open");
                fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
                fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
            }
            let again = Command::new(env::current_exe().unwrap())
                .args(["--exact", "browsing::tests::an_opener_that_fails_is_told_and_one_that_stays_is_not"])
                .env("PATH", path.path())
                .env(OPENS, opens)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&again.stdout);
            assert!(said.contains("1 passed"), "{opener:?}: {said}");
        }
    }
}
