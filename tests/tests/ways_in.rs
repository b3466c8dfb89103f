//! Every way to sign in, with a real server: codes that it mails, the recovery code, remembered and new devices, the
//! personal API key, both key derivations.
#![allow(clippy::unwrap_used)] // A test may panic.

mod demo;

use demo::{Demo, PROVIDER_ADMIN, address, read_all};
use portico_client::{
    ApiError, CancellationToken, MailedCode, SignInError, SignInOutcome, SignInRequest, SyncError,
    TwoFactorAnswer, TwoFactorChallenge, mail_code, sign_in, sign_in_with_api_key,
};
use portico_client::{ApiKeySignIn, Kdf};
use portico_crypto::ceremony::make_account;
use portico_demo::{DemoAccount, DemoSize};
use portico_profile::{ApiKey, Profile, SessionTokens, Unlocked};
use portico_protocol::SecretText;
use portico_protocol::identity::TwoFactorProvider;
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

fn small() -> DemoSize {
    DemoSize { clients: 2, members: Some(4), items: 10, ..DemoSize::default() }
}

/// A computer: a profile folder and who sits before it.
struct Computer {
    profile: Profile,
    _folder: TempDir,
}

impl Computer {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { profile: Profile::open(folder.path()).unwrap(), _folder: folder }
    }

    async fn try_in(&self, demo: &Demo, request: &SignInRequest) -> Result<SignInOutcome, SignInError> {
        sign_in(&demo.client(&self.profile), &self.profile, request, &CancellationToken::new()).await
    }

    async fn signed_in(&self, demo: &Demo, request: &SignInRequest) -> Box<Unlocked> {
        match self.try_in(demo, request).await {
            Ok(SignInOutcome::SignedIn(unlocked)) => unlocked,
            Ok(_) => panic!("asked for a code"),
            Err(error) => panic!("{error}"),
        }
    }

    async fn challenged(&self, demo: &Demo, request: &SignInRequest) -> TwoFactorChallenge {
        match self.try_in(demo, request).await {
            Ok(SignInOutcome::TwoFactorRequired(challenge)) => challenge,
            Ok(_) => panic!("no second step was asked for"),
            Err(error) => panic!("{error}"),
        }
    }

    async fn mail_again(&self, demo: &Demo, request: &SignInRequest, which: MailedCode) {
        let stop = CancellationToken::new();
        mail_code(&demo.client(&self.profile), &self.profile, request, which, &stop).await.unwrap();
    }
}

fn request(account: &DemoAccount) -> SignInRequest {
    SignInRequest::new(address(), account.email.to_owned(), SecretText::new(account.password.to_owned()))
}

fn answer(provider: TwoFactorProvider, code: &str, remember: bool) -> Option<TwoFactorAnswer> {
    Some(TwoFactorAnswer { provider, code: SecretText::new(code.to_owned()), remember })
}

/// Another code of six digits.
fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

fn change(demo: &Demo, set: &str, account: &DemoAccount) {
    let sql = format!("UPDATE users SET {set} WHERE email = ?1");
    assert_eq!(demo.database().execute(&sql, [account.email]).unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_by_mail_signs_in_and_the_machine_is_remembered_until_the_server_forgets_it() {
    let demo = Demo::start(&small()).await;
    let account = demo.account(PROVIDER_ADMIN);
    change(&demo, "two_step_email = 'second@brightwater.example'", account);
    let (computer, mut request) = (Computer::new(), request(account));
    let challenge = computer.challenged(&demo, &request).await;
    assert_eq!(challenge.providers, [TwoFactorProvider::EMAIL]);
    assert!(challenge.mailed_to.is_some_and(|to| to.as_str().contains("***")));
    // Where mail is the one way there is, the code is under way already.
    let first = demo.mailed("twoStepCode").await;
    computer.mail_again(&demo, &request, MailedCode::TwoStep).await;
    assert_eq!(demo.mails("twoStepCode").await, 2);
    let second = demo.mailed("twoStepCode").await;
    if first != second {
        request.two_factor = answer(TwoFactorProvider::EMAIL, &first, false);
        let outcome = computer.try_in(&demo, &request).await;
        assert!(matches!(outcome, Err(SignInError::WrongCode)), "a new code overtakes the one before");
    }
    request.two_factor = answer(TwoFactorProvider::EMAIL, &wrong(&second), false);
    assert!(matches!(computer.try_in(&demo, &request).await, Err(SignInError::WrongCode)));
    request.two_factor = answer(TwoFactorProvider::EMAIL, &second, true);
    drop(computer.signed_in(&demo, &request).await);

    request.two_factor = None;
    drop(computer.signed_in(&demo, &request).await);
    demo.database().execute("DELETE FROM remember_tokens", []).unwrap();
    let again = computer.challenged(&demo, &request).await;
    assert_eq!(again.providers, [TwoFactorProvider::EMAIL], "an expired token falls back to asking");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_are_several_ways_nothing_is_mailed_before_it_is_chosen() {
    let demo = Demo::start(&small()).await;
    let account = demo.accounts.accounts.iter().find(|one| one.authenticator_secret.is_some()).unwrap();
    change(&demo, "two_step_email = email", account);
    let (computer, mut request) = (Computer::new(), request(account));
    let challenge = computer.challenged(&demo, &request).await;
    assert_eq!(challenge.providers, [TwoFactorProvider::AUTHENTICATOR, TwoFactorProvider::EMAIL]);
    assert_eq!(demo.mails("twoStepCode").await, 0);
    computer.mail_again(&demo, &request, MailedCode::TwoStep).await;
    let code = demo.mailed("twoStepCode").await;
    request.two_factor = answer(TwoFactorProvider::EMAIL, &code, false);
    drop(computer.signed_in(&demo, &request).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_code_is_mailed_to_who_does_not_know_the_password() {
    let demo = Demo::start(&small()).await;
    let account = demo.account(PROVIDER_ADMIN);
    change(&demo, "two_step_email = email", account);
    let (computer, mut request) = (Computer::new(), request(account));
    request.password = SecretText::new("not the password".to_owned());
    let (client, stop) = (demo.client(&computer.profile), CancellationToken::new());
    let mailed = mail_code(&client, &computer.profile, &request, MailedCode::TwoStep, &stop).await;
    assert!(matches!(mailed, Err(SignInError::Refused { .. })), "{mailed:?}");
    assert_eq!(demo.mails("twoStepCode").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recovery_code_signs_in_once_and_turns_the_second_step_off() {
    let demo = Demo::start(&small()).await;
    let account = demo.accounts.accounts.iter().find(|one| one.authenticator_secret.is_some()).unwrap();
    change(&demo, "recovery_code = 'abcdefghijklmnopqrstuvwxyz234567'", account);
    let (computer, mut request) = (Computer::new(), request(account));
    request.two_factor = answer(TwoFactorProvider::RECOVERY_CODE, "abcd efgh", false);
    assert!(matches!(computer.try_in(&demo, &request).await, Err(SignInError::WrongCode)));
    let from_paper = "ABCD EFGH IJKL MNOP QRST UVWX YZ23 4567";
    request.two_factor = answer(TwoFactorProvider::RECOVERY_CODE, from_paper, false);
    drop(computer.signed_in(&demo, &request).await);
    request.two_factor = None;
    drop(Computer::new().signed_in(&demo, &request).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_to_come_by_single_sign_on_is_told_so_and_whether_a_recovery_code_was_taken() {
    let demo = Demo::start(&small()).await;
    let demand = "UPDATE organizations SET plan_type = 19; DELETE FROM policies WHERE type = 4;
        INSERT INTO policies SELECT randomblob(16), id, 4, 1, NULL, 0 FROM organizations";
    demo.database().execute_batch(demand).unwrap();
    let is_plain_member = |account: &&DemoAccount| -> bool {
        let sql = "SELECT 1 FROM members m JOIN users u ON u.id = m.user_id
            WHERE u.email = ?1 AND m.type = 2 AND m.status = 2";
        demo.database().prepare(sql).unwrap().exists([account.email]).unwrap()
    };
    let account = demo.accounts.accounts.iter().find(is_plain_member).unwrap();
    change(&demo, "totp_secret = NULL, two_step_email = email", account);
    change(&demo, "recovery_code = 'abcdefghijklmnopqrstuvwxyz234567'", account);
    let (computer, mut by_password) = (Computer::new(), request(account));
    let told = computer.try_in(&demo, &by_password).await.err();
    assert!(matches!(told, Some(SignInError::SsoRequired { recovered: false })), "{told:?}");
    by_password.two_factor =
        answer(TwoFactorProvider::RECOVERY_CODE, "abcdefghijklmnopqrstuvwxyz234567", false);
    let told = computer.try_in(&demo, &by_password).await.err();
    assert!(matches!(told, Some(SignInError::SsoRequired { recovered: true })), "{told:?}");
    assert!(computer.profile.accounts().unwrap().is_empty());
    // The provider's people are exempt in its clients.
    drop(computer.signed_in(&demo, &request(demo.account(PROVIDER_ADMIN))).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_machine_is_confirmed_with_a_mailed_code() {
    let demo = Demo::start(&small()).await;
    let account = demo.account(PROVIDER_ADMIN);
    let mut request = request(account);
    drop(Computer::new().signed_in(&demo, &request).await);
    change(&demo, "verify_devices = 1", account);
    let second = Computer::new();
    let outcome = second.try_in(&demo, &request).await;
    assert!(matches!(outcome, Ok(SignInOutcome::NewDeviceCodeRequired)));
    second.mail_again(&demo, &request, MailedCode::NewDevice).await;
    assert_eq!(demo.mails("newDeviceCode").await, 2);
    let code = demo.mailed("newDeviceCode").await;
    request.new_device_code = Some(SecretText::new(wrong(&code)));
    assert!(matches!(second.try_in(&demo, &request).await, Err(SignInError::WrongCode)));
    request.new_device_code = Some(SecretText::new(code));
    drop(second.signed_in(&demo, &request).await);
    request.new_device_code = None;
    drop(second.signed_in(&demo, &request).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_signs_in_without_a_second_step_and_brings_the_next_token() {
    let demo = Demo::start(&small()).await;
    let account = demo.account(PROVIDER_ADMIN);
    change(&demo, "two_step_email = email, verify_devices = 1", account);
    let (user, secret): (Uuid, String) = demo
        .database()
        .query_row("SELECT id, api_key FROM users WHERE email = ?1", [account.email], |row| {
            let id: Vec<u8> = row.get(0)?;
            Ok((Uuid::from_slice(&id).unwrap(), row.get(1)?))
        })
        .unwrap();
    let computer = Computer::new();
    let by_key = |secret: &str, password: &str| ApiKeySignIn {
        server: address(),
        key: ApiKey::new(&format!("user.{user}"), SecretText::new(secret.to_owned())).unwrap(),
        password: SecretText::new(password.to_owned()),
        accept_cheaper_kdf: false,
    };
    let (client, stop) = (demo.client(&computer.profile), CancellationToken::new());
    let outcome =
        sign_in_with_api_key(&client, &computer.profile, &by_key("wrong", account.password), &stop).await;
    assert!(matches!(outcome, Err(SignInError::WrongApiKey)), "{:?}", outcome.err());
    let outcome = sign_in_with_api_key(&client, &computer.profile, &by_key(&secret, "wrong"), &stop).await;
    assert!(matches!(outcome, Err(SignInError::WrongMasterPassword)), "{:?}", outcome.err());
    assert!(computer.profile.accounts().unwrap().is_empty());

    let request = by_key(&secret, account.password);
    let outcome = sign_in_with_api_key(&client, &computer.profile, &request, &stop).await.unwrap();
    let SignInOutcome::SignedIn(unlocked) = outcome else { panic!("something was asked for") };
    assert_eq!((unlocked.account(), unlocked.email()), (user, account.email));
    assert_eq!(demo.mails("twoStepCode").await + demo.mails("newDeviceCode").await, 0);
    demo.sync(&computer.profile, &unlocked).await.unwrap();
    assert_eq!(read_all(&unlocked.picture()).clients, 2);
    drop(unlocked);

    // Unlocked offline by the master password; the token has run out, and the kept key brings another.
    let unlocked = computer.profile.unlock(user, account.password).unwrap();
    let session = unlocked.session().unwrap();
    assert!(session.refresh_token.is_none());
    let expired = || SessionTokens {
        access_token: SecretText::new("e30.e30.c2ln".to_owned()),
        refresh_token: None,
        expires_at: std::time::SystemTime::UNIX_EPOCH,
        remember_token: None,
        api_key: ApiKey::new(&format!("user.{user}"), SecretText::new(secret.clone())),
    };
    unlocked.set_session(expired()).unwrap();
    demo.sync(&computer.profile, &unlocked).await.unwrap();
    assert_ne!(unlocked.session().unwrap().access_token.expose(), "e30.e30.c2ln");

    change(&demo, "api_key = 'anotherkeyofthirtycharacters00'", account);
    unlocked.set_session(expired()).unwrap();
    let outcome = demo.sync(&computer.profile, &unlocked).await;
    assert!(
        matches!(&outcome, Err(SyncError::Api(error)) if matches!(**error, ApiError::SignedOut)),
        "{outcome:?}"
    );
    assert_eq!(read_all(&unlocked.picture()).clients, 2, "what is here stays readable");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_key_derivations_sign_in_and_unlock() {
    let demo = Demo::start(&small()).await;
    let password = "correct horse battery staple";
    for (email, kdf) in [
        ("pbkdf2@brightwater.example", Kdf::pbkdf2(600_000).unwrap()),
        ("argon2id@brightwater.example", Kdf::argon2id(3, 16, 2).unwrap()),
    ] {
        register(&demo, email, password, &kdf).await;
        let computer = Computer::new();
        let request =
            SignInRequest::new(address(), email.to_uppercase(), SecretText::new(password.to_owned()));
        let unlocked = computer.signed_in(&demo, &request).await;
        demo.sync(&computer.profile, &unlocked).await.unwrap();
        let account = unlocked.account();
        drop(unlocked);
        assert_eq!(computer.profile.kdf(account).unwrap(), kdf);
        drop(computer.profile.unlock(account, password).unwrap());
        // Signed out with everything kept, and in again.
        computer.profile.remove(account, true).unwrap();
        let again = computer.signed_in(&demo, &request).await;
        assert!(again.picture().head().is_some(), "the archive is found");
    }
}

/// Registers an account as a client does (protocol.md §1.2).
async fn register(demo: &Demo, email: &str, password: &str, kdf: &Kdf) {
    let keys = make_account(password, email, kdf);
    // A second time it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post =
        |path: &str, body: &serde_json::Value| http.post(demo.base().join(path).unwrap()).json(body).send();
    let mail = json!({ "email": email, "name": "Somebody", "receiveMarketingEmails": false });
    let token = post("identity/accounts/register/send-verification-email", &mail).await.unwrap();
    let token: String = token.json().await.unwrap();
    let costs = kdf.parameters();
    let account = json!({
        "email": email,
        "emailVerificationToken": token,
        "masterPasswordHash": keys.authorization_hash.to_base64().expose(),
        "userSymmetricKey": keys.wrapped_user_key,
        "userAsymmetricKeys": {
            "publicKey": keys.public_key,
            "encryptedPrivateKey": keys.wrapped_private_key,
        },
        "kdf": costs.kdf_type.0,
        "kdfIterations": costs.iterations,
        "kdfMemory": costs.memory,
        "kdfParallelism": costs.parallelism,
    });
    let made = post("identity/accounts/register/finish", &account).await.unwrap();
    assert!(made.status().is_success(), "{}", made.text().await.unwrap());
}
