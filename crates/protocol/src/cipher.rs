//! Items on the wire (protocol.md §3.5). Every text named `enc` there is an encrypted string here.

use crate::Date;
use uuid::Uuid;

open_number! {
    /// CipherType.
    pub struct CipherType {
        LOGIN = 1,
        SECURE_NOTE = 2,
        CARD = 3,
        IDENTITY = 4,
        SSH_KEY = 5,
        BANK_ACCOUNT = 6,
        DRIVERS_LICENSE = 7,
        PASSPORT = 8,
    }

    /// Whether the master password is asked again before an item is used.
    pub struct Reprompt {
        NONE = 0,
        PASSWORD = 1,
    }

    /// UriMatchType.
    pub struct UriMatch {
        DOMAIN = 0,
        HOST = 1,
        STARTS_WITH = 2,
        EXACT = 3,
        REGULAR_EXPRESSION = 4,
        NEVER = 5,
    }

    /// Type of a custom field.
    pub struct FieldType {
        TEXT = 0,
        HIDDEN = 1,
        BOOLEAN = 2,
        LINKED = 3,
    }
}

wire! {
    /// `cipherDetails` of a sync; `cipher`, `cipherMini` and `cipherMiniDetails` elsewhere.
    pub struct CipherResponse {
        must {
            id: Uuid,
            #[serde(rename = "type")]
            kind: CipherType,
        }
        may {
            object: String,
            organization_id: Option<Uuid>,
            folder_id: Option<Uuid>,
            collection_ids: Vec<Uuid>,
            /// JSON text of the type-specific payload with PascalCase keys; carried, not read.
            data: Option<String>,
            /// Null for whole-blob items of account encryption v2.
            name: Option<String>,
            notes: Option<String>,
            login: Option<LoginResponse>,
            card: Option<CardResponse>,
            identity: Option<IdentityResponse>,
            secure_note: Option<SecureNoteResponse>,
            ssh_key: Option<SshKeyResponse>,
            bank_account: Option<BankAccountResponse>,
            drivers_license: Option<DriversLicenseResponse>,
            passport: Option<PassportResponse>,
            fields: Option<Vec<FieldResponse>>,
            password_history: Option<Vec<PasswordHistoryResponse>>,
            attachments: Option<Vec<AttachmentResponse>>,
            organization_use_totp: bool,
            revision_date: Option<Date>,
            creation_date: Option<Date>,
            deleted_date: Option<Date>,
            archived_date: Option<Date>,
            reprompt: Reprompt,
            /// `enc`: the item key under the user or organization key.
            key: Option<String>,
            favorite: bool,
            edit: bool,
            view_password: bool,
            /// Absent from older servers: treat as `edit`.
            permissions: Option<CipherPermissions>,
        }
    }

    /// What may be done with an item beyond editing.
    pub struct CipherPermissions {
        may { delete: bool, restore: bool, }
    }

    /// `login` of an item: every text encrypted, dates and numbers plain.
    pub struct LoginResponse {
        may {
            /// Legacy first URI.
            uri: Option<String>,
            uris: Option<Vec<LoginUriResponse>>,
            username: Option<String>,
            password: Option<String>,
            password_revision_date: Option<Date>,
            totp: Option<String>,
            autofill_on_page_load: Option<bool>,
            fido2_credentials: Option<Vec<Fido2CredentialResponse>>,
        }
    }

    /// One address of a login.
    pub struct LoginUriResponse {
        may {
            uri: Option<String>,
            /// Of base64(SHA-256(uri)); written when the item has a key (protocol.md §2.7).
            uri_checksum: Option<String>,
            /// Null means the account's default.
            #[serde(rename = "match")]
            matching: Option<UriMatch>,
        }
    }

    /// A passkey. Every text is encrypted, the date is not.
    pub struct Fido2CredentialResponse {
        may {
            credential_id: Option<String>,
            key_type: Option<String>,
            key_algorithm: Option<String>,
            key_curve: Option<String>,
            key_value: Option<String>,
            rp_id: Option<String>,
            rp_name: Option<String>,
            user_handle: Option<String>,
            user_name: Option<String>,
            user_display_name: Option<String>,
            counter: Option<String>,
            discoverable: Option<String>,
            creation_date: Option<Date>,
        }
    }

    /// `card` of an item.
    pub struct CardResponse {
        may {
            cardholder_name: Option<String>,
            brand: Option<String>,
            number: Option<String>,
            exp_month: Option<String>,
            exp_year: Option<String>,
            code: Option<String>,
        }
    }

    /// `identity` of an item.
    pub struct IdentityResponse {
        may {
            title: Option<String>,
            first_name: Option<String>,
            middle_name: Option<String>,
            last_name: Option<String>,
            address1: Option<String>,
            address2: Option<String>,
            address3: Option<String>,
            city: Option<String>,
            state: Option<String>,
            postal_code: Option<String>,
            country: Option<String>,
            company: Option<String>,
            email: Option<String>,
            phone: Option<String>,
            ssn: Option<String>,
            username: Option<String>,
            passport_number: Option<String>,
            license_number: Option<String>,
        }
    }

    /// `secureNote` of an item: the text is in `notes`.
    pub struct SecureNoteResponse {
        may {
            /// 0, the only kind.
            #[serde(rename = "type")]
            kind: i32,
        }
    }

    /// `sshKey` of an item.
    pub struct SshKeyResponse {
        may {
            private_key: Option<String>,
            public_key: Option<String>,
            key_fingerprint: Option<String>,
        }
    }

    /// `bankAccount` of an item.
    pub struct BankAccountResponse {
        may {
            bank_name: Option<String>,
            name_on_account: Option<String>,
            account_type: Option<String>,
            account_number: Option<String>,
            routing_number: Option<String>,
            branch_number: Option<String>,
            pin: Option<String>,
            swift_code: Option<String>,
            iban: Option<String>,
            bank_contact_phone: Option<String>,
        }
    }

    /// `driversLicense` of an item.
    pub struct DriversLicenseResponse {
        may {
            first_name: Option<String>,
            middle_name: Option<String>,
            last_name: Option<String>,
            date_of_birth: Option<String>,
            license_number: Option<String>,
            issuing_country: Option<String>,
            issuing_state: Option<String>,
            issue_date: Option<String>,
            issuing_authority: Option<String>,
            expiration_date: Option<String>,
            license_class: Option<String>,
        }
    }

    /// `passport` of an item.
    pub struct PassportResponse {
        may {
            surname: Option<String>,
            given_name: Option<String>,
            date_of_birth: Option<String>,
            sex: Option<String>,
            birth_place: Option<String>,
            nationality: Option<String>,
            passport_number: Option<String>,
            passport_type: Option<String>,
            issuing_country: Option<String>,
            issuing_authority: Option<String>,
            issue_date: Option<String>,
            expiration_date: Option<String>,
            national_identification_number: Option<String>,
        }
    }

    /// A custom field.
    pub struct FieldResponse {
        may {
            #[serde(rename = "type")]
            kind: FieldType,
            name: Option<String>,
            value: Option<String>,
            /// Which member of the item a linked field shows (protocol.md §3.5).
            linked_id: Option<i32>,
        }
    }

    /// An earlier password, newest first.
    pub struct PasswordHistoryResponse {
        may {
            password: Option<String>,
            last_used_date: Option<Date>,
        }
    }

    /// A file kept with an item; its content is fetched apart.
    pub struct AttachmentResponse {
        must {
            /// Not always a UUID.
            id: String,
        }
        may {
            /// `attachment`.
            object: String,
            /// May be stale; a fresh one is fetched.
            url: Option<String>,
            file_name: Option<String>,
            /// `enc`: null for legacy attachments.
            key: Option<String>,
            /// Bytes, as decimal text.
            size: Option<String>,
            /// `1.21 KB`.
            size_name: Option<String>,
        }
    }
}
