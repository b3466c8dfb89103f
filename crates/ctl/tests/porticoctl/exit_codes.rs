//! What scripts rely on: exit codes, sessions, password sources, and what never stands on the command line.

use crate::support::{Person, Service, porticoctl};

const SIZE: [&str; 6] = ["--clients", "2", "--members", "4", "--items", "10"];

#[test]
fn sessions_open_and_lock_the_account() {
    let mut service = Service::start(&SIZE, false);
    let account = service.account("provider admin").clone();
    let mut maya = Person::new();
    maya.sign_in(&service.url, &account, &[]);
    assert_eq!(maya.run(&["sync"]).code, 0);
    service.stop();

    // From here on nothing needs the service.
    assert_eq!(maya.run(&["lock"]).code, 0);
    assert_eq!(maya.run(&["clients", "list"]).code, 4);
    let status = maya.run(&["status", "--json"]).json();
    assert_eq!(status["state"], "locked");
    assert!(status["lastSync"].is_string());

    maya.carry_session(None);
    assert_eq!(maya.run(&["clients", "list"]).code, 4);
    let wrong = maya.password_file("not the password");
    let refused = maya.run(&["unlock", "--raw", "--password-file", &wrong]);
    assert_eq!((refused.code, refused.out.as_str()), (4, ""));
    assert_eq!(maya.run(&["clients", "list", "--password-file", &wrong]).code, 4);

    let password = account["password"].as_str().unwrap();
    let file = maya.password_file(password);
    let opened = maya.run(&["unlock", "--raw", "--password-file", &file]);
    assert_eq!(opened.code, 0, "{}", opened.err);
    maya.carry_session(Some(opened.out.trim()));
    assert_eq!(maya.run(&["clients", "list", "--json"]).rows().len(), 2);

    // Without a session, each command can take the password from a file or from the standard input.
    maya.carry_session(None);
    assert_eq!(maya.run(&["clients", "list", "--password-file", &file]).code, 0);
    let piped = maya.run_with_input(&["clients", "list", "--password-stdin"], &format!("{password}\n"));
    assert_eq!(piped.code, 0, "{}", piped.err);

    maya.carry_session(Some("this is no key"));
    assert_eq!(maya.run(&["clients", "list"]).code, 4);
    maya.carry_session(None);
    assert_eq!(maya.run(&["logout", "--remove"]).code, 0);
    assert_eq!(maya.run(&["status", "--json"]).json()["state"], "signedOut");
    assert_eq!(maya.run(&["clients", "list"]).code, 4);
}

/// No command advises itself, and what was given is not called missing.
#[test]
fn where_nobody_can_be_asked_it_is_said_what_would_do() {
    let service = Service::start(&SIZE, false);
    let (maya, _) = Person::synced(&service);
    let unlock = maya.run(&["unlock"]);
    assert!(unlock.code == 4 && !unlock.err.contains("porticoctl unlock"), "{}", unlock.err);
    let list = maya.run(&["clients", "list"]);
    assert!(list.code == 4 && list.err.contains("porticoctl unlock --raw"), "{}", list.err);
    for told in [&unlock, &list] {
        assert!(told.err.contains("--password-file or --password-stdin"), "{}", told.err);
    }
    let empty = maya.password_file("");
    let email = service.account("provider admin")["email"].as_str().unwrap();
    let login = ["login", "--server", &service.url, "--email", email, "--password-file", &empty];
    for told in [maya.run(&["unlock", "--password-file", &empty]), maya.run(&login)] {
        assert!(told.code == 2 && told.err.contains(&empty), "{}", told.err);
        assert!(told.err.contains("empty first line"), "{}", told.err);
    }
    let told = maya.run_with_input(&["unlock", "--password-stdin"], "");
    assert!(told.code == 2 && told.err.contains("standard input has an empty first line"), "{}", told.err);
    let id = "user.00000000-0000-0000-0000-000000000001";
    let login = ["login", "--server", &service.url, "--apikey", "--client-id", id, "--password-file", &empty];
    let no_secret = maya.run(&login);
    assert!(no_secret.code == 2 && no_secret.err.contains("--client-secret-file"), "{}", no_secret.err);
}

/// As `head` goes: what was printed is a part, and a script that looks must not take it for the whole.
#[test]
fn a_reader_that_has_gone_is_no_success_and_no_message() {
    let service = Service::start(&SIZE, false);
    let (maya, file) = Person::synced(&service);
    for words in ["clients list", "items list --json", "status --json"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = porticoctl();
        command.env("PORTICO_PROFILE", maya.profile()).args(words.split(' '));
        let output = command.args(["--password-file", &file]).stdout(writer).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.as_str()), (Some(1), ""), "{words}");
    }
}

/// `>&-`: there is nowhere to write to. What is meant for nobody may go to `/dev/null`.
#[cfg(target_os = "linux")]
#[test]
fn an_output_that_was_closed_is_no_success() {
    let service = Service::start(&SIZE, false);
    let (maya, file) = Person::synced(&service);
    let program = env!("CARGO_BIN_EXE_porticoctl");
    for words in ["clients list", "items list --json", "status --json"] {
        for (output, code) in [(">&-", 1), (">/dev/null", 0), ("<>/dev/null >&0", 0)] {
            let script = format!("exec \"$0\" {words} --password-file \"$1\" {output}");
            let answer = maya.run_program(None, "sh", &["-c", &script, program, &file]);
            assert_eq!(answer.code, code, "{words} {output}: {}", answer.err);
            assert_eq!(answer.err.contains("the standard output is closed"), code == 1, "{}", answer.err);
            assert!(!answer.err.contains("panicked"), "{}", answer.err);
        }
    }
    let script = "exec \"$0\" lock >&-";
    assert_eq!(maya.run_program(None, "sh", &["-c", script, program]).code, 0, "it has nothing to say");
}

#[test]
fn the_help_of_a_command_begins_with_what_is_its_own() {
    let help = Person::new().run(&["unlock", "--help"]).out;
    let own = |option: &str| help.find(option).unwrap_or_else(|| panic!("{option}: {help}"));
    for common in ["--profile", "--account", "--json", "--password-file", "--password-stdin"] {
        assert!(own("--minutes") < own(common) && own("--raw") < own(common), "{common}: {help}");
    }
}

/// Nothing that no server has goes unless somebody says so.
#[test]
fn logging_out_says_what_goes() {
    let service = Service::start(&SIZE, false);
    let account = service.account("provider admin");
    let (mut maya, _) = Person::synced(&service);
    let unsaid = maya.run(&["logout"]);
    assert_eq!(unsaid.code, 2);
    for word in ["history", "pins", "tags", "--keep-archive", "--remove", "backup"] {
        assert!(unsaid.err.contains(word), "{word}: {}", unsaid.err);
    }
    assert_eq!(maya.run(&["logout", "--keep-archive", "--remove"]).code, 2);
    assert_eq!(maya.run(&["status", "--json"]).json()["state"], "locked", "nothing was done");

    assert_eq!(maya.run(&["logout", "--keep-archive"]).code, 0);
    assert_eq!(maya.run(&["status", "--json"]).json()["state"], "signedOut");
    assert_eq!(maya.run(&["clients", "list"]).code, 4);
    maya.sign_in(&service.url, account, &[]);
    assert_eq!(maya.run(&["clients", "list", "--json"]).rows().len(), 2, "without a sync");
    maya.carry_session(None);

    assert_eq!(maya.run(&["logout", "--remove"]).code, 0);
    assert_eq!(maya.run(&["status", "--json"]).json()["email"], serde_json::Value::Null);
    assert_eq!(maya.run(&["clients", "list"]).code, 4);
    maya.sign_in(&service.url, account, &[]);
    assert_eq!(
        maya.run(&["status", "--json"]).json()["lastSync"],
        serde_json::Value::Null,
        "nothing is left"
    );
}

#[test]
fn a_login_says_what_is_wrong() {
    let mut service = Service::start(&SIZE, false);
    let account = service.account("provider admin").clone();
    let email = account["email"].as_str().unwrap();
    let maya = Person::new();
    let wrong = maya.password_file("not the password");
    let login = |server: &str, file: &str| {
        maya.run(&["login", "--server", server, "--email", email, "--password-file", file])
    };
    assert_eq!(login(&service.url, &wrong).code, 4);
    assert_eq!(login("ftp://vault.example", &wrong).code, 2);
    assert_eq!(login("http://vault.example", &wrong).code, 2);
    assert_eq!(maya.run(&["status", "--json"]).json()["state"], "signedOut");
    let url = service.url.clone();
    service.stop();
    let unreachable = login(&url, &wrong);
    assert_eq!(unreachable.code, 3, "{}", unreachable.err);
}

#[test]
fn a_two_step_login_takes_a_code_and_remembers_the_machine() {
    let service = Service::start(&SIZE, false);
    let accounts = service.demo["accounts"].as_array().unwrap();
    let harriet = accounts.iter().find(|account| account["authenticatorSecret"].is_string()).unwrap();
    let email = harriet["email"].as_str().unwrap();
    let person = Person::new();
    let file = person.password_file(harriet["password"].as_str().unwrap());
    let login = ["login", "--server", &service.url, "--email", email, "--password-file", &file];
    let refused = person.run(&login);
    assert!(refused.code == 1 && refused.err.contains("--code"), "{}", refused.err);

    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let code = portico_vault::totp(harriet["authenticatorSecret"].as_str().unwrap(), now).unwrap();
    let with_code = [&login[..], &["--code", code.code.expose()]].concat();
    let signed_in = person.run(&with_code);
    assert_eq!(signed_in.code, 0, "{}", signed_in.err);
    // The server remembers the machine: the next login asks for no code.
    let again = person.run(&login);
    assert_eq!(again.code, 0, "{}", again.err);
}

#[test]
fn https_with_a_local_authority_is_trusted_when_named_and_remembered() {
    let service = Service::start(&SIZE, true);
    let account = service.account("service user");
    let ca = service.ca.clone().unwrap();
    assert!(service.url.starts_with("https://"));
    let mut jonas = Person::new();
    let file = jonas.password_file(account["password"].as_str().unwrap());
    let email = account["email"].as_str().unwrap();
    let untrusted =
        jonas.run(&["login", "--server", &service.url, "--email", email, "--password-file", &file]);
    assert_eq!(untrusted.code, 3, "{}", untrusted.err);
    let said: Vec<&str> = untrusted.err.lines().collect();
    assert!(said.len() == 1 && said[0].starts_with("porticoctl: the encrypted connection to"), "{said:?}");
    // What the machine trusts is asked, and nothing of it is kept: here a bundle of the service's own authority.
    #[cfg(target_os = "linux")]
    {
        let by_system = |words: &[&str]| {
            let mut command = porticoctl();
            command.env("PORTICO_PROFILE", jonas.profile().with_file_name("by-system"));
            command.env("SSL_CERT_FILE", &ca).env_remove("SSL_CERT_DIR");
            command.args(words).args(["--password-file", &file]).output().unwrap()
        };
        for words in [&["login", "--server", &service.url, "--email", email][..], &["sync"]] {
            let answer = by_system(words);
            assert!(answer.status.success(), "{words:?}: {}", String::from_utf8_lossy(&answer.stderr));
        }
    }
    jonas.sign_in(&service.url, account, &["--ca", &ca]);
    let synced = jonas.run(&["sync", "--full", "--json"]).json();
    assert_eq!((&synced["clientsRead"], &synced["vaultRead"]), (&2.into(), &true.into()));
}

#[test]
fn nonsense_on_the_command_line_is_usage() {
    for arguments in [
        &["clients"][..],
        &["clients", "list", "--surprise"],
        &["clients", "tag", "abbott"],
        &["login", "--email", "a@b.example"],
        &["search"],
        &["demo", "seed", "--data", "/tmp", "--clients", "many"],
        &["items", "list", "--trash", "--archive"],
        // There is no way to put a password on the command line.
        &["unlock", "--password", "secret"],
    ] {
        let output = porticoctl().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn seeding_prints_who_can_sign_in_and_refuses_a_second_time() {
    let mut service = Service::start(&SIZE, false);
    let demo = &service.demo;
    assert_eq!(crate::support::keys(demo), ["accounts", "clients", "items", "members", "provider"]);
    assert_eq!((&demo["clients"], &demo["members"]), (&2.into(), &8.into()));
    assert!(demo["items"].as_u64().unwrap() > 10);
    assert_eq!(crate::support::keys(&demo["provider"]), ["id", "name"]);
    let roles: Vec<&str> = demo["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|account| account["roles"].as_array().unwrap())
        .map(|role| role.as_str().unwrap())
        .collect();
    for role in ["provider admin", "service user", "end user"] {
        assert!(roles.contains(&role), "{roles:?}");
    }
    service.stop();
    let again =
        porticoctl().args(["demo", "seed", "--data", service.data().to_str().unwrap()]).output().unwrap();
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8(again.stderr).unwrap();
    assert_eq!(said, "porticoctl: a demo provider is in the store already\n");
    let no_clients = porticoctl()
        .args(["demo", "seed", "--clients", "0", "--data", service.data().to_str().unwrap()])
        .output();
    assert_eq!(no_clients.unwrap().status.code(), Some(2));
}

#[test]
fn a_damaged_file_is_not_called_a_wrong_password() {
    let service = Service::start(&SIZE, false);
    let account = service.account("provider admin");
    let mut maya = Person::new();
    maya.sign_in(&service.url, account, &[]);
    maya.carry_session(None);
    let accounts = maya.profile().join("accounts");
    let folder = std::fs::read_dir(&accounts).unwrap().next().unwrap().unwrap().path();
    let file = folder.join("cache.sqlite3");
    let size = std::fs::metadata(&file).unwrap().len() as usize;
    std::fs::write(&file, vec![0x5a; size]).unwrap();
    let password = maya.password_file(account["password"].as_str().unwrap());
    let damaged = maya.run(&["clients", "list", "--password-file", &password]);
    assert_eq!(damaged.code, 5, "{}", damaged.err);
}
