//! A sync that is told to end keeps what it has read for the next one, by whichever signal.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::between::Between;
use crate::support::{Person, Service, porticoctl};

const SIZE: [&str; 6] = ["--clients", "8", "--members", "4", "--items", "5"];
/// Requests about clients that are answered before the server stops answering: more than four clients that are read side by side.
const ANSWERED: usize = 30;

fn a_sync_that_is_stopped(signal: &str, before: &[&str]) -> (Option<i32>, u64) {
    let service = Service::start(&SIZE, false);
    let between = Between::start(&service.url);
    let mut maya = Person::new();
    maya.sign_in(&between.url, service.account("provider admin"), &[]);
    let password = maya.password_file(service.account("provider admin")["password"].as_str().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    between.answer_instead(move |_, path| {
        if path.contains("/organizations/") && !path.contains("/providers/") {
            let number = count.fetch_add(1, Ordering::SeqCst);
            if number >= ANSWERED {
                std::thread::sleep(Duration::from_secs(3));
            }
        }
        None
    });
    let mut command = match before {
        [] => porticoctl(),
        [program, words @ ..] => {
            let mut command = Command::new(program);
            command.args(words).arg(env!("CARGO_BIN_EXE_porticoctl"));
            command
        }
    };
    command.env("PORTICO_PROFILE", maya.profile()).args(["sync", "--password-file", &password]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while asked.load(Ordering::SeqCst) <= ANSWERED {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    let code = child.wait().unwrap().code();
    between.answer_instead(|_, _| None);
    let synced = maya.run(&["sync", "--json"]);
    assert_eq!(synced.code, 0, "{}", synced.err);
    (code, synced.json()["clientsTakenUp"].as_u64().unwrap())
}

#[test]
fn what_was_read_before_a_signal_is_kept() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let (code, taken_up) = a_sync_that_is_stopped(signal, &[]);
        assert!(code == Some(1) && taken_up > 0, "{signal}: {code:?}, {taken_up} clients");
    }
}

/// `nohup` has a program go on when its terminal goes.
#[test]
fn what_was_started_to_outlive_its_terminal_does() {
    let (code, taken_up) = a_sync_that_is_stopped("-HUP", &["nohup"]);
    assert_eq!((code, taken_up), (Some(0), 0));
}
