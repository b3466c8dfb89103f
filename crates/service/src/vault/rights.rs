//! What one person may do with one item: as its owner, through collections, and as somebody who administers the
//! organization.

use std::collections::HashMap;

use portico_protocol::organization::CollectionType;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::api::access::{Access, reached_by};
use crate::authorize::{ClientItems, OrganizationAccess, Role, organization_access};
use crate::error::ApiError;
use crate::permissions::{Permission, Permissions};

/// How a person reaches an item without administering anything.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    /// Those of the item's collections that the person reaches, sorted.
    pub(crate) collections: Vec<Uuid>,
    pub(crate) access: Access,
    pub(crate) can_delete: bool,
}

impl Reach {
    /// Of an owner, and of an administrator over items that are in no collection.
    pub(crate) fn whole() -> Reach {
        let access = Access { read_only: false, hide_passwords: false, manage: true };
        Reach { collections: Vec::new(), access, can_delete: true }
    }

    fn through(collection: Uuid, access: Access, only_managers_delete: bool) -> Reach {
        let mut reach = Reach { collections: Vec::new(), access, can_delete: false };
        reach.add(collection, access, only_managers_delete);
        reach
    }

    fn add(&mut self, collection: Uuid, access: Access, only_managers_delete: bool) {
        self.access = self.access.or(access);
        self.can_delete = self.access.manage || (!self.access.read_only && !only_managers_delete);
        if let Err(place) = self.collections.binary_search(&collection) {
            self.collections.insert(place, collection);
        }
    }

    /// Every item of an organization that `user` reaches through collections.
    pub(crate) fn through_collections(
        connection: &Connection,
        user: Uuid,
    ) -> Result<HashMap<Uuid, Reach>, rusqlite::Error> {
        let mut reached: HashMap<Uuid, Reach> = HashMap::new();
        let mut contents = connection.prepare_cached(
            "SELECT x.cipher_id, o.limit_item_deletion FROM collection_ciphers x
             JOIN collections c ON c.id = x.collection_id
             JOIN organizations o ON o.id = c.organization_id
             WHERE x.collection_id = ?",
        )?;
        for (collection, access) in reached_by(connection, user)? {
            let mut rows = contents.query([collection])?;
            while let Some(row) = rows.next()? {
                let only_managers: bool = row.get(1)?;
                reached
                    .entry(row.get(0)?)
                    .and_modify(|reach| reach.add(collection, access, only_managers))
                    .or_insert_with(|| Reach::through(collection, access, only_managers));
            }
        }
        Ok(reached)
    }
}

/// What somebody may do with the items of an organization without reaching them (protocol.md §5.3).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Administration {
    /// Reads whatever is not in somebody's "My items".
    pub(crate) reads: bool,
    /// Fetches the files of that. Provider staff who may only read do not.
    pub(crate) reads_files: bool,
    /// Reads that, too.
    pub(crate) reads_member_items: bool,
    /// Edits and deletes every item: custom members with the permission, owners and admins where the organization
    /// allows them everything, the provider's staff where the provider allows it.
    pub(crate) edits_all: bool,
    /// Edits and deletes what is in no collection, and through `/admin` routes whatever collections allow.
    pub(crate) edits_unassigned: bool,
}

impl Administration {
    pub(crate) fn of(
        connection: &Connection,
        access: &OrganizationAccess,
    ) -> Result<Administration, rusqlite::Error> {
        let allowed_everything: bool = connection
            .prepare_cached(
                "SELECT allow_admin_access_to_all_collection_items FROM organizations WHERE id = ?",
            )?
            .query_row([access.organization], |row| row.get(0))
            .optional()?
            .unwrap_or(false);
        let runs = access.member.as_ref().is_some_and(|member| matches!(member.kind, 0 | 1));
        let edits_any = access.has_custom(Permissions::of(&[Permission::EditAnyCollection]));
        let takes_out = access.has_custom(Permissions::of(&[Permission::AccessImportExport]));
        let reports = access.has_custom(Permissions::of(&[Permission::AccessReports]));
        let staff = access.provider.as_ref().map_or(ClientItems::None, |link| link.items);
        let provider_edits = staff == ClientItems::Full;
        let reads_as_member = runs || edits_any || takes_out || reports;
        Ok(Administration {
            reads: reads_as_member || staff != ClientItems::None,
            reads_files: reads_as_member || provider_edits,
            reads_member_items: runs || takes_out,
            edits_all: (runs && allowed_everything) || edits_any || provider_edits,
            edits_unassigned: runs || edits_any || provider_edits,
        })
    }
}

/// What one person may do with one item.
#[derive(Clone, Debug)]
pub(crate) struct Rights {
    pub(crate) organization: Option<Uuid>,
    pub(crate) reach: Option<Reach>,
    pub(crate) administration: Administration,
    unassigned: bool,
    of_a_member: bool,
}

impl Rights {
    /// `None`: there is no such item.
    pub(crate) fn of(
        connection: &Connection,
        user: Uuid,
        cipher: Uuid,
    ) -> Result<Option<Rights>, rusqlite::Error> {
        let owner: Option<(Option<Uuid>, Option<Uuid>, bool)> = connection
            .prepare_cached(
                "SELECT c.user_id, c.organization_id, o.limit_item_deletion FROM ciphers c
                 LEFT JOIN organizations o ON o.id = c.organization_id WHERE c.id = ?",
            )?
            .query_row([cipher], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<bool>>(2)?.unwrap_or(true)))
            })
            .optional()?;
        let Some((owner, organization, only_managers)) = owner else { return Ok(None) };
        let Some(organization) = organization else {
            return Ok(Some(Rights {
                organization: None,
                reach: (owner == Some(user)).then(Reach::whole),
                administration: Administration::default(),
                unassigned: false,
                of_a_member: true,
            }));
        };
        let reached = reached_by(connection, user)?;
        let mut reach: Option<Reach> = None;
        let (mut collections, mut shared) = (0, 0);
        let mut statement = connection.prepare_cached(
            "SELECT x.collection_id, c.type FROM collection_ciphers x JOIN collections c ON c.id = x.collection_id
             WHERE x.cipher_id = ?",
        )?;
        let mut rows = statement.query([cipher])?;
        while let Some(row) = rows.next()? {
            let collection: Uuid = row.get(0)?;
            collections += 1;
            shared += i32::from(CollectionType(row.get(1)?) != CollectionType::DEFAULT_USER_COLLECTION);
            if let Some(access) = reached.get(&collection) {
                match &mut reach {
                    Some(reach) => reach.add(collection, *access, only_managers),
                    None => reach = Some(Reach::through(collection, *access, only_managers)),
                }
            }
        }
        let access = organization_access(connection, user, organization)?;
        Ok(Some(Rights {
            organization: Some(organization),
            reach,
            administration: Administration::of(connection, &access)?,
            unassigned: collections == 0,
            of_a_member: collections > 0 && shared == 0,
        }))
    }

    /// The rights if `role` is among them; otherwise there is nothing here for this person.
    pub(crate) fn demand(
        connection: &Connection,
        user: Uuid,
        cipher: Uuid,
        role: Role,
    ) -> Result<Rights, ApiError> {
        match Rights::of(connection, user, cipher)? {
            Some(rights) if rights.roles().contains(&role) => Ok(rights),
            _ => Err(ApiError::NotFound),
        }
    }

    /// What the table of routes calls these rights.
    pub(crate) fn roles(&self) -> Vec<Role> {
        let can = |allowed: fn(&Reach) -> bool| self.reach.as_ref().is_some_and(allowed);
        let (edits, deletes) = (can(|reach| !reach.access.read_only), can(|reach| reach.can_delete));
        let admin = self.administration;
        let everything = admin.edits_all && !self.of_a_member || admin.edits_unassigned && self.unassigned;
        let as_admin = |shared| if self.of_a_member { admin.reads_member_items } else { shared };
        [
            (Role::ItemReader, self.reach.is_some()),
            (Role::ItemEditor, edits),
            (Role::ItemDeleter, deletes),
            (Role::ItemAdminReader, as_admin(admin.reads)),
            (Role::ItemAdminFileReader, as_admin(admin.reads_files)),
            (Role::ItemAdminEditor, everything || admin.edits_unassigned && edits),
            (Role::ItemAdminDeleter, everything || admin.edits_unassigned && deletes),
        ]
        .into_iter()
        .filter_map(|(role, has)| has.then_some(role))
        .collect()
    }

    /// Whether who acts by `role` may change the item but not see the passwords in it.
    pub(crate) fn hides_passwords(&self, role: Role) -> bool {
        let by_office = role == Role::ItemAdminEditor && self.administration.edits_all;
        !by_office && self.reach.as_ref().is_some_and(|reach| reach.access.hide_passwords)
    }

    /// Of who reaches an item of `organization` like this and administers nothing.
    pub(crate) fn through(organization: Uuid, reach: Reach) -> Rights {
        Rights {
            organization: Some(organization),
            reach: Some(reach),
            administration: Administration::default(),
            unassigned: false,
            of_a_member: false,
        }
    }
}
