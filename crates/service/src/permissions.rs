//! What a member of type *custom* may do (protocol.md §3.3, "Permissions object").

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// One permission of a custom role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named exactly as on the wire")]
pub enum Permission {
    AccessEventLogs,
    AccessImportExport,
    AccessReports,
    CreateNewCollections,
    EditAnyCollection,
    DeleteAnyCollection,
    ManageGroups,
    ManagePolicies,
    ManageSso,
    ManageUsers,
    ManageResetPassword,
    ManageScim,
    ManageAccessRules,
}

use Permission::*;

impl Permission {
    /// Every permission with its name on the wire and its claim in the access token (protocol.md §1.6).
    pub(crate) const ALL: [(Permission, &'static str, &'static str); 13] = [
        (AccessEventLogs, "accessEventLogs", "accesseventlogs"),
        (AccessImportExport, "accessImportExport", "accessimportexport"),
        (AccessReports, "accessReports", "accessreports"),
        (CreateNewCollections, "createNewCollections", "createnewcollections"),
        (EditAnyCollection, "editAnyCollection", "editanycollection"),
        (DeleteAnyCollection, "deleteAnyCollection", "deleteanycollection"),
        (ManageGroups, "manageGroups", "managegroups"),
        (ManagePolicies, "managePolicies", "managepolicies"),
        (ManageSso, "manageSso", "managesso"),
        (ManageUsers, "manageUsers", "manageusers"),
        (ManageResetPassword, "manageResetPassword", "manageresetpassword"),
        (ManageScim, "manageScim", "managescim"),
        (ManageAccessRules, "manageAccessRules", "manageaccessrules"),
    ];
}

/// A set of [`Permission`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u16);

impl Permissions {
    /// No permission at all: what everybody has who is not of type custom.
    pub const NONE: Permissions = Permissions(0);

    /// The set of `granted`.
    #[must_use]
    pub const fn of(granted: &[Permission]) -> Permissions {
        let mut bits = 0;
        let mut at = 0;
        while at < granted.len() {
            bits |= 1 << granted[at] as u16;
            at += 1;
        }
        Permissions(bits)
    }

    pub(crate) const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u16) != 0
    }

    pub(crate) const fn any_of(self, wanted: Permissions) -> bool {
        self.0 & wanted.0 != 0
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Permission::ALL.len()))?;
        for (permission, name, _) in Permission::ALL {
            map.serialize_entry(name, &self.contains(permission))?;
        }
        map.end()
    }
}

impl ToSql for Permissions {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(i64::from(self.0)))
    }
}

impl FromSql for Permissions {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        u16::column_result(value).map(Permissions)
    }
}
