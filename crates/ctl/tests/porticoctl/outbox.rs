//! `service outbox`: reading beside a running service, and never making what is not there.

use crate::support::{Service, porticoctl};

#[test]
fn the_outbox_is_read_while_the_service_runs() {
    let service = Service::start(&["--clients", "1", "--members", "2", "--items", "1"], false);
    let folder = service.data().to_str().unwrap();
    let read = porticoctl().args(["service", "outbox", "--json", "--data", folder]).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    // Nobody has asked for anything by mail yet.
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&read.stdout).unwrap(), serde_json::json!([]));
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
