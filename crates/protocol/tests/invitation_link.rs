//! Links of mails, as official servers and Vaultwarden write them, and what pretends to be one.
#![allow(clippy::unwrap_used)]

use portico_protocol::invitation_link::{Invitation, InvitationLink, LinkError};
use portico_protocol::server::ServerAddress;
use proptest::prelude::*;
use uuid::Uuid;

const ORGANIZATION: &str = "https://vault.bitwarden.com/#/accept-organization?organizationId=0196f3a0-0000-7000-8000-000000000001&organizationUserId=0196f3a0-0000-7000-8000-000000000002&email=okafor%2Bwork%40example.com&organizationName=Fabrikam+%26+Sons&token=BwOrgUserInviteToken_CfDJ8%2Fab%2Bc%3D&initOrganization=False&orgUserHasExistingUser=False";
const PROVIDER: &str = "https://vault.example.org/base/#/providers/accept-provider?providerId=0196f3a0-0000-7000-8000-00000000000b&providerUserId=0196f3a0-0000-7000-8000-00000000000c&email=jonas%40example.com&providerName=Brightwater%20IT&token=abc";
const SETUP: &str = "http://127.0.0.1:8080/#/providers/setup-provider?providerId=0196f3a0-0000-7000-8000-00000000000b&email=maya%40example.com&token=abc";
const SIGN_UP: &str = "https://vault.bitwarden.com/redirect-connector.html#finish-signup?token=BwRegistrationEmailVerificationToken_CfDJ8%2Fab%3D&email=ines%2Bwork%40example.com&fromEmail=true";
const DELETE: &str = "https://vault.example.org/base/#/verify-recover-delete-provider?providerId=0196f3a0-0000-7000-8000-00000000000b&token=abc&name=Brightwater%20IT";

/// Without `Debug` on purpose, so a test says itself what went wrong.
fn read(link: &str) -> Result<InvitationLink, LinkError> {
    InvitationLink::parse(link)
}

fn fault(link: &str) -> LinkError {
    read(link).err().unwrap_or_else(|| panic!("it was taken for a link"))
}

#[test]
fn the_five_kinds_are_read() {
    let link = read(&format!("  {ORGANIZATION}\n")).ok().unwrap();
    assert_eq!(link.server, ServerAddress::UnitedStates);
    assert_eq!(link.email.as_deref(), Some("okafor+work@example.com"));
    assert_eq!(link.token.expose(), "BwOrgUserInviteToken_CfDJ8/ab+c=");
    let Invitation::JoinOrganization { organization, member, name } = link.invitation else { panic!() };
    assert_eq!((organization.as_u128() & 0xff, member.as_u128() & 0xff), (1, 2));
    assert_eq!(name, "Fabrikam & Sons");

    let link = read(PROVIDER).ok().unwrap();
    assert_eq!(link.server.to_string(), "https://vault.example.org/base");
    let expected = Invitation::JoinProvider {
        provider: Uuid::from_u128(0x0196f3a0_0000_7000_8000_00000000000b),
        member: Uuid::from_u128(0x0196f3a0_0000_7000_8000_00000000000c),
        name: "Brightwater IT".to_owned(),
    };
    assert_eq!(link.invitation, expected);

    let link = read(SETUP).ok().unwrap();
    assert_eq!((link.email.as_deref(), link.token.expose()), (Some("maya@example.com"), "abc"));
    assert!(matches!(link.invitation, Invitation::SetUpProvider { .. }));

    for sign_up in [SIGN_UP.to_owned(), SIGN_UP.replace("redirect-connector.html#", "#/")] {
        let link = read(&sign_up).ok().unwrap();
        assert_eq!((link.invitation, link.server), (Invitation::FinishSignUp, ServerAddress::UnitedStates));
        assert_eq!(link.email.as_deref(), Some("ines+work@example.com"));
        assert_eq!(link.token.expose(), "BwRegistrationEmailVerificationToken_CfDJ8/ab=");
    }

    // It is for nobody in particular, and what else it says is not taken for an address.
    let link = read(&format!("{DELETE}&email=eve%40example.com")).ok().unwrap();
    assert_eq!((link.server.to_string().as_str(), link.email), ("https://vault.example.org/base", None));
    let expected = Invitation::DeleteProvider {
        provider: Uuid::from_u128(0x0196f3a0_0000_7000_8000_00000000000b),
        name: "Brightwater IT".to_owned(),
    };
    assert_eq!((link.invitation, link.token.expose()), (expected, "abc"));
}

#[test]
fn what_pretends_to_be_a_link() {
    for other in [
        "",
        "#",
        "https://vault.bitwarden.com/",
        "https://vault.bitwarden.com/#/accept-organization",
        "https://vault.bitwarden.com/#/providers/verify-recover-delete-provider?providerId=1&token=2",
        "https://vault.bitwarden.com/accept-organization?organizationId=1",
    ] {
        assert_eq!(fault(other), LinkError::NotAnInvitation, "{other}");
    }
    for (from, to) in [
        ("http://127.0.0.1:8080/", "http://vault.example.org/"),
        ("http://127.0.0.1:8080/", "https://person:secret@vault.example.org/"),
        ("http://127.0.0.1:8080/", "https://vault.example.org/?x=1"),
        ("http://127.0.0.1:8080/", "javascript:alert(1)"),
        ("http://127.0.0.1:8080/", "file:///etc/"),
        ("http://127.0.0.1:8080/", "embedded:demo"),
        ("http://127.0.0.1:8080/", "vault.example.org/"),
        ("http://127.0.0.1:8080/", ""),
    ] {
        assert_eq!(fault(&SETUP.replace(from, to)), LinkError::Server, "{to}");
    }
    assert_eq!(fault(&SETUP.replace("&token=abc", "")), LinkError::Missing("token"));
    assert_eq!(fault(&SIGN_UP.replace("email=", "mail=")), LinkError::Missing("email"));
    assert_eq!(fault(&SIGN_UP.replace("https://vault.bitwarden.com", "")), LinkError::Server);
    let beside = read(&SIGN_UP.replace("/redirect", "redirect")).ok().unwrap();
    assert_eq!(
        beside.server.to_string(),
        "https://vault.bitwarden.comredirect-connector.html",
        "another host"
    );
    assert_eq!(fault(&SETUP.replace("token=abc", "token=")), LinkError::Missing("token"));
    assert_eq!(fault(&format!("{SETUP}&token=def")), LinkError::Missing("token"));
    assert_eq!(fault(&format!("{SETUP}&email=eve%40example.com")), LinkError::Missing("email"));
    assert_eq!(fault(&SETUP.replace("0196f3a0", "0196f3ag")), LinkError::Invalid("providerId"));
    assert_eq!(fault(&SETUP.replace("email=maya%40example.com&", "")), LinkError::Missing("email"));
    assert_eq!(fault(&DELETE.replace("&token=abc", "")), LinkError::Missing("token"));
    assert_eq!(fault(&DELETE.replace("&name=Brightwater%20IT", "")), LinkError::Missing("name"));
    assert_eq!(fault(&format!("{DELETE}&name=Another")), LinkError::Missing("name"));
    assert_eq!(fault(&DELETE.replace("0196f3a0", "0196f3ag")), LinkError::Invalid("providerId"));
    assert_eq!(fault(&DELETE.replace("Brightwater", "%E2%80%AE")), LinkError::Invalid("name"));
    for hidden in ["%00", "%0A", "%E2%80%AE", "%E2%80%8B", "%FF", &"a".repeat(257)] {
        let link = PROVIDER.replace("Brightwater", hidden);
        assert_eq!(fault(&link), LinkError::Invalid("providerName"), "{hidden}");
    }
    assert_eq!(fault(&format!("{SETUP}&x={}", "a".repeat(9000))), LinkError::TooLong);
}

#[test]
fn a_refusal_says_nothing_of_the_token() {
    for error in [
        fault(&SETUP.replace("token=abc", "token=TOPSECRET&token=TOPSECRET")),
        fault(&SETUP.replace("token=abc", "token=TOPSECRET").replace("0196f3a0", "x")),
    ] {
        assert!(!format!("{error} {error:?}").contains("TOPSECRET"));
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,300}") {
        let _ = read(&text);
    }

    #[test]
    fn near_misses_are_links_with_a_token_or_none(at in 0..ORGANIZATION.len(), letter in any::<char>()) {
        let near: String = ORGANIZATION.char_indices().map(|(place, was)| if place == at { letter } else { was }).collect();
        if let Ok(link) = read(&near) {
            prop_assert!(!link.token.expose().is_empty() && link.email.is_some_and(|email| !email.is_empty()));
        }
    }
}
