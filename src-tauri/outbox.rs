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

    #[cfg(test)]
    mod tests {
        use super::*;

        fn mail(fields: &[(&str, &str)], body: &str) -> OutboxMail {
            let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            shown(&Mail {
                id: 7,
                date: time::macros::datetime!(2026-11-23 12:00 UTC),
                kind: "organizationInvitation".to_owned(),
                to: "ines@x.example".to_owned(),
                subject: "Join".to_owned(),
                fields,
                body: body.to_owned(),
            })
        }

        #[test]
        fn a_link_stays_here_wherever_it_stands_in_the_text() {
            let link = "https://vault.example/#/accept?token=secret-token";
            let body = format!("Open {link} now.\nOr: {link}");
            let shown = mail(&[("link", link), ("token", "secret-token")], &body);
            assert_eq!(shown.body, "Open … now.\nOr: …");
            assert!(shown.has_link);
            let told = serde_json::to_string(&shown).unwrap_or_default();
            assert!(!told.contains("secret-token"), "{told}");
        }

        #[test]
        fn a_code_is_shown_and_an_empty_link_is_none() {
            let shown = mail(&[("code", "482913"), ("link", "")], "Your code is 482913.");
            assert_eq!((shown.code.as_deref(), shown.has_link), (Some("482913"), false));
            assert_eq!(shown.body, "Your code is 482913.", "nothing was taken out between its letters");
            let plain = mail(&[], "Welcome.");
            assert_eq!((plain.code, plain.has_link, plain.to.as_str()), (None, false, "ines@x.example"));
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
