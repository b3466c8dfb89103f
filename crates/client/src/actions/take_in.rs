//! Reading again what an action touched, and moving the head (design §3, "Writes").

use std::collections::BTreeSet;
use std::time::Duration;

use portico_profile::{BeginIntakeError, ClientOutcome, EventStream, HeadNumber, Intake, Unlocked};
use portico_protocol::account::ProfileResponse;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Acting, LOOK};
use crate::api_error::ApiError;
use crate::aside::aside;
use crate::billing::refresh_beside;
use crate::http::{ApiClient, parse};
use crate::mend;
use crate::sync::{
    CLIENT_PAGES, EventsWanted, Memberships, PROVIDER_PAGES, ProviderMembership, Reads, SyncError,
    SyncOptions, is_forbidden, note_failed_log, read_client, read_events, read_provider, stale_reason, sync,
};

/// What an action touched, by ids: what has to be read again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// A new token first: its claims carry the roles.
    token: bool,
    /// The profile: providers, client organizations and their keys.
    profile: bool,
    /// Providers: themselves, their lists of clients, their teams, the newest of their logs.
    providers: BTreeSet<Uuid>,
    /// Client organizations.
    clients: BTreeSet<Uuid>,
    /// Seats were given or taken: the figures of the subscription are others.
    seats: bool,
}

impl Touched {
    /// What the person belongs to, with a new token: after a hint that keys or memberships are others. A sync then reads what
    /// came with them.
    pub fn memberships() -> Self {
        Self { token: true, profile: true, ..Self::default() }
    }

    pub(super) fn profile() -> Self {
        Self { profile: true, ..Self::default() }
    }

    pub(crate) fn provider(provider: Uuid) -> Self {
        Self { providers: [provider].into(), ..Self::default() }
    }

    pub(crate) fn and_profile(self) -> Self {
        Self { profile: true, ..self }
    }

    pub(super) fn and_seats(self) -> Self {
        Self { seats: true, ..self }
    }

    pub(crate) fn and_token(self) -> Self {
        Self { token: true, ..self }
    }

    pub(crate) fn and_client(mut self, organization: Uuid) -> Self {
        self.clients.insert(organization);
        self
    }
}

/// Reads again what an action touched, and moves the head: where the action itself could not, because the connection was
/// gone or a sync held the file.
///
/// # Errors
/// See [`SyncError`]; then the last picture stays.
pub async fn take_in(
    client: &ApiClient,
    unlocked: &Unlocked,
    touched: &Touched,
    stop: &CancellationToken,
) -> Result<HeadNumber, SyncError> {
    now(&Acting::new(client, unlocked, stop), touched).await
}

/// How long an action waits for a sync that holds the file.
const BUSY_FOR: Duration = Duration::from_secs(10);
/// Between two looks whether it is free.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

pub(crate) async fn now(acting: &Acting<'_>, touched: &Touched) -> Result<HeadNumber, SyncError> {
    if touched.token {
        acting.asking.renew(LOOK.tries, acting.stop).await?;
    }
    if touched.seats {
        for provider in &touched.providers {
            refresh_beside(acting, *provider).await;
        }
    }
    match parts(acting, touched).await? {
        Some(head) => Ok(head),
        None => everything(acting).await,
    }
}

async fn everything(acting: &Acting<'_>) -> Result<HeadNumber, SyncError> {
    let Acting { asking, unlocked, stop } = *acting;
    let begun = Instant::now();
    let options = SyncOptions::default();
    loop {
        match sync(asking.client, unlocked, &options, &|_| {}, stop).await {
            Err(SyncError::Busy) if begun.elapsed() < BUSY_FOR => pause(stop).await?,
            outcome => return Ok(outcome?.head),
        }
    }
}

/// `None` where parts will not do: nothing was ever read, or what was is damaged.
async fn parts(acting: &Acting<'_>, touched: &Touched) -> Result<Option<HeadNumber>, SyncError> {
    let mut intake = begin(acting.unlocked, acting.stop).await?;
    let Some(profile) = intake.before().profile()? else { return Ok(None) };
    if intake.lost().vault || intake.lost().structure {
        return Ok(None);
    }
    let mut memberships = Memberships::of(profile);
    if touched.profile {
        match take_profile(acting, &mut intake).await? {
            Some(now) => memberships = now,
            None => return Ok(None),
        }
    }
    for provider in &touched.providers {
        let Some(membership) = memberships.provider(*provider) else { continue };
        let mut read = read_provider(acting.asking, membership, acting.stop).await;
        if is_forbidden(&read) {
            // Another role than the picture says, or none: what the profile says now counts.
            acting.asking.renew(LOOK.tries, acting.stop).await?;
            match take_profile(acting, &mut intake).await? {
                Some(now) => memberships = now,
                None => return Ok(None),
            }
            let Some(membership) = memberships.provider(*provider) else { continue };
            read = read_provider(acting.asking, membership, acting.stop).await;
        }
        let read = read?;
        intake.provider(read);
        if let Some(membership) = memberships.provider(*provider) {
            take_log(acting, &mut intake, membership).await?;
        }
    }
    for client in touched.clients.iter().filter(|client| memberships.clients.contains_key(client)) {
        take_client(acting, &mut intake, *client).await?;
    }
    if acting.stop.is_cancelled() {
        return Err(ApiError::Cancelled.into());
    }
    Ok(Some(aside(|| intake.commit())?))
}

/// The profile as it is now; `None` where there is no vault for it to belong to.
async fn take_profile(
    acting: &Acting<'_>,
    intake: &mut Intake<'_>,
) -> Result<Option<Memberships>, SyncError> {
    let reply = acting.asking.get_reply("/accounts/profile", LOOK, acting.stop).await?;
    let host = reply.host.clone();
    let body = mend::profile(reply.camel_case()?).read;
    let profile: ProfileResponse = parse(&host, &body)?;
    let is_taken = aside(|| intake.profile(&body))?;
    Ok(is_taken.then(|| Memberships::of(&profile)))
}

/// What the provider's log says since it was last read. A log that cannot be read is read with the next sync.
async fn take_log(
    acting: &Acting<'_>,
    intake: &mut Intake<'_>,
    membership: ProviderMembership,
) -> Result<(), SyncError> {
    if !membership.reads_events {
        return Ok(());
    }
    let stream = EventStream::Provider(membership.id);
    let known = intake.newest_event(stream)?;
    let days = acting.unlocked.settings().events_for_days;
    // Where it was never read, that is the business of a sync.
    let Some(known) = known else { return Ok(()) };
    let wanted = EventsWanted { known: Some(known), days, pages: PROVIDER_PAGES };
    let path = format!("/providers/{}/events", membership.id);
    match read_events(acting.asking, &path, wanted, acting.stop).await {
        Ok(log) => {
            aside(|| intake.events(stream, log.read))?;
        }
        Err(error @ (ApiError::Cancelled | ApiError::SignedOut)) => return Err(error.into()),
        Err(error) => note_failed_log(intake, stream, &error),
    }
    Ok(())
}

async fn take_client(
    acting: &Acting<'_>,
    intake: &mut Intake<'_>,
    organization: Uuid,
) -> Result<(), SyncError> {
    let stream = EventStream::Organization(organization);
    let known = intake.newest_event(stream)?;
    let days = acting.unlocked.settings().events_for_days;
    let events = EventsWanted { known, days, pages: CLIENT_PAGES };
    match read_client(acting.asking, organization, &Reads::CLIENT, events, acting.stop).await {
        Ok(read) => {
            aside(|| intake.client(organization, ClientOutcome::Read(Box::new(read.picture))))?;
            match read.events {
                Some(Ok(events)) => {
                    aside(|| intake.events(stream, events))?;
                }
                Some(Err(error)) => note_failed_log(intake, stream, &error),
                None => {}
            }
        }
        Err(error @ (ApiError::Cancelled | ApiError::SignedOut)) => return Err(error.into()),
        Err(error) => {
            // Its row is in the list; the rest of it comes with the next sync.
            tracing::warn!(%organization, %error, "a client could not be read");
            aside(|| intake.client(organization, ClientOutcome::Failed(stale_reason(&error))))?;
        }
    }
    Ok(())
}

/// Waits for whoever writes, not longer than a person waits.
pub(crate) async fn begin<'u>(
    unlocked: &'u Unlocked,
    stop: &CancellationToken,
) -> Result<Intake<'u>, SyncError> {
    let begun = Instant::now();
    loop {
        match aside(|| unlocked.begin_intake()) {
            Err(BeginIntakeError::Busy { .. }) if begun.elapsed() < BUSY_FOR => pause(stop).await?,
            intake => return Ok(intake?),
        }
    }
}

async fn pause(stop: &CancellationToken) -> Result<(), ApiError> {
    stop.run_until_cancelled(tokio::time::sleep(LOOK_AGAIN)).await.ok_or(ApiError::Cancelled)
}
