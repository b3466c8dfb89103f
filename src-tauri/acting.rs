//! What a person changes at the server: a sync that runs lets go of the file first, and the page sees what became of it.

use std::sync::Arc;

use portico_client::{Acted, ActionError, ApiClient, CancellationToken};
use portico_profile::Unlocked;
use tauri::AppHandle;

use crate::{
    dto::{
        client_actions::ActionDone,
        error::{AppError, ErrorCode},
    },
    failure::Answer,
    held::held,
    shell::Open,
    syncing, told,
};

/// One action under way. Dropping it lets the sync go on that it interrupted.
pub struct Acting {
    pub open: Arc<Open>,
    pub api: ApiClient,
    app: AppHandle,
    resumes: bool,
    stop: CancellationToken,
}

impl Acting {
    /// Stops a sync that runs: it takes up where it was. Offline there is nothing to act on.
    pub async fn begin(app: &AppHandle, open: Arc<Open>) -> Answer<Self> {
        let api = open.online()?;
        let running = held(&open.syncing).as_ref().map(|running| running.wanted);
        // Nobody waits for what a quiet look would have brought.
        let resumes = running.is_some_and(|wanted| !wanted.is_quiet());
        if running.is_some() {
            syncing::cancel(&open);
            syncing::ended(&open).await;
        }
        let stop = open.begin_action();
        Ok(Self { open, api, app: app.clone(), resumes, stop })
    }

    /// Something was read that stands beside the picture: lists are asked for again.
    pub fn read(self) {
        if !self.open.closing.is_cancelled() {
            syncing::show_picture(&self.app, &self.open);
        }
    }

    /// Whose action it is.
    pub fn unlocked(&self) -> &Unlocked {
        &self.open.unlocked
    }

    /// Ends it early: the person presses Cancel, or the account is locked.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// As [`Acting::end`], for a page that is told whether its picture shows it yet.
    pub fn done<T>(self, acted: Result<Acted<T>, ActionError>) -> Answer<ActionDone> {
        let older = acted.as_ref().is_ok_and(|acted| acted.picture.is_err());
        self.end(acted)?;
        Ok(ActionDone { already: false, picture: older.then(|| AppError::of(ErrorCode::Busy)) })
    }

    /// Shows what was done. Where it is done at the server and the picture is older, or where it is not known whether it
    /// was done, a sync looks.
    pub fn end<T>(mut self, acted: Result<Acted<T>, ActionError>) -> Answer<T> {
        if self.open.closing.is_cancelled() {
            return Err(AppError::of(ErrorCode::Locked));
        }
        match acted {
            Ok(Acted { value, picture, .. }) => {
                if let Err(error) = picture {
                    tracing::warn!(%error, "done, and not in the picture yet");
                    self.resumes = true;
                }
                syncing::show_picture(&self.app, &self.open);
                // A role, or the provider itself, may be another one now.
                told::tell(&self.app);
                Ok(value)
            }
            Err(error) => {
                self.resumes |= error.touched().is_some();
                // A refusal by role reads the profile again.
                if matches!(error, ActionError::NotAllowed { .. }) {
                    syncing::show_picture(&self.app, &self.open);
                    told::tell(&self.app);
                }
                Err(error.into())
            }
        }
    }
}

impl Drop for Acting {
    fn drop(&mut self) {
        if self.resumes && !self.open.closing.is_cancelled() {
            syncing::start(&self.app, &self.open, None);
        }
    }
}

impl From<ActionError> for AppError {
    fn from(error: ActionError) -> Self {
        let said = || error.message().map(|text| text.as_str().to_owned());
        match &error {
            ActionError::Api(api) => Self::from(api),
            ActionError::NotAllowed { .. } => Self { code: ErrorCode::NotAllowed, detail: said() },
            ActionError::NotForProvider(_) => Self::of(ErrorCode::NotAllowed),
            ActionError::Uncertain { .. } => Self::told(ErrorCode::Uncertain, &error),
            ActionError::NotRead => Self::of(ErrorCode::NotRead),
            ActionError::Key(_) => Self::told(ErrorCode::NoKey, &error),
            ActionError::Read(_) => match error {
                ActionError::Read(error) => error.into(),
                error => Self::internal(&error),
            },
        }
    }
}
