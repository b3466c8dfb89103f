//! `service provider`: what the staff of a server do, beside a service that runs.

use std::time::Duration;

use portico_client::{CancellationToken, Live, connect, listen, live_token};
use portico_profile::Profile;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
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

/// What is promised of our own service, also of what another process does to its file.
const PROMISED: Duration = Duration::from_secs(2);

#[test]
fn what_the_staff_change_is_told_to_who_listens_at_the_running_service() {
    let service = Service::start(&["--clients", "1", "--members", "4", "--items", "10"], false);
    let account = service.account("provider admin");
    let (email, password) = (account["email"].as_str().unwrap(), account["password"].as_str().unwrap());
    let mut maya = Person::new();
    maya.sign_in(&service.url, account, &[]);
    let profile = Profile::open(maya.profile()).unwrap();
    let known = profile.accounts().unwrap().remove(0);
    let unlocked = profile.unlock(known.id, password).unwrap();
    let api = connect(&profile, &known.server, None, None).unwrap();
    let demo = service.demo["provider"]["id"].as_str().unwrap();
    let provider = Live::Provider(demo.parse().unwrap());
    let own_business = [
        "create",
        "--type",
        "business-unit",
        "--enterprise-minimum",
        "1",
        "--owner",
        email,
        "--url",
        &service.url,
    ];

    let stop = CancellationToken::new();
    let (told, mut hears) = mpsc::unbounded_channel();
    let listening = listen(
        &api,
        |refused| live_token(&api, &unlocked, refused, &stop),
        |live| told.send(live).unwrap(),
        &stop,
    );
    let work = async {
        assert_eq!(hears.recv().await, Some(Live::Connected));
        for (command, hint) in [
            (&["suspend", demo][..], provider),
            (&["resume", demo], provider),
            (&["client-items", demo, "none"], provider),
            // Who gets a place needs a token that says so.
            (&own_business, Live::Keys),
        ] {
            let mut took = Vec::new();
            // A machine that stands still for a moment gets a second try.
            for _ in 0..2 {
                while hears.try_recv().is_ok() {}
                // Its answer comes when this program ends; nobody listens meanwhile, and nothing is lost by that.
                let answer = run(&service, command);
                assert_eq!(answer.code, 0, "{}", answer.err);
                let ended = Instant::now();
                let heard = async { while hears.recv().await.expect("the listener goes on") != hint {} };
                timeout(Duration::from_secs(60), heard).await.expect("it is told at all");
                took.push(ended.elapsed());
                if took[took.len() - 1] <= PROMISED {
                    break;
                }
            }
            assert!(
                took.iter().any(|took| *took <= PROMISED),
                "{command:?} was told after {took:?}, two seconds are promised"
            );
        }
        stop.cancel();
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async { tokio::join!(listening, work) });
}
