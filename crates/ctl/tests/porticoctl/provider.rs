//! The provider admin's day: login, sync, then everything offline.

use crate::support::{Person, Service, keys};
use serde_json::Value;

const SIZE: [&str; 4] = ["--clients", "6", "--items", "40"];

#[test]
fn what_was_synced_is_read_after_the_service_is_gone() {
    let mut service = Service::start(&SIZE, false);
    let mut maya = Person::new();
    maya.sign_in(&service.url, service.account("provider admin"), &[]);

    let synced = maya.run(&["sync", "--json"]).json();
    let promised = [
        "bytesWritten",
        "clientsLeft",
        "clientsRead",
        "clientsTakenUp",
        "events",
        "failed",
        "failedLogs",
        "failedProviders",
        "head",
        "oddEntries",
        "vaultRead",
    ];
    assert_eq!(keys(&synced), promised);
    // Six clients, and the provider's own organization.
    assert_eq!(
        (&synced["clientsRead"], &synced["failed"]),
        (&Value::from(7), &Value::from(Vec::<Value>::new()))
    );
    service.stop();

    let status = maya.run(&["status", "--json"]).json();
    let promised = [
        "email",
        "fingerprint",
        "head",
        "lastSync",
        "passwordNotice",
        "server",
        "setAside",
        "stale",
        "state",
        "suspended",
        "unfinished",
    ];
    assert_eq!(keys(&status), promised);
    assert_eq!(status["fingerprint"].as_str().unwrap().split('-').count(), 5, "{status}");
    assert_eq!(status["state"], "unlocked");
    assert_eq!(status["email"], "maya.okafor@brightwater.example");
    assert_eq!(status["head"], synced["head"]);
    assert!(status["lastSync"].as_str().unwrap().ends_with('Z'), "{status}");
    assert_eq!(status["stale"], Value::from(Vec::<Value>::new()));

    clients_are_listed_with_the_promised_keys(&maya);
    structure_of_a_client_is_complete(&maya);
    searching_finds_people_groups_collections_and_clients(&maya);
    who_reaches_what_is_told_with_every_path(&maya);
    whoever_acted_in_a_client_has_a_name(&maya);

    let providers = maya.run(&["provider", "list", "--json"]).rows();
    assert_eq!((&providers[0]["name"], &providers[0]["clients"]), (&"Brightwater IT".into(), &6.into()));
    let team = maya.run(&["provider", "members", "--json"]).rows();
    let of = |email: &str| team.iter().find(|member| member["email"] == email).unwrap();
    assert_eq!(of("maya.okafor@brightwater.example")["role"], "Provider admin");
    assert_eq!(of("tom.reyes@brightwater.example")["status"], "Accepted");
    assert_eq!(of("elodie.marchand@brightwater.example")["status"], "Invited");
    logs_are_read_offline(&maya);
    clients_are_pinned(&maya);
    clients_carry_tags(&maya);

    let sync = maya.run(&["sync"]);
    assert_eq!(sync.code, 3, "{}", sync.err);
    assert_eq!(maya.run(&["clients", "list"]).code, 0);
}

fn logs_are_read_offline(maya: &Person) {
    let log = maya.run(&["provider", "events", "--json"]).rows();
    assert!(!log.is_empty());
    let promised = [
        "actingUserId",
        "actor",
        "client",
        "date",
        "deviceType",
        "ipAddress",
        "name",
        "organizationId",
        "type",
    ];
    assert_eq!(keys(&log[0]), promised);
    let dates: Vec<&str> = log.iter().map(|event| event["date"].as_str().unwrap()).collect();
    assert!(dates.is_sorted_by(|one, next| one >= next), "newest first");
    assert!(log.iter().any(|event| event["actor"] == "Maya Okafor"), "{log:?}");
    let of_client = maya.run(&["clients", "events", "abbott", "--json"]).rows();
    assert!(of_client.iter().all(|event| event["client"] == "Abbott & Lane Solicitors"));
    assert!(!of_client.is_empty());
    assert!(maya.run(&["provider", "events"]).out.starts_with("DATE"));
}

fn clients_are_pinned(maya: &Person) {
    let pinned = || {
        let clients = maya.run(&["clients", "list", "--json"]).rows();
        clients.iter().filter(|client| client["pinned"] == true).count()
    };
    assert_eq!(pinned(), 0);
    assert_eq!(maya.run(&["clients", "pin", "abbott"]).code, 0);
    assert_eq!(pinned(), 1);
    assert_eq!(maya.run(&["clients", "unpin", "abbott"]).code, 0);
    assert_eq!(pinned(), 0);
}

fn clients_carry_tags(maya: &Person) {
    let tagged = |client: &str, change: &[&str]| {
        maya.run(&[&["clients", "tag", client, "--json"], change].concat()).json()["tags"].clone()
    };
    assert_eq!(tagged("abbott", &["--add", "mine", "--add", "Santé"]), serde_json::json!(["mine", "Santé"]));
    assert_eq!(tagged("abbott", &["--add", "SANTE", "--remove", "Mine"]), serde_json::json!(["Santé"]));
    let found = maya.run(&["clients", "list", "--tag", "sante", "--json"]).rows();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&found[0]["name"], &found[0]["tags"]),
        (&"Abbott & Lane Solicitors".into(), &serde_json::json!(["Santé"]))
    );
    let hits = maya.run(&["search", "santé", "--json"]).rows();
    assert!(hits.iter().any(|hit| hit["kind"] == "client" && hit["name"] == found[0]["name"]), "{hits:?}");
    assert!(maya.run(&["clients", "list", "--tag", "mine", "--json"]).rows().is_empty());
    tags_are_changed_on_all_clients(maya);
}

fn tags_are_changed_on_all_clients(maya: &Person) {
    let tags = |of: &[&str]| maya.run(&[&["clients", "tags"], of, &["--json"]].concat());
    let all = || tags(&["list"]).json();
    let clients = maya.run(&["clients", "list", "--json"]).rows();
    for client in &clients[..3] {
        maya.run(&["clients", "tag", client["id"].as_str().unwrap(), "--add", "mine"]);
    }
    let sante = serde_json::json!({"name": "Santé", "clients": 1});
    assert_eq!(all(), serde_json::json!([{"name": "mine", "clients": 3}, sante]));
    let told = tags(&["rename", "MINE", "ours", "--dry-run"]).json();
    assert_eq!(told, serde_json::json!({"name": "ours", "clients": 3}));
    assert_eq!(tags(&["delete", "mine", "--dry-run"]).json()["clients"], 3);
    assert_eq!(all()[0]["name"], "mine", "nothing was changed");
    assert_eq!(tags(&["rename", "mine", "ours"]).json(), told);
    assert_eq!(maya.run(&["clients", "list", "--tag", "ours", "--json"]).rows().len(), 3);
    assert_eq!(tags(&["rename", "mine", "ours"]).code, 1, "there is none of that name");
    assert_eq!(tags(&["delete", "sante"]).json()["clients"], 1);
    assert_eq!(tags(&["delete", "ours"]).code, 0);
    assert_eq!(all(), serde_json::json!([]));
}

fn clients_are_listed_with_the_promised_keys(maya: &Person) {
    let clients = maya.run(&["clients", "list", "--json"]).rows();
    assert_eq!(clients.len(), 6);
    for key in ["id", "name", "plan", "seats", "occupiedSeats", "userCount", "syncedAt", "stale"] {
        assert!(keys(&clients[0]).contains(&key.to_owned()), "{key}");
    }
    let abbott = &clients[0];
    assert_eq!(abbott["name"], "Abbott & Lane Solicitors");
    assert_eq!(
        (&abbott["plan"], &abbott["seats"], &abbott["occupiedSeats"]),
        (&"Enterprise".into(), &45.into(), &41.into())
    );
    assert_eq!(abbott["stale"], false);
    let table = maya.run(&["clients", "list"]).out;
    assert!(
        table.lines().next().unwrap().starts_with("NAME") && table.contains("Abbott & Lane Solicitors"),
        "{table}"
    );
}

fn structure_of_a_client_is_complete(maya: &Person) {
    let members = maya.run(&["clients", "members", "abbott & lane", "--json"]).rows();
    assert_eq!(members.len(), 44);
    for key in ["id", "name", "email", "role", "status", "twoFactorEnabled", "groups", "collections"] {
        assert!(keys(&members[0]).contains(&key.to_owned()), "{key}");
    }
    let daniel = members.iter().find(|member| member["email"] == "daniel.osei@abbott.example").unwrap();
    assert_eq!((&daniel["role"], &daniel["status"]), (&"User".into(), &"Confirmed".into()));
    assert_eq!(daniel["groups"], serde_json::json!(["All staff", "Conveyancing"]));
    assert_eq!(daniel["collections"], serde_json::json!(["Client account banking", "Land Registry portal"]));
    let pike = members.iter().find(|member| member["email"] == "joanna.pike@abbott.example").unwrap();
    assert_eq!(pike["status"], "Invited");

    let groups = maya.run(&["clients", "groups", "abbott", "--json"]).rows();
    assert_eq!(groups.len(), 7);
    let collections = maya.run(&["clients", "collections", "abbott", "--json"]).rows();
    assert_eq!(collections.len(), 18);
    let banking = collections.iter().find(|one| one["name"] == "Client account banking").unwrap();
    assert_eq!(banking["groups"], serde_json::json!(["Accounts"]));
    let policies = maya.run(&["clients", "policies", "abbott", "--json"]).rows();
    let two_step = policies.iter().find(|policy| policy["type"] == 0).unwrap();
    assert_eq!((&two_step["name"], &two_step["enabled"]), (&"Require two-step login".into(), &false.into()));

    let shown = maya.run(&["clients", "show", "abbott", "--json"]).json();
    assert_eq!((&shown["collections"], &shown["revoked"]), (&18.into(), &3.into()));
    let nobody = maya.run(&["clients", "show", "Nobody & Sons"]);
    assert_eq!(nobody.code, 1, "{}", nobody.err);
}

fn who_reaches_what_is_told_with_every_path(maya: &Person) {
    let daniel =
        maya.run(&["access", "member", "abbott & lane", "daniel.osei@abbott.example", "--json"]).rows();
    assert_eq!(keys(&daniel[0]), ["collection", "id", "inForce", "paths", "permission"]);
    let portal = daniel.iter().find(|row| row["collection"] == "Land Registry portal").unwrap();
    let way = |via: &str, group: Value, permission: &str| serde_json::json!({"via": via, "group": group, "permission": permission});
    assert_eq!((&portal["permission"], &portal["inForce"]), (&"Manage collection".into(), &true.into()));
    assert_eq!(
        portal["paths"],
        serde_json::json!([
            way("direct", Value::Null, "Manage collection"),
            way("group", "Conveyancing".into(), "Edit items")
        ])
    );

    let reaching = maya.run(&["access", "collection", "abbott", "land registry portal", "--json"]).rows();
    assert_eq!(keys(&reaching[0]), ["email", "id", "inForce", "name", "paths", "permission", "status"]);
    let email = |who: &str| reaching.iter().find(|row| row["email"] == who);
    assert_eq!(email("daniel.osei@abbott.example").unwrap()["paths"], portal["paths"]);
    // Revoked, and still in a group that reaches it.
    let lucy = email("lucy.ferrand@abbott.example").unwrap();
    assert_eq!((&lucy["status"], &lucy["inForce"]), (&"Revoked".into(), &false.into()));
    let table = maya.run(&["access", "collection", "abbott", "Land Registry portal"]).out;
    assert!(table.starts_with("NAME") && table.contains("(direct), Conveyancing"), "{table}");

    for (missing, code) in [
        (&["access", "member", "abbott", "nobody@abbott.example"][..], 1),
        (&["access", "collection", "abbott", "No such"], 1),
        (&["access", "member", "Nobody & Sons", "x"], 1),
        (&["access", "member", "abbott"], 2),
    ] {
        assert_eq!(maya.run(missing).code, code, "{missing:?}");
    }
}

fn whoever_acted_in_a_client_has_a_name(maya: &Person) {
    let events = maya.run(&["clients", "events", "abbott", "--json"]).rows();
    let signed_in: Vec<&Value> = events.iter().filter(|event| event["type"] == 1000).collect();
    assert!(signed_in.len() > 3 && signed_in.iter().all(|event| event["actor"].is_string()), "{signed_in:?}");
}

fn searching_finds_people_groups_collections_and_clients(maya: &Person) {
    let found = maya.run(&["search", "rouss", "--json"]).rows();
    assert_eq!(keys(&found[0]), ["client", "detail", "id", "kind", "name"]);
    let camille: Vec<&Value> = found.iter().filter(|hit| hit["name"] == "Camille Rousseau").collect();
    assert_eq!(camille.len(), 2, "in two clients: {found:?}");
    assert_eq!(camille[0]["kind"], "person");
    assert_eq!(camille[0]["detail"], "camille.rousseau@abbott.example");
    for (text, kind) in [("conveyancing", "group"), ("land registry", "collection"), ("kestrel", "client")] {
        let found = maya.run(&["search", text, "--json"]).rows();
        assert!(found.iter().any(|hit| hit["kind"] == kind), "{text}: {found:?}");
    }
    assert_eq!(maya.run(&["search", "nobody-has-this-name", "--json"]).rows(), Vec::<Value>::new());
}

#[test]
fn a_service_user_sees_the_clients_but_not_the_team() {
    let service = Service::start(&SIZE, false);
    let mut jonas = Person::new();
    jonas.sign_in(&service.url, service.account("service user"), &[]);
    assert_eq!(jonas.run(&["sync"]).code, 0);
    assert_eq!(jonas.run(&["clients", "list", "--json"]).rows().len(), 6);
    let team = jonas.run(&["provider", "members", "--json"]);
    assert_eq!(
        (team.code, team.out.as_str()),
        (1, ""),
        "what may not be read is no empty list: {}",
        team.err
    );
}
