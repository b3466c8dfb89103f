//! The command line as clap understands it. What each command does stands in `commands/`.

mod client_actions;
mod items;
mod service;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use client_actions::*;
pub(crate) use items::*;
pub(crate) use service::*;

/// Reads and syncs the organizations of a provider and the vault of a person, from the command line.
///
/// Everything but login, sync, changes, attached files and the service works offline, from what was last synced. Exit codes: 0 done,
/// 1 refused or not found, 2 usage, 3 the server cannot be reached, 4 locked or wrong password, 5 damaged data.
#[derive(Parser)]
#[command(name = "porticoctl", version)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Under a head of its own, below what is the command's own.
const EVERYWHERE: &str = "Options of every command";

/// What every command takes.
#[derive(Args)]
pub(crate) struct Global {
    /// The folder that holds everything
    #[arg(long, global = true, help_heading = EVERYWHERE, env = "PORTICO_PROFILE", value_name = "DIR")]
    pub(crate) profile: Option<PathBuf>,
    /// Which account, when the profile holds several: its e-mail address or its id
    #[arg(long, global = true, help_heading = EVERYWHERE, env = "PORTICO_ACCOUNT", value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// Print JSON instead of a table
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) password: PasswordSource,
}

/// Where the master password comes from when one is needed; without either it is asked for on the terminal.
///
/// `PORTICO_SESSION`, printed by `unlock --raw`, makes it unnecessary.
#[derive(Args)]
pub(crate) struct PasswordSource {
    /// Take the master password from the first line of a file
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILE", conflicts_with = "password_stdin")]
    pub(crate) password_file: Option<PathBuf>,
    /// Take the master password from the first line of the standard input
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub(crate) password_stdin: bool,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Sign in to a server and keep the account in the profile
    Login(Login),
    /// Check the master password and start a session
    Unlock(Unlock),
    /// End all sessions of the account
    Lock,
    /// Sign out; the account's sealed file is kept or removed, as you say
    Logout(Logout),
    /// Copy the account's sealed file to be kept elsewhere
    Backup(Backup),
    /// Put a backup in place; sign in to read it
    Restore(Restore),
    /// Tell who is signed in, and how old the picture is
    Status,
    /// Read anew from the server what changed or is old
    Sync(Sync),
    /// The provider and its team
    #[command(subcommand)]
    Provider(Provider),
    /// The provider's client organizations
    #[command(subcommand)]
    Clients(Clients),
    /// Who reaches what in a client, with every path
    #[command(subcommand)]
    Access(Access),
    /// Find people, groups, collections and clients
    Search(Search),
    /// Items of the vault
    #[command(subcommand)]
    Items(Items),
    /// The embedded provider service
    #[command(subcommand)]
    Service(Service),
    /// A provider to try things with
    #[command(subcommand)]
    Demo(Demo),
}

#[derive(Args)]
pub(crate) struct Login {
    /// bitwarden.com, bitwarden.eu, or the address of another server
    #[arg(long, value_name = "URL")]
    pub(crate) server: String,
    /// Where the API is, if not below the server's address
    #[arg(long, value_name = "URL")]
    pub(crate) api_url: Option<String>,
    /// Where the identity service is, if not below the server's address
    #[arg(long, value_name = "URL")]
    pub(crate) identity_url: Option<String>,
    /// Where the web vault is, if not at the server's address
    #[arg(long, value_name = "URL")]
    pub(crate) web_vault_url: Option<String>,
    /// Who signs in
    #[arg(long, value_name = "EMAIL", required_unless_present = "apikey")]
    pub(crate) email: Option<String>,
    /// Sign in with a personal API key, which needs no code; the master password still unlocks
    #[arg(long, requires = "client_id", conflicts_with_all = ["email", "code", "method", "new_device_code", "mail_code"])]
    pub(crate) apikey: bool,
    /// The client_id of the API key: user.…
    #[arg(long, value_name = "ID", requires = "apikey")]
    pub(crate) client_id: Option<String>,
    /// Take the client_secret of the API key from the first line of a file; without it, it is asked for
    #[arg(long, value_name = "FILE", requires = "apikey")]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// Trust the certificate authority in this PEM file too, now and at every sync
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// The code, if two-step login is on
    #[arg(long, value_name = "CODE")]
    pub(crate) code: Option<String>,
    /// Where the code comes from; a recovery code turns two-step login off
    #[arg(long, value_name = "METHOD", value_enum)]
    pub(crate) method: Option<TwoStepMethod>,
    /// Have the server mail the code once more
    #[arg(long, conflicts_with_all = ["code", "new_device_code"])]
    pub(crate) mail_code: bool,
    /// The code that the server mailed because it does not know this machine
    #[arg(long, value_name = "CODE")]
    pub(crate) new_device_code: Option<String>,
    /// Go on although the server asks for cheaper key derivation than before
    #[arg(long)]
    pub(crate) accept_cheaper_kdf: bool,
    /// The master password from before the account's key was rotated elsewhere: brings the history along
    #[arg(long, value_name = "FILE")]
    pub(crate) previous_password_file: Option<PathBuf>,
    /// Begin a new file beside the one that the previous password would open
    #[arg(long, conflicts_with = "previous_password_file")]
    pub(crate) set_history_aside: bool,
    /// Print nothing but a session key for PORTICO_SESSION
    #[arg(long)]
    pub(crate) raw: bool,
}

/// Ways of the second step that are answered on a command line.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum TwoStepMethod {
    Authenticator,
    Email,
    Yubikey,
    Recovery,
}

#[derive(Args)]
pub(crate) struct Unlock {
    /// Print nothing but a session key for PORTICO_SESSION
    #[arg(long)]
    pub(crate) raw: bool,
    /// How long the session lasts
    #[arg(long, value_name = "MINUTES", default_value_t = 720, value_parser = clap::value_parser!(u32).range(1..=43_200))]
    pub(crate) minutes: u32,
}

#[derive(Args)]
pub(crate) struct Logout {
    /// Keep the sealed file: history, pins, tags and filters come back with the next login
    #[arg(long, conflicts_with = "remove")]
    pub(crate) keep_archive: bool,
    /// Remove everything of the account from this computer, with what no server has
    #[arg(long)]
    pub(crate) remove: bool,
}

#[derive(Args)]
pub(crate) struct Backup {
    /// Where it goes; it opens with the master password, and with nothing else
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Replace a file that is there already
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// A file that `backup`, or the window, wrote
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Args)]
pub(crate) struct Sync {
    /// Read everything: the vault, whether or not the server says that it changed, and every client
    #[arg(long)]
    pub(crate) full: bool,
}

#[derive(Subcommand)]
pub(crate) enum Provider {
    /// The providers that the account works for
    List,
    /// The people of the provider
    Members,
    /// What was done at the provider, and by its people in clients, newest first
    Events(ProviderEvents),
}

#[derive(Args)]
pub(crate) struct ProviderEvents {
    /// Only what this person of the provider did
    #[arg(long, value_name = "EMAIL")]
    pub(crate) person: Option<String>,
    /// Only what was done in this client, or to it
    #[arg(long, value_name = "CLIENT")]
    pub(crate) client: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum Clients {
    /// All clients with plan, seats, age and tags
    List(ListClients),
    /// One client
    Show(Client),
    /// Its members; those of an own organization too, as the other lists of one
    Members(Client),
    /// Its groups
    Groups(Client),
    /// Its collections
    Collections(Client),
    /// Its policies
    Policies(Client),
    /// What was done in it, newest first
    Events(Client),
    /// Read it with every sync
    Pin(Client),
    /// Read it when its turn comes again
    Unpin(Client),
    /// Give it tags of your own, or take them away; no server is told
    Tag(TagClient),
    /// The tags there are, on all clients
    #[command(subcommand)]
    Tags(Tags),
    /// Make a new client organization; its owner is invited by mail
    Create(CreateClient),
    /// Make an organization that the account owns a client
    Add(AddClient),
    /// Give a client another name
    Rename(RenameClient),
    /// Give a client another number of seats
    Seats(ClientSeats),
    /// Let a client go: it goes on with its own owners
    Unlink(UnlinkClient),
}

#[derive(Subcommand)]
pub(crate) enum Access {
    /// Every collection that a member reaches
    Member {
        /// Name or id of the client, or of an own organization that the account administers
        client: String,
        /// Address or id of the member
        email: String,
    },
    /// Everybody who reaches a collection
    Collection {
        /// Name or id of the client, or of an own organization that the account administers
        client: String,
        /// Name or id of the collection
        name: String,
    },
}

#[derive(Args)]
pub(crate) struct ListClients {
    /// Only clients that carry this tag; given several times, each of them
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Vec<String>,
}

#[derive(Args)]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true))]
pub(crate) struct TagClient {
    #[command(flatten)]
    pub(crate) client: Client,
    /// A tag that it is to carry
    #[arg(long, value_name = "TAG", group = "change")]
    pub(crate) add: Vec<String>,
    /// A tag that it is to carry no more
    #[arg(long, value_name = "TAG", group = "change")]
    pub(crate) remove: Vec<String>,
}

#[derive(Subcommand)]
pub(crate) enum Tags {
    /// Each with the number of clients that carry it
    List,
    /// Call one something else on every client; where another is called that, both become one
    Rename {
        #[arg(value_name = "TAG")]
        tag: String,
        #[arg(value_name = "NAME")]
        name: String,
        /// Say on how many clients, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Take one from every client
    Delete {
        #[arg(value_name = "TAG")]
        tag: String,
        /// Say from how many clients, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Args)]
pub(crate) struct Client {
    /// Its name or id
    #[arg(value_name = "CLIENT")]
    pub(crate) client: String,
}

#[derive(Args)]
pub(crate) struct Search {
    /// Words that must all occur
    #[arg(required = true, value_name = "TEXT")]
    pub(crate) text: Vec<String>,
    /// At most this many of each kind
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: usize,
}

#[derive(Subcommand)]
pub(crate) enum Demo {
    /// Fill a service's data folder with a demo provider and print its accounts as JSON
    Seed(Seed),
}

#[derive(Args)]
pub(crate) struct Seed {
    /// The folder with the service's data
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Client organizations
    #[arg(long, value_name = "N")]
    pub(crate) clients: Option<usize>,
    /// Members of each client; without it a believable mix
    #[arg(long, value_name = "N")]
    pub(crate) members: Option<usize>,
    /// Items in the end user's own vault
    #[arg(long, value_name = "N")]
    pub(crate) items: Option<usize>,
    /// Chooses names and structure
    #[arg(long, value_name = "S")]
    pub(crate) seed: Option<u64>,
}
