//! Every route as everybody. The grid is written by hand from protocol.md §4 and §5; the table in the program has
//! to agree with it, and the running service with both.

use portico_service::bulk::{
    BulkAccess, BulkCollection, BulkError, BulkFolder, BulkGroup, BulkMember, BulkUser,
};
use portico_service::{Config, Permission, Permissions, Role, Rule, Store, rules};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::*;

/// In the order of the grid's columns; nobody comes first.
pub const COLUMNS: [Option<Person>; 13] = [
    None,
    Some(Person::Plain),
    Some(Person::Member),
    Some(Person::CustomBare),
    Some(Person::CustomGroups),
    Some(Person::CustomAudit),
    Some(Person::Admin),
    Some(Person::Owner),
    Some(Person::ServiceUser),
    Some(Person::ProviderAdmin),
    Some(Person::StrangerAdmin),
    Some(Person::Pending),
    Some(Person::Revoked),
];

/// `o` served, `1` 401, `3` 403, `4` 404, `h` let through by the guard to a handler that finds nothing (404). A path that
/// names an item means the one in the wiki. Columns: nobody, plain | member, custom bare/groups/audit, admin, owner |
/// service user, provider admin | another provider's admin, pending, revoked. One file for each part of the table.
/// Behind them, where a path names an organization: the permissions that make a custom member be served, `*` for any.
const GRID: [&str; 7] = [
    include_str!("authorization/identity.txt"),
    include_str!("authorization/accounts.txt"),
    include_str!("authorization/vault.txt"),
    include_str!("authorization/sends.txt"),
    include_str!("authorization/providers.txt"),
    include_str!("authorization/organizations.txt"),
    include_str!("authorization/members.txt"),
];

struct Line {
    method: Method,
    path: &'static str,
    cells: Vec<char>,
    permissions: Vec<&'static str>,
}

fn grid() -> Vec<Line> {
    let lines = GRID.iter().flat_map(|part| part.lines()).filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let mut words = line.split_whitespace();
            let method = words.next().unwrap().parse().unwrap();
            let path = words.next().unwrap();
            let mut cells = Vec::new();
            while cells.len() < COLUMNS.len() {
                cells.extend(words.next().unwrap_or_else(|| panic!("cells of {path}")).chars());
            }
            assert_eq!(cells.len(), COLUMNS.len(), "{path}");
            Line { method, path, cells, permissions: words.collect() }
        })
        .collect()
}

#[test]
fn the_table_and_the_grid_name_the_same_routes_and_allow_the_same_people() {
    let table = rules();
    let named: Vec<_> = table.iter().map(|route| (route.method.clone(), route.path)).collect();
    let lines = grid();
    assert_eq!(named, lines.iter().map(|line| (line.method.clone(), line.path)).collect::<Vec<_>>());
    for (route, line) in table.iter().zip(&lines) {
        for (person, cell) in COLUMNS.iter().zip(&line.cells) {
            assert_eq!(
                allows(&route.rule, *person, route.path),
                matches!(cell, 'o' | 'h'),
                "{} as {person:?}",
                route.path
            );
        }
    }
}

/// What a rule means, said a second time.
fn allows(rule: &Rule, person: Option<Person>, path: &str) -> bool {
    if rule.allowed.contains(&Role::Anonymous) {
        return true;
    }
    let Some(person) = person else { return false };
    let custom_is_enough = |permissions: &[Permission]| {
        rule.allowed.contains(&Role::Custom)
            && (rule.custom == Permissions::NONE
                || permissions.iter().any(|permission| rule.custom.contains(*permission)))
    };
    use Permission::*;
    let in_tenant = match person {
        Person::Member => rule.allowed.contains(&Role::User),
        Person::CustomBare => custom_is_enough(&[]),
        Person::CustomGroups => custom_is_enough(&[ManageGroups]),
        Person::CustomAudit => custom_is_enough(&[AccessEventLogs, ManagePolicies]),
        Person::Admin => rule.allowed.contains(&Role::Admin),
        Person::Owner => rule.allowed.contains(&Role::Owner),
        // The provider lets its staff read the items of clients.
        Person::ServiceUser => {
            rule.allowed.contains(&Role::ServiceUser) || rule.allowed.contains(&Role::ClientItemsReader)
        }
        Person::ProviderAdmin => {
            rule.allowed.contains(&Role::ProviderAdmin) || rule.allowed.contains(&Role::ClientItemsReader)
        }
        _ => false,
    };
    // Members of the client are strangers to its provider.
    let about_items =
        |role: &Role| path.contains("{cipher}") && rights_on_the_wiki_login(person).contains(role);
    if rule.allowed.iter().any(about_items) {
        return true;
    }
    let is_provider_staff = matches!(person, Person::ServiceUser | Person::ProviderAdmin);
    let in_tenant = in_tenant && (is_provider_staff || path.contains("{organization}"));
    in_tenant || rule.allowed.contains(&Role::SignedIn)
}

/// Read only for the member, managed by the bare custom member, editable with passwords hidden for the admin through the
/// group; only managers delete; owner and provider reach it by their office alone, which does not let them edit here.
fn rights_on_the_wiki_login(person: Person) -> &'static [Role] {
    match person {
        Person::Member => &[Role::ItemReader],
        Person::CustomBare => &[Role::ItemReader, Role::ItemEditor, Role::ItemDeleter],
        Person::Admin => &[
            Role::ItemReader,
            Role::ItemEditor,
            Role::ItemAdminReader,
            Role::ItemAdminFileReader,
            Role::ItemAdminEditor,
        ],
        Person::Owner => &[Role::ItemAdminReader, Role::ItemAdminFileReader],
        Person::ServiceUser | Person::ProviderAdmin => &[Role::ItemAdminReader],
        _ => &[],
    }
}

/// Brings back what a served request took away, so that the next one finds it.
fn restore(world: &World) {
    for item in items() {
        // Refused where the item is still there.
        let _: Result<(), BulkError> = world.store.bulk(|load| load.cipher(&item));
    }
    let _: Result<(), BulkError> = world.store.bulk(|load| load.attachment(&wiki_file()));
    let folder =
        BulkFolder { id: id::FOLDER, user_id: Person::Member.id(), name: enc("folder"), revised: CREATED };
    let _: Result<(), BulkError> = world.store.bulk(|load| load.folder(&folder));
    let _: Result<(), BulkError> = world.store.bulk(|load| load.send(&text_send()));
}

#[tokio::test]
async fn every_route_serves_whom_the_grid_says_and_nobody_else() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let world = World::over(store.clone(), Config::without_delay()).await;
    restore(&world);
    let mut tokens = Vec::new();
    for person in COLUMNS {
        tokens.push(match person {
            Some(person) => Some(world.access_token(person).await),
            None => None,
        });
    }
    let mut wrong = Vec::new();
    for line in grid() {
        // Who is invited to work for the provider is nobody there: as a plain account.
        let invited = (Some(Person::Invited), Some(world.access_token(Person::Invited).await));
        let cells = COLUMNS.iter().zip(&tokens).zip(&line.cells);
        let cells = cells.map(|((person, token), cell)| (*person, token, cell));
        for (person, token, cell) in cells.chain([(invited.0, &invited.1, &line.cells[1])]) {
            let path = path_of(&with_fresh_ids(&store, &line), id::PROVIDER, id::CLIENT);
            let (status, body) = call(&world, &line.method, &path, token.as_deref()).await;
            let as_expected = match cell {
                // A body that makes no sense is refused by the handler: the guard let it through.
                'o' => {
                    status == StatusCode::OK
                        || (line.method != Method::GET && status == StatusCode::BAD_REQUEST)
                        // No WebSocket is asked for here.
                        || (line.path == "/notifications/hub" && status == StatusCode::BAD_REQUEST)
                        // Nobody on the internet is asked.
                        || (line.path == "/api/hibp/breach" && status == StatusCode::BAD_REQUEST)
                }
                '1' => status == StatusCode::UNAUTHORIZED && body == envelope("Unauthorized."),
                '3' => status == StatusCode::FORBIDDEN && body.is_null(),
                '4' | 'h' => status == StatusCode::NOT_FOUND && body == envelope("Resource not found."),
                _ => unreachable!(),
            };
            let deletes_provider = line.method == Method::DELETE || line.path.ends_with("}/delete");
            if line.path.starts_with("/api/providers/{provider}") && deletes_provider {
                // Refused where it is still there.
                let _: Result<(), BulkError> = store.bulk(fill_provider);
            }
            if ["/api/ciphers/", "/api/folders/", "/api/sends/"]
                .iter()
                .any(|area| line.path.starts_with(area))
            {
                restore(&world);
            }
            if !as_expected {
                wrong.push(format!("{} {} as {person:?}: {status}, not {cell}", line.method, line.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Other letters are no way around a rule, and no other route.
#[tokio::test]
async fn capitals_in_a_path_refuse_the_same_people_in_the_same_words() {
    let world = World::start().await;
    let mut checked = 0;
    for (column, person) in COLUMNS.into_iter().enumerate() {
        let token = match person {
            Some(person) => Some(world.access_token(person).await),
            None => None,
        };
        for line in grid().iter().filter(|line| matches!(line.cells[column], '1' | '3' | '4')) {
            let path = path_of(&with_capitals(line.path), id::PROVIDER, id::CLIENT);
            let (status, body) = call(&world, &line.method, &path, token.as_deref()).await;
            let expected = match line.cells[column] {
                '1' => (StatusCode::UNAUTHORIZED, envelope("Unauthorized.")),
                '3' => (StatusCode::FORBIDDEN, Value::Null),
                _ => (StatusCode::NOT_FOUND, envelope("Resource not found.")),
            };
            assert_eq!((status, body), expected, "{} {path} as {person:?}", line.method);
            checked += 1;
        }
    }
    assert!(checked > 1_500, "{checked}");
    // And they let in whom the rule lets in.
    let member = world.access_token(Person::Member).await;
    let staff = world.access_token(Person::ServiceUser).await;
    let served = world.get("/API/Accounts/Profile", &member).await;
    assert_eq!(served["id"], json!(Person::Member.id()));
    let path = format!("/Api/Ciphers/Organization-Details?organizationId={}", id::CLIENT);
    assert!(!world.get(&path, &staff).await["data"].as_array().unwrap().is_empty());
    let (status, _) = answer(world.request(Method::GET, &path, Some(&member))).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "a rule of its own for who names an organization");
}

/// The words of the table with capitals; what a request names as it is.
fn with_capitals(path: &str) -> String {
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let word = |part: &str| if part.starts_with('{') { part.to_owned() } else { part.to_uppercase() };
    let path = path.split('/').map(word).collect::<Vec<_>>().join("/");
    query.map_or_else(|| path.clone(), |query| format!("{path}?{query}"))
}

/// In the order of their bits.
const PERMISSIONS: [(Permission, &str); 13] = {
    use Permission::*;
    [
        (AccessEventLogs, "AccessEventLogs"),
        (AccessImportExport, "AccessImportExport"),
        (AccessReports, "AccessReports"),
        (CreateNewCollections, "CreateNewCollections"),
        (EditAnyCollection, "EditAnyCollection"),
        (DeleteAnyCollection, "DeleteAnyCollection"),
        (ManageGroups, "ManageGroups"),
        (ManagePolicies, "ManagePolicies"),
        (ManageSso, "ManageSso"),
        (ManageUsers, "ManageUsers"),
        (ManageResetPassword, "ManageResetPassword"),
        (ManageScim, "ManageScim"),
        (ManageAccessRules, "ManageAccessRules"),
    ]
};

#[tokio::test]
async fn each_permission_of_a_custom_role_opens_what_the_grid_says_and_nothing_else() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let custom = |number: usize| format!("custom{number}@brightwater.example");
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        for (number, (permission, _)) in PERMISSIONS.iter().enumerate() {
            let id = Uuid::from_u128(0x500 + number as u128);
            load.user(&BulkUser { id, email: custom(number), ..user(Person::CustomBare) })?;
            load.member(&BulkMember {
                id: Uuid::from_u128(0x600 + number as u128),
                user_id: Some(id),
                ..member(Person::CustomBare, 4, 2, &[*permission])
            })?;
        }
        Ok(())
    });
    loaded.unwrap();
    let world = World::over(store.clone(), Config::without_delay()).await;
    let mut wrong = Vec::new();
    for (number, (_, permission)) in PERMISSIONS.iter().enumerate() {
        let mut form = password_grant(Person::CustomBare);
        form[1].1 = custom(number);
        let (_, signed_in) = world.token(&fields(&form)).await;
        let token = signed_in["access_token"].as_str().unwrap();
        for line in grid().iter().filter(|line| line.path.contains("{organization}")) {
            let path = path_of(&with_fresh_ids(&store, line), id::PROVIDER, id::CLIENT);
            let (status, body) = call(&world, &line.method, &path, Some(token)).await;
            let served = line.permissions.iter().any(|one| one == permission || *one == "*");
            let as_expected = if served {
                status == StatusCode::OK || (line.method != Method::GET && status == StatusCode::BAD_REQUEST)
            } else {
                status == StatusCode::NOT_FOUND && body == envelope("Resource not found.")
            };
            if !as_expected {
                wrong.push(format!("{} {} with {permission}: {status}", line.method, line.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The path of a line. Calls that may break something are each given things of their own, so that what one caller
/// broke does not decide how the next one fares.
fn with_fresh_ids(store: &Store, line: &Line) -> String {
    let breakable = ["{member}", "{group}", "{collection}"].iter().any(|name| line.path.contains(name));
    if line.method == Method::GET || !breakable {
        return line.path.to_owned();
    }
    let [member_id, group, collection] = [(); 3].map(|()| Uuid::new_v4());
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        load.member(&BulkMember {
            id: member_id,
            user_id: None,
            email: Some(format!("{member_id}@harbour.example")),
            ..member(Person::Plain, 2, 0, &[])
        })?;
        load.group(&BulkGroup {
            id: group,
            organization_id: id::CLIENT,
            name: "Fresh".into(),
            external_id: None,
            members: vec![member_id],
            created: CREATED,
        })?;
        load.collection(&BulkCollection {
            id: collection,
            organization_id: id::CLIENT,
            name: enc("fresh"),
            external_id: None,
            kind: 0,
            default_user_email: None,
            members: vec![BulkAccess { id: member_id, read_only: true, hide_passwords: true, manage: false }],
            groups: vec![],
            created: CREATED,
        })
    });
    loaded.unwrap();
    line.path
        .replace("{member}", &member_id.to_string())
        .replace("{group}", &group.to_string())
        .replace("{collection}", &collection.to_string())
}

#[tokio::test]
async fn a_tenant_that_does_not_exist_is_refused_like_a_strangers() {
    let world = World::start().await;
    let token = world.access_token(Person::ProviderAdmin).await;
    let nowhere = Uuid::from_u128(0xdead);
    for line in
        grid().iter().filter(|line| line.path.contains("{provider}") || line.path.contains("{organization}"))
    {
        let nobodys = call(&world, &line.method, &path_of(line.path, nowhere, nowhere), Some(&token)).await;
        let strangers = call(
            &world,
            &line.method,
            &path_of(line.path, id::OTHER_PROVIDER, id::OTHER_CLIENT),
            Some(&token),
        )
        .await;
        if line.method == Method::GET && (line.path.ends_with("/public-key") || line.path.ends_with("/keys"))
        {
            assert_eq!(
                (nobodys.0, strangers.0),
                (StatusCode::NOT_FOUND, StatusCode::OK),
                "public: {}",
                line.path
            );
        } else if line.path.contains("{provider}/billing") || line.path.contains("{provider}/clients") {
            let message =
                if line.path.contains("vnext") { "Provider not found." } else { "Resource not found." };
            assert_eq!(nobodys, (StatusCode::NOT_FOUND, envelope(message)), "protocol.md §5.8, §5.9");
            assert_eq!(strangers, (StatusCode::UNAUTHORIZED, envelope("Unauthorized.")), "{}", line.path);
        } else {
            assert_ne!(strangers.0, StatusCode::OK, "{}", line.path);
            assert_eq!(nobodys, strangers, "{}", line.path);
        }
        let nonsense = line.path.replace("{provider}", "nonsense").replace("{organization}", "nonsense");
        let answer = call(&world, &line.method, &nonsense, Some(&token)).await;
        if line.path.contains("/billing/vnext/") && line.path.contains("{provider}") {
            let words = "Route parameter 'providerId' is missing or invalid.";
            assert_eq!(answer, (StatusCode::BAD_REQUEST, envelope(words)), "protocol.md §5.9");
        } else {
            assert_eq!(answer.0, StatusCode::NOT_FOUND, "{}", line.path);
        }
    }
}

fn path_of(path: &str, provider: Uuid, organization: Uuid) -> String {
    path.replace("{provider}", &provider.to_string())
        .replace("{organization}", &organization.to_string())
        .replace("{user}", &Person::Member.id().to_string())
        .replace("{member}", &Person::Member.member_id().to_string())
        .replace("{group}", &id::GROUP.to_string())
        .replace("{collection}", &id::SAFE.to_string())
        .replace("{policy}", "1")
        .replace("{named}", &organization.to_string())
        .replace("{providerUser}", &Uuid::from_u128(0x301).to_string())
        // No link at all: unlinking the client would take everybody's rights away.
        .replace("{providerOrganization}", &Uuid::from_u128(0xeee).to_string())
        .replace("{invoice}", "in_none")
        // The device that everybody here signed in from.
        .replace("{identifier}", "11111111-2222-3333-4444-555555555555")
        .replace("{cipher}", &id::WIKI_LOGIN.to_string())
        .replace("{attachment}", &id::WIKI_FILE.to_string())
        .replace("{folder}", &id::FOLDER.to_string())
        .replace("{send}", &id::SEND.to_string())
        .replace("{access}", SEND_ACCESS_ID)
        .replace("{file}", &Uuid::from_u128(0xdead).to_string())
}

async fn call(
    world: &World,
    method: &Method,
    path: &str,
    token: Option<&str>,
) -> (StatusCode, serde_json::Value) {
    let request = world.request(method.clone(), path, token);
    let request =
        if *method != Method::GET { request.json(&json!({"email": "a@b.example"})) } else { request };
    answer(request).await
}
