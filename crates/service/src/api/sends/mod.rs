//! Sends (protocol.md §2.10, §3.6, §4.11): what their owner does with them, and opening one.

pub(crate) mod access;
pub(crate) mod remove;
mod request;
pub(crate) mod save;
pub(crate) mod upload;

use axum::Json;
use axum::extract::State;
use portico_protocol::ListResponse;

use super::path::SendId;
use crate::app::App;
use crate::authorize::Caller;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::sends::{SendResponse, all_of, find_own};

pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<ListResponse<SendResponse>>, ApiError> {
    app.store
        .read(move |connection| {
            let sends = all_of(connection, caller.user, Moment::now())?;
            Ok(Json(ListResponse::complete(sends.into_iter().map(SendResponse::from).collect())))
        })
        .await
}

pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    SendId(id): SendId,
) -> Result<Json<SendResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let send = find_own(connection, caller.user, id, Moment::now())?.ok_or(ApiError::NotFound)?;
            Ok(Json(send.into()))
        })
        .await
}
