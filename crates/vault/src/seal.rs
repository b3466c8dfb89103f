//! The way back: from a new item to the request that stores it (protocol.md §4.1, CipherRequest).

use crate::{
    ItemKind, Secret,
    kinds::{PASSKEY, kind_fields, kind_member},
};
use portico_crypto::{SymmetricKey, ceremony::make_item_key, uri_checksum};
use portico_protocol::{
    Date,
    cipher::{FieldType, Reprompt, UriMatch},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Encrypted lengths that the official server refuses to exceed, in characters (protocol.md §0).
const MAX_NAME: usize = 1000;
const MAX_NOTES: usize = 10_000;
const MAX_VALUE: usize = 5000;

/// An item that is not sealed yet.
pub struct NewItem {
    /// What kind of item.
    pub kind: ItemKind,
    /// Its organization; nothing for one's own vault.
    pub organization_id: Option<Uuid>,
    /// A folder of the person.
    pub folder_id: Option<Uuid>,
    /// Marked by the person.
    pub favorite: bool,
    /// Asks for the master password before it shows anything.
    pub reprompt: bool,
    /// Its name.
    pub name: String,
    /// A note of any length up to the server's limit.
    pub notes: Option<Secret>,
    /// Values by the wire's name, of those that [`crate::kind_fields`] lists for the kind.
    pub values: Vec<(&'static str, Secret)>,
    /// Websites of a login.
    pub websites: Vec<NewWebsite>,
    /// Passkeys of a login.
    pub passkeys: Vec<NewPasskey>,
    /// When the password of a login was last changed.
    pub password_revision_date: Option<Date>,
    /// Fields that the person made.
    pub fields: Vec<NewField>,
    /// Earlier passwords and when each was last used, newest first.
    pub password_history: Vec<(Secret, Date)>,
}

/// A website of a login.
pub struct NewWebsite {
    /// Its address.
    pub uri: String,
    /// How addresses are compared; nothing for the default of the account.
    pub match_rule: Option<UriMatch>,
}

/// A passkey of a login.
pub struct NewPasskey {
    /// Values by the wire's name (protocol.md §3.5, fido2Credentials).
    pub values: Vec<(&'static str, Secret)>,
    /// When it was made.
    pub creation_date: Date,
}

/// A field that the person made.
pub struct NewField {
    /// Text, hidden, boolean (`true`, `false`) or linked.
    pub kind: FieldType,
    /// Its name.
    pub name: String,
    /// Its value; nothing for a linked field.
    pub value: Option<Secret>,
    /// Of a linked field: the member it stands for (protocol.md §3.5, linkedId).
    pub linked_id: Option<i32>,
}

/// Which key seals the members of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealWith {
    /// A new key of the item's own, wrapped by the owner's key: what current clients write.
    ItemKey,
    /// The owner's key itself, for servers before 2024.2.
    OwnerKey,
}

/// The body that creates or changes an item. Everything in it is sealed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CipherRequest {
    /// What kind of item.
    #[serde(rename = "type")]
    pub kind: ItemKind,
    /// Its organization.
    pub organization_id: Option<Uuid>,
    /// Its folder.
    pub folder_id: Option<Uuid>,
    /// Marked by the person.
    pub favorite: bool,
    /// Asks for the master password first.
    pub reprompt: Reprompt,
    /// The item's own key, wrapped.
    pub key: Option<String>,
    /// Sealed.
    pub name: String,
    /// Sealed.
    pub notes: Option<String>,
    /// Custom fields with sealed names and values.
    pub fields: Vec<Value>,
    /// Earlier passwords, sealed.
    pub password_history: Vec<Value>,
    /// The member of the kind (`login`, `card`, …).
    #[serde(flatten)]
    pub payload: Map<String, Value>,
    /// The revision that is being replaced; the server refuses to overwrite a newer one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_known_revision_date: Option<Date>,
    /// The user whose key sealed it; the server refuses a mix-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_for: Option<Uuid>,
}

/// Why an item cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealItemError {
    /// A kind this version does not know: it could only be written incompletely.
    #[error("items of kind {0} need a newer version")]
    UnknownKind(i32),
    /// A value, website or passkey that the kind does not have.
    #[error("items of this kind have no {0}")]
    NoSuchMember(&'static str),
    /// The server would refuse it.
    #[error("{0} is too long")]
    TooLong(&'static str),
}

impl NewItem {
    /// An item with nothing but a name, in one's own vault.
    pub fn new(kind: ItemKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            organization_id: None,
            folder_id: None,
            favorite: false,
            reprompt: false,
            name: name.into(),
            notes: None,
            values: Vec::new(),
            websites: Vec::new(),
            passkeys: Vec::new(),
            password_revision_date: None,
            fields: Vec::new(),
            password_history: Vec::new(),
        }
    }
}

/// Seals `item` for its owner, whose key is `owner` (user key or organization key).
pub fn seal_item(
    item: &NewItem,
    owner: &SymmetricKey,
    with: SealWith,
) -> Result<CipherRequest, SealItemError> {
    let member = kind_member(item.kind).ok_or(SealItemError::UnknownKind(item.kind.0))?;
    let own_key = (with == SealWith::ItemKey).then(|| make_item_key(owner));
    let key = own_key.as_ref().map_or(owner, |(own_key, _)| own_key);
    let mut payload = Map::new();
    payload.insert(member.to_owned(), Value::Object(seal_payload(item, key, with)?));
    let fields = item.fields.iter().map(|field| {
        Ok(json!({
            "type": field.kind,
            "name": seal(key, "the name of a field", &field.name, MAX_NAME)?,
            "value": seal_secret(key, "the value of a field", field.value.as_ref())?,
            "linkedId": field.linked_id,
        }))
    });
    let history = item.password_history.iter().map(|(password, last_used)| {
        let password = seal_secret(key, "an earlier password", Some(password))?;
        Ok(json!({ "password": password, "lastUsedDate": last_used }))
    });
    let notes = item.notes.as_ref().map(|notes| seal(key, "the note", notes.expose(), MAX_NOTES));
    Ok(CipherRequest {
        kind: item.kind,
        organization_id: item.organization_id,
        folder_id: item.folder_id,
        favorite: item.favorite,
        reprompt: if item.reprompt { Reprompt::PASSWORD } else { Reprompt::NONE },
        name: seal(key, "the name", &item.name, MAX_NAME)?,
        notes: notes.transpose()?,
        fields: fields.collect::<Result<_, _>>()?,
        password_history: history.collect::<Result<_, _>>()?,
        key: own_key.as_ref().map(|(_, wrapped)| wrapped.clone()),
        payload,
        last_known_revision_date: None,
        encrypted_for: None,
    })
}

fn seal_payload(
    item: &NewItem,
    key: &SymmetricKey,
    with: SealWith,
) -> Result<Map<String, Value>, SealItemError> {
    let mut payload = seal_values(&item.values, kind_fields(item.kind), key)?;
    match item.kind {
        ItemKind::LOGIN => {
            let uris = item.websites.iter().map(|website| seal_website(website, key, with));
            let passkeys = item.passkeys.iter().map(|passkey| {
                let mut sealed = seal_values(&passkey.values, PASSKEY, key)?;
                sealed.insert("creationDate".to_owned(), json!(passkey.creation_date));
                Ok(Value::Object(sealed))
            });
            payload.insert("uris".to_owned(), uris.collect::<Result<_, _>>()?);
            payload.insert("fido2Credentials".to_owned(), passkeys.collect::<Result<_, _>>()?);
            payload.insert("passwordRevisionDate".to_owned(), json!(item.password_revision_date));
        }
        _ if !item.websites.is_empty() => return Err(SealItemError::NoSuchMember("websites")),
        _ if !item.passkeys.is_empty() => return Err(SealItemError::NoSuchMember("passkeys")),
        ItemKind::SECURE_NOTE => {
            payload.insert("type".to_owned(), json!(0));
        }
        _ => {}
    }
    Ok(payload)
}

fn seal_values(
    values: &[(&'static str, Secret)],
    members: &[(&'static str, crate::FieldKind)],
    key: &SymmetricKey,
) -> Result<Map<String, Value>, SealItemError> {
    if let Some((name, _)) = values.iter().find(|(name, _)| members.iter().all(|(member, _)| member != name))
    {
        return Err(SealItemError::NoSuchMember(name));
    }
    members
        .iter()
        .map(|(member, _)| {
            let value = values.iter().find(|(name, _)| name == member).map(|(_, value)| value);
            Ok(((*member).to_owned(), json!(seal_secret(key, member, value)?)))
        })
        .collect()
}

fn seal_website(website: &NewWebsite, key: &SymmetricKey, with: SealWith) -> Result<Value, SealItemError> {
    // A server could move a website from one item of the same key to another: the checksum binds it (§2.7).
    let checksum = (with == SealWith::ItemKey).then(|| key.seal_text(&uri_checksum(&website.uri)));
    Ok(json!({
        "uri": seal(key, "a website", &website.uri, MAX_NOTES)?,
        "uriChecksum": checksum,
        "match": website.match_rule,
    }))
}

fn seal_secret(
    key: &SymmetricKey,
    what: &'static str,
    value: Option<&Secret>,
) -> Result<Option<String>, SealItemError> {
    value.map(|value| seal(key, what, value.expose(), MAX_VALUE)).transpose()
}

fn seal(key: &SymmetricKey, what: &'static str, text: &str, limit: usize) -> Result<String, SealItemError> {
    // Sealing only grows a text: what is too long already need not be sealed to know it.
    if text.len() > limit {
        return Err(SealItemError::TooLong(what));
    }
    let sealed = key.seal_text(text);
    if sealed.len() > limit { Err(SealItemError::TooLong(what)) } else { Ok(sealed) }
}
