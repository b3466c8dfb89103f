//! `demo seed`: a provider to try things with.

use portico_demo::DemoSize;
use portico_service::Store;

use crate::cli::{Demo, Seed};
use crate::commands::service::store_file;
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(command: &Demo) -> Result<(), Failure> {
    match command {
        Demo::Seed(options) => seed(options),
    }
}

/// Prints the accounts as JSON, with or without `--json`: the passwords are what one wants to have from it.
fn seed(options: &Seed) -> Result<(), Failure> {
    let usual = DemoSize::default();
    let size = DemoSize {
        clients: options.clients.unwrap_or(usual.clients),
        members: options.members,
        items: options.items.unwrap_or(usual.items),
        seed: options.seed.unwrap_or(usual.seed),
        moment: None,
    };
    let store = Store::open(store_file(&options.data)?)?;
    let accounts = portico_demo::seed(&store, &size)?;
    Ok(output::json(&accounts)?)
}
