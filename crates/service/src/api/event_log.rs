//! Reading the event logs (protocol.md §4.9, §5.10).

mod collected;

use std::collections::HashMap;

use axum::Json;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portico_protocol::events::{EventResponse, EventType};
use portico_protocol::{Date, ListResponse};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::members::find_row;
use super::path::{CipherId, MemberId, ProviderUserId, SendId};
use crate::app::App;
use crate::authorize::{Caller, OrganizationAccess, ProviderAccess, organization_access};
use crate::error::ApiError;
use crate::moment::Moment;
use crate::permissions::{Permission, Permissions};

pub(crate) use collected::collect;

const PAGE: usize = 50;
const DAY: i64 = 86_400;

type Page = Json<ListResponse<EventResponse>>;

pub(crate) async fn of_organization(
    State(app): State<App>,
    access: OrganizationAccess,
    asked: Asked,
) -> Result<Page, ApiError> {
    page(&app, asked, move |_| Ok(Which::Organization(access.organization))).await
}

/// What one member did in the organization. Who has not accepted yet did nothing.
pub(crate) async fn of_member(
    State(app): State<App>,
    access: OrganizationAccess,
    MemberId(id): MemberId,
    asked: Asked,
) -> Result<Page, ApiError> {
    let organization = access.organization;
    page(&app, asked, move |connection| {
        let member = find_row(connection, organization, id)?.ok_or(ApiError::NotFound)?;
        Ok(Which::Member { organization, user: member.user.ok_or(ApiError::NotFound)? })
    })
    .await
}

/// What happened to one Send of a member. A Send that is gone has left its lines.
pub(crate) async fn of_send(
    State(app): State<App>,
    access: OrganizationAccess,
    SendId(send): SendId,
    asked: Asked,
) -> Result<Page, ApiError> {
    page(&app, asked, move |_| Ok(Which::Send { organization: access.organization, send })).await
}

/// Everything stamped with the provider: its own events and what its staff did in client organizations.
pub(crate) async fn of_provider(
    State(app): State<App>,
    access: ProviderAccess,
    asked: Asked,
) -> Result<Page, ApiError> {
    page(&app, asked, move |_| Ok(Which::Provider(access.provider))).await
}

pub(crate) async fn of_caller(
    State(app): State<App>,
    caller: Caller,
    asked: Asked,
) -> Result<Page, ApiError> {
    page(&app, asked, move |_| Ok(Which::User(caller.user))).await
}

/// Of a personal item its owner's, of an organization's item theirs who may read the organization's log.
pub(crate) async fn of_cipher(
    State(app): State<App>,
    caller: Caller,
    CipherId(cipher): CipherId,
    asked: Asked,
) -> Result<Page, ApiError> {
    page(&app, asked, move |connection| match owner_of(connection, cipher)? {
        Some(Owner::User(user)) if user == caller.user => Ok(Which::OwnCipher { user, cipher }),
        Some(Owner::Organization(organization)) => {
            let access = organization_access(connection, caller.user, organization)?;
            let reads = Permissions::of(&[Permission::AccessEventLogs]);
            let may = access.administers() || access.has_custom(reads);
            if may { Ok(Which::Cipher { organization, cipher }) } else { Err(ApiError::NotFound) }
        }
        _ => Err(ApiError::NotFound),
    })
    .await
}

/// What one of the provider's people did, in the provider and in its clients.
pub(crate) async fn of_provider_user(
    State(app): State<App>,
    access: ProviderAccess,
    ProviderUserId(id): ProviderUserId,
    asked: Asked,
) -> Result<Page, ApiError> {
    let provider = access.provider;
    page(&app, asked, move |connection| {
        let user: Option<Option<Uuid>> = connection
            .prepare_cached("SELECT user_id FROM provider_users WHERE id = ? AND provider_id = ?")?
            .query_row((id, provider), |row| row.get(0))
            .optional()?;
        Ok(Which::ProviderUser { provider, user: user.flatten().ok_or(ApiError::NotFound)? })
    })
    .await
}

/// Whose an item is.
enum Owner {
    User(Uuid),
    Organization(Uuid),
}

fn owner_of(connection: &Connection, cipher: Uuid) -> Result<Option<Owner>, rusqlite::Error> {
    let owner: Option<(Option<Uuid>, Option<Uuid>)> = connection
        .prepare_cached("SELECT user_id, organization_id FROM ciphers WHERE id = ?")?
        .query_row([cipher], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(match owner {
        Some((Some(user), _)) => Some(Owner::User(user)),
        Some((_, Some(organization))) => Some(Owner::Organization(organization)),
        _ => None,
    })
}

/// Whose log is read.
#[derive(Clone, Copy, Debug)]
enum Which {
    Organization(Uuid),
    Provider(Uuid),
    /// The person's own: what concerns the account and the own vault.
    User(Uuid),
    /// What was done with it before it was shared is its former owner's alone.
    Cipher {
        organization: Uuid,
        cipher: Uuid,
    },
    OwnCipher {
        user: Uuid,
        cipher: Uuid,
    },
    Member {
        organization: Uuid,
        user: Uuid,
    },
    Send {
        organization: Uuid,
        send: Uuid,
    },
    ProviderUser {
        provider: Uuid,
        user: Uuid,
    },
}

impl Which {
    /// The condition, and its one or two values.
    fn condition(self) -> (&'static str, Uuid, Option<Uuid>) {
        match self {
            Which::Organization(id) => ("organization_id = ?1", id, None),
            Which::Provider(id) => ("provider_id = ?1", id, None),
            // A line about an account stands once more in the logs of its organizations and providers.
            Which::User(id) => ("user_id = ?1 AND organization_id IS NULL AND provider_id IS NULL", id, None),
            Which::Cipher { organization, cipher } => {
                ("organization_id = ?1 AND cipher_id = ?2", organization, Some(cipher))
            }
            Which::OwnCipher { user, cipher } => {
                ("user_id = ?1 AND organization_id IS NULL AND cipher_id = ?2", user, Some(cipher))
            }
            Which::Member { organization, user } => {
                ("organization_id = ?1 AND acting_user_id = ?2", organization, Some(user))
            }
            Which::Send { organization, send } => {
                ("organization_id = ?1 AND send_id = ?2", organization, Some(send))
            }
            Which::ProviderUser { provider, user } => {
                ("provider_id = ?1 AND acting_user_id = ?2", provider, Some(user))
            }
        }
    }
}

/// The part of the log that was asked for; `whose` says which one and refuses who may not read it.
async fn page(
    app: &App,
    asked: Asked,
    whose: impl FnOnce(&Connection) -> Result<Which, ApiError> + Send + 'static,
) -> Result<Page, ApiError> {
    app.store
        .read(move |connection| {
            let which = whose(connection)?;
            Ok(Json(read_page(connection, which, asked.range, asked.after)?))
        })
        .await
}

/// Which part of a log a request's query asks for.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    range: Range,
    after: Option<Position>,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let Query(query) = query.map_err(|_| ApiError::refused("Invalid query."))?;
        Ok(Asked { range: Range::of(&query, Moment::now())?, after: Position::asked(&query)? })
    }
}

/// From when to when, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Range(Moment, Moment);

impl Range {
    /// Both ends or neither: then the last 30 days up to the end of today.
    fn of(query: &HashMap<String, String>, now: Moment) -> Result<Range, ApiError> {
        let end = |name: &str| match query.get(name).filter(|text| !text.is_empty()) {
            None => Ok(None),
            // A day alone is ISO 8601, too: its first moment.
            Some(text) => {
                match Date(text.clone()).parse().or_else(|_| Date(format!("{text}T00:00:00Z")).parse()) {
                    Ok(date) => Ok(Some(Moment::from(date))),
                    Err(_) => Err(ApiError::refused("Invalid date.")),
                }
            }
        };
        let (from, to) = match (end("start")?, end("end")?) {
            (Some(start), Some(end)) => (start.min(end), start.max(end)),
            _ => {
                let midnight = (now.unix_seconds().div_euclid(DAY) + 1) * DAY;
                (Moment(0).plus_seconds(midnight - 31 * DAY), Moment(midnight * 1_000_000 - 1))
            }
        };
        if to > from.plus_seconds(367 * DAY) {
            return Err(ApiError::refused("Range too large."));
        }
        Ok(Range(from, to))
    }
}

/// Where a page ended: the last line it showed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Position {
    date: i64,
    seq: i64,
}

impl Position {
    fn asked(query: &HashMap<String, String>) -> Result<Option<Position>, ApiError> {
        let token = query.get("continuationToken").filter(|token| !token.is_empty());
        token.map(|token| Position::parse(token)).transpose()
    }

    fn token(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", self.date, self.seq))
    }

    fn parse(token: &str) -> Result<Position, ApiError> {
        let decoded = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        decoded
            .as_deref()
            .and_then(|text| text.split_once(':'))
            .and_then(|(date, seq)| Some(Position { date: date.parse().ok()?, seq: seq.parse().ok()? }))
            .ok_or_else(|| ApiError::refused("Invalid continuation token."))
    }
}

fn read_page(
    connection: &Connection,
    which: Which,
    range: Range,
    after: Option<Position>,
) -> Result<ListResponse<EventResponse>, ApiError> {
    let after = after.unwrap_or(Position { date: i64::MAX, seq: i64::MAX });
    let (condition, id, second) = which.condition();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT date, seq, type, user_id, organization_id, provider_id, cipher_id, collection_id, group_id, policy_id,
             organization_user_id, provider_user_id, provider_organization_id, acting_user_id, device_type,
             ip_address, system_user, domain_name, send_id
         FROM events WHERE {condition} AND date BETWEEN ?3 AND ?4 AND (date, seq) < (?5, ?6)
         ORDER BY date DESC, seq DESC LIMIT ?7"
    ))?;
    let mut rows = statement.query((id, second, range.0, range.1, after.date, after.seq, PAGE as i64 + 1))?;
    let mut events = Vec::with_capacity(PAGE);
    let mut last = after;
    let mut more = false;
    while let Some(row) = rows.next()? {
        if events.len() == PAGE {
            more = true;
            break;
        }
        last = Position { date: row.get(0)?, seq: row.get(1)? };
        events.push(EventResponse {
            date: Moment(last.date).into(),
            object: "event".into(),
            kind: EventType(row.get(2)?),
            user_id: row.get(3)?,
            organization_id: row.get(4)?,
            provider_id: row.get(5)?,
            cipher_id: row.get(6)?,
            collection_id: row.get(7)?,
            group_id: row.get(8)?,
            policy_id: row.get(9)?,
            organization_user_id: row.get(10)?,
            provider_user_id: row.get(11)?,
            provider_organization_id: row.get(12)?,
            acting_user_id: row.get(13)?,
            device_type: row.get(14)?,
            ip_address: row.get(15)?,
            system_user: row.get(16)?,
            domain_name: row.get(17)?,
            send_id: row.get(18)?,
            ..EventResponse::default()
        });
    }
    Ok(ListResponse { object: "list".into(), data: events, continuation_token: more.then(|| last.token()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn range(start: Option<&str>, end: Option<&str>) -> Result<Range, ApiError> {
        let query = [("start", start), ("end", end)];
        let query = query.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())));
        Range::of(&query.collect(), Moment::from(datetime!(2026-08-20 14:16:19 UTC)))
    }

    #[test]
    fn without_both_ends_the_last_thirty_days_are_meant() {
        let default = range(None, None).unwrap();
        assert_eq!(default.0, Moment::from(datetime!(2026-07-21 0:00 UTC)));
        assert_eq!(default.1, Moment::from(datetime!(2026-08-20 23:59:59.999999 UTC)));
        assert_eq!(range(Some("2026-01-01T00:00:00Z"), None).unwrap(), default);
    }

    #[test]
    fn reversed_ends_are_swapped_and_long_ranges_refused() {
        let swapped = range(Some("2026-02-01T00:00:00Z"), Some("2026-01-01T00:00:00.123Z")).unwrap();
        assert!(swapped.0 < swapped.1);
        let refused = range(Some("2025-01-01T00:00:00Z"), Some("2026-02-01T00:00:00Z")).unwrap_err();
        assert_eq!(refused.to_string(), "Range too large.");
        assert!(range(Some("yesterday"), Some("today")).is_err());
        let days = range(Some("2026-01-01"), Some("2026-01-02")).unwrap();
        assert_eq!(days, range(Some("2026-01-01T00:00:00Z"), Some("2026-01-02T00:00:00Z")).unwrap());
    }

    #[test]
    fn positions_survive_their_token_and_nonsense_is_refused() {
        let position = Position { date: 1_787_235_379_123_456, seq: 42 };
        assert_eq!(Position::parse(&position.token()).unwrap(), position);
        for nonsense in ["", "x", "MTI", "!!", "MTI6", "OjEy"] {
            assert!(Position::parse(nonsense).is_err(), "{nonsense}");
        }
    }
}
