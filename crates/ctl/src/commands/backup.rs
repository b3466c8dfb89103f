//! `backup` and `restore`: an account's sealed file, kept elsewhere, and the way back. Neither needs a password.

use serde::Serialize;

use crate::account;
use crate::cli::{Backup, Global, Restore};
use crate::failure::Failure;
use crate::output::{self, Format, Row};

#[derive(Serialize)]
struct Saved {
    email: String,
    file: String,
    bytes: u64,
}

impl Row for Saved {
    const COLUMNS: &'static [&'static str] = &["E-mail", "File", "Bytes"];

    fn cells(&self) -> Vec<String> {
        vec![self.email.clone(), self.file.clone(), self.bytes.to_string()]
    }
}

#[derive(Serialize)]
struct Restored {
    server: String,
    email: String,
    id: String,
}

impl Row for Restored {
    const COLUMNS: &'static [&'static str] = &["Server", "E-mail", "Id"];

    fn cells(&self) -> Vec<String> {
        vec![self.server.clone(), self.email.clone(), self.id.clone()]
    }
}

pub(crate) fn save(global: &Global, format: Format, options: &Backup) -> Result<(), Failure> {
    let profile = account::open_profile(global)?;
    let account = account::choose(&profile, global)?;
    if !options.force && options.file.exists() {
        return Err(Failure::FileExists(options.file.clone()));
    }
    let bytes = profile.back_up(account.id, &options.file)?;
    let file = options.file.display().to_string();
    Ok(output::one(format, &Saved { email: account.email, file, bytes })?)
}

pub(crate) fn put_back(global: &Global, format: Format, options: &Restore) -> Result<(), Failure> {
    let found = account::open_profile(global)?.put_back(&options.file)?;
    let row =
        Restored { server: found.server.to_string(), email: found.email, id: found.account.to_string() };
    output::one(format, &row)?;
    eprintln!("porticoctl: the account is signed out; porticoctl login finds everything that was kept");
    Ok(())
}
