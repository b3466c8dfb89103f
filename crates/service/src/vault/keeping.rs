//! Items into their rows.

use rusqlite::Connection;
use serde_json::Value;
use uuid::Uuid;

use super::content::Content;
use super::request::ItemRequest;
use crate::error::ApiError;
use crate::moment::Moment;

/// Whose a new item is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NewOwner {
    User(Uuid),
    Organization(Uuid),
}

/// What one person does with an item; members that are `None` stay as they are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Marks {
    pub(crate) folder: Option<Option<Uuid>>,
    pub(crate) favorite: Option<bool>,
    pub(crate) archived: Option<Option<Moment>>,
}

impl Marks {
    pub(crate) fn of(request: &ItemRequest) -> Result<Marks, ApiError> {
        Ok(Marks { folder: request.folder_id, favorite: request.favorite, archived: request.archived()? })
    }
}

/// Keeps a new item and gives it its id.
pub(crate) fn insert(
    connection: &Connection,
    owner: NewOwner,
    request: &ItemRequest,
    content: &Content,
) -> Result<Uuid, ApiError> {
    let (id, now) = (Uuid::new_v4(), Moment::now());
    let (user, organization) = match owner {
        NewOwner::User(user) => (Some(user), None),
        NewOwner::Organization(organization) => (None, Some(organization)),
    };
    connection
        .prepare_cached(
            "INSERT INTO ciphers (id, user_id, organization_id, type, name, notes, content, fields, password_history,
                 opaque, cipher_key, reprompt, created, revised)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(rusqlite::params![
            id,
            user,
            organization,
            content.kind,
            content.name,
            content.notes,
            serde_json::to_string(&content.section)?,
            fields(content)?,
            content.password_history,
            content.opaque,
            request.key,
            request.reprompt.unwrap_or(0),
            now,
            now,
        ])?;
    Ok(id)
}

/// How an item is changed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    /// By somebody who may edit it. Where the sender may not see passwords, those stay that are there.
    Edit { hides_passwords: bool },
    /// By its owner, who gives it to this organization.
    HandOver(Uuid),
    /// By its owner, whose user key is another from now on.
    NewUserKey,
}

/// Puts new content in the place of what `id` holds.
pub(crate) fn update(
    connection: &Connection,
    id: Uuid,
    request: &ItemRequest,
    mut content: Content,
    change: Change,
) -> Result<(), ApiError> {
    let (kind, section, old_fields, had_key, was_opaque): (i32, String, Option<String>, bool, bool) = connection
        .prepare_cached(
            "SELECT type, content, fields, cipher_key IS NOT NULL, opaque IS NOT NULL FROM ciphers WHERE id = ?",
        )?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?;
    if kind != content.kind {
        return Err(ApiError::refused("The type of an item cannot be changed."));
    }
    let has_key = request.key.is_some();
    let files_keep_their_key = match change {
        Change::Edit { hides_passwords } => {
            if hides_passwords && had_key != has_key {
                return Err(ApiError::refused("You do not have permission to add cipher key encryption."));
            }
            if hides_passwords && (was_opaque || content.opaque.is_some()) {
                // What is hidden in there nobody here can keep.
                return Err(ApiError::refused("You do not have permission to edit this item."));
            }
            if hides_passwords {
                keep_hidden(&mut content, serde_json::from_str(&section)?, old_fields.as_deref())?;
            }
            had_key == has_key
        }
        // Under the item's own key nothing changes for its files; under the owner's everything does.
        Change::HandOver(_) | Change::NewUserKey => had_key && has_key,
    };
    rewrap_attachments(connection, id, request, files_keep_their_key)?;
    connection
        .prepare_cached(
            "UPDATE ciphers SET name = ?, notes = ?, content = ?, fields = ?, password_history = ?, opaque = ?,
                 cipher_key = ?, reprompt = coalesce(?, reprompt), revised = ? WHERE id = ?",
        )?
        .execute(rusqlite::params![
            content.name,
            content.notes,
            serde_json::to_string(&content.section)?,
            fields(&content)?,
            content.password_history,
            content.opaque,
            request.key,
            request.reprompt,
            Moment::now(),
            id,
        ])?;
    if let Change::HandOver(organization) = change {
        connection
            .prepare_cached("UPDATE ciphers SET user_id = NULL, organization_id = ? WHERE id = ?")?
            .execute((organization, id))?;
    }
    Ok(())
}

/// Passwords, authenticator seeds, passkeys and hidden fields are not changed by who cannot see them.
fn keep_hidden(content: &mut Content, old: Value, old_fields: Option<&str>) -> Result<(), ApiError> {
    for member in ["password", "totp", "fido2Credentials"] {
        if content.section.contains_key(member) {
            content.section.insert(member.into(), old.get(member).cloned().unwrap_or_default());
        }
    }
    let old_fields: Vec<Value> = old_fields.map(serde_json::from_str).transpose()?.unwrap_or_default();
    let is_hidden = |field: &Value| field.get("type").and_then(Value::as_i64) == Some(1);
    let mut fields: Vec<Value> =
        content.fields.take().unwrap_or_default().into_iter().filter(|field| !is_hidden(field)).collect();
    fields.extend(old_fields.into_iter().filter(is_hidden));
    content.fields = (!fields.is_empty()).then_some(fields);
    Ok(())
}

/// Takes over what the request says of the item's files. If their keys hang on another key from now on, it has to speak
/// of all of them that are there: none must become unreadable. What was announced and never came, no client is told of;
/// coming now, it would come under the old key.
fn rewrap_attachments(
    connection: &Connection,
    id: Uuid,
    request: &ItemRequest,
    keep_their_key: bool,
) -> Result<(), ApiError> {
    let mut statement =
        connection.prepare_cached("SELECT id, file IS NOT NULL FROM attachments WHERE cipher_id = ?")?;
    let files: Vec<(Uuid, bool)> =
        statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (file, is_there) in files {
        match request.attachments2.as_ref().and_then(|all| all.get(&file)) {
            Some(keys) => {
                connection
                    .prepare_cached("UPDATE attachments SET name = ?, file_key = ? WHERE id = ?")?
                    .execute((&keys.file_name, &keys.key, file))?;
            }
            None if keep_their_key => {}
            None if !is_there => {
                connection.prepare_cached("DELETE FROM attachments WHERE id = ?")?.execute([file])?;
            }
            None => {
                return Err(ApiError::refused(
                    "The item's attachments have to be encrypted with its new key, too.",
                ));
            }
        }
    }
    Ok(())
}

/// Sets `user`'s marks on an item. The folder has to be one of theirs.
pub(crate) fn mark(connection: &Connection, user: Uuid, cipher: Uuid, marks: Marks) -> Result<(), ApiError> {
    if let Some(Some(folder)) = marks.folder {
        let own = connection
            .prepare_cached("SELECT 1 FROM folders WHERE id = ? AND user_id = ?")?
            .exists((folder, user))?;
        if !own {
            return Err(ApiError::refused("Invalid folder."));
        }
    }
    connection
        .prepare_cached(
            "INSERT INTO cipher_marks (user_id, cipher_id, folder_id, favorite, archived)
             VALUES (?1, ?2, ?4, coalesce(?5, 0), ?7)
             ON CONFLICT DO UPDATE SET
                 folder_id = CASE WHEN ?3 THEN ?4 ELSE folder_id END,
                 favorite = coalesce(?5, favorite),
                 archived = CASE WHEN ?6 THEN ?7 ELSE archived END",
        )?
        .execute(rusqlite::params![
            user,
            cipher,
            marks.folder.is_some(),
            marks.folder.flatten(),
            marks.favorite,
            marks.archived.is_some(),
            marks.archived.flatten(),
        ])?;
    Ok(())
}

/// Adds an item to collections, in which it may be already.
pub(crate) fn put_in_collections(
    connection: &Connection,
    cipher: Uuid,
    collections: &[Uuid],
) -> Result<(), rusqlite::Error> {
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO collection_ciphers (collection_id, cipher_id) VALUES (?, ?)",
    )?;
    for collection in collections {
        insert.execute((collection, cipher))?;
    }
    Ok(())
}

fn fields(content: &Content) -> Result<Option<String>, serde_json::Error> {
    content.fields.as_ref().map(serde_json::to_string).transpose()
}
