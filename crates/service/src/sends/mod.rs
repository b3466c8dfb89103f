//! Sends: a text or a file for people without an account (protocol.md §2.10, §3.6). How they are kept, who may open one,
//! and how they go out. The key is in the link that the sender hands over and never comes here.

mod answer;
mod duties;
mod gate;
mod row;

use rusqlite::Connection;

use crate::app::App;
use crate::error::ApiError;
use crate::moment::Moment;

pub(crate) use answer::{SendAccess, SendResponse};
pub(crate) use duties::{Wanted, check_may_send};
pub(crate) use gate::{Proof, Protection, admit, passes};
pub(crate) use row::{Content, Send, SendFile, all_of, by_access_id, find, find_own};

/// How long one looks away before Sends whose time has come are deleted.
const BETWEEN_SWEEPS: std::time::Duration = std::time::Duration::from_secs(300);

/// Deletes Sends when their time has come, as long as the service runs.
pub(crate) async fn delete_when_due(app: App) {
    loop {
        match app.store.write(|transaction| delete_due(transaction, Moment::now())).await {
            Ok(0) => {}
            Ok(_) => app.store.files().remove_doomed(&app.store).await,
            Err(error) => tracing::warn!(%error, "Sends whose time has come stay for now"),
        }
        tokio::time::sleep(BETWEEN_SWEEPS).await;
    }
}

fn delete_due(connection: &Connection, now: Moment) -> Result<usize, ApiError> {
    connection
        .prepare_cached(
            "UPDATE users SET account_revised = ?1 WHERE id IN (SELECT user_id FROM sends WHERE deletes <= ?1)",
        )?
        .execute([now])?;
    Ok(connection.prepare_cached("DELETE FROM sends WHERE deletes <= ?")?.execute([now])?)
}
