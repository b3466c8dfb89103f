//! What asks the server: a connection, and a way to stop.

use portico_client::{ApiClient, CancellationToken, ServerAddress, connect};
use portico_profile::{Profile, Unlocked};

use crate::failure::Failure;

/// Runs `work` until it ends or somebody presses Ctrl-C, which stops it at its next step and leaves the last picture as it
/// was.
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
    let interrupted = stop.clone();
    Ok(tokio::runtime::Runtime::new()?.block_on(async {
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                interrupted.cancel();
            }
        });
        work(client, stop).await
    }))
}
