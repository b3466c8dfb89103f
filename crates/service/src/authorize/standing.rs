//! What a caller is must be so still when the request writes: while one waits for the lock, or for a slow hash, another may
//! have taken the rights away by which it was let in. Asked under the lock, before anything is written.

use std::future::Future;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::access::{OrganizationAccess, ProviderAccess, organization_access};
use super::provider_role_of;
use crate::authorize::Role;
use crate::jwt::Session;

tokio::task_local! {
    static STANDING: Standing;
}

/// What the guard found the caller to be. Rights on items are not part of it: handlers look them up where they act.
#[derive(Clone)]
pub(crate) struct Standing(Arc<Found>);

struct Found {
    session: Session,
    organization: Option<OrganizationAccess>,
    /// The provider that the path names, and what the caller is there.
    provider: Option<(Uuid, Option<ProviderAccess>)>,
}

impl Standing {
    pub(super) fn new(
        session: Session,
        organization: Option<OrganizationAccess>,
        provider: Option<(Uuid, Option<ProviderAccess>)>,
    ) -> Standing {
        Standing(Arc::new(Found { session, organization, provider }))
    }

    /// Of the request under way; there is none where nobody had to sign in, and outside of requests.
    pub(crate) fn of_request() -> Option<Standing> {
        STANDING.try_with(Clone::clone).ok()
    }

    /// Handles a request as who was let in.
    pub(super) async fn during<F: Future>(self, request: F) -> F::Output {
        STANDING.scope(self, request).await
    }

    /// Whether the caller is still exactly that.
    pub(crate) fn holds(&self, connection: &Connection) -> Result<bool, rusqlite::Error> {
        let Found { session, organization, provider } = &*self.0;
        if stamp(connection, session.sub)?.as_deref() != Some(session.sstamp.as_str()) {
            return Ok(false);
        }
        if let Some(before) = organization
            && organization_access(connection, session.sub, before.organization)? != *before
        {
            return Ok(false);
        }
        match provider {
            Some((id, before)) => Ok(provider_access(connection, session, *id)? == *before),
            None => Ok(true),
        }
    }
}

/// What every token of `user` was issued for, if there still is such an account.
pub(super) fn stamp(connection: &Connection, user: Uuid) -> Result<Option<String>, rusqlite::Error> {
    connection
        .prepare_cached("SELECT security_stamp FROM users WHERE id = ?")?
        .query_row([user], |row| row.get(0))
        .optional()
}

/// What the caller is to `provider`.
pub(super) fn provider_access(
    connection: &Connection,
    session: &Session,
    provider: Uuid,
) -> Result<Option<ProviderAccess>, rusqlite::Error> {
    let role = provider_role_of(connection, session, provider)?;
    Ok(role.map(|role| ProviderAccess { provider, is_admin: role == Role::ProviderAdmin }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClientItems;
    use crate::Store;
    use crate::bulk::{
        BulkError, BulkMember, BulkOrganization, BulkProvider, BulkProviderOrganization, BulkProviderUser,
        BulkUser,
    };
    use crate::error::ApiError;
    use crate::permissions::Permissions;
    use crate::store::StoreError;
    use time::OffsetDateTime;

    const USER: Uuid = Uuid::from_u128(1);
    const ORGANIZATION: Uuid = Uuid::from_u128(2);
    const PROVIDER: Uuid = Uuid::from_u128(3);
    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    /// An admin of an organization who works for its provider as well.
    fn store() -> Store {
        let store = Store::in_memory().unwrap();
        let loaded: Result<(), BulkError> = store.bulk(|load| {
            load.user(&BulkUser::nobody(USER, "maya@brightwater.example"))?;
            load.organization(&BulkOrganization {
                id: ORGANIZATION,
                name: "Harbour".into(),
                business_name: None,
                billing_email: "billing@brightwater.example".into(),
                plan_type: 19,
                status: 2,
                enabled: true,
                seats: Some(10),
                max_storage_gb: None,
                use_secrets_manager: false,
                limit_collection_creation: false,
                limit_collection_deletion: false,
                limit_item_deletion: false,
                allow_admin_access_to_all_collection_items: true,
                public_key: None,
                private_key: None,
                created: NOW,
            })?;
            load.member(&BulkMember {
                id: Uuid::from_u128(4),
                organization_id: ORGANIZATION,
                user_id: Some(USER),
                email: None,
                key: None,
                status: 2,
                role: 1,
                permissions: Permissions::NONE,
                external_id: None,
                reset_password_key: None,
                access_secrets_manager: false,
                revocation_reason: None,
                created: NOW,
                revised: NOW,
            })?;
            load.provider(&BulkProvider {
                id: PROVIDER,
                name: "Brightwater".into(),
                business_name: None,
                business_country: None,
                billing_email: "billing@brightwater.example".into(),
                status: 2,
                kind: 0,
                use_events: true,
                enabled: true,
                client_items: ClientItems::Read,
                seat_minimums: Vec::new(),
                created: NOW,
            })?;
            load.provider_user(&BulkProviderUser {
                id: Uuid::from_u128(5),
                provider_id: PROVIDER,
                user_id: Some(USER),
                email: None,
                key: None,
                status: 2,
                role: 0,
                created: NOW,
            })?;
            load.provider_organization(&BulkProviderOrganization {
                id: Uuid::from_u128(6),
                provider_id: PROVIDER,
                organization_id: ORGANIZATION,
                key: None,
                created: NOW,
                revised: NOW,
            })
        });
        loaded.unwrap();
        store
    }

    fn session() -> Session {
        let claims = serde_json::json!({"sub": USER, "sstamp": "stamp", "providerprovideradmin": PROVIDER});
        serde_json::from_value(claims).unwrap()
    }

    fn standing(store: &Store) -> Standing {
        let found = store.read_now(|connection| {
            let access = organization_access(connection, USER, ORGANIZATION)?;
            let provider = provider_access(connection, &session(), PROVIDER)?;
            Ok::<_, ApiError>((Some(access), Some((PROVIDER, provider))))
        });
        let (organization, provider) = found.unwrap();
        Standing::new(session(), organization, provider)
    }

    #[tokio::test]
    async fn who_lost_a_right_meanwhile_writes_nothing() {
        for change in [
            "UPDATE members SET status = -1",
            "UPDATE members SET type = 2",
            "UPDATE members SET type = 4, permissions = 1",
            "DELETE FROM members",
            "UPDATE provider_users SET type = 1",
            "DELETE FROM provider_organizations",
            "UPDATE users SET security_stamp = 'another'",
        ] {
            let store = store();
            let standing = standing(&store);
            let rename = async || {
                let sql = "UPDATE organizations SET name = 'Renamed'";
                let write = store.write(move |transaction| Ok::<_, ApiError>(transaction.execute(sql, [])?));
                standing.clone().during(write).await
            };
            assert_eq!(rename().await.unwrap(), 1, "as before");
            store.write_now(|transaction| Ok::<_, ApiError>(transaction.execute(change, [])?)).unwrap();
            let refused = rename().await;
            assert!(matches!(refused, Err(ApiError::Store(StoreError::Overtaken))), "{change}: {refused:?}");
        }
    }
}
