//! What changes the provider's clients, from a script: told before it is done, and then done.

use crate::support::{Person, Service, keys};
use serde_json::Value;

const SIZE: [&str; 6] = ["--clients", "4", "--items", "5", "--members", "4"];

const PROMISED: [&str; 11] = [
    "action",
    "already",
    "client",
    "dryRun",
    "id",
    "nameBefore",
    "provider",
    "seats",
    "seatsBefore",
    "seatsBought",
    "seatsGivenBack",
];

fn client(person: &Person, place: usize) -> Value {
    person.run(&["clients", "list", "--json"]).rows().remove(place)
}

#[test]
fn what_would_happen_is_told_without_the_service() {
    let mut service = Service::start(&SIZE, false);
    let mut maya = Person::new();
    maya.sign_in(&service.url, service.account("provider admin"), &[]);
    assert_eq!(maya.run(&["sync"]).code, 0);
    let mut staff = Person::new();
    staff.sign_in(&service.url, service.account("service user"), &[]);
    assert_eq!(staff.run(&["sync"]).code, 0);
    service.stop();

    let before = maya.run(&["clients", "list", "--json"]).rows();
    let one = client(&maya, 0);
    let (name, seats) = (one["name"].as_str().unwrap(), one["seats"].as_i64().unwrap());
    let renamed = maya.run(&["clients", "rename", name, "Renamed", "--dry-run", "--json"]).json();
    assert_eq!(keys(&renamed), PROMISED);
    assert_eq!((&renamed["dryRun"], &renamed["nameBefore"]), (&true.into(), &name.into()));
    assert_eq!((&renamed["client"], &renamed["id"]), (&"Renamed".into(), &one["id"]));

    let more = (seats + 3).to_string();
    let resized = maya.run(&["clients", "seats", name, &more, "--dry-run", "--json"]).json();
    assert_eq!((&resized["seatsBefore"], &resized["seats"]), (&seats.into(), &(seats + 3).into()));
    assert!(resized["seatsBought"].is_number(), "{resized}");
    let occupied = one["occupiedSeats"].as_i64().unwrap();
    let too_few = maya.run(&["clients", "seats", name, &(occupied - 1).max(1).to_string(), "--dry-run"]);
    assert_eq!(too_few.code, 1, "{}", too_few.err);
    assert!(too_few.err.contains("seats are taken"), "{}", too_few.err);

    let owner = ["--owner-email", "owner@harbour.example"];
    let made = ["clients", "create", "Harbour", "--plan", "teams", "--seats", "5", "--dry-run"];
    let made = maya.run(&[&made[..], &owner, &["--json"]].concat()).json();
    assert_eq!((&made["action"], &made["id"], &made["seats"]), (&"create".into(), &Value::Null, &5.into()));
    let unlinked = maya.run(&["clients", "unlink", name, "--dry-run"]);
    assert_eq!(unlinked.code, 0, "{}", unlinked.err);
    assert!(unlinked.out.contains("dry run"), "{}", unlinked.out);

    // A service user is told what the role does not allow, and how many seats there are to move.
    let refused = staff.run(&["clients", "unlink", name, "--dry-run"]);
    assert_eq!((refused.code, refused.err.contains("takes a provider admin")), (1, true), "{}", refused.err);
    let greedy = staff.run(&["clients", "seats", name, "100000", "--dry-run"]);
    assert_eq!((greedy.code, greedy.err.contains("not assigned")), (1, true), "{}", greedy.err);

    // Nothing was done, and without the service nothing can be.
    assert_eq!(maya.run(&["clients", "list", "--json"]).rows(), before);
    assert_eq!(maya.run(&["clients", "rename", name, "Renamed"]).code, 3);
    for usage in [&["clients", "rename", name, "  "][..], &["clients", "seats", name, "0"]] {
        assert_eq!(maya.run(usage).code, 2, "{usage:?}");
    }
    let no_email = ["clients", "create", "X", "--plan", "teams", "--seats", "1", "--owner-email", "nobody"];
    assert_eq!(maya.run(&no_email).code, 2);
    assert_eq!(maya.run(&["clients", "unlink", "no such client", "--dry-run"]).code, 1);
}

#[test]
fn clients_are_made_changed_and_let_go() {
    let service = Service::start(&SIZE, false);
    let mut maya = Person::new();
    maya.sign_in(&service.url, service.account("provider admin"), &[]);
    assert_eq!(maya.run(&["sync"]).code, 0);

    let owner = ["--owner-email", "owner@harbour.example", "--plan", "teams", "--seats", "5", "--json"];
    let made = maya.run(&[&["clients", "create", "Harbour"][..], &owner].concat()).json();
    assert_eq!((&made["dryRun"], &made["already"]), (&false.into(), &false.into()));
    let shown = maya.run(&["clients", "list", "--json"]).rows();
    let harbour = shown.iter().find(|row| row["name"] == "Harbour").unwrap();
    assert_eq!(
        (&harbour["id"], &harbour["seats"], &harbour["stale"]),
        (&made["id"], &5.into(), &false.into())
    );
    let collections = maya.run(&["clients", "collections", "Harbour", "--json"]).rows();
    assert_eq!(collections[0]["name"], "Default collection");

    assert_eq!(maya.run(&["clients", "rename", "harbour", "Harbour & Sons"]).code, 0);
    assert_eq!(maya.run(&["clients", "show", "Harbour &"]).code, 0);
    let cut_short = maya.run(&["clients", "unlink", "Harbour &"]);
    assert!(cut_short.code == 1 && cut_short.err.contains("Harbour & Sons"), "{}", cut_short.err);
    assert_eq!(maya.run(&["clients", "seats", "Harbour & Sons", "8"]).code, 0);
    let shown = maya.run(&["clients", "list", "--json"]).rows();
    assert_eq!(shown.iter().find(|row| row["name"] == "Harbour & Sons").unwrap()["seats"], 8);

    // It has no confirmed owner yet.
    let refused = maya.run(&["clients", "unlink", "Harbour & Sons"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("at least one confirmed owner"), "{}", refused.err);

    let events = maya.run(&["provider", "events", "--client", "Harbour & Sons", "--json"]).rows();
    assert!(!events.is_empty() && events.iter().any(|event| event["type"] == 1900), "{events:?}");
    // The event of its making names the link alone (protocol.md §5.10).
    let is_harbour =
        |event: &Value| event["client"] == "Harbour & Sons" && event["organizationId"] == made["id"];
    assert!(events.iter().all(is_harbour), "{events:?}");
    let mut others = shown.iter().map(|row| row["name"].as_str().unwrap());
    let left =
        others.find(|name| *name != "Harbour & Sons" && maya.run(&["clients", "unlink", name]).code == 0);
    let left = left.expect("a client with an owner of its own");
    let events = maya.run(&["provider", "events", "--json"]).rows();
    let unlinked = events.iter().find(|event| event["type"] == 1902).unwrap();
    // Of what was unlinked the name and the id are kept for the log.
    let before = shown.iter().find(|row| row["name"] == left).unwrap();
    assert_eq!((&unlinked["client"], &unlinked["organizationId"]), (&before["name"], &before["id"]));
    let own = service.account("provider admin")["email"].as_str().unwrap();
    let by_maya = maya.run(&["provider", "events", "--person", own, "--json"]).rows();
    assert!(by_maya.iter().any(|event| event["type"] == 1900));
    assert_eq!(maya.run(&["provider", "events", "--person", "nobody@x.example"]).code, 1);
}

/// The name and the seats travel together: what a colleague changed since the last sync stays.
#[test]
fn what_a_colleague_changed_since_the_last_sync_is_kept() {
    let service = Service::start(&SIZE, false);
    let (mut maya, mut staff) = (Person::new(), Person::new());
    maya.sign_in(&service.url, service.account("provider admin"), &[]);
    staff.sign_in(&service.url, service.account("service user"), &[]);
    assert_eq!((maya.run(&["sync"]).code, staff.run(&["sync"]).code), (0, 0));
    let one = client(&maya, 0);
    let (id, seats) = (one["id"].as_str().unwrap(), one["seats"].as_i64().unwrap());
    let fewer = (seats - 1).to_string();
    assert!(seats > 1 && one["occupiedSeats"].as_i64().unwrap() < seats, "{one}");

    assert_eq!(maya.run(&["clients", "seats", id, &fewer]).code, 0);
    let renamed = staff.run(&["clients", "rename", id, "Renamed", "--json"]);
    assert_eq!(renamed.code, 0, "{}", renamed.err);
    let known = |person: &Person| {
        let rows = person.run(&["clients", "list", "--json"]).rows();
        let row = rows.iter().find(|row| row["id"] == one["id"]).unwrap();
        (row["name"].clone(), row["seats"].clone())
    };
    assert_eq!(known(&staff), ("Renamed".into(), (seats - 1).into()), "the seats that Maya gave it");

    // The other way round. Maya has not seen the new name either.
    let resized = maya.run(&["clients", "seats", id, &seats.to_string(), "--json"]);
    assert_eq!(resized.code, 0, "{}", resized.err);
    let resized = resized.json();
    assert_eq!((&resized["client"], &resized["seatsBefore"]), (&"Renamed".into(), &(seats - 1).into()));
    assert_eq!(known(&maya), ("Renamed".into(), seats.into()), "the name that the colleague gave it");
    assert_eq!(staff.run(&["sync"]).code, 0);
    assert_eq!(known(&staff), ("Renamed".into(), seats.into()));
}
