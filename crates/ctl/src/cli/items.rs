//! `items` as clap understands it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use portico_vault::OrderBy;

#[derive(Subcommand)]
pub(crate) enum Items {
    /// The items of the vault
    List(Box<ItemsList>),
    /// One item
    Get(ItemsGet),
    /// The current verification code of a login
    Totp(ItemsTotp),
    /// The files that hang on an item
    Attachments(ItemsAttachments),
    /// Fetch a file that hangs on an item, and open it
    SaveAttachment(ItemsSaveAttachment),
    /// Filters that have a name
    #[command(subcommand)]
    Filters(ItemsFilters),
}

#[derive(Args)]
pub(crate) struct ItemsList {
    /// Words, "phrases", -without, and name: user: site: type: in: folder: collection: org: is: has:
    ///
    /// is: favorite, trash, archived, unreadable, duplicate, protected, shared; has: attachment, code. French words
    /// (est:corbeille, dans:finance) mean the same.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(crate) search: Option<String>,
    /// "me" for the own vault, or name or id of an organization
    #[arg(long, value_name = "V")]
    pub(crate) vault: Option<String>,
    /// login, secureNote, card, identity, sshKey, bankAccount, driversLicense, passport, or the type's number
    #[arg(long = "type", value_name = "T")]
    pub(crate) kind: Option<String>,
    /// What is in the trash instead
    #[arg(long, conflicts_with = "archive")]
    pub(crate) trash: bool,
    /// What is in the archive instead
    #[arg(long)]
    pub(crate) archive: bool,
    /// Only logins that are kept in several vaults: same user name, a website in common
    #[arg(long)]
    pub(crate) duplicates: bool,
    /// Only items whose name or second line does not open
    #[arg(long)]
    pub(crate) unreadable: bool,
    /// In which order
    #[arg(long, value_name = "S")]
    pub(crate) sort: Option<Sort>,
    /// Turn the order round: newest first, or from Z to A
    #[arg(long)]
    pub(crate) descending: bool,
    /// Begin with the filter of this name; what else is given narrows it
    #[arg(long, value_name = "NAME")]
    pub(crate) filter: Option<String>,
    /// Keep what was asked for as a filter of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) save_as: Option<String>,
}

/// The orders of a list.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    Name,
    Owner,
    Type,
    Edited,
    Created,
}

impl From<Sort> for OrderBy {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Name => Self::Name,
            Sort::Owner => Self::Owner,
            Sort::Type => Self::Kind,
            Sort::Edited => Self::Edited,
            Sort::Created => Self::Created,
        }
    }
}

#[derive(Args)]
pub(crate) struct ItemsGet {
    /// Name or id of the item
    #[arg(value_name = "ITEM")]
    pub(crate) item: String,
    /// Print this field alone, hidden or not: username, password, notes, uri, or another that the item has
    #[arg(long, value_name = "F")]
    pub(crate) field: Option<String>,
}

#[derive(Args)]
pub(crate) struct ItemsTotp {
    /// Name or id of the item
    #[arg(value_name = "ITEM")]
    pub(crate) item: String,
}

#[derive(Args)]
pub(crate) struct ItemsAttachments {
    /// Name or id of the item
    #[arg(value_name = "ITEM")]
    pub(crate) item: String,
}

#[derive(Args)]
pub(crate) struct ItemsSaveAttachment {
    /// Name or id of the item
    #[arg(value_name = "ITEM")]
    pub(crate) item: String,
    /// Name or id of the file; may be left out where there is one only
    #[arg(value_name = "FILE")]
    pub(crate) attachment: Option<String>,
    /// Where to keep it: a file, or a folder that is there; without it this folder, under its own name
    #[arg(long, value_name = "PATH")]
    pub(crate) out: Option<PathBuf>,
    /// Replace a file that is there already
    #[arg(long)]
    pub(crate) force: bool,
    /// Take a file of before 2018 that has no authentication code: whether it was changed cannot be told
    #[arg(long)]
    pub(crate) accept_unauthenticated: bool,
}

#[derive(Subcommand)]
pub(crate) enum ItemsFilters {
    /// The filters that have a name
    List,
    /// Give a filter another name
    Rename {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// Its name from now on
        #[arg(value_name = "NEW")]
        new: String,
    },
    /// Forget a filter
    Remove {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
}
