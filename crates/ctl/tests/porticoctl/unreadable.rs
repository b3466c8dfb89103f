//! What of an item does not open is said to programs in words that stay, and to people in a sentence.

use serde_json::{Value, json};

use crate::support::{Person, Service};

/// Sealed with a key that nobody here has: in form as it should be.
const STRANGE: &str =
    "2.AAAAAAAAAAAAAAAAAAAAAA==|AAAAAAAAAAAAAAAAAAAAAA==|AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[test]
fn each_part_of_an_item_that_does_not_open_says_why() {
    let service = Service::start(&["--clients", "1", "--members", "4", "--items", "40"], false);
    let file = service.data().join("service.sqlite3");
    let file = rusqlite::Connection::open(file).unwrap();
    file.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    let harmed: uuid::Uuid = file
        .query_row(
            "SELECT m.cipher_id FROM cipher_marks m JOIN ciphers c ON c.id = m.cipher_id JOIN users u ON u.id = m.user_id
             WHERE u.email = ? AND c.user_id = u.id AND c.type = 1 AND m.folder_id IS NOT NULL AND c.reprompt = 0
             AND c.deleted IS NULL AND m.archived IS NULL AND c.content ->> 'username' IS NOT NULL LIMIT 1",
            [service.account("end user")["email"].as_str().unwrap()],
            |row| row.get(0),
        )
        .unwrap();
    let fields = json!([{"type": 0, "name": STRANGE, "value": "no sealed text"}]).to_string();
    file.execute(
        "UPDATE ciphers SET name = ?2, fields = ?3, content = json_set(content, '$.username', '7.AAAA') WHERE id = ?1",
        (harmed, STRANGE, fields),
    )
    .unwrap();
    let folder = "(SELECT folder_id FROM cipher_marks WHERE cipher_id = ?1)";
    file.execute(&format!("UPDATE folders SET name = ?2 WHERE id = {folder}"), (harmed, STRANGE)).unwrap();

    let mut daniel = Person::new();
    daniel.sign_in(&service.url, service.account("end user"), &[]);
    assert_eq!(daniel.run(&["sync"]).code, 0);
    let id = harmed.to_string();
    let listed = daniel.run(&["items", "list", "--json"]).rows();
    let row = listed.iter().find(|item| item["id"] == id.as_str()).unwrap();
    let item = daniel.run(&["items", "get", &id, "--json"]).json();
    for shown in [row, &item] {
        assert_eq!((&shown["name"], &shown["unreadable"]), (&Value::Null, &"notAuthentic".into()), "{shown}");
        let folder = (&shown["folder"], &shown["folderUnreadable"]);
        assert_eq!(folder, (&Value::Null, &"notAuthentic".into()), "{shown}");
    }
    let fields = item["fields"].as_array().unwrap();
    let username = fields.iter().find(|field| field["id"] == "login.username").unwrap();
    assert_eq!((&username["value"], &username["unreadable"]), (&Value::Null, &"newerFormat".into()));
    assert_eq!(username.get("nameUnreadable"), None, "{username}");
    let custom = fields.iter().find(|field| field["name"].is_null()).unwrap();
    assert_eq!((&custom["value"], &custom["unreadable"]), (&Value::Null, &"malformed".into()), "{custom}");
    assert_eq!(custom["nameUnreadable"], "notAuthentic", "{custom}");

    let people = daniel.run(&["items", "get", &id]).out;
    for sentence in ["encrypted with another key", "needs a newer version", "not an encrypted value"] {
        assert!(people.contains(sentence), "{sentence}: {people}");
    }
    let whole = listed.iter().find(|item| item["name"].is_string() && item["folder"].is_string()).unwrap();
    assert_eq!((whole.get("unreadable"), whole.get("folderUnreadable")), (None, None), "{whole}");
}
