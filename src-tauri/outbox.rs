//! The demo's mails: what its service would have sent. Links and their tokens stay here; the page sees that there is one.

use crate::{dto::joining::OutboxMail, failure::Answer, shell::Shell};

#[cfg(feature = "demo")]
mod kept {
    use std::time::Duration;

    use portico_service::Mail;
    use zeroize::Zeroizing;

    use super::*;
    use crate::{
        dto::error::{AppError, ErrorCode},
        views::date,
    };

    /// Mails that a page shows.
    const SHOWN: usize = 200;

    pub async fn mails(shell: &Shell) -> Answer<Vec<OutboxMail>> {
        let kept = shell.hosting.outbox().await.map_err(|error| AppError::internal(&error))?;
        Ok(kept.iter().rev().take(SHOWN).map(shown).collect())
    }

    pub async fn copy_link(shell: &Shell, id: i64) -> Answer<()> {
        let kept = shell.hosting.outbox().await.map_err(|error| AppError::internal(&error))?;
        let link = kept.iter().find(|mail| mail.id == id).and_then(|mail| mail.fields.get("link"));
        let link = Zeroizing::new(link.ok_or(AppError::of(ErrorCode::NotFound))?.clone());
        let seconds = shell.profile.settings().clear_clipboard_seconds.unwrap_or(30);
        let keep = Duration::from_secs(seconds.into());
        shell.clipboard.copy(link, Some(keep)).map_err(|error| AppError::internal(&error))
    }

    fn shown(mail: &Mail) -> OutboxMail {
        let link = mail.fields.get("link").filter(|link| !link.is_empty());
        let body = match link {
            Some(link) => mail.body.replace(link.as_str(), "…"),
            None => mail.body.clone(),
        };
        OutboxMail {
            id: mail.id,
            date: date(mail.date).unwrap_or_default(),
            to: mail.to.clone(),
            subject: mail.subject.clone(),
            body,
            code: mail.fields.get("code").cloned(),
            has_link: link.is_some(),
        }
    }
}

#[cfg(feature = "demo")]
pub use kept::{copy_link, mails};

#[cfg(not(feature = "demo"))]
pub async fn mails(_shell: &Shell) -> Answer<Vec<OutboxMail>> {
    Ok(Vec::new())
}

#[cfg(not(feature = "demo"))]
pub async fn copy_link(_shell: &Shell, _id: i64) -> Answer<()> {
    Err(crate::dto::error::AppError::of(crate::dto::error::ErrorCode::NotFound))
}
