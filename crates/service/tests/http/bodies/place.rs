//! Two places that are alike, so that what belongs to one can be named in the other.

use portico_service::bulk::*;
use serde_json::json;
use uuid::Uuid;

use crate::support::*;

/// Owner of both places and admin of both providers; nobody else of the world has anything to do with them.
pub const BOTH: Person = Person::TwoStep;

/// Whatever an answer must not tell to strangers.
pub const SECRET: &str = "TmV2ZXJUb2xk";

/// One organization, one provider, and what belongs to their owner.
#[derive(Clone, Copy)]
pub struct Place {
    /// Ids begin with it.
    number: u128,
    pub organization: Uuid,
}

pub const HERE: Place = Place::numbered(0xa);
pub const THERE: Place = Place::numbered(0xb);

impl Place {
    const fn numbered(number: u128) -> Place {
        Place { number, organization: Uuid::from_u128(number << 32) }
    }

    const fn id(self, of: u128) -> Uuid {
        Uuid::from_u128((self.number << 32) + of)
    }

    pub const fn provider(self) -> Uuid {
        self.id(1)
    }
    pub const fn collection(self) -> Uuid {
        self.id(2)
    }
    pub const fn group(self) -> Uuid {
        self.id(3)
    }
    /// Of the organization.
    pub const fn item(self) -> Uuid {
        self.id(4)
    }
    pub const fn trashed(self) -> Uuid {
        self.id(5)
    }
    /// The owner's own.
    pub const fn own_item(self) -> Uuid {
        self.id(6)
    }
    pub const fn own_trashed(self) -> Uuid {
        self.id(7)
    }
    pub const fn folder(self) -> Uuid {
        self.id(8)
    }
    const fn owner(self) -> Uuid {
        self.id(9)
    }
    pub const fn member(self) -> Uuid {
        self.id(10)
    }
    pub const fn invited(self) -> Uuid {
        self.id(11)
    }
    pub const fn waiting(self) -> Uuid {
        self.id(12)
    }
    pub const fn revoked(self) -> Uuid {
        self.id(13)
    }
    const fn provider_admin(self) -> Uuid {
        self.id(14)
    }
    pub const fn provider_staff(self) -> Uuid {
        self.id(15)
    }
    pub const fn provider_invited(self) -> Uuid {
        self.id(16)
    }
    pub const fn provider_waiting(self) -> Uuid {
        self.id(17)
    }
    /// Belongs to no provider yet.
    pub const fn free_organization(self) -> Uuid {
        self.id(18)
    }
    /// Accounts of people who are here only.
    const fn account(self, of: u128) -> Uuid {
        self.id(32 + of)
    }

    pub fn fill(self, load: &mut Bulk<'_, '_>) -> Result<(), BulkError> {
        let name = format!("{:x}", self.number);
        for of in 0..5 {
            load.user(&BulkUser {
                id: self.account(of),
                email: format!("person{of}@{name}.example"),
                public_key: Some(SECRET.into()),
                totp_secret: None,
                ..user(Person::Plain)
            })?;
        }
        let open = BulkOrganization {
            limit_item_deletion: false,
            allow_admin_access_to_all_collection_items: true,
            ..organization(self.organization, &name)
        };
        load.organization(&open)?;
        let free =
            BulkOrganization { id: self.free_organization(), name: "Free".into(), status: 1, ..open.clone() };
        load.organization(&free)?;
        let one = |id, user_id, status, role| BulkMember {
            id,
            organization_id: self.organization,
            user_id,
            email: user_id.is_none().then(|| format!("invited@{name}.example")),
            reset_password_key: (status == 2).then(ukey),
            ..member(Person::Plain, role, status, &[])
        };
        load.member(&one(self.owner(), Some(BOTH.id()), 2, 0))?;
        load.member(&one(self.member(), Some(self.account(0)), 2, 2))?;
        load.member(&one(self.invited(), None, 0, 2))?;
        load.member(&one(self.waiting(), Some(self.account(1)), 1, 2))?;
        load.member(&one(self.revoked(), Some(self.account(2)), -1, 2))?;
        load.member(&BulkMember {
            id: self.id(19),
            organization_id: self.free_organization(),
            ..one(self.owner(), Some(BOTH.id()), 2, 0)
        })?;
        load.group(&BulkGroup {
            id: self.group(),
            organization_id: self.organization,
            name: SECRET.into(),
            external_id: None,
            members: vec![self.member()],
            created: CREATED,
        })?;
        load.collection(&BulkCollection {
            id: self.collection(),
            organization_id: self.organization,
            name: enc(SECRET),
            external_id: None,
            kind: 0,
            default_user_email: None,
            members: vec![BulkAccess {
                id: self.owner(),
                read_only: false,
                hide_passwords: false,
                manage: true,
            }],
            groups: vec![],
            created: CREATED,
        })?;
        load.policy(&BulkPolicy {
            id: self.id(20),
            organization_id: self.organization,
            kind: 8,
            enabled: true,
            data: None,
            revised: CREATED,
        })?;
        let shared = BulkOwner::Organization { id: self.organization, collections: vec![self.collection()] };
        let own = BulkOwner::User(BOTH.id());
        for (id, owner, deleted) in [
            (self.item(), shared.clone(), None),
            (self.trashed(), shared, Some(CREATED)),
            (self.own_item(), own.clone(), None),
            (self.own_trashed(), own, Some(CREATED)),
        ] {
            let note = cipher(id, owner, 2, json!({"type": 0}));
            load.cipher(&BulkCipher { name: enc(SECRET), deleted, ..note })?;
        }
        load.folder(&BulkFolder {
            id: self.folder(),
            user_id: BOTH.id(),
            name: enc(SECRET),
            revised: CREATED,
        })?;
        load.provider(&provider(self.provider(), &name))?;
        let staff = |id, user_id: Option<Uuid>, status, role| BulkProviderUser {
            id,
            user_id,
            email: user_id.is_none().then(|| format!("invited@{name}.example")),
            ..provider_user(0, self.provider(), Person::Plain, status, role)
        };
        load.provider_user(&staff(self.provider_admin(), Some(BOTH.id()), 2, 0))?;
        load.provider_user(&staff(self.provider_staff(), Some(self.account(3)), 2, 1))?;
        load.provider_user(&staff(self.provider_invited(), None, 0, 1))?;
        load.provider_user(&staff(self.provider_waiting(), Some(self.account(4)), 1, 1))
    }
}
