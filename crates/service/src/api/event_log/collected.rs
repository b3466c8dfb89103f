//! What clients add to the logs themselves (protocol.md §4.9).

use axum::extract::State;
use portico_protocol::Date;
use portico_protocol::events::EventType;
use rusqlite::Connection;
use serde::Deserialize;
use uuid::Uuid;

use super::{Owner, owner_of};
use crate::app::App;
use crate::authorize::Caller;
use crate::body::Body;
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::events;

/// More lines in one upload are refused.
const COLLECT_LIMIT: usize = 1000;
/// The one of them that is about the account.
const EXPORTED_VAULT: i32 = 1007;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Collected {
    #[serde(rename = "type")]
    kind: EventType,
    #[serde(default)]
    cipher_id: Option<Uuid>,
    date: Date,
    #[serde(default)]
    organization_id: Option<Uuid>,
}

/// Keeps what clients may report, and drops without a word what they may not.
pub(crate) async fn collect(
    State(app): State<App>,
    caller: Caller,
    Body(collected): Body<Vec<Collected>>,
) -> Result<(), ApiError> {
    if collected.len() > COLLECT_LIMIT {
        return Err(ApiError::refused("Too many events."));
    }
    app.store
        .write(move |transaction| {
            for one in collected {
                match admissible(transaction, &caller, &one)? {
                    Some(event) if event.kind == EXPORTED_VAULT => {
                        events::record_everywhere(transaction, caller.user, &event)?;
                    }
                    Some(event) => events::record(transaction, &event)?,
                    None => {}
                }
            }
            Ok(())
        })
        .await
}

fn admissible(
    connection: &Connection,
    caller: &Caller,
    one: &Collected,
) -> Result<Option<BulkEvent>, ApiError> {
    let Ok(date) = one.date.parse() else { return Ok(None) };
    let event = BulkEvent {
        kind: one.kind.0,
        date: Some(date),
        acting_user_id: Some(caller.user),
        device_type: caller.device_type,
        ip_address: caller.ip.clone(),
        ..BulkEvent::default()
    };
    match one.kind.0 {
        EXPORTED_VAULT => Ok(Some(BulkEvent { user_id: Some(caller.user), ..event })),
        1107..=1114 | 1117..=1132 => {
            let Some(cipher) = one.cipher_id else { return Ok(None) };
            let organization = match owner_of(connection, cipher)? {
                Some(Owner::User(user)) if user == caller.user => None,
                Some(Owner::Organization(id)) if reports_in(connection, caller.user, id)? => Some(id),
                _ => return Ok(None),
            };
            let user_id = organization.is_none().then_some(caller.user);
            Ok(Some(BulkEvent { cipher_id: Some(cipher), organization_id: organization, user_id, ..event }))
        }
        1602 | 1618 | 1619 => match one.organization_id {
            Some(organization) if reports_in(connection, caller.user, organization)? => {
                Ok(Some(BulkEvent { organization_id: Some(organization), ..event }))
            }
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// Whether `user` is a member of `organization` and it keeps a log.
fn reports_in(connection: &Connection, user: Uuid, organization: Uuid) -> Result<bool, rusqlite::Error> {
    let member = connection
        .prepare_cached("SELECT 1 FROM members WHERE user_id = ? AND organization_id = ? AND status = 2")?
        .exists((user, organization))?;
    Ok(member && events::organization_records(connection, organization)?)
}
