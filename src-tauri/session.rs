//! Which accounts are open, and which one is on the page. Each is locked for itself; the page is of one at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::dto::session::SessionNotice;

/// What the window shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// Welcome and sign-in; with an account, that one is to be signed in to again.
    #[default]
    SignedOut,
    SignInAgain(Uuid),
    /// Its page while it is open, else its lock screen.
    Account(Uuid),
}

/// Where the one window stands. `O` is an open account: dropping the last hold of it is its lock.
pub struct Session<O> {
    shown: Shown,
    /// The account that was shown before the sign-in screen.
    before: Option<Uuid>,
    open: BTreeMap<Uuid, Arc<O>>,
    /// What went wrong before the screen of the moment came.
    notices: Vec<SessionNotice>,
}

impl<O> Session<O> {
    /// Nothing is open; `account` is chosen.
    pub fn locked(account: Option<Uuid>) -> Self {
        let shown = account.map_or(Shown::SignedOut, Shown::Account);
        Self { shown, before: account, open: BTreeMap::new(), notices: Vec::new() }
    }

    pub fn shown(&self) -> Shown {
        self.shown
    }

    pub fn before(&self) -> Option<Uuid> {
        self.before
    }

    pub fn notices(&self) -> &[SessionNotice] {
        &self.notices
    }

    /// The open account that is on the page.
    pub fn on_page(&self) -> Option<&Arc<O>> {
        match self.shown {
            Shown::Account(id) => self.open.get(&id),
            Shown::SignedOut | Shown::SignInAgain(_) => None,
        }
    }

    pub fn is_open(&self, account: Uuid) -> bool {
        self.open.contains_key(&account)
    }

    pub fn get(&self, account: Uuid) -> Option<&Arc<O>> {
        self.open.get(&account)
    }

    pub fn all_open(&self) -> impl Iterator<Item = &Arc<O>> {
        self.open.values()
    }

    /// Turns the window to something else. True when the page was of an open account: then a new webview has to take
    /// its place, or what was on the page stays in the old one's memory.
    pub fn show(&mut self, shown: Shown) -> bool {
        let left = self.shown != shown && self.on_page().is_some();
        if let Shown::Account(id) = shown {
            self.before = Some(id);
        }
        self.shown = shown;
        self.notices.clear();
        left
    }

    /// An account was opened and is shown. Returns whether another one's page is left, as [`Session::show`], and what
    /// was open under the same id.
    pub fn admit(&mut self, account: Uuid, open: Arc<O>) -> (bool, Option<Arc<O>>) {
        let left = self.show(Shown::Account(account));
        (left, self.open.insert(account, open))
    }

    /// Locks one account. The second value says whether its page was shown.
    pub fn close(&mut self, account: Uuid) -> Option<(Arc<O>, bool)> {
        let on_page = self.shown == Shown::Account(account);
        self.open.remove(&account).map(|open| (open, on_page))
    }

    /// Locks every account but the one that is shown.
    pub fn close_others(&mut self) -> Vec<Arc<O>> {
        let shown = self.shown;
        let others: Vec<Uuid> = self.open.keys().copied().filter(|id| shown != Shown::Account(*id)).collect();
        others.into_iter().filter_map(|id| self.open.remove(&id)).collect()
    }

    /// Locks everything. The second value says whether the page was of an open account.
    pub fn close_all(&mut self) -> (Vec<Arc<O>>, bool) {
        let on_page = self.on_page().is_some();
        (std::mem::take(&mut self.open).into_values().collect(), on_page)
    }

    /// An account is signed out or gone: the window shows the next one, or the welcome.
    pub fn forget(&mut self, account: Uuid, next: Option<Uuid>) {
        self.open.remove(&account);
        self.before.take_if(|before| *before == account);
        if matches!(self.shown, Shown::Account(id) | Shown::SignInAgain(id) if id == account) {
            self.show(next.map_or(Shown::SignedOut, Shown::Account));
        }
    }

    /// To be said on the screen that comes now, beside what else there is; of one thing the last word counts.
    pub fn say(&mut self, notice: SessionNotice) {
        self.notices.retain(|said| said.about != notice.about);
        self.notices.push(notice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::error::{AppError, ErrorCode};
    use crate::dto::session::NoticeAbout;

    const ONE: Uuid = Uuid::from_u128(1);
    const TWO: Uuid = Uuid::from_u128(2);

    fn both_open() -> Session<&'static str> {
        let mut session = Session::locked(Some(ONE));
        assert_eq!(session.admit(ONE, Arc::new("one")), (false, None), "a lock screen is no page");
        let (left, before) = session.admit(TWO, Arc::new("two"));
        assert!(left && before.is_none(), "the page of the first is left");
        session
    }

    #[test]
    fn switching_locks_nothing_and_leaves_no_page_behind() {
        let mut session = both_open();
        assert_eq!(session.on_page().map(|open| **open), Some("two"));
        assert!(session.show(Shown::Account(ONE)), "another page needs another webview");
        assert_eq!(session.on_page().map(|open| **open), Some("one"));
        assert!(session.is_open(TWO));
        assert!(!session.show(Shown::Account(ONE)), "the same page stays");
        assert!(session.show(Shown::SignedOut), "adding an account leaves the page too");
        assert!(session.on_page().is_none() && session.is_open(ONE));
        assert_eq!(session.before(), Some(ONE));
        assert!(!session.show(Shown::SignInAgain(TWO)), "from one form to another nothing is left");
        assert!(!session.show(Shown::Account(TWO)));
    }

    #[test]
    fn each_account_is_locked_for_itself() {
        let mut session = both_open();
        let Some((closed, on_page)) = session.close(ONE) else { panic!("it was open") };
        assert!(!on_page && *closed == "one");
        assert_eq!(Arc::strong_count(&closed), 1, "nothing else holds its keys");
        assert!(session.is_open(TWO));
        assert!(session.close(ONE).is_none());
        let Some((_, on_page)) = session.close(TWO) else { panic!("it was open") };
        assert!(on_page);
        assert_eq!(session.shown(), Shown::Account(TWO), "its lock screen");
    }

    #[test]
    fn locking_everything_and_locking_the_others() {
        let mut session = both_open();
        assert_eq!(session.close_others().iter().map(|open| **open).collect::<Vec<_>>(), ["one"]);
        assert!(session.is_open(TWO) && !session.is_open(ONE));
        let mut session = both_open();
        let (closed, on_page) = session.close_all();
        assert!(closed.len() == 2 && on_page);
        assert_eq!(session.shown(), Shown::Account(TWO));
        assert!(!session.close_all().1, "a lock screen is no page");
    }

    #[test]
    fn opening_again_gives_the_earlier_one_back_to_be_ended() {
        let mut session = both_open();
        let (left, before) = session.admit(TWO, Arc::new("two again"));
        assert!(!left && before.is_some_and(|before| *before == "two"));
    }

    #[test]
    fn after_a_log_out_the_next_account_is_shown() {
        let mut session = both_open();
        session.forget(ONE, Some(TWO));
        assert_eq!(session.shown(), Shown::Account(TWO), "another account is on the page");
        session.forget(TWO, None);
        assert_eq!((session.shown(), session.before()), (Shown::SignedOut, None));
    }

    #[test]
    fn a_notice_lasts_until_the_window_turns_elsewhere() {
        let mut session = both_open();
        let log_out = || NoticeAbout::LogOut { email: "maya@brightwater.example".to_owned() };
        let settings = || NoticeAbout::Settings { file: "settings-set-aside.json".to_owned() };
        let said = |about, code| SessionNotice { about, error: AppError::of(code) };
        session.say(said(log_out(), ErrorCode::Busy));
        session.say(said(settings(), ErrorCode::SettingsSetAside));
        session.say(said(log_out(), ErrorCode::ReadOnly));
        let codes: Vec<_> = session.notices().iter().map(|notice| notice.error.code).collect();
        assert_eq!(codes, [ErrorCode::SettingsSetAside, ErrorCode::ReadOnly], "each thing once");
        session.show(Shown::Account(ONE));
        assert!(session.notices().is_empty());
    }
}
