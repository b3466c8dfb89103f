//! What clients send to a provider (protocol.md §5.5–5.8).

use crate::SecretText;
use crate::identity::KeyPairRequest;
use crate::organization::PlanType;
use crate::organization::requests::{ConfirmEntry, OrganizationCreateRequest};
use crate::provider::ProviderUserType;
use crate::provider::billing::BillingAddress;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

wire! {
    /// `PUT /providers/{id}` (protocol.md §5.5).
    pub struct ProviderUpdateRequest {
        may {
            /// At most 50 characters.
            name: Option<String>,
            /// At most 50 characters.
            business_name: Option<String>,
            /// At most 256 characters.
            billing_email: Option<String>,
        }
    }

    /// `POST /providers/{id}/users/invite` (protocol.md §5.6).
    pub struct ProviderUserInviteRequest {
        may {
            /// One row each; addresses that have one already are skipped.
            emails: Vec<String>,
            #[serde(rename = "type")]
            role: Option<ProviderUserType>,
        }
    }

    /// `PUT /providers/{id}/users/{providerUserId}` (protocol.md §5.6).
    pub struct ProviderUserUpdateRequest {
        may {
            #[serde(rename = "type")]
            role: Option<ProviderUserType>,
        }
    }

    /// `POST /providers/{id}/users/{providerUserId}/confirm` (protocol.md §5.6).
    pub struct ProviderUserConfirmRequest {
        may {
            /// `ukey`: the provider key for the person's public key.
            key: Option<String>,
        }
    }

    /// `POST /providers/{id}/users/confirm` (protocol.md §5.6).
    pub struct ProviderUserBulkConfirmRequest {
        may {
            /// The ids are providerUserIds.
            keys: Vec<ConfirmEntry>,
        }
    }

    /// `POST /providers/{id}/organizations/add` and `POST /providers/{id}/clients/existing` (protocol.md §5.7, §5.8).
    pub struct AddExistingOrganizationRequest {
        may {
            organization_id: Option<Uuid>,
            /// `enc`: the organization key under the provider key.
            key: Option<String>,
        }
    }

    /// `PUT /providers/{id}/clients/{providerOrganizationId}` (protocol.md §5.8).
    pub struct ClientUpdateRequest {
        may {
            /// All seats of the client, not the difference.
            assigned_seats: Option<i32>,
            name: Option<String>,
        }
    }
}

/// `POST /providers/{id}/clients`: a new client organization (protocol.md §5.8).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientCreateRequest {
    /// Plain text, as are all names of organizations.
    pub name: Option<String>,
    /// Is invited as the owner.
    pub owner_email: Option<String>,
    /// Teams (Monthly), Enterprise (Monthly) or Enterprise (Annually), by the type of the provider (§5.7).
    pub plan_type: Option<PlanType>,
    /// At least 1.
    pub seats: Option<i32>,
    /// `enc`: the organization key under the provider key.
    pub key: Option<String>,
    /// A fresh pair; the private half under the organization key.
    pub key_pair: Option<KeyPairRequest>,
    /// `enc` under the organization key: the default collection.
    pub collection_name: Option<String>,
}

/// `POST /providers/{id}/organizations`: a new client organization in the older way (protocol.md §5.7).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderOrganizationCreateRequest {
    /// Is invited as the owner.
    pub client_owner_email: Option<String>,
    /// Its `key` is the organization key under the provider key, `enc` and not `ukey`.
    pub organization_create_request: Option<OrganizationCreateRequest>,
}

/// `POST /providers/{id}/setup` (protocol.md §5.5).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderSetupRequest {
    pub name: Option<String>,
    pub business_name: Option<String>,
    pub billing_email: Option<String>,
    /// Of the mail's link.
    pub token: Option<SecretText>,
    /// `ukey`: the provider key for the caller's public key.
    pub key: Option<String>,
    pub payment_method: Option<PaymentToken>,
    pub billing_address: Option<BillingAddress>,
}

/// How to pay, as a payment provider's page hands it out: never a card number.
#[derive(Serialize, Deserialize)]
pub struct PaymentToken {
    /// `bankAccount`, `card` or `payPal`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Good at the payment provider only.
    pub token: SecretText,
}

/// `PUT /providers/{id}/billing/vnext/payment-method` (protocol.md §5.9).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentMethodRequest {
    #[serde(flatten)]
    pub payment: PaymentToken,
    /// `country` and `postalCode` are read, the rest is not.
    pub billing_address: Option<BillingAddress>,
}

/// `POST /providers/{id}/users/{providerUserId}/accept` (protocol.md §5.6).
#[derive(Serialize, Deserialize)]
pub struct ProviderUserAcceptRequest {
    /// Of the mail's link.
    pub token: SecretText,
}

/// `POST /providers/{id}/delete-recover-token`: deletes the provider without a sign-in (protocol.md §5.5).
#[derive(Serialize, Deserialize)]
pub struct ProviderDeleteRequest {
    /// Of the mail's link; good for one hour.
    pub token: SecretText,
}
