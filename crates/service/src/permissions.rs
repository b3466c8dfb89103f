//! What a member of type *custom* may do (protocol.md §3.3, "Permissions object").

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

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
    /// Every permission with its claim in the access token (protocol.md §1.6).
    pub(crate) const ALL: [(Permission, &'static str); 13] = [
        (AccessEventLogs, "accesseventlogs"),
        (AccessImportExport, "accessimportexport"),
        (AccessReports, "accessreports"),
        (CreateNewCollections, "createnewcollections"),
        (EditAnyCollection, "editanycollection"),
        (DeleteAnyCollection, "deleteanycollection"),
        (ManageGroups, "managegroups"),
        (ManagePolicies, "managepolicies"),
        (ManageSso, "managesso"),
        (ManageUsers, "manageusers"),
        (ManageResetPassword, "manageresetpassword"),
        (ManageScim, "managescim"),
        (ManageAccessRules, "manageaccessrules"),
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

    /// Whether `permission` is among them.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u16) != 0
    }

    /// Whether all of `wanted` are among them.
    pub(crate) const fn all_of(self, wanted: Permissions) -> bool {
        self.0 & wanted.0 == wanted.0
    }

    pub(crate) const fn any_of(self, wanted: Permissions) -> bool {
        self.0 & wanted.0 != 0
    }
}

impl From<&portico_protocol::organization::Permissions> for Permissions {
    fn from(asked: &portico_protocol::organization::Permissions) -> Self {
        let granted = [
            (AccessEventLogs, asked.access_event_logs),
            (AccessImportExport, asked.access_import_export),
            (AccessReports, asked.access_reports),
            (CreateNewCollections, asked.create_new_collections),
            (EditAnyCollection, asked.edit_any_collection),
            (DeleteAnyCollection, asked.delete_any_collection),
            (ManageGroups, asked.manage_groups),
            (ManagePolicies, asked.manage_policies),
            (ManageSso, asked.manage_sso),
            (ManageUsers, asked.manage_users),
            (ManageResetPassword, asked.manage_reset_password),
            (ManageScim, asked.manage_scim),
            (ManageAccessRules, asked.manage_access_rules),
        ];
        let bits = granted.into_iter().filter(|(_, wanted)| *wanted);
        Permissions(bits.fold(0, |bits, (permission, _)| bits | 1 << permission as u16))
    }
}

impl From<Permissions> for portico_protocol::organization::Permissions {
    fn from(granted: Permissions) -> Self {
        Self {
            access_event_logs: granted.contains(AccessEventLogs),
            access_import_export: granted.contains(AccessImportExport),
            access_reports: granted.contains(AccessReports),
            create_new_collections: granted.contains(CreateNewCollections),
            edit_any_collection: granted.contains(EditAnyCollection),
            delete_any_collection: granted.contains(DeleteAnyCollection),
            manage_groups: granted.contains(ManageGroups),
            manage_policies: granted.contains(ManagePolicies),
            manage_sso: granted.contains(ManageSso),
            manage_users: granted.contains(ManageUsers),
            manage_reset_password: granted.contains(ManageResetPassword),
            manage_scim: granted.contains(ManageScim),
            manage_access_rules: granted.contains(ManageAccessRules),
            ..Self::default()
        }
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
