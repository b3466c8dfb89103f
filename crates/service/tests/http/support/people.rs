//! Who there is in the small world, and the ids of what there is.

use uuid::Uuid;

/// Who there is. Everybody signs in with [`Person::password`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// An account that belongs to nothing.
    Plain,
    /// Type User of the client.
    Member,
    /// Type Custom of the client, without any permission.
    CustomBare,
    /// Type Custom of the client, who manages groups.
    CustomGroups,
    /// Type Custom of the client, who reads event logs and manages policies.
    CustomAudit,
    Admin,
    Owner,
    ServiceUser,
    ProviderAdmin,
    /// Admin of the other provider and owner of its client.
    StrangerAdmin,
    /// Accepted but not confirmed, in the client as owner and in the provider as admin.
    Pending,
    /// Was an owner of the client and is revoked.
    Revoked,
    /// Has an authenticator.
    TwoStep,
    /// Invited to work for the provider, and nothing else.
    Invited,
}

pub const EVERYBODY: [Person; 14] = [
    Person::Plain,
    Person::Member,
    Person::CustomBare,
    Person::CustomGroups,
    Person::CustomAudit,
    Person::Admin,
    Person::Owner,
    Person::ServiceUser,
    Person::ProviderAdmin,
    Person::StrangerAdmin,
    Person::Pending,
    Person::Revoked,
    Person::TwoStep,
    Person::Invited,
];

impl Person {
    pub fn id(self) -> Uuid {
        Uuid::from_u128(0x100 + self as u128)
    }

    /// Of the row that makes this person a member of the client.
    pub fn member_id(self) -> Uuid {
        Uuid::from_u128(0x200 + self as u128)
    }

    pub fn email(self) -> String {
        format!("{self:?}@brightwater.example").to_lowercase()
    }

    /// What a client would send: base64 of a hash.
    pub fn password(self) -> String {
        format!("{self:?}Hash+/=")
    }

    pub fn stamp(self) -> String {
        format!("stamp-{self:?}")
    }
}

/// Ids by meaning.
pub mod id {
    use uuid::Uuid;
    pub const CLIENT: Uuid = Uuid::from_u128(0xc1);
    pub const OTHER_CLIENT: Uuid = Uuid::from_u128(0xc2);
    pub const PROVIDER: Uuid = Uuid::from_u128(0xd1);
    pub const OTHER_PROVIDER: Uuid = Uuid::from_u128(0xd2);
    pub const LINK: Uuid = Uuid::from_u128(0xe1);
    pub const OTHER_LINK: Uuid = Uuid::from_u128(0xe2);
    pub const GROUP: Uuid = Uuid::from_u128(0x61);
    /// Reached by `Person::Member` directly, read only, and through the group with leave to edit and passwords hidden.
    pub const WIKI: Uuid = Uuid::from_u128(0x71);
    /// Reached by nobody but the owner.
    pub const SAFE: Uuid = Uuid::from_u128(0x72);
    pub const FOLDER: Uuid = Uuid::from_u128(0x81);
    pub const OWN_LOGIN: Uuid = Uuid::from_u128(0x91);
    pub const OWN_PASSPORT: Uuid = Uuid::from_u128(0x92);
    pub const WIKI_LOGIN: Uuid = Uuid::from_u128(0x93);
    pub const SAFE_NOTE: Uuid = Uuid::from_u128(0x94);
    /// `Person::Member`'s, where a test has loaded it.
    pub const SEND: Uuid = Uuid::from_u128(0x96);
    /// Kept with `WIKI_LOGIN`.
    pub const WIKI_FILE: Uuid = Uuid::from_u128(0x95);
}
