//! Tags on clients: local to the person, so that nothing is asked of the server.

use portico_profile::Picture;
use tauri::{AppHandle, State};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{blocking, id, open};
use crate::{
    dto::tags::{ClientTags, TagsChange, TagsTarget},
    failure::Answer,
    shell::{Open, Shell},
    syncing, views,
};

#[tauri::command]
pub async fn client_tags(shell: State<'_, Shell>, target: TagsTarget) -> Answer<ClientTags> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let clients = clients_of(&open, &picture, &target)?;
        let (tags, lost) = views::tags::readable(&open)?;
        let name = match clients[..] {
            [(_, name)] => Some(name.to_owned()),
            _ => None,
        };
        let counts = tags.counts(clients.iter().map(|(id, _)| *id));
        Ok(ClientTags {
            clients: views::count(clients.len()),
            name,
            tags: counts.iter().map(views::tags::counted).collect(),
            lost,
        })
    })
    .await
}

/// Lists and heads are asked for again.
#[tauri::command]
pub async fn change_tags(app: AppHandle, shell: State<'_, Shell>, change: TagsChange) -> Answer<()> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let clients: Vec<Uuid> =
            clients_of(&open, &picture, &change.target)?.into_iter().map(|(id, _)| id).collect();
        open.unlocked.change_tags(&clients, &change.add, &change.remove)?;
        syncing::show_picture(&app, &open);
        Ok(())
    })
    .await
}

/// On every client that carries it.
#[tauri::command]
pub async fn rename_tag(app: AppHandle, shell: State<'_, Shell>, name: String, to: String) -> Answer<()> {
    let open = open(&shell)?;
    blocking(move || {
        open.unlocked.rename_tag(&name, &to)?;
        syncing::show_picture(&app, &open);
        Ok(())
    })
    .await
}

/// From every client that carries it.
#[tauri::command]
pub async fn delete_tag(app: AppHandle, shell: State<'_, Shell>, name: String) -> Answer<()> {
    let open = open(&shell)?;
    blocking(move || {
        open.unlocked.delete_tag(&name)?;
        syncing::show_picture(&app, &open);
        Ok(())
    })
    .await
}

/// The clients that it is about, with their names.
fn clients_of<'p>(open: &Open, picture: &'p Picture, target: &TagsTarget) -> Answer<Vec<(Uuid, &'p str)>> {
    match target {
        TagsTarget::Client { organization_id } => {
            let (_, row) = views::clients::managed(picture, id(organization_id)?)?;
            Ok(vec![(row.organization_id, &row.name)])
        }
        TagsTarget::Chosen { query, selection } => {
            let rows = views::clients::rows_of(picture, &query.provider_id)?;
            let (tags, _) = views::tags::readable(open)?;
            let chosen = views::clients::chosen(rows, &tags, query, selection, OffsetDateTime::now_utc());
            Ok(chosen.into_iter().map(|row| (row.organization_id, row.name.as_str())).collect())
        }
    }
}
