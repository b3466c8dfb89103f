//! `unlock`, `lock` and `logout`.

use std::time::Duration;

use serde::Serialize;
use zeroize::Zeroizing;

use crate::account;
use crate::cli::{Global, Logout, Unlock};
use crate::failure::Failure;
use crate::output::{self, Format};

/// Sessions that a login hands out last this long, and those of `unlock` unless told otherwise.
pub(crate) const USUAL_SESSION: Duration = Duration::from_secs(12 * 60 * 60);

/// Always takes the master password: a session cannot prolong itself.
pub(crate) fn unlock(global: &Global, format: Format, options: &Unlock) -> Result<(), Failure> {
    let profile = account::open_profile(global)?;
    let account = account::choose(&profile, global)?;
    let unlocked = account::unlock_with_password(&profile, &account, global)?;
    let key = unlocked.open_session(Duration::from_secs(u64::from(options.minutes) * 60))?;
    print_session(format, options.raw, &key.expose_text())
}

/// Prints a new session key: alone, in JSON, or with what to do with it.
pub(crate) fn print_session(format: Format, raw: bool, key: &str) -> Result<(), Failure> {
    /// The key is what was asked for; it is printed once and kept nowhere.
    #[derive(Serialize)]
    struct Session<'a> {
        session: &'a str,
    }
    match format {
        _ if raw => output::line(key)?,
        Format::Json => output::json(&Session { session: key })?,
        Format::Table => {
            let line = Zeroizing::new(format!("export PORTICO_SESSION=\"{key}\""));
            output::line(&line)?;
        }
    }
    Ok(())
}

/// Needs no password: whoever may read the file may lock it.
pub(crate) fn lock(global: &Global) -> Result<(), Failure> {
    let profile = account::open_profile(global)?;
    let account = account::choose(&profile, global)?;
    Ok(profile.end_sessions(account.id)?)
}

/// What no server has goes with the file, so somebody has to say which of the two is meant.
pub(crate) fn logout(global: &Global, options: &Logout) -> Result<(), Failure> {
    let profile = account::open_profile(global)?;
    let account = account::choose(&profile, global)?;
    if !options.keep_archive && !options.remove {
        return Err(Failure::KeepOrRemove { email: output::on_one_line(&account.email) });
    }
    profile.remove(account.id, options.keep_archive)?;
    eprintln!("{} is signed out of {}", output::on_one_line(&account.email), account.server);
    Ok(())
}
