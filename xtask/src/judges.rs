//! The official command-line client, which judges the embedded service in the tests: an npm package of its own, so that
//! nobody who only builds the page fetches it.

use crate::{
    command::{Failure, command, root, run},
    page,
};

/// Installs the client of the lock file if that changed since the last time.
pub fn install() -> Result<(), Failure> {
    let folder = root().join("tests/judges");
    let lock = folder.join("package-lock.json");
    let marker = folder.join("node_modules/.package-lock.json");
    if page::newer(&lock, &marker) {
        // Its packages need no scripts, and one of them only advertises itself in its own.
        let mut call = command(page::NPM, &["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        call.current_dir(folder);
        run("official client", &mut call)?;
    }
    Ok(())
}
