//! What bodies name, and the bodies: one for each route whose path says at most which organization or provider is meant.

use portico_service::{Role, RouteRule, rules};
use reqwest::Method;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::place::Place;
use crate::ciphers::login_request;
use crate::support::*;

/// A route whose body names objects.
pub struct Naming {
    pub route: RouteRule,
    /// A good body that names what is at the place, and the organization that it says so of.
    pub body: fn(Place, Uuid) -> Value,
    /// Whether path or body say in which organization or provider all of that is.
    pub is_placed: bool,
}

/// Every route that has its objects in the body, by the table of routes: one that is new has no body here and is told.
pub fn routes() -> Vec<Naming> {
    let changing = rules().into_iter().filter(|route| route.method != Method::GET);
    let named = changing.filter(|route| {
        let about_the_caller = ABOUT_THE_CALLER.iter().any(|area| route.path.starts_with(area));
        let path = route.path.replace("{organization}", "").replace("{provider}", "");
        !path.contains('{') && !about_the_caller && !NAMES_NOTHING.contains(&route.path)
    });
    named
        .map(|route| {
            let (body, is_placed) = body_of(&route.method, route.path)
                .unwrap_or_else(|| panic!("{} {} has no body here", route.method, route.path));
            assert!(
                route.path.contains('{') || route.rule.allowed == [Role::SignedIn],
                "{}: everybody is let through to the handler, which looks",
                route.path
            );
            Naming { route, body, is_placed }
        })
        .collect()
}

/// Sign-in and the own account.
const ABOUT_THE_CALLER: [&str; 6] =
    ["/identity/", "/api/accounts", "/api/two-factor/", "/api/settings/", "/api/sends", "/notifications/"];

/// Where the path says all there is to say: the grid of roles shows who may.
const NAMES_NOTHING: [&str; 21] = [
    "/api/ciphers/purge",
    "/api/ciphers/purge?organizationId={organization}",
    "/api/organizations",
    "/api/organizations/{organization}",
    "/api/organizations/{organization}/delete",
    "/api/organizations/{organization}/keys",
    "/api/organizations/{organization}/api-key",
    "/api/organizations/{organization}/rotate-api-key",
    "/api/organizations/{organization}/collection-management",
    "/api/organizations/{organization}/leave",
    "/api/organizations/{organization}/users/revoke-self",
    "/api/providers/{provider}",
    "/api/providers/{provider}/delete",
    "/api/providers/{provider}/delete-recover-token",
    "/api/providers/{provider}/setup",
    "/api/providers/{provider}/users/invite",
    "/api/providers/{provider}/organizations",
    "/api/providers/{provider}/clients",
    "/api/providers/{provider}/billing/vnext/address",
    "/api/providers/{provider}/billing/vnext/credit/bitpay",
    "/api/providers/{provider}/billing/vnext/payment-method",
];

type Body = fn(Place, Uuid) -> Value;

fn body_of(method: &Method, path: &str) -> Option<(Body, bool)> {
    let (area, deed) = match path.split_once("}/") {
        Some((_, deed)) if path.starts_with("/api/organizations") => ("organization", deed),
        Some((_, deed)) if path.starts_with("/api/providers") => ("provider", deed),
        _ => ("", path),
    };
    let body = match area {
        "organization" => (of_organization(method, deed)?, true),
        "provider" => (of_provider(deed)?, !matches!(deed, "organizations/add" | "clients/existing")),
        _ => of_vault(method, path)?,
    };
    Some(body)
}

fn note(organization: Uuid) -> Value {
    json!({"type": 2, "name": enc("n"), "secureNote": {"type": 0}, "organizationId": organization})
}

fn grant(id: Uuid) -> Value {
    json!({"id": id, "readOnly": false, "hidePasswords": false, "manage": true})
}

fn of_vault(method: &Method, path: &str) -> Option<(Body, bool)> {
    let rest = path.split('?').next()?.strip_prefix("/api/").unwrap_or(path);
    let deletes = *method == Method::DELETE;
    let body: (Body, bool) = match rest {
        "ciphers/delete" | "ciphers/archive" => (|at, _| json!({"ids": [at.item(), at.own_item()]}), false),
        "ciphers" if deletes => (|at, _| json!({"ids": [at.item(), at.own_item()]}), false),
        "ciphers" => (
            |at, _| {
                let mut own = login_request();
                own["folderId"] = json!(at.folder());
                own
            },
            false,
        ),
        "ciphers/restore" => (|at, _| json!({"ids": [at.trashed(), at.own_trashed()]}), false),
        // Taken from the archive that it went into before.
        "ciphers/unarchive" => (|at, _| json!({"ids": [at.trashed(), at.own_trashed()]}), false),
        "ciphers/move" => {
            (|at, _| json!({"ids": [at.item(), at.own_item()], "folderId": at.folder()}), false)
        }
        "ciphers/delete-admin" | "ciphers/admin" if deletes || rest == "ciphers/delete-admin" => {
            (|at, of| json!({"ids": [at.item()], "organizationId": of}), true)
        }
        "ciphers/restore-admin" => (|at, of| json!({"ids": [at.trashed()], "organizationId": of}), true),
        "ciphers/create" | "ciphers/admin" => {
            (|at, of| json!({"cipher": note(of), "collectionIds": [at.collection()]}), true)
        }
        "ciphers/share" => (
            |at, of| {
                let mut shared = note(of);
                shared["id"] = json!(at.own_item());
                json!({"ciphers": [shared], "collectionIds": [at.collection()]})
            },
            true,
        ),
        "ciphers/bulk-collections" => (
            |at, of| {
                json!({"organizationId": of, "cipherIds": [at.item()], "collectionIds": [at.collection()],
                    "removeCollections": true})
            },
            true,
        ),
        "ciphers/import" => (
            |at, of| {
                let mut lost = note(of);
                lost["folderId"] = json!(at.folder());
                json!({"folders": [{"id": at.folder(), "name": enc("f")}], "ciphers": [lost],
                    "folderRelationships": [{"key": 0, "value": 0}]})
            },
            false,
        ),
        "ciphers/import-organization" => (
            |at, of| {
                json!({"collections": [{"id": at.collection(), "name": enc("c")}], "ciphers": [note(of)],
                    "collectionRelationships": [{"key": 0, "value": 0}]})
            },
            true,
        ),
        "folders/delete" | "folders" if deletes || rest == "folders/delete" => {
            (|at, _| json!({"ids": [at.folder()]}), false)
        }
        "folders" => (|at, _| json!({"name": enc("f"), "id": at.folder()}), false),
        "/events/collect" => (
            |at, of| {
                let seen = json!({"type": 1107, "cipherId": at.item(), "organizationId": of});
                let exported = json!({"type": 1602, "organizationId": at.organization});
                let now = OffsetDateTime::now_utc();
                let now = now.format(&time::format_description::well_known::Rfc3339).unwrap();
                json!([seen, exported].map(|mut line| {
                    line["date"] = json!(now);
                    line
                }))
            },
            false,
        ),
        _ => return None,
    };
    Some(body)
}

fn of_organization(method: &Method, deed: &str) -> Option<Body> {
    let deletes = *method == Method::DELETE;
    let body: Body = match deed {
        "users" | "users/delete" | "users/remove" | "users/revoke" | "users/account-recovery-details" => {
            |at, _| json!({"ids": [at.member()]})
        }
        "users/restore" => |at, _| json!({"ids": [at.revoked()]}),
        "users/reinvite" => |at, _| json!({"ids": [at.invited()]}),
        "users/public-keys" => |at, _| json!({"ids": [at.waiting()]}),
        "users/confirm" => |at, _| json!({"keys": [{"id": at.waiting(), "key": ukey()}]}),
        "users/invite" => |at, _| {
            json!({"emails": ["new@place.example"], "type": 2, "permissions": {}, "groups": [at.group()],
                "collections": [grant(at.collection())], "accessSecretsManager": false})
        },
        "groups" if !deletes => {
            |at, _| json!({"name": "g", "users": [at.member()], "collections": [grant(at.collection())]})
        }
        "groups" | "groups/delete" => |at, _| json!({"ids": [at.group()]}),
        "collections" if !deletes => {
            |at, _| json!({"name": enc("c"), "users": [grant(at.member())], "groups": [grant(at.group())]})
        }
        "collections" | "collections/delete" => |at, _| json!({"ids": [at.collection()]}),
        "collections/bulk-access" => |at, _| {
            json!({"collectionIds": [at.collection()], "users": [grant(at.member())],
                "groups": [grant(at.group())]})
        },
        _ => return None,
    };
    Some(body)
}

fn of_provider(deed: &str) -> Option<Body> {
    let body: Body = match deed {
        "users" | "users/delete" => |at, _| json!({"ids": [at.provider_staff()]}),
        "users/reinvite" => |at, _| json!({"ids": [at.provider_invited()]}),
        "users/public-keys" => |at, _| json!({"ids": [at.provider_waiting()]}),
        "users/confirm" => |at, _| json!({"keys": [{"id": at.provider_waiting(), "key": ukey()}]}),
        "organizations/add" | "clients/existing" => {
            |at, _| json!({"organizationId": at.free_organization(), "key": enc("k")})
        }
        _ => return None,
    };
    Some(body)
}
