//! `provider`: the providers that the account works for, and their teams.

use portico_estate::{ClientRow, Person, ProviderRights, WhyNot};
use portico_profile::{EventStream, Picture, ProviderView};
use serde::Serialize;

use crate::account;
use crate::cli::{Client, Global, Provider, ProviderEvents};
use crate::commands::clients::{Standing, find};
use crate::commands::events::{self, Only};
use crate::failure::{Failure, words_of_right};
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
    /// Whether it works; `null` where the profile does not say.
    enabled: Option<bool>,
}

impl Row for ProviderRow {
    const COLUMNS: &'static [&'static str] = &["Name", "State", "Clients", "Members", "Synced", "Id"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            output::or_dash(self.enabled.map(words::state)),
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
    let unlocked = account::unlock_to_read(&account::open_profile(global)?, global)?;
    let picture = unlocked.picture();
    let providers = picture.providers()?;
    match command {
        Provider::List => {
            let standing = Standing::of(&picture)?;
            let rows: Vec<ProviderRow> = providers.iter().map(|view| provider_row(view, &standing)).collect();
            Ok(output::list(format, &rows)?)
        }
        Provider::Members => {
            let may_not = tell_unread(&picture, providers, "team", |rights| rights.may_manage_members)?;
            if let (Some(why), true) = (may_not, providers.iter().all(|view| view.team.is_none())) {
                return Err(Failure::MayNot(why));
            }
            let mut rows: Vec<TeamRow> = providers.iter().flat_map(team_rows).collect();
            rows.sort_by_cached_key(|row| portico_estate::SortName::new(&row.email));
            Ok(output::list(format, &rows)?)
        }
        Provider::Events(options) => {
            let streams: Vec<EventStream> =
                providers.iter().map(|view| EventStream::Provider(view.provider.id)).collect();
            let only = only(providers, options)?;
            let may_not = tell_unread(&picture, providers, "log", |rights| rights.may_read_events)?;
            // What was read while the role allowed it is still there.
            if let (Some(why), true) = (may_not, events::are_none(&unlocked, &streams)?) {
                return Err(Failure::MayNot(why));
            }
            events::print(format, &unlocked, &streams, &only, &unlocked.event_names()?)
        }
    }
}

/// Says of which providers a part may not be read. Why, where that is so of all there are.
fn tell_unread(
    picture: &Picture,
    providers: &[ProviderView],
    part: &str,
    may: impl Fn(ProviderRights) -> Result<(), WhyNot>,
) -> Result<Option<WhyNot>, Failure> {
    let Some(profile) = picture.profile()? else { return Ok(None) };
    let why_not = |view: &ProviderView| {
        let own = profile.providers.iter().find(|own| own.id == view.provider.id)?;
        may(ProviderRights::of(own)).err()
    };
    let unread: Vec<(&ProviderView, WhyNot)> =
        providers.iter().filter_map(|view| Some((view, why_not(view)?))).collect();
    if unread.len() == providers.len() {
        return Ok(unread.first().map(|(_, why)| *why));
    }
    for (view, why) in unread {
        let (name, why) = (output::on_one_line(&view.provider.name), words_of_right(why));
        eprintln!("porticoctl: the {part} of {name} is not read: {why}");
    }
    Ok(None)
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

fn provider_row(view: &ProviderView, standing: &Standing) -> ProviderRow {
    ProviderRow {
        id: view.provider.id.to_string(),
        name: view.provider.name.clone(),
        clients: view.rows.len(),
        members: view.team.as_ref().map(Vec::len),
        synced_at: view.read_at.map(words::date),
        enabled: standing.is_enabled(view.provider.id),
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
