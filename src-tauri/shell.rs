//! What the shell keeps while it runs: the profile, where the session stands, and one value that is dropped on lock.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};

use portico_client::ServerAddress;
use portico_profile::{Authority, Profile, ProfileError, UnlockError};
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use crate::{
    clipboard::Clipboard,
    dto::{
        error::{AppError, ErrorCode},
        session::{NoticeAbout, SessionNotice},
        sync::SyncStatus,
    },
    held::held,
    idle::{IdleEnd, LogOuts, Touched, idle_end},
    keychain::SystemKeychain,
    rotation::Rotation,
    session::Session,
};

pub use crate::open_account::{Draft, KeptEvents, Open, idle_status};

/// State of the program, managed by Tauri.
pub struct Shell {
    pub profile: Profile,
    pub clipboard: Clipboard,
    #[cfg(feature = "demo")]
    pub hosting: crate::hosting::Hosting,
    session: Mutex<Session<Open>>,
    touched: Mutex<Touched>,
    log_outs: Mutex<LogOuts>,
    /// What waits between two steps of signing in after a key rotation elsewhere.
    pub rotation: Rotation,
    /// The unlock or sign-in under way; a newer one, a lock or a choice takes its effect away.
    opening: Mutex<CancellationToken>,
    /// The certificate authority that the person chose for the sign-in under way.
    authority: Mutex<Option<Authority>>,
}

impl Shell {
    /// Opens the profile folder; nothing is unlocked. The account that was shown last is chosen, or the first one.
    pub fn open(folder: &Path) -> Result<Self, ProfileError> {
        let profile = Profile::open(folder)?.with_keychain(Arc::new(SystemKeychain));
        let last = profile.settings().last_account;
        let mut accounts = profile.accounts()?;
        accounts.retain(|account| !account.signed_out);
        let chosen = accounts.iter().find(|account| Some(account.id) == last).or(accounts.first());
        let mut session = Session::locked(chosen.map(|account| account.id));
        if let Some(file) = profile.settings_set_aside() {
            let error = AppError { code: ErrorCode::SettingsSetAside, detail: Some(file.to_owned()) };
            session.say(SessionNotice { about: NoticeAbout::Settings { file: file.to_owned() }, error });
        }
        // An account that cannot be shown is in no list: who looks for it has to be told why.
        for (account, error) in profile.unusable_accounts()? {
            tracing::warn!(%account, %error, "the account's file cannot be used");
            let about = NoticeAbout::Account { folder: account.to_string() };
            session.say(SessionNotice { about, error: UnlockError::from(error).into() });
        }
        let log_outs = LogOuts::of_settings(&profile.settings().due_log_outs);
        Ok(Self {
            #[cfg(feature = "demo")]
            hosting: crate::hosting::Hosting::new(folder),
            profile,
            clipboard: Clipboard::default(),
            session: Mutex::new(session),
            touched: Mutex::new(Touched::now()),
            log_outs: Mutex::new(log_outs),
            rotation: Rotation::default(),
            opening: Mutex::new(CancellationToken::new()),
            authority: Mutex::new(None),
        })
    }

    pub fn session(&self) -> MutexGuard<'_, Session<Open>> {
        held(&self.session)
    }

    /// The open account that is on the page, if there is one.
    pub fn unlocked(&self) -> Option<Arc<Open>> {
        self.session().on_page().map(Arc::clone)
    }

    /// How the syncs of the account on the page stand.
    pub fn status(&self) -> SyncStatus {
        // A locked page learns nothing of an account.
        self.unlocked().map_or_else(idle_status, |open| open.status().clone())
    }

    /// Changes the sync status of an account and says whether it is the one on the page: what runs for another, or for
    /// one that was locked, must not be told.
    pub fn update_status(&self, open: &Open, change: impl FnOnce(&mut SyncStatus)) -> bool {
        change(&mut open.status());
        self.session().on_page().is_some_and(|shown| std::ptr::eq(Arc::as_ptr(shown), open))
    }

    /// The certificate authority that was chosen for the sign-in under way.
    pub fn chosen_authority(&self) -> MutexGuard<'_, Option<Authority>> {
        held(&self.authority)
    }

    /// Begins to open an account; whatever was being opened before has no effect any more.
    pub fn begin_opening(&self) -> CancellationToken {
        let mut opening = held(&self.opening);
        opening.cancel();
        *opening = CancellationToken::new();
        opening.clone()
    }

    /// The unlock or sign-in that is under way.
    pub fn opening(&self) -> CancellationToken {
        held(&self.opening).clone()
    }

    /// The person is there.
    pub fn touch(&self) {
        *held(&self.touched) = Touched::now();
    }

    /// What is due because the window was left alone for longer than the settings, or an organization, allow. The
    /// strictest of all open accounts counts for the window.
    pub fn idle_end(&self) -> Option<IdleEnd> {
        let open: Vec<Arc<Open>> = self.session().all_open().map(Arc::clone).collect();
        let policies: Vec<_> = open.iter().map(|open| (open.account(), open.lock_policies())).collect();
        let touched = self.touched();
        let idle = touched.ago();
        let mut anything_new = false;
        for (account, policies) in &policies {
            anything_new |= self.log_outs().note(*account, policies, touched);
        }
        if anything_new {
            self.save_log_outs();
        }
        let is_open = |account| open.iter().any(|open| open.account() == account);
        let over = self.log_outs().over(is_open);
        idle_end(self.profile.settings().lock_after_minutes, &policies, over, idle)
    }

    /// An account was locked, and may have to be signed out yet.
    pub fn keep_log_out(&self, open: &Open) {
        let since = self.touched();
        self.log_outs().keep(open.account(), &open.lock_policies(), since);
        self.save_log_outs();
    }

    /// The account is signed out, or gone.
    pub fn forget_log_out(&self, account: Uuid) {
        self.log_outs().forget(account);
        self.save_log_outs();
    }

    /// A program that starts anew goes on counting.
    fn save_log_outs(&self) {
        let due = self.log_outs().for_settings();
        if self.profile.settings().due_log_outs == due {
            return;
        }
        if let Err(error) = self.profile.change_settings(|settings| settings.due_log_outs = due) {
            tracing::warn!(%error, "a restart of the program would forget a log-out by policy");
        }
    }

    pub fn log_outs(&self) -> MutexGuard<'_, LogOuts> {
        held(&self.log_outs)
    }

    fn touched(&self) -> Touched {
        *held(&self.touched)
    }

    /// Before the program ends.
    pub fn close(&self) {
        self.clipboard.clear();
        self.rotation.forget();
        let (open, _) = self.session().close_all();
        for open in open {
            open.closing.cancel();
            self.keep_log_out(&open);
        }
    }
}

/// The server as a person knows it; nothing for the embedded one.
pub fn shown_server(address: &ServerAddress) -> String {
    match address {
        ServerAddress::UnitedStates => "bitwarden.com".to_owned(),
        ServerAddress::Europe => "bitwarden.eu".to_owned(),
        ServerAddress::SelfHosted(url) => shown_host(url),
        ServerAddress::Separate(services) => shown_host(&services.base),
        ServerAddress::Embedded(_) => String::new(),
    }
}

fn shown_host(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => url.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{dto::session::SessionState, told};

    const LOST: Uuid = Uuid::from_u128(7);

    #[test]
    fn each_thing_that_is_wrong_at_the_start_is_told_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let account = folder.path().join("accounts").join(LOST.to_string());
        std::fs::create_dir_all(&account).unwrap();
        std::fs::write(account.join("cache.sqlite3"), b"no file of ours").unwrap();
        std::fs::write(folder.path().join("settings.json"), b"no settings").unwrap();
        let shell = Shell::open(folder.path()).unwrap();
        let SessionState::SignedOut { notices, .. } = told::state(&shell).unwrap() else {
            panic!("there is no account to choose")
        };
        let [settings, lost] = notices.as_slice() else { panic!("{notices:?}") };
        let NoticeAbout::Settings { file } = &settings.about else { panic!("{settings:?}") };
        assert!(folder.path().join(file).exists(), "{file}");
        assert_eq!(settings.error.code, ErrorCode::SettingsSetAside);
        assert_eq!(lost.about, NoticeAbout::Account { folder: LOST.to_string() });
        assert_eq!(lost.error.code, ErrorCode::Damaged);
    }
}
