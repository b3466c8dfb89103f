//! The ways to sign in from a script: a personal API key, a mailed code, services at addresses of their own, a server
//! that asks for weaker key derivation.

use serde_json::Value;

use crate::support::{Answer, Person, Service, porticoctl};

const SIZE: [&str; 6] = ["--clients", "2", "--members", "4", "--items", "10"];

/// Looks into, or changes, what the service knows, behind its back.
fn database(service: &Service) -> rusqlite::Connection {
    let database = rusqlite::Connection::open(service.data().join("service.sqlite3")).unwrap();
    database.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    database
}

fn change(service: &Service, set: &str, email: &str) {
    let sql = format!("UPDATE users SET {set} WHERE email = ?1");
    assert_eq!(database(service).execute(&sql, [email]).unwrap(), 1);
}

/// The codes that the service has mailed, oldest first.
fn mailed(service: &Service, kind: &str) -> Vec<String> {
    let outbox = porticoctl()
        .args(["service", "outbox", "--json", "--data", service.data().to_str().unwrap()])
        .output()
        .unwrap();
    assert!(outbox.status.success(), "{}", String::from_utf8_lossy(&outbox.stderr));
    let mails: Vec<Value> = serde_json::from_slice(&outbox.stdout).unwrap();
    let of_kind = mails.iter().filter(|mail| mail["kind"] == kind);
    of_kind.map(|mail| mail["fields"]["code"].as_str().unwrap().to_owned()).collect()
}

/// Somebody else knows it: the person has to be told, at the sign-in and after.
#[test]
fn a_password_that_an_administrator_set_is_told() {
    let service = Service::start(&SIZE, false);
    let account = service.account("provider admin").clone();
    let (email, password) = (account["email"].as_str().unwrap(), account["password"].as_str().unwrap());
    let mut maya = Person::new();
    let file = maya.password_file(password);
    let login = |maya: &Person| {
        maya.run(&["login", "--raw", "--server", &service.url, "--email", email, "--password-file", &file])
    };
    let told = "an administrator set this account's master password";
    change(&service, "force_password_reset = 1", email);
    let signed_in = login(&maya);
    assert!(signed_in.code == 0 && signed_in.err.contains(told), "{}", signed_in.err);
    maya.carry_session(Some(signed_in.out.trim()));
    for synced in [false, true] {
        if synced {
            assert_eq!(maya.run(&["sync"]).code, 0);
        }
        let status = maya.run(&["status", "--json"]);
        assert_eq!(status.json()["passwordNotice"], "setByAdministrator", "synced: {synced}");
        assert!(status.err.contains(told) && status.err.contains(&service.url), "{}", status.err);
    }

    change(&service, "force_password_reset = 0, account_revised = account_revised + 60000000", email);
    let signed_in = login(&maya);
    assert_eq!(signed_in.code, 0, "{}", signed_in.err);
    maya.carry_session(Some(signed_in.out.trim()));
    assert_eq!(maya.run(&["sync"]).code, 0);
    let status = maya.run(&["status", "--json"]);
    assert_eq!((&status.json()["passwordNotice"], status.err.as_str()), (&Value::Null, ""));
}

#[test]
fn an_api_key_signs_in_and_syncs_without_a_code() {
    let service = Service::start(&SIZE, false);
    let account = service.account("provider admin").clone();
    let (email, password) = (account["email"].as_str().unwrap(), account["password"].as_str().unwrap());
    change(&service, "two_step_email = email", email);
    let (id, secret): (Vec<u8>, String) = database(&service)
        .query_row("SELECT id, api_key FROM users WHERE email = ?1", [email], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    let client_id = format!("user.{}", uuid::Uuid::from_slice(&id).unwrap());
    let mut maya = Person::new();
    let file = maya.password_file(password);
    let secret_file = maya.profile().with_file_name("secret");
    let login = |secret: &str, id: &str, password: &str| -> Answer {
        std::fs::write(&secret_file, format!("{secret}\n")).unwrap();
        let secret = secret_file.to_str().unwrap();
        maya.run(&[
            "login",
            "--raw",
            "--server",
            &service.url,
            "--apikey",
            "--client-id",
            id,
            "--client-secret-file",
            secret,
            "--password-file",
            password,
        ])
    };
    let wrong = login("wrong", &client_id, &file);
    assert_eq!(wrong.code, 4, "{}", wrong.err);
    assert!(!wrong.err.contains("wrong\n") && !wrong.err.contains(&secret));
    let other = maya.profile().with_file_name("other");
    std::fs::write(&other, "not the password\n").unwrap();
    let wrong = login(&secret, &client_id, other.to_str().unwrap());
    assert_eq!(wrong.code, 4, "{}", wrong.err);
    assert!(
        wrong.err.contains("the master password is wrong"),
        "no e-mail address was asked for: {}",
        wrong.err
    );
    let organization = login(&secret, "organization.0196f3a0-0000-7000-8000-000000000001", &file);
    assert_eq!(organization.code, 2, "{}", organization.err);
    let signed_in = login(&secret, &client_id, &file);
    assert_eq!(signed_in.code, 0, "{}", signed_in.err);
    let key = signed_in.out.trim().to_owned();
    maya.carry_session(Some(&key));
    let synced = maya.run(&["sync", "--json"]).json();
    assert_eq!((&synced["vaultRead"], &synced["failed"]), (&true.into(), &serde_json::json!([])));
    assert!(mailed(&service, "twoStepCode").is_empty());

    // A key that was replaced, found where the token is asked for anew: sign in again; what is here stays readable.
    change(&service, "api_key = 'anotherkeyofthirtycharacters00'", email);
    assert_eq!(maya.run(&["sync", "--full"]).code, 4);
    assert_eq!(maya.run(&["clients", "list", "--json"]).rows().len(), 2);
}

#[test]
fn a_mailed_code_comes_where_it_is_asked_for() {
    let service = Service::start(&SIZE, false);
    let accounts = service.demo["accounts"].as_array().unwrap();
    let harriet = accounts.iter().find(|account| account["authenticatorSecret"].is_string()).unwrap();
    let email = harriet["email"].as_str().unwrap();
    change(&service, "two_step_email = email", email);
    let person = Person::new();
    let file = person.password_file(harriet["password"].as_str().unwrap());
    let login = |more: &[&str]| {
        let usual = ["login", "--server", &service.url, "--email", email, "--password-file", &file];
        person.run(&[&usual, more].concat())
    };
    let which = login(&[]);
    assert!(which.code == 1 && which.err.contains("authenticator or email"), "{}", which.err);
    assert!(mailed(&service, "twoStepCode").is_empty(), "nothing is mailed before it is chosen");
    assert_eq!(login(&["--mail-code", "--method", "authenticator"]).code, 2);
    let by_mail = login(&["--mail-code"]);
    assert!(by_mail.code == 1 && by_mail.err.contains("--method email"), "{}", by_mail.err);
    assert_eq!(mailed(&service, "twoStepCode").len(), 1, "asking for a mail chooses the mail");
    let needed = login(&["--method", "email"]);
    assert!(needed.code == 1 && needed.err.contains("--code"), "{}", needed.err);
    let code = mailed(&service, "twoStepCode").pop().unwrap();
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    assert_eq!(login(&["--method", "email", "--code", &wrong]).code, 4);
    let signed_in = login(&["--method", "email", "--code", &code]);
    assert_eq!(signed_in.code, 0, "{}", signed_in.err);
}

#[test]
fn a_new_machine_takes_the_code_that_was_mailed() {
    let service = Service::start(&SIZE, false);
    let account = service.account("provider admin").clone();
    let email = account["email"].as_str().unwrap();
    let (first, second) = (Person::new(), Person::new());
    let password = account["password"].as_str().unwrap();
    let login = |person: &Person, more: &[&str]| {
        let file = person.password_file(password);
        let usual = ["login", "--server", &service.url, "--email", email, "--password-file", &file];
        person.run(&[&usual, more].concat())
    };
    assert_eq!(login(&first, &[]).code, 0);
    change(&service, "verify_devices = 1", email);
    let refused = login(&second, &[]);
    assert!(refused.code == 1 && refused.err.contains("--new-device-code"), "{}", refused.err);
    assert_eq!(login(&second, &["--mail-code"]).code, 1);
    let code = mailed(&service, "newDeviceCode").pop().unwrap();
    let confirmed = login(&second, &["--new-device-code", &code]);
    assert_eq!(confirmed.code, 0, "{}", confirmed.err);
}

#[test]
fn services_at_addresses_of_their_own_are_kept_with_the_account() {
    let service = Service::start(&SIZE, false);
    let account = service.account("service user").clone();
    let mut jonas = Person::new();
    let file = jonas.password_file(account["password"].as_str().unwrap());
    let email = account["email"].as_str().unwrap();
    // The base is somewhere that nothing answers: only the two services are asked.
    let api = format!("{}/api", service.url.trim_end_matches('/'));
    let identity = format!("{}/identity", service.url.trim_end_matches('/'));
    let signed_in = jonas.run(&[
        "login",
        "--json",
        "--server",
        "http://127.0.0.1:1",
        "--api-url",
        &api,
        "--identity-url",
        &identity,
        "--email",
        email,
        "--password-file",
        &file,
    ]);
    let server = signed_in.json()["server"].as_str().unwrap().to_owned();
    assert_eq!(server, format!("http://127.0.0.1:1 api={api} identity={identity}"));
    jonas.carry_session(None);
    let synced = jonas.run(&["sync", "--json", "--password-file", &file]);
    assert_eq!(synced.json()["clientsRead"], 2, "{}", synced.err);
    let plain = jonas.run(&[
        "login",
        "--server",
        &service.url,
        "--api-url",
        "http://api.example",
        "--email",
        email,
        "--password-file",
        &file,
    ]);
    assert_eq!(plain.code, 2, "{}", plain.err);
}

#[test]
fn weaker_key_derivation_is_said_in_words_and_needs_a_yes() {
    let service = Service::start(&SIZE, false);
    let account = service.account("provider admin").clone();
    let email = account["email"].as_str().unwrap();
    let maya = Person::new();
    let file = maya.password_file(account["password"].as_str().unwrap());
    let login = |more: &[&str]| {
        let usual = ["login", "--server", &service.url, "--email", email, "--password-file", &file];
        maya.run(&[&usual, more].concat())
    };
    assert_eq!(login(&[]).code, 0);
    change(&service, "kdf_iterations = 5000", email);
    let asked = login(&[]);
    assert_eq!(asked.code, 1, "{}", asked.err);
    for words in ["PBKDF2 with 5000 iterations", "PBKDF2 with 600000 iterations", "--accept-cheaper-kdf"] {
        assert!(asked.err.contains(words), "{}", asked.err);
    }
    // With a yes the hash is sent; it is not the one that the account was made with.
    assert_eq!(login(&["--accept-cheaper-kdf"]).code, 4);
}
