//! `service serve` as a program that others start and stop.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::support::{Service, porticoctl};

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

/// As whatever looks after services does, also right after the start.
#[cfg(unix)]
#[test]
fn a_service_that_is_told_to_end_ends_by_itself() {
    for signal in ["-TERM", "-INT"] {
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
