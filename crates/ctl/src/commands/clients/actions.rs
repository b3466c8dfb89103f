//! `clients create|add|rename|seats|unlink`: what changes the provider's clients. With `--dry-run` the same is worked out
//! from what was last synced, and nothing is sent.

use portico_client::{
    Acted, ActionError, AddableOrganization, ApiClient, ApiError, CancellationToken, ClientChange,
    ClientDraft, NewClient, NotBitwarden, PlanType, add_existing_client, addable_organizations,
    create_client, invited_emails, poll_provider, seat_pool, unlink_client, update_client,
};
use portico_estate::{
    ClientRow, ProviderRights, ProviderType, SeatPool, WhyNot, addable_clients, check_seats, fold,
};
use portico_profile::{Profile, ProviderView, Unlocked};
use serde::Serialize;
use uuid::Uuid;

use crate::cli::{
    Acting, AddClient, Client, ClientPlan, ClientSeats, CreateClient, RenameClient, UnlinkClient,
};
use crate::commands::online::online;
use crate::commands::only::{is_id, only};
use crate::failure::Failure;
use crate::output::{self, Format, Row};

/// Whose clients, and how to answer.
pub(super) struct Here<'a> {
    pub(super) profile: &'a Profile,
    pub(super) unlocked: &'a Unlocked,
    pub(super) format: Format,
}

/// What is done, or would be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ActionRow {
    /// `create`, `add`, `rename`, `seats` or `unlink`.
    action: &'static str,
    provider: String,
    client: String,
    /// Organization id; `null` for one that would be made.
    id: Option<Uuid>,
    name_before: Option<String>,
    seats_before: Option<i64>,
    /// `null` where it is no question of seats.
    seats: Option<i64>,
    /// Seats that are bought for it; `null` where the subscription was never read.
    seats_bought: Option<i64>,
    /// Seats that are given back by it.
    seats_given_back: Option<i64>,
    /// Whether nothing was sent.
    dry_run: bool,
    /// Whether it was so before.
    already: bool,
}

impl Row for ActionRow {
    const COLUMNS: &'static [&'static str] =
        &["Action", "Provider", "Client", "Before", "Seats", "Bought", "Given back", "Done"];

    fn cells(&self) -> Vec<String> {
        let before = self.name_before.clone().or_else(|| self.seats_before.map(|seats| seats.to_string()));
        let done = match (self.dry_run, self.already) {
            (true, _) => "no (dry run)",
            (false, true) => "it was so before",
            (false, false) => "yes",
        };
        vec![
            self.action.to_owned(),
            self.provider.clone(),
            self.client.clone(),
            output::or_dash(before.as_ref()),
            output::or_dash(self.seats),
            output::or_dash(self.seats_bought),
            output::or_dash(self.seats_given_back),
            done.to_owned(),
        ]
    }
}

pub(super) fn create(here: &Here<'_>, options: &CreateClient) -> Result<(), Failure> {
    let provider = here.provider(&options.acting, None)?;
    allowed(here.rights(provider.provider.id)?.may_create_clients)?;
    let read = invited_emails(&options.owner_email);
    let ([owner], []) = (&read.emails[..], &read.invalid[..]) else {
        return Err(Failure::NoEmail(options.owner_email.clone()));
    };
    let owner = owner.clone();
    here.check_plan(provider.provider.id, options.plan)?;
    here.check_key(provider.provider.id)?;
    let plan = plan_type(options.plan);
    let mut row = ActionRow::new("create", &provider, &options.name);
    here.count_seats(&mut row, provider.provider.id, Some(plan), 0, options.seats, 0)?;
    row.seats_before = None;
    let is_there = |view: &ProviderView| {
        let is_it = |row: &ClientRow| row.name == options.name && seats_of(row) == options.seats;
        view.rows.iter().any(is_it)
    };
    here.act(row, &options.acting, (provider.provider.id, &is_there), async |client, stop| {
        let draft = ClientDraft::new(here.unlocked, provider.provider.id, &options.collection)?;
        let new = NewClient { name: options.name.clone(), owner_email: owner, plan, seats: options.seats };
        let made = create_client(&client, here.unlocked, &draft, &new, &stop).await?;
        Ok((Some((made.value.organization, made.value.already)), older(&made)))
    })
}

pub(super) fn add(here: &Here<'_>, options: &AddClient) -> Result<(), Failure> {
    let provider = here.provider(&options.acting, None)?;
    let id = provider.provider.id;
    allowed(here.rights(id)?.may_add_clients)?;
    let known = {
        let picture = here.unlocked.picture();
        let own = picture.profile()?.map(addable_clients).unwrap_or_default();
        own.into_iter().map(|own| (own.id, own.name, own.seats.unwrap_or_default())).collect::<Vec<_>>()
    };
    // Which ones the server takes, it says itself; a dry run goes by the own data.
    let candidates = if options.acting.dry_run {
        known
    } else {
        let listed: Result<Vec<AddableOrganization>, ActionError> =
            here.online(async |client, stop| addable_organizations(&client, here.unlocked, id, &stop).await)?;
        listed?.into_iter().map(|one| (one.id, one.name, one.seats)).collect()
    };
    let (organization, name, seats) = one_of(candidates, &options.organization)?;
    let mut row = ActionRow::new("add", &provider, &name);
    row.id = Some(organization);
    row.seats = Some(seats.into());
    here.check_key(id)?;
    here.unlocked.picture().organization_key(organization)?.map_err(ActionError::Key)?;
    let is_there =
        |view: &ProviderView| view.rows.iter().any(|client| client.organization_id == organization);
    here.act(row, &options.acting, (id, &is_there), async |client, stop| {
        let added = add_existing_client(&client, here.unlocked, id, organization, &stop).await?;
        Ok((Some((added.value.organization, added.value.already)), older(&added)))
    })
}

pub(super) fn rename(here: &Here<'_>, options: &RenameClient) -> Result<(), Failure> {
    let (provider, client) = here.client_to_change(&options.acting, &options.client)?;
    let mut row = ActionRow::new("rename", &provider, &options.name).of(&client);
    row.name_before = Some(client.name.clone());
    let change = ClientChange { name: options.name.clone(), assigned_seats: seats_of(&client) };
    here.update(row, &options.acting, &provider, &client, &change)
}

pub(super) fn seats(here: &Here<'_>, options: &ClientSeats) -> Result<(), Failure> {
    let (provider, client) = here.client_to_change(&options.acting, &options.client)?;
    let mut row = ActionRow::new("seats", &provider, &client.name).of(&client);
    let plan = client.plan.as_deref().and_then(plan_called);
    let taken = here.unlocked.picture().seats_taken(&client)?;
    let (now, occupied) = (i64::from(seats_of(&client)), taken.unwrap_or_default());
    here.count_seats(&mut row, provider.provider.id, plan, now, options.seats, occupied)?;
    let change = ClientChange { name: client.name.clone(), assigned_seats: options.seats };
    here.update(row, &options.acting, &provider, &client, &change)
}

pub(super) fn unlink(here: &Here<'_>, options: &UnlinkClient) -> Result<(), Failure> {
    let (provider, client) = here.client(&options.acting, &options.client)?;
    let id = provider.provider.id;
    allowed(here.rights(id)?.may_unlink_clients)?;
    let row = ActionRow::new("unlink", &provider, &client.name).of(&client);
    let link = client.provider_organization_id;
    let is_gone = |view: &ProviderView| view.rows.iter().all(|row| row.provider_organization_id != link);
    here.act(row, &options.acting, (id, &is_gone), async |api, stop| {
        let unlinked = unlink_client(&api, here.unlocked, id, link, &stop).await?;
        Ok((None, older(&unlinked)))
    })
}

impl ActionRow {
    fn new(action: &'static str, provider: &ProviderView, client: &str) -> Self {
        Self {
            action,
            provider: provider.provider.name.clone(),
            client: client.to_owned(),
            id: None,
            name_before: None,
            seats_before: None,
            seats: None,
            seats_bought: None,
            seats_given_back: None,
            dry_run: false,
            already: false,
        }
    }

    fn of(mut self, client: &ClientRow) -> Self {
        self.id = Some(client.organization_id);
        self
    }
}

/// Id and whether it was so before, where the server said; and why the picture is older, where it is.
type Came = (Option<(Uuid, bool)>, Option<String>);

impl Here<'_> {
    /// The provider that was named, or the one there is, or the one whose client it is.
    fn provider(&self, acting: &Acting, of: Option<&ClientRow>) -> Result<ProviderView, Failure> {
        let picture = self.unlocked.picture();
        let mut views = picture.providers()?.to_vec();
        views.retain(|view| is_named(view, acting));
        if let Some(client) = of {
            let has = |row: &ClientRow| row.provider_organization_id == client.provider_organization_id;
            views.retain(|view| view.rows.iter().any(has));
        }
        match views.len() {
            0 => Err(match &acting.provider {
                Some(named) => Failure::NotFound { what: "provider", text: named.clone() },
                None => Failure::NoProvider,
            }),
            1 => Ok(views.remove(0)),
            _ => Err(Failure::WhichProvider { choices: views.iter().map(choice).collect() }),
        }
    }

    fn client(&self, acting: &Acting, client: &Client) -> Result<(ProviderView, ClientRow), Failure> {
        let picture = self.unlocked.picture();
        let rows: Vec<ClientRow> = picture
            .providers()?
            .iter()
            .filter(|view| is_named(view, acting))
            .flat_map(|view| view.rows.clone())
            .collect();
        let row = super::find_to_change(&rows, client)?.clone();
        Ok((self.provider(acting, Some(&row))?, row))
    }

    /// A client to give another name or other seats. The server takes both at once (protocol.md §5.8), so that the one that
    /// stays is looked up first: sent as it was last synced it would undo what somebody did since.
    fn client_to_change(
        &self,
        acting: &Acting,
        client: &Client,
    ) -> Result<(ProviderView, ClientRow), Failure> {
        let known = self.client(acting, client)?;
        let id = known.0.provider.id;
        allowed(self.rights(id)?.may_change_clients)?;
        if acting.dry_run {
            return Ok(known);
        }
        self.online(async |api, stop| poll_provider(&api, self.unlocked, id, &stop).await)??;
        allowed(self.rights(id)?.may_change_clients)?;
        // By its id: the name may be another one now.
        self.client(acting, &Client { client: known.1.organization_id.to_string() })
    }

    fn rights(&self, provider: Uuid) -> Result<ProviderRights, Failure> {
        let picture = self.unlocked.picture();
        let own =
            picture.profile()?.and_then(|profile| profile.providers.iter().find(|own| own.id == provider));
        own.map(ProviderRights::of)
            .ok_or_else(|| Failure::NotFound { what: "provider", text: provider.to_string() })
    }

    /// Whether a provider of this kind can have clients on the plan (protocol.md §5.7).
    fn check_plan(&self, provider: Uuid, plan: ClientPlan) -> Result<(), Failure> {
        let picture = self.unlocked.picture();
        let mut own = picture.profile()?.into_iter().flat_map(|profile| &profile.providers);
        let kind = own.find(|own| own.id == provider).map(|own| own.provider_type);
        match (kind, plan) {
            (Some(ProviderType::MSP), ClientPlan::EnterpriseAnnual)
            | (Some(ProviderType::BUSINESS_UNIT), ClientPlan::Teams) => Err(Failure::PlanNotSold),
            _ => Ok(()),
        }
    }

    /// Whether the provider's key opens: without it no client can be given one.
    fn check_key(&self, provider: Uuid) -> Result<(), Failure> {
        self.unlocked.picture().provider_key(provider)?.map_err(ActionError::Key)?;
        Ok(())
    }

    /// What the change does to the plan's seats, by the subscription as it was last read.
    fn count_seats(
        &self,
        row: &mut ActionRow,
        provider: Uuid,
        plan: Option<PlanType>,
        now: i64,
        wanted: u32,
        occupied: i64,
    ) -> Result<(), Failure> {
        let subscription = self.unlocked.billing(provider)?.subscription;
        let pool: Option<SeatPool> = subscription
            .and_then(|read| read.value.plans.iter().find(|known| Some(known.kind) == plan).map(seat_pool));
        let is_admin = self.rights(provider)?.is_admin;
        let change = check_seats(pool, now, wanted.into(), occupied, is_admin).map_err(Failure::Seats)?;
        (row.seats_before, row.seats) = (Some(now), Some(wanted.into()));
        row.seats_bought = change.map(|change| change.bought);
        row.seats_given_back = change.map(|change| change.given_back);
        Ok(())
    }

    fn update(
        &self,
        row: ActionRow,
        acting: &Acting,
        provider: &ProviderView,
        client: &ClientRow,
        change: &ClientChange,
    ) -> Result<(), Failure> {
        let (id, link) = (provider.provider.id, client.provider_organization_id);
        let is_so = |view: &ProviderView| {
            let mut rows = view.rows.iter().filter(|row| row.provider_organization_id == link);
            rows.any(|row| row.name == change.name && seats_of(row) == change.assigned_seats)
        };
        self.act(row, acting, (id, &is_so), async |api, stop| {
            let updated = update_client(&api, self.unlocked, id, link, change, &stop).await?;
            Ok((None, older(&updated)))
        })
    }

    /// `is_so` is asked of the provider that was read after the action: an answer that it was done proves little.
    fn act(
        &self,
        mut row: ActionRow,
        acting: &Acting,
        (provider, is_so): (Uuid, &dyn Fn(&ProviderView) -> bool),
        action: impl AsyncFnOnce(ApiClient, CancellationToken) -> Result<Came, ActionError>,
    ) -> Result<(), Failure> {
        row.dry_run = acting.dry_run;
        if acting.dry_run {
            return Ok(output::one(self.format, &row)?);
        }
        let (came, older) = match self.online(action)? {
            // Made, by the answer, and not in the list that was read after it.
            Err(ActionError::Uncertain {
                source: ApiError::NotBitwarden { why: NotBitwarden::Mismatch, .. },
                ..
            }) => return Err(Failure::NotDone { action: row.action }),
            outcome => outcome?,
        };
        if let Some((organization, already)) = came {
            (row.id, row.already) = (Some(organization), already);
        }
        if let Some(why) = older {
            let why = output::on_one_line(&why);
            eprintln!("porticoctl: done; the copy on this computer is older, sync reads it ({why})");
        } else if self.unlocked.picture().provider(provider)?.is_some_and(|view| !is_so(view)) {
            return Err(Failure::NotDone { action: row.action });
        }
        Ok(output::one(self.format, &row)?)
    }

    fn online<T>(&self, work: impl AsyncFnOnce(ApiClient, CancellationToken) -> T) -> Result<T, Failure> {
        online(self.profile, self.unlocked, work)
    }
}

fn choice(view: &ProviderView) -> String {
    format!("{} ({})", view.provider.id, view.provider.name)
}

/// Whether it is the provider that was named, if one was.
fn is_named(view: &ProviderView, acting: &Acting) -> bool {
    acting
        .provider
        .as_deref()
        .is_none_or(|named| is_id(view.provider.id, named) || fold(&view.provider.name) == fold(named))
}

fn older<T>(acted: &Acted<T>) -> Option<String> {
    acted.picture.as_ref().err().map(ToString::to_string)
}

fn allowed(may: Result<(), WhyNot>) -> Result<(), Failure> {
    may.map_err(Failure::MayNot)
}

/// Of the organizations that can be added the one of this id or name.
fn one_of(candidates: Vec<(Uuid, String, i32)>, text: &str) -> Result<(Uuid, String, i32), Failure> {
    let is_it = |(id, name, _): &(Uuid, String, i32)| is_id(*id, text) || fold(name) == fold(text);
    let found = candidates.into_iter().filter(is_it).collect();
    only(found, "organization that can be added", text, |(id, ..)| id.to_string())
}

fn seats_of(client: &ClientRow) -> u32 {
    client.assigned.and_then(|seats| u32::try_from(seats).ok()).unwrap_or_default()
}

fn plan_type(plan: ClientPlan) -> PlanType {
    match plan {
        ClientPlan::Teams => PlanType::TEAMS_MONTHLY,
        ClientPlan::Enterprise => PlanType::ENTERPRISE_MONTHLY,
        ClientPlan::EnterpriseAnnual => PlanType::ENTERPRISE_ANNUALLY,
    }
}

/// A row names its plan as people read it.
fn plan_called(display: &str) -> Option<PlanType> {
    [PlanType::TEAMS_MONTHLY, PlanType::ENTERPRISE_MONTHLY, PlanType::ENTERPRISE_ANNUALLY].into_iter().find(
        |plan| {
            plan.display_name()
                .is_some_and(|name| portico_estate::plan_display(name) == display || name == display)
        },
    )
}
