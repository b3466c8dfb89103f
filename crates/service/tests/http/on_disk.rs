//! A service whose database is a file, into which a test reaches behind its back.

use std::path::{Path, PathBuf};

use portico_service::{Config, Store};

use crate::support::{World, fill};

/// The usual people, and the file that they are in.
pub async fn world_in(folder: &Path) -> (World, PathBuf) {
    let file = folder.join("service.sqlite3");
    let store = Store::open(&file).unwrap();
    fill(&store);
    (World::over(store, Config::without_delay()).await, file)
}
