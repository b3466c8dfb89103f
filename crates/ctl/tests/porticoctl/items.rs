//! The end user's vault, offline.

use crate::support::{Person, Service, keys};
use serde_json::Value;

#[test]
fn the_vault_is_listed_opened_field_by_field_and_makes_codes() {
    let mut service = Service::start(&["--clients", "2", "--items", "100"], false);
    let mut daniel = Person::new();
    daniel.sign_in(&service.url, service.account("end user"), &[]);
    assert_eq!(daniel.run(&["sync"]).code, 0);
    service.stop();

    let items = daniel.run(&["items", "list", "--json"]).rows();
    let trash = daniel.run(&["items", "list", "--trash", "--json"]).rows();
    let archive = daniel.run(&["items", "list", "--archive", "--json"]).rows();
    let all = items.len() + trash.len() + archive.len();
    assert_eq!(all as u64, service.account("end user")["items"].as_u64().unwrap());
    assert!(!trash.is_empty() && !archive.is_empty());

    for key in [
        "id",
        "name",
        "username",
        "type",
        "organization",
        "organizationState",
        "folder",
        "collections",
        "favorite",
        "revisionDate",
    ] {
        assert!(keys(&items[0]).contains(&key.to_owned()), "{key}");
    }
    let unreadable: Vec<&Value> = items.iter().filter(|item| item["name"].is_null()).collect();
    assert_eq!(unreadable.len(), 3);
    assert!(unreadable.iter().all(|item| item["unreadable"].is_string()), "{unreadable:?}");
    let kinds: std::collections::BTreeSet<&str> =
        items.iter().map(|item| item["type"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 8, "{kinds:?}");

    filters_narrow_the_list(&daniel, &items);
    hidden_fields_are_shown_only_when_asked_for(&daniel, &items);

    // Nothing of the vault is readable on disk.
    let named: Vec<&str> = items.iter().filter_map(|item| item["name"].as_str()).collect();
    for file in files_below(&daniel.profile()) {
        let bytes = std::fs::read(&file).unwrap();
        for name in &named {
            let found = bytes.windows(name.len()).any(|window| window == name.as_bytes());
            assert!(!found || name.len() < 6, "{name} stands in {}", file.display());
        }
    }
}

/// A policy of one organization against cards hides those of its members, too (protocol.md §4.8).
#[test]
fn what_a_policy_hides_is_found_by_nothing() {
    let mut service = Service::start(&["--clients", "2", "--items", "60"], false);
    let mut daniel = Person::new();
    daniel.sign_in(&service.url, service.account("end user"), &[]);
    assert_eq!(daniel.run(&["sync"]).code, 0);
    let before = daniel.run(&["items", "list", "--vault", "me", "--json"]).rows();
    let of_type = |kind: &str| before.iter().find(|item| item["type"] == kind && item["name"].is_string());
    let (card, login) = (of_type("card").unwrap(), of_type("login").unwrap());

    let database = rusqlite::Connection::open(service.data().join("service.sqlite3")).unwrap();
    database.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    let email = service.account("end user")["email"].as_str().unwrap();
    let set = database
        .execute(
            "INSERT INTO policies (id, organization_id, type, enabled, data, revised)
             SELECT randomblob(16), m.organization_id, 15, 1, '[3]', 0 FROM members m
             JOIN users u ON u.id = m.user_id JOIN organizations o ON o.id = m.organization_id
             WHERE u.email = ?1 AND m.status = 2 AND o.plan_type IN (19, 20) LIMIT 1",
            [email],
        )
        .unwrap();
    assert_eq!(set, 1);
    database.execute("UPDATE users SET account_revised = account_revised + 60000000", []).unwrap();
    drop(database);
    assert_eq!(daniel.run(&["sync"]).code, 0);
    service.stop();

    assert_eq!(
        daniel.run(&["items", "list", "--vault", "me", "--type", "card", "--json"]).rows(),
        [] as [Value; 0]
    );
    for field in ["name", "id"] {
        let item = daniel.run(&["items", "get", card[field].as_str().unwrap()]);
        assert_eq!((item.code, item.out.as_str()), (1, ""), "{}", item.err);
    }
    let by_id = daniel.run(&["items", "get", card["id"].as_str().unwrap()]);
    assert!(by_id.err.contains("a policy hides items of this kind"), "{}", by_id.err);
    assert_eq!(daniel.run(&["items", "get", login["id"].as_str().unwrap()]).code, 0);
}

fn filters_narrow_the_list(daniel: &Person, items: &[Value]) {
    let cards = daniel.run(&["items", "list", "--type", "card", "--json"]).rows();
    assert!(!cards.is_empty() && cards.len() < items.len());
    assert!(cards.iter().all(|item| item["type"] == "card"));
    assert_eq!(daniel.run(&["items", "list", "--type", "3", "--json"]).rows().len(), cards.len());
    let abbott = daniel.run(&["items", "list", "--vault", "abbott & lane solicitors", "--json"]).rows();
    assert!(!abbott.is_empty());
    assert!(abbott.iter().all(|item| item["organization"] == "Abbott & Lane Solicitors"));
    assert!(abbott.iter().all(|item| !item["collections"].as_array().unwrap().is_empty()));
    let mine = daniel.run(&["items", "list", "--vault", "me", "--json"]).rows();
    assert!(mine.iter().all(|item| item["organization"].is_null()));
    assert!(mine.iter().any(|item| item["folder"].as_str().is_some_and(|folder| folder.contains('/'))));
    assert_eq!(daniel.run(&["items", "list", "--type", "spaceship"]).code, 2);
    assert_eq!(daniel.run(&["items", "list", "--vault", "nobody"]).code, 1);
}

fn hidden_fields_are_shown_only_when_asked_for(daniel: &Person, items: &[Value]) {
    // One that asks for the master password again is another test's.
    let protected = daniel.run(&["items", "list", "--search", "is:protected", "--json"]).rows();
    let asks = |item: &Value| protected.iter().any(|protected| protected["id"] == item["id"]);
    let details: Vec<(String, Value)> = items
        .iter()
        .filter(|item| item["type"] == "login" && item["name"].is_string() && item["organization"].is_null())
        .filter(|item| !asks(item))
        .map(|item| {
            let id = item["id"].as_str().unwrap().to_owned();
            (id.clone(), daniel.run(&["items", "get", &id, "--json"]).json())
        })
        .take(60)
        .collect();
    let (id, login) = &details[0];
    let field =
        |name: &str| login["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap();
    assert!(field("username")["value"].is_string());
    assert_eq!((&field("password")["value"], &field("password")["hidden"]), (&Value::Null, &true.into()));

    let password = daniel.run(&["items", "get", id, "--field", "password"]);
    assert!(password.code == 0 && password.out.trim().len() >= 8, "{}", password.err);
    let for_programs = daniel.run(&["items", "get", id, "--field", "password", "--json"]).json();
    assert_eq!(for_programs.as_str(), Some(password.out.trim_end_matches('\n')));
    let row = items.iter().find(|item| item["id"] == id.as_str()).unwrap();
    for key in ["organization", "folder", "collections", "creationDate", "revisionDate"] {
        assert_eq!(login.get(key), row.get(key), "{key}");
    }
    let linked = |item: &Value| {
        let fields = item["fields"].as_array().unwrap();
        fields.iter().find(|field| field["linkedTo"] == "login.username").map(|field| field["id"].clone())
    };
    let (owner, field_id) = details.iter().find_map(|(id, item)| Some((id, linked(item)?))).unwrap();
    let followed = daniel.run(&["items", "get", owner, "--field", field_id.as_str().unwrap()]);
    assert_eq!(followed.out, daniel.run(&["items", "get", owner, "--field", "username"]).out);
    assert!(
        followed.code == 0 && daniel.run(&["items", "get", owner]).out.contains("(linked to login.username)")
    );
    let website = daniel.run(&["items", "get", id, "--field", "uri"]);
    assert!(website.out.starts_with("https://"), "{}", website.err);
    assert_eq!(daniel.run(&["items", "get", id, "--field", "no such field"]).code, 1);

    let has_code = |item: &Value| {
        item["reprompt"] == false
            && item["fields"].as_array().unwrap().iter().any(|field| field["name"] == "totp")
    };
    let (id, _) = details.iter().find(|(_, item)| has_code(item)).unwrap();
    let code = daniel.run(&["items", "totp", id, "--json"]).json();
    assert!((5..=8).contains(&code["code"].as_str().unwrap().len()), "{code}");
    assert!((1..=30).contains(&code["remaining"].as_u64().unwrap()));
    let note = items.iter().find(|item| item["type"] == "secureNote").unwrap();
    assert_eq!(daniel.run(&["items", "totp", note["id"].as_str().unwrap()]).code, 1);
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

#[test]
fn searches_orders_and_saved_filters_are_those_of_the_window() {
    let mut service = Service::start(&["--clients", "2", "--items", "100"], false);
    let mut daniel = Person::new();
    daniel.sign_in(&service.url, service.account("end user"), &[]);
    assert_eq!(daniel.run(&["sync"]).code, 0);
    service.stop();
    let list = |more: &[&str]| daniel.run(&[&["items", "list", "--json"], more].concat()).rows();
    let ids = |rows: &[Value]| -> Vec<String> {
        let mut ids: Vec<String> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };

    assert_eq!(ids(&list(&["--search", "type:card"])), ids(&list(&["--type", "card"])));
    assert_eq!(ids(&list(&["--search", "est:corbeille"])), ids(&list(&["--trash"])));
    assert_eq!(ids(&list(&["--search", "org:me"])), ids(&list(&["--vault", "me"])));
    let all = list(&[]);
    let logins = list(&["--search", "type:login"]).len();
    assert_eq!(logins + list(&["--search", "-type:login"]).len(), all.len());
    assert_eq!(list(&["--search", "is:unreadable"]).len(), 3);
    assert_eq!(ids(&list(&["--search", "is:unreadable"])), ids(&list(&["--unreadable"])));
    assert!(list(&["--search", "nothing:of-the-kind"]).is_empty());
    let duplicates = list(&["--duplicates"]);
    assert_eq!(ids(&duplicates), ids(&list(&["--search", "is:duplicate"])));

    let dates = |rows: &[Value], key: &str| -> Vec<String> {
        rows.iter().filter_map(|row| row[key].as_str().map(str::to_owned)).collect()
    };
    assert!(dates(&list(&["--sort", "edited"]), "revisionDate").is_sorted());
    assert!(dates(&list(&["--sort", "created", "--descending"]), "creationDate").iter().rev().is_sorted());
    assert_eq!(daniel.run(&["items", "list", "--sort", "colour"]).code, 2);

    let cards = list(&["--type", "card", "--sort", "edited", "--save-as", "Mes cartes"]);
    assert_eq!(list(&["--filter", "mes cartes"]), cards, "named without case, in its order");
    let narrowed = list(&["--filter", "Mes cartes", "--vault", "me"]);
    assert!(narrowed.len() <= cards.len() && narrowed.iter().all(|row| row["organization"].is_null()));
    let filters = daniel.run(&["items", "filters", "list", "--json"]).rows();
    assert_eq!((&filters[0]["name"], &filters[0]["section"]), (&"Mes cartes".into(), &"card".into()));
    assert_eq!(daniel.run(&["items", "list", "--save-as", "MES CARTES"]).code, 1, "the name is taken");
    assert_eq!(daniel.run(&["items", "filters", "rename", "Mes cartes", "Cards"]).code, 0);
    assert_eq!(list(&["--filter", "cards"]), cards);
    assert_eq!(daniel.run(&["items", "filters", "remove", "Cards"]).code, 0);
    assert_eq!(daniel.run(&["items", "list", "--filter", "Cards"]).code, 1);
}

#[test]
fn an_item_with_reprompt_shows_nothing_to_a_session_alone() {
    let mut service = Service::start(&["--clients", "2", "--items", "200"], false);
    let mut daniel = Person::new();
    let account = service.account("end user").clone();
    daniel.sign_in(&service.url, &account, &[]);
    assert_eq!(daniel.run(&["sync"]).code, 0);
    service.stop();
    let protected =
        daniel.run(&["items", "list", "--json", "--search", "is:protected -is:unreadable"]).rows();
    let id = protected.first().expect("the demo has such an item")["id"].as_str().unwrap();
    for command in [&["items", "get", id][..], &["items", "totp", id], &["items", "attachments", id]] {
        let answer = daniel.run(command);
        assert_ne!(answer.code, 0, "{command:?}");
        assert!(answer.out.is_empty(), "{command:?}");
    }
    let password = daniel.password_file(account["password"].as_str().unwrap());
    assert_eq!(daniel.run(&["items", "get", id, "--password-file", &password]).code, 0);
    let wrong = daniel.password_file("not the password");
    assert_eq!(daniel.run(&["items", "get", id, "--password-file", &wrong]).code, 4);
}

#[test]
fn files_of_items_are_listed_offline_and_fetched_from_the_server() {
    let mut service = Service::start(&["--clients", "2", "--items", "100"], false);
    let mut daniel = Person::new();
    daniel.sign_in(&service.url, service.account("end user"), &[]);
    assert_eq!(daniel.run(&["sync"]).code, 0);
    let with_files = daniel.run(&["items", "list", "--search", "has:attachment", "--json"]).rows();
    assert!(with_files.len() >= 3, "{with_files:?}");
    let folder = daniel.profile().parent().unwrap().join("files");
    std::fs::create_dir(&folder).unwrap();
    let out = folder.to_str().unwrap();
    let mut saved = 0;
    for item in &with_files {
        let id = item["id"].as_str().unwrap();
        for file in daniel.run(&["items", "attachments", id, "--json"]).rows() {
            let (name, size) = (file["fileName"].as_str().unwrap(), file["size"].as_u64().unwrap());
            let attachment = file["id"].as_str().unwrap();
            let save = ["items", "save-attachment", id, attachment, "--out", out];
            let answer = daniel.run(&[&save[..], &["--json"]].concat()).json();
            let kept = std::fs::read(folder.join(name)).unwrap();
            assert_eq!(answer["bytes"], kept.len());
            assert!(kept.len() as u64 <= size && String::from_utf8(kept).is_ok(), "{name}");
            assert_eq!(daniel.run(&save).code, 1, "nothing is replaced unasked");
            assert_eq!(daniel.run(&[&save[..], &["--force"]].concat()).code, 0);
            saved += 1;
        }
    }
    assert!(saved >= 4, "{saved}");

    service.stop();
    let id = with_files[0]["id"].as_str().unwrap();
    let files = daniel.run(&["items", "attachments", id, "--json"]).rows();
    let attachment = files[0]["id"].as_str().unwrap();
    let elsewhere = folder.join("elsewhere");
    let offline =
        daniel.run(&["items", "save-attachment", id, attachment, "--out", elsewhere.to_str().unwrap()]);
    assert_eq!(offline.code, 3, "{}", offline.err);
    assert!(!elsewhere.exists());
    assert_eq!(daniel.run(&["items", "save-attachment", id, "no such file"]).code, 1);
}
