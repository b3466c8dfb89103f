//! Items as they go out (protocol.md §3.5).

use portico_protocol::organization::PlanType;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::attachments::{Attachment, Attachments};
use super::rights::{Reach, Rights};
use crate::api::features;
use crate::error::ApiError;
use crate::moment::Moment;

/// How much of an item an answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `cipherDetails`: everything.
    Details,
    /// `cipher`: without its collections.
    Plain,
    /// `cipherMini`: without what is one person's.
    Mini,
    /// `cipherMiniDetails`: the same with all its collections.
    MiniDetails,
}

/// One item. What people wrote goes out as it was stored, without being taken apart.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    object: &'static str,
    pub(crate) id: Uuid,
    organization_id: Option<Uuid>,
    #[serde(rename = "type")]
    kind: i32,
    /// The newer form of the members below, for which the structured one is enough (protocol.md §3.5); or the whole item
    /// as one sealed text (§2.9), and then there are no others.
    data: Option<String>,
    name: Option<String>,
    notes: Option<String>,
    login: Option<Box<RawValue>>,
    secure_note: Option<Box<RawValue>>,
    card: Option<Box<RawValue>>,
    identity: Option<Box<RawValue>>,
    ssh_key: Option<Box<RawValue>>,
    bank_account: Option<Box<RawValue>>,
    drivers_license: Option<Box<RawValue>>,
    passport: Option<Box<RawValue>>,
    fields: Option<Box<RawValue>>,
    password_history: Option<Box<RawValue>>,
    attachments: Option<Vec<Attachment>>,
    organization_use_totp: bool,
    revision_date: Moment,
    creation_date: Moment,
    deleted_date: Option<Moment>,
    reprompt: i32,
    key: Option<String>,
    #[serde(flatten)]
    mine: Option<Mine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collection_ids: Option<Vec<Uuid>>,
}

impl Item {
    /// Tells of a file that has not arrived yet.
    pub(crate) fn announce(&mut self, attachment: Attachment) {
        self.attachments.get_or_insert_default().push(attachment);
    }

    /// Forgets the collections that are not among `kept`, and tells whether any is left.
    pub(crate) fn keep_collections(&mut self, kept: &std::collections::HashSet<Uuid>) -> bool {
        self.collection_ids.as_mut().is_some_and(|ids| {
            ids.retain(|id| kept.contains(id));
            !ids.is_empty()
        })
    }
}

/// What the item is to the person who asks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mine {
    folder_id: Option<Uuid>,
    favorite: bool,
    archived_date: Option<Moment>,
    edit: bool,
    view_password: bool,
    permissions: CipherPermissions,
}

#[derive(Serialize)]
struct CipherPermissions {
    delete: bool,
    restore: bool,
}

/// Which types of item a client can read (protocol.md §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReadableTypes {
    pub(crate) ssh_keys: bool,
    /// Bank accounts, driving licences and passports.
    pub(crate) newest: bool,
}

impl ReadableTypes {
    fn contains(self, kind: i32) -> bool {
        match kind {
            5 => self.ssh_keys,
            6..=8 => self.newest,
            _ => true,
        }
    }
}

/// The person whose marks are read comes first among the parameters.
const SELECT: &str = "SELECT c.id, c.organization_id, c.type, c.name, c.notes, c.content, c.fields, c.password_history,
        o.plan_type, c.cipher_key, c.reprompt, c.created, c.revised, c.deleted, m.folder_id, coalesce(m.favorite, 0),
        m.archived, c.opaque
    FROM ciphers c
    LEFT JOIN organizations o ON o.id = c.organization_id
    LEFT JOIN cipher_marks m ON m.cipher_id = c.id AND m.user_id = ?1";

/// Everything that `user` can reach: the own vault, and organizations' items by way of collections. Trash and
/// archive are part of it.
pub(crate) fn of_user(
    connection: &Connection,
    base: &str,
    user: Uuid,
    readable: ReadableTypes,
) -> Result<Vec<Item>, ApiError> {
    let mut attachments = Attachments::of_user(connection, base, user)?;
    let mut items = Vec::new();
    let mut statement =
        connection.prepare_cached(&format!("{SELECT} WHERE c.user_id = ?1 ORDER BY c.created, c.id"))?;
    let mut rows = statement.query([user])?;
    let own = Reach::whole();
    while let Some(row) = rows.next()? {
        items.push(item(row, Form::Details, Some(&own), &mut attachments)?);
    }

    let mut reached: Vec<(Uuid, Reach)> = Reach::through_collections(connection, user)?.into_iter().collect();
    reached.sort_unstable_by_key(|(id, _)| *id);
    let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE c.id = ?2"))?;
    for (id, reach) in &reached {
        let mut rows = statement.query((user, id))?;
        if let Some(row) = rows.next()? {
            items.push(item(row, Form::Details, Some(reach), &mut attachments)?);
        }
    }
    items.retain(|item| readable.contains(item.kind));
    Ok(items)
}

/// Everything of an organization that is in no "My items", and that with `member_items`.
pub(crate) fn of_organization(
    connection: &Connection,
    base: &str,
    user: Uuid,
    organization: Uuid,
    member_items: bool,
) -> Result<Vec<Item>, ApiError> {
    let mut attachments = Attachments::of_organization(connection, base, organization)?;
    let mut statement = connection.prepare_cached(&format!(
        "{SELECT} WHERE c.organization_id = ?2 AND (?3
             OR NOT EXISTS (SELECT 1 FROM collection_ciphers x WHERE x.cipher_id = c.id)
             OR EXISTS (SELECT 1 FROM collection_ciphers x JOIN collections k ON k.id = x.collection_id
                        WHERE x.cipher_id = c.id AND k.type <> 1))
         ORDER BY c.created, c.id"
    ))?;
    let mut collections = AllCollections::new(connection)?;
    let mut items = Vec::new();
    let mut rows = statement.query((user, organization, member_items))?;
    while let Some(row) = rows.next()? {
        let mut item = item(row, Form::MiniDetails, None, &mut attachments)?;
        item.collection_ids = Some(collections.of(item.id)?);
        items.push(item);
    }
    Ok(items)
}

/// One item as `rights` let the person see it.
pub(crate) fn one(
    connection: &Connection,
    base: &str,
    user: Uuid,
    id: Uuid,
    form: Form,
    rights: &Rights,
) -> Result<Item, ApiError> {
    let mut attachments = Attachments::of_item(connection, base, id)?;
    let item = connection
        .prepare_cached(&format!("{SELECT} WHERE c.id = ?2"))?
        .query_row((user, id), |row| Ok(item(row, form, rights.reach.as_ref(), &mut attachments)))
        .optional()?;
    let mut item = item.ok_or(ApiError::NotFound)??;
    if form == Form::MiniDetails {
        item.collection_ids = Some(AllCollections::new(connection)?.of(id)?);
    }
    Ok(item)
}

/// Several of them, in the order of `ids`; who no longer reaches one does not get it.
pub(crate) fn ones(
    connection: &Connection,
    base: &str,
    user: Uuid,
    ids: &[Uuid],
    form: Form,
) -> Result<Vec<Item>, ApiError> {
    let mut items = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(rights) = Rights::of(connection, user, *id)? {
            items.push(one(connection, base, user, *id, form, &rights)?);
        }
    }
    Ok(items)
}

struct AllCollections<'a>(rusqlite::CachedStatement<'a>);

impl<'a> AllCollections<'a> {
    fn new(connection: &'a Connection) -> Result<Self, rusqlite::Error> {
        let sql = "SELECT collection_id FROM collection_ciphers WHERE cipher_id = ? ORDER BY collection_id";
        Ok(AllCollections(connection.prepare_cached(sql)?))
    }

    fn of(&mut self, cipher: Uuid) -> Result<Vec<Uuid>, rusqlite::Error> {
        self.0.query_map([cipher], |row| row.get(0))?.collect()
    }
}

fn item(
    row: &Row<'_>,
    form: Form,
    reach: Option<&Reach>,
    attachments: &mut Attachments,
) -> Result<Item, ApiError> {
    let raw = |column: usize| -> Result<Option<Box<RawValue>>, ApiError> {
        match row.get::<_, Option<String>>(column)? {
            Some(json) => Ok(Some(RawValue::from_string(json)?)),
            None => Ok(None),
        }
    };
    let (id, kind) = (row.get(0)?, row.get(2)?);
    let plan: Option<i32> = row.get(8)?;
    let data: Option<String> = row.get(17)?;
    let content = |of: i32| if kind == of && data.is_none() { raw(5) } else { Ok(None) };
    let mine = match form {
        Form::Mini | Form::MiniDetails => None,
        Form::Details | Form::Plain => {
            let delete = reach.is_some_and(|reach| reach.can_delete);
            Some(Mine {
                folder_id: row.get(14)?,
                favorite: row.get(15)?,
                archived_date: row.get(16)?,
                edit: reach.is_some_and(|reach| !reach.access.read_only),
                view_password: reach.is_some_and(|reach| !reach.access.hide_passwords),
                permissions: CipherPermissions { delete, restore: delete },
            })
        }
    };
    Ok(Item {
        object: match form {
            Form::Details => "cipherDetails",
            Form::Plain => "cipher",
            Form::Mini => "cipherMini",
            Form::MiniDetails => "cipherMiniDetails",
        },
        id,
        organization_id: row.get(1)?,
        kind,
        name: row.get(3)?,
        notes: row.get(4)?,
        login: content(1)?,
        secure_note: content(2)?,
        card: content(3)?,
        identity: content(4)?,
        ssh_key: content(5)?,
        bank_account: content(6)?,
        drivers_license: content(7)?,
        passport: content(8)?,
        data,
        fields: raw(6)?,
        password_history: raw(7)?,
        attachments: attachments.take(id),
        organization_use_totp: plan.is_some_and(|plan| features(PlanType(plan)).paid),
        revision_date: row.get(12)?,
        creation_date: row.get(11)?,
        deleted_date: row.get(13)?,
        reprompt: row.get(10)?,
        key: row.get(9)?,
        mine,
        collection_ids: (form == Form::Details)
            .then(|| reach.map(|reach| reach.collections.clone()).unwrap_or_default()),
    })
}
