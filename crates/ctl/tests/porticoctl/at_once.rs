//! Several programs on one profile at the same moment.

use crate::support::{Person, Service};

/// Each reads all tags, or pins, or filters, and writes all: none may write over what another has just written.
#[test]
fn what_several_make_at_once_is_all_there() {
    let service = Service::start(&["--clients", "6", "--members", "4", "--items", "10"], false);
    let (maya, password) = Person::synced(&service);
    let run = |of: &[&str]| maya.run(&[of, &["--json", "--password-file", &password]].concat());
    let clients = run(&["clients", "list"]).rows();
    let first = clients[0]["id"].as_str().unwrap();
    std::thread::scope(|all| {
        for (place, client) in clients.iter().enumerate() {
            let run = &run;
            all.spawn(move || {
                let (name, id) = (format!("tag {place}"), client["id"].as_str().unwrap());
                assert_eq!(run(&["clients", "tag", first, "--add", &name]).code, 0);
                assert_eq!(run(&["clients", "pin", id]).code, 0);
                assert_eq!(run(&["items", "list", "--save-as", &name]).code, 0);
            });
        }
    });
    let clients = run(&["clients", "list"]).rows();
    let tags = clients.iter().find(|client| client["id"] == first).unwrap()["tags"].as_array().unwrap();
    assert_eq!(tags.len(), clients.len(), "{tags:?}");
    assert!(clients.iter().all(|client| client["pinned"] == true), "{clients:?}");
    assert_eq!(run(&["items", "filters", "list"]).rows().len(), clients.len());
}

/// Of files that several make of one account at the same moment, one stays, and it is everybody's.
#[test]
fn who_signs_in_at_the_same_moment_keeps_one_file() {
    let service = Service::start(&["--clients", "1", "--members", "4", "--items", "10"], false);
    let account = service.account("provider admin");
    let maya = Person::new();
    let password = maya.password_file(account["password"].as_str().unwrap());
    let email = account["email"].as_str().unwrap();
    let login = ["login", "--raw", "--server", &service.url, "--email", email, "--password-file", &password];
    let answers = std::thread::scope(|all| {
        let logins: Vec<_> = (0..4).map(|_| all.spawn(|| maya.run(&login))).collect();
        logins.into_iter().map(|login| login.join().unwrap()).collect::<Vec<_>>()
    });
    let mut maya = maya;
    for answer in &answers {
        assert_eq!(answer.code, 0, "{}", answer.err);
        maya.carry_session(Some(answer.out.trim()));
        let opened = maya.run(&["clients", "list"]);
        assert_eq!(opened.code, 0, "{}", opened.err);
    }
}
