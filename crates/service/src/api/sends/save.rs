//! Making and changing Sends.

use axum::Json;
use axum::extract::State;
use portico_protocol::events::EventType;
use rusqlite::Connection;
use uuid::Uuid;

use super::request::{Checked, SendRequest};
use crate::api::path::SendId;
use crate::app::App;
use crate::authorize::Caller;
use crate::body::Body;
use crate::error::ApiError;
use crate::events::{self, Actor};
use crate::moment::Moment;
use crate::revision;
use crate::sends::{Content, Protection, SendResponse, Wanted, check_may_send, find_own};

/// More Sends than anybody has; a bound all the same.
const LIMIT: i64 = 10_000;

/// A new text. Files are announced first (`upload`).
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<SendRequest>,
) -> Result<Json<SendResponse>, ApiError> {
    if request.kind == 1 {
        return Err(ApiError::refused("A file is announced before it is sent."));
    }
    let checked = request.checked(&app).await?;
    app.store
        .write(move |transaction| {
            let id = insert(transaction, &caller, checked, None)?;
            answer(transaction, caller.user, id)
        })
        .await
}

/// The file of a new Send: what it will be called and how many bytes it has.
pub(super) struct NewFile {
    pub(super) id: Uuid,
    pub(super) size: i64,
}

/// Keeps a new Send of the caller's, tells the caller's clients, and writes it down.
pub(super) fn insert(
    connection: &Connection,
    caller: &Caller,
    new: Checked,
    file: Option<NewFile>,
) -> Result<Uuid, ApiError> {
    let (id, now) = (Uuid::new_v4(), Moment::now());
    let protection = new.protection.unwrap_or(Protection::Nothing);
    let wanted = Wanted {
        is_file: file.is_some(),
        hide_email: new.hide_email,
        protection: &protection,
        created: now,
        deletes: new.deletes,
    };
    check_may_send(connection, caller.user, &wanted)?;
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM sends WHERE user_id = ?")?
        .query_row([caller.user], |row| row.get(0))?;
    if count >= LIMIT {
        return Err(ApiError::refused("There are too many Sends."));
    }
    let kind = created(file.is_some(), &protection);
    let (password, emails) = columns(&protection);
    connection
        .prepare_cached(
            "INSERT INTO sends (id, user_id, name, notes, send_key, text, text_hidden, file_id, file_name, file_size,
                 password, emails, max_access_count, access_count, expires, deletes, disabled, hide_email, created,
                 revised)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(rusqlite::params![
            id,
            caller.user,
            new.name,
            new.notes,
            new.key,
            new.text,
            new.text_hidden,
            file.as_ref().map(|file| file.id),
            new.file_name,
            file.as_ref().map(|file| file.size),
            password,
            emails,
            new.max_access_count,
            new.expires,
            new.deletes,
            new.disabled,
            new.hide_email,
            now,
            now,
        ])?;
    revision::of_user(connection, caller.user)?;
    events::record_of_send(connection, kind, caller.user, id, &Actor::from(caller))?;
    Ok(id)
}

/// Changes everything but the kind, and of a file its name. A password that the request does not name stays; addresses
/// that it does not name are gone, as on the official server.
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    SendId(id): SendId,
    Body(request): Body<SendRequest>,
) -> Result<Json<SendResponse>, ApiError> {
    let changed = request.checked(&app).await?;
    app.store
        .write(move |transaction| {
            let now = Moment::now();
            let send = find_own(transaction, caller.user, id, now)?.ok_or(ApiError::NotFound)?;
            let is_text = matches!(send.content, Content::Text { .. });
            if changed.text.is_some() != is_text {
                return Err(ApiError::refused("The type of a Send cannot be changed."));
            }
            let protection = changed.protection.unwrap_or(match send.protection {
                Protection::Emails(_) => Protection::Nothing,
                kept => kept,
            });
            let wanted = Wanted {
                is_file: !is_text,
                hide_email: changed.hide_email,
                protection: &protection,
                created: send.created,
                deletes: changed.deletes,
            };
            check_may_send(transaction, caller.user, &wanted)?;
            let (password, emails) = columns(&protection);
            transaction
                .prepare_cached(
                    "UPDATE sends SET name = ?, notes = ?, send_key = ?, text = ?, text_hidden = ?, password = ?,
                         emails = ?, max_access_count = ?, expires = ?, deletes = ?, disabled = ?, hide_email = ?,
                         revised = ? WHERE id = ?",
                )?
                .execute(rusqlite::params![
                    changed.name,
                    changed.notes,
                    changed.key,
                    changed.text,
                    changed.text_hidden,
                    password,
                    emails,
                    changed.max_access_count,
                    changed.expires,
                    changed.deletes,
                    changed.disabled,
                    changed.hide_email,
                    now,
                    id,
                ])?;
            updated(transaction, &caller, id, is_text)
        })
        .await
}

/// The Send asks for no password any more. Addresses stay.
pub(crate) async fn remove_password(
    app: State<App>,
    caller: Caller,
    id: SendId,
) -> Result<Json<SendResponse>, ApiError> {
    unprotect(app, caller, id, Unprotect::Password).await
}

/// The link alone opens the Send from now on.
pub(crate) async fn remove_protection(
    app: State<App>,
    caller: Caller,
    id: SendId,
) -> Result<Json<SendResponse>, ApiError> {
    unprotect(app, caller, id, Unprotect::Everything).await
}

/// What somebody wants to take away.
#[derive(Clone, Copy)]
enum Unprotect {
    Password,
    Everything,
}

async fn unprotect(
    State(app): State<App>,
    caller: Caller,
    SendId(id): SendId,
    what: Unprotect,
) -> Result<Json<SendResponse>, ApiError> {
    app.store
        .write(move |transaction| {
            let now = Moment::now();
            let send = find_own(transaction, caller.user, id, now)?.ok_or(ApiError::NotFound)?;
            let is_text = matches!(send.content, Content::Text { .. });
            let left = match (what, send.protection) {
                (Unprotect::Password, emails @ Protection::Emails(_)) => emails,
                _ => Protection::Nothing,
            };
            let wanted = Wanted {
                is_file: !is_text,
                hide_email: send.hide_email,
                protection: &left,
                created: send.created,
                deletes: send.deletes,
            };
            check_may_send(transaction, caller.user, &wanted)?;
            let (password, emails) = columns(&left);
            transaction
                .prepare_cached("UPDATE sends SET password = ?, emails = ?, revised = ? WHERE id = ?")?
                .execute((password, emails, now, id))?;
            updated(transaction, &caller, id, is_text)
        })
        .await
}

fn updated(
    connection: &Connection,
    caller: &Caller,
    id: Uuid,
    is_text: bool,
) -> Result<Json<SendResponse>, ApiError> {
    revision::of_user(connection, caller.user)?;
    let kind = if is_text { EventType::SEND_TEXT_UPDATED } else { EventType::SEND_FILE_UPDATED };
    events::record_of_send(connection, kind, caller.user, id, &Actor::from(caller))?;
    answer(connection, caller.user, id)
}

fn answer(connection: &Connection, owner: Uuid, id: Uuid) -> Result<Json<SendResponse>, ApiError> {
    let send = find_own(connection, owner, id, Moment::now())?.ok_or(ApiError::NotFound)?;
    Ok(Json(send.into()))
}

/// The columns `password` and `emails`.
fn columns(protection: &Protection) -> (Option<&[u8]>, Option<&str>) {
    match protection {
        Protection::Nothing => (None, None),
        Protection::Password(hash) => (Some(hash), None),
        Protection::Emails(emails) => (None, Some(emails)),
    }
}

fn created(is_file: bool, protection: &Protection) -> EventType {
    match (is_file, protection) {
        (false, Protection::Nothing) => EventType::SEND_TEXT_CREATED,
        (false, Protection::Emails(_)) => EventType::SEND_TEXT_CREATED_FOR_EMAILS,
        (false, Protection::Password(_)) => EventType::SEND_TEXT_CREATED_WITH_PASSWORD,
        (true, Protection::Nothing) => EventType::SEND_FILE_CREATED,
        (true, Protection::Emails(_)) => EventType::SEND_FILE_CREATED_FOR_EMAILS,
        (true, Protection::Password(_)) => EventType::SEND_FILE_CREATED_WITH_PASSWORD,
    }
}
