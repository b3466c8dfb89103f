//! What a rule of the table can say.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::permissions::Permissions;

/// What a caller is to the organization or provider that a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// No token at all.
    Anonymous,
    /// Holds a token for one Send, which the link and what the Send asks for have bought; no account's token is one.
    SendRecipient,
    /// An account, whatever it is to the tenant: a stranger too.
    SignedIn,
    /// Confirmed member of type User.
    User,
    /// Confirmed member of type Custom, if it has one of the rule's permissions.
    Custom,
    /// Confirmed member of type Admin.
    Admin,
    /// Confirmed member of type Owner.
    Owner,
    /// Confirmed service user of the provider, or of the provider whose client the organization is.
    ServiceUser,
    /// Confirmed admin of the provider, or of the provider whose client the organization is.
    ProviderAdmin,
    /// Confirmed member of the provider whose client the organization is, if the provider lets its staff read the items of
    /// clients.
    ClientItemsReader,
    /// The same, if the provider lets its staff do everything with them.
    ClientItemsEditor,
    /// Sees the item that the path names: its owner, or a member who reaches it through a collection.
    ItemReader,
    /// May change it: not through a collection that is read only.
    ItemEditor,
    /// May delete and restore it.
    ItemDeleter,
    /// Administers the organization of the item so that it may be read; `/admin` routes.
    ItemAdminReader,
    /// The same for its files, which the provider's staff do not get by reading (protocol.md §5.3).
    ItemAdminFileReader,
    /// The same for changing it.
    ItemAdminEditor,
    /// The same for deleting and restoring it.
    ItemAdminDeleter,
}

/// What a provider's staff may do with the items of its clients. The official server lets them read (protocol.md §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientItems {
    /// Nothing at all.
    None,
    /// Read those that are in no member's "My items".
    Read,
    /// Everything that an administrator of the organization may do with them.
    Full,
}

impl ToSql for ClientItems {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            ClientItems::None => 0,
            ClientItems::Read => 1,
            ClientItems::Full => 2,
        }))
    }
}

impl FromSql for ClientItems {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match i64::column_result(value)? {
            0 => Ok(ClientItems::None),
            1 => Ok(ClientItems::Read),
            2 => Ok(ClientItems::Full),
            other => Err(FromSqlError::OutOfRange(other)),
        }
    }
}

/// How a route turns away a caller that has a token but not the role (protocol.md §0, §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 404 `Resource not found.`: the old controllers.
    NotFound,
    /// A bare 403: the policy-attribute controllers.
    Forbidden,
    /// 401 with the envelope: billing.
    Unauthorized,
    /// The same with words of its own for providers that do not exist: the newer billing controllers.
    UnauthorizedOrNoProvider,
}

/// The rule of one route.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Having one of these is enough.
    pub allowed: &'static [Role],
    /// Which permissions make a custom member count as [`Role::Custom`]; none asked for: every custom member does.
    pub custom: Permissions,
    /// What everybody else gets.
    pub refusal: Refusal,
}
