//! The provider's own people: invited, confirmed by their fingerprint, given roles, removed.

use portico_client::{
    ActionError, MemberFingerprint, MemberRefusal, ProviderUserType, Registration, RegistrationInvitation,
    SignInOutcome, accept_provider_invitation, confirm_provider_members, invite_provider_members,
    poll_provider, provider_member_fingerprints, register, reinvite_provider_members,
    remove_provider_members, set_provider_member_role,
};
use portico_estate::{TeamRefusal, may_remove, may_set_role};
use portico_profile::Profile;
use portico_protocol::SecretText;
use portico_protocol::invitation_link::Invitation;
use uuid::Uuid;

use crate::demo::{Demo, PROVIDER_ADMIN, address};
use crate::desk::{Desk, SERVICE_USER, go, invitation, mail, small_demo};

const ADMIN: ProviderUserType = ProviderUserType::PROVIDER_ADMIN;
const SERVICE: ProviderUserType = ProviderUserType::SERVICE_USER;
const NOAH: &str = "noah.brandt@brightwater.example";
const LENA: &str = "lena.aune@brightwater.example";
const PASSWORD: &str = "a long enough master password";

async fn invite(admin: &Desk, emails: &[&str], role: ProviderUserType) -> Vec<portico_client::Invited> {
    let emails: Vec<String> = emails.iter().map(|&email| email.to_owned()).collect();
    let invited = invite_provider_members(&admin.api, &admin.unlocked, admin.provider, &emails, role, go());
    invited.await.unwrap().value
}

/// Somebody without an account: registers with the invitation and accepts it.
async fn join(demo: &Demo, email: &str) -> Desk {
    let link = invitation(demo, "providerInvitation", email).await;
    let Invitation::JoinProvider { provider, member, name } = &link.invitation else {
        panic!("another link")
    };
    assert_eq!((*provider, name.as_str()), (demo.accounts.provider.id, "Brightwater IT"));
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    let api = demo.client(&profile);
    let registration = Registration {
        server: address(),
        email: email.to_owned(),
        password: SecretText::new(PASSWORD.to_owned()),
        hint: None,
        invitation: RegistrationInvitation::Provider { member: *member, token: link.token.copy() },
    };
    let outcome = register(&api, &profile, &registration, go()).await.unwrap();
    let SignInOutcome::SignedIn(unlocked) = outcome else { panic!("a code was asked for") };
    let desk = Desk::with(demo, profile, folder, *unlocked);
    desk.sync(demo).await;
    for already in [false, true] {
        let accepted =
            accept_provider_invitation(&desk.api, &desk.unlocked, *provider, *member, &link.token, go());
        assert_eq!(accepted.await.unwrap().already, already);
    }
    assert!(desk.role().is_none(), "not confirmed yet");
    desk
}

async fn confirm(admin: &Desk, shown: &[MemberFingerprint]) -> Vec<Result<(), MemberRefusal>> {
    let confirmed = confirm_provider_members(&admin.api, &admin.unlocked, admin.provider, shown, go());
    confirmed.await.unwrap().value.into_iter().map(|one| one.result).collect()
}

async fn set_role(by: &Desk, member: Uuid, role: ProviderUserType) -> Result<(), ActionError> {
    set_provider_member_role(&by.api, &by.unlocked, by.provider, member, role, go()).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_is_invited_joins_is_confirmed_and_opens_a_client() {
    let demo = small_demo().await;
    let admin = Desk::of(&demo, PROVIDER_ADMIN).await;
    let already = admin.team().unwrap().into_iter().find(|member| member.user_id.is_some()).unwrap().email;
    let invited = invite(&admin, &[NOAH, LENA, &already], SERVICE).await;
    assert_eq!(invited.iter().map(|one| one.already).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(admin.events(1800), 2);
    assert_eq!(admin.member(NOAH).unwrap().status.0, 0);
    assert!(invite(&admin, &[NOAH], SERVICE).await[0].already);
    assert_eq!(admin.events(1800), 2, "nobody is invited twice");

    let (noah, lena) = (admin.member(NOAH).unwrap().id, admin.member(LENA).unwrap().id);
    let mails = demo.mails("providerInvitation").await;
    let (api, unlocked, provider) = (&admin.api, &admin.unlocked, admin.provider);
    let confirmed = admin.team().unwrap().into_iter().find(|member| member.status.0 == 2).unwrap().id;
    let again = reinvite_provider_members(api, unlocked, provider, &[noah, confirmed], go()).await.unwrap();
    assert_eq!(again.value[0].result, Ok(()));
    assert!(
        matches!(&again.value[1].result, Err(MemberRefusal::Server(Some(words))) if words.as_str() == "User invalid.")
    );
    assert_eq!(demo.mails("providerInvitation").await, mails + 1);

    let newcomer = join(&demo, NOAH).await;
    assert!(poll_provider(api, unlocked, provider, go()).await.unwrap());
    assert!(!poll_provider(api, unlocked, provider, go()).await.unwrap(), "nothing more");
    assert_eq!(admin.member(NOAH).unwrap().status.0, 1);

    // Only who has accepted has a key; the phrase is the one that the other sees.
    let shown = provider_member_fingerprints(api, unlocked, provider, &[noah, lena], go()).await.unwrap();
    let phrase = newcomer.unlocked.picture().own_fingerprint().unwrap().unwrap();
    assert_eq!(phrase.split('-').count(), 5, "{phrase}");
    assert_eq!(shown, [MemberFingerprint { member: noah, phrase }]);

    let other = |member, phrase: &str| MemberFingerprint { member, phrase: phrase.to_owned() };
    let refused = confirm(&admin, &[other(noah, "another-phrase-than-was-shown"), other(lena, "x")]).await;
    assert_eq!(refused, [Err(MemberRefusal::KeyChanged), Err(MemberRefusal::NotAccepted)]);
    assert_eq!((admin.member(NOAH).unwrap().status.0, admin.events(1801)), (1, 0), "nothing was handed over");
    assert_eq!(confirm(&admin, &shown).await, [Ok(())]);
    assert_eq!((admin.member(NOAH).unwrap().status.0, admin.events(1801)), (2, 1));
    assert_eq!(confirm(&admin, &shown).await, [Ok(())], "it is so already");
    assert_eq!(admin.events(1801), 1);
    mail(&demo, "providerUserConfirmed", NOAH).await;

    newcomer.sync(&demo).await;
    assert_eq!((newcomer.role(), newcomer.team()), (Some(SERVICE), None));
    assert_eq!(newcomer.rows().len(), admin.rows().len());
    for row in admin.rows() {
        assert_eq!(newcomer.opens(row.organization_id), admin.opens(row.organization_id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_counts_from_the_next_action_on_without_signing_in_again() {
    let demo = small_demo().await;
    let (admin, colleague) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, SERVICE_USER).await);
    let email = demo.account(SERVICE_USER).email;
    let member = admin.member(email).unwrap().id;
    let own = admin.member(demo.account(PROVIDER_ADMIN).email).unwrap().id;

    let lena = [LENA.to_owned()];
    let invited = async || {
        let Desk { api, unlocked, provider, .. } = &colleague;
        invite_provider_members(api, unlocked, *provider, &lena, SERVICE, go()).await
    };
    assert!(matches!(invited().await.unwrap_err(), ActionError::NotAllowed { .. }));

    set_role(&admin, member, ADMIN).await.unwrap();
    assert_eq!((admin.member(email).unwrap().role, admin.events(1802)), (ADMIN, 1));
    set_role(&admin, member, ADMIN).await.unwrap();
    let invited_now = invited().await.unwrap();
    assert!(!invited_now.value[0].already, "by the same session, whose token was renewed");
    assert_eq!(colleague.role(), Some(SERVICE), "the picture learns of it with the next sync");
    colleague.sync(&demo).await;
    assert_eq!(colleague.role(), Some(ADMIN));
    assert!(colleague.member(LENA).is_some());

    // The admin steps back; the picture is that of a service user at once.
    set_role(&admin, own, SERVICE).await.unwrap();
    assert_eq!((admin.role(), admin.team()), (Some(SERVICE), None));
    assert_eq!(may_set_role(&colleague.team().unwrap(), member, SERVICE), Ok(()), "as was last read");
    assert!(poll_provider(&colleague.api, &colleague.unlocked, colleague.provider, go()).await.unwrap());
    assert_eq!(may_set_role(&colleague.team().unwrap(), member, SERVICE), Err(TeamRefusal::LastAdmin));
    let refused = set_role(&colleague, member, SERVICE).await.unwrap_err();
    assert_eq!(
        refused.message().unwrap().as_str(),
        "Provider must have at least one confirmed ProviderAdmin."
    );

    set_role(&colleague, own, ADMIN).await.unwrap();
    set_role(&admin, member, SERVICE).await.unwrap();
    let refused = invited().await.unwrap_err();
    assert!(matches!(refused, ActionError::NotAllowed { .. }), "{refused:?}");
    assert_eq!(colleague.role(), Some(SERVICE), "a refusal by role puts the picture right");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_removed_once_and_nobody_removes_the_last_admin_or_themselves() {
    let demo = small_demo().await;
    let (admin, colleague) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, SERVICE_USER).await);
    let account = admin.unlocked.account();
    let own = admin.member(demo.account(PROVIDER_ADMIN).email).unwrap().id;
    let email = demo.account(SERVICE_USER).email;
    let member = admin.member(email).unwrap().id;
    let (api, unlocked, provider) = (&admin.api, &admin.unlocked, admin.provider);

    assert_eq!(may_remove(&admin.team().unwrap(), account, &[own]), Err(TeamRefusal::Yourself));
    let refused = remove_provider_members(api, unlocked, provider, &[own], go()).await;
    match refused {
        Err(refused) => assert!(refused.message().is_some(), "{refused:?}"),
        Ok(done) => assert!(matches!(done.value[0].result, Err(MemberRefusal::Server(Some(_))))),
    }
    assert!(admin.member(demo.account(PROVIDER_ADMIN).email).is_some());

    assert_eq!(may_remove(&admin.team().unwrap(), account, &[member]), Ok(()));
    for _ in 0..2 {
        let removed = remove_provider_members(api, unlocked, provider, &[member], go()).await.unwrap();
        removed.picture.unwrap();
        assert_eq!(removed.value[0].result, Ok(()));
        assert!(admin.member(email).is_none());
        assert_eq!(admin.events(1803), 1);
    }
    mail(&demo, "providerUserRemoved", email).await;
    colleague.sync(&demo).await;
    assert!(colleague.role().is_none() && colleague.rows().is_empty());
}
