//! Arguments of what changes the provider's clients.

use clap::Args;

use super::Client;

/// What every change of a client takes.
#[derive(Args)]
pub(crate) struct Acting {
    /// Name or id of the provider, when the account works for several
    #[arg(long, value_name = "PROVIDER")]
    pub(crate) provider: Option<String>,
    /// Print what would happen, from what was last synced, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Args)]
pub(crate) struct CreateClient {
    /// What it is called
    #[arg(value_name = "NAME", value_parser = name)]
    pub(crate) name: String,
    /// Who is invited as its owner; somebody independent of the provider
    #[arg(long, value_name = "EMAIL")]
    pub(crate) owner_email: String,
    /// Its plan
    #[arg(long, value_name = "PLAN", value_enum)]
    pub(crate) plan: ClientPlan,
    /// Its seats
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) seats: u32,
    /// What its first collection is called
    #[arg(long, value_name = "NAME", default_value = "Default collection", value_parser = name)]
    pub(crate) collection: String,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

/// The plans that a provider's clients can have.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ClientPlan {
    /// Teams, by the month
    Teams,
    /// Enterprise, by the month
    Enterprise,
    /// Enterprise, by the year: business units only
    EnterpriseAnnual,
}

#[derive(Args)]
pub(crate) struct AddClient {
    /// Name or id of an organization that the account owns
    #[arg(value_name = "ORGANIZATION")]
    pub(crate) organization: String,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

#[derive(Args)]
pub(crate) struct RenameClient {
    #[command(flatten)]
    pub(crate) client: Client,
    /// What it is to be called
    #[arg(value_name = "NAME", value_parser = name)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

#[derive(Args)]
pub(crate) struct ClientSeats {
    #[command(flatten)]
    pub(crate) client: Client,
    /// How many it is to have in all
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) seats: u32,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

#[derive(Args)]
pub(crate) struct UnlinkClient {
    #[command(flatten)]
    pub(crate) client: Client,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

/// As servers bound the name of an organization.
fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    match name.chars().count() {
        0 => Err("a name is needed".to_owned()),
        1..=50 => Ok(name.to_owned()),
        _ => Err("at most 50 characters".to_owned()),
    }
}
