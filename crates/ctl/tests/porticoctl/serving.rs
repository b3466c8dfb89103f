//! `service serve` as a program that others start and stop.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::support::{Person, Service, porticoctl};

#[test]
fn a_port_that_is_taken_is_named() {
    let service = Service::start(&["--clients", "1", "--members", "4", "--items", "10"], false);
    let address = service.url.strip_prefix("http://").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let refused =
        porticoctl().args(["service", "serve", "--data", data, "--listen", address]).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.starts_with(&format!("porticoctl: {address} cannot be listened on: ")), "{said}");
}

#[test]
fn a_second_service_on_a_folder_is_refused_and_the_first_one_goes_on() {
    let service = Service::start(&["--clients", "1", "--members", "4", "--items", "10"], false);
    let data = service.data().to_str().unwrap();
    let refused = porticoctl().args(["service", "serve", "--data", data]).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(1), 0), "{said}");
    assert!(said.contains(&format!("a service runs on {data} already")), "{said}");
    let mut maya = Person::new();
    maya.sign_in(&service.url, service.account("provider admin"), &[]);
}

#[test]
fn a_database_that_is_damaged_is_called_that_before_anybody_is_told_to_come() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let size = ["--clients", "1", "--members", "4", "--items", "10"];
    let seeded = porticoctl().args(["demo", "seed", "--data", data]).args(size).output().unwrap();
    assert!(seeded.status.success());
    let file = folder.path().join("service.sqlite3");
    let whole = std::fs::read(&file).unwrap();
    let mut pages = whole.clone();
    pages[100..4096].fill(0x5a);
    for harmed in [pages, b"no database at all, but long enough to be taken for one".repeat(100)] {
        std::fs::write(&file, &harmed).unwrap();
        for command in [&["serve"][..], &["outbox"]] {
            let refused = porticoctl().arg("service").args(command).args(["--data", data]).output().unwrap();
            let said = String::from_utf8(refused.stderr).unwrap();
            assert_eq!((refused.status.code(), refused.stdout.len()), (Some(5), 0), "{command:?}: {said}");
        }
    }
}

/// As an ordinary person: the administrator may write everywhere.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_is_only_read_is_told_before_anybody_is_told_to_come() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    const NOBODY: u32 = 65534;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let size = ["--clients", "1", "--members", "4", "--items", "10"];
    let seeded =
        porticoctl().args(["demo", "seed", "--data", data.to_str().unwrap()]).args(size).output().unwrap();
    assert!(seeded.status.success());
    let program = folder.path().join("porticoctl");
    std::fs::copy(env!("CARGO_BIN_EXE_porticoctl"), &program).unwrap();
    let allow = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    };
    allow(folder.path(), 0o755);
    allow(&program, 0o555);
    for entry in std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()) {
        allow(&entry, if entry.is_dir() { 0o555 } else { 0o444 });
    }
    allow(&data, 0o555);
    let is_administrator = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    let words = ["service", "serve", "--data", data.to_str().unwrap()];
    let refused =
        Person::new().run_program(is_administrator.then_some(NOBODY), program.to_str().unwrap(), &words);
    allow(&data, 0o755);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""), "{}", refused.err);
    assert!(
        refused.err.contains("ermission denied") || refused.err.contains("written to"),
        "{}",
        refused.err
    );
}

/// As whatever looks after services does, also right after the start.
#[cfg(unix)]
#[test]
fn a_service_that_is_told_to_end_ends_by_itself() {
    for signal in ["-TERM", "-INT", "-HUP"] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = porticoctl();
        command.args(["service", "serve", "--data", folder.path().to_str().unwrap()]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("listening "), "{line}");
        let told = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(told.success());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
    }
}
