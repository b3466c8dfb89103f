//! The authorization table: every route, who may call it, and what answers it. Each area has its part of the table in
//! a file of its own.

mod accounts;
mod identity;
mod members;
mod organizations;
mod providers;
mod sends;
mod vault;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::app::App;
use crate::authorize::{Guard, Refusal, Role, Rule, guard};
use crate::error::ApiError;
use crate::permissions::{Permission, Permissions};

const ANYONE: Rule = rule(&[Role::Anonymous], &[], Refusal::NotFound);
const SIGNED_IN: Rule = rule(&[Role::SignedIn], &[], Refusal::NotFound);

/// The table. Sources: protocol.md §1, §1.8, §2.10, §3, §4.1–4.11, §5.5–5.10, §6.
fn table() -> Vec<Route> {
    let areas = [
        identity::routes(),
        accounts::routes(),
        vault::routes(),
        sends::routes(),
        providers::routes(),
        organizations::routes(),
        members::routes(),
    ];
    areas.into_iter().flatten().collect()
}

/// One line of the table as others may read it.
#[derive(Clone, Debug)]
pub struct RouteRule {
    #[allow(missing_docs)]
    pub method: Method,
    /// With `{provider}`, `{organization}`, `{cipher}` and the like for ids; the organization can stand in the query.
    pub path: &'static str,
    #[allow(missing_docs)]
    pub rule: Rule,
}

/// The table without its handlers.
#[must_use]
pub fn rules() -> Vec<RouteRule> {
    table()
        .into_iter()
        .map(|route| RouteRule { method: route.method, path: route.path, rule: route.rule })
        .collect()
}

/// The table as a router: each route behind its own guard. Where a request may name an organization in its query, two
/// lines of the table are one route, and the guard finds out which line is meant.
pub(crate) fn router(app: &App) -> Router {
    let rules = rules();
    let rule_of = |method: &Method, path: &str, with_query: bool| {
        let same = rules.iter().filter(|line| line.method == *method);
        let mut same = same.filter(|line| split(line.path) == (path, with_query));
        same.next().map(|line| line.rule)
    };
    let mut router = Router::new();
    for route in table() {
        let (path, with_query) = split(route.path);
        let rule = rule_of(&route.method, path, false);
        if with_query && rule.is_some() {
            continue;
        }
        let guarded = Guard { app: app.clone(), rule, by_query: rule_of(&route.method, path, true) };
        router = router.route(path, route.handler.route_layer(from_fn_with_state(guarded, guard)));
    }
    router
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .with_state(app.clone())
}

/// A path of the table without its query, and whether it has one.
fn split(path: &'static str) -> (&'static str, bool) {
    match path.split_once('?') {
        Some((path, _)) => (path, true),
        None => (path, false),
    }
}

struct Route {
    method: Method,
    path: &'static str,
    rule: Rule,
    handler: MethodRouter<App>,
}

impl Route {
    /// Takes bodies of up to `bytes` instead of the usual limit.
    fn with_body(self, bytes: usize) -> Route {
        Route { handler: self.handler.layer(DefaultBodyLimit::max(bytes)), ..self }
    }
}

fn get<H: Handler<T, App>, T: 'static>(path: &'static str, rule: Rule, handler: H) -> Route {
    Route { method: Method::GET, path, rule, handler: on(MethodFilter::GET, handler) }
}

fn post<H: Handler<T, App>, T: 'static>(path: &'static str, rule: Rule, handler: H) -> Route {
    Route { method: Method::POST, path, rule, handler: on(MethodFilter::POST, handler) }
}

fn put<H: Handler<T, App>, T: 'static>(path: &'static str, rule: Rule, handler: H) -> Route {
    Route { method: Method::PUT, path, rule, handler: on(MethodFilter::PUT, handler) }
}

fn patch<H: Handler<T, App>, T: 'static>(path: &'static str, rule: Rule, handler: H) -> Route {
    Route { method: Method::PATCH, path, rule, handler: on(MethodFilter::PATCH, handler) }
}

fn delete<H: Handler<T, App>, T: 'static>(path: &'static str, rule: Rule, handler: H) -> Route {
    Route { method: Method::DELETE, path, rule, handler: on(MethodFilter::DELETE, handler) }
}

const fn rule(allowed: &'static [Role], custom: &[Permission], refusal: Refusal) -> Rule {
    Rule { allowed, custom: Permissions::of(custom), refusal }
}
