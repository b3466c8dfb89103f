//! What asks the server: a connection, and a way to stop.

use std::convert::Infallible;
use std::io::IsTerminal;
use std::time::Duration;

use portico_client::{ApiClient, CancellationToken, ServerAddress, connect};
use portico_profile::{Profile, Unlocked};
use tokio::runtime::Runtime;

use crate::commands::interrupted::interrupted;
use crate::failure::Failure;
use crate::output::on_one_line;

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
    Runtime::new()?.block_on(async {
        let (interrupted, stopped) = (interrupted()?, stop.clone());
        tokio::spawn(async move {
            interrupted.await;
            stopped.cancel();
        });
        Ok(saying_who_is_waited_for(&client, work(client.clone(), stop)).await)
    })
}

/// Does `work`. Where a person looks on, a server that takes its time is named.
pub(crate) async fn saying_who_is_waited_for<T>(client: &ApiClient, work: impl Future<Output = T>) -> T {
    if !std::io::stderr().is_terminal() {
        return work.await;
    }
    tokio::select! {
        biased;
        done = work => done,
        never = tell_of_silence(client) => match never {},
    }
}

/// A server that has said nothing for so long is told of.
const SILENCE: Duration = Duration::from_secs(10);

async fn tell_of_silence(client: &ApiClient) -> Infallible {
    let mut told = false;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let is_silent = client.waits().is_some_and(|waits| waits >= SILENCE);
        if is_silent && !told {
            let host = on_one_line(&client.host());
            // Over a line of progress, which comes again.
            eprintln!("\r\x1b[Kporticoctl: waiting for {host}, which has not answered yet; Ctrl-C stops");
        }
        told = is_silent;
    }
}
