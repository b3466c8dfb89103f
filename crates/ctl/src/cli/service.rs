//! `service …` as clap understands it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use url::Url;
use uuid::Uuid;

#[derive(Subcommand)]
pub(crate) enum Service {
    /// Serve until interrupted; the first line on the standard output tells where
    Serve(Serve),
    /// The mails of the service, oldest first
    Outbox(Outbox),
    /// What the staff of a server do with providers
    #[command(subcommand)]
    Provider(ServiceProvider),
}

#[derive(Args)]
pub(crate) struct Outbox {
    /// The folder with the service's data
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Only mails to this address
    #[arg(long, value_name = "EMAIL")]
    pub(crate) to: Option<String>,
}

#[derive(Args)]
pub(crate) struct Serve {
    /// The folder with the service's data
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Where to listen; port 0 lets the system choose
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: std::net::SocketAddr,
    /// Serve https with a certificate of a local authority, whose file the second line names
    #[arg(long)]
    pub(crate) tls: bool,
    #[command(flatten)]
    pub(crate) mail: MailAccount,
}

/// From where mails go out; without it they lie in the outbox, which `service outbox` shows.
#[derive(Args)]
pub(crate) struct MailAccount {
    /// Send mails by this mail server
    #[arg(long, value_name = "HOST", requires = "mail_from")]
    pub(crate) smtp_host: Option<String>,
    /// Its port, if not the usual one
    #[arg(long, value_name = "PORT", requires = "smtp_host")]
    pub(crate) smtp_port: Option<u16>,
    /// How the connection to it is encrypted
    #[arg(long, value_enum, default_value = "tls", requires = "smtp_host")]
    pub(crate) smtp_encryption: MailEncryption,
    /// Trust the certificate authority in this PEM file too
    #[arg(long, value_name = "FILE", requires = "smtp_host")]
    pub(crate) smtp_ca: Option<PathBuf>,
    /// Whom to sign in as there
    #[arg(long, value_name = "NAME", requires_all = ["smtp_host", "smtp_password_file"])]
    pub(crate) smtp_user: Option<String>,
    /// Take the password for it from the first line of a file
    #[arg(long, value_name = "FILE", requires = "smtp_user")]
    pub(crate) smtp_password_file: Option<PathBuf>,
    /// Whom mails come from
    #[arg(long, value_name = "EMAIL", requires = "smtp_host")]
    pub(crate) mail_from: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MailEncryption {
    /// From the first byte on
    Tls,
    /// Begun in clear, and encrypted before anything is sent
    Starttls,
    /// Not at all: for a mail server on this machine
    None,
}

#[derive(Subcommand)]
pub(crate) enum ServiceProvider {
    /// Make a provider and mail its first admin the link that sets it up
    Create(CreateProvider),
    /// Mail a provider the link that deletes it within an hour, and print it
    DeleteLink(ProviderLink),
    /// Suspend a provider, as if it had not paid
    Suspend(OneProvider),
    /// End a suspension
    Resume(OneProvider),
    /// Say what a provider's staff may do with the items of its clients
    ClientItems(SetClientItems),
}

#[derive(Args)]
pub(crate) struct CreateProvider {
    /// The folder with the service's data
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Who sets it up; without an account there, they register with this address
    #[arg(long, value_name = "EMAIL")]
    pub(crate) owner: String,
    /// What kind of provider
    #[arg(long = "type", value_enum, default_value = "msp")]
    pub(crate) kind: ProviderKind,
    /// Teams seats that are paid for, used or not
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub(crate) teams_minimum: u32,
    /// Enterprise seats that are paid for, used or not
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub(crate) enterprise_minimum: u32,
    /// A business unit pays by the year
    #[arg(long)]
    pub(crate) annual: bool,
    /// What its staff may do with the items of its clients
    #[arg(long, value_enum, default_value = "read")]
    pub(crate) client_items: ClientItems,
    /// Where clients reach the service, for the link; without it, where it ran last
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<Url>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProviderKind {
    Msp,
    BusinessUnit,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClientItems {
    /// Everything that an administrator of the organization may do
    Full,
    /// Read them, as on the official server
    Read,
    /// Nothing
    None,
}

#[derive(Args)]
pub(crate) struct OneProvider {
    /// The folder with the service's data
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The provider's id
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: Uuid,
}

#[derive(Args)]
pub(crate) struct ProviderLink {
    #[command(flatten)]
    pub(crate) one: OneProvider,
    /// Where clients reach the service, for the link; without it, where it ran last
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<Url>,
}

#[derive(Args)]
pub(crate) struct SetClientItems {
    #[command(flatten)]
    pub(crate) one: OneProvider,
    /// How far it goes
    #[arg(value_enum, value_name = "WHAT")]
    pub(crate) items: ClientItems,
}
