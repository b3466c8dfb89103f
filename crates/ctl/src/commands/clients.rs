//! `clients`: the client organizations, and the structure of one.

mod access;
mod actions;
mod standing;
mod structure;
mod tags;

use std::collections::BTreeSet;

use portico_estate::{ClientQuery, ClientRow, ClientStructure, ClientTags, StaleReason, select_clients};
use portico_profile::{EventStream, Picture, read_round};
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account;
use crate::cli::{Access, Client, Clients, Global, ListClients};
use crate::commands::events::{self, Only};
use crate::commands::only::{is_id, only};
use crate::failure::Failure;
use crate::output::{self, Format, Row};
use crate::words;
use actions::Here;
pub(crate) use standing::Standing;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListRow {
    /// The organization's id.
    id: String,
    name: String,
    plan: Option<String>,
    seats: Option<i32>,
    occupied_seats: Option<i32>,
    /// Confirmed members.
    user_count: Option<i32>,
    synced_at: Option<String>,
    stale: bool,
    /// Why the last reading failed.
    stale_reason: Option<&'static str>,
    /// When it failed.
    failed_at: Option<String>,
    /// Whether every sync reads it.
    pinned: bool,
    /// The person's own.
    tags: Vec<String>,
    /// Name of the provider whose client it is.
    provider: Option<String>,
    provider_id: Option<Uuid>,
    /// Whether the organization works; `null` where the profile does not say.
    enabled: Option<bool>,
}

impl Row for ListRow {
    const COLUMNS: &'static [&'static str] =
        &["Name", "State", "Plan", "Seats", "Occupied", "Confirmed", "Synced", "Stale", "Tags", "Id"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            output::or_dash(self.enabled.map(words::state)),
            output::or_dash(self.plan.as_ref()),
            output::or_dash(self.seats),
            output::or_dash(self.occupied_seats),
            output::or_dash(self.user_count),
            output::or_dash(self.synced_at.as_ref()),
            self.stale_reason.map_or_else(|| output::yes_no(self.stale), str::to_owned),
            self.tags.join(", "),
            self.id.clone(),
        ]
    }
}

/// The same where there are several providers: two of them may have a client of one name.
#[derive(Serialize)]
#[serde(transparent)]
struct ListRowOfSeveral(ListRow);

impl Row for ListRowOfSeveral {
    const COLUMNS: &'static [&'static str] = &[
        "Provider",
        "Name",
        "State",
        "Plan",
        "Seats",
        "Occupied",
        "Confirmed",
        "Synced",
        "Stale",
        "Tags",
        "Id",
    ];

    fn cells(&self) -> Vec<String> {
        [vec![output::or_dash(self.0.provider.as_ref())], self.0.cells()].concat()
    }
}

pub(crate) fn run(global: &Global, format: Format, command: &Clients) -> Result<(), Failure> {
    let profile = account::open_profile(global)?;
    let unlocked = account::unlock_to_read(&profile, global)?;
    let here = Here { profile: &profile, unlocked: &unlocked, format };
    let picture = unlocked.picture();
    let rows = client_rows(&picture)?;
    match command {
        Clients::List(options) => {
            let (pinned, pins_lost) = read_round(unlocked.pinned())?;
            let (tags, tags_lost) = read_round(unlocked.client_tags())?;
            list(format, &rows, options, &pinned, &tags, &Standing::of(&picture)?)?;
            match () {
                () if picture.losses().structure => Err(Failure::Incomplete("clients")),
                () if tags_lost.is_some() => Err(Failure::OwnLost("tags")),
                () if pins_lost.is_some() => Err(Failure::OwnLost("pins")),
                () => Ok(()),
            }
        }
        Clients::Show(client) => {
            let Readable { id, name } = readable(&picture, &rows, client)?;
            let row = rows.iter().find(|row| row.organization_id == id);
            let read = picture.client(id)?.ok_or_else(|| Failure::NeverRead { name: name.clone() })?;
            let place = structure::Place { name, row, freshness: picture.freshness(id) };
            structure::show(format, place, &read, &Standing::of(&picture)?)
        }
        Clients::Members(client) => structure::members(format, &structure_of(&picture, &rows, client)?),
        Clients::Groups(client) => structure::groups(format, &structure_of(&picture, &rows, client)?),
        Clients::Collections(client) => {
            structure::collections(format, &structure_of(&picture, &rows, client)?)
        }
        Clients::Policies(client) => structure::policies(format, &structure_of(&picture, &rows, client)?),
        Clients::Events(client) => {
            let Readable { id: organization, .. } = readable(&picture, &rows, client)?;
            let names = unlocked.event_names_in(organization)?;
            let stream = EventStream::Organization(organization);
            events::print(format, &unlocked, &[stream], &Only::default(), &names)
        }
        Clients::Pin(client) => Ok(unlocked.set_pinned(find(&rows, client)?.organization_id, true)?),
        Clients::Unpin(client) => Ok(unlocked.set_pinned(find(&rows, client)?.organization_id, false)?),
        Clients::Tag(options) => {
            let row = find(&rows, &options.client)?;
            unlocked.change_tags(&[row.organization_id], &options.add, &options.remove)?;
            let (pinned, _) = read_round(unlocked.pinned())?;
            let row = list_row(
                row,
                OffsetDateTime::now_utc(),
                &pinned,
                &unlocked.client_tags()?,
                &Standing::of(&picture)?,
            );
            Ok(output::one(format, &row)?)
        }
        Clients::Tags(command) => tags::run(format, &unlocked, command),
        Clients::Create(options) => actions::create(&here, options),
        Clients::Add(options) => actions::add(&here, options),
        Clients::Rename(options) => actions::rename(&here, options),
        Clients::Seats(options) => actions::seats(&here, options),
        Clients::Unlink(options) => actions::unlink(&here, options),
    }
}

/// `access`: of one client as it was last read.
pub(crate) fn run_access(global: &Global, format: Format, command: &Access) -> Result<(), Failure> {
    let profile = account::open_profile(global)?;
    let unlocked = account::unlock_to_read(&profile, global)?;
    let picture = unlocked.picture();
    let rows = client_rows(&picture)?;
    let structure = |client: &String| structure_of(&picture, &rows, &Client { client: client.clone() });
    match command {
        Access::Member { client, email } => access::member(format, &structure(client)?, email),
        Access::Collection { client, name } => access::collection(format, &structure(client)?, name),
    }
}

fn client_rows(picture: &Picture) -> Result<Vec<ClientRow>, Failure> {
    Ok(picture.providers()?.iter().flat_map(|provider| provider.rows.iter().cloned()).collect())
}

fn list(
    format: Format,
    rows: &[ClientRow],
    options: &ListClients,
    pinned: &BTreeSet<Uuid>,
    tags: &ClientTags,
    standing: &Standing,
) -> Result<(), Failure> {
    let now = OffsetDateTime::now_utc();
    let query = ClientQuery { tags: options.tag.clone(), ..ClientQuery::default() };
    let sorted = select_clients(rows, tags, &query, now);
    let rows = sorted.into_iter().map(|place| list_row(&rows[place as usize], now, pinned, tags, standing));
    if standing.is_of_several() {
        let rows: Vec<_> = rows.map(ListRowOfSeveral).collect();
        return Ok(output::list(format, &rows)?);
    }
    Ok(output::list(format, &rows.collect::<Vec<_>>())?)
}

fn list_row(
    row: &ClientRow,
    now: OffsetDateTime,
    pinned: &BTreeSet<Uuid>,
    tags: &ClientTags,
    standing: &Standing,
) -> ListRow {
    let provider = standing.provider(row.provider_organization_id);
    ListRow {
        id: row.organization_id.to_string(),
        name: row.name.clone(),
        plan: row.plan.clone(),
        seats: row.assigned,
        occupied_seats: row.used,
        user_count: row.confirmed,
        synced_at: row.freshness.read_at.map(words::date),
        stale: row.is_stale(now),
        stale_reason: row.freshness.stale.map(StaleReason::word),
        failed_at: row.freshness.failed_at.map(words::date),
        pinned: pinned.contains(&row.organization_id),
        tags: tags.of(row.organization_id).map(str::to_owned).collect(),
        provider: provider.map(|(_, name)| name.clone()),
        provider_id: provider.map(|(id, _)| *id),
        enabled: standing.is_enabled(row.organization_id),
    }
}

/// The client of this id or name. Names are compared without case and accents; the beginning of one name is enough.
pub(crate) fn find<'r>(rows: &'r [ClientRow], client: &Client) -> Result<&'r ClientRow, Failure> {
    called(rows, |row| (row.organization_id, &row.name), &client.client)
}

/// As [`find`], for what changes it at the server: the beginning of a name is a slip of the keyboard away from another's.
pub(crate) fn find_to_change<'r>(rows: &'r [ClientRow], client: &Client) -> Result<&'r ClientRow, Failure> {
    let text = &client.client;
    let row = find(rows, client)?;
    if is_id(row.organization_id, text) || portico_estate::fold(&row.name) == portico_estate::fold(text) {
        return Ok(row);
    }
    Err(Failure::NotWhole { text: text.clone(), name: row.name.clone() })
}

fn called<'o, T>(known: &'o [T], of: impl Fn(&T) -> (Uuid, &String), text: &str) -> Result<&'o T, Failure> {
    let wanted = portico_estate::fold(text);
    let by_id = |one: &&T| is_id(of(one).0, text);
    let named = |one: &&T| portico_estate::fold(of(one).1) == wanted;
    let begins = |one: &&T| !wanted.is_empty() && portico_estate::fold(of(one).1).starts_with(&wanted);
    let tries: [&dyn Fn(&&T) -> bool; 3] = [&by_id, &named, &begins];
    let mut found = tries.iter().map(|matches| known.iter().filter(matches).collect::<Vec<_>>());
    let found = found.find(|found| !found.is_empty()).unwrap_or_default();
    only(found, "client", text, |one| of(one).0.to_string())
}

/// An organization whose structure may be here.
struct Readable {
    id: Uuid,
    name: String,
}

/// As [`find`], also among the organizations that the person administers as a member: a sync reads those, too.
fn readable(picture: &Picture, rows: &[ClientRow], client: &Client) -> Result<Readable, Failure> {
    let mut known: Vec<Readable> =
        rows.iter().map(|row| Readable { id: row.organization_id, name: row.name.clone() }).collect();
    for own in picture.organizations()? {
        // One that is damaged says so when it is asked for, and not when another is.
        let is_read = || !matches!(picture.client_counts(own.id), Ok(None));
        if known.iter().all(|client| client.id != own.id) && is_read() {
            known.push(Readable { id: own.id, name: own.name });
        }
    }
    let place = called(&known, |one| (one.id, &one.name), &client.client)?;
    Ok(Readable { id: place.id, name: place.name.clone() })
}

fn structure_of(picture: &Picture, rows: &[ClientRow], client: &Client) -> Result<ClientStructure, Failure> {
    let Readable { id, name } = readable(picture, rows, client)?;
    picture.client(id)?.ok_or(Failure::NeverRead { name })
}
