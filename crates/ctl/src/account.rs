//! Which account a command is about, and unlocking it.

use std::path::PathBuf;

use portico_profile::{
    AccountSummary, LogOutByPolicy, PasswordNotice, Profile, SessionKey, UnlockError, Unlocked,
};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::cli::Global;
use crate::commands::only::is_id;
use crate::failure::Failure;
use crate::output;
use crate::words;

/// The variable that carries a session key, as users of the official client know it from theirs.
const SESSION: &str = "PORTICO_SESSION";
/// How much later than now a date may be before the clock is doubted.
const AHEAD: time::Duration = time::Duration::minutes(5);

/// The profile that the command line, the environment or the system names.
pub(crate) fn open_profile(global: &Global) -> Result<Profile, Failure> {
    let folder = match &global.profile {
        Some(folder) => folder.clone(),
        None => usual_folder().ok_or(Failure::NoProfileFolder)?,
    };
    let profile = Profile::open(folder)?;
    if let Some(file) = profile.settings_set_aside() {
        eprintln!(
            "porticoctl: the settings could not be understood; they are kept as {file}, the usual ones are in use"
        );
    }
    carry_out_log_outs(&profile);
    Ok(profile)
}

/// What the window noted and did not come to do: policies hold for whoever opens the profile next.
fn carry_out_log_outs(profile: &Profile) {
    let due = profile.carry_out_log_outs();
    if due.is_empty() {
        return;
    }
    let accounts = profile.accounts().unwrap_or_default();
    for LogOutByPolicy { account, after_minutes, outcome } in due {
        let known = accounts.iter().find(|known| known.id == account);
        let email = known.map_or_else(|| account.to_string(), |known| output::on_one_line(&known.email));
        let why = format!("an organization wants that after {after_minutes} minutes without anybody there");
        match outcome {
            Ok(()) => eprintln!("porticoctl: {email} is signed out, its archive stays: {why}"),
            Err(error) => eprintln!("porticoctl: {email} could not be signed out ({error}): {why}"),
        }
    }
}

/// Where the profile is when nobody says: the data folder of the system's conventions, the same as the window's.
fn usual_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("eu", "Portico", "Portico").map(|folders| folders.data_dir().to_path_buf())
}

/// The account: the one that was named, or the only one.
///
/// # Errors
/// [`Failure::SignedOut`] when there is none, [`Failure::NoAccount`] when none is called so, [`Failure::WhichAccount`] when
/// there are several.
pub(crate) fn choose(profile: &Profile, global: &Global) -> Result<AccountSummary, Failure> {
    let mut accounts = profile.accounts()?;
    let is_empty = accounts.is_empty();
    if let Some(wanted) = &global.account {
        accounts.retain(|account| account.email.eq_ignore_ascii_case(wanted) || is_id(account.id, wanted));
    } else if accounts.len() > 1 {
        accounts.retain(|account| !account.signed_out);
    }
    match accounts.len() {
        // An account whose file cannot be read is in no list; saying that nobody is signed in would be wrong.
        0 => Err(match (damage(profile, global.account.as_deref()), &global.account) {
            (Some(error), _) => Failure::Unlock(error),
            (None, Some(wanted)) if !is_empty => Failure::NoAccount { text: wanted.clone() },
            (None, _) => Failure::SignedOut,
        }),
        1 => Ok(accounts.remove(0)),
        _ => Err(Failure::WhichAccount { choices: choices(&accounts) }),
    }
}

/// What is wrong with the account of this id, or with the first that cannot be used where none was named.
fn damage(profile: &Profile, wanted: Option<&str>) -> Option<UnlockError> {
    let unusable = profile.unusable_accounts().ok()?;
    let mut unusable = unusable.into_iter().filter(|(id, _)| wanted.is_none_or(|wanted| is_id(*id, wanted)));
    unusable.next().map(|(_, error)| error.into())
}

/// What can be typed to mean each: its address, or its id where others have the same.
fn choices(accounts: &[AccountSummary]) -> Vec<String> {
    let choice = |account: &AccountSummary| {
        let same = accounts.iter().filter(|other| other.email.eq_ignore_ascii_case(&account.email)).count();
        match same {
            1 => account.email.clone(),
            _ => format!("{} ({} at {})", account.id, account.email, account.server),
        }
    };
    accounts.iter().map(choice).collect()
}

/// Says what the server has against the master password, and where another one is chosen.
pub(crate) fn tell_password_notice(unlocked: &Unlocked) -> Result<(), Failure> {
    let Some(notice) = unlocked.password_notice()? else { return Ok(()) };
    let what = match notice {
        PasswordNotice::SetByAdministrator => {
            "an administrator set this account's master password, and knows it"
        }
        PasswordNotice::BelowPolicy => {
            "the master password falls short of what an organization of this account demands"
        }
    };
    let place = unlocked.server().urls(None).map_or_else(
        || "the web vault".to_owned(),
        |urls| format!("the web vault ({})", output::on_one_line(&urls.web_vault)),
    );
    eprintln!("porticoctl: {what}; choose another one in {place}, then log in again");
    Ok(())
}

/// Says what an unlock had to recover from, and goes on.
pub(crate) fn telling(unlocked: Unlocked) -> Unlocked {
    if let Some(recovered) = unlocked.recovered() {
        let lost = &recovered.recovery;
        let pictures = match (lost.newest_lost, lost.heads_lost.len()) {
            (true, _) => "; the newest picture is lost, sync to read it again".to_owned(),
            (false, 0) => String::new(),
            (false, lost) => format!("; older pictures lost: {lost}"),
        };
        eprintln!(
            "porticoctl: the account's file was damaged; what still opened was taken over, the damaged file is kept as {}{pictures}",
            recovered.set_aside
        );
    }
    if unlocked.losses().session {
        eprintln!("porticoctl: the tokens of this account are damaged; log in again before the next sync");
    }
    unlocked
}

/// Unlocks the account: by the session, by a password that was pointed out, or by asking for it.
///
/// # Errors
/// [`Failure::Locked`] when there is neither a session nor a way to a password.
pub(crate) fn unlock(profile: &Profile, global: &Global) -> Result<Unlocked, Failure> {
    let account = choose(profile, global)?;
    if account.signed_out {
        return Err(Failure::SignedOut);
    }
    check_may_stay(profile, &account)?;
    // A password that was pointed out on this command line counts more than what the shell still carries.
    if !global.password.is_given()
        && let Some(key) = session_key()?
    {
        return Ok(telling(profile.unlock_with_session(account.id, &key)?));
    }
    // Whoever reads may come with a session, too.
    unlock_with_password(profile, &account, global).map_err(|failure| match failure {
        Failure::Locked { .. } => Failure::Locked { session_would_do: true },
        other => other,
    })
}

/// As [`unlock`], for reading: says where nothing was read from the server yet, which an empty list does not.
pub(crate) fn unlock_to_read(profile: &Profile, global: &Global) -> Result<Unlocked, Failure> {
    let unlocked = unlock(profile, global)?;
    match unlocked.picture().last_read_at() {
        None => eprintln!("porticoctl: nothing was read from the server yet; porticoctl sync does that"),
        Some(read) => tell_of_clock(read),
    }
    Ok(unlocked)
}

/// Says where the clock cannot have been right both when the account was last read and now: every age is told by it.
pub(crate) fn tell_of_clock(read: OffsetDateTime) {
    if read - OffsetDateTime::now_utc() > AHEAD {
        eprintln!(
            "porticoctl: what is kept was read on {}, which is later than this computer's clock says it is now: the clock \
             is wrong, or was then; set it right, then sync",
            words::date(read)
        );
    }
}

/// Unlocks the account with the master password, whatever session there may be.
pub(crate) fn unlock_with_password(
    profile: &Profile,
    account: &AccountSummary,
    global: &Global,
) -> Result<Unlocked, Failure> {
    check_may_stay(profile, account)?;
    let password =
        global.password.read(&format!("Master password of {}", account.email)).map_err(|failure| {
            match failure {
                Failure::NoPassword => Failure::Locked { session_would_do: false },
                other => other,
            }
        })?;
    Ok(telling(profile.unlock(account.id, password.expose())?))
}

/// Refuses an account that a policy wants signed out and that could not be.
fn check_may_stay(profile: &Profile, account: &AccountSummary) -> Result<(), Failure> {
    if profile.is_log_out_due(account.id) { Err(Failure::LogOutDue) } else { Ok(()) }
}

/// The session that the environment carries, if any.
///
/// # Errors
/// [`Failure::NoSessionKey`] when the variable holds something else.
pub(crate) fn session_key() -> Result<Option<SessionKey>, Failure> {
    match std::env::var(SESSION).map(Zeroizing::new) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => SessionKey::parse(&text).map(Some).ok_or(Failure::NoSessionKey),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::NoSessionKey),
    }
}
