//! `profile` (protocol.md §3.2, §3.3, §5.11).

use portico_protocol::account::ProfileResponse;
use portico_protocol::organization::{MemberStatus, MemberType, PlanType, ProfileOrganization};
use portico_protocol::provider::{
    ProfileProvider, ProfileProviderOrganization, ProviderStatus, ProviderType, ProviderUserStatus,
    ProviderUserType,
};
use rusqlite::{Connection, Row};
use uuid::Uuid;

use super::plan::{features, set_features};
use crate::identity::{Account, two_step};
use crate::permissions::Permissions;

pub(super) fn of(connection: &Connection, account: &Account) -> Result<ProfileResponse, rusqlite::Error> {
    // Newer clients read the memberships that were only accepted, too; older ones stumble over a null key.
    let all = memberships(connection, account.id)?;
    let confirmed: Vec<_> =
        all.iter().filter(|organization| organization.status == MemberStatus::CONFIRMED).cloned().collect();
    Ok(ProfileResponse {
        id: account.id,
        email: account.email.clone(),
        object: "profile".into(),
        name: account.name.clone(),
        email_verified: account.email_verified,
        premium: account.premium,
        force_password_reset: account.force_password_reset,
        premium_from_organization: confirmed.iter().any(|o| o.enabled && o.users_get_premium),
        culture: Some(account.culture.clone()),
        two_factor_enabled: !two_step::providers(account).is_empty(),
        key: account.key.clone(),
        private_key: account.private_key.clone(),
        account_keys: account.account_keys(),
        security_stamp: Some(account.security_stamp.clone()),
        avatar_color: account.avatar_color.clone(),
        creation_date: Some(account.created.into()),
        verify_devices: account.verify_devices,
        organizations: confirmed,
        organizations_new: Some(all),
        providers: providers(connection, account.id)?,
        provider_organizations: provider_organizations(connection, account.id)?,
        ..ProfileResponse::default()
    })
}

/// The columns that both forms of an organization in the profile have, in the order that `set_organization!`
/// reads them; the provider that manages it comes last.
const ORGANIZATION: &str = "o.id, o.name, o.enabled, o.identifier, o.plan_type, o.use_secrets_manager, o.seats,
    o.max_collections, o.max_storage_gb, o.public_key IS NOT NULL, o.limit_collection_creation,
    o.limit_collection_deletion, o.limit_item_deletion, o.allow_admin_access_to_all_collection_items, p.id, p.name,
    p.type";
const AFTER_ORGANIZATION: usize = 17;

macro_rules! set_organization {
    ($organization:expr, $row:expr, $user:expr) => {{
        let (organization, row) = (&mut $organization, $row);
        let features = features(PlanType(row.get(4)?));
        organization.id = row.get(0)?;
        organization.name = row.get(1)?;
        organization.enabled = row.get(2)?;
        organization.identifier = row.get(3)?;
        organization.product_tier_type = features.tier;
        organization.use_secrets_manager = row.get(5)?;
        organization.seats = row.get(6)?;
        organization.max_collections = row.get(7)?;
        organization.max_storage_gb = row.get(8)?;
        organization.has_public_and_private_keys = row.get(9)?;
        organization.limit_collection_creation = row.get(10)?;
        organization.limit_collection_deletion = row.get(11)?;
        organization.limit_item_deletion = row.get(12)?;
        organization.allow_admin_access_to_all_collection_items = row.get(13)?;
        organization.provider_id = row.get(14)?;
        organization.provider_name = row.get(15)?;
        organization.provider_type = row.get::<_, Option<i32>>(16)?.map(ProviderType);
        organization.user_id = Some($user);
        set_features!(*organization, features);
    }};
}

pub(super) fn memberships(
    connection: &Connection,
    user: Uuid,
) -> Result<Vec<ProfileOrganization>, rusqlite::Error> {
    let read = |row: &Row<'_>| {
        let mut organization = ProfileOrganization {
            object: "profileOrganization".into(),
            organization_user_id: row.get(AFTER_ORGANIZATION)?,
            key: row.get(AFTER_ORGANIZATION + 1)?,
            status: MemberStatus(row.get(AFTER_ORGANIZATION + 2)?),
            role: MemberType(row.get(AFTER_ORGANIZATION + 3)?),
            permissions: row.get::<_, Permissions>(AFTER_ORGANIZATION + 4)?.into(),
            reset_password_enrolled: row.get(AFTER_ORGANIZATION + 5)?,
            access_secrets_manager: row.get(AFTER_ORGANIZATION + 6)?,
            ..ProfileOrganization::default()
        };
        set_organization!(organization, row, user);
        Ok(organization)
    };
    connection
        .prepare_cached(&format!(
            "SELECT {ORGANIZATION}, m.id, m.member_key, m.status, m.type, m.permissions,
                 m.reset_password_key IS NOT NULL, m.access_secrets_manager
             FROM members m JOIN organizations o ON o.id = m.organization_id
             LEFT JOIN provider_organizations l ON l.organization_id = o.id
             LEFT JOIN providers p ON p.id = l.provider_id
             WHERE m.user_id = ? AND m.status IN (1, 2) ORDER BY o.name, o.id"
        ))?
        .query_map([user], read)?
        .collect()
}

fn providers(connection: &Connection, user: Uuid) -> Result<Vec<ProfileProvider>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT p.id, p.name, u.provider_key, u.status, u.type, p.enabled, p.use_events, p.status, p.type
             FROM provider_users u JOIN providers p ON p.id = u.provider_id
             WHERE u.user_id = ? AND u.status = 2 AND p.status <> 0 ORDER BY p.name, p.id",
        )?
        .query_map([user], |row| {
            Ok(ProfileProvider {
                id: row.get(0)?,
                object: "profileProvider".into(),
                name: row.get(1)?,
                key: row.get(2)?,
                status: ProviderUserStatus(row.get(3)?),
                role: ProviderUserType(row.get(4)?),
                enabled: row.get(5)?,
                permissions: Some(Permissions::NONE.into()),
                user_id: Some(user),
                use_events: row.get(6)?,
                provider_status: ProviderStatus(row.get(7)?),
                provider_type: ProviderType(row.get(8)?),
                ..ProfileProvider::default()
            })
        })?
        .collect()
}

/// The clients of the caller's providers, as if the caller owned them.
fn provider_organizations(
    connection: &Connection,
    user: Uuid,
) -> Result<Vec<ProfileProviderOrganization>, rusqlite::Error> {
    let read = |row: &Row<'_>| {
        let mut organization = ProfileProviderOrganization {
            object: "profileProviderOrganization".into(),
            key: row.get(AFTER_ORGANIZATION)?,
            status: MemberStatus::CONFIRMED,
            role: MemberType::OWNER,
            ..ProfileProviderOrganization::default()
        };
        set_organization!(organization, row, user);
        Ok(organization)
    };
    connection
        .prepare_cached(&format!(
            "SELECT {ORGANIZATION}, l.organization_key
             FROM provider_users u
             JOIN providers p ON p.id = u.provider_id AND p.status <> 0
             JOIN provider_organizations l ON l.provider_id = p.id
             JOIN organizations o ON o.id = l.organization_id
             WHERE u.user_id = ? AND u.status = 2 ORDER BY o.name, o.id"
        ))?
        .query_map([user], read)?
        .collect()
}
