//! Providers, clients and logs as our client keeps them, against the truth.

use portico_profile::{EventStream, Picture, Unlocked};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::differences::Differences;

pub fn compare(unlocked: &Unlocked, truth: &Value, differences: &mut Differences) {
    let picture = unlocked.picture();
    let ours = picture.providers().unwrap();
    let theirs = truth["providers"].as_array().unwrap();
    differences.same(|| "number of providers".to_owned(), ours.len(), theirs.len());
    for provider in theirs {
        let Some(view) = ours.iter().find(|ours| ours.provider.id == id(provider)) else {
            differences.note(format!("provider {} is missing", provider["name"]));
            continue;
        };
        differences.same(
            || "provider".to_owned(),
            &Value::from(view.provider.name.as_str()),
            &provider["name"],
        );
        let is_admin = provider["type"] == 0;
        match &view.team {
            Some(team) if is_admin => {
                differences.by_id("team", &written(team), &provider["users"], &[]);
            }
            None if !is_admin => {}
            team => differences.note(format!(
                "team of {}: {:?} people",
                provider["name"],
                team.as_ref().map(Vec::len)
            )),
        }
        let clients = provider["clients"].as_array().unwrap();
        differences.same(|| "number of clients".to_owned(), view.rows.len(), clients.len());
        for client in clients {
            let organization = &client["organization"];
            match view.rows.iter().find(|row| row.organization_id == id(organization)) {
                Some(row) => {
                    let row = json!({"id": row.provider_organization_id.to_string(), "name": row.name, "assigned": row.assigned,
                        "used": row.used, "remaining": row.remaining, "confirmed": row.confirmed, "fresh": row.freshness.stale.is_none()});
                    differences.members("client", &row, &expected_row(client));
                }
                None => differences.note(format!("client {} is missing", organization["name"])),
            }
            compare_client(&picture, organization, true, differences);
            let log = &organization["events"];
            compare_log(unlocked, EventStream::Organization(id(organization)), log, differences);
        }
        let log = if is_admin { provider["events"].clone() } else { json!([]) };
        compare_log(unlocked, EventStream::Provider(id(provider)), &log, differences);
    }
    compare_own(&picture, truth, differences);
}

fn expected_row(client: &Value) -> Value {
    let organization = &client["organization"];
    let among = |statuses: &[i64]| {
        let members = organization["members"].as_array().unwrap();
        members.iter().filter(|member| statuses.contains(&member["status"].as_i64().unwrap())).count() as i64
    };
    let used = among(&[0, 1, 2]);
    json!({"id": client["id"], "name": organization["name"], "assigned": organization["seats"], "used": used,
        "remaining": organization["seats"].as_i64().map(|seats| seats - used), "confirmed": among(&[2]), "fresh": true})
}

fn compare_client(picture: &Picture, truth: &Value, tells_plan: bool, differences: &mut Differences) {
    let name = truth["name"].as_str().unwrap();
    let Some(client) = picture.client(id(truth)).unwrap() else {
        differences.note(format!("nothing is kept of {name}"));
        return;
    };
    let organization = serde_json::to_value(&client.organization).unwrap();
    let settings = [
        "name",
        "seats",
        "limitCollectionCreation",
        "limitCollectionDeletion",
        "limitItemDeletion",
        "allowAdminAccessToAllCollectionItems",
    ];
    for setting in settings {
        differences.same(|| format!("{name}.{setting}"), &organization[setting], &truth[setting]);
    }
    // The plan is told to owners and to staff of the provider.
    if tells_plan {
        differences.same(|| format!("{name}.planType"), &organization["planType"], &truth["planType"]);
    }
    differences.members(&format!("{name} plan"), &organization, &truth["flags"]);
    differences.by_id(&format!("{name} member"), &written(&client.members), &truth["members"], &[]);
    differences.by_id(&format!("{name} group"), &written(&client.groups), &truth["groups"], &[]);
    let collections: Vec<Value> = client
        .collections
        .iter()
        .map(|one| json!({"id": one.id.to_string(), "name": one.name.text(), "externalId": one.external_id, "type": one.kind,
            "defaultUserCollectionEmail": one.default_user_collection_email}))
        .collect();
    differences.by_id(&format!("{name} collection"), &collections, &truth["collections"], &[]);
    let by_type = |policies: &[Value]| -> Value {
        policies
            .iter()
            .map(|policy| {
                let told = json!({"enabled": policy["enabled"], "data": policy["data"]});
                (policy["type"].to_string(), told)
            })
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let (ours, theirs) =
        (by_type(&written(&client.policies)), by_type(truth["policies"].as_array().unwrap()));
    differences.members(&format!("{name} policy"), &ours, &theirs);
    differences.same(
        || format!("{name} number of policies"),
        client.policies.len(),
        truth["policies"].as_array().unwrap().len(),
    );
}

fn compare_log(unlocked: &Unlocked, stream: EventStream, truth: &Value, differences: &mut Differences) {
    let log = unlocked.events(stream).unwrap();
    // Without dates a server answers with the last thirty days.
    let since = OffsetDateTime::now_utc() - Duration::days(30);
    let recent =
        |event: &&Value| OffsetDateTime::parse(event["date"].as_str().unwrap(), &Rfc3339).unwrap() > since;
    let theirs: Vec<Value> = truth.as_array().unwrap().iter().filter(recent).cloned().collect();
    let ours = written(&log.events);
    differences.same(|| format!("length of the log of {stream:?}"), ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        differences.members(&format!("log of {stream:?}"), ours, theirs);
    }
    differences.same(|| format!("gaps in the log of {stream:?}"), log.gaps.len(), 0);
}

/// Organizations of which the person is a member; those that the person administers are read like clients.
fn compare_own(picture: &Picture, truth: &Value, differences: &mut Differences) {
    let ours = picture.organizations().unwrap();
    for organization in truth["organizations"].as_array().unwrap() {
        let name = organization["name"].as_str().unwrap();
        let role = &organization["own"]["type"];
        match ours.iter().find(|own| own.id == id(organization)) {
            Some(own) => {
                differences.same(|| format!("role in {name}"), &serde_json::to_value(own.role).unwrap(), role)
            }
            None => differences.note(format!("{name} is missing")),
        }
        if role.as_i64() < Some(2) {
            compare_client(picture, organization, *role == 0, differences);
        }
    }
}

fn written<T: serde::Serialize>(entries: &[T]) -> Vec<Value> {
    entries.iter().map(|entry| serde_json::to_value(entry).unwrap()).collect()
}

fn id(entry: &Value) -> Uuid {
    entry["id"].as_str().unwrap().parse().unwrap()
}
