//! Routes whose objects stand in the body: a guard that looks at the path lets everybody through, and the handler has to
//! look. Bodies here are good ones; whether anything happened is seen in the file.

mod items;
mod named;
mod place;
mod roles;

use portico_service::bulk::BulkError;
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::*;
use named::{Naming, routes};
use place::{BOTH, HERE, Place, SECRET, THERE};

async fn world() -> (World, Tables, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.sqlite3");
    let store = Store::open(&file).unwrap();
    fill(&store);
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        HERE.fill(load)?;
        THERE.fill(load)
    });
    loaded.unwrap();
    let tables = Tables::of(&file);
    tables.execute(&format!(
        "INSERT INTO main.cipher_marks (user_id, cipher_id, favorite, archived)
         SELECT x'{}', id, 0, 1 FROM main.ciphers WHERE deleted IS NOT NULL AND id > x'{}'",
        BOTH.id().simple(),
        Uuid::from_u128(1 << 32).simple()
    ));
    drop(tables);
    (World::over(store, Config::without_delay()).await, Tables::of(&file), folder)
}

fn path(route: &Naming, organization: Uuid, provider: Uuid) -> String {
    let path = route.route.path.replace("{organization}", &organization.to_string());
    path.replace("{provider}", &provider.to_string())
}

async fn send(
    world: &World,
    method: &Method,
    path: &str,
    token: Option<&str>,
    body: &Value,
) -> (StatusCode, String) {
    let request = world.request(method.clone(), path, token).json(body);
    let response = request.header("Bitwarden-Client-Version", "2026.8.0").send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

/// Otherwise what follows would show nothing.
#[tokio::test]
async fn what_is_the_callers_own_is_taken_by_every_one_of_them() {
    let (world, tables, _folder) = world().await;
    let token = world.access_token(BOTH).await;
    for at in [HERE, THERE] {
        for route in routes() {
            let before = tables.rows(Some(BOTH.id()));
            let path = path(&route, at.organization, at.provider());
            let body = (route.body)(at, at.organization);
            let (status, answer) = send(&world, &route.route.method, &path, Some(&token), &body).await;
            assert_eq!(status, StatusCode::OK, "{} {path}: {answer}", route.route.method);
            let changed = difference(&before, &tables.rows(Some(BOTH.id())));
            let reads = path.ends_with("/public-keys") || path.ends_with("/account-recovery-details");
            assert_eq!(changed.is_empty(), reads, "{} {path}: {answer}", route.route.method);
            assert!(!reads || answer.contains(SECRET) || answer.contains(&ukey()), "{path}: {answer}");
            tables.put_back();
        }
    }
}

/// Makes something for the caller, whatever else the body names: a stranger's folder to import is a new one.
fn makes_something(route: &Naming) -> bool {
    let path = route.route.path;
    route.route.method == Method::POST && matches!(path, "/api/ciphers" | "/api/folders")
        || path.starts_with("/api/ciphers/import")
}

/// Whether a changed row has to do with one of the two places or their owner.
fn is_theirs(row: &str) -> bool {
    let id = |id: Uuid| id.simple().to_string().to_uppercase();
    let begin = |at: Place| id(at.organization)[..28].to_owned();
    [begin(HERE), begin(THERE), id(BOTH.id())].iter().any(|theirs| row.contains(theirs))
}

/// The same with an organization where the body has none.
fn placed_in(body: &Value, organization: Uuid) -> Option<Value> {
    let mut body = body.clone();
    match body.as_object_mut() {
        Some(members) if !members.contains_key("organizationId") => {
            members.insert("organizationId".into(), json!(organization));
            Some(body)
        }
        _ => None,
    }
}

#[tokio::test]
async fn what_is_anothers_stays_as_it_is_whoever_names_it() {
    let (world, tables, _folder) = world().await;
    let mut wrong = Vec::new();
    let mut asked = 0;
    for person in crate::authorization::COLUMNS.into_iter().chain([Some(Person::Invited)]) {
        let token = match person {
            Some(person) => Some(world.access_token(person).await),
            None => None,
        };
        let caller = person.map(Person::id);
        for route in routes() {
            let method = &route.route.method;
            let mut requests = Vec::new();
            for (organization, provider) in [(HERE.organization, HERE.provider()), (id::CLIENT, id::PROVIDER)]
            {
                for of in [HERE.organization, id::CLIENT] {
                    let body = (route.body)(HERE, of);
                    let path = path(&route, organization, provider);
                    requests.extend(placed_in(&body, of).map(|body| (path.clone(), body)));
                    requests.push((path, body));
                }
            }
            requests.sort_by_key(|(path, body)| format!("{path} {body}"));
            requests.dedup();
            for (path, body) in requests {
                let before = tables.rows(caller);
                let (status, answer) = send(&world, method, &path, token.as_deref(), &body).await;
                let mut changed = difference(&before, &tables.rows(caller));
                if makes_something(&route) {
                    changed.retain(|row| is_theirs(row));
                }
                let refused = status.is_client_error() || status == StatusCode::OK;
                if !changed.is_empty() || answer.contains(SECRET) || !refused {
                    wrong.push(format!(
                        "{method} {path} as {person:?} with {body}: {status} {answer}, {changed:#?}"
                    ));
                }
                asked += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.join("\n"));
    assert!(asked > 1_500, "{asked}");
}

/// Who may do everything in both places still has to say rightly where something is.
#[tokio::test]
async fn what_is_said_to_be_elsewhere_than_it_is_stays_as_it_is() {
    let (world, tables, _folder) = world().await;
    let token = world.access_token(BOTH).await;
    let mut asked = Vec::new();
    for (here, there) in [(HERE, THERE), (THERE, HERE)] {
        for route in routes() {
            let method = &route.route.method;
            let path = path(&route, here.organization, here.provider());
            // Of these the members' forms say it where they like.
            let trash = ["/api/ciphers", "/api/ciphers/delete", "/api/ciphers/restore"].contains(&&*path);
            let body = match route.is_placed {
                true => Some((route.body)(there, here.organization)),
                false if trash && !makes_something(&route) => {
                    placed_in(&(route.body)(there, there.organization), here.organization)
                }
                false => None,
            };
            let Some(body) = body else { continue };
            let before = tables.rows(Some(BOTH.id()));
            let (status, answer) = send(&world, method, &path, Some(&token), &body).await;
            let mut changed = difference(&before, &tables.rows(Some(BOTH.id())));
            if makes_something(&route) {
                let begin = there.organization.simple().to_string().to_uppercase()[..28].to_owned();
                changed.retain(|row| row.contains(&begin));
            }
            assert!(changed.is_empty(), "{method} {path} with {body}: {status} {answer}, {changed:#?}");
            let reads = path.ends_with("/public-keys") || path.ends_with("/account-recovery-details");
            assert!(!reads || !answer.contains(SECRET), "{path}: {answer}");
            asked.push(path);
        }
    }
    assert!(asked.len() > 60, "{asked:?}");
    // A path for one and an item for the other, in one request.
    let path = format!("/api/ciphers/import-organization?organizationId={}", HERE.organization);
    let body = json!({"collections": [], "ciphers": [{"type": 2, "name": enc("n"), "secureNote": {"type": 0},
        "organizationId": THERE.organization}], "collectionRelationships": []});
    let before = tables.rows(None);
    let answer = world.send(Method::POST, &path, Some(&token), body).await;
    assert_eq!(answer, not_found());
    assert_eq!(difference(&before, &tables.rows(None)), Vec::<String>::new());
}
