//! A provider of its own: made by the server's staff, set up by its first admin, given a name, deleted.

use portico_client::{
    ActionError, BillingAddress, ClientDraft, DeleteProviderError, NewClient, PaymentToken, PlanType,
    ProviderSetUp, ProviderSettings, RegisterError, Registration, RegistrationInvitation, SetUpDraft,
    SignInError, SignInOutcome, SignInRequest, create_client, delete_provider, delete_provider_with_token,
    provider_settings, register, set_up_provider, sign_in, update_provider, verify_address,
};
use portico_crypto::Kdf;
use portico_profile::{Profile, UnlockError};
use portico_protocol::SecretText;
use portico_protocol::invitation_link::{Invitation, InvitationLink};
use portico_service::{ClientItems, NewProvider, ProviderKind, Store};
use portico_tests::person::kdf_told;
use uuid::Uuid;

use crate::demo::{Demo, PROVIDER_ADMIN, address};
use crate::desk::{Desk, SERVICE_USER, go, small_demo};

async fn made_for(demo: &Demo, role: &str) -> InvitationLink {
    made_for_address(demo, demo.account(role).email).await
}

/// What the server's staff does.
async fn made_for_address(demo: &Demo, owner: &str) -> InvitationLink {
    let (file, base, owner_email) = (demo.database_file(), demo.base().clone(), owner.to_owned());
    let link = tokio::task::spawn_blocking(move || {
        let new = NewProvider {
            kind: ProviderKind::Msp { teams_minimum: 5, enterprise_minimum: 5 },
            owner_email,
            client_items: ClientItems::Read,
        };
        Store::open(file).unwrap().create_provider(&new, Some(&base)).unwrap().link
    });
    InvitationLink::parse(&link.await.unwrap()).unwrap()
}

fn set_up(link: &InvitationLink, name: &str) -> ProviderSetUp {
    ProviderSetUp {
        token: link.token.copy(),
        name: name.to_owned(),
        business_name: Some("Fjord IT AS".to_owned()),
        billing_email: "Billing@Fjord.example".to_owned(),
        payment: PaymentToken { kind: "card".to_owned(), token: SecretText::new("synthetic".to_owned()) },
        billing_address: BillingAddress {
            country: Some("NO".to_owned()),
            postal_code: Some("5003".to_owned()),
            ..BillingAddress::default()
        },
    }
}

async fn join(demo: &Demo, desk: &mut Desk, role: &str) -> Uuid {
    let link = made_for(demo, role).await;
    let Invitation::SetUpProvider { provider } = link.invitation else { panic!("another link") };
    let waiting = provider_settings(&desk.api, &desk.unlocked, provider, go()).await.unwrap();
    assert!(waiting.name.trim().is_empty(), "{waiting:?}");
    let draft = SetUpDraft::new(&desk.unlocked, provider).unwrap();
    for _ in 0..2 {
        let set_up = set_up(&link, "Fjord IT");
        let done = set_up_provider(&desk.api, &desk.unlocked, &draft, &set_up, go()).await.unwrap();
        done.picture.unwrap();
    }
    desk.provider = provider;
    provider
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_is_set_up_with_a_key_of_its_own_and_the_person_is_in_two() {
    let demo = small_demo().await;
    let mut desk = Desk::of(&demo, SERVICE_USER).await;
    let first = desk.provider;
    let clients = desk.rows().len();
    let provider = join(&demo, &mut desk, SERVICE_USER).await;
    let picture = desk.unlocked.picture();
    let profile = picture.profile().unwrap().unwrap();
    assert_eq!(profile.providers.len(), 2);
    assert!(
        picture.provider_key(provider).unwrap().unwrap().expose()
            != picture.provider_key(first).unwrap().unwrap().expose()
    );
    assert_eq!((desk.rows().len(), desk.team().unwrap().len()), (0, 1), "an admin there");

    // Each provider by itself: here an admin, there a service user.
    let draft = ClientDraft::new(&desk.unlocked, provider, "Default collection").unwrap();
    let new = NewClient {
        name: "Bakery".to_owned(),
        owner_email: "owner@bakery.example".to_owned(),
        plan: PlanType::ENTERPRISE_MONTHLY,
        seats: 3,
    };
    let made = create_client(&desk.api, &desk.unlocked, &draft, &new, go()).await.unwrap().value;
    desk.opens(made.organization);
    assert_eq!((desk.rows().len(), desk.assigned(PlanType::ENTERPRISE_MONTHLY)), (1, 3));
    desk.provider = first;
    assert_eq!(desk.rows().len(), clients);
    desk.provider = provider;
    let mut elsewhere = Desk::of(&demo, SERVICE_USER).await;
    elsewhere.provider = provider;
    assert_eq!(elsewhere.opens(made.organization), desk.opens(made.organization));

    let settings = ProviderSettings {
        name: "Fjord".to_owned(),
        business_name: None,
        billing_email: " Accounts@Fjord.example ".to_owned(),
    };
    update_provider(&desk.api, &desk.unlocked, provider, &settings, go()).await.unwrap();
    let now = provider_settings(&desk.api, &desk.unlocked, provider, go()).await.unwrap();
    assert_eq!((now.name.as_str(), now.billing_email.as_deref()), ("Fjord", Some("accounts@fjord.example")));
    let picture = desk.unlocked.picture();
    let view = picture.provider(provider).unwrap().unwrap();
    assert_eq!(view.provider, now);
    assert!(picture.profile().unwrap().unwrap().providers.iter().any(|own| own.name == "Fjord"));

    let password = SecretText::new(demo.account(SERVICE_USER).password.to_owned());
    let refused = delete_provider(&desk.api, &desk.profile, &desk.unlocked, provider, &password, go()).await;
    assert!(matches!(refused, Err(DeleteProviderError::HasClients { clients: 1 })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_without_clients_is_deleted_once_the_password_is_right() {
    let demo = small_demo().await;
    let mut desk = Desk::of(&demo, PROVIDER_ADMIN).await;
    let provider = join(&demo, &mut desk, PROVIDER_ADMIN).await;
    let delete = async |password: &str| {
        let password = SecretText::new(password.to_owned());
        delete_provider(&desk.api, &desk.profile, &desk.unlocked, provider, &password, go()).await
    };
    let wrong = delete("not the master password").await;
    assert!(matches!(wrong, Err(DeleteProviderError::WrongPassword)));
    assert!(desk.role().is_some());
    for _ in 0..2 {
        delete(demo.account(PROVIDER_ADMIN).password).await.unwrap().picture.unwrap();
        assert!(desk.role().is_none());
    }
    assert_eq!(desk.unlocked.picture().providers().unwrap().len(), 1, "the other stays");

    // By the mailed link, without a sign-in.
    let provider = join(&demo, &mut desk, PROVIDER_ADMIN).await;
    let (file, base) = (demo.database_file(), demo.base().clone());
    let link = tokio::task::spawn_blocking(move || {
        Store::open(file).unwrap().provider_deletion_link(provider, Some(&base)).unwrap()
    });
    let InvitationLink { invitation, token, email, .. } =
        InvitationLink::parse(&link.await.unwrap()).unwrap();
    let Invitation::DeleteProvider { provider: named, name } = invitation else { panic!("another link") };
    assert_eq!((named, email), (provider, None));
    assert!(!name.is_empty());
    let bent = SecretText::new(format!("{}x", token.expose()));
    assert_eq!(
        delete_provider_with_token(&desk.api, provider, &bent, go()).await.unwrap_err().status(),
        Some(400)
    );
    // Once more, as after an answer that was lost.
    for _ in 0..2 {
        delete_provider_with_token(&desk.api, provider, &token, go()).await.unwrap();
    }
    desk.sync(&demo).await;
    assert!(desk.role().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_without_an_account_registers_and_sets_a_provider_up() {
    const INGRID: &str = "ingrid.dahl@fjord.example";
    let demo = small_demo().await;
    let link = made_for_address(&demo, INGRID).await;
    let Invitation::SetUpProvider { provider } = link.invitation else { panic!("another link") };
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let api = demo.client(&profile);
    let registration = |token, password: &str, hint: &str| Registration {
        server: address(),
        email: format!(" {} ", INGRID.to_uppercase()),
        password: SecretText::new(password.to_owned()),
        hint: Some(hint.to_owned()),
        invitation: RegistrationInvitation::Address { token },
    };
    let token = verify_address(&api, INGRID, go()).await.unwrap().expect("the service trusts whoever asks");
    let short = register(&api, &profile, &registration(token.copy(), "short", ""), go()).await;
    assert!(matches!(short, Err(RegisterError::PasswordTooShort)));
    let telling = registration(token.copy(), "a long password", "It is A Long Password!");
    assert!(matches!(register(&api, &profile, &telling, go()).await, Err(RegisterError::HintTellsPassword)));

    let right = registration(token.copy(), "a long password", "the usual one");
    for _ in 0..2 {
        // The second time the account is there, and it is signed in to.
        let outcome = register(&api, &profile, &right, go()).await.unwrap();
        assert!(matches!(outcome, SignInOutcome::SignedIn(_)));
    }
    let taken = register(&api, &profile, &registration(token, "another password", ""), go()).await;
    assert!(matches!(taken, Err(RegisterError::Taken)));

    let account = profile.accounts().unwrap().remove(0);
    let unlocked = profile.unlock(account.id, "a long password").unwrap();
    assert!(
        matches!(SetUpDraft::new(&unlocked, provider), Err(ActionError::NotRead)),
        "nothing was read yet"
    );
    let mut desk = Desk::with(&demo, profile, folder, unlocked);
    desk.sync(&demo).await;
    desk.provider = provider;
    let draft = SetUpDraft::new(&desk.unlocked, provider).unwrap();
    set_up_provider(&desk.api, &desk.unlocked, &draft, &set_up(&link, "Fjord IT"), go()).await.unwrap();
    assert_eq!((desk.role().map(|role| role.0), desk.rows().len()), (Some(0), 0));
    desk.unlocked.picture().provider_key(provider).unwrap().unwrap();
}

/// A free address of which the service says that it is Argon2id, as one in ten is.
async fn address_with_argon2id(demo: &Demo) -> String {
    for number in 0.. {
        let email = format!("ingrid.dahl{number}@fjord.example");
        if matches!(kdf_told(demo.base(), &email).await, Kdf::Argon2id(_)) {
            return email;
        }
    }
    unreachable!("there are more addresses than that")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_registers_with_argon2id_signs_in_on_another_computer() {
    const PASSWORD: &str = "a long password";
    let demo = small_demo().await;
    let email = address_with_argon2id(&demo).await;
    let (folder, other_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let profile = Profile::open(folder.path()).unwrap();
    let api = demo.client(&profile);
    let token = verify_address(&api, &email, go()).await.unwrap().expect("the service trusts whoever asks");
    let registration = Registration {
        server: address(),
        email: email.clone(),
        password: SecretText::new(PASSWORD.to_owned()),
        hint: None,
        invitation: RegistrationInvitation::Address { token },
    };
    let outcome = register(&api, &profile, &registration, go()).await.unwrap();
    assert!(matches!(outcome, SignInOutcome::SignedIn(_)));
    drop(outcome);
    // Kept as it was made: 3 passes over 64 MiB with 4 lanes (protocol.md §2.1), the address as the salt.
    let sql = "SELECT kdf, kdf_iterations, kdf_memory, kdf_parallelism, salt FROM users WHERE email = ?1";
    let kept: (i64, i64, i64, i64, String) = demo
        .database()
        .query_row(sql, [&email], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
        .unwrap();
    assert_eq!(kept, (1, 3, 64, 4, email.clone()));

    let elsewhere = Profile::open(other_folder.path()).unwrap();
    let request = |password: &str| {
        SignInRequest::new(address(), email.to_uppercase(), SecretText::new(password.to_owned()))
    };
    let (api, wrong, right) = (demo.client(&elsewhere), request("another password"), request(PASSWORD));
    let refused = sign_in(&api, &elsewhere, &wrong, go()).await.err();
    assert!(matches!(refused, Some(SignInError::WrongPassword)), "{refused:?}");
    let SignInOutcome::SignedIn(unlocked) = sign_in(&api, &elsewhere, &right, go()).await.unwrap() else {
        panic!("a code was asked for")
    };
    demo.sync(&elsewhere, &unlocked).await.unwrap();
    drop(unlocked);
    // And without the service on both.
    for profile in [&profile, &elsewhere] {
        let account = profile.accounts().unwrap().remove(0);
        assert!(matches!(profile.unlock(account.id, "another password"), Err(UnlockError::WrongPassword)));
        profile.unlock(account.id, PASSWORD).unwrap();
    }
}
