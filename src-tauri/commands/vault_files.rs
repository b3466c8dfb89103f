//! Files that hang on items: Rust asks where to keep one, fetches it and opens it. The page hears how far it has come.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use portico_client::{AttachmentDestination, AttachmentProgress as Step, save_attachment as fetch};
use portico_profile::{SaveAs, SealedAttachment};
use portico_vault::safe_file_name;
use tauri::{AppHandle, Emitter, State};
use tokio_util::sync::CancellationToken;

use super::{blocking, id, open};
use crate::{
    dto::{
        error::{AppError, ErrorCode},
        vault::{AttachmentProgress, AttachmentRequest, AttachmentSaved},
    },
    failure::Answer,
    held::held,
    saving,
    shell::{Open, Shell},
    window,
};

/// The page is told at most this often.
const TELL_EVERY: Duration = Duration::from_millis(80);

#[tauri::command]
pub async fn save_attachment(
    app: AppHandle,
    shell: State<'_, Shell>,
    request: AttachmentRequest,
) -> Answer<AttachmentSaved> {
    let open = open(&shell)?;
    let api = open.online()?;
    let attachment = {
        let (open, request) = (std::sync::Arc::clone(&open), request.clone());
        blocking(move || sealed(&open, &request)).await?
    };
    let name = safe_file_name(attachment.name.as_deref().unwrap_or_default());
    let Some(file) = saving::ask_where(&app, &open, &name).await? else {
        return Ok(AttachmentSaved { file_name: None });
    };
    let fetching = Fetching::begin(&open, &request.attachment_id).ok_or(AppError::of(ErrorCode::Busy))?;
    let waiting = shell.profile.folder().to_path_buf();
    let destination = AttachmentDestination {
        // The dialog asked before it gave a name that exists.
        how: SaveAs { replace: true, accept_unauthenticated: request.accept_unauthenticated },
        waiting: &waiting,
        file: file.clone(),
    };
    let told = Mutex::new(None);
    let progress = |step: Step| tell(&app, &request.attachment_id, step, &told);
    fetch(&api, &open.unlocked, attachment, destination, &progress, &fetching.stop).await?;
    Ok(AttachmentSaved { file_name: Some(saving::shown_name(&file)) })
}

#[tauri::command]
pub async fn cancel_attachment(shell: State<'_, Shell>, attachment_id: String) -> Answer<()> {
    let open = open(&shell)?;
    let fetching = held(&open.fetching);
    if let Some(stop) = fetching.get(&attachment_id) {
        stop.cancel();
    }
    Ok(())
}

/// What is needed to fetch it, once the re-prompt of its item is satisfied.
fn sealed(open: &Open, request: &AttachmentRequest) -> Answer<SealedAttachment> {
    let picture = open.unlocked.picture();
    let item = id(&request.item_id)?;
    if picture.overview(item)?.1.reprompt && !open.reprompts.is_answered(item) {
        return Err(AppError::of(ErrorCode::RepromptNeeded));
    }
    Ok(picture.attachment(item, &request.attachment_id)?)
}

/// Marks a file as being fetched, until it is dropped: once at a time, and stopped by a lock.
struct Fetching<'o> {
    open: &'o Open,
    id: String,
    stop: CancellationToken,
}

impl<'o> Fetching<'o> {
    fn begin(open: &'o Open, id: &str) -> Option<Self> {
        let mut fetching = held(&open.fetching);
        if fetching.contains_key(id) {
            return None;
        }
        let stop = open.closing.child_token();
        fetching.insert(id.to_owned(), stop.clone());
        Some(Self { open, id: id.to_owned(), stop })
    }
}

impl Drop for Fetching<'_> {
    fn drop(&mut self) {
        held(&self.open.fetching).remove(&self.id);
    }
}

fn tell(app: &AppHandle, attachment_id: &str, step: Step, told: &Mutex<Option<Instant>>) {
    let mut told = held(told);
    let is_last = step.total == Some(step.done);
    if !is_last && told.is_some_and(|before| before.elapsed() < TELL_EVERY) {
        return;
    }
    *told = Some(Instant::now());
    let progress =
        AttachmentProgress { attachment_id: attachment_id.to_owned(), done: step.done, total: step.total };
    // A window that is going hears nothing any more.
    let _ = app.emit_to(window::MAIN, "attachment-progress", progress);
}
