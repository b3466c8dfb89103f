//! Syncs of the open account: begun on unlock, on request and in between; their progress goes to the page as one value.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use portico_client::{Reach, SyncError, SyncOptions, SyncPhase as Phase, SyncProgress as Step};
use portico_profile::{ChangedElsewhere, IntakeError};
use tauri::{AppHandle, Emitter, Manager};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    dto::{
        error::{AppError, ErrorCode},
        sync::{Connection, SyncPhase, SyncProgress, SyncReport},
    },
    failure::Answer,
    held::held,
    live,
    looking::{self, Running, Wanted},
    open,
    shell::{Open, Shell},
    sync_report, told, views,
};

/// Between two syncs while the window is open: as often as the official clients read everything (protocol.md §3.7).
const BETWEEN: Duration = Duration::from_secs(30 * 60);
/// How long a log-out waits for a sync to let go of the file.
const LAST_WRITES: Duration = Duration::from_secs(30);
/// The page is told at most this often while a sync runs; every phase and the end are always told.
const TELL_EVERY: Duration = Duration::from_millis(80);

/// Begins a sync unless one runs that was asked for. `only`: one client again.
pub fn start(app: &AppHandle, open: &Arc<Open>, only: Option<Uuid>) {
    begin_or_follow(app, open, only.map_or(Wanted::Everything, Wanted::Client));
}

/// Begins what is wanted, or has it follow what runs.
pub fn begin_or_follow(app: &AppHandle, open: &Arc<Open>, wanted: Wanted) {
    let stop = {
        let mut syncing = held(&open.syncing);
        if let Some(running) = syncing.as_ref() {
            running.be_followed(&mut held(&open.follows), wanted);
            return;
        }
        let stop = open.closing.child_token();
        *syncing = Some(Running { wanted, stop: stop.clone() });
        stop
    };
    let (app, open) = (app.clone(), Arc::clone(open));
    tauri::async_runtime::spawn(async move {
        let outcome = {
            let _ends = Ends(&open);
            run(&app, &open, wanted, &stop).await
        };
        if !open.closing.is_cancelled() {
            finish(&app, &open, outcome, wanted);
            looking::go_on(&app, &open);
        }
    });
}

/// Marks a sync as over, also when it panics: otherwise none would ever begin again.
struct Ends<'o>(&'o Open);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        *held(&self.0.syncing) = None;
    }
}

/// Waits until no sync holds the account's file, in bounds.
pub async fn ended(open: &Open) {
    let begun = Instant::now();
    while begun.elapsed() < LAST_WRITES && held(&open.syncing).is_some() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Stops the sync that runs, and what would have followed it; the picture stays as it was.
pub fn cancel(open: &Open) {
    if let Some(running) = held(&open.syncing).as_ref() {
        *held(&open.follows) = None;
        running.stop.cancel();
    }
}

/// Looks at the server now and then until the account is locked.
fn keep_fresh(app: &AppHandle, open: &Arc<Open>) {
    let (app, weak, closing) = (app.clone(), Arc::downgrade(open), open.closing.clone());
    tauri::async_runtime::spawn(async move {
        loop {
            tokio::select! {
                () = closing.cancelled() => return,
                () = tokio::time::sleep(BETWEEN) => {}
            }
            // Only a weak hold: a sleeping task must not keep keys alive.
            let Some(open) = weak.upgrade() else { return };
            start(&app, &open, None);
        }
    });
}

/// Tells the page what is known of the picture at hand.
pub fn show_picture(app: &AppHandle, open: &Open) {
    let shell = app.state::<Shell>();
    open.read_lock_policies();
    let picture = open.unlocked.picture();
    let now = OffsetDateTime::now_utc();
    let stale = picture.providers().map_or(0, |providers| {
        providers
            .iter()
            .flat_map(|provider| &provider.rows)
            .filter(|row| {
                row.freshness.stale.is_some() || (row.freshness.read_at.is_some() && row.is_stale(now))
            })
            .count()
    });
    // Of all, not of the one client that is read whenever it is opened.
    let last_sync = picture.synced_at();
    shell.update_status(open, |status| {
        status.last_sync = last_sync.and_then(views::date);
        status.stale_clients = views::count(stale);
        status.revision = status.revision.wrapping_add(1);
    });
    tell(app);
}

/// The server answers, does not, or cannot be trusted. When it is back, a sync looks for what happened in the meantime.
pub fn show_reach(app: &AppHandle, open: &Arc<Open>, reach: Reach) {
    let now = match reach {
        Reach::Reached => Connection::Online,
        Reach::Lost => Connection::Offline,
        Reach::Unsafe(fault) => Connection::Unsafe(fault.into()),
    };
    let mut before = now;
    if app
        .state::<Shell>()
        .update_status(open, |status| before = std::mem::replace(&mut status.connection, now))
    {
        tell(app);
    }
    if now == Connection::Online && matches!(before, Connection::Offline | Connection::Unsafe(_)) {
        start(app, open, None);
    }
}

/// The read that the audit logs record. False when there is no server to ask: then nothing is logged.
pub async fn open_collections(app: &AppHandle, open: &Arc<Open>, organization: Uuid) -> Answer<bool> {
    let Some(api) = open.api() else { return Ok(false) };
    let opened = || held(&open.collections_opened);
    if opened().contains(&organization) {
        return Ok(true);
    }
    match portico_client::open_collections(&api, &open.unlocked, organization, &open.closing).await {
        Ok(collections) => {
            opened().insert(organization);
            let (app, open) = (app.clone(), Arc::clone(open));
            tauri::async_runtime::spawn(
                async move { take_in(&app, &open, organization, &collections).await },
            );
            Ok(true)
        }
        Err(error) if error.is_without_connection() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Takes what was brought into the picture of that client; the page need not wait for it. A sync that runs goes first:
/// there is one writer.
async fn take_in(
    app: &AppHandle,
    open: &Open,
    organization: Uuid,
    collections: &[portico_client::OpenedCollection],
) {
    let taken =
        portico_client::take_collections(&open.unlocked, organization, collections, &open.closing).await;
    match taken {
        Ok(true) if !open.closing.is_cancelled() => show_picture(app, open),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "opened collections are not in the picture"),
    }
}

async fn run(
    app: &AppHandle,
    open: &Arc<Open>,
    wanted: Wanted,
    stop: &CancellationToken,
) -> Result<SyncReport, AppError> {
    let api = open::connection(app, open).await?;
    let clock = (!wanted.is_quiet()).then(|| Progress::begin(app.clone(), Arc::clone(open)));
    let tell = |step: Step| {
        if let Some(clock) = &clock {
            clock.tell(&step);
        }
    };
    let opened = open.looked_at();
    let options = SyncOptions { scope: wanted.scope(), opened: opened.clone(), full: false };
    let report = portico_client::sync(&api, &open.unlocked, &options, &tell, stop).await?;
    if wanted == Wanted::Everything {
        open.were_read(&opened);
    }
    keep_head_number(open);
    let picture = open.unlocked.picture();
    let profile = picture.profile().ok().flatten();
    Ok(sync_report::told(&report, |id| {
        let mut providers = profile?.providers.iter();
        providers.find(|one| one.id == id).map(|one| one.name.clone())
    }))
}

/// For telling an older file at the next unlock. Aside: a keychain may be slow.
fn keep_head_number(open: &Arc<Open>) {
    let open = Arc::clone(open);
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = open.unlocked.keep_head_number() {
            tracing::warn!(%error, "the number of the newest picture is not kept");
        }
    });
}

/// Looks once, right after opening, whether the file is older than what this computer has seen, and then begins to sync.
pub fn begin(app: &AppHandle, open: &Arc<Open>) {
    let (app, open) = (app.clone(), Arc::clone(open));
    tauri::async_runtime::spawn_blocking(move || {
        if open.look_for_older_file() {
            told::tell(&app);
        }
        if !open.closing.is_cancelled() {
            start(&app, &open, None);
            keep_fresh(&app, &open);
            live::begin(&app, &open);
        }
    });
}

fn finish(app: &AppHandle, open: &Open, outcome: Result<SyncReport, AppError>, wanted: Wanted) {
    let shell = app.state::<Shell>();
    shell.update_status(open, |status| {
        status.progress = None;
        match &outcome {
            // Of everything else it says nothing.
            Ok(_) if wanted.is_quiet() => {}
            Ok(report) => {
                status.failure = None;
                let before = status.report.take().filter(|_| wanted != Wanted::Everything);
                status.report = Some(sync_report::of_one_client_after(report.clone(), before));
            }
            Err(error) if error.code == ErrorCode::Cancelled => {}
            Err(error) if wanted.is_quiet() && !looking::is_told(error.code) => {
                tracing::debug!(code = ?error.code, "the client that was opened could not be looked at");
            }
            Err(error) => {
                // Where there is a connection, it is known by what it hears.
                if open.api().is_none() {
                    status.connection = Connection::Offline;
                }
                status.failure = Some(error.clone());
            }
        }
    });
    show_picture(app, open);
    if outcome.is_ok() {
        // Names, roles and the provider may have changed with the picture.
        told::tell(app);
    }
}

/// Progress of one sync, told to the page in a bearable rhythm.
struct Progress {
    app: AppHandle,
    open: Arc<Open>,
    state: std::sync::Mutex<Told>,
}

struct Told {
    phase: Option<Phase>,
    at: Instant,
}

impl Progress {
    fn begin(app: AppHandle, open: Arc<Open>) -> Self {
        let state = Told { phase: None, at: Instant::now() };
        Self { app, open, state: std::sync::Mutex::new(state) }
    }

    fn tell(&self, step: &Step) {
        let mut told = held(&self.state);
        let now = Instant::now();
        let new_phase = told.phase != Some(step.phase);
        if !new_phase && now.duration_since(told.at) < TELL_EVERY {
            return;
        }
        told.phase = Some(step.phase);
        told.at = now;
        drop(told);
        let shown = self.app.state::<Shell>().update_status(&self.open, |status| {
            status.progress = Some(SyncProgress {
                phase: match step.phase {
                    Phase::Connecting => SyncPhase::Connecting,
                    Phase::Vault => SyncPhase::Vault,
                    Phase::Provider => SyncPhase::Provider,
                    Phase::Clients => SyncPhase::Clients,
                    Phase::Saving => SyncPhase::Saving,
                },
                done: step.done,
                total: step.total,
                client: step.client.clone(),
                seconds_left: step.seconds_left,
            });
        });
        if shown {
            tell(&self.app);
        }
    }
}

fn tell(app: &AppHandle) {
    let status = app.state::<Shell>().status();
    let _ = app.emit("sync-status", status);
}

impl From<SyncError> for AppError {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Api(error) => Self::from(&*error),
            SyncError::Busy => Self::of(ErrorCode::Busy),
            SyncError::SignInAgain(changed) => Self::of(match changed {
                ChangedElsewhere::Sessions => ErrorCode::SignInAgain,
                ChangedElsewhere::Password => ErrorCode::PasswordChanged,
                ChangedElsewhere::Kdf => ErrorCode::KdfChanged,
                ChangedElsewhere::UserKey => ErrorCode::KeyRotated,
            }),
            SyncError::Before(error) => error.into(),
            SyncError::Take(error) if error.is_damage() => Self::of(ErrorCode::Damaged),
            SyncError::Take(IntakeError::NewerKey { .. }) => Self::told(ErrorCode::NewerEncryption, &error),
            error @ (SyncError::Begin(_) | SyncError::Take(_)) => Self::storage(&error),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.app.state::<Shell>().update_status(&self.open, |status| status.progress = None);
    }
}
