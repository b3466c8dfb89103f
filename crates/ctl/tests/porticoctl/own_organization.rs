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
    assert_eq!(harriet.run(&["clients", "show", ABBOTT]).code, 1);
}
