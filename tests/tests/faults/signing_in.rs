//! What leads into an account meets every fault: the prelogin, the token grants of a password and of an API key, the mails
//! with codes. It ends, it says why, and nothing is kept of it on this machine; afterwards the same works.

use std::collections::BTreeSet;
use std::time::Duration;

use portico_client::{
    ApiKeySignIn, CancellationToken, MailedCode, SignInError, SignInOutcome, SignInRequest, mail_code,
    sign_in, sign_in_with_api_key,
};
use portico_profile::{ApiKey, Profile};
use portico_protocol::SecretText;
use portico_tests::proxy::{FAULTS, Fault, Place};
use uuid::Uuid;

use crate::demo::{PROVIDER_ADMIN, address};
use crate::{HANGS, There};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Password,
    ApiKey,
    Mail(MailedCode),
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_sign_in_meets_every_fault() {
    let there = There::new().await;
    let (user, secret) = there.api_key();
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let mut seen = BTreeSet::new();
    let mut met = 0;
    for way in [Way::Password, Way::ApiKey, Way::Mail(MailedCode::NewDevice), Way::Mail(MailedCode::TwoStep)]
    {
        match way {
            Way::Mail(MailedCode::NewDevice) => there.set("verify_devices = 1"),
            Way::Mail(MailedCode::TwoStep) => there.set("two_step_email = email"),
            _ => {}
        }
        there.proxy.harm(Place::Nowhere, Fault::CutBefore);
        there.get_in(way, &profile, (user, &secret), Duration::from_secs(30)).await.unwrap();
        for target in there.proxy.asked() {
            // A mail is asked for with the same prelogin.
            if seen.contains(&target) && way != Way::ApiKey {
                continue;
            }
            for fault in FAULTS {
                forget(&profile);
                there.proxy.harm(Place::Always(target.clone()), fault);
                let outcome = there.get_in(way, &profile, (user, &secret), Duration::from_secs(1)).await;
                let what = format!("{way:?} {target} {fault:?}");
                match outcome {
                    Ok(()) => assert!(may_pass(way, fault), "{what}"),
                    Err(error) => {
                        assert!(
                            matches!(error, SignInError::Api(_) | SignInError::Kdf(_)),
                            "{what}: {error:?}"
                        );
                        assert_eq!(profile.account_ids().unwrap(), [] as [Uuid; 0], "{what}");
                    }
                }
                met += 1;
            }
            there.proxy.harm(Place::Nowhere, Fault::CutBefore);
            there.get_in(way, &profile, (user, &secret), Duration::from_secs(30)).await.unwrap();
            seen.insert(target);
        }
    }
    // Prelogin, two grants, two mails.
    assert!(met >= 5 * FAULTS.len(), "{met}");
}

/// Who is here already keeps what is here, tokens and pictures.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_account_stays_as_it_is_when_a_new_sign_in_fails() {
    let there = There::new().await;
    let (user, secret) = there.api_key();
    let password = there.demo.account(PROVIDER_ADMIN).password;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let unlocked = there.demo.sign_in(&profile, PROVIDER_ADMIN).await;
    there.demo.sync(&profile, &unlocked).await.unwrap();
    let token = unlocked.session().unwrap().access_token.expose().to_owned();
    let head = unlocked.picture().head().unwrap().number;
    drop(unlocked);
    for target in ["POST /identity/accounts/prelogin", "POST /identity/connect/token"] {
        for fault in FAULTS.into_iter().filter(|fault| *fault != Fault::Twice) {
            there.proxy.harm(Place::Always(target.to_owned()), fault);
            let outcome =
                there.get_in(Way::Password, &profile, (user, &secret), Duration::from_secs(1)).await;
            assert!(outcome.is_err(), "{target} {fault:?}");
        }
        let met = there.proxy.asked().iter().filter(|asked| *asked == target).count();
        assert!(met > 0, "{target} is asked for");
    }
    let unlocked = profile.unlock(there.unlocked.account(), password).unwrap();
    assert_eq!(unlocked.session().unwrap().access_token.expose(), token);
    assert_eq!(unlocked.picture().head().unwrap().number, head);
}

impl There {
    fn set(&self, set: &str) {
        let sql = format!("UPDATE users SET {set} WHERE email = ?1");
        let email = self.demo.account(PROVIDER_ADMIN).email;
        assert_eq!(self.demo.database().execute(&sql, [email]).unwrap(), 1);
    }

    fn api_key(&self) -> (Uuid, String) {
        let email = self.demo.account(PROVIDER_ADMIN).email;
        let read = "SELECT id, api_key FROM users WHERE email = ?1";
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?));
        let (id, secret) = self.demo.database().query_row(read, [email], row).unwrap();
        (Uuid::from_slice(&id).unwrap(), secret)
    }

    /// Through the proxy, all the way.
    async fn get_in(
        &self,
        way: Way,
        profile: &Profile,
        (user, secret): (Uuid, &str),
        patience: Duration,
    ) -> Result<(), SignInError> {
        let api = self.api_through_the_proxy(patience, patience);
        let account = self.demo.account(PROVIDER_ADMIN);
        let password = || SecretText::new(account.password.to_owned());
        let by_password = SignInRequest {
            server: address(),
            email: account.email.to_owned(),
            password: password(),
            two_factor: None,
            new_device_code: None,
            accept_cheaper_kdf: false,
        };
        let by_key = ApiKeySignIn {
            server: address(),
            key: ApiKey::new(&format!("user.{user}"), SecretText::new(secret.to_owned())).unwrap(),
            password: password(),
            accept_cheaper_kdf: false,
        };
        let stop = CancellationToken::new();
        let getting_in = async {
            let outcome = match way {
                Way::Password => sign_in(&api, profile, &by_password, &stop).await?,
                Way::ApiKey => sign_in_with_api_key(&api, profile, &by_key, &stop).await?,
                Way::Mail(which) => return mail_code(&api, profile, &by_password, which, &stop).await,
            };
            assert!(matches!(outcome, SignInOutcome::SignedIn(_)), "{way:?}: something was asked for");
            Ok(())
        };
        tokio::time::timeout(HANGS, getting_in).await.expect("a sign-in hangs")
    }
}

/// A sign-in needs a whole answer. That a mail is under way is said by the status alone: the body has nothing in it.
fn may_pass(way: Way, fault: Fault) -> bool {
    match (way, fault) {
        (_, Fault::Twice) => true,
        (Way::Password | Way::ApiKey, _) => false,
        (Way::Mail(_), Fault::Instead(status, what)) => status == 200 && what != "page",
        (Way::Mail(_), fault) => !matches!(
            fault,
            Fault::CutBefore | Fault::CutInHead | Fault::Silence | Fault::Late | Fault::Overtaken
        ),
    }
}

fn forget(profile: &Profile) {
    for account in profile.account_ids().unwrap() {
        profile.remove(account, false).unwrap();
    }
}
