//! `cargo xtask bench`: Criterion benches of the crates, one after the other; every figure is a ratio to a yardstick of
//! the same run, never an absolute promise.

use clap::Args;

use crate::command::{self, Failure, cargo};

#[derive(Args)]
pub struct Options {
    /// Only benches whose name contains this
    filter: Option<String>,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let mut words = vec!["bench", "--workspace", "--exclude", "portico", "--benches"];
    if let Some(filter) = &options.filter {
        words.extend(["--", filter]);
    }
    command::run("benches", &mut cargo(&words))
}
