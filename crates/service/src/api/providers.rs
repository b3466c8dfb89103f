//! The provider itself (protocol.md §5.5).

mod change;
mod delete;
mod set_up;

use axum::Json;
use axum::extract::State;
use portico_protocol::provider::{ProviderResponse, ProviderType};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::app::App;
use crate::authorize::ProviderAccess;
use crate::error::ApiError;
use crate::moment::Moment;

pub(crate) use change::update;
pub(crate) use delete::{delete, delete_by_mail};
pub(crate) use set_up::{require_set_up, set_up};

pub(crate) async fn read(
    State(app): State<App>,
    access: ProviderAccess,
) -> Result<Json<ProviderResponse>, ApiError> {
    app.store.read(move |connection| Ok(Json(find(connection, access.provider)?))).await
}

fn find(connection: &Connection, id: Uuid) -> Result<ProviderResponse, ApiError> {
    let provider = connection
        .prepare_cached(
            "SELECT id, name, business_name, business_address1, business_address2, business_address3,
                 business_country, business_tax_number, billing_email, created, type
             FROM providers WHERE id = ?",
        )?
        .query_row([id], |row| {
            Ok(ProviderResponse {
                id: row.get(0)?,
                object: "provider".into(),
                name: row.get(1)?,
                business_name: row.get(2)?,
                business_address1: row.get(3)?,
                business_address2: row.get(4)?,
                business_address3: row.get(5)?,
                business_country: row.get(6)?,
                business_tax_number: row.get(7)?,
                billing_email: row.get(8)?,
                creation_date: Some(row.get::<_, Moment>(9)?.into()),
                kind: ProviderType(row.get(10)?),
                ..ProviderResponse::default()
            })
        })
        .optional()?;
    provider.ok_or(ApiError::NotFound)
}

/// What the provider is called; nothing before it is set up.
pub(super) fn name(connection: &Connection, id: Uuid) -> Result<String, rusqlite::Error> {
    connection.prepare_cached("SELECT name FROM providers WHERE id = ?")?.query_row([id], |row| row.get(0))
}
