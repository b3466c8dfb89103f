//! `provider`: the providers that the account works for, and their teams.

use portico_estate::{ClientRow, Person};
use portico_profile::{EventStream, ProviderView};
use serde::Serialize;

use crate::account;
use crate::cli::{Client, Global, Provider, ProviderEvents};
use crate::commands::clients::find;
use crate::commands::events::{self, Only};
use crate::failure::Failure;
use crate::output::{self, Format, Row};
use crate::words;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProviderRow {
    id: String,
    name: String,
    clients: usize,
    /// `null` where the account may not read the team.
    members: Option<usize>,
    synced_at: Option<String>,
}

impl Row for ProviderRow {
    const COLUMNS: &'static [&'static str] = &["Name", "Clients", "Members", "Synced", "Id"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.clients.to_string(),
            output::or_dash(self.members),
            output::or_dash(self.synced_at.as_ref()),
            self.id.clone(),
        ]
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TeamRow {
    id: String,
    name: Option<String>,
    email: String,
    role: String,
    status: String,
    provider: String,
}

impl Row for TeamRow {
    const COLUMNS: &'static [&'static str] = &["Name", "E-mail", "Role", "Status"];

    fn cells(&self) -> Vec<String> {
        vec![output::or_dash(self.name.as_ref()), self.email.clone(), self.role.clone(), self.status.clone()]
    }
}

pub(crate) fn run(global: &Global, format: Format, command: &Provider) -> Result<(), Failure> {
    let unlocked = account::unlock(&account::open_profile(global)?, global)?;
    let picture = unlocked.picture();
    let providers = picture.providers()?;
    match command {
        Provider::List => {
            let rows: Vec<ProviderRow> = providers.iter().map(provider_row).collect();
            Ok(output::list(format, &rows)?)
        }
        Provider::Members => {
            let mut rows: Vec<TeamRow> = providers.iter().flat_map(team_rows).collect();
            rows.sort_by_cached_key(|row| portico_estate::SortName::new(&row.email));
            Ok(output::list(format, &rows)?)
        }
        Provider::Events(options) => {
            let streams: Vec<EventStream> =
                providers.iter().map(|view| EventStream::Provider(view.provider.id)).collect();
            let only = only(providers, options)?;
            events::print(format, &unlocked, &streams, &only, &[])
        }
    }
}

/// The person and the client that were named, as events name them.
fn only(providers: &[ProviderView], options: &ProviderEvents) -> Result<Only, Failure> {
    let person = options.person.as_deref().map(|email| {
        let mut team = providers.iter().flat_map(|view| view.team.iter().flatten());
        let found = team.find(|member| member.email().eq_ignore_ascii_case(email.trim()));
        let not_found = || Failure::NotFound { what: "person of the provider", text: email.to_owned() };
        found.and_then(|member| member.user_id).ok_or_else(not_found)
    });
    let rows: Vec<ClientRow> = providers.iter().flat_map(|view| view.rows.iter().cloned()).collect();
    let client = match options.client.clone() {
        Some(client) => {
            let row = find(&rows, &Client { client })?;
            Some((row.organization_id, row.provider_organization_id))
        }
        None => None,
    };
    Ok(Only { person: person.transpose()?, client })
}

fn provider_row(view: &ProviderView) -> ProviderRow {
    ProviderRow {
        id: view.provider.id.to_string(),
        name: view.provider.name.clone(),
        clients: view.rows.len(),
        members: view.team.as_ref().map(Vec::len),
        synced_at: view.read_at.map(words::date),
    }
}

fn team_rows(view: &ProviderView) -> impl Iterator<Item = TeamRow> {
    view.team.iter().flatten().map(|member| TeamRow {
        id: member.id.to_string(),
        name: member.name().map(str::to_owned),
        email: member.email().to_owned(),
        role: words::team_role(member.role),
        status: words::team_status(member),
        provider: view.provider.name.clone(),
    })
}
