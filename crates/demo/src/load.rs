//! Hands everything to the service's bulk door, in one transaction.

use portico_service::bulk::{
    Bulk, BulkCipherMark, BulkError, BulkEvent, BulkFolder, BulkOwner, BulkProvider, BulkProviderUser,
};
use portico_service::{ClientItems, Store};
use portico_vault::SealItemError;
use rayon::prelude::*;
use time::Duration;
use uuid::Uuid;

use crate::SeedError;
use crate::accounts::{self, DemoAccounts};
use crate::invoices;
use crate::items::{self, PersonalVault};
use crate::keys::Keys;
use crate::plan::{
    EventPlan, MAYA, Organization, PROVIDER_DOMAIN, PROVIDER_NAME, Plan, PlanKind, Subject, TeamRole,
    TeamStatus,
};
use crate::rows::{self, OrganizationRows};

/// How many clients are sealed at once: enough for all cores, and little memory at a thousand clients.
const CLIENTS_AT_ONCE: usize = 32;

/// Seals and loads a plan.
pub(crate) fn load(
    plan: &Plan,
    keys: &Keys,
    end_user_items: usize,
    store: &Store,
) -> Result<DemoAccounts, SeedError> {
    let vaults = items::personal_vaults(plan, end_user_items);
    store.bulk(|bulk| {
        if bulk.has_user(MAYA)? {
            return Err(SeedError::AlreadyThere);
        }
        for person in &plan.people {
            bulk.user(&rows::user(plan, keys, person))?;
        }
        load_provider(plan, keys, bulk)?;
        let mut in_organizations = Vec::new();
        let own = rows::own_organization(plan, keys)?;
        load_organization(own, bulk, &mut in_organizations)?;
        for clients in plan.clients.chunks(CLIENTS_AT_ONCE) {
            let sealed: Vec<_> = clients.par_iter().map(|client| rows::client(plan, keys, client)).collect();
            for client in sealed {
                load_organization(client?, bulk, &mut in_organizations)?;
            }
        }
        for vault in &vaults {
            load_vault(plan, keys, vault, bulk)?;
        }
        mark_favorites(plan, &plan.own, bulk)?;
        for event in &plan.events {
            bulk.event(&event_row(event))?;
        }
        Ok(accounts::accounts(plan, &vaults, &in_organizations))
    })
}

fn load_provider(plan: &Plan, keys: &Keys, bulk: &mut Bulk<'_, '_>) -> Result<(), BulkError> {
    let assigned = |kind: PlanKind| -> u32 {
        plan.clients.iter().filter(|client| client.plan == kind).map(|client| client.seats).sum()
    };
    // Bought by the fifty, as one does who grows.
    let bought = |kind| i32::try_from(assigned(kind).next_multiple_of(50)).unwrap_or(i32::MAX);
    let oldest = plan.organizations().map(|organization| organization.created).min().unwrap_or(plan.now);
    bulk.provider(&BulkProvider {
        id: plan.provider_id,
        name: PROVIDER_NAME.to_owned(),
        business_name: Some(PROVIDER_NAME.to_owned()),
        business_country: Some("GB".to_owned()),
        billing_email: format!("billing@{PROVIDER_DOMAIN}"),
        status: 2,
        kind: 0,
        use_events: true,
        enabled: true,
        client_items: ClientItems::Read,
        seat_minimums: vec![(17, bought(PlanKind::Teams)), (19, bought(PlanKind::Enterprise))],
        created: oldest - Duration::hours(1),
    })?;
    let minimums = [PlanKind::Teams, PlanKind::Enterprise].map(|kind| (kind, i64::from(bought(kind))));
    invoices::of_past_months(plan, minimums).iter().try_for_each(|invoice| bulk.invoice(invoice))?;
    let mut wrapper = keys.wrapper(&keys.provider_key);
    for colleague in &plan.team {
        let confirmed = colleague.status == TeamStatus::Confirmed;
        bulk.provider_user(&BulkProviderUser {
            id: colleague.id,
            provider_id: plan.provider_id,
            user_id: colleague.person,
            email: colleague.person.is_none().then(|| colleague.email.to_owned()),
            key: colleague.person.filter(|_| confirmed).map(|person| wrapper.for_person(person)),
            status: match colleague.status {
                TeamStatus::Invited => 0,
                TeamStatus::Accepted => 1,
                TeamStatus::Confirmed => 2,
            },
            role: match colleague.role {
                TeamRole::ProviderAdmin => 0,
                TeamRole::ServiceUser => 1,
            },
            created: colleague.since,
        })?;
    }
    Ok(())
}

fn load_organization(
    rows: OrganizationRows,
    bulk: &mut Bulk<'_, '_>,
    in_organizations: &mut Vec<(Uuid, Vec<Vec<Uuid>>)>,
) -> Result<(), BulkError> {
    bulk.organization(&rows.organization)?;
    rows.link.iter().try_for_each(|row| bulk.provider_organization(row))?;
    rows.members.iter().try_for_each(|row| bulk.member(row))?;
    rows.groups.iter().try_for_each(|row| bulk.group(row))?;
    rows.collections.iter().try_for_each(|row| bulk.collection(row))?;
    rows.policies.iter().try_for_each(|row| bulk.policy(row))?;
    rows.ciphers.iter().try_for_each(|row| bulk.cipher(row))?;
    rows.files.iter().try_for_each(|row| bulk.attachment(row))?;
    let of_items = rows.ciphers.into_iter().map(|cipher| match cipher.owner {
        BulkOwner::Organization { collections, .. } => collections,
        BulkOwner::User(_) => Vec::new(),
    });
    in_organizations.push((rows.organization.id, of_items.collect()));
    Ok(())
}

fn load_vault(
    plan: &Plan,
    keys: &Keys,
    vault: &PersonalVault,
    bulk: &mut Bulk<'_, '_>,
) -> Result<(), SeedError> {
    let owner = plan.id_of(vault.email);
    let key = keys.user_key(owner);
    let since =
        plan.people.iter().find(|person| person.id == owner).map_or(plan.now, |person| person.created);
    for (id, name) in &vault.folders {
        bulk.folder(&BulkFolder { id: *id, user_id: owner, name: key.seal_text(name), revised: since })?;
    }
    let sealed: Vec<Result<_, SealItemError>> =
        vault.items.par_iter().map(|item| rows::cipher(item, BulkOwner::User(owner), key)).collect();
    for (item, cipher) in vault.items.iter().zip(sealed) {
        let cipher = cipher?;
        bulk.cipher(&cipher)?;
        rows::files(item, &cipher, key).iter().try_for_each(|file| bulk.attachment(file))?;
        if item.folder.is_some() || item.favorite || item.archived.is_some() {
            bulk.cipher_mark(&BulkCipherMark {
                user_id: owner,
                cipher_id: item.id,
                folder_id: item.folder.map(|f| vault.folders[f].0),
                favorite: item.favorite,
                archived: item.archived,
            })?;
        }
    }
    Ok(())
}

/// The stars that the provider admin put on items of her organization.
fn mark_favorites(plan: &Plan, own: &Organization, bulk: &mut Bulk<'_, '_>) -> Result<(), BulkError> {
    for item in items::of_organization(plan, own).iter().filter(|item| item.favorite) {
        bulk.cipher_mark(&BulkCipherMark {
            user_id: plan.id_of(MAYA),
            cipher_id: item.id,
            folder_id: None,
            favorite: true,
            archived: None,
        })?;
    }
    Ok(())
}

fn event_row(event: &EventPlan) -> BulkEvent {
    let mut row = BulkEvent {
        kind: event.kind,
        date: Some(event.date),
        user_id: event.own_account.then_some(event.actor),
        organization_id: event.organization,
        provider_id: event.provider,
        acting_user_id: Some(event.actor),
        device_type: Some(event.device),
        ip_address: Some(event.address.clone()),
        ..BulkEvent::default()
    };
    match event.subject {
        Subject::Nothing => {}
        Subject::Member(id) => row.organization_user_id = Some(id),
        Subject::Group(id) => row.group_id = Some(id),
        Subject::Collection(id) => row.collection_id = Some(id),
        Subject::TeamMember(id) => row.provider_user_id = Some(id),
        Subject::Client(id) => row.provider_organization_id = Some(id),
    }
    row
}
