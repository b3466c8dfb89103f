//! An account's sealed file kept elsewhere, and put back.

use serde_json::json;

use crate::support::{Person, Service};

const SIZE: [&str; 6] = ["--clients", "2", "--members", "4", "--items", "10"];

#[test]
fn what_was_logged_out_for_good_comes_back_from_its_backup() {
    let service = Service::start(&SIZE, false);
    let account = service.account("provider admin");
    let (mut maya, password) = Person::synced(&service);
    let file = maya.profile().with_file_name("maya.portico");
    let file = file.to_str().unwrap();

    // Neither needs a password: what is copied is as sealed as it was.
    let saved = maya.run(&["backup", file, "--json"]);
    assert_eq!(saved.code, 0, "{}", saved.err);
    let bytes = std::fs::metadata(file).unwrap().len();
    assert_eq!(saved.json(), json!({"email": account["email"], "file": file, "bytes": bytes}));
    let again = maya.run(&["backup", file]);
    assert!(again.code == 1 && again.err.contains("--force"), "{} {}", again.code, again.err);
    assert_eq!(maya.run(&["backup", file, "--force"]).code, 0);
    let here = maya.run(&["restore", file]);
    assert!(here.code == 1 && here.err.contains("already"), "{} {}", here.code, here.err);

    assert_eq!(maya.run(&["logout", "--remove"]).code, 0);
    assert_eq!(maya.run(&["status", "--json"]).json()["state"], "signedOut");
    let restored = maya.run(&["restore", file, "--json"]);
    assert_eq!(restored.code, 0, "{}", restored.err);
    assert_eq!(restored.json()["email"], account["email"]);
    let locked = maya.run(&["clients", "list", "--password-file", &password]);
    assert_eq!(locked.code, 4, "signed out until the server lets the person in: {}", locked.err);

    maya.sign_in(&service.url, account, &[]);
    let clients = maya.run(&["clients", "list", "--json"]);
    assert_eq!((clients.code, clients.rows().len()), (0, 2), "without a sync: {}", clients.err);

    std::fs::write(file, "no backup of anything").unwrap();
    let garbage = maya.run(&["restore", file]);
    assert!(garbage.code == 5 && garbage.err.contains("no backup"), "{} {}", garbage.code, garbage.err);
}
