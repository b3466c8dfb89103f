//! Equivalent domains (protocol.md §3.6, §4.11): the person's own. This server ships no global ones.

use axum::Json;
use axum::extract::State;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::app::App;
use crate::authorize::Caller;
use crate::body::{Body, at_most};
use crate::error::ApiError;
use crate::moment::Moment;

/// Far more than anybody has.
const GROUPS: usize = 1_000;
const DOMAINS_OF_GROUP: usize = 100;
/// As long as a host name can be.
const DOMAIN: usize = 255;

/// `domains`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Domains {
    object: &'static str,
    equivalent_domains: Vec<Vec<String>>,
    global_equivalent_domains: [Value; 0],
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetDomains {
    #[serde(default)]
    equivalent_domains: Option<Vec<Vec<String>>>,
    /// Numbers of global groups that are not to count; kept, so that another server's list survives a visit here.
    #[serde(default)]
    excluded_global_equivalent_domains: Option<Vec<i32>>,
}

pub(crate) fn of(connection: &Connection, user: Uuid) -> Result<Domains, ApiError> {
    let kept: Option<String> = connection
        .prepare_cached("SELECT equivalent_domains FROM users WHERE id = ?")?
        .query_row([user], |row| row.get(0))?;
    let equivalent_domains = match kept {
        Some(kept) => serde_json::from_str(&kept)?,
        None => Vec::new(),
    };
    Ok(Domains { object: "domains", equivalent_domains, global_equivalent_domains: [] })
}

pub(crate) async fn read(State(app): State<App>, caller: Caller) -> Result<Json<Domains>, ApiError> {
    app.store.read(move |connection| Ok(Json(of(connection, caller.user)?))).await
}

pub(crate) async fn set(
    State(app): State<App>,
    caller: Caller,
    Body(domains): Body<SetDomains>,
) -> Result<Json<Domains>, ApiError> {
    let own = domains.equivalent_domains.unwrap_or_default();
    let excluded = domains.excluded_global_equivalent_domains.unwrap_or_default();
    let too_many = own.len() > GROUPS
        || excluded.len() > GROUPS
        || own.iter().any(|group| group.len() > DOMAINS_OF_GROUP);
    if too_many {
        let problem = "There are too many domains.".into();
        return Err(ApiError::Invalid { field: "EquivalentDomains", problem });
    }
    for domain in own.iter().flatten() {
        at_most("EquivalentDomains", domain, DOMAIN)?;
    }
    app.store
        .write(move |transaction| {
            transaction.execute(
                "UPDATE users SET equivalent_domains = ?, excluded_global_domains = ?, account_revised = ?
                 WHERE id = ?",
                (serde_json::to_string(&own)?, serde_json::to_string(&excluded)?, Moment::now(), caller.user),
            )?;
            Ok(Json(of(transaction, caller.user)?))
        })
        .await
}
