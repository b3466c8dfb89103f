//! The vault as our client opens it: every field of every item, against the truth.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use portico_profile::Picture;
use portico_vault::{FieldLabel, Item, ItemOverview, Opened, RevealError, Shown};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::differences::Differences;

pub fn compare(picture: &Picture, truth: &Value, differences: &mut Differences) {
    let theirs = truth["items"].as_array().unwrap();
    // What a server's list holds besides items is kept in view, as what it is.
    let ours: HashMap<String, &ItemOverview> = picture
        .items()
        .iter()
        .filter(|item| !item.is_unread())
        .map(|item| (item.id.to_string(), item))
        .collect();
    differences.same(|| "number of items".to_owned(), ours.len(), theirs.len());
    for item in theirs {
        match ours.get(item["id"].as_str().unwrap()) {
            Some(overview) => compare_item(picture, overview, item, truth["odd"] == true, differences),
            None => differences.note(format!("item {} {} is missing", item["id"], item["name"])),
        }
    }
    let folders: BTreeMap<String, Value> = picture
        .names()
        .unwrap()
        .folders
        .iter()
        .map(|(id, name)| (id.to_string(), name.value().map_or(Value::Null, |name| name.as_str().into())))
        .collect();
    let of_truth = |list: &Value| -> BTreeMap<String, Value> {
        list.as_array().unwrap().iter().map(|one| (text(&one["id"]), one["name"].clone())).collect()
    };
    differences.same(|| "folders".to_owned(), folders, of_truth(&truth["folders"]));
}

fn compare_item(
    picture: &Picture,
    overview: &ItemOverview,
    truth: &Value,
    odd: bool,
    differences: &mut Differences,
) {
    let item = picture.item(overview.id).unwrap();
    let what = |member: &str| format!("item {} ({}).{member}", truth["id"], truth["name"]);
    let unreadable = truth["unreadable"] == true;
    let name = overview.name.value().map_or(Value::Null, |name| Value::from(name.as_str()));
    differences.same(|| what("name"), &name, &truth["name"]);
    // An entry of one of its lists that is none makes an item that must not be edited, or it would lose that entry.
    if !odd {
        differences.same(|| what("unreadable"), item.has_unreadable_parts(), unreadable);
    }
    differences.same(|| what("type"), serde_json::to_value(overview.kind).unwrap(), truth["type"].clone());
    let id = |id: Option<uuid::Uuid>| id.map_or(Value::Null, |id| id.to_string().into());
    differences.same(|| what("organizationId"), &id(overview.organization_id), &truth["organizationId"]);
    differences.same(|| what("folderId"), &id(overview.folder_id), &truth["folderId"]);
    let collections: Vec<Value> = overview.collection_ids.iter().map(|id| id.to_string().into()).collect();
    differences.same(|| what("collectionIds"), &Value::from(collections), &truth["collectionIds"]);
    differences.same(|| what("favorite"), Value::from(overview.favorite), truth["favorite"].clone());
    differences.same(|| what("reprompt"), overview.reprompt, truth["reprompt"] != 0);
    differences.same(|| what("edit"), Value::from(overview.edit), truth["edit"].clone());
    differences.same(
        || what("viewPassword"),
        Value::from(overview.view_password),
        truth["viewPassword"].clone(),
    );
    differences.same(|| what("totp"), overview.has_totp, truth["login"]["totp"].is_string());
    differences.same(|| what("revisionDate"), overview.revision_date, moment(&truth["revisionDate"]));
    differences.same(|| what("creationDate"), overview.creation_date, moment(&truth["creationDate"]));
    differences.same(|| what("deletedDate"), overview.deleted_date, moment(&truth["deletedDate"]));
    differences.same(|| what("archivedDate"), overview.archived_date, moment(&truth["archivedDate"]));
    if truth["login"].is_object() {
        let changed = &truth["login"]["passwordRevisionDate"];
        let ours = item.password_revision_date().map(OffsetDateTime::truncate_to_microsecond);
        differences.same(|| what("passwordRevisionDate"), ours, moment(changed));
    }
    let fields = fields_of(&item);
    let expected = expected_fields(truth);
    for id in fields.keys().chain(expected.keys()).collect::<BTreeSet<_>>() {
        differences.same(|| what(id), fields.get(id), expected.get(id));
    }
    for code in truth["codes"].as_array().unwrap() {
        let ours = item.totp_code(code["at"].as_u64().unwrap()).map(|code| code.code.expose().to_owned());
        match truth["viewPassword"] == true {
            true => differences.same(|| what("code"), ours.ok().as_deref(), code["code"].as_str()),
            false => differences.same(|| what("code is withheld"), ours.is_err(), true),
        }
    }
    compare_files(&item, truth, differences);
}

fn compare_files(item: &Item, truth: &Value, differences: &mut Differences) {
    let ours: BTreeMap<String, Option<String>> =
        item.attachments().iter().map(|file| (file.id.clone(), file.file_name.value().cloned())).collect();
    let theirs = truth["attachments"].as_array().map(Vec::as_slice).unwrap_or_default();
    let theirs = theirs.iter().map(|file| (text(&file["id"]), Some(text(&file["fileName"])))).collect();
    differences.same(|| format!("files of {}", truth["id"]), ours, theirs);
}

/// A field as both sides can say it.
#[derive(Debug, PartialEq, Default)]
struct Told {
    value: Option<String>,
    withheld: bool,
    name: Option<String>,
    rule: Value,
    linked: Option<&'static str>,
    last_used: Option<String>,
}

/// What our client says of each field, by the name that the protocol gives it.
fn fields_of(item: &Item) -> BTreeMap<String, Told> {
    let mut places = Places::default();
    let fields = item.fields().filter_map(|field| {
        let (name, named) = match field.label {
            FieldLabel::Named(Some(Opened::Value(name))) => (Some(name.clone()), true),
            FieldLabel::Named(_) => (None, true),
            FieldLabel::Known(_) => (None, false),
        };
        // An entry of the list that is none of the protocol's.
        if named && name.is_none() && matches!(field.shown, Shown::Nothing) {
            return None;
        }
        let (value, withheld) = match item.reveal(field.id) {
            Ok(value) => (Some(value.expose().to_owned()), false),
            Err(RevealError::Withheld) => (None, true),
            Err(RevealError::NoSuchField) => (None, false),
            Err(RevealError::Unreadable(reason)) => (Some(format!("unreadable: {reason:?}")), false),
        };
        let told = Told {
            value,
            withheld,
            name,
            rule: serde_json::to_value(field.match_rule).unwrap(),
            linked: field.linked_to,
            last_used: field.last_used.map(str::to_owned),
        };
        Some((places.renumbered(&field.id.0), told))
    });
    fields.collect()
}

/// Entries of lists are counted anew: what stands between them in a list and is no entry takes no number.
#[derive(Default)]
struct Places(HashMap<String, Vec<String>>);

impl Places {
    fn renumbered(&mut self, id: &str) -> String {
        let mut before = String::new();
        let mut parts = id.split('.').map(|part| {
            let shown = match part.parse::<usize>() {
                Ok(_) => {
                    let seen = self.0.entry(before.clone()).or_default();
                    if !seen.iter().any(|one| one == part) {
                        seen.push(part.to_owned());
                    }
                    seen.iter().position(|one| one == part).unwrap_or_default().to_string()
                }
                Err(_) => part.to_owned(),
            };
            before = format!("{before}.{part}");
            shown
        });
        let first = parts.next().unwrap_or_default();
        parts.fold(first, |whole, part| format!("{whole}.{part}"))
    }
}

/// What viewPassword keeps back: what a person could sign in or pay with.
const HIDDEN: [&str; 13] = [
    "login.password",
    "login.totp",
    "card.number",
    "card.code",
    "identity.ssn",
    "identity.passportNumber",
    "identity.licenseNumber",
    "sshKey.privateKey",
    "bankAccount.accountNumber",
    "bankAccount.pin",
    "driversLicense.licenseNumber",
    "passport.passportNumber",
    "passport.nationalIdentificationNumber",
];

fn expected_fields(truth: &Value) -> BTreeMap<String, Told> {
    let mut fields = BTreeMap::new();
    let may_see = truth["viewPassword"] == true;
    let mut put = |id: String, value: &Value, hidden: bool, more: Told| {
        if value.is_null() && more.name.is_none() {
            return;
        }
        let value = value.as_str().map(str::to_owned);
        let withheld = hidden && !may_see && value.is_some();
        fields.insert(id, Told { value: value.filter(|_| !withheld), withheld, ..more });
    };
    let kinds = ["login", "card", "identity", "sshKey", "bankAccount", "driversLicense", "passport"];
    for kind in kinds {
        for (name, value) in truth[kind].as_object().unwrap_or(&Map::new()) {
            let id = format!("{kind}.{name}");
            if (value.is_string() || value.is_null()) && name != "passwordRevisionDate" {
                put(id.clone(), value, HIDDEN.contains(&id.as_str()), Told::default());
            }
        }
    }
    for (place, website) in list(&truth["login"]["uris"]) {
        let rule = website["match"].clone();
        put(format!("login.uris.{place}"), &website["uri"], false, Told { rule, ..Told::default() });
    }
    for (place, passkey) in list(&truth["login"]["fido2Credentials"]) {
        for (name, value) in passkey.as_object().unwrap().iter().filter(|(name, _)| *name != "creationDate") {
            let hidden = ["credentialId", "keyValue", "userHandle"].contains(&name.as_str());
            put(format!("login.fido2Credentials.{place}.{name}"), value, hidden, Told::default());
        }
    }
    put("notes".to_owned(), &truth["notes"], false, Told::default());
    for (place, field) in list(&truth["fields"]) {
        // Text, boolean and linked ones are open; numbers of a later server are treated as hidden.
        let hidden = !matches!(field["type"].as_i64(), Some(0 | 2 | 3));
        let name = field["name"].as_str().map(str::to_owned);
        let linked = field["linkedId"].as_i64().and_then(linked);
        put(format!("fields.{place}"), &field["value"], hidden, Told { name, linked, ..Told::default() });
    }
    for (place, earlier) in list(&truth["passwordHistory"]) {
        let last_used = earlier["lastUsedDate"].as_str().map(str::to_owned);
        put(
            format!("passwordHistory.{place}"),
            &earlier["password"],
            true,
            Told { last_used, ..Told::default() },
        );
    }
    fields
}

/// protocol.md §3.5, of the numbers that the strange server uses.
fn linked(number: i64) -> Option<&'static str> {
    Some(match number {
        100 => "login.username",
        101 => "login.password",
        300 => "card.cardholderName",
        301 => "card.expMonth",
        302 => "card.expYear",
        303 => "card.code",
        304 => "card.brand",
        305 => "card.number",
        400 => "identity.title",
        405 => "identity.city",
        412 => "identity.ssn",
        416 => "identity.firstName",
        418 => "identity.fullName",
        _ => return None,
    })
}

fn list(value: &Value) -> impl Iterator<Item = (usize, &Value)> {
    value.as_array().map(Vec::as_slice).unwrap_or_default().iter().enumerate()
}

fn moment(date: &Value) -> Option<OffsetDateTime> {
    let date = OffsetDateTime::parse(date.as_str()?, &Rfc3339).unwrap();
    // What is kept of it, beside the date as it came.
    Some(date.truncate_to_microsecond())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
