//! What the official client reads of the demo, against what our own client reads of it.

use std::collections::{BTreeMap, BTreeSet};

use portico_crypto::fingerprint_phrase;
use portico_tests::person::Person;
use portico_vault::{FieldId, ItemOverview};
use reqwest::Method;
use serde_json::Value;

use crate::bw::Refused;
use crate::world::{World, code_of, fields_by_ours, fields_by_theirs, text};

#[tokio::test(flavor = "multi_thread")]
async fn an_end_user_reads_in_the_official_client_what_ours_reads() {
    let world = World::start().await;
    let person = world.account("end user");
    let mut bw = world.bw();
    assert_eq!(bw.told(&["status"])["template"]["status"], "unauthenticated");
    let wrong = bw.try_login(person.email, "not the password", &[]);
    let Err(Refused(told)) = wrong else { panic!("a wrong password signs in") };
    assert!(told.contains("Invalid master password"), "{told}");
    bw.login(person.email, person.password);
    let status = &bw.told(&["status"])["template"];
    assert_eq!(status["status"], "unlocked");
    assert_eq!(status["userEmail"], person.email);

    let own = world.own_client(person).await;
    let picture = own.unlocked.picture();
    let rows = bw.list(&["items"]);
    same_items(picture.items(), &rows);

    // Every field of every item that opens; where passwords are hidden, every field that is shown.
    let (mut compared, mut with_hidden) = (0, 0);
    for row in &rows {
        let id = text(&row["id"]);
        let item = picture.item(id.parse().unwrap()).unwrap();
        if item.has_unreadable_parts() {
            continue;
        }
        if item.overview().view_password {
            own.has(&id, row);
            compared += item.fields().count();
            continue;
        }
        with_hidden += 1;
        let theirs = fields_by_theirs(row);
        for (field, ours) in fields_by_ours(&item).iter().filter(|(_, ours)| !ours.withheld) {
            assert_eq!(Some(ours), theirs.get(field), "{field} of {}", row["name"]);
        }
    }
    assert!(with_hidden > 0, "no item hides its password");
    assert!(compared > 300, "{compared} values");

    let with_code = picture
        .items()
        .iter()
        .find(|item| {
            let listed = item.deleted_date.is_none() && item.archived_date.is_none();
            item.has_totp && item.view_password && listed
        })
        .expect("an item with a verification code");
    let item = picture.item(with_code.id).unwrap();
    let id = with_code.id.to_string();
    let password = item.reveal(&FieldId::from("login.password")).unwrap();
    assert_eq!(bw.get("password", &id), password.expose());
    // The code may turn while the official client starts: it is the one of before or of after.
    let code = || item.totp_code(now()).unwrap().code.expose().to_owned();
    let (before, told, after) = (code(), bw.get("totp", &id), code());
    assert!(told == before || told == after, "{told} is neither {before} nor {after}");

    let names = picture.names().unwrap();
    let mut ours: BTreeSet<_> =
        names.folders.iter().map(|(id, name)| (id.to_string(), name.value().unwrap().clone())).collect();
    ours.insert((String::new(), "No Folder".to_owned()));
    assert_eq!(named(&bw.list(&["folders"])), ours);
    let ours: BTreeSet<_> =
        names.collections.iter().map(|one| (one.id.to_string(), one.name.value().unwrap().clone())).collect();
    assert_eq!(named(&bw.list(&["collections"])), ours);
    let ours: BTreeSet<_> =
        picture.organizations().unwrap().into_iter().map(|one| (one.id.to_string(), one.name)).collect();
    assert_eq!(named(&bw.list(&["organizations"])), ours);
}

/// Id and name of each.
fn named(rows: &[Value]) -> BTreeSet<(String, String)> {
    rows.iter().map(|row| (text(&row["id"]), text(&row["name"]))).collect()
}

/// The official list leaves out trash and archive. What does not open it shows under a name of its own, without a name
/// or, where the format is newer than it can read, not at all.
fn same_items(ours: &[ItemOverview], theirs: &[Value]) {
    let theirs: BTreeMap<String, String> =
        theirs.iter().map(|row| (text(&row["id"]), text(&row["name"]))).collect();
    let listed = |item: &&ItemOverview| item.deleted_date.is_none() && item.archived_date.is_none();
    let ours: BTreeMap<String, Option<String>> =
        ours.iter().filter(listed).map(|item| (item.id.to_string(), item.name.value().cloned())).collect();
    let added: Vec<_> = theirs.keys().filter(|id| !ours.contains_key(*id)).collect();
    assert!(added.is_empty(), "{added:?}");
    for (id, name) in &ours {
        match (name, theirs.get(id)) {
            (Some(name), told) => assert_eq!(Some(name), told),
            (None, Some(told)) => {
                assert!(told.is_empty() || told.contains("cannot decrypt"), "{id}: {told}");
            }
            (None, None) => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authenticator_code_is_asked_for_and_taken() {
    let world = World::start().await;
    let person =
        world.accounts.accounts.iter().find(|account| account.authenticator_secret.is_some()).unwrap();
    let mut bw = world.bw();
    let wrong = bw.try_login(person.email, person.password, &["--method", "0", "--code", "000000"]);
    let Err(Refused(told)) = wrong else { panic!("a wrong code signs in") };
    assert!(told.contains("Two-step token is invalid"), "{told}");
    let code = code_of(person.authenticator_secret.unwrap());
    bw.keep(bw.try_login(person.email, person.password, &["--method", "0", "--code", &code]).unwrap());
    assert_eq!(bw.told(&["status"])["template"]["userEmail"], person.email);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_synced_is_read_again_after_a_lock_without_a_sync() {
    let world = World::start().await;
    let person = world.account("end user");
    let mut bw = world.bw();
    bw.login(person.email, person.password);
    let before = bw.list(&["items"]);
    assert!(before.len() > 10, "{} items", before.len());
    bw.told(&["lock"]);
    assert_eq!(bw.told(&["status"])["template"]["status"], "locked");
    assert!(bw.ask(&["list", "items"]).is_err(), "the key of before opens nothing");
    assert!(bw.try_unlock("not the password").is_err(), "a wrong password unlocks nothing");
    assert_eq!(bw.told(&["status"])["template"]["status"], "locked");
    bw.unlock(person.password);
    assert_eq!(bw.list(&["items"]), before);
    bw.told(&["sync", "--force"]);
    assert_eq!(bw.list(&["items"]), before);
    bw.told(&["logout"]);
    assert_eq!(bw.told(&["status"])["template"]["status"], "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_lists_people_and_collections_of_an_organization() {
    let world = World::start().await;
    let person = world.account("provider admin");
    let mut bw = world.bw();
    bw.login(person.email, person.password);
    let own = world.own_client(person).await;
    let picture = own.unlocked.picture();
    let organization = picture
        .organizations()
        .unwrap()
        .into_iter()
        .find(|organization| organization.is_administered_as_member())
        .expect("the provider's own organization");
    let structure = picture.client(organization.id).unwrap().unwrap();
    let id = organization.id.to_string();

    let people: BTreeSet<String> =
        bw.list(&["org-members", "--organizationid", &id]).iter().map(|row| text(&row["email"])).collect();
    let ours: BTreeSet<String> = structure.members.iter().map(|member| member.email.clone()).collect();
    assert_eq!(people, ours);
    let ours: BTreeSet<_> = structure
        .collections
        .iter()
        .map(|one| (one.id.to_string(), one.name.text().unwrap().to_owned()))
        .collect();
    assert_eq!(named(&bw.list(&["org-collections", "--organizationid", &id])), ours);
    let me = Person::signed_in(world.plain(), person.email, person.password).await;
    let profile = me.call(Method::GET, "api/accounts/profile", Value::Null).await;
    let key = me.private_key.public_key();
    assert_eq!(bw.get("fingerprint", "me"), fingerprint_phrase(&text(&profile["id"]), key.spki()));
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}
