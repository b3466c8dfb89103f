//! What asks the server: a connection, and a way to stop.

use portico_client::{ApiClient, CancellationToken, ServerAddress, connect};
use portico_profile::{Profile, Unlocked};

use crate::commands::interrupted::interrupted;
use crate::failure::Failure;

/// Runs `work` until it ends or somebody stops it, which it does at its next step and leaves the last picture as it was.
///
/// # Errors
/// When there is no server to connect to.
pub(crate) fn online<T>(
    profile: &Profile,
    unlocked: &Unlocked,
    work: impl AsyncFnOnce(ApiClient, CancellationToken) -> T,
) -> Result<T, Failure> {
    if matches!(unlocked.server(), ServerAddress::Embedded(_)) {
        return Err(Failure::Embedded);
    }
    let client = connect(profile, unlocked.server(), None, None)?;
    let stop = CancellationToken::new();
    tokio::runtime::Runtime::new()?.block_on(async {
        let (interrupted, stopped) = (interrupted()?, stop.clone());
        tokio::spawn(async move {
            interrupted.await;
            stopped.cancel();
        });
        Ok(work(client, stop).await)
    })
}
