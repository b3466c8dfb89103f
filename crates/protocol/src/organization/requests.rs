//! What clients send to change an organization (protocol.md §4.4–4.8).

use super::{MemberType, Permissions, PlanType, Selection};
use crate::SecretText;
use crate::identity::KeyPairRequest;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

wire! {
    /// `POST /organizations/{id}/users/invite` (protocol.md §4.6).
    pub struct InviteRequest {
        may {
            /// One row each; addresses that are in the list already are skipped.
            emails: Vec<String>,
            #[serde(rename = "type")]
            role: Option<MemberType>,
            access_secrets_manager: bool,
            /// For [`MemberType::CUSTOM`] only.
            permissions: Option<Permissions>,
            /// Ids of collections.
            collections: Vec<Selection>,
            groups: Vec<Uuid>,
        }
    }

    /// `PUT /organizations/{id}/users/{organizationUserId}` (protocol.md §4.6).
    pub struct MemberUpdateRequest {
        may {
            #[serde(rename = "type")]
            role: Option<MemberType>,
            permissions: Option<Permissions>,
            access_secrets_manager: bool,
            /// Ids of collections; null leaves them as they are.
            collections: Option<Vec<Selection>>,
            /// Null leaves them as they are.
            groups: Option<Vec<Uuid>>,
        }
    }

    /// `POST /organizations/{id}/users/{organizationUserId}/confirm` (protocol.md §4.6).
    pub struct ConfirmRequest {
        may {
            /// `ukey`: the organization key for the member's public key.
            key: Option<String>,
            /// `enc` under the organization key: "My items".
            default_user_collection_name: Option<String>,
        }
    }

    /// `POST /organizations/{id}/users/confirm` (protocol.md §4.6).
    pub struct BulkConfirmRequest {
        may {
            keys: Vec<ConfirmEntry>,
            default_user_collection_name: Option<String>,
        }
    }

    /// One member to confirm.
    pub struct ConfirmEntry {
        must {
            /// organizationUserId, or providerUserId (§5.6).
            id: Uuid,
        }
        may {
            /// `ukey`.
            key: Option<String>,
        }
    }

    /// Whom or what a bulk route is about.
    pub struct IdsRequest {
        may {
            ids: Vec<Uuid>,
            /// `enc`; of restoring members only.
            default_user_collection_name: Option<String>,
        }
    }

    /// `POST` and `PUT` of a collection (protocol.md §4.4).
    pub struct CollectionRequest {
        may {
            /// `enc` under the organization key.
            name: Option<String>,
            external_id: Option<String>,
            /// Ids of groups; null leaves them as they are.
            groups: Option<Vec<Selection>>,
            /// organizationUserIds; null leaves them as they are.
            users: Option<Vec<Selection>>,
        }
    }

    /// `POST /organizations/{id}/collections/bulk-access` (protocol.md §4.4).
    pub struct BulkAccessRequest {
        may {
            collection_ids: Vec<Uuid>,
            users: Vec<Selection>,
            groups: Vec<Selection>,
        }
    }

    /// `PUT /organizations/{id}/collection-management` (protocol.md §4.4).
    pub struct CollectionManagementRequest {
        may {
            limit_collection_creation: bool,
            limit_collection_deletion: bool,
            limit_item_deletion: bool,
            allow_admin_access_to_all_collection_items: bool,
        }
    }

    /// `POST` and `PUT` of a group (protocol.md §4.5).
    pub struct GroupRequest {
        may {
            /// Plain text.
            name: Option<String>,
            /// Null leaves it as it is: only directories know it.
            external_id: Option<String>,
            /// Ids of collections; null leaves them as they are.
            collections: Option<Vec<Selection>>,
            /// organizationUserIds; null leaves them as they are.
            users: Option<Vec<Uuid>>,
        }
    }

    /// `PUT /organizations/{id}/policies/{type}`: the newer form wraps what the older one has flat
    /// (protocol.md §4.8).
    pub struct PolicyRequest {
        may {
            policy: Option<PolicyState>,
            metadata: Option<PolicyMetadata>,
            enabled: Option<bool>,
            data: Option<serde_json::Value>,
        }
    }

    /// What a policy shall be.
    pub struct PolicyState {
        may {
            enabled: Option<bool>,
            /// By type.
            data: Option<serde_json::Value>,
        }
    }

    /// What turning on a policy needs besides.
    pub struct PolicyMetadata {
        may {
            /// `enc` under the organization key: "My items".
            default_user_collection_name: Option<String>,
        }
    }

    /// `PUT /organizations/{id}` (protocol.md §4.7).
    pub struct OrganizationUpdateRequest {
        may {
            name: Option<String>,
            business_name: Option<String>,
            billing_email: Option<String>,
            /// A key pair for an organization of old that has none.
            keys: Option<KeyPairRequest>,
        }
    }

    /// `OrganizationBulkConfirmResponseModel` and `providerBulkConfirmResponseModel`: how one row of a bulk route fared
    /// (protocol.md §4.6, §5.6).
    pub struct BulkMemberResult {
        must {
            /// organizationUserId or providerUserId.
            id: Uuid,
        }
        may {
            object: String,
            /// Empty: done.
            error: String,
        }
    }

    /// `organizationUserPublicKeyResponseModel` and `providerUserPublicKeyResponseModel` (protocol.md §4.6, §5.6).
    pub struct MemberPublicKey {
        must {
            /// organizationUserId or providerUserId.
            id: Uuid,
        }
        may {
            object: String,
            user_id: Option<Uuid>,
            /// Base64 of SPKI DER.
            key: Option<String>,
        }
    }
}

/// `POST /organizations` (protocol.md §4.7).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationCreateRequest {
    pub name: Option<String>,
    pub business_name: Option<String>,
    pub billing_email: Option<String>,
    pub plan_type: Option<PlanType>,
    /// Beyond what the plan includes.
    pub additional_seats: Option<i32>,
    /// `ukey`: the organization key for the creator's public key.
    pub key: Option<String>,
    pub keys: Option<KeyPairRequest>,
    /// `enc` under the organization key.
    pub collection_name: Option<String>,
}

/// `POST /organizations/{id}/users/{organizationUserId}/accept` (protocol.md §4.6).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AcceptRequest {
    pub token: SecretText,
    /// The user key for the organization's public key: enrols in account recovery.
    #[serde(default)]
    pub reset_password_key: Option<String>,
}

/// `POST /organizations/{id}/users/{organizationUserId}/accept-init` (protocol.md §4.6): the first owner of an organization
/// without keys brings them.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AcceptInitRequest {
    pub token: SecretText,
    /// The organization's own pair.
    pub keys: KeyPairRequest,
    /// `ukey`: the organization key for the owner.
    #[serde(default)]
    pub key: Option<String>,
    /// `enc`, under the organization key: the first collection.
    #[serde(default)]
    pub collection_name: Option<String>,
}

/// `PUT /organizations/{id}/users/{organizationUserId}/recover-account` (protocol.md §4.6).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecoverAccountRequest {
    /// Whether there is to be a new master password. Older clients do not say so, and mean it.
    #[serde(default)]
    pub reset_master_password: Option<bool>,
    /// Whether two-step login is to be turned off.
    #[serde(default)]
    pub reset_two_factor: Option<bool>,
    /// The new authorization hash, base64; with a new master password only.
    #[serde(default)]
    pub new_master_password_hash: Option<SecretText>,
    /// `enc`: the user key under the new master key; with a new master password only.
    #[serde(default)]
    pub key: Option<String>,
}
