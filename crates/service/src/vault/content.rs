//! What is accepted as the content of an item: every text an encrypted string of bounded length, every member known.
//!
//! The lengths are those of the official server (protocol.md §0, Limits). What the protocol does not name is dropped, as
//! it is there.

mod sections;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portico_protocol::Date;
use portico_protocol::casing::camel_keys;
use portico_protocol::enc_string::{COSE_TYPE, EncString};
use serde_json::{Map, Value, json};

use super::request::ItemRequest;
use crate::error::ApiError;
use sections::{Text, fido2_credential, section, uri};

/// Characters of all that is kept of one item.
const ITEM_LIMIT: usize = 500_000;

/// An item's own part, ready to be kept: JSON as it goes out again.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) kind: i32,
    /// `None` for an item that is [`opaque`](Self::opaque).
    pub(crate) name: Option<String>,
    pub(crate) notes: Option<String>,
    /// The whole item as one sealed text, of whose inside the server knows nothing (protocol.md §2.9): in place of
    /// everything else.
    pub(crate) opaque: Option<String>,
    /// The member that belongs to the type.
    pub(crate) section: Map<String, Value>,
    pub(crate) fields: Option<Vec<Value>>,
    pub(crate) password_history: Option<String>,
}

impl Content {
    pub(super) fn checked(request: &mut ItemRequest, structured: Option<Value>) -> Result<Content, ApiError> {
        let Some((member, texts)) = section(request.kind) else {
            return Err(ApiError::invalid("Type", "The field Type is invalid."));
        };
        let is_bare = request.name.is_none() && !matches!(structured, Some(Value::Object(_)));
        if let Some(sealed) = request.data.take_if(|data| is_bare && is_sealed(data)) {
            return Content::opaque(request.kind, sealed);
        }
        let mut given = match structured {
            Some(Value::Object(given)) => Some(given),
            Some(Value::Null) | None => None,
            Some(_) => return Err(ApiError::invalid(member, "It has to be an object.")),
        };
        if let Some(data) = request.data.take() {
            given = Some(unpack(request, &data)?);
        }
        let Some(mut given) = given else {
            return Err(ApiError::invalid(member, format!("The {member} field is required for this type.")));
        };

        let name =
            request.name.take().ok_or_else(|| ApiError::invalid("Name", "The Name field is required."))?;
        check_name(&name)?;
        if let Some(notes) = &request.notes {
            check_text("Notes", 10_000, notes)?;
        }
        // The one name that is all capitals in the other habit.
        if let Some(ssn) = given.remove("sSN") {
            given.entry("ssn").or_insert(ssn);
        }
        let mut section = checked_texts(&mut given, texts)?;
        match request.kind {
            1 => check_login(&mut given, &mut section)?,
            2 => check_note(&mut given, &mut section)?,
            _ => {}
        }
        let content = Content {
            kind: request.kind,
            name: Some(name),
            notes: request.notes.take(),
            opaque: None,
            section,
            fields: request.fields.take().map(|fields| list("Fields", fields, field)).transpose()?.flatten(),
            password_history: request
                .password_history
                .take()
                .map(|history| list("PasswordHistory", history, earlier_password))
                .transpose()?
                .flatten()
                .map(|history| Value::Array(history).to_string()),
        };
        if content.length() > ITEM_LIMIT {
            return Err(ApiError::refused("The item is too large."));
        }
        Ok(content)
    }

    /// An item of the second version of account encryption, kept as it came.
    fn opaque(kind: i32, sealed: String) -> Result<Content, ApiError> {
        if sealed.len() > ITEM_LIMIT {
            return Err(ApiError::refused("The item is too large."));
        }
        Ok(Content {
            kind,
            name: None,
            notes: None,
            opaque: Some(sealed),
            section: Map::new(),
            fields: None,
            password_history: None,
        })
    }

    fn length(&self) -> usize {
        let fields = self.fields.iter().flatten().map(|field| field.to_string().len()).sum::<usize>();
        let history = self.password_history.as_ref().map_or(0, String::len);
        let section = serde_json::to_string(&self.section).map_or(0, |text| text.len());
        let name = self.name.as_ref().map_or(0, String::len);
        name + self.notes.as_ref().map_or(0, String::len) + section + fields + history
    }
}

/// Whether `data` is no JSON but one sealed text: an encrypted string, or base64 of a sealed structure.
fn is_sealed(data: &str) -> bool {
    let is_base64 = || !data.is_empty() && STANDARD.decode(data).is_ok();
    check_text("Data", ITEM_LIMIT, data).is_ok() || is_base64()
}

/// The newer form: everything in one JSON text with PascalCase keys, in place of the structured members.
fn unpack(request: &mut ItemRequest, data: &str) -> Result<Map<String, Value>, ApiError> {
    let refused = || ApiError::invalid("Data", "The field Data is not the JSON of an item.");
    if data.len() > ITEM_LIMIT {
        return Err(ApiError::refused("The item is too large."));
    }
    let Ok(Value::Object(mut data)) = serde_json::from_str(data).map(camel_keys) else {
        return Err(refused());
    };
    let mut text = |member: &str| match data.remove(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(refused()),
    };
    // What it says nothing of stays as it stands beside it.
    request.name = text("name")?.or(request.name.take());
    request.notes = text("notes")?.or(request.notes.take());
    request.fields = data.remove("fields").or(request.fields.take());
    request.password_history = data.remove("passwordHistory").or(request.password_history.take());
    Ok(data)
}

fn check_login(given: &mut Map<String, Value>, login: &mut Map<String, Value>) -> Result<(), ApiError> {
    const REVISED: &str = "Login.PasswordRevisionDate";
    login.insert("passwordRevisionDate".into(), date(REVISED, given.remove("passwordRevisionDate"))?);
    let autofill = match given.remove("autofillOnPageLoad") {
        None => Value::Null,
        Some(autofill @ (Value::Null | Value::Bool(_))) => autofill,
        Some(_) => return Err(ApiError::invalid("Login.AutofillOnPageLoad", "It has to be true or false.")),
    };
    login.insert("autofillOnPageLoad".into(), autofill);
    let mut uris = list("Login.Uris", given.remove("uris").unwrap_or(Value::Null), |mut given| {
        let mut checked = checked_texts(&mut given, uri())?;
        checked.insert("match".into(), number("Login.Uris", given.remove("match"), 0..=255)?);
        Ok(checked)
    })?;
    // The older member is the first of the newer one, whichever of them the client sent (protocol.md §3.5).
    let sent = login.remove("uri").filter(|uri| !uri.is_null());
    if let Some(uri) = sent.filter(|_| uris.as_ref().is_none_or(Vec::is_empty)) {
        uris = Some(vec![json!({"uri": uri, "uriChecksum": null, "match": null})]);
    }
    let first = uris.as_ref().and_then(|uris| uris.first()).map(|first| first["uri"].clone());
    login.insert("uri".into(), first.unwrap_or(Value::Null));
    login.insert("uris".into(), uris.map_or(Value::Null, Value::Array));
    let passkeys = given.remove("fido2Credentials").unwrap_or(Value::Null);
    let passkeys = list("Login.Fido2Credentials", passkeys, |mut given| {
        let mut checked = checked_texts(&mut given, fido2_credential())?;
        let created = date("Login.Fido2Credentials", given.remove("creationDate"))?;
        checked.insert("creationDate".into(), created);
        Ok(checked)
    })?;
    login.insert("fido2Credentials".into(), passkeys.map_or(Value::Null, Value::Array));
    Ok(())
}

fn check_note(given: &mut Map<String, Value>, note: &mut Map<String, Value>) -> Result<(), ApiError> {
    match given.remove("type") {
        None => {}
        Some(Value::Number(kind)) if kind.as_i64() == Some(0) => {}
        Some(_) => return Err(ApiError::invalid("SecureNote.Type", "The field Type is invalid.")),
    }
    note.insert("type".into(), 0.into());
    Ok(())
}

fn field(mut given: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    let mut checked = checked_texts(&mut given, sections::field())?;
    let kind = match number("Fields", given.remove("type"), 0..=255)? {
        Value::Null => 0.into(),
        kind => kind,
    };
    checked.insert("type".into(), kind);
    checked.insert("linkedId".into(), number("Fields", given.remove("linkedId"), 0..=i64::from(i32::MAX))?);
    Ok(checked)
}

fn earlier_password(mut given: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    let mut checked = checked_texts(&mut given, sections::earlier_password())?;
    let used = date("PasswordHistory", given.remove("lastUsedDate"))?;
    if used.is_null() || checked.values().any(Value::is_null) {
        return Err(ApiError::invalid("PasswordHistory", "An earlier password has a password and a date."));
    }
    checked.insert("lastUsedDate".into(), used);
    Ok(checked)
}

/// An array of objects; null stays null.
fn list(
    field: &'static str,
    value: Value,
    check: impl Fn(Map<String, Value>) -> Result<Map<String, Value>, ApiError>,
) -> Result<Option<Vec<Value>>, ApiError> {
    let entries = match value {
        Value::Null => return Ok(None),
        Value::Array(entries) => entries,
        _ => return Err(ApiError::invalid(field, "It has to be an array.")),
    };
    let checked = entries.into_iter().map(|entry| match entry {
        Value::Object(entry) => check(entry).map(Value::Object),
        _ => Err(ApiError::invalid(field, "An entry has to be an object.")),
    });
    checked.collect::<Result<_, _>>().map(Some)
}

fn checked_texts(given: &mut Map<String, Value>, texts: &[Text]) -> Result<Map<String, Value>, ApiError> {
    let mut checked = Map::new();
    for text in texts {
        let value = match given.remove(text.member) {
            None | Some(Value::Null) => Value::Null,
            Some(Value::String(value)) => {
                check_text(text.field, text.limit, &value)?;
                Value::String(value)
            }
            Some(_) => return Err(not_encrypted(text.field)),
        };
        checked.insert(text.member.into(), value);
    }
    Ok(checked)
}

fn number(
    field: &'static str,
    value: Option<Value>,
    range: std::ops::RangeInclusive<i64>,
) -> Result<Value, ApiError> {
    match value {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(Value::Number(number)) if number.as_i64().is_some_and(|number| range.contains(&number)) => {
            Ok(Value::Number(number))
        }
        Some(_) => Err(ApiError::invalid(field, "A number is out of range.")),
    }
}

fn date(field: &'static str, value: Option<Value>) -> Result<Value, ApiError> {
    match value {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(Value::String(text)) if Date(text.clone()).parse().is_ok() => Ok(Value::String(text)),
        Some(_) => Err(ApiError::invalid(field, "It has to be a date.")),
    }
}

/// The name of an item, a folder or a file.
pub(crate) fn check_name(name: &str) -> Result<(), ApiError> {
    check_text("Name", 1000, name)
}

/// Whether `text` looks like an encrypted string (types 0 to 7, the right number of parts, base64) and fits its column.
pub(crate) fn check_text(field: &'static str, limit: usize, text: &str) -> Result<(), ApiError> {
    if text.len() > limit {
        let problem =
            format!("The field {field} exceeds the maximum encrypted value length of {limit} characters.");
        return Err(ApiError::Invalid { field, problem });
    }
    let parsed = EncString::parse(text).map_err(|_| not_encrypted(field))?;
    if let EncString::Other { kind, text } = parsed {
        let parts = text.split('|').count();
        if !(kind == COSE_TYPE && parts == 1 || kind == 1 && parts == 3) {
            return Err(not_encrypted(field));
        }
    }
    parsed.check_base64().map_err(|_| not_encrypted(field))
}

fn not_encrypted(field: &'static str) -> ApiError {
    ApiError::invalid(field, format!("{field} is not a valid encrypted string."))
}
