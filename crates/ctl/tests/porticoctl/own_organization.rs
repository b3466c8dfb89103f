//! An organization that the person administers as a member, with no provider: read by its name as a client is.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::{Person, Service};

const ABBOTT: &str = "Abbott & Lane Solicitors";

#[test]
fn an_own_organization_is_read_by_name_and_what_was_never_read_is_said() {
    let mut service = Service::start(&["--clients", "2", "--members", "12", "--items", "20"], false);
    let accounts = service.demo["accounts"].as_array().unwrap();
    let owner = accounts.iter().find(|account| account["authenticatorSecret"].is_string()).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let code = portico_vault::totp(owner["authenticatorSecret"].as_str().unwrap(), now).unwrap();
    let mut harriet = Person::new();
    harriet.sign_in(&service.url, owner, &["--code", code.code.expose()]);

    let before = harriet.run(&["items", "list", "--json"]);
    assert_eq!((before.code, before.rows().len()), (0, 0));
    assert!(before.err.contains("nothing was read from the server yet"), "{}", before.err);
    assert_eq!(harriet.run(&["clients", "members", ABBOTT]).code, 1);

    assert_eq!(harriet.run(&["sync"]).code, 0);
    service.stop();
    assert_eq!(harriet.run(&["items", "list"]).err, "");
    let members = harriet.run(&["clients", "members", "abbott & lane", "--json"]).rows();
    let address = |member: &serde_json::Value| member["email"] == "daniel.osei@abbott.example";
    assert!(members.iter().any(address), "{members:?}");
    let reached = harriet.run(&["access", "member", ABBOTT, "daniel.osei@abbott.example", "--json"]);
    assert!(!reached.rows().is_empty(), "{}", reached.err);
    assert!(!harriet.run(&["clients", "events", ABBOTT, "--json"]).rows().is_empty());
    // It is no client for all that.
    assert!(harriet.run(&["clients", "list", "--json"]).rows().is_empty());
    assert_eq!(harriet.run(&["clients", "show", "nowhere"]).code, 1);
    let shown = harriet.run(&["clients", "show", "abbott & lane", "--json"]).json();
    let with = |status: &[&str]| {
        let is_so = |member: &&serde_json::Value| status.contains(&member["status"].as_str().unwrap());
        serde_json::Value::from(members.iter().filter(is_so).count())
    };
    for (key, value) in [
        ("name", ABBOTT.into()),
        ("plan", "Enterprise".into()),
        ("enabled", true.into()),
        ("provider", serde_json::Value::Null),
        ("providerId", serde_json::Value::Null),
        ("members", with(&["Invited", "Accepted", "Confirmed"])),
        ("invited", with(&["Invited"])),
        ("occupiedSeats", with(&["Invited", "Accepted", "Confirmed"])),
        ("userCount", with(&["Confirmed"])),
    ] {
        assert_eq!(shown[key], value, "{key}: {shown}");
    }
    assert!(shown["syncedAt"].is_string() && shown["collections"].as_u64().unwrap() > 0, "{shown}");
}
