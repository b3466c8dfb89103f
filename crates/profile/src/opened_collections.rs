//! What opening a client's collections brings: who was granted which of them (protocol.md §4.4). It replaces what the
//! picture of that client says about collections and grants; members, groups and policies stay as they were read.

use portico_protocol::organization::{
    CollectionAccessDetailsResponse, CollectionResponse, GroupDetailsResponse, OrganizationUserDetails,
    Selection,
};
use uuid::Uuid;

use crate::client_object::{self, ClientPicture};
use crate::intake::{Intake, IntakeError};

impl Intake<'_> {
    /// Takes in the collections of a client, or of an own organization, with everyone who was granted access. Its age
    /// stays: the rest of it was not read. Returns whether its picture is here to take them.
    ///
    /// # Errors
    /// See [`IntakeError`].
    pub fn collections(
        &mut self,
        organization: Uuid,
        collections: &[CollectionAccessDetailsResponse],
    ) -> Result<bool, IntakeError> {
        let known = match self.clients.get(&organization) {
            Some(root) => Some(*root),
            None => self.roots_before()?.get(&organization).copied(),
        };
        let Some(root) = known else { return Ok(false) };
        let mut picture = client_object::read_picture(&self.unlocked.opened.cache, root)?;
        take(&mut picture, collections);
        let client = client_object::put(&mut self.writer, &picture)?;
        self.put_search_text(organization, client, picture)?;
        self.clients.insert(organization, client);
        Ok(true)
    }
}

fn take(picture: &mut ClientPicture, collections: &[CollectionAccessDetailsResponse]) {
    let known = std::mem::take(&mut picture.collections);
    picture.collections = collections
        .iter()
        .map(|details| {
            let before = known.iter().find(|one| one.id == details.id).cloned().unwrap_or_else(|| {
                CollectionResponse { object: "collection".to_owned(), ..CollectionResponse::default() }
            });
            CollectionResponse {
                id: details.id,
                organization_id: details.organization_id,
                name: details.name.clone(),
                external_id: details.external_id.clone(),
                kind: details.kind,
                default_user_collection_email: details.default_user_collection_email.clone(),
                ..before
            }
        })
        .collect();
    for member in &mut picture.members {
        let OrganizationUserDetails { id, collections: held, .. } = member;
        set_grants(held, grants_of(*id, collections, |details| &details.users));
    }
    for group in &mut picture.groups {
        let GroupDetailsResponse { id, collections: held, .. } = group;
        set_grants(held, grants_of(*id, collections, |details| &details.groups));
    }
}

/// Turned round: per collection the server names people and groups, per person and group we keep collections.
fn grants_of(
    who: Uuid,
    collections: &[CollectionAccessDetailsResponse],
    named: impl Fn(&CollectionAccessDetailsResponse) -> &[Selection],
) -> Vec<Selection> {
    collections
        .iter()
        .filter_map(|details| {
            let grant = named(details).iter().find(|selection| selection.id == who)?;
            Some(Selection { id: details.id, ..*grant })
        })
        .collect()
}

/// The order says nothing: the same grants in another order are no change.
fn set_grants(held: &mut Vec<Selection>, granted: Vec<Selection>) {
    let same = held.len() == granted.len() && granted.iter().all(|grant| held.contains(grant));
    if !same {
        *held = granted;
    }
}
