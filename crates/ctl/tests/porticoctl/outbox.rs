//! `service outbox`: reading beside a running service, and never making what is not there.

use serde_json::Value;

use crate::support::{Person, Service, porticoctl};

#[test]
fn the_outbox_is_read_while_the_service_runs() {
    let service = Service::start(&["--clients", "1", "--members", "4", "--items", "10"], false);
    let folder = service.data().to_str().unwrap();
    let outbox = |more: &[&str]| {
        let read = porticoctl().args(["service", "outbox", "--data", folder]).args(more).output().unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        String::from_utf8(read.stdout).unwrap()
    };
    let mails = |more: &[&str]| -> Vec<Value> {
        serde_json::from_str(&outbox(&[&["--json"], more].concat())).unwrap()
    };
    assert_eq!(mails(&[]), [] as [Value; 0], "nothing has happened yet");

    let account = service.account("provider admin");
    let email = account["email"].as_str().unwrap();
    Person::new().sign_in(&service.url, account, &[]);
    let told = mails(&[]);
    assert_eq!(told.len(), 1);
    let mut keys: Vec<&str> = told[0].as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["body", "date", "fields", "id", "kind", "subject", "to"]);
    assert_eq!((&told[0]["kind"], &told[0]["to"]), (&"newDeviceSignIn".into(), &account["email"]));
    assert!(told[0]["fields"]["deviceType"].is_string());
    assert_eq!(mails(&["--to", &email.to_uppercase()]), told);
    assert_eq!(mails(&["--to", "nobody@brightwater.example"]), [] as [Value; 0]);
    assert!(outbox(&[]).contains(email), "the table for people");
}

#[test]
fn a_folder_without_a_service_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    for data in [folder.path(), nowhere.as_path()] {
        let read =
            porticoctl().args(["service", "outbox", "--data", data.to_str().unwrap()]).output().unwrap();
        assert_eq!(read.status.code(), Some(1));
    }
    assert!(!nowhere.exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
