use tokio::runtime::{Handle, RuntimeFlavor};

/// Runs what occupies the thread (sealing, parsing megabytes, waiting for the disk) without holding up the other tasks
/// of a runtime that has several threads.
pub(crate) fn aside<R>(work: impl FnOnce() -> R) -> R {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
