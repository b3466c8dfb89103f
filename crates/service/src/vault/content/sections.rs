//! The encrypted texts of every kind of item with the length of their columns.

/// One text of a section.
pub(super) struct Text {
    /// Its name on the wire.
    pub(super) member: &'static str,
    /// Its name in a refusal.
    pub(super) field: &'static str,
    /// Characters of the encrypted string.
    pub(super) limit: usize,
}

macro_rules! texts {
    ($section:literal: $($member:literal $name:literal $limit:literal),* $(,)?) => {
        &[$(Text { member: $member, field: concat!($section, $name), limit: $limit }),*]
    };
}

/// The member that an item of this type has, and its texts; `None` for a type that does not exist.
pub(super) fn section(kind: i32) -> Option<(&'static str, &'static [Text])> {
    Some(match kind {
        1 => ("Login", LOGIN),
        2 => ("SecureNote", &[]),
        3 => ("Card", CARD),
        4 => ("Identity", IDENTITY),
        5 => ("SSHKey", SSH_KEY),
        6 => ("BankAccount", BANK_ACCOUNT),
        7 => ("DriversLicense", DRIVERS_LICENSE),
        8 => ("Passport", PASSPORT),
        _ => return None,
    })
}

pub(super) fn uri() -> &'static [Text] {
    texts!("Login.Uris.": "uri" "Uri" 10_000, "uriChecksum" "UriChecksum" 10_000)
}

pub(super) fn fido2_credential() -> &'static [Text] {
    texts!("Login.Fido2Credentials.":
        "credentialId" "CredentialId" 1000, "keyType" "KeyType" 1000, "keyAlgorithm" "KeyAlgorithm" 1000,
        "keyCurve" "KeyCurve" 1000, "keyValue" "KeyValue" 1000, "rpId" "RpId" 1000, "rpName" "RpName" 1000,
        "userHandle" "UserHandle" 1000, "userName" "UserName" 1000, "userDisplayName" "UserDisplayName" 1000,
        "counter" "Counter" 1000, "discoverable" "Discoverable" 1000)
}

pub(super) fn field() -> &'static [Text] {
    texts!("Fields.": "name" "Name" 1000, "value" "Value" 5000)
}

pub(super) fn earlier_password() -> &'static [Text] {
    texts!("PasswordHistory.": "password" "Password" 5000)
}

const LOGIN: &[Text] = texts!("Login.":
    "uri" "Uri" 10_000, "username" "Username" 1000, "password" "Password" 5000, "totp" "Totp" 1000);

const CARD: &[Text] = texts!("Card.":
    "cardholderName" "CardholderName" 1000, "brand" "Brand" 1000, "number" "Number" 1000,
    "expMonth" "ExpMonth" 1000, "expYear" "ExpYear" 1000, "code" "Code" 1000);

const IDENTITY: &[Text] = texts!("Identity.":
    "title" "Title" 1000, "firstName" "FirstName" 1000, "middleName" "MiddleName" 1000,
    "lastName" "LastName" 1000, "address1" "Address1" 1000, "address2" "Address2" 1000,
    "address3" "Address3" 1000, "city" "City" 1000, "state" "State" 1000, "postalCode" "PostalCode" 1000,
    "country" "Country" 1000, "company" "Company" 1000, "email" "Email" 1000, "phone" "Phone" 1000,
    "ssn" "SSN" 1000, "username" "Username" 1000, "passportNumber" "PassportNumber" 1000,
    "licenseNumber" "LicenseNumber" 1000);

const SSH_KEY: &[Text] = texts!("SSHKey.":
    "privateKey" "PrivateKey" 5000, "publicKey" "PublicKey" 5000, "keyFingerprint" "KeyFingerprint" 1000);

const BANK_ACCOUNT: &[Text] = texts!("BankAccount.":
    "bankName" "BankName" 1000, "nameOnAccount" "NameOnAccount" 1000, "accountType" "AccountType" 1000,
    "accountNumber" "AccountNumber" 1000, "routingNumber" "RoutingNumber" 1000,
    "branchNumber" "BranchNumber" 1000, "pin" "Pin" 1000, "swiftCode" "SwiftCode" 1000, "iban" "Iban" 1000,
    "bankContactPhone" "BankContactPhone" 1000);

const DRIVERS_LICENSE: &[Text] = texts!("DriversLicense.":
    "firstName" "FirstName" 1000, "middleName" "MiddleName" 1000, "lastName" "LastName" 1000,
    "dateOfBirth" "DateOfBirth" 1000, "licenseNumber" "LicenseNumber" 1000,
    "issuingCountry" "IssuingCountry" 1000, "issuingState" "IssuingState" 1000, "issueDate" "IssueDate" 1000,
    "issuingAuthority" "IssuingAuthority" 1000, "expirationDate" "ExpirationDate" 1000,
    "licenseClass" "LicenseClass" 1000);

const PASSPORT: &[Text] = texts!("Passport.":
    "surname" "Surname" 1000, "givenName" "GivenName" 1000, "dateOfBirth" "DateOfBirth" 1000,
    "sex" "Sex" 1000, "birthPlace" "BirthPlace" 1000, "nationality" "Nationality" 1000,
    "passportNumber" "PassportNumber" 1000, "passportType" "PassportType" 1000,
    "issuingCountry" "IssuingCountry" 1000, "issuingAuthority" "IssuingAuthority" 1000,
    "issueDate" "IssueDate" 1000, "expirationDate" "ExpirationDate" 1000,
    "nationalIdentificationNumber" "NationalIdentificationNumber" 1000);
