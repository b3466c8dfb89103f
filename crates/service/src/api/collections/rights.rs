//! Who may do what with a collection: the role, the organization's four settings and *manage* together (protocol.md
//! §4.4, §5.3, §5.14).

use std::collections::HashMap;

use rusqlite::Connection;
use uuid::Uuid;

use crate::api::access::{Access, reached_by};
use crate::authorize::{Acting, OrganizationAccess};
use crate::permissions::{Permission, Permissions};

/// Custom members with one of these see every collection, others only what they manage.
const READ_ALL: Permissions = Permissions::of(&[
    Permission::EditAnyCollection,
    Permission::DeleteAnyCollection,
    Permission::CreateNewCollections,
    Permission::ManageUsers,
    Permission::ManageGroups,
    Permission::AccessImportExport,
]);

/// Custom members with one of these see who reaches every collection, too.
const READ_ALL_WITH_ACCESS: Permissions = Permissions::of(&[
    Permission::EditAnyCollection,
    Permission::DeleteAnyCollection,
    Permission::ManageUsers,
    Permission::ManageGroups,
]);

/// The settings of an organization that decide here.
#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct Settings {
    pub(in crate::api) limit_creation: bool,
    pub(in crate::api) limit_deletion: bool,
    pub(in crate::api) limit_item_deletion: bool,
    /// Owners and admins manage every collection.
    pub(in crate::api) admins_manage_all: bool,
}

impl Settings {
    pub(in crate::api) fn of(
        connection: &Connection,
        organization: Uuid,
    ) -> Result<Settings, rusqlite::Error> {
        connection
            .prepare_cached(
                "SELECT limit_collection_creation, limit_collection_deletion, limit_item_deletion,
                     allow_admin_access_to_all_collection_items
                 FROM organizations WHERE id = ?",
            )?
            .query_row([organization], |row| {
                Ok(Settings {
                    limit_creation: row.get(0)?,
                    limit_deletion: row.get(1)?,
                    limit_item_deletion: row.get(2)?,
                    admins_manage_all: row.get(3)?,
                })
            })
    }
}

/// What one caller may do with the collections of one organization.
pub(in crate::api) struct Rights {
    access: OrganizationAccess,
    settings: Settings,
    reached: HashMap<Uuid, Access>,
}

impl Rights {
    pub(in crate::api) fn of(connection: &Connection, acting: &Acting) -> Result<Rights, rusqlite::Error> {
        Ok(Rights {
            access: acting.access.clone(),
            settings: Settings::of(connection, acting.organization())?,
            reached: reached_by(connection, acting.caller.user)?,
        })
    }

    pub(super) fn lists_all(&self) -> bool {
        self.access.administers() || self.access.has_custom(READ_ALL)
    }

    pub(super) fn lists_all_with_access(&self) -> bool {
        self.access.administers() || self.access.has_custom(READ_ALL_WITH_ACCESS)
    }

    /// What the caller may do in `collection` as a member, if it is reached.
    pub(super) fn reached(&self, collection: Uuid) -> Option<Access> {
        self.reached.get(&collection).copied()
    }

    pub(super) fn manages(&self, collection: Uuid) -> bool {
        self.reached(collection).is_some_and(|access| access.manage)
    }

    pub(super) fn may_read(&self, collection: Uuid) -> bool {
        self.lists_all() || self.reached(collection).is_some()
    }

    pub(super) fn may_read_access(&self, collection: Uuid) -> bool {
        self.lists_all_with_access() || self.manages(collection)
    }

    pub(super) fn may_create(&self) -> bool {
        !self.settings.limit_creation
            || self.access.administers()
            || self.access.has_custom(Permissions::of(&[Permission::CreateNewCollections]))
    }

    /// The name, and who reaches it. A collection that nobody manages is every admin's.
    pub(super) fn may_update(
        &self,
        connection: &Connection,
        collection: Uuid,
    ) -> Result<bool, rusqlite::Error> {
        if self.access.provider.is_some()
            || self.manages(collection)
            || self.access.has_custom(Permissions::of(&[Permission::EditAnyCollection]))
        {
            return Ok(true);
        }
        let admin = self.access.is_member_of_kind(&[0, 1]);
        Ok(admin && (self.settings.admins_manage_all || is_unmanaged(connection, collection)?))
    }

    /// Which members reach it, on the pages of members.
    pub(in crate::api) fn may_grant_to_members(
        &self,
        connection: &Connection,
        collection: Uuid,
    ) -> Result<bool, rusqlite::Error> {
        self.may_grant(connection, collection, Permission::ManageUsers)
    }

    /// Which groups reach it, on the pages of groups.
    pub(in crate::api) fn may_grant_to_groups(
        &self,
        connection: &Connection,
        collection: Uuid,
    ) -> Result<bool, rusqlite::Error> {
        self.may_grant(connection, collection, Permission::ManageGroups)
    }

    fn may_grant(
        &self,
        connection: &Connection,
        collection: Uuid,
        permission: Permission,
    ) -> Result<bool, rusqlite::Error> {
        let by_permission =
            self.settings.admins_manage_all && self.access.has_custom(Permissions::of(&[permission]));
        Ok(by_permission || self.may_update(connection, collection)?)
    }

    pub(super) fn may_delete(&self, collection: Uuid) -> bool {
        let admin = self.access.is_member_of_kind(&[0, 1]);
        self.access.provider.is_some()
            || self.access.has_custom(Permissions::of(&[Permission::DeleteAnyCollection]))
            || (admin && self.settings.admins_manage_all)
            || (self.manages(collection) && (admin || !self.settings.limit_deletion))
    }

    /// Whether owners and admins manage every collection.
    pub(in crate::api) fn admins_manage_all(&self) -> bool {
        self.settings.admins_manage_all
    }
}

fn is_unmanaged(connection: &Connection, collection: Uuid) -> Result<bool, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT NOT EXISTS (SELECT 1 FROM collection_members WHERE collection_id = ?1 AND manage)
                AND NOT EXISTS (SELECT 1 FROM collection_groups WHERE collection_id = ?1 AND manage)",
        )?
        .query_row([collection], |row| row.get(0))
}
