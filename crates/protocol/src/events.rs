//! Event logs (protocol.md §4.9, §5.10).

use crate::Date;
use uuid::Uuid;

open_number! {
    /// Event numbers (protocol.md §4.9): those that our own programs name. Others are carried as numbers.
    pub struct EventType {
        USER_LOGGED_IN = 1000,
        USER_CHANGED_PASSWORD = 1001,
        USER_UPDATED_TWO_FACTOR = 1002,
        USER_DISABLED_TWO_FACTOR = 1003,
        USER_RECOVERED_TWO_FACTOR = 1004,
        USER_FAILED_LOGIN = 1005,
        USER_FAILED_TWO_FACTOR = 1006,
        USER_UPDATED_TEMPORARY_PASSWORD = 1008,
        COLLECTION_CREATED = 1300,
        COLLECTION_UPDATED = 1301,
        COLLECTION_DELETED = 1302,
        GROUP_CREATED = 1400,
        GROUP_UPDATED = 1401,
        GROUP_DELETED = 1402,
        MEMBER_INVITED = 1500,
        MEMBER_CONFIRMED = 1501,
        MEMBER_UPDATED = 1502,
        MEMBER_REMOVED = 1503,
        MEMBER_GROUPS_UPDATED = 1504,
        MEMBER_ENROLLED_IN_RECOVERY = 1506,
        MEMBER_WITHDREW_FROM_RECOVERY = 1507,
        MEMBER_PASSWORD_RESET_BY_ADMIN = 1508,
        MEMBER_REVOKED = 1511,
        MEMBER_RESTORED = 1512,
        /// The member deleted the own account.
        MEMBER_ACCOUNT_DELETED = 1515,
        MEMBER_LEFT = 1516,
        MEMBER_REVOKED_SELF = 1518,
        /// Two-step login is off, which the organization demands.
        MEMBER_REVOKED_BY_TWO_FACTOR_POLICY = 1520,
        MEMBER_REVOKED_BY_SINGLE_ORGANIZATION_POLICY = 1521,
        ORGANIZATION_UPDATED = 1600,
        /// A provider user called `collections/details`.
        ORGANIZATION_VAULT_ACCESSED = 1603,
        COLLECTION_MANAGEMENT_UPDATED = 1609,
        POLICY_UPDATED = 1700,
        PROVIDER_USER_INVITED = 1800,
        PROVIDER_USER_CONFIRMED = 1801,
        PROVIDER_USER_UPDATED = 1802,
        PROVIDER_USER_REMOVED = 1803,
        PROVIDER_ORGANIZATION_CREATED = 1900,
        PROVIDER_ORGANIZATION_ADDED = 1901,
        PROVIDER_ORGANIZATION_REMOVED = 1902,
        /// The same call as 1603, stamped with the provider.
        PROVIDER_ORGANIZATION_VAULT_ACCESSED = 1903,
        SEND_TEXT_CREATED = 2500,
        /// For the addresses that it names.
        SEND_TEXT_CREATED_FOR_EMAILS = 2501,
        SEND_TEXT_CREATED_WITH_PASSWORD = 2502,
        SEND_FILE_CREATED = 2503,
        SEND_FILE_CREATED_FOR_EMAILS = 2504,
        SEND_FILE_CREATED_WITH_PASSWORD = 2505,
        SEND_TEXT_UPDATED = 2506,
        SEND_FILE_UPDATED = 2507,
        SEND_TEXT_DELETED = 2508,
        SEND_FILE_DELETED = 2509,
        SEND_TEXT_ACCESSED = 2510,
        SEND_FILE_ACCESSED = 2511,
    }
}

wire! {
    /// One event. It has no id: entries are told apart by the whole tuple.
    pub struct EventResponse {
        must {
            date: Date,
        }
        may {
            /// `event`.
            object: String,
            #[serde(rename = "type")]
            kind: EventType,
            user_id: Option<Uuid>,
            organization_id: Option<Uuid>,
            provider_id: Option<Uuid>,
            cipher_id: Option<Uuid>,
            collection_id: Option<Uuid>,
            group_id: Option<Uuid>,
            policy_id: Option<Uuid>,
            organization_user_id: Option<Uuid>,
            provider_user_id: Option<Uuid>,
            provider_organization_id: Option<Uuid>,
            acting_user_id: Option<Uuid>,
            installation_id: Option<Uuid>,
            device_type: Option<i32>,
            ip_address: Option<String>,
            system_user: Option<i32>,
            domain_name: Option<String>,
            secret_id: Option<Uuid>,
            project_id: Option<Uuid>,
            service_account_id: Option<Uuid>,
            granted_service_account_id: Option<Uuid>,
            send_id: Option<Uuid>,
        }
    }
}
