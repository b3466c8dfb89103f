//! Taking a Send back.

use axum::extract::State;
use portico_protocol::events::EventType;

use crate::api::path::SendId;
use crate::app::App;
use crate::authorize::Caller;
use crate::error::ApiError;
use crate::events::{self, Actor};
use crate::moment::Moment;
use crate::revision;
use crate::sends::{Content, find_own};

/// Whoever holds the link finds nothing any more.
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    SendId(id): SendId,
) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            let send = find_own(transaction, caller.user, id, Moment::now())?.ok_or(ApiError::NotFound)?;
            transaction.prepare_cached("DELETE FROM sends WHERE id = ?")?.execute([id])?;
            revision::of_user(transaction, caller.user)?;
            let kind = match send.content {
                Content::Text { .. } => EventType::SEND_TEXT_DELETED,
                Content::File(_) => EventType::SEND_FILE_DELETED,
            };
            events::record_of_send(transaction, kind, caller.user, id, &Actor::from(&caller))?;
            Ok::<_, ApiError>(())
        })
        .await?;
    app.store.files().remove_doomed(&app.store).await;
    Ok(())
}
