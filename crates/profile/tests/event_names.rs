//! What the ids in an organization's log stand for: members by their accounts, people of the provider by its name.
#![allow(clippy::unwrap_used)]

mod support;

use portico_crypto::ceremony::make_organization_with;
use portico_estate::EventNames;
use portico_profile::Unlocked;
use portico_protocol::events::EventResponse;
use serde_json::json;
use support::{ACCOUNT, Machine, NORTH, PROVIDER, World, bytes, from, full_sync, pair, read};
use uuid::Uuid;

const CLUB: Uuid = Uuid::from_u128(0xc1b);
const STAFF: Uuid = Uuid::from_u128(0x57af);

fn acted(user: Uuid, provider: Option<Uuid>) -> EventResponse {
    from(json!({"type": 1600, "date": "2026-08-20T14:16:19Z", "organizationId": CLUB, "actingUserId": user,
        "providerId": provider}))
}

fn who(names: &EventNames, user: Uuid, provider: Option<Uuid>) -> Option<String> {
    names.actor(&acted(user, provider)).map(|one| one.name.clone())
}

/// An owner of the club, which a provider of other people manages.
fn owner(world: &World) -> (Machine, Unlocked) {
    let club = make_organization_with(pair().public_key(), "Club house", pair());
    let mut sync = world.sync_of(&[]);
    sync["profile"]["providers"] = json!([]);
    sync["profile"]["organizations"] = json!([{"object": "profileOrganization", "id": CLUB, "name": "Rowing Club",
        "enabled": true, "key": club.wrapped_key, "status": 2, "type": 0, "permissions": {},
        "providerId": PROVIDER, "providerName": "Brightwater IT"}]);
    let mut structure = world.client_picture(CLUB, "Rowing Club", 3);
    structure.members[0].user_id = Some(Uuid::from_u128(0xa11));
    structure.members[0].name = Some("Ada Rower".to_owned());
    let (machine, unlocked) = Machine::with_account(world);
    let mut intake = unlocked.begin_intake().unwrap();
    intake.vault(&bytes(&sync), Some("1")).unwrap();
    intake.client(CLUB, read(structure)).unwrap();
    intake.commit().unwrap();
    (machine, unlocked)
}

#[test]
fn members_are_called_by_their_accounts_and_the_providers_people_by_its_name() {
    let world = World::new();
    let (machine, unlocked) = owner(&world);
    let told = |unlocked: &Unlocked| {
        let names = unlocked.event_names_in(CLUB).unwrap();
        let ada = who(&names, Uuid::from_u128(0xa11), None);
        let staff = who(&names, STAFF, Some(PROVIDER));
        (ada, staff, who(&names, STAFF, None), who(&names, STAFF, Some(Uuid::from_u128(9))))
    };
    let expected = (Some("Ada Rower".to_owned()), Some("Brightwater IT".to_owned()), None, None);
    assert_eq!(told(&unlocked), expected);
    drop(unlocked);
    assert_eq!(told(&machine.unlock()), expected, "after a lock, too");

    // Where the log is another's, the provider of this one says nothing.
    let unlocked = machine.unlock();
    assert_eq!(who(&unlocked.event_names_in(NORTH).unwrap(), STAFF, Some(PROVIDER)), None);
}

#[test]
fn who_is_in_the_provider_knows_its_people_by_name_and_those_that_left_by_the_provider() {
    let world = World::new();
    let (_machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    let names = unlocked.event_names_in(NORTH).unwrap();
    let provider = unlocked.picture().provider(PROVIDER).unwrap().unwrap().provider.name.clone();
    assert_ne!(who(&names, ACCOUNT, Some(PROVIDER)), Some(provider.clone()), "one's own name");
    assert_eq!(who(&names, STAFF, Some(PROVIDER)), Some(provider));
    // In the provider's own log its name would stand for everybody who left.
    assert_eq!(who(&unlocked.event_names().unwrap(), STAFF, Some(PROVIDER)), None);
}

#[test]
fn an_organization_that_was_never_read_takes_no_name_away() {
    let world = World::new();
    let (_machine, unlocked) = owner(&world);
    let names = unlocked.event_names_in(Uuid::from_u128(5)).unwrap();
    assert_eq!(who(&names, ACCOUNT, None).as_deref(), Some("Marguerite Yourcenar"));
}
