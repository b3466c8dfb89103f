//! Our client at a server that answers as Vaultwarden does, in the camelCase of its newer and the PascalCase of its
//! older versions (before 1.32): what it leaves out, sends as null or words otherwise than the official server.
#![allow(clippy::unwrap_used)] // A test may panic.
// For objects as large as Vaultwarden writes them.
#![recursion_limit = "256"]

#[allow(dead_code, reason = "Vaultwarden does not misbehave in every way that it can")]
#[path = "../../../crates/client/tests/hostile/mod.rs"]
mod hostile;

mod newer;
mod older;
mod world;

use portico_client::{SignInError, SyncOptions, sync};
use portico_profile::{Picture, Profile, Unlocked};
use portico_protocol::organization::{MemberStatus, MemberType};
use portico_vault::{FieldId, Opened};
use world::{CODE, PASSWORD, Server, World};

/// Everything that the account can be shown of.
fn look_at(picture: &Picture, newer: bool) {
    let names: Vec<&str> =
        picture.items().iter().map(|item| item.name.value().expect("it opens").as_str()).collect();
    assert_eq!(names, ["Router", "Wi-Fi", "Till"]);
    let reveal = |at: usize, field: &str| {
        let item = picture.item(picture.items()[at].id).unwrap();
        item.reveal(&FieldId::from(field)).unwrap().expose().to_owned()
    };
    assert_eq!(reveal(0, "login.username"), "admin");
    assert_eq!(reveal(0, "login.password"), "hunter2");
    assert_eq!(reveal(0, "login.uris.0"), "https://router.example");
    assert_eq!(reveal(0, "fields.0"), "4711");
    assert_eq!(reveal(0, "passwordHistory.0"), "hunter1");
    assert_eq!(reveal(1, "notes"), "The key is under the mat.");
    assert_eq!(reveal(2, "card.code"), "123");
    assert_eq!(picture.items()[0].hosts, ["router.example"]);
    assert!(picture.items()[0].revision_date.is_some() && picture.items()[1].deleted_date.is_some());
    assert_eq!(picture.names().unwrap().folders, [(world::FOLDER, Opened::Value("Home".to_owned()))]);

    assert!(picture.providers().unwrap().is_empty(), "there are none");
    let own = picture.organizations().unwrap();
    assert_eq!((own.len(), own[0].name.as_str(), own[0].role), (1, "Harbour Dental", MemberType::OWNER));
    let structure = picture.client(world::ORGANIZATION).unwrap().expect("it was read");
    let people: Vec<_> =
        structure.members.iter().map(|member| (member.email.as_str(), member.status)).collect();
    assert_eq!(
        people,
        [
            ("maya@brightwater.example", MemberStatus::CONFIRMED),
            ("tom@harbour.example", MemberStatus::REVOKED),
            ("nadia@harbour.example", MemberStatus::INVITED),
        ]
    );
    assert_eq!(structure.members[1].collections[0].id, world::COLLECTION);
    assert_eq!(structure.collections[0].name.text(), Some("Front desk"));
    assert_eq!((structure.policies.len(), structure.policies[0].enabled), (1, Some(true)));
    assert_eq!(structure.organization.seats, (!newer).then_some(10), "no limit, or an old one");
}

async fn reads_everything(newer: bool) {
    let world = World::new();
    let server = Server::start(&world, newer).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();

    // Two-step login, whose wrong codes it words in its own way.
    let challenge = server.asks_for_a_code(&profile, PASSWORD).await;
    assert_eq!(challenge.providers.len(), 1);
    let wrong = server.sign_in(&profile, PASSWORD, Some("000000")).await;
    assert!(matches!(wrong, Err(SignInError::WrongCode)), "{:?}", wrong.err());
    let wrong = server.sign_in(&profile, "another password", None).await;
    assert!(matches!(wrong, Err(SignInError::WrongPassword)), "{:?}", wrong.err());
    let unlocked: Unlocked = server.signed_in(&profile, CODE).await;

    let client = server.client(&profile);
    let stop = portico_client::CancellationToken::new();
    for options in [SyncOptions::default(), SyncOptions { full: true, ..SyncOptions::default() }] {
        let report = sync(&client, &unlocked, &options, &|_| {}, &stop).await.unwrap();
        assert!(report.failed.is_empty() && report.failed_logs.is_empty(), "{:?}", report.failed);
        look_at(&unlocked.picture(), newer);
    }
    assert_eq!(server.renewals(), 1, "the first reading has the token of the sign-in, the next a new one");
    let asked = server.asked();
    assert!(!asked.iter().any(|path| path.contains("/providers")), "it knows no such routes: {asked:?}");

    // And offline, from what was kept.
    let account = unlocked.account();
    drop(unlocked);
    drop(server);
    let unlocked = Profile::open(folder.path()).unwrap().unlock(account, PASSWORD).unwrap();
    look_at(&unlocked.picture(), newer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_vaultwarden_is_read_to_the_end() {
    reads_everything(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_vaultwarden_is_read_to_the_end() {
    reads_everything(false).await;
}

/// Without mail or with a verified address only: each sentence reaches the person.
#[tokio::test(flavor = "multi_thread")]
async fn its_refusals_are_told_in_its_own_words() {
    let world = World::new();
    let server = Server::refusing(&world, "Please verify your email before trying again.").await;
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    match server.sign_in(&profile, PASSWORD, None).await {
        Err(SignInError::Refused { message: Some(text) }) => {
            assert_eq!(text.as_str(), "Please verify your email before trying again.");
        }
        other => panic!("{:?}", other.err()),
    }
}
