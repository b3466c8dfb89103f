//! What other processes change in the file while the service runs (`porticoctl service provider`): they leave it there,
//! and whoever listens is told of it from here.

use std::time::Duration;

use crate::push;
use crate::store::{Store, StoreError};

/// How often is looked: with the quarter of a second for which clients gather hints, well within the two seconds that are
/// promised. Nothing could wake this up: SQLite tells no other process of a write.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Tells until it is dropped.
pub(crate) async fn tell_of_others(store: Store) {
    loop {
        if let Err(error) = take_up(&store).await {
            tracing::warn!(%error, "what other processes changed is not told");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn take_up(store: &Store) -> Result<(), StoreError> {
    if !store.read(|connection| Ok::<_, StoreError>(push::is_left(connection)?)).await? {
        return Ok(());
    }
    store.write(|transaction| Ok(push::take_up(transaction)?)).await
}
