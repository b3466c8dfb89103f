//! A page whose process is killed: the window must not stay as it is, with everything open behind it. The driver ends its
//! session with the page: what follows is seen from outside.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    path::Path,
    process::{Child, Command},
    time::Duration,
};

use portico_tests::{
    memory::descendants,
    screen::{shows_a_page, xdotool},
};

use crate::{END_USER, LOCALE, opened, small_demo, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_window_whose_page_dies_comes_back_locked() {
    let demo = small_demo().await;
    let profile = tempfile::tempdir().unwrap();
    opened(&demo, profile.path(), &[]).await.close().await.unwrap();
    let password = demo.account(END_USER).password;
    let mut program = Program::start(profile.path(), LOCALE, None);
    program.page().await;
    program.unlock(password).await;
    program.page_dies();
    until("everything is locked", || !program.has_open()).await;
    program.page().await;
    assert!(!program.has_open());
    // With nothing open there is nothing to lock, and still nothing to see.
    program.page_dies();
    program.page().await;
    program.unlock(password).await;
    // The page that a lock on demand brings is looked after, too.
    xdotool(&["key", "ctrl+l"]);
    until("the lock", || !program.has_open()).await;
    program.page().await;
    program.unlock(password).await;
    program.page_dies();
    until("everything is locked", || !program.has_open()).await;
    program.page().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_dies_again_and_again_ends_the_program_with_a_word() {
    let (profile, said) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (locale, word) in [(LOCALE, "Everything is locked"), ("fr_FR.UTF-8", "Tout est verrouillé")] {
        let mut program = Program::start(profile.path(), locale, Some(said.path()));
        for _ in 0..3 {
            program.page().await;
            program.page_dies();
        }
        program.page().await;
        program.page_dies();
        until("the program ends", || program.child.try_wait().unwrap().is_some()).await;
        assert_eq!(program.child.wait().unwrap().code(), Some(1));
        let said = fs::read_to_string(said.path().join("said")).unwrap();
        assert!(said.contains(word), "{said}");
    }
}

/// The program without a driver. Ends with this value.
struct Program {
    child: Child,
    account: Option<std::path::PathBuf>,
    /// The processes of pages that are gone.
    gone: BTreeSet<u32>,
}

impl Program {
    fn start(profile: &Path, locale: &str, say_in: Option<&Path>) -> Self {
        let binary = std::env::var("PORTICO_BINARY").expect("PORTICO_BINARY names the program");
        let mut start = Command::new(binary);
        start.arg("--profile").arg(profile).env("LANG", locale).env("LC_ALL", locale);
        start.envs(say_in.map(|folder| ("PORTICO_E2E_SAY_IN", folder)));
        let mut accounts = fs::read_dir(profile.join("accounts")).into_iter().flatten().flatten();
        let account = accounts.next().map(|folder| folder.path());
        Self { child: start.spawn().expect("the program starts"), account, gone: BTreeSet::new() }
    }

    fn pages(&self) -> BTreeSet<u32> {
        let all = descendants(self.child.id()).into_iter();
        all.filter(|one| one.name.starts_with("WebKitWebProces")).map(|one| one.id).collect()
    }

    /// Waits for a page that was not there before.
    async fn page(&mut self) {
        until("a page", || !self.pages().is_subset(&self.gone) && shows_a_page()).await;
        // The keys go to where the pointer is.
        xdotool(&["mousemove", "640", "400"]);
    }

    fn page_dies(&mut self) {
        for id in self.pages() {
            let _ = Command::new("kill").args([OsStr::new("-9"), id.to_string().as_ref()]).status();
            self.gone.insert(id);
        }
    }

    /// While an account is open a journal lies beside its file.
    fn has_open(&self) -> bool {
        self.account.as_ref().is_some_and(|account| account.join("cache.sqlite3-wal").exists())
    }

    /// The field has the focus as soon as the page has begun: typed once more if that was too early.
    async fn unlock(&self, password: &str) {
        for _ in 0..20 {
            xdotool(&["key", "ctrl+a"]);
            xdotool(&["type", password]);
            xdotool(&["key", "Return"]);
            tokio::time::sleep(Duration::from_secs(2)).await;
            if self.has_open() {
                return;
            }
        }
        panic!("the account does not open");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
