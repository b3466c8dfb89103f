//! What `porticoctl` prints, against the truth.

use std::collections::{BTreeMap, BTreeSet};

use portico_tests::porticoctl::Terminal;
use serde_json::{Value, json};

use crate::differences::Differences;

pub fn compare(terminal: &Terminal, truth: &Value, differences: &mut Differences) {
    let status = terminal.rows(&["status"]);
    differences.same(|| "state".to_owned(), &status[0]["state"], &json!("unlocked"));
    differences.same(|| "stale clients".to_owned(), &status[0]["stale"], &json!([]));
    compare_items(terminal, truth, differences);
    compare_single_items(terminal, truth, differences);
    let providers = truth["providers"].as_array().unwrap();
    let expected: Vec<Value> = providers
        .iter()
        .map(|provider| {
            json!({"id": provider["id"], "name": provider["name"],
        "clients": provider["clients"].as_array().unwrap().len(), "enabled": provider["enabled"]})
        })
        .collect();
    differences.by_id("provider list", &terminal.rows(&["provider", "list"]), &expected.into(), &[]);
    let clients = providers.iter().flat_map(|provider| {
        provider["clients"].as_array().unwrap().iter().map(move |client| {
            json!({"id": client["organization"]["id"],
            "name": client["organization"]["name"], "seats": client["organization"]["seats"], "stale": false,
            "provider": provider["name"], "providerId": provider["id"], "enabled": true})
        })
    });
    differences.by_id("clients list", &terminal.rows(&["clients", "list"]), &clients.collect(), &[]);
    if let Some(provider) = providers.first() {
        if provider["type"] == 0 {
            compare_provider(terminal, provider, differences);
        }
        // Another one in each manner would not be told apart; the last has groups, policies and a log.
        let clients = provider["clients"].as_array().unwrap();
        compare_client(terminal, &clients.last().unwrap()["organization"], differences);
    }
}

fn compare_provider(terminal: &Terminal, provider: &Value, differences: &mut Differences) {
    let of = |rows: Vec<Value>| {
        rows.into_iter().filter(|row| row["provider"] == provider["name"]).collect::<Vec<_>>()
    };
    let members: Vec<Value> = list(&provider["users"]).map(|user| json!({"id": user["id"], "name": user["name"], "email": user["email"],
        "role": word(&user["type"], &[(0, "Provider admin"), (1, "Service user")]), "status": status(&user["status"])})).collect();
    differences.by_id("provider members", &of(terminal.rows(&["provider", "members"])), &members.into(), &[]);
    let events = terminal.rows(&["provider", "events"]);
    let numbers: Vec<&Value> = events.iter().map(|event| &event["type"]).collect();
    let theirs: Vec<&Value> = list(&provider["events"]).map(|event| &event["type"]).collect();
    differences.same(|| "provider events".to_owned(), numbers, theirs);
}

fn compare_client(terminal: &Terminal, client: &Value, differences: &mut Differences) {
    let name = client["id"].as_str().unwrap();
    let about = |what: &str| terminal.rows(&["clients", what, name]);
    let collections = names(&client["collections"]);
    let groups = names(&client["groups"]);
    let members: Vec<Value> = list(&client["members"]).map(|member| json!({
        "id": member["id"], "name": member["name"], "email": member["email"], "role": role(&member["type"]),
        "status": status(&member["status"]), "twoFactorEnabled": member["twoFactorEnabled"],
        "groups": sorted(list(&member["groups"]).map(|id| groups[text(id)].clone())),
        "collections": sorted(list(&member["collections"]).map(|grant| collections[text(&grant["id"])].clone())),
    })).collect();
    let listed = about("members").into_iter().map(|mut row| {
        for list in ["groups", "collections"] {
            row[list] = sorted(self::list(&row[list]).map(|name| text(name).to_owned()));
        }
        row
    });
    differences.by_id("clients members", &listed.collect::<Vec<_>>(), &members.into(), &[]);
    let expected: Vec<Value> = list(&client["groups"])
        .map(|group| {
            let inside = list(&client["members"]).filter(|member| {
                member["status"] != -1 && list(&member["groups"]).any(|id| *id == group["id"])
            });
            json!({"id": group["id"], "name": group["name"], "members": inside.count()})
        })
        .collect();
    differences.by_id("clients groups", &about("groups"), &expected.into(), &[]);
    let expected: Vec<Value> = list(&client["collections"]).map(|one| json!({"id": one["id"], "name": collections[text(&one["id"])], "externalId": one["externalId"]})).collect();
    differences.by_id("clients collections", &about("collections"), &expected.into(), &[]);
    let policies = about("policies");
    let on = |policies: &mut dyn Iterator<Item = &Value>| -> BTreeMap<i64, bool> {
        policies.map(|policy| (policy["type"].as_i64().unwrap(), policy["enabled"] == true)).collect()
    };
    let (enabled, theirs) = (on(&mut policies.iter()), on(&mut list(&client["policies"])));
    differences.same(|| "clients policies".to_owned(), enabled, theirs);
    for member in list(&client["members"]) {
        compare_access(terminal, client, member, &collections, differences);
    }
    let somebody = text(&client["members"][2]["email"]);
    let found = terminal
        .rows(&["search", somebody])
        .iter()
        .any(|hit| hit["kind"] == "person" && hit["client"] == client["name"]);
    differences.same(|| format!("{somebody} is found"), found, true);
}

/// Every collection that a member reaches, and by which paths.
fn compare_access(
    terminal: &Terminal,
    client: &Value,
    member: &Value,
    collections: &BTreeMap<String, String>,
    differences: &mut Differences,
) {
    let reached = terminal.rows(&["access", "member", text(&client["id"]), text(&member["email"])]);
    let ours: BTreeSet<(String, String, String, String)> = reached
        .iter()
        .flat_map(|row| {
            list(&row["paths"]).map(move |path| {
                (
                    text(&row["collection"]).to_owned(),
                    text(&path["via"]).to_owned(),
                    path["group"].as_str().unwrap_or_default().to_owned(),
                    text(&path["permission"]).to_owned(),
                )
            })
        })
        .collect();
    let mut theirs = BTreeSet::new();
    let mut put = |grant: &Value, via: &str, group: &Value| {
        theirs.insert((
            collections[text(&grant["id"])].clone(),
            via.to_owned(),
            group.as_str().unwrap_or_default().to_owned(),
            permission(grant).to_owned(),
        ));
    };
    list(&member["collections"]).for_each(|grant| put(grant, "direct", &Value::Null));
    for group in list(&client["groups"]).filter(|group| list(&member["groups"]).any(|id| *id == group["id"]))
    {
        list(&group["collections"]).for_each(|grant| put(grant, "group", &group["name"]));
    }
    if client["allowAdminAccessToAllCollectionItems"] == true
        && [json!(0), json!(1)].contains(&member["type"])
    {
        // "My items" are not shared.
        for one in list(&client["collections"]).filter(|one| one["type"] != 1) {
            put(&json!({"id": one["id"], "manage": true}), "adminsManageEverything", &Value::Null);
        }
    }
    differences.same(|| format!("access of {}", member["email"]), ours, theirs);
    let in_force = reached.iter().all(|row| row["inForce"] == (member["status"] == 2));
    differences.same(|| format!("access of {} in force", member["email"]), in_force, true);
}

fn compare_items(terminal: &Terminal, truth: &Value, differences: &mut Differences) {
    let organizations = names(&truth["organizations"]);
    let folders = names(&truth["folders"]);
    let named = |names: &BTreeMap<String, String>, id: &Value| id.as_str().map(|id| names[id].clone());
    let kinds = [
        "",
        "login",
        "secureNote",
        "card",
        "identity",
        "sshKey",
        "bankAccount",
        "driversLicense",
        "passport",
    ];
    let kind = |number: &Value| {
        kinds.get(number.as_u64().unwrap() as usize).map_or(json!(number.to_string()), |kind| json!(kind))
    };
    let shown = |item: &&Value| item["deletedDate"].is_null() && item["archivedDate"].is_null();
    let expected: Vec<Value> = list(&truth["items"]).filter(shown).map(|item| {
        let mut row = json!({"id": item["id"], "name": item["name"], "type": kind(&item["type"]), "organization": named(&organizations, &item["organizationId"]),
            "folder": named(&folders, &item["folderId"]), "favorite": item["favorite"]});
        if item["type"] == 1 {
            // An empty name is shown like none.
            row["username"] = Some(&item["login"]["username"]).filter(|name| **name != "").cloned().unwrap_or_default();
        }
        row
    }).collect();
    let listed: Vec<Value> = terminal
        .rows(&["items", "list"])
        .into_iter()
        .filter(|row| {
            row["unreadable"].is_null()
                || row["name"].is_null() && expected.iter().any(|item| item["id"] == row["id"])
        })
        .collect();
    differences.by_id("items list", &listed, &expected.into(), &[]);
}

/// One item of each kind alone: what it shows at once, and one hidden field on request.
fn compare_single_items(terminal: &Terminal, truth: &Value, differences: &mut Differences) {
    let open = |item: &&Value| {
        item["reprompt"] == 0 && item["viewPassword"] == true && item["login"]["password"].is_string()
    };
    let item = list(&truth["items"]).find(open).unwrap();
    let id = text(&item["id"]);
    let shown = terminal.rows(&["items", "get", id]);
    let field =
        |id: &str| list(&shown[0]["fields"]).find(|field| field["id"] == id).cloned().unwrap_or_default();
    differences.same(
        || format!("{id} username"),
        &field("login.username")["value"],
        &item["login"]["username"],
    );
    let password = field("login.password");
    differences.same(
        || format!("{id} password"),
        (&password["value"], &password["hidden"]),
        (&Value::Null, &json!(true)),
    );
    let told = terminal.run(&["items", "get", id, "--field", "login.password"]);
    differences.same(
        || format!("{id} password told"),
        told.out.trim_end_matches('\n'),
        text(&item["login"]["password"]),
    );
}

/// Names by id; of a collection whose owner has left, the address of that person.
fn names(entries: &Value) -> BTreeMap<String, String> {
    list(entries)
        .map(|entry| {
            let name = entry["defaultUserCollectionEmail"].as_str().or(entry["name"].as_str()).unwrap();
            (text(&entry["id"]).to_owned(), name.to_owned())
        })
        .collect()
}

fn permission(grant: &Value) -> &'static str {
    match (grant["manage"] == true, grant["readOnly"] == true, grant["hidePasswords"] == true) {
        (true, _, _) => "Manage collection",
        (_, true, true) => "View items, hidden passwords",
        (_, true, false) => "View items",
        (_, false, true) => "Edit items, hidden passwords",
        (_, false, false) => "Edit items",
    }
}

fn role(number: &Value) -> Value {
    word(number, &[(0, "Owner"), (1, "Admin"), (2, "User"), (4, "Custom")])
}

fn status(number: &Value) -> Value {
    word(number, &[(-1, "Revoked"), (0, "Invited"), (1, "Accepted"), (2, "Confirmed"), (3, "Staged")])
}

/// A number of a later server stands in digits.
fn word(number: &Value, words: &[(i64, &str)]) -> Value {
    words
        .iter()
        .find(|(known, _)| *number == *known)
        .map_or(json!(number.to_string()), |(_, word)| json!(word))
}

fn sorted(names: impl Iterator<Item = String>) -> Value {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.into()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}
