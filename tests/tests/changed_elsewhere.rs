//! What unlocks an account is changed by the person's other client, against the real service: ours says at its next sync
//! that the person has to sign in again, shows what it has until then, and brings everything along after it.
#![allow(clippy::unwrap_used)] // A test may panic.

mod demo;
mod second_client;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use demo::{Demo, PROVIDER_ADMIN, Readable, address, read_all};
use portico_cache::{Cache, ClosedCache, HeadNumber, Ref, SlotSecret};
use portico_client::{
    ApiError, ApiKeySignIn, CancellationToken, PreviousKey, RotatedKey, SignInOutcome, SignInRequest,
    SyncError, SyncOptions, SyncReport, sign_in, sign_in_with_api_key, sync,
};
use portico_crypto::{Kdf, SymmetricKey};
use portico_demo::DemoSize;
use portico_profile::{ApiKey, ChangedElsewhere, Clock, Profile, UnlockError, Unlocked};
use portico_protocol::SecretText;
use portico_vault::Opened;
use second_client::SecondClient;
use tempfile::TempDir;
use uuid::Uuid;

const NEW_PASSWORD: &str = "seven lamps in the harbour";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_takes_over_at_the_next_sign_in_and_not_before() {
    let (demo, computer, unlocked) = with_history().await;
    let elsewhere = SecondClient::signed_in(&demo, password(&demo)).await;
    elsewhere.change_password(NEW_PASSWORD).await;
    let password = password(&demo);
    let unlocked = signed_in_again_with(&demo, &computer, unlocked, NEW_PASSWORD).await;
    let account = unlocked.account();
    drop(unlocked);
    let old = computer.profile.unlock(account, password).map(drop);
    assert!(matches!(old, Err(UnlockError::WrongPassword)), "{old:?}");
    drop(computer.profile.unlock(account, NEW_PASSWORD).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_derivation_takes_over_at_the_next_sign_in_and_not_before() {
    let (demo, computer, unlocked) = with_history().await;
    let account = unlocked.account();
    let before = computer.profile.kdf(account).unwrap();
    assert!(matches!(before, Kdf::Pbkdf2(_)));
    let argon2id = Kdf::argon2id(6, 32, 4).unwrap();
    SecondClient::signed_in(&demo, password(&demo)).await.change_kdf(password(&demo), &argon2id).await;
    let password = password(&demo);
    // The password is the same; what it is derived by here is still what it was.
    let unlocked = signed_in_again_with(&demo, &computer, unlocked, password).await;
    drop(unlocked);
    assert_eq!(computer.profile.kdf(account).unwrap(), argon2id);
    drop(computer.profile.unlock(account, password).unwrap());
}

/// Until the person signs in, the account is what it was, under the password of then; afterwards it still is.
async fn signed_in_again_with(
    demo: &Demo,
    computer: &Computer,
    unlocked: Unlocked,
    password_of_now: &str,
) -> Unlocked {
    let password = password(demo);
    let (account, before, shown) = (unlocked.account(), computer.history(&unlocked), shown(&unlocked));
    assert_signed_out(computer.sync(demo, &unlocked).await);
    drop(unlocked);
    let unlocked = computer.profile.unlock(account, password).unwrap();
    assert_eq!((computer.history(&unlocked), self::shown(&unlocked)), (before.clone(), shown));
    drop(unlocked);

    let SignInOutcome::SignedIn(unlocked) = computer.sign_in(demo, password_of_now).await else {
        panic!("the user key is the same")
    };
    assert_eq!((computer.history(&unlocked), self::shown(&unlocked)), (before.clone(), shown));
    assert!(computer.profile.set_aside_files(account).unwrap().is_empty());
    computer.sync(demo, &unlocked).await.unwrap();
    assert_eq!((days(&computer.history(&unlocked)), self::shown(&unlocked)), (days(&before), shown));
    *unlocked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_rotated_while_the_account_is_open_takes_the_history_along() {
    let (demo, computer, unlocked) = with_history().await;
    let (account, before, shown) = (unlocked.account(), computer.history(&unlocked), shown(&unlocked));
    SecondClient::signed_in(&demo, password(&demo)).await.rotate(NEW_PASSWORD).await;
    assert_signed_out(computer.sync(&demo, &unlocked).await);
    assert_eq!(self::shown(&unlocked), shown, "nothing has changed yet");

    // The password changed with it: the open account knows the key from before all the same.
    let mut rotated = computer.rotated(&demo, NEW_PASSWORD).await;
    assert!(rotated.take_known().is_none());
    let previous = PreviousKey::of(&unlocked);
    let old_file = SymmetricKey::from_array(unlocked.user_key().expose());
    drop(unlocked);
    let unlocked = rotated.carry_over(&computer.profile, &previous).unwrap();
    assert!(computer.opens(account, &old_file).is_none(), "who holds the old key reads nothing new");
    is_all_there(&demo, &computer, &unlocked, &before, shown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_rotated_under_the_same_password_asks_nothing() {
    let (demo, computer, unlocked) = with_history().await;
    let (before, shown) = (computer.history(&unlocked), shown(&unlocked));
    drop(unlocked);
    SecondClient::signed_in(&demo, password(&demo)).await.rotate(password(&demo)).await;
    let mut rotated = computer.rotated(&demo, password(&demo)).await;
    let previous = rotated.take_known().unwrap();
    let unlocked = rotated.carry_over(&computer.profile, &previous).unwrap();
    is_all_there(&demo, &computer, &unlocked, &before, shown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_while_locked_the_previous_password_is_asked_for_once() {
    let (demo, computer, unlocked) = with_history().await;
    let (account, before, shown) = (unlocked.account(), computer.history(&unlocked), shown(&unlocked));
    drop(unlocked);
    SecondClient::signed_in(&demo, password(&demo)).await.rotate(NEW_PASSWORD).await;

    let mut rotated = computer.rotated(&demo, NEW_PASSWORD).await;
    assert!(rotated.take_known().is_none());
    let wrong = rotated.previous_key(&computer.profile, NEW_PASSWORD).map(drop);
    assert!(matches!(wrong, Err(UnlockError::WrongPassword)), "{wrong:?}");
    // Given up in between, nothing is lost: the old password still reads, and the next sign-in asks again.
    drop(rotated);
    assert_eq!(self::shown(&computer.profile.unlock(account, password(&demo)).unwrap()), shown);

    let rotated = computer.rotated(&demo, NEW_PASSWORD).await;
    let previous = rotated.previous_key(&computer.profile, password(&demo)).unwrap();
    let unlocked = rotated.carry_over(&computer.profile, &previous).unwrap();
    is_all_there(&demo, &computer, &unlocked, &before, shown).await;
    drop(unlocked);
    let old = computer.profile.unlock(account, password(&demo)).map(drop);
    assert!(matches!(old, Err(UnlockError::WrongPassword)), "{old:?}");
    assert!(matches!(computer.sign_in(&demo, NEW_PASSWORD).await, SignInOutcome::SignedIn(_)), "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_previous_password_the_old_file_is_set_aside_and_a_fresh_picture_taken() {
    let (demo, computer, unlocked) = with_history().await;
    let (account, before, shown) = (unlocked.account(), computer.history(&unlocked), shown(&unlocked));
    let previous = SymmetricKey::from_array(unlocked.user_key().expose());
    drop(unlocked);
    SecondClient::signed_in(&demo, password(&demo)).await.rotate(NEW_PASSWORD).await;

    let rotated = computer.rotated(&demo, NEW_PASSWORD).await;
    let unlocked = rotated.set_aside(&computer.profile).unwrap();
    assert!(unlocked.picture().head().is_none());
    let aside = computer.profile.set_aside_files(account).unwrap();
    assert_eq!(aside.len(), 1, "the person is told its name");
    computer.sync(&demo, &unlocked).await.unwrap();
    assert_eq!(unlocked.heads().unwrap().len(), 1);
    assert_eq!(self::shown(&unlocked), shown);
    let old = computer.account_folder(account).join(&aside[0].name);
    let old = ClosedCache::open(&old).unwrap();
    let old = old.unlock_with_account(&SlotSecret::from_user_key(previous.expose(), account)).unwrap();
    assert_eq!(kept(&old), before, "nothing was deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_out_everywhere_means_sign_in_again_and_loses_nothing() {
    let (demo, computer, unlocked) = with_history().await;
    let (account, before, shown) = (unlocked.account(), computer.history(&unlocked), shown(&unlocked));
    SecondClient::signed_in(&demo, password(&demo)).await.sign_out_everywhere().await;
    for _ in 0..2 {
        assert_signed_out(computer.sync(&demo, &unlocked).await);
        assert_eq!((computer.history(&unlocked), self::shown(&unlocked)), (before.clone(), shown));
    }
    drop(unlocked);
    assert_eq!(computer.profile.accounts().unwrap().len(), 1);
    drop(computer.profile.unlock(account, password(&demo)).unwrap());
    let SignInOutcome::SignedIn(unlocked) = computer.sign_in(&demo, password(&demo)).await else { panic!() };
    assert_eq!((computer.history(&unlocked), self::shown(&unlocked)), (before, shown));
    computer.sync(&demo, &unlocked).await.unwrap();
}

/// An API key outlives what ends every session: there the change shows in the vault itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_an_api_key_sees_the_change_in_the_vault() {
    let (demo, computer, unlocked) = with_history().await;
    let shown = shown(&unlocked);
    let elsewhere = SecondClient::signed_in(&demo, password(&demo)).await;
    let secret = elsewhere.api_key().await;
    let user = unlocked.account();
    drop(unlocked);
    let by_key = async |password: &str| {
        let request = ApiKeySignIn {
            server: address(),
            key: ApiKey::new(&format!("user.{user}"), SecretText::new(secret.clone())).unwrap(),
            password: SecretText::new(password.to_owned()),
            accept_cheaper_kdf: false,
        };
        let (client, stop) = (demo.client(&computer.profile), CancellationToken::new());
        sign_in_with_api_key(&client, &computer.profile, &request, &stop).await.unwrap()
    };
    let SignInOutcome::SignedIn(unlocked) = by_key(password(&demo)).await else { panic!() };
    computer.sync(&demo, &unlocked).await.unwrap();

    elsewhere.change_password(NEW_PASSWORD).await;
    let outcome = computer.sync(&demo, &unlocked).await;
    assert!(matches!(outcome, Err(SyncError::SignInAgain(ChangedElsewhere::Password))), "{outcome:?}");
    drop(unlocked);
    let SignInOutcome::SignedIn(unlocked) = by_key(NEW_PASSWORD).await else { panic!() };
    computer.sync(&demo, &unlocked).await.unwrap();

    let elsewhere = SecondClient::signed_in(&demo, NEW_PASSWORD).await;
    elsewhere.rotate(NEW_PASSWORD).await;
    let outcome = computer.sync(&demo, &unlocked).await;
    assert!(matches!(outcome, Err(SyncError::SignInAgain(ChangedElsewhere::UserKey))), "{outcome:?}");
    assert_eq!(self::shown(&unlocked), shown);
    let before = computer.history(&unlocked);
    drop(unlocked);
    let SignInOutcome::KeyRotated(mut rotated) = by_key(NEW_PASSWORD).await else { panic!() };
    let previous = rotated.take_known().unwrap();
    let unlocked = rotated.carry_over(&computer.profile, &previous).unwrap();
    is_all_there(&demo, &computer, &unlocked, &before, shown).await;
}

/// The history came along, an old day is as it was, and after a sync every item opens with the new key.
async fn is_all_there(
    demo: &Demo,
    computer: &Computer,
    unlocked: &Unlocked,
    before: &[Kept],
    shown: (Readable, usize),
) {
    assert_eq!(computer.history(unlocked), before);
    assert_eq!(self::shown(unlocked), shown, "what was sealed under the old key opens before the next sync");
    // An ordinary sync reads the vault in any case: what hung on the old key is of no use any more.
    let report = demo.sync(&computer.profile, unlocked).await.unwrap();
    assert!(report.vault_read && report.failed.is_empty(), "{report:?}");
    assert_eq!(days(&computer.history(unlocked))[..2], days(before));
    assert_eq!(self::shown(unlocked), shown);
    assert!(computer.profile.set_aside_files(unlocked.account()).unwrap().is_empty());
    let again = demo.sync(&computer.profile, unlocked).await.unwrap();
    assert!(!again.vault_read, "what is under the new key is not read again");
}

/// What is readable, and of how many items the content opens.
fn shown(unlocked: &Unlocked) -> (Readable, usize) {
    let picture = unlocked.picture();
    let opens = |item: &&portico_vault::ItemOverview| {
        matches!(&item.name, Opened::Value(name) if !name.is_empty())
            && !picture.item(item.id).unwrap().has_unreadable_parts()
    };
    (read_all(&picture), picture.items().iter().filter(opens).count())
}

fn assert_signed_out(outcome: Result<SyncReport, SyncError>) {
    let Err(SyncError::Api(error)) = &outcome else { panic!("{outcome:?}") };
    assert!(matches!(**error, ApiError::SignedOut), "{error:?}");
}

fn password(demo: &Demo) -> &'static str {
    demo.account(PROVIDER_ADMIN).password
}

/// A head: its number, its moment, and how many objects with how many bytes of content hang on it.
type Kept = (HeadNumber, i64, (usize, usize));

/// Another vault gives a head another number, not another day.
fn days(history: &[Kept]) -> Vec<(i64, (usize, usize))> {
    history.iter().map(|(_, taken_at, content)| (*taken_at, *content)).collect()
}

fn kept(cache: &Cache) -> Vec<Kept> {
    fn below(cache: &Cache, at: Ref) -> (usize, usize) {
        let object = cache.object(at).unwrap();
        object.refs().iter().fold((1, object.payload().len()), |(objects, bytes), child| {
            let (more, longer) = below(cache, *child);
            (objects + more, bytes + longer)
        })
    }
    let of =
        |head: &portico_cache::Head| (head.number, head.taken_at.0, below(cache, head.structure.unwrap()));
    cache.heads().unwrap().iter().map(of).collect()
}

/// Our computer, on which days pass.
struct Computer {
    profile: Profile,
    folder: TempDir,
    clock: Arc<Days>,
}

struct Days(AtomicU64);

impl Clock for Days {
    fn now(&self) -> SystemTime {
        SystemTime::now() - Duration::from_secs(86_400) * 3
            + Duration::from_secs(86_400 * self.0.load(Ordering::SeqCst))
    }
}

impl Computer {
    fn account_folder(&self, account: Uuid) -> PathBuf {
        self.folder.path().join("accounts").join(account.to_string())
    }

    fn opens(&self, account: Uuid, user_key: &SymmetricKey) -> Option<Cache> {
        let closed = ClosedCache::open(&self.account_folder(account).join("cache.sqlite3")).unwrap();
        closed.unlock_with_account(&SlotSecret::from_user_key(user_key.expose(), account)).ok()
    }

    fn history(&self, unlocked: &Unlocked) -> Vec<Kept> {
        kept(&self.opens(unlocked.account(), unlocked.user_key()).unwrap())
    }

    async fn sign_in(&self, demo: &Demo, password: &str) -> SignInOutcome {
        let request = SignInRequest::new(
            address(),
            demo.account(PROVIDER_ADMIN).email.to_owned(),
            SecretText::new(password.to_owned()),
        );
        let (client, stop) = (demo.client(&self.profile), CancellationToken::new());
        sign_in(&client, &self.profile, &request, &stop).await.unwrap()
    }

    async fn rotated(&self, demo: &Demo, password: &str) -> Box<RotatedKey> {
        match self.sign_in(demo, password).await {
            SignInOutcome::KeyRotated(rotated) => rotated,
            _ => panic!("the rotation went unnoticed"),
        }
    }

    async fn sync(&self, demo: &Demo, unlocked: &Unlocked) -> Result<SyncReport, SyncError> {
        let (client, stop) = (demo.client(&self.profile), CancellationToken::new());
        let options = SyncOptions { full: true, ..SyncOptions::default() };
        sync(&client, unlocked, &options, &|_| {}, &stop).await
    }
}

/// Two days of history of a provider's admin, who is signed in.
async fn with_history() -> (Demo, Computer, Unlocked) {
    let size = DemoSize { clients: 3, members: Some(6), items: 20, ..DemoSize::default() };
    let demo = Demo::start(&size).await;
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(Days(AtomicU64::new(0)));
    let profile = Profile::open_with_clock(folder.path(), Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
    let computer = Computer { profile, folder, clock };
    let SignInOutcome::SignedIn(unlocked) = computer.sign_in(&demo, password(&demo)).await else { panic!() };
    computer.sync(&demo, &unlocked).await.unwrap();
    computer.clock.0.fetch_add(1, Ordering::SeqCst);
    SecondClient::signed_in(&demo, password(&demo)).await.make_a_group().await;
    computer.sync(&demo, &unlocked).await.unwrap();
    assert_eq!(unlocked.heads().unwrap().len(), 2);
    computer.clock.0.fetch_add(1, Ordering::SeqCst);
    (demo, computer, *unlocked)
}
