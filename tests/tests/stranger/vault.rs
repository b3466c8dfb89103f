//! The vault as our client opens it: every field of every item, against the truth.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use portico_profile::Picture;
use portico_tests::fields::{expected_fields, fields_of};
use portico_vault::{Item, ItemOverview};
use serde_json::Value;
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

fn moment(date: &Value) -> Option<OffsetDateTime> {
    let date = OffsetDateTime::parse(date.as_str()?, &Rfc3339).unwrap();
    // What is kept of it, beside the date as it came.
    Some(date.truncate_to_microsecond())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
