//! `service provider`: what the staff of a server do, beside a service that runs.

use serde_json::Value;
use uuid::Uuid;

use crate::support::{Answer, Person, Service, keys};

fn run(service: &Service, arguments: &[&str]) -> Answer {
    let folder = service.data().to_str().unwrap();
    let (command, rest) = arguments.split_first().unwrap();
    let first = ["--json", "service", "provider", command, "--data", folder];
    Person::new().run(&[&first[..], rest].concat())
}

fn mails(service: &Service, kind: &str) -> Vec<Value> {
    let folder = service.data().to_str().unwrap();
    let all = Person::new().run(&["--json", "service", "outbox", "--data", folder]).rows();
    all.into_iter().filter(|mail| mail["kind"] == kind).collect()
}

#[test]
fn staff_make_providers_and_end_them_while_the_service_runs() {
    let service = Service::start(&["--clients", "1", "--members", "4", "--items", "10"], false);
    let owner = "Owner@Kestrel.example";
    let created = run(
        &service,
        &[
            "create",
            "--owner",
            owner,
            "--teams-minimum",
            "5",
            "--client-items",
            "full",
            "--url",
            &service.url,
        ],
    )
    .json();
    assert_eq!(keys(&created), ["id", "link", "ownerHasAccount"]);
    assert_eq!(created["ownerHasAccount"], false);
    let link = created["link"].as_str().unwrap();
    assert!(link.starts_with(&format!("{}/#/providers/setup-provider?providerId=", service.url)), "{link}");
    let setup = mails(&service, "providerSetup");
    assert_eq!((setup.len(), &setup[0]["to"]), (1, &Value::from("owner@kestrel.example")));
    assert_eq!(setup[0]["fields"]["link"], created["link"]);

    let demo = service.demo["provider"]["id"].as_str().unwrap();
    let deletion = run(&service, &["delete-link", demo, "--url", &service.url]).json();
    assert_eq!(keys(&deletion), ["id", "link"]);
    assert_eq!(mails(&service, "providerDeletion")[0]["fields"]["link"], deletion["link"]);

    let database = rusqlite::Connection::open(service.data().join("service.sqlite3")).unwrap();
    let id: Uuid = demo.parse().unwrap();
    let read = |column: &str| -> i64 {
        let sql = format!("SELECT {column} FROM providers WHERE id = ?");
        database.query_row(&sql, [id.as_bytes()], |row| row.get(0)).unwrap()
    };
    for (command, enabled) in [("suspend", 0), ("resume", 1)] {
        assert_eq!(run(&service, &[command, demo]).code, 0);
        assert_eq!(read("enabled"), enabled);
    }
    for (number, items) in [(0, "none"), (1, "read"), (2, "full")] {
        assert_eq!(run(&service, &["client-items", demo, items]).code, 0);
        assert_eq!(read("client_items"), number);
    }
}

#[test]
fn what_cannot_be_is_told() {
    let service = Service::start(&["--clients", "1", "--members", "4", "--items", "10"], false);
    let nobody = Uuid::from_u128(7).to_string();
    for command in ["suspend", "resume", "delete-link"] {
        let answer = run(&service, &[command, &nobody]);
        assert_eq!(answer.code, 1, "{}", answer.err);
        assert!(answer.err.contains("no such provider") || answer.err.contains("address"), "{}", answer.err);
    }
    let answer = run(&service, &["create", "--owner", "nobody", "--url", &service.url]);
    assert_eq!(answer.code, 2, "{}", answer.err);
    assert_eq!(run(&service, &["client-items", &nobody, "everything"]).code, 2);
    let elsewhere = tempfile::tempdir().unwrap();
    let folder = elsewhere.path().join("nothing");
    let answer =
        Person::new().run(&["service", "provider", "suspend", "--data", folder.to_str().unwrap(), &nobody]);
    assert_eq!(answer.code, 1);
    assert!(!folder.exists(), "left alone");
    // Where nothing ever ran nobody knows where links lead.
    let answer = Person::new().run(&[
        "service",
        "provider",
        "create",
        "--data",
        folder.to_str().unwrap(),
        "--owner",
        "a@b.example",
    ]);
    assert_eq!(answer.code, 2, "{}", answer.err);
}
